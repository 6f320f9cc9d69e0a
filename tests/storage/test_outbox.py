import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AlertId, ChatId, MessageId, TicketId
from chatbot.domain.notices import (
    NOTICES,
    Alarm,
    AlarmKind,
    AlertFired,
    AlertsMissed,
    Notice,
    OrderMoved,
    OutboxEntry,
    PersonJoined,
    Rank,
    TicketSettled,
)
from chatbot.domain.places import Place
from chatbot.storage import schema
from chatbot.storage.codec import TaggedCodec
from chatbot.storage.database import Database
from chatbot.storage.opening import Storage
from chatbot.storage.outbox import StoredOutbox, insert_notices
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNAS_CHAT, BORIS, GROUP, NOW, ORDER

ALARM = Alarm(kind=AlarmKind.LINKED, at=NOW)
JOINED = PersonJoined(person=BORIS, name="Борис 🐻")
FIRED = AlertFired(alert=AlertId(1), at=NOW, value=Decimal(5), price=Decimal(5), change=Decimal(1))
SETTLED = TicketSettled(ticket=TicketId("t"))
MOVED = OrderMoved(account="paper-1", venue=Venue.PAPER, order=ORDER, part=Decimal("0.1"), at=NOW)
SOON = timedelta(seconds=5)


@pytest.mark.parametrize("notice", [SETTLED, MOVED, JOINED])
async def test_notice_waits_across_a_restart_until_it_is_sent(reopen: Reopen, notice: Notice) -> None:
    storage = await reopen()
    await storage.outbox.add(notice, chat=ANNAS_CHAT, reply_to=MessageId(3), now=NOW)
    await storage.aclose()
    storage = await reopen()
    (entry,) = await storage.outbox.due(now=NOW, limit=10)
    assert entry == OutboxEntry(
        id=entry.id,
        chat=ANNAS_CHAT,
        notice=notice,
        reply_to=MessageId(3),
        created_at=NOW,
        not_before=NOW,
        attempts=0,
    )
    await storage.outbox.sent(entry.id)
    assert await storage.outbox.due(now=NOW, limit=10) == ()
    await storage.aclose()


async def test_due_are_oldest_first_and_limited(storage: Storage) -> None:
    for _ in range(3):
        await storage.outbox.add(SETTLED, chat=ANNAS_CHAT, reply_to=None, now=NOW)
    entries = await storage.outbox.due(now=NOW, limit=10)
    assert [entry.id for entry in entries] == sorted(entry.id for entry in entries)
    assert await storage.outbox.due(now=NOW, limit=2) == entries[:2]


async def test_the_most_urgent_go_first_and_alerts_last(storage: Storage) -> None:
    for notice in (FIRED, JOINED, SETTLED, ALARM):
        await storage.outbox.add(notice, chat=ANNAS_CHAT, reply_to=None, now=NOW)
    due = await storage.outbox.due(now=NOW, limit=10)
    assert [entry.notice for entry in due] == [ALARM, SETTLED, JOINED, FIRED]


async def test_chats_take_turns(storage: Storage) -> None:
    for chat in (-3, 1, 2, 3):
        for _ in range(2):
            await storage.outbox.add(FIRED, chat=ChatId(chat), reply_to=None, now=NOW)
    assert await chats_due(storage, turns=2) == [-3, 1]
    assert await chats_due(storage, turns=2, after=ChatId(1)) == [2, 3]
    assert await chats_due(storage, turns=3, after=ChatId(2)) == [3, -3, 1]
    assert await chats_due(storage, turns=9, after=ChatId(99)) == [-3, 1, 2, 3]
    assert await chats_due(storage, turns=2, apart={ChatId(-3), ChatId(1)}) == [2, 3]


async def test_a_chat_that_rests_gets_its_alarms_and_one_kept_apart_gets_nothing(storage: Storage) -> None:
    for notice in (ALARM, FIRED):
        await storage.outbox.add(notice, chat=ANNAS_CHAT, reply_to=None, now=NOW)
    resting = await storage.outbox.due(now=NOW, limit=10, resting={ANNAS_CHAT})
    assert [entry.notice for entry in resting] == [ALARM]
    assert await storage.outbox.due(now=NOW, limit=10, apart={ANNAS_CHAT}) == ()


async def test_thousands_for_one_chat_cost_nobody_else_anything(storage: Storage) -> None:
    """Counted in steps of the database, which do not depend on the machine."""
    for chat in range(1, 6):
        await storage.outbox.add(FIRED, chat=ChatId(chat), reply_to=None, now=NOW)
    usual = await steps_of_due(storage)
    crowd = [(FIRED, Place(chat=GROUP))] * 20_000
    await storage.database.write(lambda connection: insert_notices(connection, crowd, now=NOW))
    assert await chats_due(storage, resting={GROUP}) == [1, 2, 3, 4, 5]
    assert await steps_of_due(storage, resting={GROUP}) < 2 * usual
    assert await steps_of_due(storage, limit=10) < 3 * usual


async def test_what_is_begun_is_unsure_until_it_is_put_back(storage: Storage) -> None:
    await storage.outbox.add(SETTLED, chat=ANNAS_CHAT, reply_to=None, now=NOW)
    (entry,) = await storage.outbox.due(now=NOW, limit=10)
    await storage.outbox.begin(entry.id)
    (begun,) = await storage.outbox.due(now=NOW, limit=10)
    assert begun == replace(entry, unsure=True)
    await storage.outbox.put_back(entry.id, unsure=False)
    assert await storage.outbox.due(now=NOW, limit=10) == (entry,)


async def test_what_is_held_comes_at_its_time_and_counts_no_attempt(storage: Storage) -> None:
    for notice in (SETTLED, FIRED, FIRED):
        await storage.outbox.add(notice, chat=ANNAS_CHAT, reply_to=None, now=NOW)
    await storage.outbox.hold(ANNAS_CHAT, Rank.ALERT, now=NOW, until=NOW + SOON)
    assert [entry.notice for entry in await storage.outbox.due(now=NOW, limit=10)] == [SETTLED]
    later = await storage.outbox.due(now=NOW + SOON, limit=10)
    assert [(entry.notice, entry.attempts) for entry in later] == [(SETTLED, 0), (FIRED, 0), (FIRED, 0)]


async def test_other_preferences_release_what_quiet_hours_hold_and_nothing_else(storage: Storage) -> None:
    for notice in (SETTLED, FIRED):
        await storage.outbox.add(notice, chat=ANNAS_CHAT, reply_to=None, now=NOW)
    await storage.outbox.add(FIRED, chat=GROUP, reply_to=None, now=NOW)
    (settled, *_) = await storage.outbox.due(now=NOW, limit=10)
    await storage.outbox.postpone(settled.id, until=NOW + SOON)
    for chat in (ANNAS_CHAT, GROUP):
        await storage.outbox.hold(chat, Rank.ALERT, now=NOW, until=NOW + SOON)
    assert await storage.outbox.due(now=NOW, limit=10) == ()
    await storage.preferences.change(ANNAS_CHAT, lambda chosen: replace(chosen, quiet=None))
    released = await storage.outbox.due(now=NOW, limit=10)
    assert [(entry.chat, entry.notice) for entry in released] == [(ANNAS_CHAT, FIRED)]


async def test_what_was_held_and_then_failed_keeps_the_time_of_its_next_try(storage: Storage) -> None:
    await storage.outbox.add(FIRED, chat=ANNAS_CHAT, reply_to=None, now=NOW)
    await storage.outbox.hold(ANNAS_CHAT, Rank.ALERT, now=NOW, until=NOW + SOON)
    (entry,) = await storage.outbox.due(now=NOW + SOON, limit=10)
    await storage.outbox.postpone(entry.id, until=NOW + 2 * SOON)
    await storage.preferences.change(ANNAS_CHAT, lambda chosen: chosen)
    assert await storage.outbox.due(now=NOW + SOON, limit=10) == ()


async def test_old_alerts_of_a_place_become_their_number(storage: Storage) -> None:
    other = Place(chat=GROUP, thread=7)
    old: list[tuple[Notice, Place]] = [(FIRED, Place(chat=GROUP))] * 3
    old += [(FIRED, other), (JOINED, Place(chat=GROUP))]
    await storage.database.write(lambda connection: insert_notices(connection, old, now=NOW))
    await storage.outbox.add(FIRED, chat=GROUP, reply_to=None, now=NOW + SOON)
    for _ in range(2):
        await storage.outbox.sum_up(Place(chat=GROUP), before=NOW + SOON, now=NOW + SOON)
    left = await storage.outbox.due(now=NOW + SOON, limit=10)
    told = [(entry.thread, entry.notice) for entry in left]
    assert told == [(None, JOINED), (None, AlertsMissed(count=3)), (7, FIRED), (None, FIRED)]


async def test_chats_with_something_due_are_found_without_walking_over_what_waits(storage: Storage) -> None:
    later = NOW + SOON
    for chat, due_at in ((1, NOW), (2, later)):
        await storage.outbox.add(FIRED, chat=ChatId(chat), reply_to=None, now=due_at)
    assert await storage.outbox.with_due([ChatId(1), ChatId(2), ChatId(3)], now=NOW) == {1}


async def test_what_waited_before_there_were_ranks_keeps_its_order_and_its_mark(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "old.db")
    await database.write(lambda connection: schema.migrate(connection, to="0011"))
    columns = ("chat", "notice", "created_at", "not_before", "attempts")
    old = sa.table("outbox", *(sa.column(name) for name in columns))
    notices = TaggedCodec[Notice](NOTICES)
    rows = [
        dict(zip(columns, (ANNAS_CHAT, notices.encode(notice).decode(), 0, 0, attempts), strict=True))
        for notice, attempts in ((JOINED, 1), (SETTLED, 0), (ALARM, 0))
    ]
    await database.write(lambda connection: connection.execute(old.insert(), rows))
    await database.rebuild(schema.migrate)
    due = await StoredOutbox(database).due(now=NOW, limit=9)
    assert [(entry.notice, entry.unsure) for entry in due] == [(ALARM, False), (SETTLED, False), (JOINED, True)]
    await database.aclose()


async def chats_due(storage: Storage, **how: Any) -> list[int]:
    due = await storage.outbox.due(now=NOW, limit=1, **how)
    return list(dict.fromkeys(entry.chat for entry in due))


async def steps_of_due(storage: Storage, *, limit: int = 1, **how: Any) -> int:
    """How many hundreds of the database's own steps it takes to say what is due."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    def count(connection: sa.Connection, handler: Callable[[], int] | None) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(handler, 100)

    await storage.database.read(lambda connection: count(connection, step))
    await storage.outbox.due(now=NOW, limit=limit, **how)
    await storage.database.read(lambda connection: count(connection, None))
    return steps


async def test_nothing_is_due_before_its_time(storage: Storage) -> None:
    await storage.outbox.add(SETTLED, chat=ANNAS_CHAT, reply_to=None, now=NOW)
    assert await storage.outbox.due(now=NOW - SOON, limit=10) == ()


async def test_postponed_notice_comes_back_later_with_one_more_attempt(storage: Storage) -> None:
    await storage.outbox.add(SETTLED, chat=ANNAS_CHAT, reply_to=None, now=NOW)
    (entry,) = await storage.outbox.due(now=NOW, limit=10)
    await storage.outbox.postpone(entry.id, until=NOW + SOON)
    assert await storage.outbox.due(now=NOW, limit=10) == ()
    (later,) = await storage.outbox.due(now=NOW + SOON, limit=10)
    assert (later.id, later.attempts, later.not_before) == (entry.id, 1, NOW + SOON)
