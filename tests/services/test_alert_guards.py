from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.alert_rules import read
from chatbot.domain.alerts import Gauge
from chatbot.services.alert_guards import NEVER, Guard, Heads, breached, holds_until, narrowed
from chatbot.services.alert_windows import Range, leaves_at
from tests.fakes.values import BTC, ticker

HOUR = timedelta(hours=1)
prices = st.integers(900, 1_100).map(Decimal)
percents = st.none() | st.integers(1, 2_500).map(lambda parts: Decimal(parts) / 100)


@given(gauge=st.sampled_from((Gauge.RISE, Gauge.FALL)), rising=percents, falling=percents, data=st.data())
def test_prices_within_a_guard_bring_a_window_to_nothing_whatever_their_order(
    gauge: Gauge, rising: Decimal | None, falling: Decimal | None, data: st.DataObject
) -> None:
    seen = data.draw(st.lists(prices, min_size=1, max_size=4))
    heads, known = Heads(rising, falling), Range(min(seen), 0, max(seen), 0)
    guard = narrowed(Guard(), gauge, heads, last=seen[-1], seen=known)
    for last in data.draw(st.lists(prices, min_size=1, max_size=12)):
        if guard.low < last < guard.high:
            seen.append(last)
            reading = read(gauge, ticker(last=str(last)), lowest=min(seen), highest=max(seen))
            assert reading is not None
            assert (rising is None or reading < rising) and (falling is None or reading > falling)


@given(rising=percents, falling=percents, bid=prices, ask=prices)
def test_spreads_within_a_guard_come_to_nothing(
    rising: Decimal | None, falling: Decimal | None, bid: Decimal, ask: Decimal
) -> None:
    guard = narrowed(Guard(), Gauge.SPREAD, Heads(rising, falling), last=bid, seen=None)
    now = ticker(bid=str(bid), ask=str(ask))
    reading = read(Gauge.SPREAD, now)
    if reading is not None and not breached([(BTC.code, guard)], {BTC.code: now}):
        assert (rising is None or reading < rising) and (falling is None or reading > falling)


def test_a_price_that_moves_little_is_not_looked_at() -> None:
    known = Range(Decimal(100), 0, Decimal(100), 0)
    guard = narrowed(Guard(), Gauge.RISE, Heads(Decimal(3), None), last=Decimal(100), seen=known)
    for last in ("98.6", "101.4"):
        assert guard.low < Decimal(last) < guard.high
    assert not guard.low < Decimal(103) < guard.high


def test_what_is_read_falls_when_an_extreme_leaves_the_window() -> None:
    known, armed = Range(Decimal(99), 7, Decimal(101), 9), Heads(None, Decimal(1))
    assert holds_until(Gauge.RISE, armed, seen=known, window=HOUR) == leaves_at(7, HOUR)
    assert holds_until(Gauge.FALL, armed, seen=known, window=HOUR) == leaves_at(9, HOUR)
    assert holds_until(Gauge.FALL, Heads(Decimal(1), None), seen=known, window=HOUR) == NEVER
