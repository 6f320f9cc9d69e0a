"""What a quote is worth, and how much has to be sold to get an amount."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain import converting
from chatbot.domain.conversions import Quote
from chatbot.domain.convert_drafts import AmountOf
from chatbot.domain.converting import (
    Middle,
    QuoteUnfit,
    base_of,
    by_book,
    by_ticker,
    check_fit,
    decimals_in,
    difference,
    moved_by,
    outside_limits,
    sell_for,
)
from chatbot.domain.ids import AccountId, MarketCode
from chatbot.domain.intents import MiddleSource
from chatbot.domain.money import Amount, divide, multiply
from chatbot.services.execution.conversions import new_conversion
from tests.fakes.values import BTC, book, levels, ticker

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MIDDLE = Middle(
    market=MarketCode("BTCUSDT"), base="BTC", counter="USDT", price=Decimal(60_000), source=MiddleSource.BOOK
)


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


def test_the_middle_is_of_a_book_with_both_sides_and_in_its_place_of_a_ticker_but_never_the_last_price() -> None:
    of_book, of_ticker = by_book(BTC, book()), by_ticker(BTC, ticker(bid="59000", ask="61000"))
    assert of_book is not None and of_book.source is MiddleSource.BOOK
    assert of_book.price == (book().bids[0].price + book().asks[0].price) / 2
    assert of_ticker is not None and of_ticker.source is MiddleSource.TICKER and of_ticker.price == 60_000
    for one_sided in (replace(book(), bids=()), replace(book(), asks=()), None):
        assert by_book(BTC, one_sided) is None
    for silent in (ticker(bid="0", ask="61000"), ticker(bid="59000", ask="0"), None):
        assert by_ticker(BTC, silent) is None


def test_a_book_with_a_price_of_nothing_has_no_middle() -> None:
    assert by_book(BTC, replace(book(), bids=levels(("0", "1")))) is None


def test_a_currency_has_the_decimals_that_all_its_markets_take() -> None:
    coarse = replace(BTC, base="ANDX1", counter_decimals=5)
    assert decimals_in((coarse, BTC), "USDT") == BTC.counter_decimals < 5
    assert decimals_in((coarse, BTC), "BTC") == BTC.base_decimals
    assert decimals_in((coarse, BTC), "DOGE") is None


@pytest.mark.parametrize(
    ("sell", "buy", "base"), [("BTC", "USDT", "BTC"), ("USDT", "DOGE", "DOGE"), ("DAI", "DOGE", "DOGE")]
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


def test_of_two_dollars_the_amounts_tell_too() -> None:
    one_way = {"sell": "USDT", "buy": "USD", "sell_text": "100", "price_text": "0.999"}
    assert base_of(quote(**one_way, buy_text="99.90"), None) == "USDT"
    assert base_of(quote(**one_way, buy_text="100.10"), None) == "USD"


@pytest.mark.parametrize(
    ("changes", "base"),
    [
        ({"sell_text": "0.00007000", "buy_text": "4.30", "price_text": "61463.13000000"}, "BTC"),
        ({"sell_text": "0.025", "buy_text": "1536.58", "price_text": "61463.13000000"}, "BTC"),
        ({"buy_text": "596.99"}, "BTC"),
        ({"buy_text": "597.01"}, "BTC"),
        ({"sell_text": "0.01000678", "buy_text": "597.40000000"}, "BTC"),
        ({"sell": "USDT", "buy": "BTC", "sell_text": "603", "buy_text": "0.01000000", "price_text": "60300"}, "BTC"),
        ({"sell": "USDT", "buy": "PEPE", "sell_text": "5", "buy_text": "416666", "price_text": "0.00001200"}, "PEPE"),
    ],
)
def test_amounts_fit_the_price_as_far_as_decimals_were_rounded(changes: dict[str, Any], base: str) -> None:
    check_fit(quote(**changes), base=base)


@pytest.mark.parametrize(
    ("changes", "base"),
    [
        ({"buy_text": "596.98"}, "BTC"),
        ({"buy_text": "597.02"}, "BTC"),
        ({"buy_text": "590.00"}, "BTC"),
        ({"sell": "DOGE", "sell_text": "1000", "buy_text": "0.01", "price_text": "0.12500000"}, "DOGE"),
        ({"sell": "DOGE", "sell_text": "1000", "buy_text": "8000", "price_text": "0.12500000"}, "DOGE"),
        ({"sell": "DOGE", "sell_text": "1000", "buy_text": "0.01", "price_text": "1"}, "DOGE"),
        ({"sell": "USDT", "buy": "BTC", "sell_text": "603", "buy_text": "0.01030000", "price_text": "60300"}, "BTC"),
    ],
)
def test_amounts_that_are_not_those_of_the_price_are_no_quote(changes: dict[str, Any], base: str) -> None:
    with pytest.raises(QuoteUnfit, match="contradicts itself"):
        check_fit(quote(**changes), base=base)


def test_what_is_moved_is_also_told_at_the_quotes_own_price() -> None:
    cheap = quote(sell="DOGE", sell_text="1000", buy_text="0.01", price_text="0.125")
    assert moved_by(cheap, base="DOGE")[2] == Amount(Decimal(125), "USDT")
    assert moved_by(purchase(), base="BTC")[2] == Amount(Decimal(603), "USDT")


@pytest.mark.parametrize(
    "changes",
    [
        {"sell_text": "0"},
        {"sell_text": "-1"},
        {"buy_text": "-600"},
        {"price_text": "0E-8"},
        {"price_text": "1e-99"},
        {"sell_text": "1." + "0" * 19},
        {"buy_text": "1e18"},
        {"least_sell": Decimal(-5)},
        {"most_buy": Decimal(-1)},
        {"least_sell": Decimal(5), "most_sell": Decimal("0.001")},
        {"least_buy": Decimal(5), "most_buy": Decimal(4)},
    ],
)
def test_numbers_that_no_offer_can_have_are_no_quote(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        quote(**changes)


def test_only_of_less_than_the_least_may_nothing_come() -> None:
    none = quote(sell_text="0.00000001", buy_text="0.00")
    unfit = outside_limits(none, of=AmountOf.SOLD)
    assert unfit is not None and unfit.is_least
    with pytest.raises(ValueError):
        quote(buy_text="0.00")


def test_a_limit_of_zero_is_none() -> None:
    free = {"least_sell": Decimal(0), "most_sell": Decimal(0), "least_buy": Decimal(0), "most_buy": Decimal(0)}
    assert outside_limits(quote(**free), of=AmountOf.SOLD) is None
    only_sold = quote(sell_text="0.00001", least_buy=Decimal(0))
    unfit = outside_limits(only_sold, of=AmountOf.BOUGHT)
    assert unfit is not None and (unfit.fitting, unfit.of) == (Amount(Decimal("0.00006579"), "BTC"), AmountOf.SOLD)


_WRITTEN = st.from_regex(r"0{0,2}[1-9][0-9]{0,8}(\.[0-9]{1,9})?", fullmatch=True)


@given(_WRITTEN, _WRITTEN, _WRITTEN)
def test_a_quotes_strings_are_sent_as_they_came(sold: str, bought: str, price: str) -> None:
    shown = quote(sell_text=sold, buy_text=bought, price_text=price)
    sent = new_conversion(converting.intent_of(shown, account=AccountId(1)))
    assert (sent.sell_text, sent.buy_text, sent.price_text) == (sold, bought, price)
