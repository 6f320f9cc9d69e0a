"""What happened to orders and balances is told in private, to the account's person."""

from collections.abc import Sequence

from chatbot.domain.ids import PersonId, TicketId
from chatbot.domain.notices import Away, BalanceMoved, OrderMoved
from chatbot.domain.tickets import Ticket
from handlers.commands import Hearing, Telling
from handlers.views import follow_ups as views
from handlers.views.screen import Screen


async def _orders_moved(hearing: Hearing, notices: Sequence[OrderMoved]) -> Screen:
    return views.orders_moved(notices, now=hearing.now)


async def _balance_moved(hearing: Hearing, notices: Sequence[BalanceMoved]) -> Screen | None:
    [notice] = notices
    tickets: dict[TicketId, Ticket] = {}
    for change in notice.changes:
        if change.ticket is not None:
            found = await hearing.services.tickets.get(change.ticket, person=PersonId(hearing.place.chat))
            if found is not None:
                tickets[found.id] = found
    return views.balance_moved(notice, tickets, dust=hearing.preferences.dust, now=hearing.now)


async def _away(hearing: Hearing, notices: Sequence[Away]) -> Screen | None:
    missed = await hearing.services.life.missed_at(hearing.place)
    return None if missed is None else views.away(missed)


TELLINGS = (
    Telling(OrderMoved, say=_orders_moved, together=True),
    Telling(BalanceMoved, say=_balance_moved),
    Telling(Away, say=_away, together=True),
)
