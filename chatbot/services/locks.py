"""Stopping everything, and starting it again: a person's lock, and the owner's halt."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import Cause, InputError, NotSent
from chatbot.domain.ids import ChatId, MessageId, PersonId
from chatbot.domain.locks import UNLOCK_WAIT, Halt, Lock
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.ports.cards import Cards
from chatbot.ports.clock import Clock
from chatbot.ports.locks import Locks as LockStore

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReport:
    """`closed` counts cards that waited and will not be sent. `stored` is False if it could not be written down, and so
    ends with this program.
    """

    closed: int = 0
    stored: bool = True


class Locks:
    """From the moment `lock` or `halt` is called nothing new is sent, whatever else happens."""

    def __init__(self, *, store: LockStore, cards: Cards, clock: Clock) -> None:
        self._store = store
        self._cards = cards
        self._clock = clock

    def permit(self, person: PersonId, *, urgent: bool = False) -> Callable[[], None]:
        """What is asked in the last moment before a byte leaves. It raises `NotSent` once the person is locked or
        everything is halted; `urgent` is what only brings money back, and passes.
        """

        def ask() -> None:
            if urgent:
                return
            if self._store.is_halted or self._store.is_locked(person, self._clock.now()):
                raise NotSent(Cause.STOPPED)

        return ask

    def of(self, person: PersonId) -> Lock | None:
        """The lock that holds a person now."""
        lock = self._store.of(person)
        return lock if lock is not None and lock.holds(self._clock.now()) else None

    @property
    def halted(self) -> Halt | None:
        return self._store.halt

    async def lock(self, person: PersonId, *, chat: ChatId, message: MessageId, panic: bool = False) -> StopReport:
        """Stop everything of a person. Again, it undoes an unlock that was asked for; `message` is the command.

        However often it is said, the lock is as old as the first: no second factor turned on since gets trusted by it.
        """
        now = self._clock.now()
        held = self.of(person)
        since = now if held is None else held.since
        event = Event(deed=Deed.PANIC if panic else Deed.LOCKED, person=person, chat=chat)
        try:
            closed = await self._store.lock(
                Lock(person=person, since=since, chat=chat, message=message), event, now=now
            )
        except Exception:
            log.exception("lock not stored", person=person)
            return StopReport(stored=False)
        for ticket in closed:
            self._cards.repaint(ticket)
        return StopReport(closed=len(closed))

    async def unlock(
        self, person: PersonId, *, chat: ChatId, message: MessageId, factor_since: datetime | None
    ) -> datetime | None:
        """Open after the second factor, at once; without one, after a wait. Returns when, or None if nothing is locked.

        `factor_since` is when the factor that vouches was turned on: one that was not on long before the lock may be
        somebody else's, and waits, too. `message` is what was said for it: raises `InputError` if the person locked
        after that.
        """
        lock = self.of(person)
        if lock is None:
            return None
        if message < lock.message:
            raise _locked_again()
        now = self._clock.now()
        if not lock.trusts(factor_since):
            return await self._open_later(lock, chat=chat, now=now)
        event = Event(deed=Deed.UNLOCKED, person=person, chat=chat)
        await self._store.unlock(lock, event, alarm=Alarm(kind=AlarmKind.UNLOCKED, at=now), now=now)
        if self.of(person) is not None:
            raise _locked_again()
        return now

    async def _open_later(self, lock: Lock, *, chat: ChatId, now: datetime) -> datetime:
        if lock.opens_at is not None:
            return lock.opens_at
        opens_at = now + UNLOCK_WAIT
        event = Event(deed=Deed.UNLOCK_ASKED, person=lock.person, chat=chat)
        alarm = Alarm(kind=AlarmKind.UNLOCK_ASKED, at=now, due=opens_at)
        await self._store.open_at(lock, opens_at, event, alarm=alarm, now=now)
        return opens_at

    async def open_due(self) -> None:
        """Take away the locks whose wait is over, and tell it."""
        for lock in self._store.opening():
            now = self._clock.now()
            if lock.holds(now):
                return
            event = Event(deed=Deed.UNLOCKED, person=lock.person, result="after its wait")
            await self._store.unlock(lock, event, alarm=Alarm(kind=AlarmKind.UNLOCKED, at=now), now=now)

    async def halt(self, owner: PersonId, *, chat: ChatId) -> StopReport:
        """Stop everything of everybody. Again, it stays with who did it first, and when; yet it is a halt of its own,
        which a resumption under way does not end.
        """
        now = self._clock.now()
        held = self._store.halt
        halt = Halt(since=now, by=owner) if held is None else replace(held)
        try:
            await self._store.stop_everything(halt, Event(deed=Deed.HALTED, person=owner, chat=chat), now=now)
        except Exception:
            log.exception("halt not stored")
            return StopReport(stored=False)
        return StopReport()

    async def resume(self, owner: PersonId, *, chat: ChatId) -> bool:
        """End the halt; False if there is none. Raises `InputError` if everything was halted anew meanwhile."""
        halt = self._store.halt
        if halt is None:
            return False
        now = self._clock.now()
        await self._store.resume(halt, Event(deed=Deed.RESUMED, person=owner, chat=chat), now=now)
        if self._store.is_halted:
            raise InputError("It was halted again meanwhile, so it stays halted. /resume asks anew.")
        return True


def _locked_again() -> InputError:
    return InputError("You locked again after that, so it stays locked. /unlock asks anew.")
