"""What may have come of a conversion whose answer was lost, and what surely did."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.convert_evidence import LostConversion, span_back
from chatbot.domain.ids import ClientId, MarketCode
from chatbot.domain.money import Amount
from chatbot.domain.orders import Order, Side
from chatbot.domain.tickets import Traded
from chatbot.domain.trades import Trade, TradeSpan
from tests.storage.examples import CONVERT, CONVERT_TERMS, ORDER

TAP = datetime(2026, 11, 21, 12, tzinfo=UTC)
BTC = MarketCode("BTCUSDT")
SALE = replace(CONVERT, sell="BTC", buy="USDT", sell_text="0.01000000", buy_text="600.00")
PURCHASE = replace(CONVERT, sell="USDT", buy="BTC", sell_text="600.00", buy_text="0.01000000")
SOLD = LostConversion(intent=SALE, direct=True, tapped_at=TAP)
BOUGHT = replace(SOLD, intent=PURCHASE)
CROSS = replace(SOLD, intent=replace(SALE, sell="DOGE", buy="ETH", sell_text="800", buy_text="0.04"), direct=False)


def order(**changes: Any) -> Order:
    """A sale of 0.01 BTC, right after the tap."""
    values: dict[str, Any] = {
        "base": "BTC",
        "counter": "USDT",
        "side": Side.SELL,
        "volume": Decimal("0.01"),
        "executed": Decimal("0.01"),
        "client_id": ClientId(0),
        "placed_at": TAP + timedelta(seconds=1),
    }
    return replace(ORDER, **(values | changes))


def trade(amount: str = "0.01", **changes: Any) -> Trade:
    values: dict[str, Any] = {
        "number": 1,
        "transaction": "0_1",
        "market": BTC,
        "side": Side.SELL,
        "is_maker": False,
        "price": Decimal(60_000),
        "amount": Decimal(amount),
        "total": Decimal(600),
        "fee": Amount(Decimal(0), "USDT"),
        "at": TAP + timedelta(seconds=1),
    }
    return Trade(**(values | changes))


@pytest.mark.parametrize(
    ("change", "may_be", "is_just_like"),
    [
        ({}, True, True),
        ({"placed_at": TAP}, True, True),
        ({"placed_at": TAP - timedelta(seconds=1)}, True, False),
        ({"placed_at": TAP - timedelta(seconds=60)}, True, False),
        ({"placed_at": TAP - timedelta(seconds=61)}, False, False),
        ({"volume": Decimal("0.02")}, True, False),
        ({"client_id": ClientId(7)}, False, False),
        ({"side": Side.BUY}, False, False),
        ({"base": "ETH"}, False, False),
        ({"counter": "EUR"}, False, False),
    ],
)
def test_an_order_is_taken_for_it_by_mark_currencies_amount_and_time(
    change: dict[str, Any], may_be: bool, is_just_like: bool
) -> None:
    assert SOLD.may_be(order(**change)) is may_be
    assert SOLD.is_just_like(order(**change)) is is_just_like


@pytest.mark.parametrize(("volume", "is_just_like"), [("0.01", True), ("600", False)])
def test_a_purchase_is_known_by_what_it_bought(volume: str, is_just_like: bool) -> None:
    bought = order(side=Side.BUY, volume=Decimal(volume))
    assert BOUGHT.may_be(bought) and BOUGHT.is_just_like(bought) is is_just_like


@pytest.mark.parametrize(
    ("sell", "buy", "market", "direct"),
    [
        ("BTC", "USD", BTC, True),
        ("DOGE", "USDT", None, True),
        ("USDT", "DOGE", None, True),
        ("DOGE", "ETH", None, False),
    ],
)
def test_coins_are_traded_against_one_currency_where_no_list_shows_a_market(
    sell: str, buy: str, market: MarketCode | None, direct: bool
) -> None:
    intent, terms = replace(SALE, sell=sell, buy=buy), replace(CONVERT_TERMS, market=market)
    assert LostConversion.of(intent, terms, tapped_at=TAP).direct is direct


@pytest.mark.parametrize(
    ("base", "counter", "side", "may_be"),
    [
        ("DOGE", "USDT", Side.SELL, True),
        ("ETH", "USDT", Side.BUY, True),
        ("BTC", "DOGE", Side.BUY, True),
        ("ETH", "BTC", Side.BUY, True),
        ("BTC", "ETH", Side.SELL, True),
        ("DOGE", "USDT", Side.BUY, False),
        ("ETH", "USDT", Side.SELL, False),
        ("BTC", "USDT", Side.SELL, False),
    ],
)
def test_without_a_market_each_half_may_be_it_but_never_surely_is(
    base: str, counter: str, side: Side, may_be: bool
) -> None:
    half = order(base=base, counter=counter, side=side, volume=Decimal(800))
    assert CROSS.may_be(half) is may_be and not CROSS.is_just_like(half)
    traded = CROSS.unexplained([trade(market=MarketCode(base + counter), side=side)], by=())
    assert (traded is not None) is may_be
    assert not SOLD.may_be(order(base=base, counter=counter, side=side)) or (base, counter) == ("BTC", "USDT")


@pytest.mark.parametrize(
    "other",
    [
        {"market": MarketCode("ETHUSDT")},
        {"market": MarketCode("BTCUSD")},
        {"side": Side.BUY},
        {"at": TAP - timedelta(seconds=61)},
    ],
)
def test_trades_of_other_markets_ways_and_times_are_none_of_it(other: dict[str, Any]) -> None:
    assert SOLD.unexplained([trade(**other)], by=()) is None


def test_what_orders_do_not_explain_is_told_together() -> None:
    later = TAP + timedelta(seconds=5)
    trades = [trade("0.004"), trade("0.006", at=later)]
    told = Traded(market=BTC, side=Side.SELL, amount=Decimal("0.01"), at=later)
    assert SOLD.unexplained(trades, by=()) == told
    assert SOLD.unexplained(trades, by=[order(executed=Decimal("0.004"))]) == told
    marked = order(client_id=ClientId(7), executed=Decimal("0.006"))
    assert SOLD.unexplained(trades, by=[marked, order(executed=Decimal("0.004"))]) is None


@pytest.mark.parametrize(
    "other", [{"base": "ETH"}, {"side": Side.BUY}, {"placed_at": TAP - timedelta(minutes=5)}, {"executed": Decimal(0)}]
)
def test_other_orders_explain_nothing(other: dict[str, Any]) -> None:
    assert SOLD.unexplained([trade()], by=[order(**other)]) is not None


def test_what_was_seen_once_counts_until_orders_explain_it() -> None:
    before = SOLD.unexplained([trade()], by=())
    assert before is not None and SOLD.unexplained([], by=(), before=before) == before
    assert SOLD.unexplained([trade("0.002")], by=[order(executed=Decimal("0.002"))], before=before) == before
    assert SOLD.unexplained([], by=[order()], before=before) is None


@pytest.mark.parametrize(
    ("age", "span"),
    [
        (timedelta(hours=21), TradeSpan.DAY),
        (timedelta(hours=22), TradeSpan.WEEK),
        (timedelta(days=6), TradeSpan.WEEK),
        (timedelta(days=7), TradeSpan.MONTH),
        (timedelta(days=27), TradeSpan.MONTH),
        (timedelta(days=28), None),
    ],
)
def test_the_history_is_asked_for_as_far_back_as_it_must_show_with_some_to_spare(
    age: timedelta, span: TradeSpan | None
) -> None:
    assert span_back(age) is span
