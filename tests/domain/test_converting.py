"""What a quote is worth, and how much has to be sold to get an amount."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain import converting
from chatbot.domain.conversions import Quote
from chatbot.domain.convert_drafts import AmountOf
from chatbot.domain.convert_evidence import has_amount, may_be
from chatbot.domain.converting import Middle, base_of, difference, outside_limits, sell_for
from chatbot.domain.ids import AccountId, ClientId, MarketCode
from chatbot.domain.intents import Compared
from chatbot.domain.money import Amount, divide, multiply
from chatbot.domain.orders import Order, Side
from chatbot.services.execution.conversions import new_conversion
from tests.fakes.values import BTC, book, ticker
from tests.storage.examples import CONVERT, ORDER

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MIDDLE = Middle(market=MarketCode("BTCUSDT"), base="BTC", counter="USDT", price=Decimal(60_000), source=Compared.BOOK)


def quote(**changes: Any) -> Quote:
    values: dict[str, Any] = {
        "sell": "BTC",
        "buy": "USDT",
        "sell_text": "0.01000000",
        "buy_text": "597.00",
        "price_text": "59700.00000000",
        "least_sell": Decimal("0.00006579"),
        "most_sell": Decimal("0.025"),
        "least_buy": Decimal("4.04"),
        "most_buy": Decimal("1536.58"),
        "at": NOW,
    }
    return Quote(**(values | changes))


def purchase(**changes: Any) -> Quote:
    said = {"sell": "USDT", "buy": "BTC", "sell_text": "603.00", "buy_text": "0.01000000", "price_text": "60300"}
    return quote(**(said | changes))


def test_the_difference_of_a_sale_and_of_a_purchase_is_counted_in_the_counter_currency() -> None:
    assert difference(quote(), MIDDLE) == (Decimal("0.005"), Amount(Decimal(3), "USDT"))
    share, cost = difference(purchase(), MIDDLE)
    assert cost == Amount(Decimal(3), "USDT") and share == divide(Decimal(3), Decimal(603))


def test_a_quote_better_than_the_middle_costs_less_than_nothing() -> None:
    share, cost = difference(quote(buy_text="603.00"), MIDDLE)
    assert share < 0 and cost.value == -3


def test_the_middle_is_of_the_book_else_of_the_ticker_else_nowhere() -> None:
    by_book = converting.middle_of(BTC, book(), ticker())
    assert by_book is not None and by_book.source is Compared.BOOK
    assert by_book.price == (book().bids[0].price + book().asks[0].price) / 2
    by_ticker = converting.middle_of(BTC, None, ticker())
    assert by_ticker is not None and by_ticker.source is Compared.TICKER
    assert converting.middle_of(BTC, None, None) is None


@pytest.mark.parametrize(
    ("sell", "buy", "base"), [("BTC", "USDT", "BTC"), ("USDT", "DOGE", "DOGE"), ("USDT", "USD", "USD")]
)
def test_without_a_market_a_price_is_for_one_of_what_is_priced_in_dollars(sell: str, buy: str, base: str) -> None:
    assert base_of(quote(sell=sell, buy=buy), None) == base


def test_between_two_coins_the_amounts_tell_what_a_price_is_for() -> None:
    sale = quote(sell="ETH", buy="BTC", sell_text="2", buy_text="0.08", price_text="0.04")
    assert base_of(sale, None) == "ETH"
    assert base_of(quote(sell="BTC", buy="ETH", sell_text="0.08", buy_text="2", price_text="0.04"), None) == "ETH"


@given(wanted=st.decimals("0.01", "100000", places=2), price=st.decimals("0.0001", "99999", places=4))
def test_what_is_to_be_sold_is_the_smallest_that_gives_what_is_wanted(wanted: Decimal, price: Decimal) -> None:
    one = quote(price_text=str(price))
    amount = sell_for(wanted, one, base="BTC", exactly=False)
    step = Decimal("0.00000001")

    def given_for(sold: Decimal) -> Decimal:
        return multiply(sold, price).quantize(Decimal("0.01"), ROUND_HALF_UP)

    assert given_for(amount) >= wanted
    assert amount == step or given_for(amount - step) < wanted


def test_what_is_below_or_above_the_limits_names_the_amount_that_works_in_its_own_currency() -> None:
    small = quote(sell_text="0.00001000", buy_text="0.60")
    least = outside_limits(small, of=AmountOf.SOLD)
    assert least is not None and least.fitting == Amount(Decimal("0.00006579"), "BTC") and least.is_least
    bought = outside_limits(small, of=AmountOf.BOUGHT)
    assert bought is not None and bought.fitting == Amount(Decimal("4.04"), "USDT")
    most = outside_limits(quote(sell_text="1.00000000"), of=AmountOf.SHARE)
    assert most is not None and most.fitting == Amount(Decimal("0.025"), "BTC") and not most.is_least
    assert outside_limits(quote(), of=AmountOf.SOLD) is None


@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_a_quotes_strings_are_sent_as_they_came(sold: str, bought: str, price: str) -> None:
    shown = quote(sell_text=sold, buy_text=bought, price_text=price)
    sent = new_conversion(converting.intent_of(shown, account=AccountId(1)))
    assert (sent.sell_text, sent.buy_text, sent.price_text) == (sold, bought, price)


def sold(**changes: Any) -> Order:
    values: dict[str, Any] = {"side": Side.SELL, "volume": Decimal("0.00007"), "client_id": ClientId(0)}
    return replace(ORDER, **(values | changes))


@pytest.mark.parametrize(
    "other",
    [
        {"side": Side.BUY},
        {"client_id": ClientId(7)},
        {"base": "ETH"},
        {"placed_at": ORDER.placed_at - timedelta(hours=1)},
    ],
)
def test_only_an_unmarked_order_of_the_same_direction_since_the_tap_may_be_a_conversions(other: Any) -> None:
    since = ORDER.placed_at - timedelta(seconds=60)
    assert may_be(sold(), CONVERT, since=since) and has_amount(sold(), CONVERT)
    assert not may_be(sold(**other), CONVERT, since=since)
    assert not has_amount(sold(volume=Decimal("0.00008")), CONVERT)
