"""The order book of one market and price-time matching."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from chatbot.paper.ledger import ZERO
from chatbot.paper.orders import Order, Side


class Fill(NamedTuple):
    """A trade between a resting order and an arriving one, at the resting order's price."""

    maker: Order
    taker: Order
    price: Decimal
    volume: Decimal


class HalfBook:
    """One side. Levels sort worst to best, so the best price is popped from the end of a list."""

    def __init__(self, side: Side) -> None:
        self._sign = 1 if side is Side.BUY else -1
        self._keys: list[Decimal] = []
        self._levels: dict[Decimal, dict[int, Order]] = {}

    def best_price(self) -> Decimal | None:
        return self._keys[-1] * self._sign if self._keys else None

    def best(self) -> Order | None:
        """The oldest order at the best price."""
        return next(iter(self._levels[self._keys[-1]].values())) if self._keys else None

    def add(self, order: Order) -> None:
        key = order.terms.price * self._sign
        level = self._levels.get(key)
        if level is None:
            level = self._levels[key] = {}
            insort(self._keys, key)
        level[order.number] = order

    def remove(self, order: Order) -> None:
        key = order.terms.price * self._sign
        level = self._levels[key]
        del level[order.number]
        if not level:
            del self._levels[key]
            del self._keys[bisect_left(self._keys, key)]

    def levels(self) -> Iterator[tuple[Decimal, Decimal]]:
        """Price and resting volume, best first."""
        for key in reversed(self._keys):
            yield key * self._sign, sum((order.remaining for order in self._levels[key].values()), ZERO)


class Book:
    """Both sides of a market."""

    def __init__(self) -> None:
        self._halves = {side: HalfBook(side) for side in Side}

    def half(self, side: Side) -> HalfBook:
        return self._halves[side]

    def rest(self, order: Order) -> None:
        self._halves[order.terms.side].add(order)

    def remove(self, order: Order) -> None:
        self._halves[order.terms.side].remove(order)

    def would_trade(self, order: Order) -> bool:
        best = self._halves[order.terms.side.opposite].best_price()
        return best is not None and order.accepts(best)

    def cost(self, side: Side, volume: Decimal) -> Decimal:
        """What taking ``volume`` from the other side exchanges in counter currency, as far as it reaches."""
        total = ZERO
        for price, resting in self._halves[side.opposite].levels():
            taken = min(volume, resting)
            total += price * taken
            volume -= taken
            if not volume:
                break
        return total

    def match(self, taker: Order, *, at: float) -> Iterator[Fill]:
        """Execute against the other side, best price and oldest order first, as far as ``taker`` accepts."""
        opposite = self._halves[taker.terms.side.opposite]
        while taker.remaining and (maker := opposite.best()) and taker.accepts(maker.terms.price):
            price, volume = maker.terms.price, min(taker.remaining, maker.remaining)
            for order in (maker, taker):
                order.execute(price=price, volume=volume, at=at)
            if not maker.remaining:
                opposite.remove(maker)
            yield Fill(maker, taker, price, volume)
