"""Digests that are kept, also while the program does not run."""

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Protocol

from chatbot.domain.accounts import Venue
from chatbot.domain.digests import Digest, DigestTurn
from chatbot.domain.ids import ChatId, MarketCode, PersonId
from chatbot.domain.places import Place


class DigestStore(Protocol):
    async def set(
        self,
        place: Place,
        *,
        venue: Venue,
        markets: tuple[MarketCode, ...],
        at: time,
        next_at: datetime,
        set_by: PersonId,
    ) -> Digest:
        """A place has one digest: the one before goes."""
        ...

    async def delete(self, place: Place) -> bool:
        """Whether there was one."""
        ...

    async def in_place(self, place: Place) -> Digest | None: ...

    async def due(self, *, now: datetime) -> tuple[Digest, ...]:
        """Those whose time came, in chats that can be written to."""
        ...

    async def next_at(self) -> datetime | None:
        """When the next one is due, of those in chats that can be written to."""
        ...

    async def take(self, turns: Sequence[DigestTurn], *, now: datetime) -> None:
        """Put what is told into the outbox and say when the next is due, in one transaction. Digests that were changed
        meanwhile are left alone.
        """
        ...

    async def reschedule(self, chat: ChatId, next_at: Callable[[time], datetime]) -> None:
        """The clock of a chat is another one now."""
        ...
