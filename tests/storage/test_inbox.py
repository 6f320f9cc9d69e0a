import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.ports.messages import InboxItem
from chatbot.storage.faults import SealBroken
from chatbot.storage.inbox import INBOX
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import NOW

BODY = b'{"text":"/link anna canary-passphrase"}'
DAY = timedelta(days=1)


async def store(storage: Storage, *ids: int, after: timedelta = timedelta()) -> tuple[InboxItem, ...]:
    return await storage.inbox.store([(each, BODY + b"%d" % each) for each in ids], received_at=NOW + after)


async def test_stored_updates_are_unfinished_until_done_also_across_a_restart(reopen: Reopen) -> None:
    storage = await reopen()
    items = await store(storage, 30, 10, 20)
    assert [(item.update_id, item.body, item.attempts) for item in items] == [
        (30, BODY + b"30", 0),
        (10, BODY + b"10", 0),
        (20, BODY + b"20", 0),
    ]
    assert items[0].seq < items[1].seq < items[2].seq
    await storage.inbox.done([items[1].seq])
    await storage.aclose()
    storage = await reopen()
    assert await storage.inbox.unfinished() == (items[0], items[2])
    await storage.inbox.done(item.seq for item in items)
    assert await storage.inbox.unfinished() == ()
    await storage.aclose()


async def test_nothing_to_store_or_finish_is_fine(storage: Storage) -> None:
    assert await storage.inbox.store([], received_at=NOW) == ()
    await storage.inbox.done([])


async def test_repeats_within_a_day_are_left_out_even_when_done(storage: Storage) -> None:
    (first,) = await store(storage, 1)
    await storage.inbox.done([first.seq])
    assert await store(storage, 1) == ()
    again = await store(storage, 1, 2, 2, after=DAY - timedelta(microseconds=1))
    assert [item.update_id for item in again] == [2]


async def test_of_an_update_that_comes_twice_at_once_the_first_counts(storage: Storage) -> None:
    (item,) = await storage.inbox.store([(1, b"first"), (1, b"second")], received_at=NOW)
    assert item.body == b"first"
    assert await storage.inbox.unfinished() == (item,)


async def test_number_that_comes_again_after_a_day_is_a_new_update(storage: Storage) -> None:
    (first,) = await store(storage, 1)
    (second,) = await store(storage, 1, after=DAY)
    assert second.seq > first.seq
    assert await storage.inbox.unfinished() == (first, second)


async def test_concurrent_stores_of_one_update_keep_it_once(storage: Storage) -> None:
    results = await asyncio.gather(*(store(storage, 1, 2) for _ in range(20)))
    assert sorted(item.update_id for items in results for item in items) == [1, 2]


async def test_attempts_are_counted(storage: Storage) -> None:
    (item,) = await store(storage, 1)
    for _ in range(3):
        await storage.inbox.begin(item.seq)
    (unfinished,) = await storage.inbox.unfinished()
    assert unfinished.attempts == 3


async def test_update_put_aside_is_out_of_the_way_and_not_kept_for_ever(storage: Storage) -> None:
    item, other = await store(storage, 1, 2)
    await storage.inbox.put_aside(item.seq)
    assert await storage.inbox.unfinished() == (other,)
    query = sa.select(INBOX.c.body).where(INBOX.c.seq == item.seq)
    await storage.inbox.prune(before=NOW)
    assert await storage.database.read(lambda connection: connection.execute(query).scalar_one()) is not None
    await storage.inbox.prune(before=NOW + DAY)
    assert await storage.database.read(lambda connection: connection.execute(query).first()) is None


async def test_prune_forgets_old_numbers_and_no_unfinished_update(storage: Storage) -> None:
    done, waiting = await store(storage, 1, 2)
    (late,) = await store(storage, 3, after=timedelta(hours=1))
    await storage.inbox.done([done.seq, late.seq])
    await storage.inbox.prune(before=NOW + timedelta(minutes=1))
    query = sa.select(INBOX.c.seq).order_by(INBOX.c.seq)
    left = await storage.database.read(lambda connection: connection.execute(query).scalars().all())
    assert left == [waiting.seq, late.seq]
    assert await storage.inbox.unfinished() == (waiting,)


async def test_sequence_numbers_are_never_used_again(storage: Storage) -> None:
    (first,) = await store(storage, 1)
    await storage.inbox.done([first.seq])
    await storage.inbox.prune(before=NOW + DAY)
    (second,) = await store(storage, 1)
    assert second.seq > first.seq


async def test_bodies_stand_in_no_file_in_clear_and_not_at_all_once_done(storage: Storage, database_file: Path) -> None:
    (item,) = await store(storage, 1)
    contents = b"".join(file.read_bytes() for file in database_file.parent.iterdir())
    assert b"canary" not in contents
    await storage.inbox.done([item.seq])
    query = sa.select(INBOX.c.body)
    assert await storage.database.read(lambda connection: connection.execute(query).scalars().all()) == [None]


async def test_body_moved_to_another_update_does_not_open(storage: Storage) -> None:
    await store(storage, 1)
    await storage.database.write(lambda connection: connection.execute(sa.update(INBOX).values(update_id=2)))
    with pytest.raises(SealBroken):
        await storage.inbox.unfinished()
