"""What an alert should do, the obvious way: whole numbers, everything that was ever seen at hand, and nothing of the
program's rules.
"""

import random
from dataclasses import dataclass, replace

from chatbot.domain.alerts import Crossing, Gauge

UNIT = 10**8
"""The reference counts in hundred-millionths: of the counter currency, of a percent, of the base currency."""
CENT = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a market says at a tick: prices in cents, volume in whole units."""

    last: int
    bid: int
    ask: int
    volume: int


@dataclass(slots=True, kw_only=True)
class Path:
    """One market's way through time; None where it says nothing. `at` are seconds."""

    at: list[int]
    seen: list[Seen | None]

    def read(self, gauge: Gauge, tick: int, window: int | None) -> int | None:
        return self._read(gauge, tick, window, now=self.at[tick])

    def written_before(self, tick: int) -> int:
        """The minute that a program knows that begins with a tick: the last one in which anything was."""
        return self.at[tick - 1] // 60 * 60

    def read_written(self, gauge: Gauge, before: int, window: int | None) -> int | None:
        """What was written down of that minute: its last price, and the volume then."""
        minute = self.written_before(before)
        there = (tick for tick in reversed(range(before)) if self.at[tick] >= minute and _priced(self.seen[tick]))
        tick = next(there, None)
        return None if tick is None or gauge is Gauge.SPREAD else self._read(gauge, tick, window, now=minute)

    def _read(self, gauge: Gauge, tick: int, window: int | None, *, now: int) -> int | None:
        seen = self.seen[tick]
        if seen is None or seen.last <= 0:
            return None
        if gauge is Gauge.PRICE:
            return seen.last * CENT
        if gauge is Gauge.VOLUME:
            return seen.volume * UNIT
        if gauge is Gauge.SPREAD:
            sane = 0 < seen.bid <= seen.ask
            return 200 * UNIT * (seen.ask - seen.bid) // (seen.ask + seen.bid) if sane else None
        assert window is not None
        prices = [
            then.last
            for at, then in zip(self.at[: tick + 1], self.seen, strict=False)
            if then is not None and then.last > 0 and at // 60 * 60 > now - window
        ]
        if gauge is Gauge.RISE:
            return 100 * UNIT * (seen.last - min(prices)) // min(prices)
        return 100 * UNIT * (max(prices) - seen.last) // max(prices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody does to an alert: `snooze` it for so many `seconds`, `pause`, `watch`, or `change` it `to` another
    rule and cool-down.
    """

    what: str
    seconds: int = 0
    to: "Wish | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An alert as somebody set it, in the reference's numbers, and what is done to it after which tick."""

    gauge: Gauge
    crossing: Crossing
    level: int
    window: int | None
    move: int | None
    cooldown: int | None
    until: int | None
    chat: int
    deeds: dict[int, Deed]


@dataclass(slots=True, kw_only=True)
class Reference:
    """One alert. `side` is -1 below, 1 above, 0 neither. Since the program `began` before a tick, it can remember."""

    wish: Wish
    path: Path
    level: int = 0
    side: int = 0
    state: str = "watching"
    rests_until: int | None = None
    until: int | None = None
    began: int = 0

    @classmethod
    def of(cls, wish: Wish, path: Path) -> "Reference":
        return cls(wish=wish, path=path, level=wish.level, until=wish.until)

    def tick(self, tick: int, *, closed: bool, fails: bool) -> bool:
        """Whether it is told. If it `fails`, nobody can do anything about what is read."""
        now, reading = self.path.at[tick], self.path.read(self.wish.gauge, tick, self.wish.window)
        if fails or self.state == "ended":
            return False
        if self.until is not None and now >= self.until:
            self.state = "ended"
        if self.state == "resting" and (self.rests_until is None or now >= self.rests_until):
            self._wake(reading if self.rests_until is None else self._remembered(tick, self.rests_until), reading)
        if self.state != "watching" or reading is None:
            return False
        return self._cross(reading, now, closed=closed)

    def do(self, deed: Deed, tick: int) -> None:
        now = self.path.at[tick]
        if deed.what == "pause":
            self.state = "paused"
        elif deed.what == "snooze":
            self._let_end_be_open(now)
            self.state, self.rests_until = "resting", now + deed.seconds
        else:
            if deed.to is not None:
                self.wish, self.level, self.until = deed.to, deed.to.level, deed.to.until
            self.begin(tick)

    def begin(self, tick: int) -> None:
        self._let_end_be_open(self.path.at[tick])
        self.state, self.rests_until = "resting", None
        reading = self.path.read(self.wish.gauge, tick, self.wish.window)
        if reading is not None:
            self._anchor(reading)
            self._stand(reading)

    def _let_end_be_open(self, now: int) -> None:
        if self.until is not None and self.until <= now:
            self.until = None

    def _cross(self, reading: int, now: int, *, closed: bool) -> bool:
        up = self.side == -1 and self.wish.crossing is not Crossing.DOWN and reading >= self.level
        down = self.side == 1 and self.wish.crossing is not Crossing.UP and reading <= self.level
        armed = {Crossing.UP: (-1,), Crossing.DOWN: (1,), Crossing.EITHER: (-1, 1)}[self.wish.crossing]
        if (up or down) or self.side not in armed:
            self.side = self._beyond_band(reading)
        if not (up or down) or closed:
            return False
        if self.wish.cooldown is None:
            self.state = "ended"
            return True
        if self.wish.move is not None:
            self._anchor(reading)
            self.side = -1 if reading < self.level else 1
        if self.wish.cooldown:
            self.state, self.rests_until = "resting", now + self.wish.cooldown
        return True

    def _remembered(self, now: int, moment: int) -> int | None:
        """What was read at a moment, or last before it."""
        wish, path = self.wish, self.path
        for tick in reversed(range(self.began, now + 1)):
            reading = path.read(wish.gauge, tick, wish.window)
            if path.at[tick] <= moment and reading is not None:
                return reading
        if not self.began or path.written_before(self.began) > moment:
            return None
        return path.read_written(wish.gauge, self.began, wish.window)

    def _wake(self, rested: int | None, reading: int | None) -> None:
        """It stands where the reading was when the rest ended; if that is not known, where it is now."""
        first = reading if rested is None else rested
        if first is None:
            return
        move = self.wish.move
        if move is not None and (first >= self.level if move > 0 else first <= self.level):
            self._anchor(first)
        self._stand(first)

    def _stand(self, reading: int) -> None:
        self.state = "watching"
        self.side = (reading > self.level) - (reading < self.level)

    def _anchor(self, reading: int) -> None:
        if self.wish.move is not None:
            self.level = reading * (100 + self.wish.move) // 100

    def _beyond_band(self, reading: int) -> int:
        parts = 1000 if self.wish.gauge is Gauge.PRICE else 20
        if reading * parts <= self.level * (parts - 1):
            return -1
        return 1 if reading * parts >= self.level * (parts + 1) else 0


def some_path(chance: random.Random, at: list[int]) -> Path:
    """Prices that visit few values, so that levels are met exactly; with jumps, pauses and nonsense."""
    middle = chance.choice((20_000, 50_000, 90_000))
    step = chance.choice((5, 20, 500))
    price = middle
    found: list[Seen | None] = []
    for _ in at:
        price = max(1, price + step * chance.choice((-3, -2, -1, -1, 0, 1, 1, 2, 3)))
        luck = chance.random()
        if luck < 0.1:
            price = middle
        spread = chance.choice((0, 10, 20, 100, 400, -10))
        seen = Seen(last=price, bid=price - spread // 2, ask=price + spread // 2, volume=int(80 + 40 * chance.random()))
        found.append(None if luck > 0.95 else replace(seen, last=0) if luck > 0.92 else seen)
    return Path(at=at, seen=found)


def some_wish(chance: random.Random, path: Path) -> Wish:
    """An alert that has a good chance to be crossed, and what is done to it."""
    wish = _plain_wish(chance, path)
    deeds: dict[int, Deed] = {}
    luck = chance.random()
    if luck < 0.3:
        deeds[chance.randint(1, 5)] = Deed(
            what="pause" if luck < 0.1 else "snooze", seconds=chance.choice((7, 10, 100, 500))
        )
        deeds[chance.randint(6, 10)] = Deed(what="watch")
    elif luck < 0.45:
        deeds[chance.randint(1, 10)] = Deed(
            what="change", to=replace(_plain_wish(chance, path, gauge=wish.gauge), chat=wish.chat)
        )
    return replace(wish, deeds=deeds)


def _plain_wish(chance: random.Random, path: Path, *, gauge: Gauge | None = None) -> Wish:
    gauge = gauge or chance.choices(tuple(Gauge), weights=(6, 1, 1, 1, 1))[0]
    crossing, move = chance.choice(tuple(Crossing)), None
    level = chance.choice((UNIT // 50, UNIT // 10, UNIT // 2, 2 * UNIT))
    if gauge is Gauge.PRICE and chance.random() < 0.3:
        move = chance.choice((-3, -2, -1, 1, 2, 3))
        crossing = Crossing.UP if move > 0 else Crossing.DOWN
    if gauge is Gauge.PRICE:
        prices = [seen.last for seen in path.seen if _priced(seen) and seen is not None] or [100]
        level = (chance.choice(prices) + chance.choice((-1, 0, 0, 1))) * CENT
    elif gauge is Gauge.VOLUME:
        level = chance.randint(85, 115) * UNIT
    return Wish(
        gauge=gauge,
        crossing=crossing,
        level=level,
        window=chance.choice((120, 300, 900)) if gauge in (Gauge.RISE, Gauge.FALL) else None,
        move=move,
        cooldown=chance.choice((None, 0, 0, 7, 30, 100, 600)),
        until=None if chance.random() < 0.8 else path.at[-1] * chance.randint(20, 100) // 100,
        chat=chance.randrange(5),
        deeds={},
    )


def _priced(seen: Seen | None) -> bool:
    return seen is not None and seen.last > 0
