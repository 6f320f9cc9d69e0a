from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.errors import Obstacle, Stopped
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Ticker
from chatbot.domain.money import Amount
from chatbot.domain.valuing import believed_prices, careful_worth, valuing_market
from tests.fakes.values import BTC, TETHER, ticker

EURO = replace(TETHER, code=MarketCode("USDTEUR"), counter="EUR")


def worth(amount: str, currency: str, now: Ticker | None) -> Decimal | None:
    tickers = {} if now is None else {now.market: now}
    return careful_worth(Amount(Decimal(amount), currency), markets=(BTC, EURO), tickers=tickers)


@pytest.mark.parametrize(
    ("prices", "highest"),
    [
        ({}, "60100"),
        ({"last": "61000"}, "61000"),
        ({"bid": "60500"}, "60500"),
        ({"average": Decimal(70_000)}, "70000"),
        ({"bid": "0", "ask": "0", "average": Decimal(0)}, "60050"),
        ({"bid": "0.01", "ask": "0.01", "last": "0.01"}, "60000"),
    ],
)
def test_the_highest_of_all_prices_counts(prices: dict[str, Any], highest: str) -> None:
    assert worth("2", "BTC", ticker(**prices)) == 2 * Decimal(highest)


def test_the_other_way_round_the_lowest_counts() -> None:
    assert worth("9", "EUR", ticker(EURO, "1", "1.25", "1.125", average=Decimal("0.9"))) == 10


@pytest.mark.parametrize(("last", "believed"), [("80", True), ("79.99", False), ("120", True), ("120.01", False)])
def test_a_last_price_far_from_bid_and_ask_is_not_believed(last: str, believed: bool) -> None:
    strange = ticker(BTC, "90", "110", last, average=Decimal(100))
    assert bool(believed_prices(strange)) is believed
    if not believed:
        with pytest.raises(Stopped) as caught:
            worth("1", "BTC", strange)
        assert (caught.value.obstacle, caught.value.currency) == (Obstacle.PRICE_UNCLEAR, "BTC")


def test_a_market_without_prices_now_is_not_the_same_as_no_market() -> None:
    """Else an own limit, which may be set at once where there is a market, would be all that holds for a moment."""
    with pytest.raises(Stopped):
        worth("1", "BTC", None)
    assert worth("1", "XRP", None) is None
    assert worth("1", "BTC", ticker(last="0")) is None
    assert worth("1", "USDT", None) == 1


def test_a_market_that_cannot_be_traded_in_by_orders_tells_nothing() -> None:
    assert valuing_market("BTC", (BTC,), {}) == BTC
    assert valuing_market("BTC", (replace(BTC, instant_only=True),), {}) is None
