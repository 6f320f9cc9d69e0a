"""Random markets, balances and wishes: what is accepted breaks no rule, and what is suggested instead is accepted.

The rules are checked with fractions, apart from the program's own arithmetic.
"""

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from chatbot.domain.drafts import OrderRequest, Quantity, QuantityKind
from chatbot.domain.market import Level, Market, OrderBook
from chatbot.domain.order_questions import ask_quantity
from chatbot.domain.orders import Side
from chatbot.domain.sizing import OrderUnfit, Situation, SizedOrder, size_order
from tests.fakes.values import BTC, balance, book, situation, ticker
from tests.prove.proof import Proof, Run


def prove(run: Run) -> None:
    for case, chance in run.cases():
        here = a_situation(chance)
        wish = a_request(chance, here)
        try:
            _try(wish, here, run)
        except Exception as error:
            run.fail(case, f"{error!r}\n  {wish}\n  {here.market}\n  {here.base} {here.counter}")


def a_decimal(chance: random.Random, *, decimals: int, low: int = -4, high: int = 6) -> Decimal:
    """A positive number of some order of magnitude, cut to so many decimals; never zero."""
    value = Decimal(chance.randint(1, 10**9)).scaleb(chance.randint(low, high) - 9)
    cut = value.quantize(Decimal(1).scaleb(-decimals))
    return cut or Decimal(1).scaleb(-decimals)


def a_market(chance: random.Random) -> Market:
    base_decimals, counter_decimals = chance.randint(0, 8), chance.randint(0, 8)
    minimum = a_decimal(chance, decimals=counter_decimals, low=-2, high=2)
    return replace(
        BTC,
        base_decimals=base_decimals,
        counter_decimals=counter_decimals,
        presentation_decimals=counter_decimals,
        minimum=minimum,
        maximum=minimum * chance.choice((1, 2, 1000, 100_000)),
        maker_fee=Decimal(chance.randint(0, 50)).scaleb(-4),
        taker_fee=Decimal(chance.randint(0, 80)).scaleb(-4),
    )


def a_situation(chance: random.Random) -> Situation:
    market = a_market(chance)
    bid = a_decimal(chance, decimals=market.counter_decimals)
    step = Decimal(1).scaleb(-market.counter_decimals)
    ask = bid + step * chance.randint(0, 50)
    return situation(
        market=market,
        ticker=ticker(market, str(bid), str(ask), str(chance.choice((bid, ask, (bid + ask) / 2)))),
        book=_a_book(chance, market, bid=bid, ask=ask, step=step) if chance.random() < 0.8 else None,
        base=balance("BTC", str(_around(chance, market.minimum / bid, decimals=8))),
        counter=balance("USDT", str(_around(chance, market.minimum, decimals=8))),
    )


def _around(chance: random.Random, least: Decimal, *, decimals: int) -> Decimal:
    """Nothing at times; else from a fraction of `least` to very much of it."""
    if chance.random() < 0.05:
        return Decimal(0)
    value = least * Decimal(chance.randint(1, 10**4)).scaleb(chance.randint(-4, 1))
    return value.quantize(Decimal(1).scaleb(-decimals))


def _a_book(chance: random.Random, market: Market, *, bid: Decimal, ask: Decimal, step: Decimal) -> OrderBook:
    def side(best: Decimal, away: int) -> tuple[Level, ...]:
        prices = [best + away * step * rank * chance.randint(1, 9) for rank in range(chance.randint(0, 6))]
        return tuple(
            Level(price=price, volume=volume)
            for price in sorted(set(prices), reverse=away < 0)
            if price > 0 and (volume := _around(chance, market.minimum / best, decimals=market.base_decimals))
        )

    return book(side(bid, -1), side(ask, 1), market=market)


def a_request(chance: random.Random, here: Situation) -> OrderRequest:
    market, kind = here.market, chance.choice(list(QuantityKind))
    near = here.ticker.bid if chance.random() < 0.5 else here.ticker.ask
    price = near * Decimal(chance.randint(500, 2000)).scaleb(-3)
    at_market = chance.random() < 0.4
    decimals = market.base_decimals if chance.random() < 0.9 else 9
    value = {
        QuantityKind.PERCENT: Decimal(chance.randint(1, 100)),
        QuantityKind.TOTAL: _around(chance, market.minimum, decimals=decimals),
        QuantityKind.VOLUME: _around(chance, market.minimum / near, decimals=decimals),
    }[kind] or Decimal(1)
    if chance.random() < 0.9:
        price = price.quantize(Decimal(1).scaleb(-market.counter_decimals))
    return OrderRequest(
        side=chance.choice(list(Side)),
        symbol=str(market.code),
        quantity=Quantity(kind=kind, value=value),
        price=None if at_market or not price else price,
        post_only=not at_market and chance.random() < 0.2,
    )


def _try(wish: OrderRequest, here: Situation, run: Run) -> None:
    try:
        sized = size_order(wish, here)
    except OrderUnfit as error:
        run.remark("complained, with a suggestion" if error.corrected else "complained")
        if error.corrected is not None:
            check_rules(size_order(error.corrected, here), error.corrected, here)
    else:
        run.remark("accepted")
        check_rules(sized, wish, here)
    for choice in ask_quantity(wish, here).choices:
        if wish.price is None or _fits_decimals(wish.price, here.market.counter_decimals):
            check_rules(size_order(choice.request, here), choice.request, here)


def check_rules(sized: SizedOrder, wish: OrderRequest, here: Situation) -> None:
    market = here.market
    assert _fits_decimals(sized.volume, market.base_decimals), f"{sized.volume} has too many decimals"
    assert sized.price is None or _fits_decimals(sized.price, market.counter_decimals), f"{sized.price} has too many"
    assert sized.price == wish.price, "another price than asked for"
    worth = _worth(sized, wish.side, here)
    assert worth is not None, "more than the book holds"
    assert Fraction(market.minimum) <= worth <= Fraction(market.maximum), f"worth {float(worth)}, out of bounds"
    assert abs(Fraction(sized.terms.total) - worth) <= worth / 10**40, f"total {sized.terms.total}, worth {worth}"
    if wish.side is Side.SELL:
        assert sized.volume <= here.base.available, "sells more than there is"
    else:
        assert worth <= Fraction(here.counter.available), "spends more than there is"
    _check_as_asked(sized, wish, worth)


def _check_as_asked(sized: SizedOrder, wish: OrderRequest, worth: Fraction) -> None:
    """An amount that was asked for is that amount; a sum is never exceeded."""
    assert wish.quantity is not None
    if wish.quantity.kind is QuantityKind.VOLUME:
        assert sized.volume == wish.quantity.value, "another volume than asked for"
    elif wish.quantity.kind is QuantityKind.TOTAL:
        assert worth <= Fraction(wish.quantity.value), "worth more than asked for"


def _fits_decimals(value: Decimal, decimals: int) -> bool:
    scaled = Fraction(value) * 10**decimals
    return bool(scaled.denominator == 1)


def _worth(sized: SizedOrder, side: Side, here: Situation) -> Fraction | None:
    left = Fraction(sized.volume)
    if sized.price is not None:
        return left * Fraction(sized.price)
    if here.book is None:
        return left * Fraction(here.ticker.ask if side is Side.BUY else here.ticker.bid)
    total = Fraction(0)
    for level in here.book.asks if side is Side.BUY else here.book.bids:
        taken = min(left, Fraction(level.volume))
        total += taken * Fraction(level.price)
        left -= taken
    return None if left else total


PROOF = Proof(
    name="sizing",
    claim="accepted orders keep decimals, minimum, maximum and balance; suggestions are accepted",
    required=50_000,
    sample=1_500,
    prove=prove,
)
