"""Converting through Instant Trade: sent once with the quote's own strings, followed like an order.

The exchange takes no mark with it, so a lost one is known by its currencies, its amount and its time alone. Evidence
rules: one unmarked order just like it, of which no other card is known to be the origin, is it; where several are, or
one is only nearly alike, its person is asked. It was not placed only after enough complete reads of all orders and of
the day's trades did not show it; see `clean_reads`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME
from chatbot.domain.conversions import NewConversion
from chatbot.domain.convert_evidence import has_amount, is_between, may_be, may_be_traded
from chatbot.domain.errors import Cause, NotLinked, SessionExpired, Unavailable
from chatbot.domain.follow_ups import ON_A_CARD
from chatbot.domain.ids import OrderNumber
from chatbot.domain.intents import Convert, ConvertTerms, Terms
from chatbot.domain.money import sum_exactly
from chatbot.domain.notices import TicketSettled
from chatbot.domain.orders import Order, OrderFilter
from chatbot.domain.secrets import Session
from chatbot.domain.tickets import Lost, NotFound, Outcome, Placed, Ticket, TicketState
from chatbot.domain.trades import TradeSpan
from chatbot.ports.exchange import Permit, Priority
from chatbot.services.execution.clean_reads import CleanReads
from chatbot.services.execution.executor import ASK_OLD, Tools, asked_at, pause_after
from chatbot.services.execution.orders import FOLLOW, MOST_PAGES, check_whole

_SKEW = timedelta(seconds=60)
"""How far the exchange's clock may be behind ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Of the orders that may be a conversion's: those of just its amount, and the others. `executed` is what all orders
    of its direction since the tap explain of the history of trades, in the base currency.
    """

    alike: tuple[Order, ...]
    near: tuple[Order, ...]
    executed: Decimal


class ConvertExecutor:
    """`Executor` of `Convert`, signed with the session of a browser."""

    def __init__(self, tools: Tools) -> None:
        self._accounts = tools.accounts
        self._exchanges = tools.exchanges
        self._instants = tools.instants
        self._store = tools.store
        self._changes = tools.changes
        self._claims = tools.claims
        self._follow_ups = tools.follow_ups
        self._clock = tools.clock
        self._clean_reads = CleanReads(changes=tools.changes, clock=tools.clock)

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
        return await self._accounts.session(ticket.account, of=ticket.person)

    async def send(self, ticket: Ticket, credentials: Session, permit: Permit) -> tuple[TicketState, Outcome]:
        new = new_conversion(conversion_of(ticket)[0])
        try:
            number = await self._instants[ticket.venue].convert(credentials, new=new, permit=permit)
        except SessionExpired:
            await self._reject(ticket, credentials)
            raise
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
        """Read its order with the account's key, until it has ended or its first minute is over."""
        intent, _ = conversion_of(ticket)
        credentials = await self._accounts.credentials(ticket.account)
        order = await self._exchanges[ticket.venue].order(credentials, number=placed.number, priority=Priority.WATCHER)
        if not is_between(order, intent):
            raise Unavailable(Cause.UNREADABLE)  # another order's number, or another order under this number
        await self._follow_ups.saw(ticket.account, order)
        now = self._clock.now()
        over = order.status.is_final or now - asked_at(ticket) >= ON_A_CARD
        pause = pause_after(ticket, FOLLOW, ON_A_CARD, now=now)
        await self._changes.record(ticket, order=order, next_look_at=None if over else now + pause)

    async def _search(self, ticket: Ticket) -> None:
        """Look for a conversion whose order was not confirmed."""
        began = self._clock.now()
        found = await self._find(ticket)
        if len(found.alike) == 1:
            await self._settle(ticket, found.alike[0])
        elif found.alike or found.near:
            await self._unclear(ticket, (*found.alike, *found.near)[0].number)
        else:
            await self._check_trades(ticket, explained=found.executed)
            await self._clean_reads.count(ticket, began=began)

    async def _look_late(self, ticket: Ticket, outcome: NotFound) -> None:
        """The exchange's lists may have been late: an order that turns up after all is told at once."""
        found = await self._find(ticket)
        if len(found.alike) == 1:
            await self._settle(ticket, found.alike[0])
        else:
            await self._clean_reads.count_late(ticket, outcome)

    async def _find(self, ticket: Ticket) -> _Found:
        """Read all orders, which are only ever added to this list. Raises `Unavailable` if that was not complete."""
        intent, _ = conversion_of(ticket)
        credentials = await self._accounts.credentials(ticket.account)
        numbers: set[OrderNumber] = set()
        between: dict[OrderNumber, Order] = {}
        for page in range(1, MOST_PAGES + 1):
            read = await self._exchanges[ticket.venue].orders(
                credentials,
                account_name=DEFAULT_ACCOUNT_NAME,
                which=OrderFilter.ALL,
                market=None,
                page=page,
                priority=Priority.RECONCILE,
            )
            numbers.update(order.number for order in read.orders)
            between |= {order.number: order for order in read.orders if is_between(order, intent)}
            if not read.has_next:
                check_whole(read, numbers, found=False)
                return await self._sorted(ticket, intent, between)
        raise Unavailable(Cause.UNREADABLE)

    async def _sorted(self, ticket: Ticket, intent: Convert, between: dict[OrderNumber, Order]) -> _Found:
        since = _since(ticket)
        recent = {number: order for number, order in between.items() if may_be(order, intent, since=since)}
        known = await self._store.placed(ticket.account, recent.keys())
        own = [order for number, order in recent.items() if number not in known]
        alike = tuple(order for order in own if has_amount(order, intent))
        executed = sum_exactly(order.executed for order in between.values() if order.placed_at >= since)
        return _Found(alike=alike, near=tuple(order for order in own if order not in alike), executed=executed)

    async def _check_trades(self, ticket: Ticket, *, explained: Decimal) -> None:
        """Raise `Unavailable` where the history of trades shows more than the lists of orders (yet): neither is
        evidence then. The same holds while it cannot be read.
        """
        intent, _ = conversion_of(ticket)
        traded = Decimal(0)
        session = await self._accounts.session(ticket.account, of=ticket.person)
        for page in range(1, MOST_PAGES + 1):
            try:
                read = await self._instants[ticket.venue].trades(
                    session,
                    span=TradeSpan.DAY,
                    page=page,
                    account_name=DEFAULT_ACCOUNT_NAME,
                    priority=Priority.RECONCILE,
                )
            except SessionExpired:
                await self._reject(ticket, session)
                raise
            since = _since(ticket)
            traded += sum_exactly(each.amount for each in read.trades if may_be_traded(each, intent, since=since))
            if traded > explained:
                break
            if not read.has_next or all(trade.at < since for trade in read.trades):
                return
        raise Unavailable(Cause.UNREADABLE)

    async def _settle(self, ticket: Ticket, order: Order) -> None:
        now = self._clock.now()
        await self._changes.record(
            ticket,
            state=TicketState.DONE,
            outcome=Placed(number=order.number),
            order=order,
            closed_at=now,
            next_look_at=None if order.status.is_final else now,
            notice=TicketSettled(ticket=ticket.id),
        )

    async def _unclear(self, ticket: Ticket, twin: OrderNumber) -> None:
        lost = ticket.outcome if isinstance(ticket.outcome, Lost) else Lost(cause=Cause.SHUTDOWN)
        await self._changes.record(ticket, outcome=replace(lost, twin=twin), next_look_at=self._clock.now() + ASK_OLD)

    async def _reject(self, ticket: Ticket, session: Session) -> None:
        """The person is asked for a fresh session, once."""
        account = await self._accounts.get(ticket.account)
        if account is None:
            raise NotLinked
        await self._accounts.reject_session(account, session, now=self._clock.now())


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
        account_number=intent.account_number,
    )


def _since(ticket: Ticket) -> datetime:
    return asked_at(ticket) - _SKEW
