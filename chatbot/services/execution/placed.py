"""What became of an order: found at the exchange after its answer was lost, perhaps found, or followed on its card."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.follow_ups import ON_A_CARD
from chatbot.domain.ids import OrderNumber
from chatbot.domain.notices import TicketSettled
from chatbot.domain.orders import Order, OrderPage
from chatbot.domain.tickets import Lost, Placed, Ticket, TicketState
from chatbot.ports.accounts import Accounts
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.tickets import OrderTaken
from chatbot.services.execution.changes import Changes
from chatbot.services.execution.executor import ASK_OLD, FollowUps, asked_at, pause_after

MOST_PAGES = 200
"""A list longer than this is not read completely, so it never proves that an order is missing."""

FOLLOW = (
    (timedelta(seconds=5), timedelta(seconds=1)),
    (timedelta(seconds=15), timedelta(seconds=2.5)),
    (ON_A_CARD, timedelta(seconds=6)),
)
"""How closely a card follows its order while somebody looks at it; later on its account's orders are followed together.
"""


class PlacedOrders:
    """Shared by the executors whose tickets become orders."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        exchanges: Mapping[Venue, Exchange],
        changes: Changes,
        follow_ups: FollowUps,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._exchanges = exchanges
        self._changes = changes
        self._follow_ups = follow_ups
        self._clock = clock

    async def found(self, ticket: Ticket, order: Order) -> None:
        """It was placed after all. An order without a mark is the origin of one ticket at most: raises `Unavailable`
        if another one took it this moment, so that the next look leaves it out.
        """
        now = self._clock.now()
        try:
            await self._changes.record(
                ticket,
                state=TicketState.DONE,
                outcome=Placed(number=order.number),
                order=order,
                closed_at=now,
                next_look_at=None if order.status.is_final else now,
                notice=TicketSettled(ticket=ticket.id),
                origin_of=None if order.client_id else order.number,
            )
        except OrderTaken:
            raise Unavailable(Cause.UNREADABLE) from None

    async def unclear(self, ticket: Ticket, twin: OrderNumber) -> None:
        """An order without a mark may be this one: no read proves anything then, and the person is shown it."""
        outcome = replace(lost_of(ticket), twin=twin)
        await self._changes.record(ticket, outcome=outcome, next_look_at=self._clock.now() + ASK_OLD)

    async def follow(self, ticket: Ticket, placed: Placed, *, is_its: Callable[[Order], bool]) -> None:
        """Read a placed order for its card, until it has ended or its first minute is over."""
        credentials = await self._accounts.credentials(ticket.account)
        order = await self._exchanges[ticket.venue].order(credentials, number=placed.number, priority=Priority.WATCHER)
        if not is_its(order):
            raise Unavailable(Cause.UNREADABLE)  # another order's number, or another order under this number
        await self._follow_ups.saw(ticket.account, order)
        now = self._clock.now()
        over = order.status.is_final or now - asked_at(ticket) >= ON_A_CARD
        pause = pause_after(ticket, FOLLOW, ON_A_CARD, now=now)
        shown = ticket.order if ticket.order is not None and ticket.order.executed > order.executed else order
        await self._changes.record(ticket, order=shown, next_look_at=None if over else now + pause)


def lost_of(ticket: Ticket) -> Lost:
    """What is known so far of a ticket whose answer was lost."""
    return ticket.outcome if isinstance(ticket.outcome, Lost) else Lost(cause=Cause.SHUTDOWN)


def check_whole(last: OrderPage, numbers: set[OrderNumber], *, found: bool) -> None:
    """Raise `Unavailable` if a list was not read to its end, so that it proves nothing."""
    if not found and (last.cut_off or (last.rows is not None and len(numbers) < last.rows)):
        raise Unavailable(Cause.UNREADABLE)
