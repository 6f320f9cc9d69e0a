"""Samples of what is held, and what prices made of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.orders import Balance, Balances
from chatbot.domain.portfolio import (
    LastPrice,
    Origin,
    Position,
    Sample,
    change_since,
    is_due,
    sampled,
    slot_of,
    value_of,
    worth_of,
)
from tests.fakes.values import BTC, TETHER, ticker

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def sample(at: datetime = NOON, btc: str = "0", *, price: str = "60000", **amounts: str) -> Sample:
    held = {"BTC": btc, **amounts}
    prices = {"BTC": Decimal(price), "USDT": Decimal(1)}
    return Sample(
        at=at,
        positions=tuple(
            Position(currency=each, amount=Decimal(amount), price=prices.get(each)) for each, amount in held.items()
        ),
    )


def priced(**prices: str | None) -> tuple[Position, ...]:
    """One of each."""
    return tuple(
        Position(currency=each, amount=Decimal(1), price=None if price is None else Decimal(price))
        for each, price in prices.items()
    )


def balances(**totals: str) -> Balances:
    return Balances(
        by_currency={
            each: Balance(currency=each, total=Decimal(total), available=Decimal(total))
            for each, total in totals.items()
        },
        at=NOON,
    )


def test_a_sample_has_what_is_held_and_the_prices_of_what_was() -> None:
    markets, tickers = (BTC, TETHER), {BTC.code: ticker(), TETHER.code: ticker(TETHER, last="0.5")}
    before = sample(NOON - HOUR, "0.3", XYZ="1")
    taken = sampled(balances(USDT="5", DOGE="7"), markets=markets, tickers=tickers, before=before)
    assert taken.amounts == {"USDT": Decimal(5), "DOGE": Decimal(7)}
    assert taken.prices == {"USDT": 1, "BTC": Decimal(60050), "USD": 2}, "the sold bitcoin's, for its last move"


def test_values_are_in_a_currency_that_a_market_prices() -> None:
    held = sample(btc="0.5", USDT="30000", XYZ="9")
    assert value_of(held, within="USDT") == 60_000 and value_of(held, within="BTC") == 1
    assert value_of(held, within="EUR") is None and worth_of(held, "XYZ", within="USDT") is None


def test_what_is_paid_in_is_no_gain() -> None:
    line = [sample(NOON, "1"), sample(NOON + HOUR, "2"), sample(NOON + 2 * HOUR, "2", price="66000")]
    moved = change_since(line, NOON, within="USDT")
    assert moved is not None and moved.gain == 12_000 and moved.percent == 10


def test_what_is_paid_out_is_no_loss() -> None:
    line = [sample(NOON, "1"), sample(NOON + HOUR, "0"), sample(NOON + 2 * HOUR, "0", price="1")]
    moved = change_since(line, NOON, within="USDT")
    assert moved is not None and moved.gain == 0 and moved.percent == 0


def test_a_sale_at_the_market_is_no_gain_either() -> None:
    line = [sample(NOON, "1"), sample(NOON + HOUR, "0", USDT="60000")]
    moved = change_since(line, NOON, within="USDT")
    assert moved is not None and moved.gain == 0


def test_a_change_in_bitcoin_is_counted_in_bitcoin() -> None:
    line = [sample(NOON, USDT="60000"), sample(NOON + HOUR, USDT="60000", price="120000")]
    moved = change_since(line, NOON, within="BTC")
    assert moved is not None and moved.gain == Decimal("-0.5") and moved.percent == -50


def test_samples_that_do_not_reach_back_tell_no_change_and_an_older_one_says_since_when() -> None:
    line = [sample(NOON, "1"), sample(NOON + HOUR, "1")]
    assert change_since(line, NOON - HOUR, within="USDT") is None
    moved = change_since(line, NOON + HOUR / 2, within="USDT")
    assert moved is not None and moved.since == NOON


def test_what_had_or_has_no_price_moves_nothing() -> None:
    line = [
        replace(sample(NOON, "1"), positions=(*sample(btc="1").positions, *priced(XYZ=None, ABC="7", UVW=None))),
        replace(sample(NOON + HOUR, "1"), positions=(*sample(btc="1").positions, *priced(XYZ="5", ABC=None, UVW=None))),
    ]
    moved = change_since(line, NOON, within="USDT")
    assert moved is not None and moved.gain == 0 and moved.percent == 0


def test_the_last_known_price_stands_in_for_a_markets_and_never_replaces_one() -> None:
    last = LastPrice(price=Decimal(3), origin=Origin.TRADE, at=NOON)
    held = sample(btc="1", XYZ="9", ABC="4")
    assert held.unpriced == {"XYZ": 9, "ABC": 4}
    completed = held.completed({"XYZ": last, "BTC": last})
    assert completed.prices["XYZ"] == 3 and completed.prices["BTC"] == 60_000 and "ABC" not in completed.prices


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=2, max_size=8))
def test_without_payments_the_gain_is_the_difference_of_the_values(moves: list[tuple[int, int]]) -> None:
    held = str(moves[0][0])
    line = [sample(NOON + number * HOUR, held, price=str(price)) for number, (_, price) in enumerate(moves)]
    first, last = (value_of(each, within="USDT") for each in (line[0], line[-1]))
    moved = change_since(line, NOON, within="USDT")
    assert moved is not None and first is not None and last is not None and moved.gain == last - first


def test_the_first_sample_of_a_local_day_is_kept() -> None:
    late = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    before, after = sample(late, "1"), sample(late + HOUR, "1")
    assert is_due(after, before=before, zone="Europe/Berlin") and not is_due(after, before=before, zone="UTC")
    assert is_due(before, before=None, zone="UTC")


def test_a_change_is_kept_at_most_once_an_hour() -> None:
    before = sample(NOON, "1")
    assert not is_due(sample(NOON + HOUR / 2, "2"), before=before, zone="UTC")
    assert is_due(sample(NOON + HOUR, "2"), before=before, zone="UTC")
    assert not is_due(sample(NOON + HOUR, "1", price="1"), before=before, zone="UTC"), "prices alone are no change"
    assert is_due(sample(NOON + 2 * HOUR, "1"), before=before, zone="UTC")


def test_the_older_the_fewer_stay() -> None:
    assert slot_of(NOON - 3 * DAY + HOUR, now=NOON) == NOON - 3 * DAY + HOUR
    assert slot_of(NOON - 4 * DAY - HOUR, now=NOON) == NOON - 4 * DAY - 6 * HOUR
    assert slot_of(NOON - 40 * DAY, now=NOON) == NOON - 40 * DAY - 12 * HOUR
    assert slot_of(NOON - 401 * DAY, now=NOON) is None
