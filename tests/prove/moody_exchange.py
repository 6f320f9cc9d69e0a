"""An exchange with moods, and books that say what really happened."""

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any, TypeVar

from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.ids import OrderNumber
from chatbot.domain.orders import Balances, Order, OrderPage, OrderStatus, Side
from chatbot.domain.secrets import Credentials
from chatbot.ports.exchange import Priority
from tests.fakes.clock import FakeClock
from tests.fakes.exchange import FakeExchange, Holder
from tests.fakes.values import BTC

T = TypeVar("T")

_CENT, _SATOSHI = Decimal("0.01"), Decimal("0.00000001")


class MoodyExchange(FakeExchange):
    """May be `away`; may now and then show orders `as_of` an earlier moment; some come up late, `hidden` until then.

    What is executed costs a maker's or a taker's fee, in either currency. `meanwhile` is called with whose balances are
    read, now and then, before and after they are. `moved` is what else came and went, per holder and currency.
    """

    def __init__(self, clock: FakeClock, chance: random.Random) -> None:
        super().__init__(clock)
        self.chance = chance
        self.away = False
        self.as_of: Mapping[str, Mapping[OrderNumber, Order]] | None = None
        self.hidden: dict[OrderNumber, datetime] = {}
        self.meanwhile: Callable[[Holder], None] | None = None
        self.moved: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(list)
        self._costs: defaultdict[OrderNumber, Decimal] = defaultdict(Decimal)

    def freeze(self) -> None:
        self.as_of = {key: dict(holder.orders) for key, holder in self.holders.items()}

    def execute(self, holder: Holder, number: OrderNumber, part: Decimal) -> None:
        """At the order's price or up to 0.1 % better; the average price is told in cents."""
        order = holder.orders[number]
        sign = 1 if order.side is Side.BUY else -1
        price = order.price * (1 - sign * Decimal(self.chance.randint(0, 10)) / 10_000)
        self._costs[number] += part * price
        executed = order.executed + part
        holder.orders[number] = replace(
            order,
            status=OrderStatus.FILLED if executed == order.volume else OrderStatus.PARTIALLY_FILLED,
            executed=executed,
            remaining=order.volume - executed,
            average_price=(self._costs[number] / executed).quantize(_CENT),
        )
        holder.totals[order.base] += sign * part
        holder.totals[order.counter] -= sign * part * price
        self._charge(holder, order, part, cost=part * price)

    def end(self, holder: Holder, number: OrderNumber) -> None:
        order = holder.orders[number]
        if not order.status.is_final:
            status = OrderStatus.REJECTED if not order.executed else OrderStatus.CANCELLED
            holder.orders[number] = replace(order, status=status)

    def move_money(self, holder: Holder, currency: str, amount: Decimal) -> None:
        """A deposit, or a withdrawal that was asked for on the site."""
        holder.totals[currency] = holder.totals.get(currency, Decimal(0)) + amount
        self.moved[holder.credentials.api_key.reveal(), currency].append(amount)

    async def orders(self, credentials: Credentials, **asked: Any) -> OrderPage:
        return await self._shown(credentials, super().orders(credentials, **asked))

    async def order(self, credentials: Credentials, *, number: OrderNumber, priority: Priority) -> Order:
        return await self._shown(credentials, super().order(credentials, number=number, priority=priority))

    async def balances(self, credentials: Credentials, *, account_name: str, priority: Priority) -> Balances:
        self._let_something_happen(credentials)
        found = await super().balances(credentials, account_name=account_name, priority=priority)
        self._let_something_happen(credentials)
        return found

    def _called(self, name: str) -> None:
        if self.away:
            raise Unavailable(Cause.TIMEOUT)
        super()._called(name)

    def _charge(self, holder: Holder, order: Order, part: Decimal, *, cost: Decimal) -> None:
        ratio = self.chance.choice((BTC.maker_fee, BTC.taker_fee))
        if self.chance.random() < 0.5:
            holder.totals[order.base] -= (part * ratio).quantize(_SATOSHI, rounding=ROUND_CEILING)
        else:
            holder.totals[order.counter] -= (cost * ratio).quantize(_CENT, rounding=ROUND_CEILING)

    def _let_something_happen(self, credentials: Credentials) -> None:
        if self.meanwhile is not None and self.chance.random() < 0.2:
            self.meanwhile(self._holder(credentials))

    async def _shown(self, credentials: Credentials, reading: Awaitable[T]) -> T:
        key = credentials.api_key.reveal()
        holder, now = self.holders[key], self.holders[key].orders
        shown = self.as_of[key] if self.as_of is not None and self.chance.random() < 0.5 else now
        hidden = {number for number, until in self.hidden.items() if self.clock.now() < until}
        holder.orders = {number: order for number, order in shown.items() if number not in hidden}
        try:
            return await reading
        finally:
            holder.orders = now
