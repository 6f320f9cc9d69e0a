"""Which alerts a tick concerns, found without looking at the others.

Everything an alert waits for is a mark: a level that one of its market's readings has to come to, or a moment. Marks
of a kind stand in order, so that only the first of each has to be looked at. A mark is a hint, and the alert's row
decides: one too many does no harm and is taken away once it is come upon; one too few must never be.

A mark is two 64-bit numbers, and no Python object: a million alerts are some 20 MB.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Final, NamedTuple

from chatbot.domain.alert_rules import Turn, Watched, triggers
from chatbot.domain.alerts import Alert, AlertStatus, Gauge
from chatbot.domain.ids import AlertId, MarketCode
from chatbot.domain.money import EXACT
from chatbot.domain.ticks import Tick

_CHUNK = 1_024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DIGITS: Final = 16
_LEAST: Final = -450
"""The order of magnitude below which nothing is read."""
_NOTHING, _ENDLESS = Decimal("-Infinity"), Decimal("Infinity")


class Spot(NamedTuple):
    """What is read: a market's gauge, and the window of one that has a window."""

    market: MarketCode
    gauge: Gauge
    window: timedelta | None


class Mark(NamedTuple):
    """What an alert waits for: `key` is that of a level at a spot, to be come to `rising` or not, or of a moment."""

    spot: Spot | None
    rising: bool
    key: int
    alert: AlertId


def order_key(value: Decimal) -> int:
    """A 64-bit number in whose order values are: the order of magnitude and 16 digits; further ones are cut off."""
    if value <= 0:
        return 0
    exponent = value.adjusted()
    return int((exponent - _LEAST) * 10**_DIGITS + int(value.scaleb(_DIGITS - 1 - exponent, context=EXACT)))


_NEVER: Final = order_key(Decimal("1E+400"))
"""The key of a level that no reading comes to."""


def moment_key(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def marks(alert: Alert | Watched) -> tuple[Mark, ...]:
    """Everything an alert waits for."""
    if alert.status is AlertStatus.ENDED:
        return ()
    moments = [alert.until] if alert.until is not None else []
    if alert.status is AlertStatus.RESTING and alert.rests_until is not None:
        moments.append(alert.rests_until)
    found = [Mark(None, True, moment_key(moment), alert.id) for moment in moments]
    spot = spot_of(alert)
    if alert.status is AlertStatus.RESTING and spot.window is not None:
        found.append(Mark(spot, True, _NEVER, alert.id))  # its window has to be known when it wakes
    if alert.status is AlertStatus.WATCHING:
        for trigger in triggers(alert.rule, alert.position):
            found.append(Mark(spot, trigger.rising, order_key(trigger.level), alert.id))
    return tuple(found)


def spot_of(alert: Alert | Watched) -> Spot:
    return Spot(alert.market, alert.rule.gauge, alert.rule.window)


class Ladder:
    """A sorted set of pairs (key, id) in chunks, so that putting one in moves little memory."""

    __slots__ = ("_chunks", "_tops")

    def __init__(self) -> None:
        self._chunks: list[tuple[array[int], array[int]]] = []
        self._tops: list[tuple[int, int]] = []  # the last pair of each chunk

    def __bool__(self) -> bool:
        return bool(self._chunks)

    @property
    def first(self) -> int:
        return self._chunks[0][0][0]

    @property
    def last(self) -> int:
        return self._tops[-1][0]

    def add(self, key: int, number: int) -> None:
        """A pair that is there already stays once."""
        if not self._chunks:
            self._chunks.append((array("q", (key,)), array("q", (number,))))
            self._tops.append((key, number))
            return
        which = min(bisect_left(self._tops, (key, number)), len(self._tops) - 1)
        keys, numbers = self._chunks[which]
        at = _place(keys, numbers, key, number)
        if at < len(keys) and (keys[at], numbers[at]) == (key, number):
            return
        keys.insert(at, key)
        numbers.insert(at, number)
        self._tops[which] = (keys[-1], numbers[-1])
        if len(keys) >= 2 * _CHUNK:
            self._split(which)

    def remove(self, key: int, number: int) -> None:
        """Nothing happens if the pair is not there."""
        which = bisect_left(self._tops, (key, number))
        if which == len(self._tops):
            return
        keys, numbers = self._chunks[which]
        at = _place(keys, numbers, key, number)
        if (keys[at], numbers[at]) != (key, number):
            return
        del keys[at], numbers[at]
        if keys:
            self._tops[which] = (keys[-1], numbers[-1])
        else:
            del self._chunks[which], self._tops[which]

    def up_to(self, key: int) -> Iterator[tuple[int, int]]:
        """All pairs with this key or a lower one."""
        for keys, numbers in self._chunks:
            end = bisect_right(keys, key)
            yield from zip(keys[:end], numbers[:end], strict=True)
            if end < len(keys):
                return

    def down_to(self, key: int) -> Iterator[tuple[int, int]]:
        """All pairs with this key or a higher one."""
        for keys, numbers in reversed(self._chunks):
            start = bisect_left(keys, key)
            yield from zip(keys[start:], numbers[start:], strict=True)
            if start:
                return

    def _split(self, which: int) -> None:
        """Into halves, each of the size it needs."""
        keys, numbers = self._chunks[which]
        halves = [(keys[:_CHUNK], numbers[:_CHUNK]), (keys[_CHUNK:], numbers[_CHUNK:])]
        self._chunks[which : which + 1] = halves
        self._tops[which : which + 1] = [(keys[-1], numbers[-1]) for keys, numbers in halves]


class Corridor:
    """The marks of a spot. Readings between `low` and `high`, both excluded, come to none of them."""

    __slots__ = ("_falling", "_rising", "high", "low")

    def __init__(self) -> None:
        self._rising, self._falling = Ladder(), Ladder()
        self.low, self.high = _NOTHING, _ENDLESS

    def __bool__(self) -> bool:
        return bool(self._rising) or bool(self._falling)

    def add(self, mark: Mark) -> None:
        (self._rising if mark.rising else self._falling).add(mark.key, mark.alert)

    def remove(self, mark: Mark) -> None:
        (self._rising if mark.rising else self._falling).remove(mark.key, mark.alert)

    def measure(self) -> None:
        """To be called after changes, and before readings are held against `low` and `high`."""
        self.high = _value(self._rising.first) if self._rising else _ENDLESS
        self.low = _value(self._falling.last) if self._falling else _NOTHING

    def reached(self, spot: Spot, reading: Decimal | None) -> Iterator[Mark]:
        """The marks a reading comes to; None is no reading."""
        if reading is None:
            return
        key = order_key(reading)
        for level, alert in self._rising.up_to(key):
            yield Mark(spot, True, level, AlertId(alert))
        for level, alert in self._falling.down_to(key):
            yield Mark(spot, False, level, AlertId(alert))


class AlertIndex:
    """The marks of one venue's alerts. It is read where ticks come, and changed where rows are written: in threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._prices: dict[Spot, Corridor] = {}
        self._others: dict[Spot, Corridor] = {}
        self._moments = Ladder()

    def windows(self) -> dict[MarketCode, timedelta]:
        """The markets in which windows are read, with the longest of each."""
        longest: dict[MarketCode, timedelta] = {}
        with self._lock:
            for spot in self._others:
                if spot.window is not None:
                    longest[spot.market] = max(spot.window, longest.get(spot.market, spot.window))
        return longest

    def follow(self, before: Alert | None, after: Alert | Watched | None) -> None:
        """An alert became another; None is none."""
        with self._lock:
            self._measure(self._swap(marks(before) if before else (), marks(after) if after else ()))

    def reached(self, tick: Tick, read: Callable[[Spot], Decimal | None]) -> list[Mark]:
        """All marks a tick comes to. They stay until `settle` or `follow` takes them away."""
        tickers, found = tick.tickers, list[Mark]()
        with self._lock:
            for spot, corridor in self._prices.items():
                ticker = tickers.get(spot.market)
                if ticker is not None and not corridor.low < ticker.last < corridor.high:
                    found += corridor.reached(spot, read(spot))
            for spot, corridor in self._others.items():
                value = read(spot)
                if value is not None and not corridor.low < value < corridor.high:
                    found += corridor.reached(spot, value)
            for key, alert in self._moments.up_to(moment_key(tick.at)):
                found.append(Mark(None, True, key, AlertId(alert)))
        return found

    def settle(self, reached: Sequence[Mark], turns: Sequence[Turn]) -> None:
        """After the turns of those whose marks were reached: marks follow, and those that were no longer true go."""
        waiting = {turn.after.id: marks(turn.after) for turn in turns}
        with self._lock:
            touched = self._remove(mark for mark in reached if mark not in waiting.get(mark.alert, ()))
            for turn in turns:
                if turn.after is not turn.before:
                    touched |= self._swap(marks(turn.before), waiting[turn.after.id])
            self._measure(touched)

    def _swap(self, old: Sequence[Mark], new: Sequence[Mark]) -> set[Spot]:
        return self._remove(mark for mark in old if mark not in new) | self._add(new)

    def _add(self, new: Iterable[Mark]) -> set[Spot]:
        """The spots that have to be measured."""
        touched = set()
        for mark in new:
            if mark.spot is None:
                self._moments.add(mark.key, mark.alert)
            else:
                self._corridors(mark.spot).setdefault(mark.spot, Corridor()).add(mark)
                touched.add(mark.spot)
        return touched

    def _remove(self, old: Iterable[Mark]) -> set[Spot]:
        """The spots that have to be measured."""
        touched = set()
        for mark in old:
            if mark.spot is None:
                self._moments.remove(mark.key, mark.alert)
            elif corridor := self._corridors(mark.spot).get(mark.spot):
                corridor.remove(mark)
                touched.add(mark.spot)
        return touched

    def _measure(self, touched: Iterable[Spot]) -> None:
        for spot in touched:
            corridors = self._corridors(spot)
            if corridor := corridors[spot]:
                corridor.measure()
            else:
                del corridors[spot]

    def _corridors(self, spot: Spot) -> dict[Spot, Corridor]:
        return self._prices if spot.gauge is Gauge.PRICE else self._others


def _place(keys: "array[int]", numbers: "array[int]", key: int, number: int) -> int:
    """Where a pair stands among sorted ones, or would."""
    start = bisect_left(keys, key)
    return bisect_left(numbers, number, start, bisect_right(keys, key, start))


def _value(key: int) -> Decimal:
    """The value of at most 16 digits that a key stands for."""
    exponent, digits = divmod(key, 10**_DIGITS)
    return Decimal(digits).scaleb(exponent + _LEAST - _DIGITS + 1, context=EXACT)
