"""Daily summaries: when one is due, and which markets moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from chatbot.domain.accounts import Venue
from chatbot.domain.currencies import DOLLARS
from chatbot.domain.ids import DigestId, MarketCode, PersonId
from chatbot.domain.market import Market, Ticker
from chatbot.domain.notices import DigestDue
from chatbot.domain.places import Place
from chatbot.domain.zones import next_daily

MOST_MARKETS = 8
TOO_LATE = timedelta(hours=3)
"""A digest that could not be told for so long is left out."""
LATE = timedelta(minutes=5)
"""From here on it says that it is late."""
MIN_TURNOVER = Decimal(10_000)
"""In 24 hours and in dollars, for a market's move to mean anything."""
_MOST_MOVERS = 3


class DigestStatus(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Told in a place when its clock shows `at`, next at `next_at`. Without `markets` it is about the favourites, or
    the liveliest.
    """

    id: DigestId
    place: Place
    venue: Venue
    markets: tuple[MarketCode, ...]
    at: time
    next_at: datetime
    set_by: PersonId | None
    status: DigestStatus = DigestStatus.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestTurn:
    """What becomes of a digest that is due: the next time, and what is told now, if it is not too late for that."""

    digest: Digest
    next_at: datetime
    notice: DigestDue | None


def turn(digest: Digest, zone: ZoneInfo, *, now: datetime) -> DigestTurn:
    """However many times were missed, it is told once at most, for the last of them, and never twice for one."""
    last = digest.next_at
    while (following := next_daily(digest.at, zone, after=last)) <= now:
        last = following
    notice = None
    if now - last < TOO_LATE:
        notice = DigestDue(venue=digest.venue, markets=digest.markets, at=last, late=now - last >= LATE)
    return DigestTurn(digest=digest, next_at=following, notice=notice)


Move = tuple[Market, Ticker]


def movers(moves: Iterable[Move]) -> tuple[tuple[Move, ...], tuple[Move, ...]]:
    """The three that rose most in 24 hours, and the three that fell most, of those traded enough to mean anything."""
    lively = [each for each in moves if each[0].counter in DOLLARS and each[1].turnover >= MIN_TURNOVER]
    ranked = sorted(lively, key=lambda each: each[1].change)
    up = tuple(each for each in ranked[: -_MOST_MOVERS - 1 : -1] if each[1].change > 0)
    return up, tuple(each for each in ranked[:_MOST_MOVERS] if each[1].change < 0)
