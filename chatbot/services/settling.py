"""What became of it: uncertain tickets are settled by evidence, placed orders are followed to their end.

Evidence rules: an order found by its client id was placed. It was not placed only after at least two complete,
successful reads of all open and closed orders, at least 30 seconds apart, did not show it. A failed read is never
evidence, and neither is time alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import AccessError, Cause, ChatbotError, NotLinked, Refused, Unavailable
from chatbot.domain.ids import ClientId, OrderNumber
from chatbot.domain.intents import CancelOrders, PlaceOrder
from chatbot.domain.notices import Notice, OrderFinished, TicketSettled
from chatbot.domain.orders import Order, OrderFilter, OrderPage, OrderStatus
from chatbot.domain.secrets import Credentials
from chatbot.domain.tickets import (
    COUNTDOWN,
    Cancelled,
    CancelResult,
    CancelState,
    Lost,
    NotFound,
    Placed,
    Ticket,
    TicketState,
)
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.cards import Cards
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.tickets import Tickets as TicketStore

log = structlog.get_logger(__name__)

SPACING = timedelta(seconds=30)
"""How far apart two reads must be to count as two."""
SETTLED_IN = timedelta(seconds=10)
"""How long after the tap an answer may still be on its way into the exchange's lists."""
CLEAN_READS = 2
MOST_PAGES = 200
"""A list longer than this is not read completely, so it never proves that an order is missing."""
_MOST_READINGS = 6
"""How often a list that keeps changing is read before the look is given up, to be repeated later."""
WORTH_TELLING = timedelta(seconds=60)
"""An order that ends later than this after the tap is told with a message of its own."""

_FOLLOW = (
    (timedelta(seconds=5), timedelta(seconds=1)),
    (timedelta(seconds=15), timedelta(seconds=2.5)),
    (timedelta(minutes=1), timedelta(seconds=6)),
    (timedelta(minutes=10), timedelta(seconds=20)),
    (timedelta(hours=1), timedelta(minutes=1)),
    (timedelta(days=1), timedelta(minutes=5)),
)
_FOLLOW_OLD = timedelta(minutes=15)
_ASK_AGAIN = (
    (timedelta(minutes=1), timedelta(seconds=5)),
    (timedelta(minutes=10), timedelta(seconds=30)),
)
_ASK_OLD = timedelta(minutes=2)

_LATE_LOOKS = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
"""When an order that was not found is looked for again, each after the one before."""
_SKEW = timedelta(seconds=60)
"""How far the exchange's clock may be behind ours."""

_CANCEL_ENDS = {
    OrderStatus.CANCELLED: CancelState.CANCELLED,
    OrderStatus.FILLED: CancelState.FILLED,
    OrderStatus.REJECTED: CancelState.REJECTED,
}


class _Overtaken(Exception):
    """The ticket is not what it was when the look began, so what was found is not recorded, nor told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A list of orders, read to its end, or to the order that was looked for."""

    ours: Order | None
    twin: OrderNumber | None
    numbers: frozenset[OrderNumber]
    pages: int


class Settling:
    """Looks after tickets whose story is not over. One `look` is one round for one ticket."""

    def __init__(
        self,
        *,
        store: TicketStore,
        accounts: AccountStore,
        exchanges: Mapping[Venue, Exchange],
        cards: Cards,
        clock: Clock,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._exchanges = exchanges
        self._cards = cards
        self._clock = clock

    async def recover(self) -> None:
        """At start-up: whatever was claimed when the last run ended is uncertain."""
        for ticket in await self._store.recover(now=self._clock.now()):
            log.warning("found claimed at start", ticket=ticket)
            self._cards.repaint(ticket)

    async def expire(self) -> None:
        """Close cards nobody tapped in time."""
        for ticket in await self._store.expire(now=self._clock.now()):
            self._cards.repaint(ticket)

    async def look(self, ticket: Ticket) -> None:
        """Do the next thing for a ticket that is due. A failed read only means: look again later."""
        try:
            await self._look(ticket)
        except ChatbotError as error:
            log.info("cannot look at ticket now", ticket=ticket.id, kind=type(error).__name__)
            if isinstance(error, NotLinked) and ticket.state is TicketState.DONE:
                await self._change(ticket, next_look_at=None)  # its key is erased: there is no following it any more
            else:
                await self._look_again(ticket, slowly=isinstance(error, AccessError))
        except Exception:
            log.exception("looking at ticket failed", ticket=ticket.id)
            await self._look_again(ticket, slowly=True)

    async def _look(self, ticket: Ticket) -> None:
        if ticket.state is TicketState.PENDING:
            await self._count_down(ticket)
        elif ticket.state is TicketState.CLAIMED:
            await self._change(ticket, next_look_at=None)  # it is being sent; what comes back says when to look
        elif isinstance(ticket.intent, CancelOrders):
            await self._read_back(ticket, ticket.intent)
        elif ticket.state is TicketState.UNCERTAIN:
            await self._search(ticket, ticket.intent)
        elif isinstance(ticket.outcome, Placed):
            await self._follow(ticket, ticket.intent, ticket.outcome)
        elif isinstance(ticket.outcome, NotFound):
            await self._look_late(ticket, ticket.intent, ticket.outcome)
        else:
            await self._change(ticket, next_look_at=None)

    async def _count_down(self, ticket: Ticket) -> None:
        due = self._clock.now() + COUNTDOWN
        await self._change(ticket, next_look_at=due if due < ticket.expires_at else None)
        self._cards.repaint(ticket.id)

    async def _search(self, ticket: Ticket, intent: PlaceOrder) -> None:
        """Look for an order whose placing was not confirmed."""
        credentials = await self._accounts.credentials(ticket.account)
        began = self._clock.now()
        found = await self._find(ticket, intent, credentials)
        if found.ours is not None:
            await self._found(ticket, found.ours)
            return
        if found.twin is not None:
            await self._unclear(ticket, found.twin)
            return
        now = self._clock.now()
        lost = _count_clean_read(ticket, began=began, now=now)
        if lost.clean_reads >= CLEAN_READS:
            await self._not_found(ticket, lost, now=now)
        else:
            wait = max(_pause(ticket, _ASK_AGAIN, _ASK_OLD, now=now), _until_counting(ticket, lost, now=now))
            await self._change(ticket, outcome=lost, next_look_at=now + wait)

    async def _find(self, ticket: Ticket, intent: PlaceOrder, credentials: Credentials) -> "_Listed":
        """Read all open, then all closed orders of the market. Raises `Unavailable` if that cannot be complete.

        When an open order ends, those behind it move up, over the border to a page that was read before: a list of
        several pages counts as read only once a second reading shows again all that the first one did.
        """
        before: frozenset[OrderNumber] | None = None
        for _ in range(_MOST_READINGS):
            listed = await self._read_list(ticket, intent, credentials, which=OrderFilter.OPEN)
            if listed.ours is not None:
                return listed
            if listed.pages == 1 or (before is not None and before <= listed.numbers):
                break
            before = listed.numbers
        else:
            raise Unavailable(Cause.UNREADABLE)
        # Orders are only ever added to this list, which hides none of them.
        closed = await self._read_list(ticket, intent, credentials, which=OrderFilter.CLOSED)
        return replace(closed, twin=closed.twin or listed.twin)

    async def _read_list(
        self, ticket: Ticket, intent: PlaceOrder, credentials: Credentials, *, which: OrderFilter
    ) -> "_Listed":
        """Page after page, to the end or to the ticket's own order."""
        numbers: set[OrderNumber] = set()
        twin: OrderNumber | None = None
        for page in range(1, MOST_PAGES + 1):
            read = await self._exchanges[ticket.venue].orders(
                credentials,
                account_name=intent.account_name,
                which=which,
                market=intent.market,
                page=page,
                priority=Priority.RECONCILE,
            )
            numbers.update(order.number for order in read.orders)
            ours = next((order for order in read.orders if is_ours(order, intent, ticket.client_id)), None)
            twin = twin or next((order.number for order in read.orders if is_twin(order, intent, ticket)), None)
            if ours is not None or not read.has_next:
                _check_whole(read, numbers, found=ours is not None)
                return _Listed(ours=ours, twin=twin, numbers=frozenset(numbers), pages=page)
        raise Unavailable(Cause.UNREADABLE)

    async def _found(self, ticket: Ticket, order: Order) -> None:
        now = self._clock.now()
        await self._change(
            ticket,
            state=TicketState.DONE,
            outcome=Placed(number=order.number),
            order=order,
            closed_at=now,
            next_look_at=None if order.status.is_final else now,
            notice=TicketSettled(ticket=ticket.id),
        )

    async def _not_found(self, ticket: Ticket, lost: Lost, *, now: datetime) -> None:
        await self._change(
            ticket,
            state=TicketState.REFUSED,
            outcome=NotFound(reads=lost.clean_reads),
            closed_at=now,
            next_look_at=now + _LATE_LOOKS[0],
            notice=TicketSettled(ticket=ticket.id),
        )

    async def _unclear(self, ticket: Ticket, twin: OrderNumber) -> None:
        """An order without a mark may be this one: no read proves anything then, and the person is shown it."""
        lost = ticket.outcome if isinstance(ticket.outcome, Lost) else Lost(cause=Cause.SHUTDOWN)
        await self._change(ticket, outcome=replace(lost, twin=twin), next_look_at=self._clock.now() + _ASK_OLD)

    async def _look_late(self, ticket: Ticket, intent: PlaceOrder, outcome: NotFound) -> None:
        """The exchange's lists may have been late: an order that turns up after all is told at once."""
        credentials = await self._accounts.credentials(ticket.account)
        found = await self._find(ticket, intent, credentials)
        if found.ours is not None:
            await self._found(ticket, found.ours)
            return
        looks = outcome.late_looks + 1
        again = self._clock.now() + _LATE_LOOKS[looks] if looks < len(_LATE_LOOKS) else None
        await self._change(ticket, outcome=replace(outcome, late_looks=looks), next_look_at=again)

    async def _follow(self, ticket: Ticket, intent: PlaceOrder, placed: Placed) -> None:
        """Read a placed order until it has ended."""
        credentials = await self._accounts.credentials(ticket.account)
        order = await self._exchanges[ticket.venue].order(credentials, number=placed.number, priority=Priority.WATCHER)
        if not is_like(order, intent):
            raise Unavailable(Cause.UNREADABLE)  # another order's number, or another order under this number
        now = self._clock.now()
        if order.status.is_final:
            told = ticket.claimed_at is None or now - ticket.claimed_at <= WORTH_TELLING
            notice = None if told else OrderFinished(ticket=ticket.id)
            await self._change(ticket, order=order, next_look_at=None, notice=notice)
        else:
            pause = _pause(ticket, _FOLLOW, _FOLLOW_OLD, now=now)
            await self._change(ticket, order=order, next_look_at=now + pause)

    async def _read_back(self, ticket: Ticket, intent: CancelOrders) -> None:
        """Read the orders of a cancellation until each has ended, or is known to go on."""
        credentials = await self._accounts.credentials(ticket.account)
        results = [
            result if result.state.is_settled else await self._read_one(ticket, result, credentials)
            for result in _results(ticket, intent)
        ]
        now = self._clock.now()
        if all(result.state.is_settled for result in results):
            notice = TicketSettled(ticket=ticket.id) if ticket.state is TicketState.UNCERTAIN else None
            await self._change(
                ticket,
                state=TicketState.DONE,
                outcome=Cancelled(results=tuple(results)),
                closed_at=now,
                next_look_at=None,
                notice=notice,
            )
        else:
            pause = _pause(ticket, _FOLLOW, _FOLLOW_OLD, now=now)
            await self._change(ticket, outcome=Cancelled(results=tuple(results)), next_look_at=now + pause)

    async def _read_one(self, ticket: Ticket, result: CancelResult, credentials: Credentials) -> CancelResult:
        try:
            order = await self._exchanges[ticket.venue].order(
                credentials, number=result.number, priority=Priority.RECONCILE
            )
        except Refused as error:
            return replace(result, state=CancelState.REFUSED, reason=error.reason)
        except Unavailable:
            return result  # the others may be readable; this one is read again in the next round
        await self._refresh_card_of(ticket, order)
        now = self._clock.now()
        if order.status in _CANCEL_ENDS:
            return replace(result, state=_CANCEL_ENDS[order.status], order=order)
        if result.reason:  # the exchange refused, and not because the order had ended
            return replace(result, state=CancelState.REFUSED, order=order)
        first = result.seen_open_at or now
        state = CancelState.STILL_OPEN if now - first >= SPACING else result.state
        return replace(result, state=state, order=order, seen_open_at=first)

    async def _refresh_card_of(self, ticket: Ticket, order: Order) -> None:
        """The card that placed the order shows what its cancellation brought, too."""
        placed_by = await self._store.by_order(ticket.account, order.number)
        if placed_by is not None and placed_by.next_look_at is not None:
            await self._change(
                placed_by, order=order, next_look_at=None if order.status.is_final else placed_by.next_look_at
            )

    async def _look_again(self, ticket: Ticket, *, slowly: bool) -> None:
        now = self._clock.now()
        pause = _ASK_OLD if slowly else _pause(ticket, _ASK_AGAIN, _ASK_OLD, now=now)
        await self._change(ticket, next_look_at=now + pause)

    async def _change(self, ticket: Ticket, *, notice: Notice | None = None, **facts: object) -> None:
        """Record facts and repaint the card, unless the ticket's story went on, or ended, since it was read."""

        def change(current: Ticket) -> Ticket:
            if current.state is not ticket.state or current.next_look_at is None:
                raise _Overtaken
            return replace(current, **facts)  # type: ignore[arg-type]

        try:
            changed = await self._store.update(ticket.id, change, notice=notice)
        except _Overtaken:
            return
        if changed.revision > changed.shown:
            self._cards.repaint(ticket.id)


def is_like(order: Order, intent: PlaceOrder) -> bool:
    """Whether an order is on the market and side that were meant, however the exchange spells the market's code."""
    same_market = order.market == intent.market or (order.base, order.counter) == (intent.base, intent.counter)
    return same_market and order.side is intent.side


def is_ours(order: Order, intent: PlaceOrder, client_id: ClientId) -> bool:
    """Whether an order is the one a ticket sent: its mark, on the market and side that were meant."""
    return order.client_id == client_id and is_like(order, intent)


def is_twin(order: Order, intent: PlaceOrder, ticket: Ticket) -> bool:
    """Whether an order without a mark could be the one a ticket sent: alike, and not older than the tap."""
    if order.client_id or not is_like(order, intent) or order.volume != intent.volume:
        return False
    same_price = intent.price is None or order.price == intent.price
    return same_price and order.placed_at >= _asked_at(ticket) - _SKEW


def _check_whole(last: OrderPage, numbers: set[OrderNumber], *, found: bool) -> None:
    """Raise `Unavailable` if a list was not read to its end, so that it proves nothing."""
    if not found and (last.cut_off or (last.rows is not None and len(numbers) < last.rows)):
        raise Unavailable(Cause.UNREADABLE)


def _results(ticket: Ticket, intent: CancelOrders) -> tuple[CancelResult, ...]:
    """What is known per order; after a crash nothing is, so every one may have been sent."""
    if isinstance(ticket.outcome, Cancelled):
        return ticket.outcome.results
    return tuple(CancelResult(number=number, state=CancelState.LOST) for number in intent.orders)


def _count_clean_read(ticket: Ticket, *, began: datetime, now: datetime) -> Lost:
    """Count a complete read that did not show the order, if it began far enough from the tap and the last one's end."""
    lost = ticket.outcome if isinstance(ticket.outcome, Lost) else Lost(cause=Cause.SHUTDOWN)
    since = lost.last_clean_read
    counts = began - _asked_at(ticket) >= SETTLED_IN if since is None else began - since >= SPACING
    return replace(lost, clean_reads=lost.clean_reads + 1, last_clean_read=now) if counts else lost


def _until_counting(ticket: Ticket, lost: Lost, *, now: datetime) -> timedelta:
    """How long until a read can count again."""
    if lost.last_clean_read is not None:
        return lost.last_clean_read + SPACING - now
    return min(_asked_at(ticket) + SETTLED_IN - now, timedelta(seconds=2))


def _asked_at(ticket: Ticket) -> datetime:
    return ticket.claimed_at or ticket.created_at


def _pause(
    ticket: Ticket, steps: tuple[tuple[timedelta, timedelta], ...], otherwise: timedelta, *, now: datetime
) -> timedelta:
    """How long to wait before the next look: short while fresh, longer later."""
    age = now - _asked_at(ticket)
    return next((pause for limit, pause in steps if age < limit), otherwise)
