"""Days as people write them behind `/export`: one day, or a period by its name. All of them are days of UTC."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chatbot.domain.errors import InputError

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_POINTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SLASHED = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """From the first day to the last, both included. `is_period`: its end was said with it, by a name such as a
    month's; a single day may also be where something begins.
    """

    first: date
    last: date
    is_period: bool


def read_days(words: Sequence[str], *, today: date) -> tuple[Days, int] | None:
    """What words in small letters begin with, and how many of them say it; None if that is no day.

    A month without a year is the latest that has begun. Raises `InputError` for a day that no calendar has, and for one
    that people read in two ways.
    """
    for used in (2, 1):
        if len(words) >= used and (period := _named(words[:used], today)) is not None:
            return period, used
    word = words[0]
    if found := _ISO.fullmatch(word):
        return _day(int(found[1]), int(found[2]), int(found[3]), word), 1
    if found := _POINTED.fullmatch(word):
        return _day(int(found[3]), int(found[2]), int(found[1]), word), 1
    if found := _SLASHED.fullmatch(word):
        return _either(int(found[3]), int(found[1]), int(found[2]), word), 1
    if found := _MONTH.fullmatch(word):
        return _month(int(found[1]), int(found[2]), word), 1
    return None


def _named(words: Sequence[str], today: date) -> Days | None:
    """`yesterday`, `this month`, `last year`, `2026`, `november`, `november 2026`."""
    month = _month_named(words[0])
    match words:
        case ["today"]:
            return Days(first=today, last=today, is_period=True)
        case ["yesterday"]:
            day = today - timedelta(days=1)
            return Days(first=day, last=day, is_period=True)
        case ["this" | "last" as which, "month"]:
            day = today if which == "this" else today.replace(day=1) - timedelta(days=1)
            return _month(day.year, day.month, "")
        case ["this" | "last" as which, "year"]:
            return _year(today.year - (which == "last"))
        case [year] if _YEAR.fullmatch(year):
            return _year(int(year))
        case [_, year] if month and _YEAR.fullmatch(year):
            return _month(int(year), month, "")
        case [_] if month:
            return _month(today.year - (month > today.month), month, "")
        case _:
            return None


def _month_named(word: str) -> int:
    """1 to 12; 0 for what is no month's name, and no beginning of one: `nov`, `sept`."""
    if len(word) < _SHORTEST_NAME:
        return 0
    return next((at for at, name in enumerate(_MONTHS, start=1) if name.startswith(word)), 0)


def _year(year: int) -> Days:
    return Days(first=date(year, 1, 1), last=date(year, 12, 31), is_period=True)


def _month(year: int, month: int, word: str) -> Days:
    first = _date(year, month, 1)
    if first is None:
        raise InputError(f"There is no month {word}. Months are written like 2026-01.")
    return Days(first=first, last=first.replace(day=monthrange(year, month)[1]), is_period=True)


def _day(year: int, month: int, day: int, word: str) -> Days:
    found = _date(year, month, day)
    if found is None:
        raise InputError(f"There is no day {word}. Days are written like 2026-01-31.")
    return Days(first=found, last=found, is_period=False)


def _either(year: int, one: int, other: int, word: str) -> Days:
    """Half the world writes the day first, and half the month."""
    day_first, month_first = _date(year, other, one), _date(year, one, other)
    if day_first and month_first and day_first != month_first:
        raise InputError(f"{word} may be two days. Please write {day_first} or {month_first}.")
    return _day(year, other, one, word) if day_first else _day(year, one, other, word)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
