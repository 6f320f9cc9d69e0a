"""How people write lengths of time and moments to come: `2h`, `3d`; `friday`, `25 Dec`, `18:00`, `friday 18:00`."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from chatbot.domain.errors import InputError
from chatbot.domain.time_text import parse_time
from chatbot.domain.zones import moment_at

FARTHEST = timedelta(days=730)
"""How far ahead a moment may lie."""

_LENGTH = re.compile(r"([0-9]{1,5})(m|min|mins|minutes?|h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LONE_UNITS = {"hour": "1h", "day": "1d", "week": "1w"}
_APART = re.compile(r"\b([0-9]{1,5}) +(min|mins|minutes?|h|hours?|d|days?|w|weeks?)\b", re.IGNORECASE)
_SAYS_TIME = re.compile(r":|[ap]m$", re.IGNORECASE)
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_POINTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})?")
_DAY_OF_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)?,?", re.IGNORECASE)
_LIKE_A_MOMENT = re.compile(r"[0-9]{1,2}(?:[:.][0-9]{0,2})?(?:am|pm)?|20[0-9]{2}", re.IGNORECASE)
_YEAR = re.compile(r"20[0-9]{2}")
_NEAR_DAYS = ("today", "tonight", "tomorrow")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_SHORTEST_NAME = 3
_DAYS_END = time(23, 59)
_ADVICE = "Write it like until friday, until 25 Dec, until 18:00 or for 3d."


def join_lengths(text: str) -> str:
    """`2 hours` as one word, `2hours`; a lone m stays apart, because it may mean a million."""
    return _APART.sub(r"\1\2", text)


def read_length(word: str) -> timedelta | None:
    """`30m`, `2h`, `3d`, `1w`, `hour`; None for anything else."""
    found = _LENGTH.fullmatch(_LONE_UNITS.get(word.lower(), word))
    return int(found[1]) * _UNITS[found[2][0].lower()] if found else None


def read_until(words: Sequence[str], *, now: datetime, zone: ZoneInfo) -> tuple[datetime, int]:
    """The moment that words begin with, by the clock of `zone`, and how many of the words say it.

    A day without a time lasts to its end (23:59). What has no year or day is the next one to come. Raises `InputError`
    for what is no moment, is over, or is too far ahead.
    """
    today = now.astimezone(zone).date()
    at, first = _clock(words)
    days, used = _days(words[first:], today)
    used += first
    if at is None:
        at, last = _clock(words[used:])
        used += last
    if not used:
        raise InputError(f"“{' '.join(words[:2])[:40]}” is no day or time I know. {_ADVICE}")
    either = (today, today + timedelta(days=1)) if days is None else days
    moments = (moment_at(datetime.combine(day, at or _DAYS_END), zone) for day in either)
    ahead = next((moment for moment in moments if moment > now), None)
    shown = " ".join(words[:used])[:40]
    if ahead is None:
        raise InputError(f"“{shown}” is over already, or no day at all. {_ADVICE}")
    check_ahead(ahead, now=now)
    return ahead, used


def check_ahead(at: datetime, *, now: datetime) -> datetime:
    """The moment, unless it is too far ahead: then `InputError`."""
    if at - now > FARTHEST:
        raise InputError("That is more than two years ahead. Choose an earlier end, or none.")
    return at


def names_day(word: str) -> bool:
    """Whether a word names a day or a month, or begins such a name: `fri`, `tomorrow`, `sept`."""
    low = word.lower().rstrip(",.")
    return low in _NEAR_DAYS or _named(low, (*_WEEKDAYS, *_MONTHS)) is not None


def moment_words(words: Sequence[str]) -> int:
    """How many words look as if they were to say a moment, though it is none: the first one, and those like it."""
    alike = takewhile(lambda word: names_day(word) or _LIKE_A_MOMENT.fullmatch(word), words[1:])
    return min(len(words), 1 + sum(1 for _ in alike))


def _days(words: Sequence[str], today: date) -> tuple[list[date] | None, int]:
    """The days that may be meant, the nearest first, and how many words named them. None if no day is named."""
    first = words[0].lower().rstrip(",") if words else ""
    if first in _NEAR_DAYS:
        return [today + timedelta(days=first == "tomorrow")], 1
    weekday = _named(first, _WEEKDAYS)
    if weekday is not None:
        ahead = (weekday - today.weekday()) % 7
        return [today + timedelta(days=ahead), today + timedelta(days=ahead + 7)], 1
    if found := _ISO.fullmatch(first):
        return _existing([int(found[1])], int(found[2]), int(found[3])), 1
    if found := _POINTED.fullmatch(first):
        years = [int(found[3])] if found[3] else _years(today)
        return _existing(years, int(found[2]), int(found[1])), 1
    return _day_and_month(words, today)


def _day_and_month(words: Sequence[str], today: date) -> tuple[list[date] | None, int]:
    """`25 Dec`, `Dec 25`, `25 Dec 2027`."""
    pair = [word.lower() for word in words[:2]]
    if len(pair) < 2:
        return None, 0
    for day, month in (pair, reversed(pair)):
        number, name = _DAY_OF_MONTH.fullmatch(day), _named(month.rstrip(",."), _MONTHS)
        if number and name is not None:
            with_year = len(words) > 2 and _YEAR.fullmatch(words[2]) is not None
            years = [int(words[2])] if with_year else _years(today)
            return _existing(years, name + 1, int(number[1])), 2 + with_year
    return None, 0


def _named(word: str, names: Iterable[str]) -> int | None:
    """Which of some names a word is, or begins: `fri`, `sept`."""
    if len(word) < _SHORTEST_NAME:
        return None
    return next((at for at, name in enumerate(names) if name.startswith(word)), None)


def _years(today: date) -> list[int]:
    return [today.year, today.year + 1, today.year + 2]


def _existing(years: Iterable[int], month: int, day: int) -> list[date]:
    """The days of this name that there are; 29 Feb is not in every year."""
    found = []
    for year in years:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found


def _clock(words: Sequence[str]) -> tuple[time | None, int]:
    """`18:00`, `6pm`, `9 pm`, `at 18:00`, and how many words they are.

    A bare `9` is a day here and `12.11` may be one, so a time has a colon, or am or pm.
    """
    first = 1 if words and words[0].lower() == "at" else 0
    count = 2 if [word.lower() for word in words[first + 1 : first + 2]] in (["am"], ["pm"]) else 1
    written = "".join(words[first : first + count])
    at = parse_time(written) if _SAYS_TIME.search(written) else None
    return (None, 0) if at is None else (at, first + count)
