from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.preferences import Preferences, QuietHours

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def quiet(start: str, end: str, *, zone: str = "Europe/Berlin") -> Preferences:
    return Preferences(zone=zone, quiet=QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end)))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-01-10 20:59", None),
        ("2026-01-10 21:00", "2026-01-11 06:00"),  # 22:00 in Berlin
        ("2026-01-11 05:59", "2026-01-11 06:00"),
        ("2026-01-11 06:00", None),
        ("2026-03-29 00:30", "2026-03-29 05:00"),  # the clock leaps at 01:00 UTC
        ("2026-10-25 04:30", "2026-10-25 06:00"),  # and goes back at 01:00 UTC
    ],
)
def test_quiet_hours_go_across_midnight_by_the_chats_own_clock(now: str, until: str | None) -> None:
    assert quiet("22:00", "07:00").quiet_until(utc(now)) == (None if until is None else utc(until))


def test_quiet_hours_within_a_day_end_on_it() -> None:
    assert quiet("13:00", "14:30").quiet_until(utc("2026-01-10 12:30")) == utc("2026-01-10 13:30")
    assert quiet("13:00", "14:30").quiet_until(utc("2026-01-10 21:00")) is None


def test_an_end_that_is_leapt_over_is_the_moment_after_the_leap() -> None:
    assert quiet("22:00", "02:30").quiet_until(utc("2026-03-29 00:59")) == utc("2026-03-29 01:00")
    assert quiet("22:00", "02:30").quiet_until(utc("2026-03-29 01:00")) is None


def test_an_end_that_comes_twice_is_the_last() -> None:
    assert quiet("22:00", "02:30").quiet_until(utc("2026-10-25 00:45")) == utc("2026-10-25 01:30")


def test_the_same_start_and_end_is_none_at_all() -> None:
    assert quiet("22:00", "22:00").quiet_until(utc("2026-01-10 21:00")) is None


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(min_value=0, max_value=365 * 24 * 60),
)
def test_whenever_the_clock_shows_a_quiet_time_it_is_quiet(zone: str, start: time, end: time, minute: int) -> None:
    now = utc("2026-01-01 00:00") + timedelta(minutes=minute)
    shown = now.astimezone(ZoneInfo(zone)).time()
    within = start <= shown < end if start <= end else shown >= start or shown < end
    until = Preferences(zone=zone, quiet=QuietHours(start=start, end=end)).quiet_until(now)
    if within:
        assert until is not None and now < until <= now + timedelta(hours=25)
    elif until is not None:  # only where an hour is repeated do they last beyond what the clock shows
        offsets = {(now + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).utcoffset() for hours in range(-26, 27)}
        assert len(offsets) == 2
