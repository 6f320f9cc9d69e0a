import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, InputError, NotSent, Obstacle, Stopped
from chatbot.domain.ids import MessageId
from chatbot.domain.locks import UNLOCK_WAIT
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.tickets import Blocked, TicketState, Unsent
from chatbot.services.locks import StopReport
from chatbot.workers.locks import LockKeeper
from tests.services.house import ANNA, BORIS, CARD, CHAT, House

LONG_AGO = timedelta(days=1)


async def lock(house: House, *, message: int = 10) -> StopReport:
    return await house.locks.lock(ANNA, chat=CHAT, message=MessageId(message))


async def unlock(house: House, *, message: int = 11, factor_age: timedelta | None = None) -> Any:
    since = None if factor_age is None else house.clock.now() - factor_age
    return await house.locks.unlock(ANNA, chat=CHAT, message=MessageId(message), factor_since=since)


async def alarms(house: House) -> list[AlarmKind]:
    return [notice.kind for notice in await house.told() if isinstance(notice, Alarm)]


def may_send(house: House, *, urgent: bool = False) -> bool:
    try:
        house.locks.permit(ANNA, urgent=urgent)()
    except NotSent as error:
        assert error.cause is Cause.STOPPED
        return False
    return True


async def test_a_card_that_waited_is_closed_and_repainted(house: House, account: Account) -> None:
    card = await house.order_card(account)
    assert await lock(house) == StopReport(closed=1)
    after = await house.read(card)
    assert (after.state, after.outcome) == (TicketState.REFUSED, Blocked(obstacle=Obstacle.LOCKED))
    assert card.id in house.cards.repainted


async def test_a_locked_persons_card_is_not_claimed(house: House, account: Account) -> None:
    await lock(house)
    card = await house.order_card(account)
    with pytest.raises(Stopped) as caught:
        await house.tickets.claim(card.id, person=ANNA, chat=CHAT, message=CARD)
    assert caught.value.obstacle is Obstacle.LOCKED


@pytest.mark.parametrize("everybody", [False, True], ids=["locked", "halted"])
async def test_an_order_that_waits_for_its_turn_when_it_is_stopped_is_not_sent(
    house: House, account: Account, everybody: bool
) -> None:
    card = await house.order_card(account)
    house.exchange.budget_free.clear()
    sending = asyncio.ensure_future(house.tap(card))
    while (await house.read(card)).state is not TicketState.CLAIMED:
        pass  # reading lets the tap go on
    stopping = house.locks.halt(BORIS, chat=CHAT) if everybody else lock(house)
    await stopping
    house.exchange.budget_free.set()
    done = await sending
    assert house.exchange.sent == []
    assert (done.state, done.outcome) == (TicketState.REFUSED, Unsent(cause=Cause.STOPPED))


async def test_one_persons_lock_stops_nobody_else(house: House) -> None:
    await house.locks.lock(BORIS, chat=CHAT, message=MessageId(1))
    assert may_send(house)


async def test_only_what_is_urgent_passes_a_lock_and_a_halt(house: House) -> None:
    await lock(house)
    assert not may_send(house) and may_send(house, urgent=True)
    await unlock(house, factor_age=LONG_AGO)
    assert may_send(house)
    await house.locks.halt(BORIS, chat=CHAT)
    assert not may_send(house) and may_send(house, urgent=True)


async def test_a_factor_older_than_the_lock_opens_it_at_once(house: House) -> None:
    await lock(house)
    assert await unlock(house, factor_age=LONG_AGO) == house.clock.now()
    assert may_send(house) and await alarms(house) == [AlarmKind.UNLOCKED]


async def test_without_a_factor_it_opens_after_ten_minutes_and_both_ends_are_told(house: House) -> None:
    await lock(house)
    keeper = LockKeeper(house.locks)
    assert await unlock(house) == house.clock.now() + UNLOCK_WAIT
    assert await alarms(house) == [AlarmKind.UNLOCK_ASKED]
    house.clock.pass_(599)
    await keeper.step()
    assert not may_send(house) and await alarms(house) == [AlarmKind.UNLOCK_ASKED]
    house.clock.pass_(1)
    assert may_send(house)
    await keeper.step()
    await keeper.step()
    assert await alarms(house) == [AlarmKind.UNLOCK_ASKED, AlarmKind.UNLOCKED]
    assert house.locks.of(ANNA) is None


async def test_a_factor_turned_on_after_the_lock_has_to_wait_too(house: House) -> None:
    """Whoever holds the phone could turn one on to get past the lock."""
    await lock(house)
    house.clock.pass_(60)
    assert await unlock(house, factor_age=timedelta(seconds=30)) == house.clock.now() + UNLOCK_WAIT
    assert not may_send(house)


async def test_asking_again_does_not_begin_the_wait_anew(house: House) -> None:
    await lock(house)
    opens_at = await unlock(house)
    house.clock.pass_(300)
    assert await unlock(house, message=12) == opens_at
    assert await alarms(house) == [AlarmKind.UNLOCK_ASKED]


async def test_locking_during_the_wait_keeps_it_locked_and_says_nothing_of_opening(house: House) -> None:
    await lock(house)
    await unlock(house)
    house.clock.pass_(300)
    await lock(house, message=12)
    house.clock.pass_(3_600)
    await LockKeeper(house.locks).step()
    assert not may_send(house) and await alarms(house) == [AlarmKind.UNLOCK_ASKED]


async def test_an_unlock_said_before_the_lock_does_not_undo_it(house: House) -> None:
    """`/lock` overtakes what was said before and still waits."""
    await lock(house, message=20)
    with pytest.raises(InputError, match="locked again"):
        await unlock(house, message=19, factor_age=LONG_AGO)
    assert not may_send(house)


async def test_locking_twice_remembers_since_when_and_what_was_said_last(house: House) -> None:
    since = house.clock.now()
    await lock(house, message=10)
    house.clock.pass_(60)
    await lock(house, message=20)
    held = house.locks.of(ANNA)
    assert held is not None and (held.since, held.message) == (since, 20)


async def test_the_wait_goes_on_over_a_restart(house: House) -> None:
    await lock(house)
    await unlock(house)
    again = house.restarted()
    house.clock.pass_(601)
    await LockKeeper(again.locks).step()
    assert await alarms(house) == [AlarmKind.UNLOCK_ASKED, AlarmKind.UNLOCKED]


async def test_nothing_locked_needs_no_unlock(house: House) -> None:
    assert await unlock(house) is None
    assert await house.locks.resume(BORIS, chat=CHAT) is False
    assert await alarms(house) == []


async def test_a_halt_ends_when_it_is_resumed(house: House) -> None:
    await house.locks.halt(BORIS, chat=CHAT)
    assert await house.locks.resume(BORIS, chat=CHAT) is True
    assert may_send(house) and house.locks.halted is None


async def test_what_cannot_be_written_down_is_said_and_stopped_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(house.storage.database, "write", fail)
    assert await lock(house) == StopReport(stored=False)
    assert await house.locks.halt(BORIS, chat=CHAT) == StopReport(stored=False)
    assert not may_send(house)
