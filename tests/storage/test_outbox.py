from datetime import timedelta

import pytest

from chatbot.domain.ids import MessageId, TicketId
from chatbot.domain.notices import Notice, OrderFinished, OutboxEntry, PersonJoined, TicketSettled
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNAS_CHAT, BORIS, NOW

SETTLED = TicketSettled(ticket=TicketId("t"))
SOON = timedelta(seconds=5)


@pytest.mark.parametrize(
    "notice", [SETTLED, OrderFinished(ticket=TicketId("t")), PersonJoined(person=BORIS, name="Борис 🐻")]
)
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
