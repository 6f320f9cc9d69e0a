"""What is typed behind `/export`: what, from which day to which, and as what kind of file."""

from dataclasses import dataclass, field
from datetime import date

from chatbot.domain.errors import InputError
from chatbot.domain.export_days import Days, read_days
from chatbot.domain.exports import ExportFormat, ExportKind, ExportRequest

_KINDS, _FORMATS = frozenset(ExportKind), frozenset(ExportFormat)
_BETWEEN = frozenset({"from", "since", "to", "until", "till", "and", "of", "in", "as", "-", "–", "—"})
"""What people write between days, which says nothing more."""
_EVERYTHING = frozenset({"all", "everything"})
"""Without days that is what is meant anyway."""
_FORM = "Write it like /export trades 2026-01-01 2026-06-30 or /export orders last month json."
_LONGEST_SHOWN = 30


@dataclass(slots=True)
class _Read:
    """What was understood so far."""

    kinds: list[ExportKind] = field(default_factory=list)
    formats: list[ExportFormat] = field(default_factory=list)
    days: list[Days] = field(default_factory=list)


def read_export(text: str, *, today: date) -> ExportRequest:
    """Words in any order. Without days everything up to today; with one, from that day on; with a period such as a
    month's name, that period. Raises `InputError`, which names the first word that was not understood.
    """
    read = _words(text.lower().split(), today=today)
    _check_counts(read)
    first, last = _span(read.days, today=today)
    return ExportRequest(
        kind=read.kinds[0],
        first=first,
        last=last,
        format=read.formats[0] if read.formats else ExportFormat.CSV,
    )


def _words(words: list[str], *, today: date) -> _Read:
    read = _Read()
    while words:
        word, used = words[0], 1
        if word in _KINDS:
            read.kinds.append(ExportKind(word))
        elif word in _FORMATS:
            read.formats.append(ExportFormat(word))
        elif (found := read_days(words, today=today)) is not None:
            days, used = found
            read.days.append(days)
        elif word not in _BETWEEN | _EVERYTHING:
            raise InputError(f"I do not understand “{word[:_LONGEST_SHOWN]}”. {_FORM}")
        words = words[used:]
    return read


def _check_counts(read: _Read) -> None:
    if not read.kinds:
        raise InputError(f"Which file: trades, orders or history? {_FORM}")
    if len(read.kinds) > 1:
        raise InputError(f"That is more than one file: {' and '.join(read.kinds)}. Ask for one at a time. {_FORM}")
    if len(read.formats) > 1:
        raise InputError(f"CSV or JSON? A file is one of them. {_FORM}")
    if len(read.days) > 2:
        raise InputError(f"Two days are enough, the first and the last. {_FORM}")


def _span(days: list[Days], *, today: date) -> tuple[date | None, date]:
    """The first day, if one was said, and the last, today at most."""
    if not days:
        return None, today
    first, end = days[0].first, days[-1]
    last = end.last if len(days) > 1 or end.is_period else today
    if first > today:
        raise InputError(f"{first} lies in the future, so there is nothing of it yet; today is {today}. {_FORM}")
    if first > last:
        raise InputError(f"The first day comes after the last one: {first} and {last}. {_FORM}")
    return first, min(last, today)
