"""Every change anybody can see, numbered: the page's events and the tests' waits are read from here."""

import asyncio
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from chatbot.demo.values import Json, Message

Kind = Literal["message", "edit", "delete", "answer", "action", "commands", "world"]

KEPT = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One change. `message` is the message as that change left it; `facts` are the kind's own fields."""

    revision: int
    kind: Kind
    chat: int | None
    message: Message | None
    facts: Json


class Journal:
    """The last `KEPT` events, and everybody who waits for the next one.

    Revisions count from one without gaps, so an event's place follows from its number.
    """

    def __init__(self) -> None:
        self.revision = 0
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def next_revision(self) -> int:
        """The number the next recorded event will get."""
        return self.revision + 1

    def record(
        self,
        kind: Kind,
        *,
        chat: int | None = None,
        message: Message | None = None,
        facts: Json | None = None,
    ) -> int:
        """Number an event, keep it, wake who waits; returns the number."""
        self.revision += 1
        self._events.append(Event(revision=self.revision, kind=kind, chat=chat, message=message, facts=facts or {}))
        self.wake()
        return self.revision

    def wake(self) -> None:
        """End every wait now, without an event."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for future in waiting:
                if not future.done():
                    future.set_result(None)

    def since(self, revision: int) -> tuple[bool, list[Event]]:
        """Events after `revision`, and whether none of those asked for is missing."""
        oldest = self.revision - len(self._events)
        skipped = max(0, revision - oldest)
        return revision >= oldest, list(islice(self._events, skipped, None))

    async def wait(self, revision: int, timeout: float) -> None:
        """Return at once when something happened after `revision`, else at the next event or after `timeout` s."""
        if self.revision > revision or timeout <= 0:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await asyncio.wait([future], timeout=timeout)
        finally:
            if future in self._waiting:
                self._waiting.remove(future)
