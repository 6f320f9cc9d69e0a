"""The alert engine, measured: a tick, a burst of hits, a rule more or less, and what a rule costs in memory."""

import gc
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_rules import Turn, Watched
from chatbot.domain.alerts import Alert, AlertStatus, Crossing, Gauge, Position, Rule
from chatbot.domain.bars import Bar
from chatbot.domain.ids import AlertId, ChatId, MarketCode, PersonId
from chatbot.domain.market import Ticker
from chatbot.domain.places import Place
from chatbot.domain.ticks import Tick
from chatbot.ports.alerts import Asked, NewAlert
from chatbot.services.alert_engine import AlertEngine
from chatbot.storage import schema
from chatbot.storage.alerts import ALERTS, StoredAlerts
from chatbot.storage.database import Database
from tests.fakes.alert_store import MemoryStore
from tests.fakes.clock import FakeClock

_MARKETS = 300
_NOW = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
_PRICE = Decimal(50_000)
_PAGE = 5_000
_HITS, _ROUNDS = 1_000, 15
_OTHERS = (
    (Gauge.SPREAD, None, Decimal(5)),
    (Gauge.VOLUME, None, Decimal(900)),
    (Gauge.RISE, timedelta(hours=1), Decimal(3)),
    (Gauge.FALL, timedelta(hours=24), Decimal(5)),
)
"""Watched by three of ten alerts, in all markets."""
_NEVER = _NOW + timedelta(days=3650)
_CENT = Decimal(100)
_PLACE = Place(chat=ChatId(1))
_TOLD = sa.text("SELECT count(*) FROM outbox")
_PACE = timedelta(seconds=5)
_NEAR = 80
"""How far prices stray, in units; the nearest levels are a little further away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTimes:
    """Medians in seconds; `slow_tick` is what 19 of 20 ticks are quicker than, `memory` in bytes a rule."""

    tick: float
    slow_tick: float
    add: float
    remove: float
    memory: float
    fire: float
    load: float


async def measure(*, rules: int, times: int) -> AlertTimes:
    """So many rules in 300 markets, six of ten in one of them; everything is measured so many times."""
    store = _Rows(rules)
    engine = AlertEngine(store=store, past=_NoPast(), clock=FakeClock())
    began = perf_counter()
    await engine.on_tick(next(_ticks(1)))  # the first one takes them up
    load = perf_counter() - began
    gc.collect()
    gc.freeze()  # as the program does once it is up
    try:
        (tick, slow_tick), (add, remove) = await _tick(engine, times=times), await _change(engine, times=times)
        memory = _size(engine) / rules
    finally:
        gc.unfreeze()
    fire = await _fire(_HITS, rounds=min(times, _ROUNDS), rows=rules)
    return AlertTimes(tick=tick, slow_tick=slow_tick, add=add, remove=remove, memory=memory, fire=fire, load=load)


async def _tick(engine: AlertEngine, *, times: int) -> tuple[float, float]:
    """All prices and volumes move at every tick, and come to no level."""
    taken = []
    for tick in _ticks(times):
        began = perf_counter()
        await engine.on_tick(tick)
        taken.append(perf_counter() - began)
    return median(taken), sorted(taken)[len(taken) * 19 // 20]


async def _change(engine: AlertEngine, *, times: int) -> tuple[float, float]:
    """Seconds to add and to remove one in the hottest market, beside what the database takes."""
    chance, adding, removing = random.Random(2), [], []
    for _ in range(times):
        rule = Rule(gauge=Gauge.PRICE, crossing=Crossing.UP, level=_PRICE + chance.randint(10_000, 5_000_000) / _CENT)
        new = _new(rule)
        began = perf_counter()
        added = await engine.add(new, allowance=1, now=_NOW)
        between = perf_counter()
        await engine.delete(added.id)
        adding.append(between - began)
        removing.append(perf_counter() - between)
    return median(adding), median(removing)


async def _fire(hits: int, *, rounds: int, rows: int) -> float:
    """Seconds until so many that fire at one tick, scattered among so many rows, are told in rows that survive."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "alerts.db")
        await database.write(schema.create)
        await database.write(lambda connection: _insert(connection, hits=hits, rounds=rounds, rows=rows))
        store = _Timed(database)
        engine = AlertEngine(store=store, past=_NoPast(), clock=FakeClock())
        await engine.on_tick(_a_tick(_PRICE))
        gc.collect()
        gc.freeze()
        for number in range(rounds):
            tick = _a_tick(_PRICE + number + 1)
            began = perf_counter()
            await engine.on_tick(tick)
            taken.append(store.durable_at - began)
        gc.unfreeze()
        told = await database.read(lambda connection: connection.execute(_TOLD).scalar_one())
        assert told == hits * rounds
        await database.aclose()
    return median(taken)


def _insert(connection: sa.Connection, *, hits: int, rounds: int, rows: int) -> None:
    """Rows of which so many fire at every unit the price goes up, in some hundred chats, with a cool-down or once; the
    rows between them have ended.
    """
    alert = _armed(1, Rule(gauge=Gauge.PRICE, crossing=Crossing.UP, level=_PRICE), MarketCode("M0"))
    row = {column.name: getattr(alert, column.name) for column in ALERTS.c if hasattr(alert, column.name)}
    row |= {column.name: getattr(alert.rule, column.name) for column in ALERTS.c if hasattr(alert.rule, column.name)}
    connection.execute(ALERTS.insert(), row | {"id": 0, "chat": 0})
    each = max(rows // (hits * rounds), 1)
    values = {
        "id": "i + 1",
        "chat": "-(i % 100) - 1",
        "level": f"{_PRICE + 1} + i / {each} % {rounds}",
        "cooldown": "CASE WHEN i % 2 THEN 3600000000 END",
        "status": f"CASE WHEN i % {each} OR i / {each} >= {hits * rounds} THEN 'ended' ELSE status END",
    }
    taken = ", ".join(values.get(column.name, column.name) for column in ALERTS.c)
    numbers = f"WITH RECURSIVE numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < {rows})"
    connection.exec_driver_sql(f"INSERT INTO alerts {numbers} SELECT {taken} FROM numbers, alerts WHERE id = 0")
    connection.execute(ALERTS.delete().where(ALERTS.c.id == 0))


class _Rows(MemoryStore):
    """So many rows, made up as they are read."""

    def __init__(self, rules: int) -> None:
        super().__init__()
        self._rules = rules

    async def pages(self, venue: Venue) -> AsyncIterator[Sequence[Watched]]:
        chance = random.Random(1)
        rules = self._rules if venue is Venue.PAPER else 0
        for first in range(0, rules, _PAGE):
            yield [_some_rule(number + 1, chance) for number in range(first, min(first + _PAGE, rules))]

    async def add(
        self, alert: Alert, *, asked_in: Asked | None, allowance: int, then: Callable[[Alert], None]
    ) -> Alert:
        added = self.alerts[AlertId(self._rules + 1)] = replace(alert, id=AlertId(self._rules + 1))
        then(added)
        return added

    async def delete(self, alert: AlertId, *, then: Callable[[Alert], None]) -> bool:
        then(self.alerts.pop(alert))
        return True


class _Timed(StoredAlerts):
    """Notes when the rows are durable; what follows in memory is not what somebody waits for."""

    durable_at = 0.0

    async def advance(self, *arguments: Any, then: Callable[[Sequence[Turn]], None], **keywords: Any) -> None:
        def noting(turns: Sequence[Turn]) -> None:
            self.durable_at = perf_counter()
            then(turns)

        await super().advance(*arguments, then=noting, **keywords)


class _NoPast:
    async def newest(self, venue: Venue) -> Mapping[MarketCode, Bar]:
        return {}

    async def finest(self, market: MarketCode, *, venue: Venue, span: timedelta, now: datetime) -> tuple[Bar, ...]:
        return ()


def _some_rule(number: int, chance: random.Random) -> Watched:
    """Six of ten watch the price in the first market, one elsewhere, three another gauge somewhere; one of fifty has an
    end.
    """
    market = 0 if number % 10 < 6 else chance.randrange(_MARKETS)
    gauge, window, level = Gauge.PRICE, None, _PRICE
    if number % 10 > 6:
        gauge, window, level = chance.choice(_OTHERS)
    crossing, position = Crossing.UP, Position.BELOW
    if gauge is Gauge.PRICE:
        away = chance.randint(10_000, 2_000_000) / _CENT
        if chance.random() < 0.5:
            crossing, position, away = Crossing.DOWN, Position.ABOVE, -away
        level += away
    return Watched(
        id=AlertId(number),
        market=MarketCode(f"M{market}"),
        rule=Rule(gauge=gauge, crossing=crossing, level=level, window=window),
        place=_PLACE,
        cooldown=None,
        until=_NEVER + timedelta(seconds=number) if number % 50 == 0 else None,
        status=AlertStatus.WATCHING,
        position=position,
        rests_until=None,
        fired_at=None,
        hits=0,
    )


def _armed(number: int, rule: Rule, market: MarketCode) -> Alert:
    return Alert(
        id=AlertId(number),
        venue=Venue.PAPER,
        market=market,
        base="BTC",
        counter="USDT",
        rule=rule,
        place=_PLACE,
        set_by=PersonId(1),
        cooldown=None,
        until=None,
        note="sell?",
        picture=False,
        status=AlertStatus.WATCHING,
        position=Position.BELOW,
        rests_until=None,
        created_at=_NOW,
        fired_at=None,
        hits=0,
    )


def _new(rule: Rule) -> NewAlert:
    return NewAlert(
        venue=Venue.PAPER,
        market=MarketCode("M0"),
        base="BTC",
        counter="USDT",
        rule=rule,
        place=_PLACE,
        set_by=PersonId(1),
        cooldown=None,
        until=None,
        note="",
        picture=False,
        reading=_PRICE,
    )


def _ticks(times: int) -> Iterator[Tick]:
    """Each market's price goes its own way, but not far."""
    chance, prices = random.Random(3), [_PRICE] * _MARKETS
    for number in range(times):
        at = _NOW + number * _PACE
        prices = [min(max(price + chance.randint(-9, 9), _PRICE - _NEAR), _PRICE + _NEAR) for price in prices]
        codes = [MarketCode(f"M{market}") for market in range(_MARKETS)]
        tickers = {
            code: _ticker(code, price, volume=10 + number % 5) for code, price in zip(codes, prices, strict=True)
        }
        yield Tick(venue=Venue.PAPER, at=at, tickers=tickers)


def _a_tick(price: Decimal) -> Tick:
    codes = [MarketCode(f"M{number}") for number in range(_MARKETS)]
    return Tick(venue=Venue.PAPER, at=_NOW, tickers={code: _ticker(code, price) for code in codes})


def _ticker(market: MarketCode, price: Decimal, *, volume: int = 10) -> Ticker:
    return Ticker(
        market=market,
        bid=price - 1,
        ask=price + 1,
        last=price,
        last_size=Decimal(1),
        volume=Decimal(volume),
        change=Decimal("1.25"),
        low=price,
        high=price,
        average=price,
        at=_NOW,
    )


def _size(engine: AlertEngine) -> int:
    """Bytes of all that an engine is made of, its last tick included."""
    seen: set[int] = set()
    waiting: list[object] = [engine]
    total = 0
    while waiting:
        each = waiting.pop()
        if id(each) not in seen and not isinstance(each, type):
            seen.add(id(each))
            total += sys.getsizeof(each)
            waiting += gc.get_referents(each)
    return total
