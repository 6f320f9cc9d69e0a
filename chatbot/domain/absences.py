"""Times in which the bot did not run."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST = timedelta(minutes=2)
"""A shorter time is not worth a word. It is longer than the pause between two signs of life."""
ONE_AND_THE_SAME = timedelta(minutes=10)
"""Whoever goes away again within this time of coming back was away all the time."""
LONG = timedelta(minutes=10)
"""After so long a time those are told who could have missed a crossing that came and went."""
GATHERING = timedelta(seconds=10)
"""How long after the start it is waited for what happened meanwhile, to tell how much it was."""
AFTER_SUMMARY = GATHERING + timedelta(seconds=3)
"""How long after the start the things themselves are told that the summary counts."""
OVER = timedelta(minutes=30)
"""What turns up later than this after the start did not happen in the bot's absence, or is told by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """`since` is the last sign of life, `until` the start that ended it."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        return self.until - self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What happened for one place in an absence; `swaps` counts their changes. `armed`: alerts waited there, and the
    absence was long.
    """

    absence: Absence
    fills: int
    alerts: int
    armed: bool
    swaps: int = 0


def after_start(earlier: Absence | None, *, alive_at: datetime, now: datetime) -> Absence | None:
    """The absence that a start ends, or the `earlier` one if it goes on or is not over yet; None if there was none."""
    if now - alive_at >= SHORTEST:
        goes_on = earlier is not None and alive_at - earlier.until < ONE_AND_THE_SAME
        return Absence(since=earlier.since if earlier is not None and goes_on else alive_at, until=now)
    return earlier if earlier is not None and now - earlier.until < OVER else None
