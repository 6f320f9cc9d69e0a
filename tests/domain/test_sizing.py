"""Sizing against a plain reference: exact fractions, level by level, rule by rule."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chatbot.domain.drafts import OrderRequest, Quantity, QuantityKind
from chatbot.domain.market import Level, OrderBook
from chatbot.domain.money import has_decimals, round_down
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.sizing import (
    OrderUnfit,
    Situation,
    most,
    price_presets,
    size_order,
    usable_share,
)
from tests.fakes.values import BTC, balance, book, levels, situation, ticker

SHARES = (25, 50, 75, 100)


def request(side: Side, amount: str, *, price: str | None = None, **more: Any) -> OrderRequest:
    kind = more.pop("kind", QuantityKind.VOLUME)
    return OrderRequest(
        side=side,
        symbol="BTCUSDT",
        quantity=Quantity(kind=kind, value=Decimal(amount)),
        price=None if price is None else Decimal(price),
        **more,
    )


def unfit(said: OrderRequest, where: Situation) -> OrderUnfit:
    with pytest.raises(OrderUnfit) as caught:
        size_order(said, where)
    return caught.value


# ---- the reference: what an order costs, in exact fractions


def cost(volume: Decimal, said: OrderRequest, where: Situation) -> Fraction | None:
    """In the counter currency; None if the book does not hold so much."""
    if said.price is not None:
        return Fraction(volume) * Fraction(said.price)
    if where.book is None:
        best = where.ticker.ask if said.side is Side.BUY else where.ticker.bid
        return Fraction(volume) * Fraction(best) if best else None
    left, spent = Fraction(volume), Fraction(0)
    for level in where.book.opposite(said.side):
        part = min(left, Fraction(level.volume))
        left, spent = left - part, spent + part * Fraction(level.price)
    return spent if left == 0 else None


def is_acceptable(volume: Decimal, said: OrderRequest, where: Situation) -> bool:
    market, total = where.market, cost(volume, said, where)
    return (
        total is not None
        and volume > 0
        and has_decimals(volume, at_most=market.base_decimals)
        and (said.price is None or has_decimals(said.price, at_most=market.counter_decimals))
        and Fraction(market.minimum) <= total <= Fraction(market.maximum)
        and (volume <= where.base.available if said.side is Side.SELL else total <= Fraction(where.counter.available))
    )


# ---- situations of every kind: coarse and fine decimals, thin, empty and unknown books, poor and rich people


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    base_decimals, counter_decimals = draw(st.sampled_from([(8, 2), (0, 4), (2, 6), (4, 0)]))
    market = replace(
        BTC,
        base_decimals=base_decimals,
        counter_decimals=counter_decimals,
        minimum=Decimal(draw(st.sampled_from(["5.00", "0.01", "100"]))),
        maximum=Decimal(draw(st.sampled_from(["1000.00", "1000000.00"]))),
    )
    middle = draw(st.decimals(min_value="0.02", max_value=90_000, places=6))
    tick = Decimal(1).scaleb(-counter_decimals)
    bid = round_down(middle, decimals=counter_decimals)
    ask = bid + tick * draw(st.integers(1, 500))
    last = draw(st.sampled_from([bid, ask, round_down(bid * 2, decimals=counter_decimals)]))
    return Situation(
        market=market,
        ticker=ticker(bid=str(bid), ask=str(ask), last=str(last)),
        book=draw(st.one_of(st.none(), books(bid, ask, tick, base_decimals))),
        base=balance("BTC", str(draw(st.decimals(min_value=0, max_value=10**6, places=8)))),
        counter=balance("USDT", str(draw(st.decimals(min_value=0, max_value=10**6, places=4)))),
    )


def books(bid: Decimal, ask: Decimal, tick: Decimal, base_decimals: int) -> st.SearchStrategy[OrderBook]:
    sizes = st.decimals(min_value="0.00000001", max_value=10**4, places=8)
    # A book is read a moment after the ticker, so it need not begin where the ticker says.
    steps = st.lists(st.tuples(st.integers(-3, 400), sizes), max_size=5)

    def build(below: list[tuple[int, Decimal]], above: list[tuple[int, Decimal]]) -> OrderBook:
        bids = [Level(price=bid - tick * step, volume=size) for step, size in below if bid > tick * step]
        asks = [Level(price=ask + tick * step, volume=size) for step, size in above if ask + tick * step > 0]
        return book(
            tuple(sorted(bids, key=lambda level: -level.price)), tuple(sorted(asks, key=lambda level: level.price))
        )

    return st.builds(build, steps, steps)


@st.composite
def orders(draw: st.DrawFn) -> tuple[OrderRequest, Situation]:
    where = draw(situations())
    kind = draw(st.sampled_from(QuantityKind))
    largest = {QuantityKind.VOLUME: 10**6, QuantityKind.TOTAL: 2 * 10**6, QuantityKind.PERCENT: 100}[kind]
    size = draw(st.decimals(min_value="0.00000001", max_value=largest, places=8))
    price = None
    if draw(st.booleans()):
        factor = draw(st.sampled_from(["0.5", "0.99", "1", "1.01", "1.23456789", "2"]))
        price = where.ticker.bid * Decimal(factor)
        assume(price > 0)
    said = OrderRequest(
        side=draw(st.sampled_from(Side)),
        symbol="BTCUSDT",
        quantity=Quantity(kind=kind, value=size),
        price=price,
        type=OrderType.MARKET if price is None else OrderType.LIMIT,
        post_only=price is not None and draw(st.booleans()),
    )
    return said, where


@given(orders())
def test_an_accepted_order_keeps_every_rule(order: tuple[OrderRequest, Situation]) -> None:
    said, where = order
    try:
        sized = size_order(said, where)
    except OrderUnfit:
        return
    assert is_acceptable(sized.volume, said, where)
    assert sized.price == said.price
    assert Fraction(sized.terms.total) == cost(sized.volume, said, where)


@given(orders())
def test_an_acceptable_volume_is_never_refused(order: tuple[OrderRequest, Situation]) -> None:
    said, where = order
    assert said.quantity is not None
    volume = round_down(said.quantity.value, decimals=where.market.base_decimals)
    exact = replace(said, quantity=Quantity(kind=QuantityKind.VOLUME, value=volume))
    if is_acceptable(volume, exact, where):
        assert size_order(exact, where).volume == volume


@given(orders())
def test_the_number_that_would_be_right_is_right(order: tuple[OrderRequest, Situation]) -> None:
    said, where = order
    try:
        size_order(said, where)
    except OrderUnfit as error:
        if error.corrected is None:
            assert error.label == ""
            return
        sized = size_order(error.corrected, where)
        assert is_acceptable(sized.volume, error.corrected, where)
        assert error.label
        assert (error.corrected.side, error.corrected.type, error.corrected.post_only) == (
            said.side,
            said.type,
            said.post_only,
        )


@given(orders())
def test_what_was_asked_for_in_the_counter_currency_is_never_overspent(
    order: tuple[OrderRequest, Situation],
) -> None:
    said, where = order
    assert said.quantity is not None
    total = replace(said, quantity=replace(said.quantity, kind=QuantityKind.TOTAL))
    try:
        sized = size_order(total, where)
    except OrderUnfit:
        return
    assert sized.terms.total <= said.quantity.value


@given(situations(), st.sampled_from(Side), st.booleans())
def test_offered_shares_never_bounce(where: Situation, side: Side, limit: bool) -> None:
    price = where.ticker.ask if limit else None
    for percent in SHARES:
        share = usable_share(Decimal(percent), side=side, price=price, situation=where)
        if share:
            for kind, value in ((QuantityKind.VOLUME, share), (QuantityKind.PERCENT, Decimal(percent))):
                said = request(side, str(value), kind=kind, price=None if price is None else str(price))
                assert size_order(said, where).volume == share


@given(situations(), st.booleans())
def test_max_of_a_buy_leaves_the_fee_and_at_the_market_a_margin(where: Situation, limit: bool) -> None:
    said = request(Side.BUY, "100", kind=QuantityKind.PERCENT, price=str(where.ticker.ask) if limit else None)
    spent = cost(most(Side.BUY, price=said.price, situation=where), said, where)
    keep = 1 + Fraction(where.market.taker_fee)
    margin = Fraction(1) if limit else Fraction("1.01")
    assert spent is None or spent * keep * margin <= Fraction(where.counter.available)
    assert spent is None or spent * margin <= Fraction(where.market.maximum)


@given(situations(), st.sampled_from(Side))
def test_max_is_as_much_as_there_is_within_one_step(where: Situation, side: Side) -> None:
    price = where.ticker.ask
    volume = most(side, price=price, situation=where)
    bigger = volume + Decimal(1).scaleb(-where.market.base_decimals)
    keep = Fraction(1) if side is Side.SELL else 1 + Fraction(where.market.taker_fee)
    has = Fraction(where.base.available if side is Side.SELL else where.counter.available)
    needs = Fraction(bigger) * (1 if side is Side.SELL else Fraction(price)) * keep
    assert needs > has or Fraction(bigger) * Fraction(price) > Fraction(where.market.maximum)


@given(situations(), st.sampled_from(Side))
def test_price_presets_are_positive_fit_the_market_and_differ(where: Situation, side: Side) -> None:
    presets = price_presets(side, market=where.market, ticker=where.ticker)
    prices = [price for _, price in presets]
    assert all(price > 0 and has_decimals(price, at_most=where.market.counter_decimals) for price in prices)
    assert len(set(prices)) == len(prices) and len({name for name, _ in presets}) == len(presets)


def test_price_presets_begin_where_one_waits_and_end_where_one_takes() -> None:
    assert price_presets(Side.BUY, market=BTC, ticker=ticker()) == (
        ("bid", Decimal("60000.00")),
        ("middle", Decimal("60050.00")),
        ("-1%", Decimal("59400.00")),
        ("-2%", Decimal("58800.00")),
        ("-5%", Decimal("57000.00")),
        ("ask", Decimal("60100.00")),
    )
    assert [name for name, _ in price_presets(Side.SELL, market=BTC, ticker=ticker())] == [
        *("ask", "middle", "+1%", "+2%", "+5%", "bid"),
    ]


def test_a_side_nobody_stands_on_has_no_middle() -> None:
    presets = price_presets(Side.BUY, market=BTC, ticker=ticker(bid="0"))
    assert presets == (("ask", Decimal("60100.00")),)


# ---- the sentences, and the numbers in them


@pytest.mark.parametrize(
    ("said", "sentence", "label"),
    [
        (
            request(Side.BUY, "0.00001"),
            "BTC/USDT orders start at 5 USDT; this one is worth 0.60. The smallest now is 0.0000832 BTC.",
            "0.0000832 BTC",
        ),
        (
            request(Side.BUY, "5", price="60000"),
            "BTC/USDT orders end at 10,000 USDT; this one is worth 300,000.00. The most that fits is 0.0166251 BTC.",
            "0.0166251 BTC",
        ),
        (
            request(Side.BUY, "0.02"),
            "This needs 1,202 USDT; you have 1,000 USDT available. The most that fits is 0.01643311 BTC.",
            "0.01643311 BTC",
        ),
        (
            request(Side.SELL, "0.6", price="10000"),
            "This needs 0.6 BTC; you have 0.5 BTC available. The most that fits is 0.5 BTC.",
            "0.5 BTC",
        ),
        (
            request(Side.BUY, "0.001", price="60000.129"),
            "BTC/USDT prices have at most 2 decimals: 60000.129 would be 60000.12.",
            "Price 60,000.12",
        ),
        (
            request(Side.BUY, "0.001000009", price="60000"),
            "BTC amounts have at most 8 decimals: 0.001000009 would be 0.00100000.",
            "0.001 BTC",
        ),
        (
            request(Side.SELL, "12", price=None),
            "The buy side of the book shows only 11 BTC right now; a limit price can wait. "
            "The most that fits is 0.1650165 BTC.",
            "0.1650165 BTC",
        ),
    ],
)
def test_a_refusal_says_why_and_what_would_be_right(said: OrderRequest, sentence: str, label: str) -> None:
    error = unfit(said, situation())
    assert error.label == label
    assert error.corrected is not None and size_order(error.corrected, situation())
    assert error.sentence == sentence


def test_a_correction_of_the_price_is_brought_within_the_balance_too() -> None:
    error = unfit(request(Side.BUY, "5", price="60000.129"), situation())
    assert error.label == "0.01662507 BTC · Price 60,000.12"
    assert error.corrected is not None
    assert error.corrected.price == Decimal("60000.12")


@pytest.mark.parametrize("side", Side)
def test_nothing_is_offered_to_somebody_who_has_too_little(side: Side) -> None:
    poor = situation(base=balance("BTC", "0.00001"), counter=balance("USDT", "4.99"))
    for amount in ("0.00001", "0.01", "1"):
        error = unfit(request(side, amount), poor)
        assert error.corrected is None and "too little" in error.sentence


@pytest.mark.parametrize("kind", [QuantityKind.VOLUME, QuantityKind.TOTAL, QuantityKind.PERCENT])
def test_an_empty_book_takes_no_market_order(kind: QuantityKind) -> None:
    error = unfit(request(Side.BUY, "50", kind=kind), situation(book=book(asks=())))
    assert error.corrected is None


def test_without_a_book_the_best_price_counts() -> None:
    sized = size_order(request(Side.BUY, "0.01"), situation(book=None))
    assert sized.terms.expected_price == Decimal("60100")
    assert unfit(request(Side.BUY, "0.01"), situation(book=None, ticker=ticker(ask="0"))).corrected is None


def test_a_total_beyond_the_book_is_not_quietly_made_smaller() -> None:
    thin = situation(book=book(asks=levels(("60100", "0.001"))))
    error = unfit(request(Side.BUY, "500", kind=QuantityKind.TOTAL), thin)
    assert "shows only 0.001 BTC" in error.sentence
    assert error.label == "0.001 BTC"


def test_an_order_of_exactly_the_minimum_is_taken_though_its_average_cannot_be_written() -> None:
    thirds = situation(
        market=replace(BTC, base_decimals=0),
        book=book(asks=levels(("1", "1"), ("2", "2"))),
        counter=balance("USDT", "5"),
    )
    assert size_order(request(Side.BUY, "3"), thirds).terms.total == Decimal(5)
