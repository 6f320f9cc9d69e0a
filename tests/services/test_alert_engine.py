from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_rules import Watched
from chatbot.domain.alerts import Alert, AlertStatus, Crossing, Gauge, Rule
from chatbot.domain.ids import ChatId, MarketCode, PersonId
from chatbot.domain.market import Ticker
from chatbot.domain.notices import AlertFired
from chatbot.domain.places import Place
from chatbot.domain.ticks import Tick
from chatbot.ports.alerts import AllowanceUsed, NewAlert
from chatbot.services.alert_engine import AlertEngine
from chatbot.services.bars import PriceHistory
from chatbot.storage.alerts import ALERTS
from chatbot.storage.opening import Storage
from tests.fakes.clock import START, FakeClock
from tests.fakes.values import ticker

HOUR = timedelta(hours=1)
GROUP = Place(chat=ChatId(-100), thread=4)
BTC = MarketCode("BTCUSDT")
ABOVE_80 = Rule(gauge=Gauge.PRICE, crossing=Crossing.UP, level=Decimal(80))


class Desk:
    """The engine with its history of prices, over a real storage, and a market whose price is what is said."""

    def __init__(self, storage: Storage, clock: FakeClock) -> None:
        self.storage, self.clock = storage, clock
        self.history = PriceHistory(storage.bars)
        self.engine = AlertEngine(store=storage.alerts, past=self.history, clock=clock)

    async def restart(self) -> None:
        self.engine = AlertEngine(store=self.storage.alerts, past=self.history, clock=self.clock)

    async def add(
        self, rule: Rule = ABOVE_80, *, reading: str | None = "75", allowance: int = 50, **more: Any
    ) -> Alert:
        said: dict[str, Any] = {
            "venue": Venue.PAPER,
            "market": BTC,
            "base": "BTC",
            "counter": "USDT",
            "rule": rule,
            "place": GROUP,
            "set_by": PersonId(7),
            "cooldown": None,
            "until": None,
            "note": "",
            "picture": False,
            "reading": None if reading is None else Decimal(reading),
        }
        return await self.engine.add(NewAlert(**(said | more)), allowance=allowance, now=self.clock.now())

    async def tick(self, last: str, *, since: datetime | None = None, **more: Any) -> None:
        prices: dict[MarketCode, Ticker] = {BTC: replace(ticker(last=last), **more)}
        tick = Tick(venue=Venue.PAPER, at=self.clock.now(), tickers=prices, since=since)
        await self.engine.on_tick(tick)
        await self.history.on_tick(tick)

    async def told(self) -> list[AlertFired]:
        """What was told since the last time this was asked."""
        due = await self.storage.outbox.due(now=self.clock.now() + 2 * HOUR, limit=5_000)
        await self.storage.outbox.sent(*(entry.id for entry in due))
        return [entry.notice for entry in due if isinstance(entry.notice, AlertFired)]


@pytest.fixture
def desk(storage: Storage, clock: FakeClock) -> Desk:
    return Desk(storage, clock)


async def test_a_crossing_is_told_once_where_it_was_asked_for(desk: Desk) -> None:
    alert = await desk.add()
    await desk.tick("79.99")
    assert await desk.told() == []
    await desk.tick("81")
    (entry,) = await desk.storage.outbox.due(now=START, limit=10)
    assert (entry.chat, entry.thread) == (GROUP.chat, GROUP.thread)
    fired = AlertFired(alert=alert.id, at=START, value=Decimal(81), price=Decimal(81), change=Decimal("1.25"))
    assert await desk.told() == [fired]
    await desk.tick("82")
    assert await desk.told() == []


async def test_what_was_armed_before_a_restart_fires_after_it_and_is_late(desk: Desk) -> None:
    await desk.add()
    await desk.restart()
    await desk.tick("81", since=START - HOUR)
    (fired,) = await desk.told()
    assert fired.late and fired.since == START - HOUR


async def test_a_transaction_that_fails_is_tried_again_at_the_next_tick(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.add()

    def fails(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("chatbot.storage.alerts.insert_notices", fails)
        with pytest.raises(OSError, match="disk full"):
            await desk.tick("81")
    assert await desk.told() == []
    await desk.tick("82")
    assert [fired.price for fired in await desk.told()] == [82]


async def test_edits_pauses_and_deletions_win_over_what_the_index_knew(desk: Desk) -> None:
    edited, paused, deleted = await desk.add(), await desk.add(), await desk.add()
    higher = replace(ABOVE_80, level=Decimal(90))
    again = await desk.engine.change(
        edited,
        rule=higher,
        cooldown=None,
        until=None,
        note="n",
        picture=True,
        reading=Decimal(75),
        allowance=50,
        now=START,
    )
    assert again is not None and (again.rule, again.note, again.picture) == (higher, "n", True)
    await desk.engine.pause(paused.id, now=START)
    assert await desk.engine.delete(deleted.id)
    await desk.tick("85")
    assert await desk.told() == []
    await desk.tick("90")
    assert [fired.alert for fired in await desk.told()] == [edited.id]


async def test_rows_that_others_changed_are_followed(desk: Desk) -> None:
    """As when a person leaves, or a topic is lost: the engine is not told of it."""
    await desk.add()
    paused = await desk.add()
    await desk.storage.database.write(
        lambda connection: connection.execute(
            ALERTS.update().where(ALERTS.c.id == paused.id).values(status=AlertStatus.PAUSED)
        )
    )
    await desk.storage.database.write(
        lambda connection: connection.execute(ALERTS.delete().where(ALERTS.c.id != paused.id))
    )
    await desk.tick("81")
    assert await desk.told() == []
    await desk.engine.watch(paused.id, reading=Decimal(75), allowance=50, now=START)
    await desk.tick("81")
    assert [fired.alert for fired in await desk.told()] == [paused.id]


async def test_a_closed_chat_is_not_flooded_when_it_opens(desk: Desk) -> None:
    alert = await desk.add(cooldown=timedelta(0))
    await desk.storage.chats.pause(GROUP.chat, now=START)
    for price in ("81", "79", "81", "79"):
        await desk.tick(price)
    await desk.storage.chats.resume(GROUP.chat)
    assert await desk.told() == []
    await desk.tick("81")
    assert [fired.alert for fired in await desk.told()] == [alert.id]


async def test_a_repeating_alert_rests_and_then_fires_again(desk: Desk, clock: FakeClock) -> None:
    await desk.add(cooldown=HOUR)
    for price in ("81", "70", "81"):
        await desk.tick(price)
    assert len(await desk.told()) == 1
    clock.pass_(3600)
    await desk.tick("70")
    await desk.restart()
    await desk.tick("81")
    assert len(await desk.told()) == 1


async def test_a_crossing_between_the_end_of_a_rest_and_the_next_look_is_told(desk: Desk, clock: FakeClock) -> None:
    await desk.add(cooldown=HOUR)
    await desk.tick("81")
    clock.pass_(3597)
    await desk.tick("75")
    await desk.told()
    clock.pass_(5)
    await desk.tick("81")
    assert len(await desk.told()) == 1


@pytest.mark.parametrize(("before", "told"), [("75", 1), ("85", 0)])
async def test_a_crossing_after_a_rest_that_ended_while_nobody_looked_is_told_late(
    desk: Desk, clock: FakeClock, before: str, told: int
) -> None:
    await desk.add(cooldown=HOUR)
    await desk.tick("81")
    clock.pass_(600)
    await desk.tick(before)
    await desk.told()
    await desk.history.flush()
    clock.pass_(7200)
    await desk.restart()
    await desk.tick("81", since=START + timedelta(minutes=10))
    assert [fired.late for fired in await desk.told()] == [True] * told


async def test_what_is_added_and_changed_while_all_are_taken_up_is_watched(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, deleted = await desk.add(), await desk.add()
    await desk.restart()
    pages, added = desk.storage.alerts.pages, list[Alert]()

    async def meanwhile(venue: Venue) -> AsyncIterator[Sequence[Watched]]:
        async for page in pages(venue):
            if not added:
                await desk.engine.snooze(changed.id, until=START + HOUR, allowance=50, now=START)
                await desk.engine.delete(deleted.id)
                added.append(await desk.add())
            yield page

    with monkeypatch.context() as patch:
        patch.setattr(desk.storage.alerts, "pages", meanwhile)
        await desk.tick("75")
    await desk.tick("81")
    assert [fired.alert for fired in await desk.told()] == [added[0].id]


async def test_a_snoozed_alert_wakes(desk: Desk, clock: FakeClock) -> None:
    alert = await desk.add()
    await desk.engine.snooze(alert.id, until=START + HOUR, allowance=50, now=START)
    await desk.tick("81")
    clock.pass_(3600)
    await desk.tick("79")
    await desk.tick("81")
    assert len(await desk.told()) == 1


async def test_it_ends_by_itself(desk: Desk, clock: FakeClock) -> None:
    alert = await desk.add(until=START + HOUR)
    clock.pass_(3600)
    await desk.tick("81")
    ended = await desk.engine.get(alert.id)
    assert await desk.told() == [] and ended is not None and ended.status is AlertStatus.ENDED


async def test_without_a_price_an_alert_waits_for_one(desk: Desk) -> None:
    await desk.add(reading=None)
    await desk.tick("0")
    await desk.tick("79.99")
    await desk.tick("80")
    assert len(await desk.told()) == 1


async def test_a_window_counts_from_before_the_alert(desk: Desk, clock: FakeClock) -> None:
    fall = Rule(gauge=Gauge.FALL, crossing=Crossing.UP, level=Decimal(3), window=HOUR)
    for price in ("100", "98"):
        await desk.tick(price)
        clock.pass_(600)
    await desk.add(fall, reading=None)
    assert desk.engine.reading(Venue.PAPER, BTC, fall) == 2
    await desk.tick("97")
    (fired,) = await desk.told()
    assert fired.value == 3 and fired.price == 97


async def test_a_window_forgets_what_is_older_also_after_a_restart(desk: Desk, clock: FakeClock) -> None:
    fall = Rule(gauge=Gauge.FALL, crossing=Crossing.UP, level=Decimal(3), window=HOUR)
    await desk.tick("100")
    await desk.add(fall, reading=None)
    for _ in range(3):
        clock.pass_(1500)
        await desk.restart()
        await desk.tick("98")
    await desk.tick("97")
    assert await desk.told() == []


async def test_a_window_of_days_is_known_from_longer_bars(desk: Desk, clock: FakeClock) -> None:
    for price in ("100", "98"):
        await desk.tick(price)
        clock.pass_(3 * 3600)
        await desk.history.keep((Venue.PAPER,), now=clock.now())
    fall = Rule(gauge=Gauge.FALL, crossing=Crossing.UP, level=Decimal(3), window=48 * HOUR)
    await desk.add(fall, reading=None)
    await desk.tick("97")
    assert [fired.value for fired in await desk.told()] == [3]


async def test_nonsense_is_no_reading(desk: Desk) -> None:
    spread = Rule(gauge=Gauge.SPREAD, crossing=Crossing.UP, level=Decimal("0.5"))
    await desk.add(spread, reading="0.1")
    await desk.tick("80", bid=Decimal(90), ask=Decimal(70))
    await desk.tick("0", bid=Decimal(70), ask=Decimal(90))
    assert await desk.told() == []
    await desk.tick("80", bid=Decimal(70), ask=Decimal(90))
    assert [fired.value for fired in await desk.told()] == [25]


async def test_a_thousand_fire_at_once_and_each_once(desk: Desk) -> None:
    await desk.add()

    def multiply(connection: sa.Connection) -> None:
        row = dict(connection.execute(sa.select(ALERTS)).mappings().one())
        connection.execute(ALERTS.insert(), [{**row, "id": row["id"] + more} for more in range(1, 1_250)])

    await desk.storage.database.write(multiply)
    await desk.restart()
    await desk.tick("81")
    await desk.tick("82")
    count = await desk.storage.database.read(
        lambda connection: connection.exec_driver_sql("SELECT count(*), count(DISTINCT notice) FROM outbox").one()
    )
    assert tuple(count) == (1_250, 1_250)


async def test_a_chat_with_its_allowance_used_gets_no_more(desk: Desk) -> None:
    for _ in range(2):
        await desk.add(allowance=2)
    with pytest.raises(AllowanceUsed):
        await desk.add(allowance=2)
    assert await desk.engine.count(GROUP.chat) == len(await desk.engine.in_chat(GROUP.chat)) == 2
