"""How answers in JSON are read: numbers stay exact, foreign texts become harmless, and what is odd is `Unreadable`."""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, Final, TypeVar

import msgspec

from chatbot.exchange.http import Unreadable

T = TypeVar("T")

_LARGEST = 30
"""Powers of ten. No exchange lists anything larger; one absurd entry must not break everybody's arithmetic."""
_LONGEST_TEXT = 200


class Number:
    """A decimal, exact, from a JSON string (`"0.01"`, `"0E-16"`) or a JSON number.

    `pattern` is what is taken for one. Decimal itself would also take NaN, 1e999999, 1_000 and other alphabets' digits.
    """

    __slots__ = ("value",)

    pattern: ClassVar[re.Pattern[str]] = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?")

    def __init__(self, text: str) -> None:
        if not self.pattern.fullmatch(text):
            raise ValueError("not a number")
        self.value: Final = Decimal(text)
        if self.value and self.value.adjusted() > _LARGEST:
            raise ValueError("not a number of this world")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.value)!r})"


class WrittenNumber(Number):
    """A number that also keeps how it was written, to be sent back unchanged."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text: Final = text


def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """What reads this kind; the types in it that are ours, such as `Number`, are made of a string's or number's text.

    They raise `ValueError` for texts that are none of theirs.
    """
    return msgspec.json.Decoder(kind, dec_hook=_read_text, float_hook=str)  # floats stay the text they are


def decode(by: msgspec.json.Decoder[T], body: bytes | msgspec.Raw) -> T:
    """Raises `Unreadable`."""
    try:
        return by.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from None


def clean(text: str) -> str:
    """One line of at most 200 characters without control, formatting or other invisible ones."""
    visible = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text[:_LONGEST_TEXT])
    return " ".join(visible.split())


def _read_text(kind: Callable[[str], T], written: object) -> T:
    if isinstance(written, bool) or not isinstance(written, (str, int)):
        raise ValueError("not a text")
    return kind(str(written))
