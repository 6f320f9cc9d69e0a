"""Trades added up and put under their days."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.ids import MarketCode
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.trade_totals import Pair, by_day, newest_first, pair_of, totals
from tests.fakes.clock import FakeClock
from tests.fakes.exchange import FakeExchange
from tests.fakes.instant import trade

CLOCK = FakeClock()  # noon


def test_totals_are_exact_and_apart_by_market_and_side() -> None:
    usdt, btc = Amount(Decimal("0.1"), "USDT"), Amount(Decimal("0.00000001"), "BTC")
    found = totals(
        [
            trade(CLOCK, 1, side=Side.SELL, amount=Decimal("0.1"), total=Decimal("0.3"), fee=usdt),
            trade(CLOCK, 2, side=Side.BUY, amount=Decimal("0.2"), total=Decimal("0.7"), fee=btc),
            trade(CLOCK, 3, side=Side.BUY, amount=Decimal("0.1"), total=Decimal("0.2"), fee=btc),
            trade(CLOCK, 4, market=MarketCode("ETHUSDT"), fee=Amount(Decimal("0E-16"), "USDT")),
        ]
    )
    assert [each.market for each in found] == ["BTCUSDT", "ETHUSDT"]
    assert (found[0].bought, found[0].paid) == (Decimal("0.3"), Decimal("0.9"))
    assert (found[0].sold, found[0].received) == (Decimal("0.1"), Decimal("0.3"))
    assert found[0].fees == (Amount(Decimal("0.00000002"), "BTC"), usdt)
    assert found[1].fees == ()


def test_days_are_those_of_the_readers_clock() -> None:
    late, early = trade(CLOCK, 1, ago=timedelta(hours=13)), trade(CLOCK, 2, ago=timedelta(hours=11))
    assert [day for day, _ in by_day((early, late), zone="UTC")] == [date(2026, 11, 20), date(2026, 11, 19)]
    assert [day for day, _ in by_day((early, late), zone="Asia/Tokyo")] == [date(2026, 11, 20)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=20, unique=True))
def test_newest_first_is_by_date_whatever_the_numbers(made: list[tuple[int, int]]) -> None:
    shown = newest_first(trade(CLOCK, number, ago=timedelta(hours=hours)) for number, hours in made)
    assert [each.at for each in shown] == sorted((each.at for each in shown), reverse=True)
    assert len(shown) == len(made)


def test_currencies_of_a_market_that_no_list_has_are_told_by_its_code() -> None:
    listed = FakeExchange(CLOCK).listed
    assert pair_of(MarketCode("BTCUSDT"), listed) == Pair(base="BTC", counter="USDT")
    assert pair_of(MarketCode("SOLUSDT"), listed) == Pair(base="SOL", counter="USDT")
    assert pair_of(MarketCode("USDT"), ()) == Pair(base="USDT", counter="")


def test_of_two_ways_to_read_a_code_the_one_with_known_currencies_counts() -> None:
    for listed in ((), FakeExchange(CLOCK).listed):
        assert pair_of(MarketCode("USDTUSD"), listed) == Pair(base="USDT", counter="USD")
        assert pair_of(MarketCode("BTCTUSD"), listed) == Pair(base="BTC", counter="TUSD")
        assert pair_of(MarketCode("TUSDUSD"), listed) == Pair(base="TUSD", counter="USD")
