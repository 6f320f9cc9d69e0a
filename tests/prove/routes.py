"""Random order books, walked in one go and, beside it, one smallest piece after the other, in whole numbers only.

The reference knows no decimals, no levels that are taken at once and nothing of the program: every piece of the book
is a price, and a buyer or seller takes them from the front for as long as the money or the coins last.
"""

import random
from dataclasses import dataclass, replace
from decimal import Decimal

from chatbot.domain.market import Level, Market
from chatbot.domain.orders import Side
from chatbot.domain.walks import Take, take
from tests.fakes.values import BTC
from tests.prove.proof import Proof, Run

_MOST_LEVELS = 6
_MOST_PIECES = 12  # on a level
_FEE_UNITS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A book in whole numbers. A piece is `1 / per_step` of the smallest volume that an order can name; prices are in
    units of the counter currency for one piece; `offered` is in pieces to sell, in units of money to buy.
    """

    side: Side
    base_decimals: int
    counter_decimals: int
    per_step: int
    levels: tuple[tuple[int, int], ...]
    price_scale: int
    fee: int
    offered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """What the reference found: whole steps taken, what they cost in units, net received in its smallest units."""

    steps: int
    cost: int
    received: int
    complete: bool


def drawn(chance: random.Random) -> Case:
    side = chance.choice((Side.BUY, Side.SELL))
    count = chance.randrange(_MOST_LEVELS + 1)
    prices = sorted((chance.randrange(1, 500) for _ in range(count)), reverse=side is Side.SELL)
    levels = tuple((price, chance.randrange(_MOST_PIECES + 1)) for price in prices)
    worth = sum(price * pieces for price, pieces in levels)
    depth = sum(pieces for _, pieces in levels)
    whole = worth if side is Side.BUY else depth
    return Case(
        side=side,
        base_decimals=chance.randrange(4),
        counter_decimals=chance.randrange(4),
        per_step=chance.choice((1, 1, 10)),
        levels=levels,
        price_scale=chance.randrange(4),
        fee=chance.choice((0, 15, 25, chance.randrange(200))),
        offered=chance.choice((whole, chance.randrange(1, whole + 12), chance.randrange(1, 8))) or 1,
    )


def one_by_one(case: Case) -> Plain:
    """Take piece after piece. An order names whole steps only, so what is left of a step is not taken."""
    pieces = [price for price, count in case.levels for _ in range(count)]
    can_take, spent = 0, 0
    for price in pieces:
        if (can_take + 1 > case.offered) if case.side is Side.SELL else (spent + price > case.offered):
            break
        can_take, spent = can_take + 1, spent + price
    steps = can_take // case.per_step
    cost = sum(pieces[: steps * case.per_step])
    if case.side is Side.SELL:
        complete = case.offered // case.per_step * case.per_step <= len(pieces)
    else:
        complete = sum(pieces) >= case.offered
    return Plain(steps=steps, cost=cost, received=_net(case, steps, cost), complete=complete)


def _net(case: Case, steps: int, cost: int) -> int:
    """Without the fee, rounded down to the smallest unit of what is received."""
    if case.side is Side.BUY:
        return steps * (_FEE_UNITS - case.fee) // _FEE_UNITS
    finer = _money_decimals(case) - case.counter_decimals
    net = cost * (_FEE_UNITS - case.fee) * int("1" + "0" * max(-finer, 0))
    return net // (_FEE_UNITS * int("1" + "0" * max(finer, 0)))


def _piece_decimals(case: Case) -> int:
    return case.base_decimals + len(str(case.per_step)) - 1


def _money_decimals(case: Case) -> int:
    """Of a unit of money: the price of a piece is that of a whole coin times its size."""
    return case.price_scale + _piece_decimals(case)


def in_one_go(case: Case) -> Take:
    pieces, money = Decimal(1).scaleb(-_piece_decimals(case)), Decimal(1).scaleb(-_money_decimals(case))
    levels = [
        Level(price=Decimal(price).scaleb(-case.price_scale), volume=count * pieces) for price, count in case.levels
    ]
    return take(
        levels,
        market=_market(case),
        side=case.side,
        amount=case.offered * (pieces if case.side is Side.SELL else money),
    )


def _market(case: Case) -> Market:
    return replace(
        BTC,
        base_decimals=case.base_decimals,
        counter_decimals=case.counter_decimals,
        taker_fee=Decimal(case.fee) / _FEE_UNITS,
    )


def prove(run: Run) -> None:
    for case, chance in run.cases():
        book = drawn(chance)
        plain, found = one_by_one(book), in_one_go(book)
        decimals = book.base_decimals if book.side is Side.BUY else book.counter_decimals
        expected = (
            Decimal(plain.steps).scaleb(-book.base_decimals),
            Decimal(plain.cost).scaleb(-_money_decimals(book)),
            Decimal(plain.received).scaleb(-decimals),
            plain.complete,
        )
        if (found.volume, found.total, found.received.value, found.complete) != expected:
            run.fail(case, f"{book} gave {found}, not {expected}")
        run.remark("too thin" if not plain.complete else f"{book.side.name.lower()}s")


PROOF = Proof(
    name="routes",
    claim="random order books: walked with fees as piece by piece, to the last digit",
    required=100_000,
    sample=2_000,
    prove=prove,
)
