"""Converting through Instant Trade: sent once with the quote's own strings, followed like an order.

The exchange takes no mark with it, so a lost one is known by its currencies, its amount and its time alone. Evidence
rules: one unmarked order just like it and not older, of which no other card is known to be the origin, is it. Where
several are, where one is only nearly alike, or where the history of trades shows what no order explains, its person is
asked. It was not placed only after enough complete reads of all orders, and of the trades since the tap, did not show
it; see `clean_reads`.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME
from chatbot.domain.conversions import NewConversion
from chatbot.domain.convert_evidence import LostConversion, is_between, span_back
from chatbot.domain.errors import Cause, NotLinked, SessionExpired, Unavailable
from chatbot.domain.ids import OrderNumber
from chatbot.domain.intents import Convert, ConvertTerms, Terms
from chatbot.domain.orders import Order, OrderFilter
from chatbot.domain.secrets import Session
from chatbot.domain.tickets import Lost, NotFound, Outcome, Placed, Ticket, TicketState
from chatbot.domain.trades import Trade, TradeSpan
from chatbot.ports.exchange import Permit, Priority
from chatbot.services.execution.clean_reads import CleanReads
from chatbot.services.execution.executor import ASK_AGAIN, ASK_OLD, Tools, asked_at, pause_after
from chatbot.services.execution.placed import MOST_PAGES, PlacedOrders, check_whole, lost_of


class ConvertExecutor:
    """`Executor` of `Convert`, signed with the session of a browser."""

    def __init__(self, tools: Tools) -> None:
        self._accounts = tools.accounts
        self._sessions = tools.sessions
        self._exchanges = tools.exchanges
        self._instants = tools.instants
        self._store = tools.store
        self._changes = tools.changes
        self._claims = tools.claims
        self._clock = tools.clock
        self._clean_reads = CleanReads(changes=tools.changes, clock=tools.clock)
        self._placed = PlacedOrders(
            accounts=tools.accounts,
            exchanges=tools.exchanges,
            changes=tools.changes,
            follow_ups=tools.follow_ups,
            clock=tools.clock,
        )

    async def has_moved(self, ticket: Ticket) -> bool:
        """The exchange itself refuses a price that moved, so only the balance is looked at: if something else of the
        account was claimed since.
        """
        intent, _ = conversion_of(ticket)
        if not await self._claims.any_since(ticket):
            return False
        balances = await self._exchanges[ticket.venue].balances(
            await self._accounts.credentials(ticket.account, of=ticket.person),
            account_name=DEFAULT_ACCOUNT_NAME,
            priority=Priority.MONEY,
        )
        return balances.of(intent.sell).available < intent.sold.value

    async def terms_now(self, ticket: Ticket) -> Terms:
        return ticket.terms

    async def credentials(self, ticket: Ticket) -> Session:
        return await self._sessions.session(ticket.account, of=ticket.person)

    async def send(self, ticket: Ticket, credentials: Session, permit: Permit) -> tuple[TicketState, Outcome]:
        new = new_conversion(conversion_of(ticket)[0])
        async with self._noticing_its_end(ticket, credentials):
            number = await self._instants[ticket.venue].convert(credentials, new=new, permit=permit)
        return TicketState.DONE, Placed(number=number)

    async def look(self, ticket: Ticket) -> None:
        if ticket.state is TicketState.UNCERTAIN:
            await self._search(ticket)
        elif isinstance(ticket.outcome, Placed):
            await self._follow(ticket, ticket.outcome)
        elif isinstance(ticket.outcome, NotFound):
            await self._look_late(ticket, ticket.outcome)
        else:
            await self._changes.record(ticket, next_look_at=None)

    async def _follow(self, ticket: Ticket, placed: Placed) -> None:
        """Its order is read with the account's key."""
        intent, _ = conversion_of(ticket)
        await self._placed.follow(ticket, placed, is_its=lambda order: is_between(order, intent))

    async def _search(self, ticket: Ticket) -> None:
        """Look for a conversion whose order was not confirmed."""
        began = self._clock.now()
        search, twin = _search_for(ticket), lost_of(ticket).twin
        orders = await self._orders(ticket)
        possible = await self._possible(ticket, search, orders)
        alike = [order for order in possible if search.is_just_like(order)]
        if len(alike) == 1:
            await self._settle(ticket, alike[0])
        elif possible:
            await self._placed.unclear(ticket, (*alike, *possible)[0].number)
        elif twin is not None and not await self._store.placed(ticket.venue, (twin,)):
            await self._placed.unclear(ticket, twin)  # seen once, it is somewhere, whatever the lists show by now
        else:
            await self._check_trades(ticket, search, orders, began=began)

    async def _look_late(self, ticket: Ticket, outcome: NotFound) -> None:
        """The exchange's lists may have been late: an order that turns up after all is told at once, and so is one that
        only may be it.
        """
        search = _search_for(ticket)
        possible = await self._possible(ticket, search, await self._orders(ticket))
        alike = [order for order in possible if search.is_just_like(order)]
        if len(alike) == 1:
            await self._settle(ticket, alike[0])
        else:
            twin = next((order.number for order in (*alike, *possible)), None)
            await self._clean_reads.count_late(ticket, outcome, twin=twin)

    async def _settle(self, ticket: Ticket, order: Order) -> None:
        """Raises `Unavailable` while the answer to another conversion, which is on its way, may name the order."""
        for other in await self._store.unsettled_of(ticket.person):
            is_being_sent = other.state is TicketState.CLAIMED and isinstance(other.intent, Convert)
            if is_being_sent and other.venue == ticket.venue and other.id != ticket.id:
                raise Unavailable(Cause.UNREADABLE)
        await self._placed.found(ticket, order)

    async def _orders(self, ticket: Ticket) -> tuple[Order, ...]:
        """Read all orders, which are only ever added to this list. Raises `Unavailable` if that was not complete."""
        credentials = await self._accounts.credentials(ticket.account)
        orders: dict[OrderNumber, Order] = {}
        for page in range(1, MOST_PAGES + 1):
            read = await self._exchanges[ticket.venue].orders(
                credentials,
                account_name=DEFAULT_ACCOUNT_NAME,
                which=OrderFilter.ALL,
                market=None,
                page=page,
                priority=Priority.RECONCILE,
            )
            orders |= {order.number: order for order in read.orders}
            if not read.has_next:
                check_whole(read, set(orders), found=False)
                return tuple(orders.values())
        raise Unavailable(Cause.UNREADABLE)

    async def _possible(self, ticket: Ticket, search: LostConversion, orders: Collection[Order]) -> tuple[Order, ...]:
        """Those that may be the conversion's and of which no other card is known to be the origin."""
        possible = {order.number: order for order in orders if search.may_be(order)}
        known = await self._store.placed(ticket.venue, possible.keys())
        return tuple(order for number, order in possible.items() if number not in known)

    async def _check_trades(
        self, ticket: Ticket, search: LostConversion, orders: Collection[Order], *, began: datetime
    ) -> None:
        """No order shows it. What the history of trades shows beyond them was perhaps it, also if that is seen but
        once; while the history cannot be read, or does not reach back, the lists of orders alone prove nothing.
        """
        lost = replace(lost_of(ticket), twin=None)  # if there was one, it is another card's
        span = span_back(began - search.since)
        if span is None:
            await self._ask(ticket, replace(lost, out_of_reach=True))
            return
        trades = await self._trades(ticket, search, span)
        traded = search.unexplained(trades, by=orders, before=lost.traded)
        known = replace(lost, traded=traded)
        if traded is not None:
            await self._ask(ticket, known)
        else:
            await self._clean_reads.count(replace(ticket, outcome=known), began=began)

    async def _ask(self, ticket: Ticket, lost: Lost) -> None:
        """Its person is asked; an order that turns up after all still tells."""
        now = self._clock.now()
        pause = pause_after(ticket, ASK_AGAIN, ASK_OLD, now=now)
        await self._changes.record(ticket, outcome=lost, next_look_at=now + pause)

    async def _trades(self, ticket: Ticket, search: LostConversion, span: TradeSpan) -> tuple[Trade, ...]:
        """Read all trades since the tap. Raises `Unavailable` if that was not complete, or pages come twice."""
        session = await self._sessions.session(ticket.account, of=ticket.person)
        trades: dict[int, Trade] = {}
        for page in range(1, MOST_PAGES + 1):
            async with self._noticing_its_end(ticket, session):
                read = await self._instants[ticket.venue].trades(
                    session, span=span, page=page, account_name=DEFAULT_ACCOUNT_NAME, priority=Priority.RECONCILE
                )
            before = len(trades)
            trades |= {trade.number: trade for trade in read.trades}
            if not read.has_next or all(trade.at < search.since for trade in read.trades):
                return tuple(trades.values())
            if len(trades) == before:
                break
        raise Unavailable(Cause.UNREADABLE)

    @asynccontextmanager
    async def _noticing_its_end(self, ticket: Ticket, session: Session) -> AsyncIterator[None]:
        """Where the session turns out to be over, the person is asked for a fresh one, once."""
        try:
            yield
        except SessionExpired:
            account = await self._accounts.get(ticket.account)
            if account is None:
                raise NotLinked from None
            await self._sessions.reject_session(account, session, now=self._clock.now())
            raise


def conversion_of(ticket: Ticket) -> tuple[Convert, ConvertTerms]:
    """What a ticket's card asks for and shows. Raises `TypeError` for a ticket of another kind."""
    if not isinstance(ticket.intent, Convert) or not isinstance(ticket.terms, ConvertTerms):
        raise TypeError("not a conversion's ticket")
    return ticket.intent, ticket.terms


def new_conversion(intent: Convert) -> NewConversion:
    """What is sent: the quote's own strings."""
    return NewConversion(
        sell=intent.sell,
        buy=intent.buy,
        sell_text=intent.sell_text,
        buy_text=intent.buy_text,
        price_text=intent.price_text,
    )


def _search_for(ticket: Ticket) -> LostConversion:
    intent, terms = conversion_of(ticket)
    return LostConversion.of(intent, terms, tapped_at=asked_at(ticket))
