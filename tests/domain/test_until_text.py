"""Moments to come, as people write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chatbot.domain.errors import InputError
from chatbot.domain.until_text import join_lengths, read_length, read_until

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # a Friday, 15:30 in Berlin


def until(words: str, *, now: datetime = NOW, zone: ZoneInfo = BERLIN) -> str:
    moment, _ = read_until(words.split(), now=now, zone=zone)
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("friday", "2026-11-20 23:59"),
        ("mon", "2026-11-23 23:59"),
        ("friday 15:00", "2026-11-27 15:00"),
        ("friday at 18:00", "2026-11-20 18:00"),
        ("tomorrow", "2026-11-21 23:59"),
        ("18:00", "2026-11-20 18:00"),
        ("15:30", "2026-11-21 15:30"),
        ("6pm tomorrow", "2026-11-21 18:00"),
        ("12am", "2026-11-21 00:00"),
        ("9:30pm", "2026-11-20 21:30"),
        ("9.30pm", "2026-11-20 21:30"),
        ("9 pm friday", "2026-11-20 21:00"),
        ("24:00", "2026-11-21 00:00"),
        ("25 Dec", "2026-12-25 23:59"),
        ("Dec 25 09:00", "2026-12-25 09:00"),
        ("1st Nov", "2027-11-01 23:59"),
        ("25.12. 9:00", "2026-12-25 09:00"),
        ("2027-01-05", "2027-01-05 23:59"),
        ("29 feb", "2028-02-29 23:59"),
        ("5 June 2027", "2027-06-05 23:59"),
    ],
)
def test_days_and_times_are_the_next_ones_by_the_readers_clock(words: str, moment: str) -> None:
    assert until(words) == moment


@pytest.mark.parametrize(
    "words", ["31 feb", "2020-01-01", "5 June 2020", "soon", "", "25:00", "2026-13-01", "1 jan 2090", "٣ dec"]
)
def test_what_is_no_moment_to_come_is_refused(words: str) -> None:
    with pytest.raises(InputError):
        until(words)


def test_a_time_that_the_clock_leaps_over_is_the_moment_after() -> None:
    assert until("02:30", now=datetime(2027, 3, 27, 22, tzinfo=UTC)) == "2027-03-28 03:00"


def test_words_behind_the_moment_are_left_alone() -> None:
    assert read_until(["friday", "18:00", "every", "2h"], now=NOW, zone=BERLIN)[1] == 2


@pytest.mark.parametrize(
    ("word", "minutes"), [("30m", 30), ("2h", 120), ("1d", 1_440), ("2weeks", 20_160), ("day", 1_440)]
)
def test_lengths_are_exact(word: str, minutes: int) -> None:
    assert read_length(word) == timedelta(minutes=minutes)


def test_a_lone_m_behind_a_number_stays_apart_because_it_may_mean_a_million() -> None:
    assert join_lengths("2 hours 5 m 3 d") == "2hours 5 m 3d"
