from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Level, Walk, resolve_symbol, value_in, walk_total, walk_volume
from tests.fakes.values import BTC, ETH, TETHER, levels, ticker

BTC_USD = replace(BTC, code=MarketCode("BTCUSD"), counter="USD")
BTC_EUR = replace(BTC, code=MarketCode("BTCEUR"), counter="EUR")
LISTED = [BTC_EUR, BTC_USD, BTC, ETH, TETHER]


@pytest.mark.parametrize(
    ("symbol", "code"),
    [
        ("BTC", "BTCUSDT"),
        ("btc", "BTCUSDT"),
        ("btcusdt", "BTCUSDT"),
        ("btc/usdt", "BTCUSDT"),
        ("BTC-USDT", "BTCUSDT"),
        ("btc_usdt", "BTCUSDT"),
        (" btc usdt ", "BTCUSDT"),
        ("btc:eur", "BTCEUR"),
        ("BTCUSD", "BTCUSD"),
        ("usdt", "USDTUSD"),
        ("bitcoin", "BTCUSDT"),
        ("Ethereum", "ETHUSDT"),
        ("bitcoi", None),
        ("USD", None),
        ("BT", None),
        ("", None),
        ("BTC/ETH", None),
    ],
)
def test_a_symbol_names_its_market(symbol: str, code: str | None) -> None:
    found = resolve_symbol(symbol, LISTED)
    assert (found.code if found else None) == code


def test_a_name_from_outside_never_stands_in_for_a_code() -> None:
    impostor = replace(ETH, code=MarketCode("XUSDT"), base="X", base_name="btc")
    assert resolve_symbol("BTC", [impostor, BTC]) == BTC
    assert resolve_symbol("BTC", [impostor, BTC_EUR]) == BTC_EUR


def test_without_a_usual_counter_currency_any_will_do() -> None:
    assert resolve_symbol("BTC", [BTC_EUR]) == BTC_EUR


def test_an_amount_is_worth_its_last_price_where_a_market_says_so() -> None:
    tickers = {BTC.code: ticker(last="60050")}

    def worth(currency: str) -> Decimal | None:
        return value_in(Decimal("0.5"), currency=currency, counter="USDT", markets=LISTED, tickers=tickers)

    assert worth("BTC") == Decimal("30025.0")
    assert worth("USDT") == Decimal("0.5")
    assert worth("ETH") is None  # listed, but without prices
    assert worth("DOGE") is None


asks = st.lists(
    st.builds(
        Level,
        price=st.decimals(min_value="0.01", max_value=100_000, places=2),
        volume=st.decimals(min_value="0.00000001", max_value=100, places=8),
    ),
    max_size=6,
).map(lambda rows: tuple(sorted(rows, key=lambda level: level.price)))
volumes = st.decimals(min_value="0.00000001", max_value=300, places=8)


def taken_one_by_one(rows: tuple[Level, ...], volume: Decimal) -> tuple[Fraction, Fraction]:
    left, spent = Fraction(volume), Fraction(0)
    for row in rows:
        part = min(left, Fraction(row.volume))
        left -= part
        spent += part * Fraction(row.price)
    return Fraction(volume) - left, spent


@given(asks, volumes)
def test_walking_by_volume_equals_taking_level_by_level(rows: tuple[Level, ...], volume: Decimal) -> None:
    walk = walk_volume(rows, volume=volume)
    taken, spent = taken_one_by_one(rows, volume)
    assert (Fraction(walk.volume), Fraction(walk.total)) == (taken, spent)
    assert walk.complete == (taken == Fraction(volume))


@given(asks, st.decimals(min_value="0.01", max_value=10**7, places=2))
def test_walking_by_total_spends_exactly_that_or_the_whole_book(rows: tuple[Level, ...], total: Decimal) -> None:
    walk = walk_total(rows, total=total)
    everything = sum((Fraction(row.volume) * Fraction(row.price) for row in rows), Fraction(0))
    assert walk.complete == (everything >= Fraction(total))
    assert Fraction(walk.total) == min(everything, Fraction(total))
    _, spent = taken_one_by_one(rows, walk.volume)
    assert abs(spent - Fraction(walk.total)) < Fraction(1, 10**30)


def test_the_average_lies_between_the_best_and_the_worst_price() -> None:
    walk = walk_volume(levels(("10", "1"), ("20", "1")), volume=Decimal("1.5"))
    assert walk.worst == 20
    assert 10 < walk.average < 20


def test_an_empty_walk_has_no_average() -> None:
    assert walk_volume((), volume=Decimal(1)) == Walk(
        volume=Decimal(0), total=Decimal(0), worst=Decimal(0), complete=False
    )
    assert walk_volume((), volume=Decimal(1)).average == 0
