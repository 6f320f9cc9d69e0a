"""How a fair price moves by itself: a seeded random walk, pulled gently back towards its anchor."""

import random
from decimal import Decimal

from chatbot.paper.market import Market

_MILLION = Decimal(1_000_000)
_PULL = Decimal("0.00002")
"""Share of the distance to the anchor undone by one step; keeps a market that runs for weeks near real prices."""


class Walk:
    """The fair price of one market. The same market and seed give the same path, whatever other markets do."""

    def __init__(self, market: Market, *, seed: int) -> None:
        self.price = self._anchor = market.start_price
        self._liveliness = market.liveliness
        self._floor = market.price_step * 50
        self._quantum = market.price_step.scaleb(-4)
        self.dice = random.Random(f"{seed}:{market.code}")  # noqa: S311 - a toy market must be repeatable, not secret

    def step(self, *, scale: int = 1) -> Decimal:
        """Move once and return the new price; ``scale`` makes one stride of scale² steps."""
        # Three equal dice of ±n have together the standard deviation n.
        stride = sum(self.dice.randint(-self._liveliness, self._liveliness) for _ in range(3)) * scale
        pull = (self._anchor - self.price) * _PULL * scale**2
        moved = self.price + self.price * stride / _MILLION + pull
        self.price = max(moved.quantize(self._quantum), self._floor)
        return self.price

    def jump(self, price: Decimal) -> None:
        """Continue from ``price``."""
        self.price = self._anchor = price
