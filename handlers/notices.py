"""What is told unasked of tickets, limits, keys, people and the account's defences."""

from collections.abc import Sequence

from chatbot.domain.alerts import Alert
from chatbot.domain.ids import PersonId, TicketId
from chatbot.domain.notices import (
    Alarm,
    AlertsMissed,
    HeldEnded,
    KeyWorks,
    LimitHolds,
    PersonJoined,
    PlaceLost,
    TicketSettled,
    Undelivered,
)
from chatbot.domain.tickets import Ticket
from handlers.commands import Hearing, Telling
from handlers.views import notices as views
from handlers.views.screen import Screen


async def _settled(hearing: Hearing, notices: Sequence[TicketSettled]) -> Screen | None:
    ticket = await _ticket(hearing, notices[0].ticket)
    return None if ticket is None else views.settled(ticket)


async def _held_ended(hearing: Hearing, notices: Sequence[HeldEnded]) -> Screen | None:
    ticket = await _ticket(hearing, notices[0].ticket)
    return None if ticket is None else views.held_ended(ticket)


async def _joined(hearing: Hearing, notices: Sequence[PersonJoined]) -> Screen:
    return views.joined(notices[0])


async def _key_works(hearing: Hearing, notices: Sequence[KeyWorks]) -> Screen:
    return views.key_works(notices[0], now=hearing.now)


async def _limit_holds(hearing: Hearing, notices: Sequence[LimitHolds]) -> Screen | None:
    held = await hearing.services.limits.still_holds(notices[0].change)
    return None if held is None else views.limit_holds(*held, now=hearing.now)


async def _alarm(hearing: Hearing, notices: Sequence[Alarm]) -> Screen:
    [alarm] = notices
    ticket = None if alarm.ticket is None else await _ticket(hearing, alarm.ticket)
    return views.alarm(alarm, now=hearing.now) if ticket is None else views.withdrawal(ticket, alarm, now=hearing.now)


async def _place_lost(hearing: Hearing, notices: Sequence[PlaceLost]) -> Screen:
    return views.places_lost(notices, now=hearing.now)


async def _undelivered(hearing: Hearing, notices: Sequence[Undelivered]) -> Screen:
    told = [(notice, await _alert(hearing, notice)) for notice in notices]
    return views.undelivered(told, now=hearing.now)


async def _alerts_missed(hearing: Hearing, notices: Sequence[AlertsMissed]) -> Screen:
    return views.alerts_missed(notices)


async def _alert(hearing: Hearing, notice: Undelivered) -> Alert | None:
    return None if notice.fired is None else await hearing.services.alerts.get(notice.fired.alert)


async def _ticket(hearing: Hearing, ticket: TicketId) -> Ticket | None:
    """Tickets are told of in their person's private chat, which has the person's number."""
    return await hearing.services.tickets.get(ticket, person=PersonId(hearing.place.chat))


TELLINGS = (
    Telling(TicketSettled, say=_settled),
    Telling(HeldEnded, say=_held_ended),
    Telling(PersonJoined, say=_joined),
    Telling(KeyWorks, say=_key_works),
    Telling(LimitHolds, say=_limit_holds),
    Telling(Alarm, say=_alarm),
    Telling(PlaceLost, say=_place_lost, together=True),
    Telling(Undelivered, say=_undelivered, together=True),
    Telling(AlertsMissed, say=_alerts_missed, together=True),
)
