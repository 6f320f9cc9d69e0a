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
FAR, BAND, POST = "Is it meant?", "may refuse a price", "Post-only at this price"


def warned(said: OrderRequest, **changes: object) -> tuple[str, ...]:
    return sized(said, **{"ticker": HUNDRED, **RICH, **changes}).terms.warnings


@pytest.mark.parametrize(
    ("side", "price", "expected"),
    [
        (Side.BUY, "110.00", ()),
        (Side.BUY, "110.01", (FAR,)),
        (Side.BUY, "70.00", ()),
        (Side.BUY, "69.99", (FAR,)),
        (Side.SELL, "90.00", ()),
        (Side.SELL, "89.99", (FAR,)),
        (Side.SELL, "130.00", ()),
        (Side.SELL, "130.01", (FAR,)),
        (Side.BUY, "60.00", (FAR,)),
        (Side.BUY, "59.99", (BAND, FAR)),
        (Side.SELL, "300.00", (FAR,)),
        (Side.SELL, "300.01", (BAND, FAR)),
    ],
)
def test_a_limit_is_warned_about_beyond_its_threshold(side: Side, price: str, expected: tuple[str, ...]) -> None:
    found = warned(request(side, "1", price=price))
    assert len(found) == len(expected)
    assert all(piece in sentence for piece, sentence in zip(expected, found, strict=True))


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
