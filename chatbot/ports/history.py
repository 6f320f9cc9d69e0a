"""What was done through the bot."""

from datetime import datetime
from typing import Protocol

from chatbot.domain.history import Deal
from chatbot.domain.ids import PersonId, TicketId

DealMark = tuple[datetime, TicketId]
"""When a deal was confirmed, and its ticket: where to go on."""


class History(Protocol):
    """Orders, withdrawals and swaps that were confirmed, whatever became of them."""

    async def newest(self, person: PersonId, *, skip: int, limit: int) -> tuple[Deal, ...]:
        """Newest first, without the first so many."""
        ...

    async def batch(
        self, person: PersonId, *, since: datetime | None, until: datetime, after: DealMark | None, limit: int
    ) -> tuple[Deal, ...]:
        """Oldest first, from `since` until just before `until`, behind `after`."""
        ...
