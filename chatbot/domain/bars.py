"""Prices over time, as this program saw them: the exchange keeps no candles."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
TWO_HOURS = timedelta(hours=2)

KEPT = {MINUTE: timedelta(hours=25), QUARTER: timedelta(days=8), TWO_HOURS: timedelta(days=120)}
"""How long bars of each length are kept: at most 3,700 a market, which take 0.4 MB."""

FINER = {QUARTER: MINUTE, TWO_HOURS: QUARTER}
"""What the longer bars are made of, once they are over."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_SHOWN = 100
_SHOWN = (
    (MINUTE, MINUTE),
    (timedelta(minutes=5), MINUTE),
    (QUARTER, QUARTER),
    (timedelta(hours=1), QUARTER),
    (TWO_HOURS, TWO_HOURS),
    (timedelta(hours=8), TWO_HOURS),
)
"""Lengths that bars are shown in, each with the kept one it is folded from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The last prices seen from `start` on for the length of the bar, and the 24 h volume (base) at its end."""

    start: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal

    def followed_by(self, later: "Bar") -> "Bar":
        """One bar over both."""
        return Bar(
            start=self.start,
            open=self.open,
            high=max(self.high, later.high),
            low=min(self.low, later.low),
            close=later.close,
            volume=later.volume,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Bars of one length, oldest first, with gaps where nobody looked. `since` is how far back anything is known."""

    bars: tuple[Bar, ...]
    length: timedelta
    since: datetime | None


def start_of(moment: datetime, *, length: timedelta) -> datetime:
    """Where the bar begins that a moment falls into. Bars begin at whole lengths since midnight UTC."""
    return moment - (moment - _EPOCH) % length


def shown_in(span: timedelta) -> tuple[timedelta, timedelta]:
    """In which length bars of so long a time are shown, and of which kept length they are made."""
    return next((each for each in _SHOWN if span <= each[0] * _MOST_SHOWN), _SHOWN[-1])


def folded(bars: Iterable[Bar], *, length: timedelta) -> tuple[Bar, ...]:
    """Bars, oldest first, put together to longer ones. Where there were none, there are none."""
    longer: dict[datetime, Bar] = {}
    for bar in bars:
        start = start_of(bar.start, length=length)
        begun = longer.get(start)
        longer[start] = begun.followed_by(bar) if begun else replace(bar, start=start)
    return tuple(longer.values())
