"""Lists that are shown page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from handlers.views.screen import Key, Press, Rows

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Some of a list: page `number` of `count`, counted from 1, with `before` items in front of it."""

    items: tuple[T, ...]
    number: int
    count: int
    before: int

    @property
    def where(self) -> str:
        """` · page 2 of 3`; nothing where there is one page only."""
        return f" · page {self.number} of {self.count}" if self.count > 1 else ""

    def keys(self, to: Callable[[int], object], *between: Key) -> Rows:
        """A row that turns the pages; `to(number)` is the button's action. No row where there is nothing to tap."""
        back = (Press("‹ Prev", to(self.number - 1)),) if self.number > 1 else ()
        on = (Press("Next ›", to(self.number + 1)),) if self.number < self.count else ()
        row = (*back, *between, *on)
        return (row,) if row else ()


def page_of(items: tuple[T, ...], *, number: int, size: int) -> Page[T]:
    """The page of this number, brought into range: an old button may name one that is no more."""
    count = max(1, -(-len(items) // size))
    number = min(max(number, 1), count)
    before = (number - 1) * size
    return Page(items=items[before : before + size], number=number, count=count, before=before)
