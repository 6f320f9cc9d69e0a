from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.charts.drawing.scales import Scale, TimeScale, apart, around, number, short
from chatbot.domain.preferences import NumberStyle

COMMA = NumberStyle.COMMA
HOUR = timedelta(hours=1)


def scale(low: str, high: str) -> Scale:
    return Scale(low=Decimal(low), high=Decimal(high), start=0.0, end=100.0)


def times(begin: datetime, length: timedelta) -> TimeScale:
    return TimeScale(begin=begin, until=begin + length, start=0.0, end=100.0)


@given(
    low=st.decimals(min_value=0, max_value=10**6, places=8),
    more=st.decimals(min_value=Decimal("0.00000002"), max_value=10**6, places=8),
    most=st.integers(min_value=2, max_value=8),
    decimals=st.integers(min_value=0, max_value=8),
)
def test_ticks_lie_on_the_scale_and_are_what_is_written(low: Decimal, more: Decimal, most: int, decimals: int) -> None:
    here = Scale(low=low, high=low + more, start=0.0, end=100.0)
    ticks, written = here.ticks(most=most, decimals=decimals)
    assert len(ticks) <= most + 1 and written <= max(decimals, 0)
    assert all(here.low <= tick <= here.high for tick in ticks)
    assert all(Decimal(number(tick, decimals=written, style=COMMA).replace(",", "")) == tick for tick in ticks)


def test_values_are_where_they_belong() -> None:
    here = scale("50", "150")
    assert [here.at(Decimal(value)) for value in (50, 100, 150)] == [0.0, 50.0, 100.0]
    assert here.ticks(most=5, decimals=2) == ((*map(Decimal, (60, 80, 100, 120, 140)),), 0)


@pytest.mark.parametrize(("price", "decimals"), [("76519.57", 2), ("0.00000602", 8), ("0.00000001", 8)])
def test_a_flat_line_gets_air_on_both_sides(price: str, decimals: int) -> None:
    low, high = around([Decimal(price)], decimals=decimals)
    assert 0 <= low < Decimal(price) < high


def test_hours_are_round_by_the_clock_of_the_zone() -> None:
    day = times(datetime(2026, 11, 20, 15, 47, tzinfo=UTC), 24 * HOUR)
    kolkata = [(moment.strftime("%H:%M"), text) for moment, text in day.ticks(most=6, zone="Asia/Kolkata")]
    assert kolkata[:2] == [("18:30", "21 Nov"), ("22:30", "04:00")]


def test_an_hour_that_is_skipped_has_no_tick_and_one_that_comes_twice_has_one() -> None:
    spring = times(datetime(2026, 3, 29, 0, tzinfo=UTC), 3 * HOUR)
    assert [text for _, text in spring.ticks(most=3, zone="Europe/Berlin")] == ["01:00", "03:00", "04:00", "05:00"]
    autumn = times(datetime(2026, 10, 25, 0, tzinfo=UTC), 3 * HOUR)
    assert [text for _, text in autumn.ticks(most=3, zone="Europe/Berlin")] == ["02:00", "03:00", "04:00"]


def test_long_spans_have_days() -> None:
    month = times(datetime(2026, 10, 22, 15, tzinfo=UTC), 720 * HOUR)
    named = [text for _, text in month.ticks(most=6, zone="UTC")]
    assert 4 <= len(named) <= 7 and all(len(text.split()) == 2 for text in named)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0", "0"), ("5.00", "5"), ("0.5", "0.5"), ("0.00012345", "0.000123"), ("1213.4", "1.21K"), ("12500000", "12.5M")],
)
def test_volumes_are_grasped_at_a_glance(value: str, shown: str) -> None:
    assert short(Decimal(value), style=COMMA) == shown


@given(st.lists(st.floats(min_value=0, max_value=500), min_size=1, max_size=6))
def test_labels_move_apart_and_stay_on_the_sheet(wanted: list[float]) -> None:
    heights = sorted(apart(wanted, by=42, low=0, high=500))
    assert heights[0] >= 0 and heights[-1] <= 500
    assert all(above - below >= 42 - 1e-6 for below, above in pairwise(heights))


def test_labels_that_are_too_near_stand_around_where_they_belong() -> None:
    assert apart([100.0, 100.0, 300.0], by=40, low=0, high=500) == [80.0, 120.0, 300.0]
    assert apart([10.0, 10.0], by=40, low=0, high=500) == [0.0, 40.0]


def test_labels_that_have_room_stay() -> None:
    assert apart([300.0, 10.0, 100.0], by=42, low=0, high=500) == [300.0, 10.0, 100.0]
