"""Where locks and the halt are kept. What is asked synchronously is answered from memory."""

from datetime import datetime
from typing import Protocol

from chatbot.domain.audit import Event
from chatbot.domain.ids import PersonId, TicketId
from chatbot.domain.locks import Halt, Lock
from chatbot.domain.notices import Alarm


class Locks(Protocol):
    def is_locked(self, person: PersonId, now: datetime) -> bool: ...

    @property
    def is_halted(self) -> bool: ...

    @property
    def halt(self) -> Halt | None: ...

    def of(self, person: PersonId) -> Lock | None:
        """A person's lock, also one whose time is over but was not taken away yet."""
        ...

    def opening(self) -> tuple[Lock, ...]:
        """Locks that open by themselves, the earliest first."""
        ...

    async def lock(self, lock: Lock, event: Event, *, now: datetime) -> tuple[TicketId, ...]:
        """Lock at once, then durably. In the same transaction close the person's waiting tickets, which are returned,
        and set back what waits and would ease something: raises of limits are dropped, holds of aliases begin anew.

        If the database fails it stays locked, in memory.
        """
        ...

    async def open_at(self, lock: Lock, opens_at: datetime, event: Event, *, alarm: Alarm, now: datetime) -> None:
        """Let this lock open by itself at that moment. Does nothing to one that took its place meanwhile."""
        ...

    async def unlock(self, lock: Lock, event: Event, *, alarm: Alarm, now: datetime) -> None:
        """Take this lock away. Does nothing to one that took its place meanwhile."""
        ...

    async def stop_everything(self, halt: Halt, event: Event, *, now: datetime) -> None:
        """At once, then durably, as `lock`."""
        ...

    async def resume(self, halt: Halt, event: Event, *, now: datetime) -> None:
        """End this very halt. Does nothing to one that took its place meanwhile, equal to it or not."""
        ...
