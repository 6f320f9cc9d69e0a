from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_rules import Turn, Watched, watched
from chatbot.domain.alerts import Alert, AlertStatus, Crossing, Gauge, Position, Rule
from chatbot.domain.ids import AlertId, ChatId, MarketCode, MessageId
from chatbot.domain.notices import AlertFired
from chatbot.domain.places import Place
from chatbot.ports.alerts import AllowanceUsed, Asked
from chatbot.storage.alerts import ALERTS
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, ANNAS_CHAT, GROUP, NOW

DAY = timedelta(days=1)
SUPERGROUP = ChatId(-1_009_999_999_999)
FULL = Alert(
    id=AlertId(0),
    venue=Venue.PAPER,
    market=MarketCode("BTCUSDT"),
    base="BTC",
    counter="USDT",
    rule=Rule(
        gauge=Gauge.RISE,
        crossing=Crossing.EITHER,
        level=Decimal("2.500"),
        window=timedelta(hours=1),
        move=Decimal("-3"),
        anchor=Decimal("0.00000602"),
    ),
    place=Place(chat=GROUP, thread=9),
    set_by=ANNA,
    cooldown=timedelta(hours=2),
    until=NOW + DAY,
    note="sell? <b>",
    picture=True,
    status=AlertStatus.RESTING,
    position=Position.ABOVE,
    rests_until=NOW + timedelta(seconds=1),
    created_at=NOW,
    fired_at=NOW,
    hits=3,
)


def nobody(*_: Any) -> None:
    """What follows a commit is of no interest."""


async def add(
    storage: Storage, alert: Alert = FULL, *, asked_in: Asked | None = None, allowance: int = 50, **more: Any
) -> Alert:
    return await storage.alerts.add(replace(alert, **more), asked_in=asked_in, allowance=allowance, then=nobody)


def fired(alert: Watched) -> AlertFired:
    return AlertFired(alert=alert.id, at=NOW, value=Decimal(1), price=Decimal(1), change=Decimal(0))


def hit(alert: Watched, closed: bool) -> Turn:
    return Turn(alert, alert._replace(status=AlertStatus.ENDED, hits=alert.hits + 1), fires=not closed)


async def advance(storage: Storage, *alerts: Alert, **more: Any) -> Sequence[Turn]:
    turns: list[Turn] = []
    given: dict[str, Any] = {"take": hit, "tell": fired, "now": NOW, "then": turns.extend, **more}
    await storage.alerts.advance([alert.id for alert in alerts], **given)
    return turns


async def test_an_alert_comes_back_as_it_was_stored(reopen: Reopen) -> None:
    storage = await reopen()
    least = replace(FULL, set_by=None, cooldown=None, until=None, rests_until=None, fired_at=None, picture=False)
    full, plain = await add(storage), await add(storage, least)
    assert full == replace(FULL, id=full.id) and plain == replace(least, id=plain.id)
    await storage.aclose()
    storage = await reopen()
    assert await storage.alerts.in_chat(GROUP, ended_after=NOW) == (full, plain)
    pages = [alert async for page in storage.alerts.pages(Venue.PAPER) for alert in page]
    assert pages == [watched(full), watched(plain)]
    await storage.aclose()


async def test_a_chat_has_no_more_than_its_allowance(storage: Storage) -> None:
    first = await add(storage, allowance=2)
    await add(storage, allowance=2)
    with pytest.raises(AllowanceUsed):
        await add(storage, allowance=2)
    await add(storage, place=Place(chat=ANNAS_CHAT), allowance=2)
    await advance(storage, first)
    assert await storage.alerts.count(GROUP) == 1
    await add(storage, allowance=2)


async def test_one_that_ended_counts_again_when_it_goes_on(storage: Storage) -> None:
    ended, other = await add(storage, allowance=2), await add(storage, allowance=2)
    await advance(storage, ended)
    await add(storage, allowance=2)

    def resumed(stored: Alert) -> Alert:
        return replace(stored, status=AlertStatus.WATCHING)

    with pytest.raises(AllowanceUsed):
        await storage.alerts.update(ended.id, resumed, allowance=2, now=NOW, then=nobody)
    assert await storage.alerts.count(GROUP) == 2
    assert await storage.alerts.update(other.id, resumed, allowance=2, now=NOW, then=nobody) is not None
    assert await storage.alerts.update(ended.id, resumed, allowance=3, now=NOW, then=nobody) is not None


async def test_a_message_sets_one_alert_however_often_it_is_handled(storage: Storage) -> None:
    asked = Asked(ANNAS_CHAT, MessageId(5))
    first = await add(storage, asked_in=asked, allowance=2)
    assert await add(storage, asked_in=asked, allowance=2, note="again") == first
    other = await add(storage, asked_in=Asked(GROUP, MessageId(5)), allowance=2)
    assert other.id != first.id and await storage.alerts.count(GROUP) == 2
    assert await add(storage, asked_in=asked, allowance=2) == first, "although there is no room for another"


async def test_the_number_of_a_deleted_alert_is_never_given_out_again(storage: Storage) -> None:
    gone = await add(storage)
    assert await storage.alerts.delete(gone.id, then=nobody)
    assert not await storage.alerts.delete(gone.id, then=nobody)
    assert (await add(storage)).id > gone.id


async def test_a_hit_and_its_notice_are_written_together(storage: Storage) -> None:
    alert = await add(storage)
    (turn,) = await advance(storage, alert)
    assert turn.before == watched(alert)
    stored = await storage.alerts.get(alert.id)
    assert stored == replace(alert, status=AlertStatus.ENDED, hits=4)
    (entry,) = await storage.outbox.due(now=NOW, limit=10)
    assert (entry.chat, entry.thread, entry.notice) == (GROUP, 9, fired(turn.before))


async def test_a_fault_leaves_neither_hit_nor_notice(storage: Storage) -> None:
    alert = await add(storage)

    def fails(_: Watched) -> AlertFired:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await advance(storage, alert, tell=fails)
    assert await storage.alerts.get(alert.id) == alert
    assert await storage.outbox.due(now=NOW, limit=10) == ()


async def test_one_that_is_gone_takes_no_turn(storage: Storage) -> None:
    gone, there = await add(storage), await add(storage)
    await storage.alerts.delete(gone.id, then=nobody)
    assert [turn.before.id for turn in await advance(storage, gone, there)] == [there.id]


async def test_turns_know_which_chats_are_closed(storage: Storage) -> None:
    in_group, in_private = await add(storage), await add(storage, place=Place(chat=ANNAS_CHAT))
    await storage.chats.pause(GROUP, now=NOW)
    turns = await advance(storage, in_group, in_private)
    assert [(turn.before.id, turn.fires) for turn in turns] == [(in_group.id, False), (in_private.id, True)]


async def test_late_hits_wait_for_the_summary(storage: Storage) -> None:
    await storage.life.begin(now=NOW - timedelta(hours=2))
    await storage.life.begin(now=NOW)
    alert = await add(storage)
    await advance(storage, alert, tell=lambda alert: replace(fired(alert), since=NOW - timedelta(hours=2)))
    missed = await storage.life.missed_at(alert.place)
    assert missed is not None and missed.alerts == 1
    due = await storage.outbox.due(now=NOW + timedelta(minutes=5), limit=10)
    assert [type(entry.notice).__name__ for entry in sorted(due, key=lambda each: each.not_before)] == [
        "Away",
        "AlertFired",
    ]


async def test_a_group_takes_its_alerts_along_when_it_becomes_a_supergroup(storage: Storage) -> None:
    alert = await add(storage)
    await storage.chats.move(GROUP, SUPERGROUP)
    (turn,) = await advance(storage, alert)
    assert turn.before.place == Place(chat=SUPERGROUP, thread=9)
    (entry,) = await storage.outbox.due(now=NOW, limit=10)
    assert entry.chat == SUPERGROUP


async def test_what_ended_long_ago_is_shown_no_more_and_taken_away(storage: Storage) -> None:
    old, new = await add(storage), await add(storage)
    await advance(storage, old, now=NOW - 40 * DAY)
    await advance(storage, new, now=NOW)
    shown = await storage.alerts.in_chat(GROUP, ended_after=NOW - 7 * DAY)
    assert [alert.id for alert in shown] == [new.id]
    await storage.alerts.prune(before=NOW - 30 * DAY)
    assert await storage.alerts.get(old.id) is None
    assert await storage.alerts.get(new.id) is not None
    assert [page async for page in storage.alerts.pages(Venue.PAPER)] == []


async def test_an_edited_alert_has_not_ended_any_more(storage: Storage) -> None:
    alert = await add(storage)
    await advance(storage, alert)
    again = await storage.alerts.update(
        alert.id,
        lambda stored: replace(stored, status=AlertStatus.WATCHING, note="new"),
        allowance=50,
        now=NOW,
        then=nobody,
    )
    assert again is not None and again.note == "new"
    row = await storage.database.read(lambda connection: connection.execute(sa.select(ALERTS.c.ended_at)).scalar())
    assert row is None
    assert await storage.alerts.update(AlertId(999), lambda stored: stored, allowance=50, now=NOW, then=nobody) is None
