"""Random order books, walked in one go and, beside it, one smallest piece after the other, with exact fractions only.

The reference knows no decimals, no levels that are taken at once and nothing of the program: every piece of a book is a
price, and a buyer or seller takes them from the front for as long as the money or the coins last; the second order has
what the first one brought. What that costs against the middle, and which way is the best, is worked out anew as well.
"""

import random
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from chatbot.domain.conversions import Quote
from chatbot.domain.converting import Middle, by_book, by_ticker
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Level, Market
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.route_drafts import RouteKind
from chatbot.domain.routes import (
    BookOffer,
    InstantOffer,
    Route,
    RouteUnfit,
    best_first,
    middle_along,
    route_by,
    steps_between,
    walk,
)
from tests.fakes.clock import START
from tests.fakes.values import BTC, book, ticker
from tests.prove.proof import Proof, Run

_MOST_LEVELS = 5
_MOST_PIECES = 20  # on a level
_FEE_UNITS = 10_000
_CLOSE = Fraction(1, 10**40)
_USDT = "USDT"
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A market and the side of its book that is taken: how many pieces of `size` there are at which price. An order
    names multiples of `per_step` pieces. `bid` and `ask` are what the middle is read from, by the book or the ticker.
    """

    market: Market
    side: Side
    pieces: tuple[tuple[Decimal, int], ...]
    size: Decimal
    per_step: int
    other: Decimal | None
    ticker: tuple[Decimal, Decimal] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """What the reference found of a leg: what leaves, what comes, the total in the counter currency; or why not."""

    spent: Fraction
    received: Fraction
    total: Fraction
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is given for what, the books to walk, and what the reference makes of them."""

    given: Amount
    bought: str
    legs: tuple[Leg, ...]
    plains: tuple[Plain, ...]
    why_not: str


def one_by_one(leg: Leg, offered: Fraction) -> Plain:
    """Take piece after piece. An order names whole steps only, so what is left of a step is not taken."""
    size, prices = Fraction(leg.size), [Fraction(price) for price, count in leg.pieces for _ in range(count)]
    if leg.side is Side.SELL:
        wanted = offered // (size * leg.per_step)
        complete = wanted * leg.per_step <= len(prices)
        steps = min(wanted, len(prices) // leg.per_step)
    else:
        affordable, left = 0, offered
        while affordable < len(prices) and prices[affordable] * size <= left:
            left -= prices[affordable] * size
            affordable += 1
        complete = sum(prices) * size >= offered
        steps = affordable // leg.per_step
    total, volume = sum(prices[: steps * leg.per_step], Fraction()) * size, steps * leg.per_step * size
    spent, gross, decimals = (
        (volume, total, leg.market.counter_decimals)
        if leg.side is Side.SELL
        else (total, volume, leg.market.base_decimals)
    )
    unit = Fraction(1, 10**decimals)
    received = gross * (1 - Fraction(leg.market.taker_fee)) // unit * unit
    return Plain(spent=spent, received=received, total=total, why_not=_why_not(leg.market, total, received, complete))


def _why_not(market: Market, total: Fraction, received: Fraction, complete: bool) -> str:
    if total > Fraction(market.maximum):
        return "The largest order on"
    if not complete:
        return "side of the"
    return "The smallest order on" if total < Fraction(market.minimum) or not received else ""


def drawn(chance: random.Random) -> Case:
    """One book to walk, or two through USDT, with about as much in them as is needed."""
    given = Decimal(chance.randrange(1, 10 ** chance.randrange(2, 5))).scaleb(-chance.randrange(2, 6))
    names = chance.choice((("AAA", _USDT), (_USDT, "BBB"), *[("AAA", _USDT, "BBB")] * 4))
    legs: list[Leg] = []
    plains: list[Plain] = []
    offered = Fraction(given)
    for sold, bought in pairwise(names):
        legs.append(_leg(chance, sold, bought, offered or Fraction(1)))
        plains.append(one_by_one(legs[-1], offered))
        offered = plains[-1].received
    why_not = next((plain.why_not for plain in plains if plain.why_not), "")
    return Case(
        given=Amount(given, names[0]), bought=names[-1], legs=tuple(legs), plains=tuple(plains), why_not=why_not
    )


def mostly_to_be_gone(chance: random.Random) -> Case:
    """Of a few cases the first that leads somewhere, else the last."""
    for _ in range(_TRIES):
        found = drawn(chance)
        if not found.why_not:
            break
    return found


def _leg(chance: random.Random, sold: str, bought: str, offered: Fraction) -> Leg:
    side = chance.choice((Side.BUY, Side.SELL))
    scale = chance.randrange(4)
    prices = sorted(
        chance.randrange(1, 500) for _ in range(chance.randrange(_MOST_LEVELS) or chance.randrange(_MOST_LEVELS))
    )
    levels = [(Decimal(price).scaleb(-scale), chance.randrange(_MOST_PIECES + 1)) for price in prices]
    levels = levels if side is Side.BUY else levels[::-1]
    worth = sum((count * (price if side is Side.BUY else Decimal(1)) for price, count in levels), Decimal())
    needed = Decimal(offered.numerator) / Decimal(offered.denominator)
    fine = (worth or needed).adjusted() - needed.adjusted() + chance.choice((1, 0, 0, -1, -1, -1))
    per_step = chance.choice((1, 1, 1, 10))
    decimals = min(max(fine, len(str(per_step)) - 1), 12)
    base, counter = (bought, sold) if side is Side.BUY else (sold, bought)
    market = replace(
        BTC,
        code=MarketCode(f"{base}{counter}"),
        base=base,
        counter=counter,
        base_decimals=decimals - len(str(per_step)) + 1,
        counter_decimals=chance.choice((0, 2, 4, 8)),
        taker_fee=Decimal(chance.choice((0, 15, 25, chance.randrange(200)))) / _FEE_UNITS,
        minimum=Decimal(chance.choice((0, 0, 0, chance.randrange(100)))).scaleb(-chance.randrange(3)),
        maximum=Decimal(10) ** chance.choice((30, 30, 30, 30, chance.randrange(4))),
    )
    return Leg(
        market=market,
        side=side,
        pieces=tuple(levels),
        size=Decimal(1).scaleb(-decimals),
        per_step=per_step,
        other=chance.choice((None, Decimal(chance.randrange(1, 600)).scaleb(-scale))),
        ticker=chance.choice((None, (Decimal(chance.randrange(3)), Decimal(chance.randrange(1, 9))))),
    )


def _middle(leg: Leg) -> Fraction | None:
    """Half-way between both sides of the book, else of the ticker."""
    if leg.other is not None and leg.pieces:
        return (Fraction(leg.other) + Fraction(leg.pieces[0][0])) / 2
    if leg.ticker is not None and min(leg.ticker):
        return (Fraction(leg.ticker[0]) + Fraction(leg.ticker[1])) / 2
    return None


def _middle_of_all(legs: tuple[Leg, ...]) -> Fraction | None:
    price = Fraction(1)
    for leg in legs:
        middle = _middle(leg)
        if middle is None:
            return None
        price = price * middle if leg.side is Side.SELL else price / middle
    return price


def _program(drawn: Case) -> tuple[BookOffer | str, Decimal | None]:
    """What the program makes of the same books: the way over them, or why there is none, and the middle price."""
    (steps,) = steps_between(drawn.given.currency, drawn.bought, [leg.market for leg in drawn.legs])
    books, middles = [], []
    for leg in drawn.legs:
        taken = tuple(Level(price=price, volume=count * leg.size) for price, count in leg.pieces)
        across = () if leg.other is None else (Level(price=leg.other, volume=Decimal(1)),)
        bids, asks = (across, taken) if leg.side is Side.BUY else (taken, across)
        books.append(book(bids, asks, market=leg.market))
        middles.append(by_book(leg.market, books[-1]) or _by_ticker(leg))
    try:
        return walk(steps, books, drawn.given), middle_along(steps, middles)
    except RouteUnfit as unfit:
        return unfit.sentence, middle_along(steps, middles)


def _by_ticker(leg: Leg) -> Middle | None:
    if leg.ticker is None:
        return None
    return by_ticker(leg.market, ticker(leg.market, *map(str, leg.ticker)))


def prove(run: Run) -> None:
    for case, chance in run.cases():
        drawn = mostly_to_be_gone(chance)
        found, middle = _program(drawn)
        expected_middle = _middle_of_all(drawn.legs)
        if not _same(middle, expected_middle):
            run.fail(case, f"the middle of {drawn} is {middle}, not {expected_middle}")
        if isinstance(found, str) or drawn.why_not:
            if not isinstance(found, str) or not drawn.why_not or drawn.why_not not in found:
                run.fail(case, f"{drawn} gave {found}")
            run.remark(f"not to be gone: {drawn.why_not}")
            continue
        _compare(run, case, found, drawn.plains)
        _rank(run, case, chance, found, (drawn.given, middle, expected_middle))
        run.remark("one order" if len(drawn.legs) == 1 else "two orders")


def _compare(run: Run, case: int, found: BookOffer, plains: tuple[Plain, ...]) -> None:
    walked = [(take.spent.value, take.received.value, take.total) for take in found.takes]
    expected = [(plain.spent, plain.received, plain.total) for plain in plains]
    if [tuple(map(Fraction, each)) for each in walked] != expected:
        run.fail(case, f"walked {walked}, not {expected}")


def _rank(
    run: Run,
    case: int,
    chance: random.Random,
    found: BookOffer,
    known: tuple[Amount, Decimal | None, Fraction | None],
) -> None:
    """Beside quotes that are a little better, worse or just as good."""
    given, middle, exactly = known
    routes = [route_by(RouteKind.BOOK, found, given=given, middle=middle)]
    for _ in range(2):
        factor = chance.choice((Decimal(1), Decimal(chance.randrange(90, 111)) / 100))
        received = Amount((found.received.value * factor).quantize(Decimal("1e-12")), found.received.currency)
        quote = _quote(given, received)
        routes.append(route_by(RouteKind.INSTANT, InstantOffer(quote=quote), given=given, middle=middle))
    chance.shuffle(routes)
    for route in routes:
        _check_cost(run, case, route, exactly)
    ranked = best_first(routes)
    worths = [Fraction(route.offer.received.value) / Fraction(route.spent.value) for route in routes]
    order = sorted(range(len(routes)), key=lambda at: (-worths[at], at))
    if list(ranked) != [routes[at] for at in order]:
        run.fail(case, f"{worths} were ranked {[routes.index(route) for route in ranked]}")


def _quote(given: Amount, received: Amount) -> Quote:
    free = Decimal(0)
    return Quote(
        sell=given.currency,
        buy=received.currency,
        sell_text=f"{given.value:f}",
        buy_text=f"{received.value:f}",
        price_text="1",
        least_sell=free,
        most_sell=free,
        least_buy=free,
        most_buy=free,
        at=START,
    )


def _check_cost(run: Run, case: int, route: Route, middle: Fraction | None) -> None:
    if middle is None or route.cost is None:
        if middle is not None or route.cost is not None:
            run.fail(case, f"{route.cost} against a middle of {middle}")
        return
    spent, received = Fraction(route.spent.value), Fraction(route.offer.received.value)
    missing = spent * middle - received
    money = missing / middle if route.spent.currency == _USDT else missing
    currency = _USDT if route.spent.currency == _USDT else route.offer.received.currency
    cost = route.cost
    same = _same(cost.share, missing / (spent * middle)) and _same(cost.money.value, money)
    if not same or cost.money.currency != currency:
        run.fail(case, f"{route} costs {cost}, not {money}")


def _same(found: Decimal | None, expected: Fraction | None) -> bool:
    """But for what 60 digits cannot hold of a quotient."""
    if found is None or expected is None:
        return found is None and expected is None
    return abs(Fraction(found) - expected) <= _CLOSE * max(abs(expected), Fraction(1))


PROOF = Proof(
    name="routes",
    claim="random order books, one or two: walked, cut, costed and ranked as piece by piece with exact fractions",
    required=100_000,
    sample=400,
    prove=prove,
)
