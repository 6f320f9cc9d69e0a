from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.zones import moment_at, next_daily, zone_label, zone_named

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_time_that_is_leapt_over_is_the_first_moment_after_the_leap() -> None:
    assert moment_at(datetime.fromisoformat("2026-03-29T02:30"), BERLIN) == utc("2026-03-29 01:00")
    assert moment_at(datetime.fromisoformat("2026-03-29T02:30"), BERLIN, latest=True) == utc("2026-03-29 01:00")


def test_a_time_that_comes_twice_is_the_first_unless_the_last_is_asked_for() -> None:
    assert moment_at(datetime.fromisoformat("2026-10-25T02:30"), BERLIN) == utc("2026-10-25 00:30")
    assert moment_at(datetime.fromisoformat("2026-10-25T02:30"), BERLIN, latest=True) == utc("2026-10-25 01:30")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        ("Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Nuuk", "Asia/Beirut")
    ),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(min_value=0, max_value=364),
)
def test_every_local_day_has_exactly_one_moment(name: str, at: time, start: int) -> None:
    zone, moment = ZoneInfo(name), utc("2026-01-01 00:00") + timedelta(days=start)
    first = moment
    days = 0
    while moment < first + timedelta(days=40):
        following = next_daily(at, zone, after=moment)
        assert moment < following
        assert abs(following - moment - 24 * HOUR) <= HOUR or days == 0
        moment, days = following, days + 1
    assert days in (40, 41)


def test_a_day_that_a_place_left_out_is_left_out() -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    first = next_daily(time(9), apia, after=utc("2011-12-29 12:00"))
    second = next_daily(time(9), apia, after=first)
    assert [each.astimezone(apia).day for each in (first, second)] == [29, 31]


@pytest.mark.parametrize(
    ("zone", "label"),
    [("UTC", "UTC"), ("Europe/Berlin", "CET"), ("America/Sao_Paulo", "UTC-3"), ("Asia/Kathmandu", "UTC+5:45")],
)
def test_a_clock_says_whose_time_it_shows(zone: str, label: str) -> None:
    assert zone_label(utc("2026-01-15 12:00").astimezone(ZoneInfo(zone))) == label


@pytest.mark.parametrize("name", ["", "Nowhere/City", "../etc", "Europe", "\x00"])
def test_a_zone_nobody_knows_is_utc(name: str) -> None:
    assert zone_named(name).key == "UTC"
