"""What a conversion costs: the fair price with a spread, in the decimals of both currencies."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal

from chatbot.paper.market import MARKETS, Market
from chatbot.paper.orders import Side
from chatbot.paper.refusals import Refusal, Refused

CENT = Decimal("0.01")
"""The finest amount of the counter currencies: dollars, tethered or not."""

_SPREAD, _SPREAD_WITHOUT_BOOK = Decimal("0.003"), Decimal("0.0045")
"""On each side of the fair price: there and back costs 0.6 or 0.9 per cent."""
_LEAST, _MOST = Decimal(4), Decimal(1500)
"""What a conversion may be worth, in the counter currency."""
_COARSE_UP, _COARSE_DOWN = Context(prec=3, rounding=ROUND_UP), Context(prec=3, rounding=ROUND_DOWN)
_TOLERANCE = Decimal("0.0025")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A market and the side of its base currency: what is sold and bought follows from both."""

    market: Market
    side: Side

    @property
    def sold(self) -> str:
        return self.market.counter if self.side is Side.BUY else self.market.base

    @property
    def bought(self) -> str:
        return self.market.base if self.side is Side.BUY else self.market.counter

    @property
    def sold_step(self) -> Decimal:
        return CENT if self.side is Side.BUY else self.market.volume_step

    @property
    def bought_step(self) -> Decimal:
        return self.market.volume_step if self.side is Side.BUY else CENT

    def received(self, sold: Decimal, *, price: Decimal) -> Decimal:
        """What is bought for so much, rounded half up as in the documented example."""
        amount = sold / price if self.side is Side.BUY else sold * price
        return amount.quantize(self.bought_step, ROUND_HALF_UP)

    def price(self, fair: Decimal) -> Decimal:
        """What the house asks or pays, in counter units per base unit."""
        spread = _SPREAD_WITHOUT_BOOK if self.market.instant_only else _SPREAD
        asked = fair * (1 + spread if self.side is Side.BUY else 1 - spread)
        return max(asked.quantize(self.market.price_step), self.market.price_step)


_PAIRS = {
    (pair.sold, pair.bought): pair for market in MARKETS for pair in (Pair(market=market, side=side) for side in Side)
}


def find(*, sold: object, bought: object) -> Pair:
    """The pair by its currencies. Raises ``Refused`` if they are not converted here."""
    pair = _PAIRS.get((str(sold), str(bought)))
    if pair is None:
        raise Refused(Refusal.MARKET_NOT_FOUND)
    return pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An offer for so much of the sold currency, which may lie outside the limits: these are said with it. ``at`` is in
    Unix seconds.
    """

    pair: Pair
    price: Decimal
    sell_amount: Decimal
    buy_amount: Decimal
    least_sell: Decimal
    most_sell: Decimal
    least_buy: Decimal
    most_buy: Decimal
    at: float


def quote(pair: Pair, sell_amount: Decimal, *, fair: Decimal, at: float) -> Quote:
    """Raises ``Refused`` for an amount that cannot be one of the sold currency."""
    if sell_amount <= 0:
        raise Refused(Refusal.PARAMETER_INVALID)
    if sell_amount != sell_amount.quantize(pair.sold_step):
        raise Refused(Refusal.AMOUNT_DECIMALS)
    price = pair.price(fair)
    least, most = _limits(pair, price)
    return Quote(
        pair=pair,
        price=price,
        sell_amount=sell_amount,
        buy_amount=pair.received(sell_amount, price=price),
        least_sell=least,
        most_sell=most,
        least_buy=pair.received(least, price=price),
        most_buy=pair.received(most, price=price),
        at=at,
    )


def _limits(pair: Pair, price: Decimal) -> tuple[Decimal, Decimal]:
    """Of the amount sold. Coarse in the base currency, so that they do not change with every move of the price."""
    if pair.side is Side.BUY:
        return _LEAST, _MOST
    least, most = _COARSE_UP.divide(_LEAST, price), _COARSE_DOWN.divide(_MOST, price)
    return least.quantize(pair.sold_step, ROUND_UP), most.quantize(pair.sold_step, ROUND_DOWN)


def check(fresh: Quote, *, price: Decimal, buy_amount: Decimal) -> None:
    """Refuse an order whose amount lies outside the limits, whose numbers do not fit together, or whose quoted price
    is not near the one of now, whichever way it moved.
    """
    if fresh.sell_amount < fresh.least_sell:
        raise Refused(Refusal.AMOUNT_BELOW_MINIMUM)
    if fresh.sell_amount > fresh.most_sell:
        raise Refused(Refusal.AMOUNT_ABOVE_MAXIMUM)
    if min(price, buy_amount) <= 0 or buy_amount != fresh.pair.received(fresh.sell_amount, price=price):
        raise Refused(Refusal.PARAMETER_INVALID)
    if abs(price - fresh.price) > fresh.price * _TOLERANCE:
        raise Refused(Refusal.PRICE_CHANGED)
