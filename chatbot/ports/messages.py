"""What came in and is not finished, and what must still go out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.notices import Notice, OutboxEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxItem:
    """A raw update as it came. `seq` is ours and grows; `update_id` is the messenger's and may start over."""

    seq: int
    update_id: int
    body: bytes
    received_at: datetime
    attempts: int


class Inbox(Protocol):
    """Updates are stored before they are confirmed to the messenger, sealed, because people type secrets."""

    async def store(self, updates: Sequence[tuple[int, bytes]], *, received_at: datetime) -> tuple[InboxItem, ...]:
        """Store (update id, body) pairs durably, in one transaction. Those stored within the last day are left out."""
        ...

    async def begin(self, seq: int) -> None:
        """Count an attempt, so that an update that kills the program is put aside in the end."""
        ...

    async def done(self, seqs: Iterable[int]) -> None:
        """Erase the bodies; the ids stay for a day to recognise repeats."""
        ...

    async def put_aside(self, seq: int) -> None:
        """Keep an update that cannot be handled, out of everybody's way."""
        ...

    async def unfinished(self) -> tuple[InboxItem, ...]:
        """Oldest first."""
        ...

    async def prune(self, *, before: datetime) -> None: ...


class Outbox(Protocol):
    """Unasked messages, durable until the messenger took them."""

    async def add(self, notice: Notice, *, chat: ChatId, reply_to: MessageId | None, now: datetime) -> None: ...

    async def due(self, *, now: datetime, limit: int) -> tuple[OutboxEntry, ...]:
        """Oldest first; those of paused chats are left out."""
        ...

    async def sent(self, entry: int) -> None: ...

    async def postpone(self, entry: int, *, until: datetime) -> None:
        """Try again later; counts an attempt."""
        ...
