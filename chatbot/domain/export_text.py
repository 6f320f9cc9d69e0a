"""What is typed behind `/export`: what, from which day to which, and as what kind of file."""

import re
from datetime import date

from chatbot.domain.errors import InputError
from chatbot.domain.exports import ExportFormat, ExportKind, ExportRequest

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORM = "Write it like /export trades 2026-01-01 2026-06-30, and json behind it for JSON; also orders and history."


def read_export(text: str, *, today: date) -> ExportRequest:
    """Words in any order. Without days everything up to today; with one, from that day on. Raises `InputError`."""
    words = text.lower().split()
    kinds = [ExportKind(word) for word in words if word in set(ExportKind)]
    formats = [ExportFormat(word) for word in words if word in set(ExportFormat)]
    days = [_day(word) for word in words if _DAY.fullmatch(word)]
    understood = len(kinds) + len(formats) + len(days) == len(words)
    if not understood or len(kinds) != 1 or len(formats) > 1 or len(days) > 2:
        raise InputError(_FORM)
    first, last = (*days, None, None)[:2]
    if first is not None and first > (last or today):
        raise InputError("The first day comes after the last one. " + _FORM)
    return ExportRequest(
        kind=kinds[0],
        first=first,
        last=min(last or today, today),
        format=formats[0] if formats else ExportFormat.CSV,
    )


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise InputError(f"There is no day {word}. Days are written like 2026-01-31.") from None
