"""The house's own behaviour: what it quotes around the fair price, and how yesterday looked. Pure but for the dice."""

import random
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from chatbot.paper.market import Market
from chatbot.paper.orders import Side
from chatbot.paper.price import Walk
from chatbot.paper.tape import BUCKET_SECONDS, BUCKETS_A_DAY, Tape, Trade

LEVELS = 18
_HALF_SPREAD = Decimal("0.00045")
_LEVEL_GAP = Decimal("0.00035")


def ladder(market: Market, fair: Decimal, side: Side, dice: random.Random) -> Iterator[tuple[Decimal, Decimal]]:
    """Price and volume of each level the house quotes on one side, best first, prices strictly apart."""
    away, outwards, inwards = (-1, ROUND_FLOOR, ROUND_CEILING) if side is Side.BUY else (1, ROUND_CEILING, ROUND_FLOOR)
    distance = _HALF_SPREAD * dice.randint(80, 120) / 100
    price = fair.quantize(market.price_step, inwards)
    for level in range(LEVELS):
        wanted = (fair * (1 + away * distance)).quantize(market.price_step, outwards)
        further = price + away * market.price_step
        price = min(wanted, further) if side is Side.BUY else max(wanted, further)
        if price <= 0:
            return
        yield price, volume_for(market, Decimal(dice.randint(300, 2500 + 700 * level)), price)
        distance += _LEVEL_GAP * dice.randint(50, 150) / 100


def volume_for(market: Market, amount: Decimal, price: Decimal) -> Decimal:
    """The base volume worth ``amount`` at ``price``, at least one step."""
    return max((amount / price).quantize(market.volume_step, ROUND_FLOOR), market.volume_step)


def yesterday(market: Market, walk: Walk, *, now: float) -> Tape:
    """A tape of the day before ``now`` that ends where ``walk`` then stands."""
    dice = walk.dice
    stake = market.daily_turnover / BUCKETS_A_DAY

    def trade(at: float, amount: Decimal) -> Trade:
        price = walk.price.quantize(market.price_step)
        side = dice.choice((Side.BUY, Side.SELL))
        return Trade(price=price, volume=volume_for(market, amount, price), side=side, at=at)

    tape = Tape(trade(now - BUCKET_SECONDS * (BUCKETS_A_DAY - 1), stake))
    for age in range(BUCKETS_A_DAY - 2, 0, -1):
        walk.step(scale=24)
        tape.record(trade(now - BUCKET_SECONDS * age, stake * dice.randint(20, 180) / 100))
    for age in range(50, 0, -1):
        walk.step(scale=3)
        tape.record(trade(now - age * 11, stake * dice.randint(1, 40) / 1000))
    return tape
