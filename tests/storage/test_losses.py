"""Places that cannot be told anything any more."""

from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.domain.alerts import AlertStatus
from chatbot.domain.chats import ChatType, KnownChat, Topic
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import Loss, Notice, PlaceLost
from chatbot.domain.places import Place
from chatbot.storage.alerts import ALERTS
from chatbot.storage.opening import Storage
from chatbot.storage.outbox import insert_notice
from chatbot.storage.tables import METADATA, SUBSCRIPTION
from tests.storage.examples import ANNA, BORIS, FIRED, GROUP, NOW, alert_row

TOPIC = Place(chat=GROUP, thread=7)
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
    for why in (Loss.REMOVED, Loss.SILENCED):
        await settled.losses.lose(Place(chat=GROUP, thread=7), why, now=NOW)
    lost = PlaceLost(why=Loss.REMOVED, title="Traders", waiting=3, at=NOW)
    assert await told(settled) == {ANNA: [lost], BORIS: [lost]}
    assert {status for _, status in await statuses(settled)} == {AlertStatus.WATCHING, AlertStatus.ENDED}
    await settled.chats.resume(GROUP)
    group = [entry for entry in await settled.outbox.due(now=NOW, limit=99) if entry.chat == GROUP]
    assert len(group) == 3


async def test_a_chat_lost_again_after_it_came_back_is_told_again(settled: Storage) -> None:
    for _ in range(2):
        await settled.losses.lose(Place(chat=GROUP), Loss.REMOVED, now=NOW)
        await settled.chats.resume(GROUP)
    assert len((await told(settled))[ANNA]) == 2


async def test_what_goes_on_in_a_lost_topic_pauses_and_nothing_waits_for_it(settled: Storage) -> None:
    for _ in range(2):
        await settled.losses.lose(TOPIC, Loss.TOPIC_DELETED, now=NOW)
    lost = PlaceLost(why=Loss.TOPIC_DELETED, title="Traders", topic="Alerts", waiting=2, at=NOW)
    assert await told(settled) == {ANNA: [lost], BORIS: [lost]}
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
    assert await told(storage) == {ANNA: [PlaceLost(why=why, title="", waiting=1, at=NOW)]}


def test_whatever_goes_on_in_places_says_how_it_pauses() -> None:
    placed = {table.name for table in METADATA.sorted_tables if {"chat", "thread", "set_by"} <= set(table.c.keys())}
    assert "alerts" in placed
    assert placed == {table.name for table in METADATA.sorted_tables if SUBSCRIPTION in table.info}
