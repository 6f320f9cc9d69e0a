"""How people write times of day, and hours that are to be quiet: `9:00`, `9pm`; `22-7`, `10pm to 6:30am`, `off`."""

import re
from datetime import time

from chatbot.domain.errors import InputError

_TIME = r"([0-9]{1,2})(?:[:.]([0-9]{2}))?\s*(am|pm)?"
_SPAN = re.compile(rf"(?:from\s+)?{_TIME}\s*(?:-|–|—|to|until|till)\s*{_TIME}", re.IGNORECASE)
_OFF = ("off", "none", "no", "never")
_NOON = 12


def parse_quiet(text: str) -> tuple[time, time] | None:
    """Start and end; None for `off`. Raises `InputError` with a sentence."""
    written = " ".join(text.split())
    if written.lower() in _OFF:
        return None
    found = _SPAN.fullmatch(written)
    start = found and _read(*found.groups()[:3])
    end = found and _read(*found.groups()[3:])
    if not isinstance(start, time) or not isinstance(end, time):
        raise InputError("Write the hours that are to be quiet like 22-7 or 22:30-06:00, or off.")
    if start == end:
        raise InputError("They would begin and end at the same time. Write them like 22-7, or off.")
    return start, end


def parse_time(text: str) -> time | None:
    """A time of day, `9:00`, `21.30`, `9`, `9pm`; None for anything else."""
    found = re.fullmatch(_TIME, text.strip(), re.IGNORECASE)
    return _read(*found.groups()) if found else None


def _read(hours: str, minutes: str | None, half: str | None) -> time | None:
    hour, minute = int(hours), int(minutes or 0)
    if half is not None:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half.lower() == "pm" else 0)
    if (hour, minute) == (24, 0):
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
