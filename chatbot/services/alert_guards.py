"""What a ticker may say without anything coming to pass in its market: bounds that are quickly held against it.

Bounds are too narrow rather than too wide: what lies outside of them is looked at exactly. Those of a window are made
so that its extremes need not be followed: as long as the price stays between them, no new low or high of it can bring
a reading to what is waited for.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Final, NamedTuple

from chatbot.domain.alerts import Gauge
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Ticker
from chatbot.services.alert_windows import Range, leaves_at

NEVER: Final = datetime.max.replace(tzinfo=UTC)
_FLOOR, _CEILING = Context(prec=30, rounding=ROUND_FLOOR), Context(prec=30, rounding=ROUND_CEILING)
_RATIO = Context(prec=16)
"""Few digits, so that a price times a ratio loses none."""
_LEAST, _MOST = Decimal("-Infinity"), Decimal("Infinity")
_HUNDRED = Decimal(100)
_CUT = Decimal("1E-8")
"""By less than this, percents that are read are below the exact ones."""


class Guard(NamedTuple):
    """Between `low` and `high` a last price brings nothing about, and the ask as often the bid as between `narrow` and
    `wide`, and a volume between `least` and `most`; all excluded. None is no bound.
    """

    low: Decimal = _LEAST
    high: Decimal = _MOST
    narrow: Decimal | None = None
    wide: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None

    def within(self, low: Decimal, high: Decimal) -> "Guard":
        return self._replace(low=max(low, self.low), high=min(high, self.high))


class Heads(NamedTuple):
    """The next levels that a gauge's reading comes to by rising, and by falling; None if nothing waits there."""

    rising: Decimal | None
    falling: Decimal | None


NOTHING_PASSES: Final = Guard(low=_MOST, high=_LEAST)


def breached(guards: Iterable[tuple[MarketCode, Guard]], tickers: Mapping[MarketCode, Ticker]) -> list[MarketCode]:
    """The markets whose tickers are not within their guards. Written for speed: all markets pass here at every tick."""
    found = []
    for market, (low, high, narrow, wide, least, most) in guards:
        ticker = tickers.get(market)
        if ticker is None or (
            low < ticker.last < high
            and (wide is None or ticker.ask < ticker.bid * wide)
            and (narrow is None or ticker.ask > ticker.bid * narrow)
            and (most is None or ticker.volume < most)
            and (least is None or ticker.volume > least)
        ):
            continue
        found.append(market)
    return found


def narrowed(guard: Guard, gauge: Gauge, heads: Heads, *, last: Decimal, seen: Range | None) -> Guard:
    """The guard, watching a gauge's heads, too. `seen` are the extremes of the gauge's window."""
    match gauge:
        case Gauge.PRICE:
            low = _LEAST if heads.falling is None else heads.falling
            return guard.within(low, _MOST if heads.rising is None else heads.rising)
        case Gauge.VOLUME:
            return guard._replace(least=heads.falling, most=heads.rising)
        case Gauge.SPREAD:
            return _of_spread(guard, heads)
        case Gauge.RISE if seen is not None:
            return _of_rise(guard, heads, last, seen)
        case Gauge.FALL if seen is not None:
            return _of_fall(guard, heads, last, seen)
        case _:
            return NOTHING_PASSES


def holds_until(gauge: Gauge, heads: Heads, *, seen: Range | None, window: timedelta | None) -> datetime:
    """When a guard has to be made anew although the price stays within: an extreme leaves the window, by which what is
    read falls.
    """
    if heads.falling is None or seen is None or window is None:
        return NEVER
    return leaves_at(seen.low_at if gauge is Gauge.RISE else seen.high_at, window)


def _of_rise(guard: Guard, heads: Heads, last: Decimal, seen: Range) -> Guard:
    low, high = _LEAST, _MOST
    if heads.rising is not None:
        factor = _CEILING.divide(_CEILING.add(_HUNDRED, heads.rising), _HUNDRED)
        low = min(seen.low, _halfway(seen.low, last / factor))
        high = _FLOOR.multiply(low, _FLOOR.divide(_FLOOR.add(_HUNDRED, heads.rising), _HUNDRED))
    if heads.falling is not None:
        factor = _CEILING.divide(_CEILING.add(_HUNDRED, heads.falling + _CUT), _HUNDRED)
        low = max(low, _CEILING.multiply(seen.low, factor))
    return guard.within(low, high)


def _of_fall(guard: Guard, heads: Heads, last: Decimal, seen: Range) -> Guard:
    low, high = _LEAST, _MOST
    if heads.rising is not None and heads.rising < _HUNDRED:
        factor = _CEILING.divide(_CEILING.subtract(_HUNDRED, heads.rising), _HUNDRED)
        high = max(seen.high, _halfway(seen.high, last / factor))
        low = _CEILING.multiply(high, factor)
    if heads.falling is not None:
        factor = _FLOOR.divide(_FLOOR.subtract(_HUNDRED, heads.falling + _CUT), _HUNDRED)
        high = min(high, _FLOOR.multiply(seen.high, factor))
    return guard.within(low, high)


def _of_spread(guard: Guard, heads: Heads) -> Guard:
    """A spread of s percent of the middle: the ask is (200 + s) / (200 - s) times the bid."""
    twice, wide, narrow = 2 * _HUNDRED, None, None
    if heads.rising is not None and heads.rising < twice:
        wide = _RATIO.next_minus(_RATIO.divide(twice + heads.rising, twice - heads.rising))
    if heads.falling is not None:
        least = heads.falling + _CUT
        if least >= twice:
            return NOTHING_PASSES
        narrow = _RATIO.next_plus(_RATIO.divide(twice + least, twice - least))
    return guard._replace(wide=wide, narrow=narrow)


def _halfway(one: Decimal, other: Decimal) -> Decimal:
    return (one + other) / 2
