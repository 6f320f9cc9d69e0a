"""Places that cannot be told anything any more."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_rules import Turn, Watched
from chatbot.domain.alerts import AlertStatus
from chatbot.domain.chats import ChatType, KnownChat, Topic
from chatbot.domain.ids import AlertId, ChatId, MarketCode, PersonId
from chatbot.domain.notices import (
    AlertFired,
    ChatJoined,
    DigestDue,
    Loss,
    Notice,
    PersonJoined,
    PlaceLost,
    Undelivered,
)
from chatbot.domain.places import Place
from chatbot.storage.alerts import ALERTS
from chatbot.storage.opening import Storage
from chatbot.storage.outbox import insert_notice, insert_notices
from chatbot.storage.tables import METADATA, SUBSCRIPTION
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, FIRED, GROUP, NOW, alert_row

TOPIC = Place(chat=GROUP, thread=7)
JOINED = PersonJoined(person=PersonId(5), name="Eva")
OTHER_TOPIC = Place(chat=GROUP, thread=8)


async def set_alert(storage: Storage, place: Place, by: PersonId | None, **others: Any) -> None:
    row = alert_row(place, by) | others
    await storage.database.write(lambda connection: connection.execute(ALERTS.insert(), row))


async def wait_for(storage: Storage, place: Place) -> None:
    await storage.database.write(
        lambda connection: insert_notice(
            connection, FIRED, chat=place.chat, thread=place.thread, reply_to=None, now=NOW
        )
    )


async def told(storage: Storage) -> dict[int, list[Notice]]:
    """What waits for each private chat."""
    notices: dict[int, list[Notice]] = {}
    for entry in await storage.outbox.due(now=NOW, limit=99):
        if entry.chat > 0:
            notices.setdefault(entry.chat, []).append(entry.notice)
    return notices


async def statuses(storage: Storage) -> list[tuple[int | None, AlertStatus]]:
    query = sa.select(ALERTS.c.thread, ALERTS.c.status).order_by(ALERTS.c.id)
    rows = await storage.database.read(lambda connection: connection.execute(query).all())
    return [(row.thread, row.status) for row in rows]


@pytest.fixture
async def settled(storage: Storage) -> Storage:
    """Anna watches two topics of a forum, Boris one; somebody who was forgotten did, too, and what Boris set in the
    other has ended."""
    await storage.chats.note(KnownChat(id=GROUP, type=ChatType.SUPERGROUP, title="Traders", is_forum=True))
    await storage.chats.note_topic(TOPIC, Topic(name="Alerts"))
    for place, by in ((TOPIC, ANNA), (TOPIC, ANNA), (TOPIC, BORIS), (TOPIC, None), (OTHER_TOPIC, ANNA)):
        await set_alert(storage, place, by)
    await set_alert(storage, OTHER_TOPIC, BORIS, status=AlertStatus.ENDED)
    for place in (TOPIC, TOPIC, OTHER_TOPIC):
        await wait_for(storage, place)
    return storage


async def test_who_set_something_in_a_lost_chat_is_told_once_and_what_waits_waits(settled: Storage) -> None:
    await settled.outbox.add(JOINED, chat=GROUP, reply_to=None, now=NOW)
    for why in (Loss.REMOVED, Loss.SILENCED):
        await settled.losses.lose(Place(chat=GROUP, thread=7), why, now=NOW)
    lost = PlaceLost(why=Loss.REMOVED, title="Traders", waiting=1, at=NOW)
    hit = replace(FIRED, meant_for="Traders")
    assert await told(settled) == {ANNA: [replace(lost, alerts=3), hit, hit, hit], BORIS: [lost]}
    assert {status for _, status in await statuses(settled)} == {AlertStatus.WATCHING, AlertStatus.ENDED}
    await settled.chats.resume(GROUP)
    group = [entry for entry in await settled.outbox.due(now=NOW, limit=99) if entry.chat == GROUP]
    assert [entry.notice for entry in group] == [JOINED]


async def test_a_chat_lost_again_after_it_came_back_is_told_again_but_not_within_the_hour(settled: Storage) -> None:
    for minutes in (0, 1, 59, 60):
        await settled.losses.lose(Place(chat=GROUP), Loss.REMOVED, now=NOW + timedelta(minutes=minutes))
        await settled.chats.resume(GROUP)
    entries = await settled.outbox.due(now=NOW + timedelta(hours=1), limit=99)
    annas = [entry for entry in entries if entry.chat == ANNAS_CHAT and isinstance(entry.notice, PlaceLost)]
    assert [entry.created_at - NOW for entry in annas] == [timedelta(), timedelta(hours=1)]


async def test_what_goes_on_in_a_lost_topic_pauses_and_nothing_waits_for_it(settled: Storage) -> None:
    for _ in range(2):
        await settled.losses.lose(TOPIC, Loss.TOPIC_DELETED, now=NOW)
    lost = PlaceLost(why=Loss.TOPIC_DELETED, title="Traders", topic="Alerts", at=NOW)
    hit = replace(FIRED, meant_for="Alerts in Traders")
    assert await told(settled) == {ANNA: [replace(lost, alerts=2), hit, hit], BORIS: [lost]}
    paused = AlertStatus.PAUSED
    assert await statuses(settled) == [
        *[(7, paused)] * 4,
        (8, AlertStatus.WATCHING),
        (8, AlertStatus.ENDED),
    ]
    group = [entry for entry in await settled.outbox.due(now=NOW, limit=99) if entry.chat == GROUP]
    assert [entry.thread for entry in group] == [8]


async def test_nobody_is_told_of_a_private_chat_that_is_closed(storage: Storage) -> None:
    await set_alert(storage, Place(chat=ChatId(ANNA)), ANNA)
    await storage.losses.lose(Place(chat=ChatId(ANNA)), Loss.REMOVED, now=NOW)
    await storage.chats.resume(ChatId(ANNA))
    assert await told(storage) == {}


@pytest.mark.parametrize("why", [Loss.REMOVED, Loss.TOPIC_CLOSED])
async def test_whose_alert_ended_with_the_hit_that_cannot_be_told_is_told_that(storage: Storage, why: Loss) -> None:
    await set_alert(storage, TOPIC, ANNA, status=AlertStatus.ENDED)
    await set_alert(storage, TOPIC, BORIS, status=AlertStatus.ENDED)
    await wait_for(storage, TOPIC)  # the first one's hit
    await storage.losses.lose(TOPIC, why, now=NOW)
    lost = PlaceLost(why=why, title="", alerts=1, at=NOW)
    assert await told(storage) == {ANNA: [lost, replace(FIRED, meant_for="a chat of yours")]}


async def test_the_newest_hits_are_handed_over_and_nobody_is_flooded(storage: Storage) -> None:
    await set_alert(storage, TOPIC, ANNA)
    for number in range(25):
        hit = replace(FIRED, price=Decimal(number))
        await storage.database.write(
            lambda connection, hit=hit: insert_notices(connection, [(hit, TOPIC)], now=NOW)  # type: ignore[misc]
        )
    await storage.losses.lose(TOPIC, Loss.TOPIC_DELETED, now=NOW)
    lost, *hits = (await told(storage))[ANNA]
    assert lost == PlaceLost(why=Loss.TOPIC_DELETED, title="", waiting=5, alerts=20, at=NOW)
    assert [hit.price for hit in hits if isinstance(hit, AlertFired)] == list(range(5, 25))


async def test_a_topic_that_is_opened_again_goes_on_where_it_was_and_says_so_once(settled: Storage) -> None:
    for _ in range(2):
        await settled.losses.lose(TOPIC, Loss.TOPIC_CLOSED, now=NOW)
    assert [type(notice) for notice in (await told(settled))[BORIS]] == [PlaceLost]
    await settled.chats.note_topic(TOPIC, Topic(name="Alerts", is_closed=True))  # said of it, too
    assert [thread for thread, is_muted in await muted(settled) if is_muted] == [7, 7, 7, 7]
    assert {status for _, status in await statuses(settled)} == {AlertStatus.WATCHING, AlertStatus.ENDED}
    for _ in range(2):
        await settled.presence.reopened(TOPIC, now=NOW)
    group = [entry for entry in await settled.outbox.due(now=NOW, limit=99) if entry.chat == GROUP]
    assert [(entry.thread, entry.notice) for entry in group] == [(7, ChatJoined(chat=GROUP, alerts=4)), (8, FIRED)]
    assert not any(is_muted for _, is_muted in await muted(settled))


async def muted(storage: Storage) -> list[tuple[int | None, bool]]:
    """Of each alert, its topic and whether a hit would not be told."""
    seen: list[tuple[int | None, bool]] = []

    def take(alert: Watched, closed: bool) -> Turn:
        seen.append((alert.place.thread, closed))
        return Turn(alert, alert)

    ids = [AlertId(number) for number in range(1, 7)]
    await storage.alerts.advance(ids, take=take, tell=lambda _: FIRED, now=NOW, then=lambda _: None)
    return seen


async def test_a_general_topic_is_closed_and_opened_like_any(storage: Storage) -> None:
    general = Place(chat=GROUP)
    await storage.boards.open(general, venue=Venue.PAPER, markets=(MarketCode("BTCUSDT"),), set_by=ANNA, now=NOW)
    await storage.losses.lose(general, Loss.TOPIC_CLOSED, now=NOW)
    assert await storage.boards.to_paint() == ()
    await storage.losses.regain(general, now=NOW)
    assert len(await storage.boards.to_paint()) == 1


async def test_who_set_what_is_given_up_is_told_which_and_where(settled: Storage) -> None:
    digest = DigestDue(venue=Venue.PAPER, markets=(), at=NOW, late=False)
    await settled.digests.set(TOPIC, venue=Venue.PAPER, markets=(), at=time(9), next_at=NOW, set_by=BORIS)
    for notice, place in ((digest, TOPIC), (JOINED, TOPIC), (JOINED, Place(chat=ChatId(ANNA)))):
        await settled.database.write(
            lambda connection, said=(notice, place): insert_notices(connection, [said], now=NOW)  # type: ignore[misc]
        )
    due = await settled.outbox.due(now=NOW, limit=99)
    await settled.losses.give_up(*(entry.id for entry in due if entry.thread != 8), now=NOW)
    given_up = Undelivered(place="Alerts in Traders", fired=FIRED, at=NOW)
    assert await told(settled) == {ANNA: [given_up, given_up], BORIS: [replace(given_up, fired=None)]}


def test_whatever_goes_on_in_places_says_how_it_pauses() -> None:
    placed = {table.name for table in METADATA.sorted_tables if {"chat", "thread", "set_by"} <= set(table.c.keys())}
    assert "alerts" in placed
    assert placed == {table.name for table in METADATA.sorted_tables if SUBSCRIPTION in table.info}
