"""Prices of the coins that have no order book: each walks by itself, like those that have one."""

from collections import deque
from collections.abc import Iterable
from decimal import Decimal

from chatbot.paper.market import Market
from chatbot.paper.price import Walk

_SCALE = 2
"""A hundred coins take turns of a twentieth of a second: one moves about every five seconds, in longer strides."""


class Prices:
    """Fair prices by market code."""

    def __init__(self, markets: Iterable[Market], *, seed: int) -> None:
        self._walks = {market.code: Walk(market, seed=seed) for market in markets}
        self._turn = deque(self._walks)

    def __getitem__(self, code: str) -> Decimal:
        return self._walks[code].price

    def __setitem__(self, code: str, price: Decimal) -> None:
        """Let the price go on from another one. Raises ``KeyError`` for a market that is not here."""
        self._walks[code].jump(price)

    def next_turn(self) -> str:
        """The code of the market whose turn it is to move."""
        self._turn.rotate(-1)
        return self._turn[0]

    def move(self, code: str) -> None:
        """Walk once."""
        self._walks[code].step(scale=_SCALE)
