"""A comparison of ways from one currency to another, of which one may be chosen."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from chatbot.domain.ids import MarketCode
from chatbot.domain.orders import Side
from chatbot.domain.swaps import Coin


class RouteKind(StrEnum):
    """The order books at the market, Instant Trade, or a swap at n.exchange."""

    BOOK = "book"
    INSTANT = "instant"
    SWAP = "swap"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOrder:
    """The order at the market that begins a way; `amount` is what it spends, `onward` what a second one is to buy."""

    market: MarketCode
    side: Side
    amount: Decimal
    onward: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapPair:
    """The coins of a way at n.exchange, on the networks that were compared."""

    deposit: Coin
    withdraw: Coin


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteDraft:
    """What was compared: so much of `sell` into `buy`, by their codes. A way that cannot be gone is None, or false."""

    tag: ClassVar[str] = "route"

    amount: Decimal
    sell: str
    buy: str
    order: FirstOrder | None = None
    instant: bool = False
    swap: SwapPair | None = None

    @property
    def kinds(self) -> tuple[RouteKind, ...]:
        """The ways to choose from."""
        there = {RouteKind.BOOK: self.order, RouteKind.INSTANT: self.instant, RouteKind.SWAP: self.swap}
        return tuple(kind for kind, way in there.items() if way)
