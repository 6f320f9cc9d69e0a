"""Clocks of places: when they show a time, and what their zones are called."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_DAYS_AHEAD = 4
"""One that is over, one that its zone may leave out, one that is left, and one to spare."""


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name; UTC for one that the time zone data does not know (any more)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, no name at all, a folder of names
        return ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    return zone_named(name).key == name


def moment_at(shown: datetime, zone: ZoneInfo, *, latest: bool = False) -> datetime:
    """When a zone's clock shows a naive date and time, in UTC.

    What it shows twice is the first time, or the `latest`; what it leaps over is the first moment after the leap.
    """
    early, late = (shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    moment = late if latest else early
    if moment.astimezone(zone).replace(tzinfo=None) == shown:
        return moment
    return _leap_between(late, early, zone)


def next_daily(at: time, zone: ZoneInfo, *, after: datetime) -> datetime:
    """The next moment, in UTC, at which a day's clock shows `at`; every day there is has exactly one."""
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(-1, _DAYS_AHEAD))
    moments = (moment_at(datetime.combine(day, at), zone) for day in days if _exists(day, zone))
    return min(moment for moment in moments if moment > after)


def zone_label(moment: datetime) -> str:
    """What an aware moment's zone is called then: `CET`, `UTC`; `UTC-3` or `UTC+5:45` where it has no short name."""
    name, offset = moment.tzname() or "", moment.utcoffset() or timedelta(0)
    if name.isalpha():
        return name
    minutes = abs(offset) // timedelta(minutes=1)
    rest = f":{minutes % 60:02}" if minutes % 60 else ""
    return f"UTC{'-' if offset < timedelta(0) else '+'}{minutes // 60}{rest}"


def _leap_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which a zone's clock leaps forward between two moments."""
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, (after - before) // _SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if (before + middle * _SECOND).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before.replace(microsecond=0) + high * _SECOND


def _exists(day: date, zone: ZoneInfo) -> bool:
    """Whether a zone has the day at all: who moves across the date line leaves one out."""
    return moment_at(datetime.combine(day, time()), zone).astimezone(zone).date() == day
