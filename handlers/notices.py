"""How notices become messages: what each kind says, and whether its person wants to hear it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from chatbot.domain.ids import LimitChangeId, PersonId
from chatbot.domain.limits import LimitChange
from chatbot.domain.notices import (
    Alarm,
    HeldEnded,
    KeyWorks,
    LimitHolds,
    Notice,
    NoticeMode,
    OrderFinished,
    OutboxEntry,
    PersonJoined,
    TicketSettled,
)
from chatbot.ports.clock import Clock
from chatbot.ports.tickets import Tickets
from chatbot.services.preferences import Preferences
from handlers.outgoing import Push
from handlers.views import notices as views
from handlers.views.screen import Screen

Say = Callable[[Any], Awaitable[Screen | None]]
"""What a notice says now; None if there is nothing to say any more."""


class Limits(Protocol):
    async def still_holds(self, change: LimitChangeId, *, now: datetime) -> tuple[LimitChange, str] | None:
        """A change that is in force, with its account's label."""
        ...


class Announcer:
    """Turns entries of the outbox into what is pushed. Private chats have their person's number."""

    def __init__(self, *, tickets: Tickets, limits: Limits, preferences: Preferences, clock: Clock) -> None:
        self._tickets = tickets
        self._limits = limits
        self._preferences = preferences
        self._clock = clock
        self.says: Mapping[type[Notice], Say] = {
            TicketSettled: self._settled,
            HeldEnded: self._held_ended,
            OrderFinished: self._finished,
            PersonJoined: self._joined,
            KeyWorks: self._key_works,
            LimitHolds: self._limit_holds,
            Alarm: self._alarm,
        }

    async def render(self, entry: OutboxEntry) -> Push | None:
        mode = (await self._preferences.of(PersonId(entry.chat)))[entry.notice.about]
        if mode is NoticeMode.OFF:
            return None
        screen = await self.says[type(entry.notice)](entry.notice)
        return None if screen is None else Push(screen=screen, silent=mode is NoticeMode.SILENT)

    async def _settled(self, notice: TicketSettled) -> Screen | None:
        ticket = await self._tickets.get(notice.ticket)
        return None if ticket is None else views.settled(ticket)

    async def _held_ended(self, notice: HeldEnded) -> Screen | None:
        ticket = await self._tickets.get(notice.ticket)
        return None if ticket is None else views.held_ended(ticket)

    async def _finished(self, notice: OrderFinished) -> Screen | None:
        ticket = await self._tickets.get(notice.ticket)
        return None if ticket is None else views.finished(ticket)

    async def _joined(self, notice: PersonJoined) -> Screen:
        return views.joined(notice)

    async def _key_works(self, notice: KeyWorks) -> Screen:
        return views.key_works(notice, now=self._clock.now())

    async def _limit_holds(self, notice: LimitHolds) -> Screen | None:
        now = self._clock.now()
        held = await self._limits.still_holds(notice.change, now=now)
        return None if held is None else views.limit_holds(*held, now=now)

    async def _alarm(self, notice: Alarm) -> Screen:
        now = self._clock.now()
        ticket = None if notice.ticket is None else await self._tickets.get(notice.ticket)
        return views.alarm(notice, now=now) if ticket is None else views.withdrawal(ticket, notice, now=now)
