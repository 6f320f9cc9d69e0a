"""What came in and is not finished, and what must still go out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.notices import Loss, Notice, OutboxEntry, Rank
from chatbot.domain.places import Place


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

    async def due(
        self,
        *,
        now: datetime,
        limit: int,
        turns: int = 1_000,
        after: ChatId | None = None,
        apart: Collection[ChatId] = (),
        resting: Collection[ChatId] = (),
    ) -> tuple[OutboxEntry, ...]:
        """What may be told now, rank by rank, chat by chat, and oldest first: of each up to `limit`.

        A chat's entries of one rank take one of the `turns` there are; chats that come `after` one are first in turn.
        Paused chats and those kept `apart` are left out; those `resting` get nothing but alarms.
        """
        ...

    async def with_due(self, chats: Collection[ChatId], *, now: datetime) -> frozenset[ChatId]:
        """Those of the chats to which something may be told now."""
        ...

    async def begin(self, *entries: int) -> None:
        """They are about to be sent: from now on, nobody can be sure that they were not."""
        ...

    async def sent(self, *entries: int) -> None: ...

    async def put_back(self, *entries: int, unsure: bool) -> None:
        """They were not sent; they wait as before."""
        ...

    async def postpone(self, *entries: int, until: datetime, unsure: bool = False) -> None:
        """Try again later; counts an attempt. `unsure` says that they may have been sent."""
        ...

    async def hold(self, chat: ChatId, rank: Rank, *, now: datetime, until: datetime) -> None:
        """Keep what is due of a rank in a chat until its quiet hours end, or are others; counts no attempt."""
        ...

    async def sum_up(self, place: Place, *, before: datetime, now: datetime) -> None:
        """In the place of the alerts that fired before a moment, have it told how many there were."""
        ...


class Losses(Protocol):
    """Places that cannot be told anything any more."""

    async def lose(self, place: Place, why: Loss, *, now: datetime) -> None:
        """Pause what goes on there, and tell those who set it up in private; nothing, if it is lost already.

        Hits of their alerts that could not be told are told them in private, too, the newest first of all. What else
        waits for a chat waits until it is resumed; what waits for a topic is dropped. A topic that is closed may be
        regained, one that was deleted never.
        """
        ...

    async def regain(self, place: Place, *, now: datetime) -> None:
        """A place that was closed can be written to: what goes on there goes on, which is said there. Nothing, if it
        was not lost.
        """
        ...

    async def give_up(self, *entries: int, now: datetime) -> None:
        """Erase outbox entries that cannot be delivered; whoever set up what they are of is told so in private."""
        ...
