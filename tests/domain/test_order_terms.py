"""What a card shows of an order that fits, and what it warns about."""

from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.drafts import OrderRequest, Quantity, QuantityKind
from chatbot.domain.money import Amount, round_down
from chatbot.domain.orders import Side
from chatbot.domain.sizing import (
    SizedOrder,
    crosses,
    size_order,
)
from tests.fakes.values import BTC, balance, book, levels, situation, ticker


def request(side: Side, amount: str, *, price: str | None = None, **more: Any) -> OrderRequest:
    kind = more.pop("kind", QuantityKind.VOLUME)
    return OrderRequest(
        side=side,
        symbol="BTCUSDT",
        quantity=Quantity(kind=kind, value=Decimal(amount)),
        price=None if price is None else Decimal(price),
        **more,
    )


# ---- what the card shows


def sized(said: OrderRequest, **changes: object) -> SizedOrder:
    return size_order(said, situation(**changes))


def test_terms_of_a_buy_at_the_market() -> None:
    terms = sized(request(Side.BUY, "0.01")).terms
    assert (terms.total, terms.expected_price, terms.last) == (Decimal(601), Decimal(60100), Decimal(60050))
    assert terms.fee == Amount(Decimal("0.000025"), "BTC") and not terms.maker
    assert terms.before == (Amount(Decimal("0.5"), "BTC"), Amount(Decimal(1000), "USDT"))
    assert terms.after == (Amount(Decimal("0.509975"), "BTC"), Amount(Decimal(399), "USDT"))


def test_terms_of_a_resting_sell() -> None:
    terms = sized(request(Side.SELL, "0.1", price="61000")).terms
    assert terms.maker and terms.fee_ratio == Decimal("0.0015")
    assert terms.fee == Amount(Decimal("9.15"), "USDT")
    assert terms.after == (Amount(Decimal("0.4"), "BTC"), Amount(Decimal("7090.85"), "USDT"))
    assert round_down(terms.distance, decimals=6) == Decimal("0.015820")


@pytest.mark.parametrize(
    ("side", "price", "taken"),
    [
        (Side.BUY, "60100", True),
        (Side.BUY, "60099.99", False),
        (Side.SELL, "60000", True),
        (Side.SELL, "60000.01", False),
    ],
)
def test_a_limit_that_trades_at_once_pays_the_takers_fee(side: Side, price: str, taken: bool) -> None:
    terms = sized(request(side, "0.01", price=price)).terms
    assert terms.maker is not taken
    assert terms.fee_ratio == (BTC.taker_fee if taken else BTC.maker_fee)


def test_nothing_crosses_an_empty_side() -> None:
    assert not crosses(Side.BUY, price=Decimal(1), ticker=ticker(ask="0"))
    assert not crosses(Side.SELL, price=Decimal(1), ticker=ticker(bid="0"))


# ---- warnings, exactly at their thresholds


HUNDRED = ticker(bid="99", ask="101", last="100")
RICH = {"base": balance("BTC", "1000"), "counter": balance("USDT", "100000")}
BAND_60_300 = "The exchange may refuse a price outside 60.00 to 300.00."
POST = "Post-only at this price"
MEANT = "The price is {}% {} the last price. Is it meant?"
WAITS = "The price is {}% {} the last price. It may wait for long."


def warned(said: OrderRequest, **changes: object) -> tuple[str, ...]:
    return sized(said, **{"ticker": HUNDRED, **RICH, **changes}).terms.warnings


@pytest.mark.parametrize(
    ("side", "price", "expected"),
    [
        (Side.BUY, "110.00", ()),
        (Side.BUY, "110.10", (MEANT.format("10.1", "above"),)),
        (Side.BUY, "90.00", ()),
        (Side.BUY, "89.90", (WAITS.format("10.1", "below"),)),
        (Side.SELL, "90.00", ()),
        (Side.SELL, "89.90", (MEANT.format("10.1", "below"),)),
        (Side.SELL, "110.00", ()),
        (Side.SELL, "110.10", (WAITS.format("10.1", "above"),)),
        (Side.BUY, "110.01", (MEANT.format("10.0", "above"),)),
        (Side.SELL, "110.01", (WAITS.format("10.0", "above"),)),
        (Side.BUY, "60.00", (WAITS.format("40.0", "below"),)),
        (Side.BUY, "59.99", (BAND_60_300, WAITS.format("40.0", "below"))),
        (Side.SELL, "300.00", (WAITS.format("200.0", "above"),)),
        (Side.SELL, "300.01", (BAND_60_300, WAITS.format("200.0", "above"))),
        (Side.BUY, "300.01", (BAND_60_300, MEANT.format("200.0", "above"))),
    ],
)
def test_a_limit_is_warned_about_beyond_its_threshold(side: Side, price: str, expected: tuple[str, ...]) -> None:
    assert warned(request(side, "1", price=price)) == expected


@pytest.mark.parametrize(
    ("said", "taken", "most"),
    [
        (request(Side.SELL, "100", price="60050", kind=QuantityKind.PERCENT), "0.16652789", "0.16652789"),
        (request(Side.SELL, "50", kind=QuantityKind.PERCENT), "0.1650165", "0.1650165"),
        (request(Side.BUY, "75", price="60000", kind=QuantityKind.PERCENT), "0.16666666", "0.16666666"),
    ],
)
def test_a_share_that_was_cut_says_how_much_one_order_takes(said: OrderRequest, taken: str, most: str) -> None:
    order = sized(said, base=balance("BTC", "1"), counter=balance("USDT", "100000"))
    assert order.volume == Decimal(taken)
    assert order.terms.warnings == (f"One order takes at most {most} BTC here now: less than the share you asked for.",)


@pytest.mark.parametrize("kind", [QuantityKind.PERCENT, QuantityKind.VOLUME])
def test_what_was_not_cut_says_nothing_of_it(kind: QuantityKind) -> None:
    amount = "10" if kind is QuantityKind.PERCENT else "0.1"
    assert sized(request(Side.SELL, amount, kind=kind, price="60050"), base=balance("BTC", "1")).terms.warnings == ()


@pytest.mark.parametrize(("price", "warns"), [("100.99", False), ("101.00", True)])
def test_post_only_is_warned_about_where_it_would_trade_at_once(price: str, warns: bool) -> None:
    found = warned(request(Side.BUY, "1", price=price, post_only=True))
    assert [POST in sentence for sentence in found] == ([True] if warns else [])


@pytest.mark.parametrize(("price", "warns"), [("102.00", False), ("102.01", True)])
def test_a_thin_book_is_warned_about(price: str, warns: bool) -> None:
    thin = book(asks=levels((price, "10")))
    found = warned(request(Side.BUY, "1"), book=thin)
    assert len(found) == warns and all("The book is thin" in sentence for sentence in found)


def test_without_a_last_price_that_is_the_warning() -> None:
    blind = ticker(bid="99", ask="101", last="0")
    assert warned(request(Side.BUY, "1", price="100"), ticker=blind) == (
        "The exchange reports no last price for this market.",
    )
