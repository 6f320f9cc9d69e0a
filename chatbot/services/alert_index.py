"""Which alerts a tick concerns, found without looking at the others.

Everything an alert waits for is a mark: a level that one of its market's readings has to come to, or a moment. Marks
of a kind stand in order, so that only the first of each has to be looked at; and of all the first ones in a market a
`Guard` is made, so that at most ticks even they need not be looked at. A mark is a hint, and the alert's row decides:
one too many does no harm and is taken away once it is come upon; one too few must never be.

A mark is two 64-bit numbers, and no Python object: a million alerts are some 20 MB.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Final, NamedTuple

from chatbot.domain.alert_rules import Turn, Watched, read, triggers
from chatbot.domain.alerts import Alert, AlertStatus, Gauge
from chatbot.domain.ids import AlertId, MarketCode
from chatbot.domain.market import Ticker
from chatbot.domain.money import EXACT
from chatbot.domain.ticks import Tick
from chatbot.services.alert_guards import NEVER, Guard, Heads, breached, holds_until, narrowed
from chatbot.services.alert_windows import Range

_CHUNK = 1_024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DIGITS: Final = 16
_LEAST: Final = -450
"""The order of magnitude below which nothing is read."""


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
    if alert.status is AlertStatus.RESTING:
        moments.append(alert.rests_until or _EPOCH)  # without an end it waits for a reading, from tick to tick
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
    """The marks of a spot."""

    __slots__ = ("_falling", "_rising")

    def __init__(self) -> None:
        self._rising, self._falling = Ladder(), Ladder()

    def __bool__(self) -> bool:
        return bool(self._rising) or bool(self._falling)

    @property
    def heads(self) -> Heads:
        """What a reading between comes to no mark."""
        rising = _value(self._rising.first) if self._rising else None
        return Heads(rising, _value(self._falling.last) if self._falling else None)

    def add(self, mark: Mark) -> None:
        (self._rising if mark.rising else self._falling).add(mark.key, mark.alert)

    def remove(self, mark: Mark) -> None:
        (self._rising if mark.rising else self._falling).remove(mark.key, mark.alert)

    def reached(self, spot: Spot, reading: Decimal) -> Iterator[Mark]:
        """The marks a reading comes to."""
        key = order_key(reading)
        for level, alert in self._rising.up_to(key):
            yield Mark(spot, True, level, AlertId(alert))
        for level, alert in self._falling.down_to(key):
            yield Mark(spot, False, level, AlertId(alert))


class AlertIndex:
    """The marks of one venue's alerts. It is read where ticks come, and changed where rows are written: in threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._markets: dict[MarketCode, dict[Spot, Corridor]] = {}
        self._guards: dict[MarketCode, Guard] = {}
        self._hold_until: dict[MarketCode, datetime] = {}
        self._first_to_end = NEVER
        self._doubted: set[MarketCode] = set()  # those whose guards may not be true
        self._spans: Mapping[MarketCode, timedelta] | None = None
        self._moments = Ladder()

    def windows(self) -> Mapping[MarketCode, timedelta]:
        """The markets in which windows are read, with the longest of each; the same object until they change."""
        with self._lock:
            if self._spans is None:
                spans = {
                    market: [spot.window for spot in spots if spot.window] for market, spots in self._markets.items()
                }
                self._spans = {market: max(those) for market, those in spans.items() if those}
            return self._spans

    def take_up(self, alerts: Iterable[Alert | Watched]) -> None:
        """Alerts there are. What is known of them already may be newer: its marks stay."""
        with self._lock:
            for alert in alerts:
                self._add(marks(alert))

    def follow(self, before: Alert | None, after: Alert | Watched | None) -> None:
        """An alert became another; None is none."""
        with self._lock:
            self._swap(marks(before) if before else (), marks(after) if after else ())

    def doubt(self, market: MarketCode) -> None:
        """More became known of a market's past."""
        with self._lock:
            self._doubted.add(market)

    def reached(self, tick: Tick, seen: Callable[[MarketCode, timedelta], Range | None]) -> list[Mark]:
        """All marks a tick comes to. They stay until `settle` or `follow` takes them away.

        `seen` tells the extremes of the window of a market that ends with the tick.
        """
        found = list[Mark]()
        with self._lock:
            self._doubt_what_ends(tick.at)
            for market in self._doubted.union(breached(self._guards.items(), tick.tickers)):
                ticker = tick.tickers.get(market)
                if ticker is not None:
                    found += self._look(market, ticker, seen)
            for key, alert in self._moments.up_to(moment_key(tick.at)):
                found.append(Mark(None, True, key, AlertId(alert)))
        return found

    def settle(self, reached: Sequence[Mark], turns: Sequence[Turn]) -> None:
        """After the turns of those whose marks were reached: marks follow, and those that were no longer true go."""
        waiting = {turn.after.id: marks(turn.after) for turn in turns}
        with self._lock:
            self._remove(mark for mark in reached if mark not in waiting.get(mark.alert, ()))
            for turn in turns:
                if turn.after is not turn.before:
                    self._swap(marks(turn.before), waiting[turn.after.id])

    def _look(
        self, market: MarketCode, ticker: Ticker, seen: Callable[[MarketCode, timedelta], Range | None]
    ) -> list[Mark]:
        """The marks that a ticker comes to; the market's guard is made anew."""
        found, guard, until = list[Mark](), Guard(), NEVER
        for spot, corridor in self._markets.get(market, {}).items():
            extremes = None if spot.window is None else seen(market, spot.window)
            reading = read(spot.gauge, ticker, lowest=extremes and extremes.low, highest=extremes and extremes.high)
            if reading is not None:
                found += corridor.reached(spot, reading)
            heads = corridor.heads
            guard = narrowed(guard, spot.gauge, heads, last=ticker.last, seen=extremes)
            until = min(until, holds_until(spot.gauge, heads, seen=extremes, window=spot.window))
        self._guards[market] = guard
        self._hold_until[market] = until
        self._first_to_end = min(until, self._first_to_end)
        self._doubted.discard(market)
        return found

    def _doubt_what_ends(self, now: datetime) -> None:
        if now < self._first_to_end:
            return
        self._doubted.update(market for market, until in self._hold_until.items() if until <= now)
        self._first_to_end = min((until for until in self._hold_until.values() if until > now), default=NEVER)

    def _swap(self, old: Sequence[Mark], new: Sequence[Mark]) -> None:
        self._remove(mark for mark in old if mark not in new)
        self._add(new)

    def _add(self, new: Iterable[Mark]) -> None:
        for mark in new:
            if mark.spot is None:
                self._moments.add(mark.key, mark.alert)
                continue
            market = mark.spot.market
            spots = self._markets.setdefault(market, {})
            if mark.spot not in spots:
                spots[mark.spot], self._spans = Corridor(), None
            spots[mark.spot].add(mark)
            self._doubted.add(market)

    def _remove(self, old: Iterable[Mark]) -> None:
        for mark in old:
            if mark.spot is None:
                self._moments.remove(mark.key, mark.alert)
            elif (corridor := self._markets.get(mark.spot.market, {}).get(mark.spot)) is not None:
                corridor.remove(mark)
                self._doubted.add(mark.spot.market)
                if not corridor:
                    self._leave(mark.spot)

    def _leave(self, spot: Spot) -> None:
        """Nothing waits there any more."""
        self._spans = None
        del self._markets[spot.market][spot]
        if not self._markets[spot.market]:
            del self._markets[spot.market]
            self._doubted.discard(spot.market)
            self._guards.pop(spot.market, None)
            self._hold_until.pop(spot.market, None)


def _place(keys: "array[int]", numbers: "array[int]", key: int, number: int) -> int:
    """Where a pair stands among sorted ones, or would."""
    start = bisect_left(keys, key)
    return bisect_left(numbers, number, start, bisect_right(keys, key, start))


def _value(key: int) -> Decimal:
    """The value of at most 16 digits that a key stands for."""
    exponent, digits = divmod(key, 10**_DIGITS)
    return Decimal(digits).scaleb(exponent + _LEAST - _DIGITS + 1, context=EXACT)
