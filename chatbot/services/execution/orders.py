"""Placing orders: sent once, found again by evidence, followed to their end.

Evidence rules: an order found by its client id was placed. It was not placed only after enough complete reads of all
open and closed orders did not show it; see `clean_reads`.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.ids import OrderNumber
from chatbot.domain.intents import OrderTerms, PlaceOrder, Terms
from chatbot.domain.market import OrderBook, walk_volume
from chatbot.domain.money import multiply, round_down
from chatbot.domain.orders import NewOrder, Order, OrderFilter, OrderType, Side
from chatbot.domain.recognising import SKEW, is_like, is_ours
from chatbot.domain.secrets import Credentials
from chatbot.domain.tickets import NotFound, Outcome, Placed, Ticket, TicketState
from chatbot.ports.exchange import Permit, Priority
from chatbot.services.execution.clean_reads import CleanReads
from chatbot.services.execution.executor import Tools, asked_at
from chatbot.services.execution.placed import MOST_PAGES, PlacedOrders, check_whole

PRICE_TOLERANCE = Decimal("0.01")
"""How much worse than shown a market order's price may have become at the tap."""
FRESH_ENOUGH = timedelta(seconds=10)
"""How old a price may be that a tap is held against; older ones are read anew."""
_MOST_READINGS = 6
"""How often a list that keeps changing is read before the look is given up, to be repeated later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A list of orders, read to its end, or to the order that was looked for."""

    ours: Order | None
    twin: OrderNumber | None
    numbers: frozenset[OrderNumber]
    pages: int


class OrderExecutor:
    """`Executor` of `PlaceOrder`."""

    def __init__(self, tools: Tools) -> None:
        self._accounts = tools.accounts
        self._exchanges = tools.exchanges
        self._changes = tools.changes
        self._clock = tools.clock
        self._claims = tools.claims
        self._clean_reads = CleanReads(changes=tools.changes, clock=tools.clock)
        self._placed = PlacedOrders(
            accounts=tools.accounts,
            exchanges=tools.exchanges,
            changes=tools.changes,
            follow_ups=tools.follow_ups,
            clock=tools.clock,
        )

    async def has_moved(self, ticket: Ticket) -> bool:
        intent, terms = order_of(ticket)
        return await self._price_moved(ticket, intent, terms) or await self._balance_moved(ticket, intent, terms)

    async def terms_now(self, ticket: Ticket) -> Terms:
        return ticket.terms

    async def credentials(self, ticket: Ticket) -> Credentials:
        return await self._accounts.credentials(ticket.account, of=ticket.person)

    async def send(self, ticket: Ticket, credentials: Credentials, permit: Permit) -> tuple[TicketState, Outcome]:
        intent, terms = order_of(ticket)
        order = new_order(ticket, intent, terms)
        number = await self._exchanges[ticket.venue].place_order(credentials, order=order, permit=permit)
        return TicketState.DONE, Placed(number=number)

    async def look(self, ticket: Ticket) -> None:
        intent, _ = order_of(ticket)
        if ticket.state is TicketState.UNCERTAIN:
            await self._search(ticket, intent)
        elif isinstance(ticket.outcome, Placed):
            await self._follow(ticket, intent, ticket.outcome)
        elif isinstance(ticket.outcome, NotFound):
            await self._look_late(ticket, intent, ticket.outcome)
        else:
            await self._changes.record(ticket, next_look_at=None)

    async def _price_moved(self, ticket: Ticket, intent: PlaceOrder, terms: OrderTerms) -> bool:
        """A limit order carries its own price; a market order is held against what the book would give now."""
        if intent.type is OrderType.LIMIT:
            return False
        exchange = self._exchanges[ticket.venue]
        book = await exchange.order_book(intent.market, priority=Priority.MONEY, within=FRESH_ENOUGH)
        return book is None or is_worse(book, intent, than=terms.total)

    async def _balance_moved(self, ticket: Ticket, intent: PlaceOrder, terms: OrderTerms) -> bool:
        """Only another order of the same account, claimed since, is a reason to read the balance again."""
        if not await self._claims.any_since(ticket):
            return False
        credentials = await self._accounts.credentials(ticket.account)
        balances = await self._exchanges[ticket.venue].balances(
            credentials, account_name=intent.account_name, priority=Priority.MONEY
        )
        if intent.side is Side.SELL:
            return balances.of(intent.base).available < intent.volume
        return balances.of(intent.counter).available < terms.total

    async def _search(self, ticket: Ticket, intent: PlaceOrder) -> None:
        """Look for an order whose placing was not confirmed."""
        credentials = await self._accounts.credentials(ticket.account)
        began = self._clock.now()
        found = await self._find(ticket, intent, credentials)
        if found.ours is not None:
            await self._placed.found(ticket, found.ours)
            return
        if found.twin is not None:
            await self._placed.unclear(ticket, found.twin)
            return
        await self._clean_reads.count(ticket, began=began)

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
                check_whole(read, numbers, found=ours is not None)
                return _Listed(ours=ours, twin=twin, numbers=frozenset(numbers), pages=page)
        raise Unavailable(Cause.UNREADABLE)

    async def _look_late(self, ticket: Ticket, intent: PlaceOrder, outcome: NotFound) -> None:
        """The exchange's lists may have been late: an order that turns up after all is told at once."""
        credentials = await self._accounts.credentials(ticket.account)
        found = await self._find(ticket, intent, credentials)
        if found.ours is not None:
            await self._placed.found(ticket, found.ours)
            return
        await self._clean_reads.count_late(ticket, outcome)

    async def _follow(self, ticket: Ticket, intent: PlaceOrder, placed: Placed) -> None:
        await self._placed.follow(ticket, placed, is_its=lambda order: is_like(order, intent))


def order_of(ticket: Ticket) -> tuple[PlaceOrder, OrderTerms]:
    """What a ticket's card asks for and shows. Raises `TypeError` for a ticket of another kind."""
    if not isinstance(ticket.intent, PlaceOrder) or not isinstance(ticket.terms, OrderTerms):
        raise TypeError("not an order's ticket")
    return ticket.intent, ticket.terms


def new_order(ticket: Ticket, intent: PlaceOrder, terms: OrderTerms) -> NewOrder:
    """What is sent for a ticket: its intent, marked with its own client id."""
    return NewOrder(
        market=intent.market,
        side=intent.side,
        type=intent.type,
        volume=intent.volume,
        price=intent.price,
        post_only=intent.post_only,
        client_id=ticket.client_id,
        account_name=intent.account_name,
        total=round_down(terms.total, decimals=terms.price_decimals) if intent.type is OrderType.MARKET else None,
    )


def is_worse(book: OrderBook, intent: PlaceOrder, *, than: Decimal) -> bool:
    """Whether the volume now costs more, or brings less, than the total shown, beyond the tolerance."""
    walk = walk_volume(book.opposite(intent.side), volume=intent.volume)
    if not walk.complete or walk.total <= 0:
        return True
    if intent.side is Side.BUY:
        return walk.total > multiply(than, 1 + PRICE_TOLERANCE)
    return walk.total < multiply(than, 1 - PRICE_TOLERANCE)


def is_twin(order: Order, intent: PlaceOrder, ticket: Ticket) -> bool:
    """Whether an order without a mark could be the one a ticket sent: alike, and not older than the tap."""
    if order.client_id or not is_like(order, intent) or order.volume != intent.volume:
        return False
    same_price = intent.price is None or order.price == intent.price
    return same_price and order.placed_at >= asked_at(ticket) - SKEW
