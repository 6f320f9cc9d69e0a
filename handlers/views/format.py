"""How numbers, times and shares look, everywhere: thousands are grouped, trailing zeros are cut, clocks are local.

For whom it is written, `reader` says: set where an update is handled, a notice told or a card painted, so that views
need not hand it through. These are plain strings; views put the ones to be compared or copied into `code(...)`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from chatbot.domain.limits import VALUED_IN
from chatbot.domain.money import Amount, multiply, round_down, round_half_up
from chatbot.domain.preferences import NumberStyle, Preferences
from chatbot.domain.zones import zone_label, zone_named

reader: ContextVar[Preferences] = ContextVar("reader", default=Preferences())  # noqa: B039 - it is frozen
"""The preferences of the chat that reads."""

_CELLS = 10
_SIGNIFICANT = 4
_CENTS = 2
_COIN_DECIMALS = 8
NO_BREAK_SPACE: Final = "\u00a0"
_MARKS = {
    NumberStyle.COMMA: str.maketrans({}),
    NumberStyle.SPACE: str.maketrans({",": NO_BREAK_SPACE}),
    NumberStyle.POINT: str.maketrans({",": ".", ".": ","}),
}


_QUOTED = re.compile(r"(“[^”]*”)")
_NUMBER = re.compile(r"(?<![\w.,:])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?![\w:]|[.,][0-9])")


@contextmanager
def read_by(preferences: Preferences) -> Iterator[None]:
    """What is written within is for a chat with these preferences."""
    before = reader.set(preferences)
    try:
        yield
    finally:
        reader.reset(before)


def number(value: Decimal, *, decimals: int | None = None) -> str:
    """A number, exactly: `60,000.5`, `0.00001234`. With `decimals`, rounded and padded to so many: `60,000.50`."""
    if decimals is not None:
        return _styled(_unsigned_zero(format(round_half_up(value, decimals=decimals), ",f")))
    written = format(value, ",f")
    return _styled(_unsigned_zero(written.rstrip("0").rstrip(".") if "." in written else written))


def restyled(sentence: str) -> str:
    """A finished sentence with its numbers in the reader's style; what stands in “quotes” was typed and stays."""
    parts = _QUOTED.split(sentence)
    return "".join(
        part if at % 2 else _NUMBER.sub(lambda found: _styled(found[0]), part) for at, part in enumerate(parts)
    )


def roughly(value: Decimal) -> str:
    """A number to be grasped, not used: four significant digits, but never less than the whole part."""
    return number(round_half_up(value, decimals=max(0, _SIGNIFICANT - 1 - value.adjusted()) if value else 0))


def amount(value: Amount, *, decimals: int | None = None) -> str:
    """`0.00001234 BTC`."""
    return f"{number(value.value, decimals=decimals)} {value.currency}"


def percent(value: Decimal, *, decimals: int = 2) -> str:
    """Percents, given as such: `Decimal("1.25")` is `1.25%`."""
    return f"{number(round_half_up(value, decimals=decimals))}%"


def ratio(value: Decimal, *, decimals: int = 4) -> str:
    """A fraction as percents: `Decimal("0.0025")` is `0.25%`."""
    return percent(multiply(value, Decimal(100)), decimals=decimals)


def change(value: Decimal) -> str:
    """A move in percents, with its direction: `▲ +1.25%`, `▼ -0.50%`, `• 0.00%`."""
    shown = round_half_up(value, decimals=2)
    if shown > 0:
        return f"▲ +{number(shown, decimals=2)}%"
    return f"{'▼' if shown < 0 else '•'} {number(shown, decimals=2)}%"


def bar(share: Decimal) -> str:
    """Progress in ten cells; full only when `share` is 1 or more."""
    reached = (share * _CELLS).to_integral_value(rounding=ROUND_FLOOR)
    full = min(_CELLS, max(0, int(reached)))
    return "▰" * full + "▱" * (_CELLS - full)


def span(length: timedelta) -> str:
    """How long: `45 s`, `2 min`, `3 h`, `4 d`; the largest unit that fits, rounded down."""
    seconds = max(0, int(length.total_seconds()))
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


def age(at: datetime, *, now: datetime) -> str:
    """How long ago: `just now`, `2 min ago`."""
    return "just now" if now - at < timedelta(seconds=2) else f"{span(now - at)} ago"


def when(at: datetime, *, now: datetime) -> str:
    """A moment with its age: `14:03 UTC, 2 min ago`; with the day when it is not today's."""
    return f"{moment(at, now=now)}, {age(at, now=now)}"


def moment(at: datetime, *, now: datetime) -> str:
    """`14:03 UTC`, or `3 Feb 14:03 UTC` when it is not today's, or with the year when it is not this year's."""
    then, today = _local(at), _local(now)
    if then.date() == today.date():
        day = ""
    else:
        day = f"{then.day} {then:%b} " if then.year == today.year else f"{then.day} {then:%b %Y} "
    return f"{day}{local_time(at)}"


def exact_moment(at: datetime) -> str:
    """`3 Feb 14:03 UTC`, whatever day it is."""
    then = _local(at)
    return f"{then.day} {then:%b %H:%M} {zone_label(then)}"


def local_time(at: datetime) -> str:
    """`14:03 UTC`, for a moment whose day is clear."""
    then = _local(at)
    return f"{then:%H:%M} {zone_label(then)}"


def hour(at: datetime) -> str:
    """`14:03`, where day and zone are clear."""
    return f"{_local(at):%H:%M}"


def clock_time(at: datetime) -> str:
    """`14:03:20 UTC`, for what is renewed all the time."""
    then = _local(at)
    return f"{then:%H:%M:%S} {zone_label(then)}"


def left_of(value: Amount) -> str:
    """What is left of something: cut to cents, or to eight decimals of a coin, so that it really is left."""
    decimals = _CENTS if value.currency == VALUED_IN else _COIN_DECIMALS
    return amount(Amount(round_down(value.value, decimals=decimals), value.currency))


def _unsigned_zero(written: str) -> str:
    return written.removeprefix("-") if not written.strip("-0.,") else written


def _styled(written: str) -> str:
    return written.translate(_MARKS[reader.get().numbers])


def _local(at: datetime) -> datetime:
    return at.astimezone(zone_named(reader.get().zone))
