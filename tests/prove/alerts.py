"""Random price paths through the engine and its index, held against a plain reference that looks at everything.

A case is a small world of many alerts, each on a market of its own, whose price jumps, stands still, touches levels and
goes missing; people who snooze, pause, resume and edit; chats that close and open; transactions that fail; times away;
restarts, after which everything is read from the rows. What the engine told, alert by alert and tick by tick, and
whether it said that it was late, must be exactly what the reference says, which knows no index and no decimals.
"""

import asyncio
import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

from chatbot.domain.accounts import Venue
from chatbot.domain.alerts import Rule
from chatbot.domain.bars import Bar
from chatbot.domain.ids import AlertId, ChatId, MarketCode, PersonId
from chatbot.domain.market import Ticker
from chatbot.domain.places import Place
from chatbot.domain.ticks import Tick
from chatbot.ports.alerts import NewAlert
from chatbot.services.alert_engine import AlertEngine
from tests.fakes.clock import FakeClock
from tests.prove.alert_reference import UNIT, Deed, Path, Reference, Seen, Wish, some_path, some_wish
from tests.prove.alert_rows import Rows, RowsInMemory, Told, rows_in_tables
from tests.prove.proof import Proof, Run

PATHS = 200
"""Alerts in a case, each with a path of its own."""
_TICKS = 14
_IN_TABLES = 100
"""One in so many cases goes through the program's own tables, which takes ten times as long."""
_BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)
_CHATS = range(5)
_MANY = 10**9


@dataclass(slots=True)
class World:
    """One case. By tick: transactions that fail, chats that are closed, restarts right before it, times away before it.

    It is also what the engine is told of past prices. `now` is the number of the ticks that there were.
    """

    at: list[int]
    paths: list[Path]
    wishes: list[Wish]
    failing: set[int]
    closed: dict[int, set[int]]
    restarts: set[int]
    late: set[int]
    now: int = 0
    told: list[Told] = field(default_factory=list)

    @classmethod
    def dreamt(cls, chance: random.Random, alerts: int) -> "World":
        def some(probability: float) -> set[int]:  # of time
            return {tick for tick in range(1, _TICKS) if chance.random() < probability}

        steps = [chance.choice((5, 5, 20, 20, 60, 61, 150, 600)) for _ in range(_TICKS)]
        at = [sum(steps[: number + 1]) for number in range(_TICKS)]
        paths = [some_path(chance, at) for _ in range(alerts)]
        return cls(
            at=at,
            paths=paths,
            wishes=[some_wish(chance, path) for path in paths],
            failing=some(0.05),
            closed={tick: {chat for chat in _CHATS if chance.random() < 0.1} for tick in range(_TICKS)},
            restarts=some(0.1),
            late=some(0.1),
        )

    # The engine's side

    async def live(self, rows: Rows) -> None:
        """Alerts are set after the first tick, in the order of the wishes."""
        engine = AlertEngine(store=rows.store, past=self, clock=FakeClock())
        for tick in range(_TICKS):
            self.now = tick
            if tick in self.restarts:
                engine = AlertEngine(store=rows.store, past=self, clock=FakeClock())
            await rows.prepare(closed={ChatId(-1 - chat) for chat in self.closed[tick]}, fails=tick in self.failing)
            told = await self._tick(engine, tick, rows)
            self.told.append(told)
            self.now = tick + 1
            if tick == 0:
                for market, wish in enumerate(self.wishes):
                    await engine.add(_as_new(wish, market), allowance=_MANY, now=_moment(self.at[0]))
            for number, wish in enumerate(self.wishes):
                if tick in wish.deeds:
                    await self._do(engine, AlertId(number + 1), wish.deeds[tick], now=_moment(self.at[tick]))

    async def _tick(self, engine: AlertEngine, tick: int, rows: Rows) -> Told:
        try:
            await engine.on_tick(self._as_tick(tick))
        except OSError:
            assert tick in self.failing and not await rows.told()
        return sorted(await rows.told())

    async def _do(self, engine: AlertEngine, alert: AlertId, deed: Deed, *, now: datetime) -> None:
        if deed.what == "snooze":
            until = now + timedelta(seconds=deed.seconds)
            await engine.snooze(alert, until=until, allowance=_MANY, now=now)
        elif deed.what == "pause":
            await engine.pause(alert, now=now)
        elif deed.what == "watch":
            await engine.watch(alert, reading=None, allowance=_MANY, now=now)
        elif deed.to is not None and (stored := await engine.get(alert)) is not None:
            await engine.change(
                stored,
                rule=_rule(deed.to),
                cooldown=_span(deed.to.cooldown),
                until=_end(deed.to),
                note="edited",
                picture=True,
                reading=None,
                allowance=_MANY,
                now=now,
            )

    async def finest(self, market: MarketCode, *, venue: Venue, span: timedelta, now: datetime) -> tuple[Bar, ...]:
        """Every tick of the market so far, as a bar of its own."""
        found = zip(self.at[: self.now], self.paths[int(market)].seen, strict=False)
        return tuple(_bar(at, seen) for at, seen in found if seen is not None and seen.last > 0)

    async def newest(self, venue: Venue) -> Mapping[MarketCode, Bar]:
        """What the last ticks of the last minute said."""
        if not self.now:
            return {}
        minute = self.at[self.now - 1] // 60 * 60
        return {
            MarketCode(str(market)): _bar(minute, seen)
            for market, path in enumerate(self.paths)
            for tick in range(self.now)
            if self.at[tick] >= minute and (seen := path.seen[tick]) is not None and seen.last > 0
        }

    def _as_tick(self, number: int) -> Tick:
        at = _moment(self.at[number])
        said = ((MarketCode(str(market)), path.seen[number]) for market, path in enumerate(self.paths))
        tickers = {market: _ticker(market, seen, at) for market, seen in said if seen is not None}
        since = _moment(self.at[number - 1]) if number in self.late else None
        return Tick(venue=Venue.PAPER, at=at, tickers=tickers, since=since)

    # The reference's side

    def expect(self) -> list[Told]:
        expected: list[Told] = [[] for _ in range(_TICKS)]
        for number, (wish, path) in enumerate(zip(self.wishes, self.paths, strict=True)):
            reference = Reference.of(wish, path)
            for tick in range(_TICKS):
                if tick in self.restarts:
                    reference.began = tick
                closed = reference.wish.chat in self.closed[tick]
                if tick and reference.tick(tick, closed=closed, fails=tick in self.failing):
                    expected[tick].append((AlertId(number + 1), tick in self.late))
                if tick == 0:
                    reference.begin(tick)
                if tick in wish.deeds:
                    reference.do(wish.deeds[tick], tick)
        return expected


def _as_new(wish: Wish, market: int) -> NewAlert:
    return NewAlert(
        venue=Venue.PAPER,
        market=MarketCode(str(market)),
        base="BTC",
        counter="USDT",
        rule=_rule(wish),
        place=Place(chat=ChatId(-1 - wish.chat)),
        set_by=PersonId(1),
        cooldown=_span(wish.cooldown),
        until=_end(wish),
        note="",
        picture=False,
        reading=None,
    )


def _rule(wish: Wish) -> Rule:
    move = None if wish.move is None else Decimal(wish.move)
    level = Decimal(wish.level) / UNIT
    return Rule(gauge=wish.gauge, crossing=wish.crossing, level=level, window=_span(wish.window), move=move)


def _end(wish: Wish) -> datetime | None:
    return None if wish.until is None else _moment(wish.until)


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _ticker(market: MarketCode, seen: Seen, at: datetime) -> Ticker:
    last, bid, ask = _price(seen.last), _price(seen.bid), _price(seen.ask)
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


@cache
def _price(cents: int) -> Decimal:
    return Decimal(cents) / 100


def _bar(at: int, seen: Seen) -> Bar:
    price, start = _price(seen.last), _moment(at // 60 * 60)
    return Bar(start=start, open=price, high=price, low=price, close=price, volume=Decimal(seen.volume))


def _moment(seconds: int) -> datetime:
    return _BEGIN + timedelta(seconds=seconds)


def prove(run: Run) -> None:
    with asyncio.Runner() as runner:
        for case, chance in run.cases(worth=PATHS):
            world = World.dreamt(chance, min(PATHS, run.first + run.count - case))
            runner.run(_live(run, world, in_tables=case // PATHS % _IN_TABLES == 0))
            _compare(run, case, world)


async def _live(run: Run, world: World, *, in_tables: bool) -> None:
    async with AsyncExitStack() as stack:
        rows: Rows = RowsInMemory()
        if in_tables:
            rows = await stack.enter_async_context(rows_in_tables())
            run.remarks["alerts in tables"] = run.remarks.get("alerts in tables", 0) + len(world.wishes)
        await world.live(rows)


def _compare(run: Run, case: int, world: World) -> None:
    for tick, (should, did) in enumerate(zip(world.expect(), world.told, strict=True)):
        for _, late in did:
            run.remark("alerts told late" if late else "alerts told")
        for alert, late in {*should, *did}:
            if should.count((alert, late)) != did.count((alert, late)):
                wish, path = world.wishes[alert - 1], world.paths[alert - 1]
                run.fail(case, f"{wish}\n{did.count((alert, late))} times at tick {tick} of {path}\n{world.restarts}")
                return


PROOF = Proof(
    name="alerts",
    claim="alerts, each on a random price path of its own: told exactly as a plain reference says, late ones as such",
    required=1_000_000,
    sample=1_000,
    prove=prove,
    shares=2,
)
