from datetime import time

import pytest

from chatbot.domain.errors import InputError
from chatbot.domain.time_text import parse_quiet, parse_time


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("22-7", time(22), time(7)),
        ("22:00–07:00", time(22), time(7)),
        ("22.30 - 6", time(22, 30), time(6)),
        ("10pm to 6:30am", time(22), time(6, 30)),
        ("from 12am until 12 pm", time(0), time(12)),
        ("24-6", time(0), time(6)),
    ],
)
def test_quiet_hours_are_read_as_people_write_them(typed: str, start: time, end: time) -> None:
    assert parse_quiet(typed) == (start, end)


def test_off_is_none_at_all() -> None:
    assert parse_quiet(" OFF ") is None


@pytest.mark.parametrize(
    "typed", ["", "22", "22-", "25-7", "22:60-7", "7-7", "13pm-7", "0am-7", "٢٢-7", "22-7-8", "-1-7"]
)
def test_anything_else_is_asked_back(typed: str) -> None:
    with pytest.raises(InputError):
        parse_quiet(typed)


@pytest.mark.parametrize(
    ("typed", "at"),
    [("9:00", time(9)), ("09:05", time(9, 5)), ("9", time(9)), ("9pm", time(21)), ("9.30", time(9, 30))],
)
def test_a_time_of_day_is_read(typed: str, at: time) -> None:
    assert parse_time(typed) == at


@pytest.mark.parametrize("typed", ["", "BTC", "25:00", "9:0", "9:60", "14pm", "9:00 BTC"])
def test_what_is_no_time_of_day_is_none(typed: str) -> None:
    assert parse_time(typed) is None
