"""The bot's update queue, as `getUpdates` sees it."""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import orjson

from chatbot.demo import refusals
from chatbot.demo.clock import Clock
from chatbot.demo.inline import LIFETIME as INLINE_LIFETIME
from chatbot.demo.values import Json

# https://core.telegram.org/bots/api#getting-updates: kept for 24 hours; callback queries for 150 s.
MESSAGE_LIFETIME = 24 * 60 * 60.0
QUERY_LIFETIME = 150.0
_LIFETIMES = {"callback_query": QUERY_LIFETIME, "inline_query": INLINE_LIFETIME}
MOST_PER_POLL = 100
LONGEST_POLL = 50

# Not sent unless asked for by name.
ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """One update that the bot has not confirmed yet, already written as JSON."""

    id: int
    dies_at: float
    body: bytes


class UpdateQueue:
    """Updates in order; one poll at a time.

    `on_poll` is called with True when a poll starts and with False when it ends.
    """

    def __init__(self, *, clock: Clock, first_id: int, on_poll: Callable[[bool], None]) -> None:
        self._clock = clock
        self._next_id = first_id
        self._on_poll = on_poll
        self._pending: deque[Pending] = deque()
        self._poll: asyncio.Future[None] | None = None
        self._allowed: frozenset[str] | None = None
        self._next_death = math.inf

    @property
    def allowed(self) -> list[str]:
        """The remembered `allowed_updates`; empty means the default."""
        return sorted(self._allowed or ())

    def allow(self, kinds: list[str]) -> None:
        """Remember which kinds the bot wants; concerns only updates that come later."""
        self._allowed = frozenset(kinds) or None

    def put(self, kind: str, content: Json) -> None:
        """Queue one update unless its kind is not wanted."""
        wanted = kind in self._allowed if self._allowed is not None else kind not in ON_REQUEST_ONLY
        if wanted:
            self._append({"update_id": self._next_id, kind: content}, lifetime=_LIFETIMES.get(kind, MESSAGE_LIFETIME))

    def put_raw(self, update: Json) -> int:
        """Queue any JSON object as it is; returns its `update_id` in the queue."""
        number = self._next_id
        self._append({"update_id": number} | update, lifetime=MESSAGE_LIFETIME)
        return number

    def _append(self, update: Json, *, lifetime: float) -> None:
        dies_at = self._clock.monotonic() + lifetime
        self._pending.append(Pending(id=self._next_id, dies_at=dies_at, body=orjson.dumps(update)))
        self._next_id += 1
        self._next_death = min(self._next_death, dies_at)
        self._wake()

    def pending_count(self) -> int:
        """How many updates wait, expired ones not counted."""
        self._expire()
        return len(self._pending)

    async def get(self, *, offset: int, limit: int, timeout: float, gone: asyncio.Future[None]) -> bytes:
        """One `getUpdates`: a JSON array of updates, waiting up to `timeout` s for the first.

        `gone` completes when the client has hung up. Raises Refusal (409) when a newer poll takes over.
        """
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(refusals.conflict())
        self._confirm(offset)
        self._on_poll(True)
        try:
            found = self.waiting(limit)
            if not found and timeout > 0:
                await self._wait(timeout, gone)
                found = [] if gone.done() else self.waiting(limit)
        finally:
            self._on_poll(False)
        return b"[" + b",".join(found) + b"]"

    def forget_all(self) -> None:
        """Drop everything that waits (`drop_pending_updates`)."""
        self._pending.clear()

    def close(self) -> None:
        """End a waiting poll with an empty answer."""
        self._wake()

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        while self._pending and self._pending[0].id < offset:
            self._pending.popleft()

    def waiting(self, limit: int) -> list[bytes]:
        """The oldest updates as JSON; they stay until they are confirmed."""
        self._expire()
        return [update.body for update in islice(self._pending, limit)]

    def _expire(self) -> None:
        now = self._clock.monotonic()
        if now >= self._next_death:
            self._pending = deque(update for update in self._pending if update.dies_at > now)
            self._next_death = min((update.dies_at for update in self._pending), default=math.inf)

    async def _wait(self, timeout: float, gone: asyncio.Future[None]) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        await asyncio.wait([poll, gone], timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        if poll.done():
            poll.result()
        else:
            poll.cancel()

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
