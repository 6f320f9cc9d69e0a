import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import Obstacle
from chatbot.domain.ids import MessageId
from chatbot.domain.locks import Halt, Lock
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.tickets import Blocked, TicketState
from chatbot.storage.audit import AUDIT
from chatbot.storage.locks import Switches
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, NOW, credentials, ticket
from tests.storage.two_steps import card

LOCK = Lock(person=ANNA, since=NOW, chat=ANNAS_CHAT, message=MessageId(7))
LOCKED = Event(deed=Deed.LOCKED, person=ANNA, chat=ANNAS_CHAT)
UNLOCKED = Event(deed=Deed.UNLOCKED, person=ANNA, chat=ANNAS_CHAT)
ALARM = Alarm(kind=AlarmKind.UNLOCKED, at=NOW)
HALTED = Event(deed=Deed.HALTED, person=ANNA)


async def lock(storage: Storage, held: Lock = LOCK) -> None:
    await storage.locks.lock(held, LOCKED, now=NOW)


async def unlock(storage: Storage, held: Lock = LOCK) -> None:
    await storage.locks.unlock(held, UNLOCKED, alarm=ALARM, now=NOW)


async def written(storage: Storage) -> list[Deed]:
    query = sa.select(AUDIT.c.deed).order_by(AUDIT.c.seq)
    return list(await storage.database.read(lambda connection: connection.execute(query).scalars().all()))


async def test_a_lock_and_a_halt_survive_a_restart(reopen: Reopen) -> None:
    storage = await reopen()
    await lock(storage)
    await storage.locks.stop_everything(Halt(since=NOW, by=BORIS), HALTED, now=NOW)
    await storage.aclose()
    again = await reopen()
    assert again.locks.of(ANNA) == LOCK and again.locks.is_locked(ANNA, NOW)
    assert not again.locks.is_locked(BORIS, NOW)
    assert again.locks.is_halted and again.locks.halt == Halt(since=NOW, by=BORIS)
    await again.aclose()


async def test_it_is_locked_and_halted_before_anything_is_written(storage: Storage) -> None:
    locking = lock(storage)
    halting = storage.locks.stop_everything(Halt(since=NOW, by=ANNA), HALTED, now=NOW)
    for work in (locking, halting):
        work.send(None)  # up to where it waits for the database
    assert storage.locks.is_locked(ANNA, NOW) and storage.locks.is_halted
    for work in (locking, halting):
        work.close()


async def test_a_database_that_fails_leaves_it_locked(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(storage.database, "write", fail)
    with pytest.raises(OSError, match="no space"):
        await lock(storage)
    assert storage.locks.is_locked(ANNA, NOW)


async def test_locking_closes_what_waits_of_this_person_in_the_same_transaction(storage: Storage) -> None:
    account = await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)
    waiting = [await card(storage, account, state=state) for state in TicketState if state.is_waiting]
    others = [ticket(state=TicketState.CLAIMED), ticket(person=BORIS)]
    for each in others:
        await storage.tickets.add(each)
    closed = await storage.locks.lock(LOCK, LOCKED, now=NOW)
    assert set(closed) == {each.id for each in waiting}
    for each in waiting:
        after = await storage.tickets.get(each.id)
        assert after is not None and after.state is TicketState.REFUSED
        assert after.outcome == Blocked(obstacle=Obstacle.LOCKED)
    for each in others:
        assert await storage.tickets.get(each.id) == each


async def test_an_unlock_that_crosses_a_new_lock_loses(reopen: Reopen) -> None:
    storage = await reopen()
    await lock(storage)
    anew = replace(LOCK, message=MessageId(9))
    await asyncio.gather(unlock(storage, storage.locks.of(ANNA) or LOCK), lock(storage, anew))
    assert storage.locks.of(ANNA) == anew
    await storage.aclose()
    again = await reopen()
    assert again.locks.of(ANNA) == anew
    await again.aclose()


async def test_an_opening_that_crosses_a_new_lock_loses(storage: Storage) -> None:
    await lock(storage)
    held, anew = storage.locks.of(ANNA), replace(LOCK, message=MessageId(9))
    assert held is not None
    later = NOW + timedelta(minutes=10)
    await asyncio.gather(storage.locks.open_at(held, later, UNLOCKED, alarm=ALARM, now=NOW), lock(storage, anew))
    assert storage.locks.of(ANNA) == anew and storage.locks.opening() == ()


async def test_a_resumption_that_crosses_a_new_halt_loses(storage: Storage) -> None:
    first, second = Halt(since=NOW, by=ANNA), Halt(since=NOW + timedelta(seconds=1), by=ANNA)
    await storage.locks.stop_everything(first, HALTED, now=NOW)
    resumed = Event(deed=Deed.RESUMED, person=ANNA)
    await asyncio.gather(
        storage.locks.resume(first, resumed, now=NOW), storage.locks.stop_everything(second, HALTED, now=NOW)
    )
    assert storage.locks.halt == second


async def test_an_equal_halt_that_came_meanwhile_is_another_one(storage: Storage) -> None:
    first, again = Halt(since=NOW, by=ANNA), Halt(since=NOW, by=ANNA)
    await storage.locks.stop_everything(first, HALTED, now=NOW)
    resumed = Event(deed=Deed.RESUMED, person=ANNA)
    await asyncio.gather(
        storage.locks.resume(first, resumed, now=NOW), storage.locks.stop_everything(again, HALTED, now=NOW)
    )
    assert storage.locks.halt is again


async def test_a_stale_unlock_or_opening_leaves_the_newer_row_and_says_nothing(reopen: Reopen) -> None:
    storage = await reopen()
    await lock(storage)
    stale, anew = LOCK, replace(LOCK, message=MessageId(9))
    await lock(storage, anew)
    await unlock(storage, stale)
    await storage.locks.open_at(stale, NOW, UNLOCKED, alarm=ALARM, now=NOW)
    assert await written(storage) == [Deed.LOCKED, Deed.LOCKED] and not await storage.outbox.due(now=NOW, limit=9)
    await storage.aclose()
    again = await reopen()
    assert again.locks.of(ANNA) == anew
    await again.aclose()


async def test_an_unlock_also_takes_the_row_that_a_failed_lock_could_not_replace(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    await lock(storage)
    anew = replace(LOCK, message=MessageId(9))
    with monkeypatch.context() as broken, pytest.raises(OSError, match="no space"):
        broken.setattr(storage.database, "write", fail)
        await lock(storage, anew)
    await unlock(storage, anew)
    assert (await Switches.load(storage.database)).locks == {}
    assert await written(storage) == [Deed.LOCKED, Deed.UNLOCKED]


async def test_every_turn_is_written_down_and_an_unlock_is_told(storage: Storage) -> None:
    await lock(storage)
    held = storage.locks.of(ANNA)
    assert held is not None
    await unlock(storage, held)
    await unlock(storage, held)  # nothing is there any more
    assert await written(storage) == [Deed.LOCKED, Deed.UNLOCKED]
    assert [entry.notice for entry in await storage.outbox.due(now=NOW, limit=9)] == [ALARM]
    assert not storage.locks.is_locked(ANNA, NOW)
