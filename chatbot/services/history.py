"""What a person did through the bot, page by page."""

from dataclasses import dataclass
from typing import Final

from chatbot.domain.history import Deal
from chatbot.domain.ids import PersonId
from chatbot.ports.history import History

A_PAGE: Final = 10
_LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Newest first; `number` counts from 1."""

    deals: tuple[Deal, ...]
    number: int
    has_next: bool


class HistoryReader:
    def __init__(self, store: History) -> None:
        self._store = store

    async def page(self, person: PersonId, *, number: int = 1) -> HistoryPage:
        number = min(max(number, 1), _LAST_PAGE)
        found = await self._store.newest(person, skip=(number - 1) * A_PAGE, limit=A_PAGE + 1)
        return HistoryPage(deals=found[:A_PAGE], number=number, has_next=len(found) > A_PAGE)
