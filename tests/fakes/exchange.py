"""An exchange in memory, with the same rules as the port, and faults on demand.

It keeps orders and balances only as exactly as the services' tests need: limits rest until `fill`, market orders fill
at once at the ticker's price. Withdrawals go to addresses saved under an alias and are held until
`process_withdrawals`. What the real exchange checks beyond that is the practice exchange's part.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count

from chatbot.domain.errors import (
    Cause,
    ChatbotError,
    InsufficientBalance,
    KeyRejected,
    OrderNotFound,
    OutcomeUnknown,
    Refused,
    WithdrawAddressNotFound,
)
from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.market import Market, OrderBook, Ticker
from chatbot.domain.money import ZERO, multiply
from chatbot.domain.orders import (
    Balance,
    Balances,
    NewOrder,
    Order,
    OrderFilter,
    OrderPage,
    OrderStatus,
    OrderType,
    Side,
)
from chatbot.domain.secrets import Credentials
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Permit, Priority
from tests.fakes.values import BTC, ETH, TETHER, book, credentials, ticker

PAGE = 20
USUAL_ALIASES = ("savings", "cold")
"""Saved for every currency that an account is opened with."""


def permitted() -> None:
    """The permit of what may be sent."""


@dataclass(frozen=True)
class Fault:
    """Raised by the next call of a name; `applied` changes take their effect first."""

    error: Exception
    applied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A withdrawal as it was asked for."""

    currency: str
    amount: Decimal
    alias: str


@dataclass
class Holder:
    """An account at the exchange. `requested` are the withdrawals that still wait for the exchange to process them."""

    credentials: Credentials
    totals: dict[str, Decimal]
    orders: dict[OrderNumber, Order] = field(default_factory=dict)
    aliases: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    requested: list[Withdrawal] = field(default_factory=list)

    def held(self, currency: str) -> Decimal:
        resting = [order for order in self.orders.values() if not order.status.is_final]
        buys = (multiply(order.remaining, order.price) for order in resting if _pays(order, currency, Side.BUY))
        sells = (order.remaining for order in resting if _pays(order, currency, Side.SELL))
        leaving = (withdrawal.amount for withdrawal in self.requested if withdrawal.currency == currency)
        return sum((*buys, *sells, *leaving), ZERO)

    def available(self, currency: str) -> Decimal:
        return self.totals.get(currency, ZERO) - self.held(currency)


class FakeExchange:
    """`calls` names every call in order; `changes` counts what was sent: orders, cancellations and withdrawals.
    `described` is what is said of a single market where it is not what the list says.

    While `budget_free` is cleared, changing calls wait as for a slot of the request budget, and then ask their permit.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.listed: list[Market] = [BTC, ETH, TETHER]
        self.described: dict[str, Market | None] = {}
        self.tickers_now: dict[MarketCode, Ticker] = {
            BTC.code: ticker(),
            ETH.code: ticker(ETH, "2500", "2501", "2500.5", average=Decimal(2500)),
            TETHER.code: ticker(TETHER, "0.9990", "1.0010", "1.0000", average=Decimal(1)),
        }
        self.books: dict[MarketCode, OrderBook] = {BTC.code: book()}
        self.holders: dict[str, Holder] = {}
        self.calls: list[str] = []
        self.sent: list[NewOrder] = []
        self.cancels: list[OrderNumber] = []
        self.withdrawals: list[Withdrawal] = []
        self.budget_free = asyncio.Event()
        self.budget_free.set()
        self.cancels_at_once = True
        self.endless_lists = False
        self.wait = timedelta(0)
        self._faults: dict[str, list[Fault]] = {}
        self._numbers = count(54_259)

    @property
    def changes(self) -> int:
        return len(self.sent) + len(self.cancels) + len(self.withdrawals)

    def open_account(self, *, funds: Mapping[str, str]) -> Credentials:
        opened = credentials(str(len(self.holders) + 1))
        totals = {currency: Decimal(total) for currency, total in funds.items()}
        self.holders[opened.api_key.reveal()] = Holder(credentials=opened, totals=totals)
        for currency in funds:
            for alias in USUAL_ALIASES:
                self.save_alias(opened, currency, alias)
        return opened

    def save_alias(self, by: Credentials, currency: str, alias: str) -> None:
        """Save a withdrawal address, as one does on the exchange's site."""
        self.holders[by.api_key.reveal()].aliases[currency].add(alias)

    def process_withdrawals(self) -> None:
        """Send off what was asked for: from now on it is missing from the totals, too."""
        for holder in self.holders.values():
            for withdrawal in holder.requested:
                holder.totals[withdrawal.currency] -= withdrawal.amount
            holder.requested.clear()

    def fail(self, call: str, error: Exception, *, applied: bool = False, times: int = 1) -> None:
        """Let the next calls of this name end in an error."""
        self._faults.setdefault(call, []).extend([Fault(error, applied)] * times)

    def lose_answer(self, call: str) -> None:
        """Let the next call of this name take its effect and its answer get lost."""
        self.fail(call, OutcomeUnknown(Cause.BROKEN), applied=True)

    def move(self, code: str, *, to: Decimal) -> None:
        """Set a market's price; what it reaches is filled."""
        market = MarketCode(code)
        self.tickers_now[market] = replace(self.tickers_now[market], bid=to, ask=to, last=to)
        for holder in self.holders.values():
            for order in holder.orders.values():
                reached = to <= order.price if order.side is Side.BUY else to >= order.price
                if order.market == market and not order.status.is_final and reached:
                    self.fill(order.number)

    def fill(self, number: OrderNumber, share: str = "1") -> None:
        """Execute a share of an order, at its own price."""
        holder = next(holder for holder in self.holders.values() if number in holder.orders)
        order = holder.orders[number]
        part = multiply(order.volume, Decimal(share)) - order.executed
        self._settle(holder, order, part=part, price=order.price)

    def put(self, by: Credentials, order: Order) -> None:
        """Have an order on the books that nobody sent through this port."""
        self.holders[by.api_key.reveal()].orders[order.number] = order

    async def markets(self, *, priority: Priority) -> tuple[Market, ...]:
        self._called("markets")
        return tuple(self.listed)

    async def tickers(self, *, priority: Priority, within: timedelta | None = None) -> Mapping[MarketCode, Ticker]:
        self._called("tickers")
        return dict(self.tickers_now)

    async def market(self, code: MarketCode, *, priority: Priority) -> Market | None:
        self._called("market")
        return self.described.get(code, next((market for market in self.listed if market.code == code), None))

    async def ticker(self, market: MarketCode, *, priority: Priority) -> Ticker | None:
        self._called("ticker")
        return self.tickers_now.get(market)

    async def order_book(
        self, market: MarketCode, *, priority: Priority, within: timedelta | None = None
    ) -> OrderBook | None:
        self._called("order_book")
        return self.books.get(market)

    def expected_wait(self, priority: Priority) -> timedelta:
        return self.wait

    async def balances(self, credentials: Credentials, *, account_name: str, priority: Priority) -> Balances:
        self._called("balances")
        holder = self._holder(credentials)
        return Balances(
            by_currency={
                currency: Balance(currency=currency, total=total, available=holder.available(currency))
                for currency, total in holder.totals.items()
            },
            at=self.clock.now(),
        )

    async def orders(
        self,
        credentials: Credentials,
        *,
        account_name: str,
        which: OrderFilter,
        market: MarketCode | None,
        page: int,
        priority: Priority,
    ) -> OrderPage:
        self._called(f"orders {which}")
        listed = [
            order
            for order in self._holder(credentials).orders.values()
            if market in (None, order.market)
            and (which is OrderFilter.ALL or order.status.is_final is (which is OrderFilter.CLOSED))
        ]
        listed.sort(key=lambda order: order.number, reverse=True)
        shown = listed[(page - 1) * PAGE : page * PAGE]
        if self.endless_lists:
            return OrderPage(orders=tuple(listed[:PAGE]), number=page, has_next=True, pages=None)
        return OrderPage(orders=tuple(shown), number=page, has_next=page * PAGE < len(listed), pages=None)

    async def order(self, credentials: Credentials, *, number: OrderNumber, priority: Priority) -> Order:
        self._called("order")
        return self._order(self._holder(credentials), number)

    async def place_order(self, credentials: Credentials, *, order: NewOrder, permit: Permit) -> OrderNumber:
        await self.budget_free.wait()
        permit()
        fault = self._next_fault("place_order")
        self.sent.append(order)
        if fault is not None and not fault.applied:
            raise fault.error
        number = self._place(self._holder(credentials), order)
        if fault is not None:
            raise fault.error
        return number

    async def cancel_order(self, credentials: Credentials, *, number: OrderNumber, permit: Permit) -> None:
        await self.budget_free.wait()
        permit()
        fault = self._next_fault("cancel_order")
        self.cancels.append(number)
        if fault is None or fault.applied:
            self._cancel(self._holder(credentials), number)
        if fault is not None:
            raise fault.error

    async def withdraw(
        self, credentials: Credentials, *, currency: str, amount: Decimal, alias: str, permit: Permit
    ) -> None:
        await self.budget_free.wait()
        permit()
        fault = self._next_fault("withdraw")
        withdrawal = Withdrawal(currency=currency, amount=amount, alias=alias)
        self.withdrawals.append(withdrawal)
        if fault is None or fault.applied:
            self._request(self._holder(credentials), withdrawal)
        if fault is not None:
            raise fault.error

    def _request(self, holder: Holder, withdrawal: Withdrawal) -> None:
        if withdrawal.alias not in holder.aliases[withdrawal.currency]:
            raise WithdrawAddressNotFound(code=1319, reason="Withdraw address not found")
        if holder.available(withdrawal.currency) < withdrawal.amount:
            raise InsufficientBalance(code=1103, reason="insufficient_balance")
        holder.requested.append(withdrawal)

    def _place(self, holder: Holder, new: NewOrder) -> OrderNumber:
        market = next(market for market in self.listed if market.code == new.market)
        now = self.tickers_now[new.market]
        price = new.price if new.price is not None else (now.ask if new.side is Side.BUY else now.bid)
        needs = multiply(new.volume, price) if new.side is Side.BUY else new.volume
        currency = market.counter if new.side is Side.BUY else market.base
        if holder.available(currency) < needs:
            raise InsufficientBalance(code=1103, reason="insufficient_balance")
        number = OrderNumber(next(self._numbers))
        holder.orders[number] = Order(
            number=number,
            market=new.market,
            base=market.base,
            counter=market.counter,
            type=new.type,
            side=new.side,
            status=OrderStatus.NEW,
            price=new.price or ZERO,
            volume=new.volume,
            executed=ZERO,
            remaining=new.volume,
            total=multiply(new.volume, price),
            average_price=ZERO,
            client_id=new.client_id,
            post_only=new.post_only,
            cancelable=True,
            placed_at=self.clock.now(),
        )
        if new.type is OrderType.MARKET:
            self._settle(holder, holder.orders[number], part=new.volume, price=price)
        return number

    def _settle(self, holder: Holder, order: Order, *, part: Decimal, price: Decimal) -> None:
        sign = 1 if order.side is Side.BUY else -1
        for currency, change in ((order.base, sign * part), (order.counter, -sign * multiply(part, price))):
            holder.totals[currency] = holder.totals.get(currency, ZERO) + change
        executed = order.executed + part
        done = executed == order.volume
        holder.orders[order.number] = replace(
            order,
            status=OrderStatus.FILLED if done else OrderStatus.PARTIALLY_FILLED,
            executed=executed,
            remaining=order.volume - executed,
            average_price=price,
            cancelable=not done,
            updated_at=self.clock.now(),
        )

    def _cancel(self, holder: Holder, number: OrderNumber) -> None:
        order = self._order(holder, number)
        if order.status.is_final:
            raise Refused(code=1202, reason="order_not_cancelable")
        if self.cancels_at_once:
            holder.orders[number] = replace(order, status=OrderStatus.CANCELLED, cancelable=False)

    def _holder(self, credentials: Credentials) -> Holder:
        holder = self.holders.get(credentials.api_key.reveal())
        if holder is None or holder.credentials != credentials:
            raise KeyRejected(status=401, reason="invalid_signature")
        return holder

    def _order(self, holder: Holder, number: OrderNumber) -> Order:
        if number not in holder.orders:
            raise OrderNotFound(code=1201, reason="order_not_found")
        return holder.orders[number]

    def _called(self, name: str) -> None:
        fault = self._next_fault(name)
        if fault is not None:
            raise fault.error

    def _next_fault(self, name: str) -> Fault | None:
        self.calls.append(name)
        waiting = self._faults.get(name)
        return waiting.pop(0) if waiting else None


def _pays(order: Order, currency: str, side: Side) -> bool:
    return order.side is side and currency == (order.counter if side is Side.BUY else order.base)


def every_error() -> tuple[type[ChatbotError], ...]:
    """All classes of the tree, so that a test of each cannot forget one."""
    found: list[type[ChatbotError]] = [ChatbotError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return tuple(dict.fromkeys(found))
