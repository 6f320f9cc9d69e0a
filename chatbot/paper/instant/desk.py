"""Converting: the house takes the other side of every order, at the price it quoted or not at all."""

import random
from dataclasses import dataclass
from datetime import timedelta
from decimal import Context, Decimal
from heapq import heappop, heappush
from typing import Protocol

from chatbot.paper.clock import Clock
from chatbot.paper.executions import Executions, Fact
from chatbot.paper.instant.quotes import Pair, Quote, check, quote
from chatbot.paper.ledger import HOUSE, ZERO, Ledger
from chatbot.paper.market import Market
from chatbot.paper.orders import Kind, Order, Side, State, Terms

_USUAL_WAIT = timedelta(seconds=1)
_ONE_IN = 4
"""This share of the orders takes the usual wait; the others are filled at once."""
_PRICE = Context(prec=18)
"""The history's prices are totals divided by amounts, to this many digits (as in the documented example)."""


class Floor(Protocol):
    """What conversions need of the exchange around them."""

    clock: Clock
    ledger: Ledger
    executions: Executions

    def fair_price(self, market: Market) -> Decimal: ...

    def set_price(self, code: str, price: Decimal) -> None: ...

    def open_order(self, terms: Terms) -> Order:
        """A numbered order in its account's history."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A conversion as it was asked for: a quote's own numbers."""

    account: int
    pair: Pair
    sell_amount: Decimal
    buy_amount: Decimal
    price: Decimal


@dataclass(slots=True, kw_only=True)
class Behaviour:
    """How the next orders go. ``wait`` None is the usual: mostly at once. ``moved`` is the change in per cent that the
    next order finds its price to have taken since the quote, None for none; ``rejections`` are still to come.
    """

    wait: timedelta | None = None
    moved: Decimal | None = None
    rejections: int = 0


class Desk:
    """Quotes and conversions. An order holds what it sells from its placing to its end."""

    def __init__(self, floor: Floor, *, seed: int) -> None:
        self.behaviour = Behaviour()
        self._floor = floor
        self._dice = random.Random(f"{seed}:instant")  # noqa: S311 - repeatable, not secret
        self._due: list[tuple[float, int, Order, Asked, State]] = []  # moment, number, and how it will end

    def quote(self, pair: Pair, sell_amount: Decimal) -> Quote:
        """What so much gives now; changes nothing. Raises ``Refused``."""
        fair = self._floor.fair_price(pair.market)
        return quote(pair, sell_amount, fair=fair, at=self._floor.clock.unix())

    def convert(self, asked: Asked) -> Order:
        """Check against a fresh quote, hold the money, execute now or a moment later. Raises ``Refused`` having changed
        nothing, but for a price that was to move.
        """
        self._move_price(asked.pair.market)
        check(self.quote(asked.pair, asked.sell_amount), price=asked.price, buy_amount=asked.buy_amount)
        self._floor.ledger.hold(asked.account, asked.pair.sold, asked.sell_amount)
        order = self._floor.open_order(_terms(asked))
        due = self._floor.clock.monotonic() + self._wait().total_seconds()
        heappush(self._due, (due, order.number, order, asked, self._end()))
        self.catch_up()
        return order

    def waiting(self) -> tuple[Asked, ...]:
        """What has been ordered and not ended yet."""
        return tuple(asked for *_, asked, _ in self._due)

    def catch_up(self) -> None:
        """End the orders whose time has come."""
        while self._due and self._due[0][0] <= self._floor.clock.monotonic():
            *_, order, asked, end = heappop(self._due)
            self._floor.ledger.release(asked.account, asked.pair.sold, asked.sell_amount)
            if end is State.FILLED:
                self._fill(order, asked)
            else:
                order.close(end, at=self._floor.clock.unix())

    def _fill(self, order: Order, asked: Asked) -> None:
        pair, ledger, at = asked.pair, self._floor.ledger, self._floor.clock.unix()
        ledger.move(pair.sold, asked.sell_amount, source=asked.account, target=HOUSE)
        ledger.move(pair.bought, asked.buy_amount, source=HOUSE, target=asked.account)
        total = asked.sell_amount if pair.side is Side.BUY else asked.buy_amount
        order.fill_at_once(total=total, at=at)
        fact = Fact(
            market=pair.market,
            side=pair.side,
            is_maker=False,
            price=_PRICE.divide(total, order.executed),
            amount=order.executed,
            total=total,
            fee=ZERO,  # the spread is all it costs
            fee_currency=pair.bought,
            at=at,
        )
        self._floor.executions.record(asked.account, self._floor.executions.next_transaction(), fact)

    def _move_price(self, market: Market) -> None:
        moved, self.behaviour.moved = self.behaviour.moved, None
        if moved is not None:
            price = self._floor.fair_price(market) * (100 + moved) / 100
            self._floor.set_price(market.code, max(price.quantize(market.price_step), market.price_step))

    def _wait(self) -> timedelta:
        if self.behaviour.wait is not None:
            return self.behaviour.wait
        return timedelta(0) if self._dice.randrange(_ONE_IN) else _USUAL_WAIT

    def _end(self) -> State:
        if not self.behaviour.rejections:
            return State.FILLED
        self.behaviour.rejections -= 1
        return State.REJECTED


def _terms(asked: Asked) -> Terms:
    return Terms(
        account=asked.account,
        market=asked.pair.market,
        kind=Kind.MARKET,
        side=asked.pair.side,
        price=ZERO,
        volume=asked.buy_amount if asked.pair.side is Side.BUY else asked.sell_amount,
        instant=True,
    )
