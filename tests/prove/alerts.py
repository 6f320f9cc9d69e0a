"""Random price paths through the engine and its index, held against a plain reference that looks at everything.

A case is a small world: a few markets whose prices jump, stand still, touch levels and go missing; alerts of every kind
on them, each with a path of its own through its market's prices; people who snooze, pause and resume; chats that close
and open; transactions that fail; restarts. What the engine told, alert by alert and tick by tick, must be exactly what
the reference tells, which knows no index, no decimals and nothing of the program's rules.
"""

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chatbot.domain.accounts import Venue
from chatbot.domain.alerts import Crossing, Gauge, Rule
from chatbot.domain.bars import Bar
from chatbot.domain.ids import AlertId, ChatId, MarketCode, PersonId
from chatbot.domain.market import Ticker
from chatbot.domain.places import Place
from chatbot.domain.ticks import Tick
from chatbot.ports.alerts import NewAlert
from chatbot.services.alert_engine import AlertEngine
from tests.fakes.alert_store import MemoryStore
from tests.fakes.clock import FakeClock
from tests.prove.proof import Proof, Run

PATHS = 200
"""Alerts in a case, each with a path."""
_MARKETS, _TICKS = 5, 14
_BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)
_UNIT = 10**8
"""The reference counts in hundred-millionths: of the counter currency, of a percent, of the base currency."""
_CENT = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a market says at a tick: prices in cents, volume in whole units."""

    last: int
    bid: int
    ask: int
    volume: int


@dataclass(slots=True, kw_only=True)
class Market:
    """One market's way through time; None where it says nothing. `at` are seconds."""

    at: list[int]
    seen: list[Seen | None]

    def read(self, gauge: Gauge, tick: int, window: int | None) -> int | None:
        seen = self.seen[tick]
        if seen is None or seen.last <= 0:
            return None
        if gauge is Gauge.PRICE:
            return seen.last * _CENT
        if gauge is Gauge.VOLUME:
            return seen.volume * _UNIT
        if gauge is Gauge.SPREAD:
            sane = 0 < seen.bid <= seen.ask
            return 200 * _UNIT * (seen.ask - seen.bid) // (seen.ask + seen.bid) if sane else None
        assert window is not None
        prices = [
            then.last
            for at, then in zip(self.at[: tick + 1], self.seen, strict=False)
            if then is not None and then.last > 0 and at // 60 * 60 > self.at[tick] - window
        ]
        if gauge is Gauge.RISE:
            return 100 * _UNIT * (seen.last - min(prices)) // min(prices)
        return 100 * _UNIT * (max(prices) - seen.last) // max(prices)


@dataclass(slots=True, kw_only=True)
class Wish:
    """An alert as somebody set it, in the reference's numbers, and what they did to it after which tick."""

    market: int
    gauge: Gauge
    crossing: Crossing
    level: int
    window: int | None
    move: int | None
    cooldown: int | None
    until: int | None
    chat: int
    deeds: dict[int, tuple[str, int]]


@dataclass(slots=True, kw_only=True)
class Reference:
    """One alert, the obvious way. `side` is -1 below, 1 above, 0 neither."""

    wish: Wish
    level: int = 0
    side: int = 0
    state: str = "watching"
    rests_until: int = 0
    until: int | None = None

    def begin(self, reading: int | None, now: int) -> None:
        if self.until is not None and self.until <= now:
            self.until = None
        self.state, self.rests_until = "resting", now
        if reading is not None:
            self._anchor(reading)
            self._stand(reading)

    def tick(self, reading: int | None, now: int, *, closed: bool) -> bool:
        """Whether it is told."""
        if self.state in ("ended", "gone"):
            return False
        if self.until is not None and now >= self.until:
            self.state = "ended"
        if self.state in ("ended", "paused") or reading is None:
            return False
        if self.state == "resting":
            if now >= self.rests_until:
                self._wake(reading)
            return False
        return self._cross(reading, now, closed=closed)

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

    def _wake(self, reading: int) -> None:
        move = self.wish.move
        if move is not None and (reading >= self.level if move > 0 else reading <= self.level):
            self._anchor(reading)
        self._stand(reading)

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


@dataclass(slots=True)
class World:
    """One case. Trouble is by tick: transactions that fail, chats that are closed, restarts right before it."""

    chance: random.Random
    at: list[int] = field(default_factory=list)
    markets: list[Market] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)
    failing: set[int] = field(default_factory=set)
    closed: dict[int, set[int]] = field(default_factory=dict)
    restarts: set[int] = field(default_factory=set)
    now: int = 0

    @classmethod
    def dreamt(cls, chance: random.Random, paths: int) -> "World":
        world = cls(chance)
        steps = [chance.choice((5, 5, 20, 20, 60, 61, 150, 600)) for _ in range(_TICKS)]
        world.at = [sum(steps[: number + 1]) for number in range(_TICKS)]
        world.markets = [Market(at=world.at, seen=_prices(chance)) for _ in range(_MARKETS)]
        world.wishes = [_wish(chance, world) for _ in range(paths)]
        world.failing = {tick for tick in range(1, _TICKS) if chance.random() < 0.05}
        world.closed = {tick: {chat for chat in range(5) if chance.random() < 0.1} for tick in range(_TICKS)}
        world.restarts = {tick for tick in range(1, _TICKS) if chance.random() < 0.1}
        return world

    # The engine's side

    async def live(self) -> list[list[AlertId]]:
        """What the engine tells at each tick. Alerts are set after the first, in the order of the wishes."""
        store = MemoryStore()
        engine = AlertEngine(store=store, past=self, clock=FakeClock())
        told = []
        for tick in range(_TICKS):
            if tick in self.restarts:
                engine = AlertEngine(store=store, past=self, clock=FakeClock())
                await engine.load()
            store.told, store.fails = [], tick in self.failing
            store.closed = {ChatId(chat) for chat in self.closed[tick]}
            self.now = tick
            try:
                await engine.on_tick(self.tick(tick))
            except OSError:
                assert store.fails and not store.told
            told.append(sorted(store.told))
            if tick == 0:
                await self._set_all(engine)
            else:
                await self._do(engine, tick)
        return told

    async def finest(self, market: MarketCode, *, venue: Venue, span: timedelta, now: datetime) -> tuple[Bar, ...]:
        """Every tick of the market so far, as a bar of its own."""
        found = zip(self.at[: self.now + 1], self.markets[int(market)].seen, strict=False)
        return tuple(_bar(at, Decimal(seen.last) / 100) for at, seen in found if seen is not None and seen.last > 0)

    def tick(self, number: int) -> Tick:
        tickers = {
            MarketCode(str(code)): _ticker(MarketCode(str(code)), seen, _moment(self.at[number]))
            for code, market in enumerate(self.markets)
            if (seen := market.seen[number]) is not None
        }
        return Tick(venue=Venue.PAPER, at=_moment(self.at[number]), tickers=tickers)

    async def _set_all(self, engine: AlertEngine) -> None:
        for wish in self.wishes:
            await engine.add(_as_new(wish), allowance=10**9, now=_moment(self.at[0]))

    async def _do(self, engine: AlertEngine, tick: int) -> None:
        now = _moment(self.at[tick])
        for number, wish in enumerate(self.wishes):
            deed, seconds = wish.deeds.get(tick, ("", 0))
            alert = AlertId(number + 1)
            if deed == "snooze":
                await engine.snooze(alert, until=now + timedelta(seconds=seconds), now=now)
            elif deed == "pause":
                await engine.pause(alert, now=now)
            elif deed == "watch":
                await engine.watch(alert, reading=None, now=now)

    # The reference's side

    def expect(self) -> list[list[AlertId]]:
        references = [Reference(wish=wish, level=wish.level, until=wish.until) for wish in self.wishes]
        told: list[list[AlertId]] = []
        for tick in range(_TICKS):
            hits = []
            for number, each in enumerate(references):
                reading = self.markets[each.wish.market].read(each.wish.gauge, tick, each.wish.window)
                if tick == 0:
                    each.begin(reading, self.at[0])
                    continue
                closed = each.wish.chat in self.closed[tick]
                if tick not in self.failing and each.tick(reading, self.at[tick], closed=closed):
                    hits.append(AlertId(number + 1))
                _deed(each, tick, self.at[tick], reading)
            told.append(hits)
        return told


def _deed(each: Reference, tick: int, now: int, reading: int | None) -> None:
    deed, seconds = each.wish.deeds.get(tick, ("", 0))
    if deed == "snooze":
        if each.until is not None and each.until <= now:
            each.until = None
        each.state, each.rests_until = "resting", now + seconds
    elif deed == "pause":
        each.state = "paused"
    elif deed == "watch":
        each.begin(reading, now)


def _prices(chance: random.Random) -> list[Seen | None]:
    """Prices that visit few values, so that levels are met exactly; with jumps, pauses and nonsense."""
    middle = chance.choice((20_000, 50_000, 90_000))
    step = chance.choice((5, 20, 500))
    price = middle
    found: list[Seen | None] = []
    for _ in range(_TICKS):
        price = max(1, price + step * chance.choice((-3, -2, -1, -1, 0, 1, 1, 2, 3)))
        if chance.random() < 0.1:
            price = middle
        spread = chance.choice((0, 10, 20, 100, 400, -10))
        seen = Seen(last=price, bid=price - spread // 2, ask=price + spread // 2, volume=chance.randint(80, 120))
        nonsense = chance.random()
        found.append(None if nonsense < 0.05 else replace(seen, last=0) if nonsense < 0.08 else seen)
    return found


def _wish(chance: random.Random, world: World) -> Wish:
    market = chance.randrange(_MARKETS)
    gauge = chance.choices(tuple(Gauge), weights=(6, 1, 1, 1, 1))[0]
    crossing = chance.choice(tuple(Crossing))
    move = None
    prices = [seen.last for seen in world.markets[market].seen if seen is not None and seen.last] or [100]
    level = (chance.choice(prices) + chance.choice((-1, 0, 0, 1))) * _CENT
    if gauge is Gauge.PRICE and chance.random() < 0.3:
        move = chance.choice((-3, -2, -1, 1, 2, 3))
        crossing = Crossing.UP if move > 0 else Crossing.DOWN
    elif gauge is Gauge.VOLUME:
        level = chance.randint(85, 115) * _UNIT
    elif gauge is not Gauge.PRICE:
        level = chance.choice((_UNIT // 50, _UNIT // 10, _UNIT // 2, 2 * _UNIT))
    deeds = {}
    if chance.random() < 0.3:
        deeds[chance.randint(1, 5)] = (chance.choice(("snooze", "pause")), chance.choice((10, 100, 500)))
        deeds[chance.randint(6, 10)] = ("watch", 0)
    return Wish(
        market=market,
        gauge=gauge,
        crossing=crossing,
        level=level,
        window=chance.choice((120, 300, 900)) if gauge in (Gauge.RISE, Gauge.FALL) else None,
        move=move,
        cooldown=chance.choice((None, 0, 0, 30, 100, 600)),
        until=None if chance.random() < 0.8 else world.at[-1] * chance.randint(20, 100) // 100,
        chat=chance.randrange(5),
        deeds=deeds,
    )


def _as_new(wish: Wish) -> NewAlert:
    move = None if wish.move is None else Decimal(wish.move)
    window = None if wish.window is None else timedelta(seconds=wish.window)
    return NewAlert(
        venue=Venue.PAPER,
        market=MarketCode(str(wish.market)),
        base="BTC",
        counter="USDT",
        rule=Rule(
            gauge=wish.gauge, crossing=wish.crossing, level=Decimal(wish.level) / _UNIT, window=window, move=move
        ),
        place=Place(chat=ChatId(wish.chat)),
        set_by=PersonId(1),
        cooldown=None if wish.cooldown is None else timedelta(seconds=wish.cooldown),
        until=None if wish.until is None else _moment(wish.until),
        note="",
        picture=False,
        reading=None,
    )


def _ticker(market: MarketCode, seen: Seen, at: datetime) -> Ticker:
    last, bid, ask = (Decimal(cents) / 100 for cents in (seen.last, seen.bid, seen.ask))
    return Ticker(
        market=market,
        bid=bid,
        ask=ask,
        last=last,
        last_size=Decimal(1),
        volume=Decimal(seen.volume),
        change=Decimal(0),
        low=last,
        high=last,
        average=last,
        at=at,
    )


def _bar(at: int, price: Decimal) -> Bar:
    return Bar(start=_moment(at // 60 * 60), open=price, high=price, low=price, close=price, volume=Decimal(0))


def _moment(seconds: int) -> datetime:
    return _BEGIN + timedelta(seconds=seconds)


def prove(run: Run) -> None:
    with asyncio.Runner() as runner:
        for case, chance in run.cases(worth=PATHS):
            world = World.dreamt(chance, min(PATHS, run.first + run.count - case))
            expected, told = world.expect(), runner.run(world.live())
            _compare(run, case, world, expected=expected, told=told)


def _compare(run: Run, case: int, world: World, *, expected: list[list[AlertId]], told: list[list[AlertId]]) -> None:
    for tick, (should, did) in enumerate(zip(expected, told, strict=True)):
        run.remarks["alerts told"] = run.remarks.get("alerts told", 0) + len(did)
        for alert in {*should, *did}:
            if should.count(alert) != did.count(alert):
                wish = world.wishes[alert - 1]
                path = world.markets[wish.market]
                run.fail(case, f"{wish}\ntold {did.count(alert)} times at tick {tick} of {path}\n{world.failing}")
                return


PROOF = Proof(
    name="alerts",
    claim="random price paths, restarts and failures: alerts fire exactly as a plain reference says",
    required=1_000_000,
    sample=2_000,
    prove=prove,
    shares=2,
)
