"""Alerts: which reading of a market is watched, which level it has to cross, and where a hit is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AlertId, MarketCode, PersonId
from chatbot.domain.places import Place


class Gauge(StrEnum):
    """What of a market is read.

    `RISE` and `FALL` are the way from the lowest and from the highest price of a window to the last price, in percent
    and never negative; `SPREAD` is ask − bid in percent of the middle; `VOLUME` is that of 24 hours, in the base
    currency.
    """

    PRICE = "price"
    RISE = "rise"
    FALL = "fall"
    SPREAD = "spread"
    VOLUME = "volume"


class Crossing(StrEnum):
    """Which way the level has to be crossed: from below it to at or above it, the reverse, or any."""

    UP = "up"
    DOWN = "down"
    EITHER = "either"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`gauge` crosses `level`. `window` belongs to `RISE` and `FALL`.

    For a move from an anchor (`+5%` from now), `gauge` is the price, `move` the signed percent and `level` what follows
    from `anchor`.
    """

    gauge: Gauge
    crossing: Crossing
    level: Decimal
    window: timedelta | None = None
    move: Decimal | None = None
    anchor: Decimal | None = None


def target_price(rule: Rule) -> Decimal | None:
    """The price that was named, if one was."""
    return rule.level if rule.gauge is Gauge.PRICE and rule.move is None else None


class Position(StrEnum):
    """On which side of the level the reading counts as being. `BETWEEN`: too near to it since it last crossed, or not
    read yet.
    """

    BELOW = "below"
    ABOVE = "above"
    BETWEEN = "between"


class AlertStatus(StrEnum):
    """`RESTING` ones wait for `rests_until` (a cool-down or a snooze), and begin on the side on which the reading was
    then. One that is set while nothing can be read rests until the first reading, with no `rests_until`. `ENDED` ones
    fired once, or ran out; they can be armed again.
    """

    WATCHING = "watching"
    RESTING = "resting"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule on a market, and who is told where. `base` and `counter` are the market's currencies.

    `cooldown` is how long a repeating alert rests after a hit; None: it fires once. `until` is when it ends by itself.
    `set_by` is who set it; None once they had themselves forgotten. `fired_at` is the last hit.
    """

    id: AlertId
    venue: Venue
    market: MarketCode
    base: str
    counter: str
    rule: Rule
    place: Place
    set_by: PersonId | None
    cooldown: timedelta | None
    until: datetime | None
    note: str
    picture: bool
    status: AlertStatus
    position: Position
    rests_until: datetime | None
    created_at: datetime
    fired_at: datetime | None
    hits: int

    @property
    def pair(self) -> str:
        return f"{self.base}/{self.counter}"
