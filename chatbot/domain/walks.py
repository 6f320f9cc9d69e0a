"""What an amount becomes at the market, level by level of an order book: fees in, and nothing rounded in our favour.

An order at the market names its volume in the base currency, cut to the market's decimals (api: 9.5). The taker's fee
is a fraction of what is received, and what is received is rounded down to the decimals of its currency; that is our
reading, as on the card of an order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal

from chatbot.domain.market import Level, Market, walk_volume
from chatbot.domain.money import EXACT, ZERO, Amount, divide, multiply, round_down, sum_exactly
from chatbot.domain.orders import Side

_CUT = Context(prec=EXACT.prec, rounding=ROUND_DOWN)
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """What an order at the market would take from a book.

    `volume` is in the base currency; `total` is exactly what it costs or brings in the counter currency before the
    fee. `spent` is what leaves: no more than was offered, often a little less when buying. `received` is net of the
    fee. With a book too thin for all of it, `complete` is false, and the rest is what the whole book gives.
    """

    market: Market
    side: Side
    volume: Decimal
    total: Decimal
    spent: Amount
    received: Amount
    fee: Amount
    complete: bool


def take(levels: Sequence[Level], *, market: Market, side: Side, amount: Decimal) -> Take:
    """Spend `amount`: of the counter currency to buy, of the base currency to sell. `levels` are best first."""
    buying = side is Side.BUY
    wanted = _affordable(levels, amount) if buying else round_down(amount, decimals=market.base_decimals)
    depth = sum_exactly(level.volume for level in levels)
    complete = wanted is not None and wanted <= depth
    volume = round_down(depth if wanted is None else min(wanted, depth), decimals=market.base_decimals)
    total = walk_volume(levels, volume=volume).total
    gross, currency = (volume, market.base) if buying else (total, market.counter)
    net = multiply(gross, EXACT.subtract(_ONE, market.taker_fee))
    return Take(
        market=market,
        side=side,
        volume=volume,
        total=total,
        spent=Amount(total, market.counter) if buying else Amount(volume, market.base),
        received=Amount(round_down(net, decimals=_decimals(market, currency)), currency),
        fee=Amount(multiply(gross, market.taker_fee), currency),
        complete=complete,
    )


def at_price(amount: Decimal, *, side: Side, price: Decimal) -> Decimal:
    """What an amount is on the other side of a market, at one price and without a fee."""
    return divide(amount, price) if side is Side.BUY else multiply(amount, price)


def _affordable(levels: Sequence[Level], money: Decimal) -> Decimal | None:
    """The volume that so much money pays for, cut and never rounded up; None if all there is costs less."""
    taken, left = ZERO, money
    for level in levels:
        cost = multiply(level.volume, level.price)
        if cost >= left:
            return EXACT.add(taken, _CUT.divide(left, level.price))
        taken, left = EXACT.add(taken, level.volume), EXACT.subtract(left, cost)
    return None


def _decimals(market: Market, currency: str) -> int:
    return market.base_decimals if currency == market.base else market.counter_decimals
