"""Telegram counts offsets and lengths in UTF-16 code units; Python counts code points."""

from bisect import bisect_right
from collections.abc import Callable


def length(text: str) -> int:
    """How many UTF-16 code units `text` takes."""
    # Half pairs on their own cannot come from a client, but must not break the count.
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def unit_of_index(text: str) -> Callable[[int], int]:
    """A function from an index in `text` to its UTF-16 offset."""
    wide = _wide_indexes(text)
    if not wide:
        return lambda index: index
    return lambda index: index + bisect_right(wide, index - 1)


def index_of_unit(text: str) -> Callable[[int], int]:
    """A function from a UTF-16 offset to an index in `text`; half a pair counts as its start."""
    wide_units = [index + before for before, index in enumerate(_wide_indexes(text))]
    if not wide_units:
        return lambda unit: unit
    return lambda unit: unit - bisect_right(wide_units, unit - 1)


def _wide_indexes(text: str) -> list[int]:
    if length(text) == len(text):
        return []
    return [index for index, character in enumerate(text) if character > "\uffff"]
