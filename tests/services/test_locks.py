import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.audit import Deed
from chatbot.domain.errors import Cause, InputError, NotSent, Obstacle, Stopped
from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.limits import LimitKind
from chatbot.domain.locks import UNLOCK_WAIT, Halt, Lock
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.protected import RaiseLimit
from chatbot.domain.tickets import Blocked, TicketState, Unsent
from chatbot.services.locks import StopReport
from chatbot.storage.locks import Switches
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


@pytest.mark.parametrize(("hours", "waits"), [(23, True), (24, False)])
async def test_a_factor_is_trusted_that_was_on_a_day_before_the_lock(house: House, hours: int, waits: bool) -> None:
    """Whoever turned it on may not be the person: the alarm about it needs time to be noticed."""
    house.clock.pass_(hours * 3_600)
    await lock(house)
    house.clock.pass_(3_600)  # waiting behind the lock makes no factor older
    opens_at = await unlock(house, factor_age=timedelta(hours=hours + 1))
    assert opens_at == house.clock.now() + (UNLOCK_WAIT if waits else timedelta())
    assert may_send(house) is not waits


async def test_locking_again_does_not_make_a_younger_factor_older_than_the_lock(house: House) -> None:
    await lock(house, message=10)
    house.clock.pass_(60)
    turned_on = house.clock.now()
    await unlock(house, message=11, factor_age=timedelta())
    house.clock.pass_(60)
    await lock(house, message=12)
    house.clock.pass_(2 * 24 * 3_600)
    await lock(house, message=13)
    opens_at = await house.locks.unlock(ANNA, chat=CHAT, message=MessageId(14), factor_since=turned_on)
    assert opens_at == house.clock.now() + UNLOCK_WAIT and not may_send(house)


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


async def test_a_halt_while_a_resumption_is_written_stays_and_survives_a_restart(house: House) -> None:
    await house.locks.halt(BORIS, chat=CHAT)
    since = house.clock.now()
    house.clock.pass_(60)
    resumed, halted = await asyncio.gather(
        house.locks.resume(BORIS, chat=CHAT), house.locks.halt(ANNA, chat=CHAT), return_exceptions=True
    )
    assert isinstance(resumed, InputError) and "halted again" in str(resumed)
    assert halted == StopReport()
    assert not may_send(house) and house.locks.halted == Halt(since=since, by=BORIS)
    assert (await Switches.load(house.storage.database)).halt == house.locks.halted


async def test_a_lock_while_an_unlock_is_written_stays(house: House) -> None:
    await lock(house)
    unlocking, locking = unlock(house, factor_age=LONG_AGO), lock(house, message=12)
    results = await asyncio.gather(unlocking, locking, return_exceptions=True)
    assert isinstance(results[0], InputError) and not may_send(house)
    assert ANNA in (await Switches.load(house.storage.database)).locks


async def test_an_opening_that_comes_too_late_takes_no_newer_lock_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two waits end at once; while the first lock is taken away, the second person locks again."""
    for who in (ANNA, BORIS):
        await house.locks.lock(who, chat=CHAT, message=MessageId(1))
        await house.locks.unlock(who, chat=CHAT, message=MessageId(2), factor_since=None)
    house.clock.pass_(601)
    take_away = house.storage.locks.unlock

    async def slowly(held: Lock, *args: Any, **kwargs: Any) -> None:
        await take_away(held, *args, **kwargs)
        if held.person == ANNA:
            await house.locks.lock(BORIS, chat=CHAT, message=MessageId(3))

    monkeypatch.setattr(house.storage.locks, "unlock", slowly)
    await LockKeeper(house.locks).step()
    assert house.locks.of(BORIS) is not None and house.locks.of(ANNA) is None
    stored = await Switches.load(house.storage.database)
    assert set(stored.locks) == {BORIS} and stored.locks[BORIS].message == 3
    assert (await alarms(house)).count(AlarmKind.UNLOCKED) == 1


async def test_locking_drops_every_raise_that_waits_of_this_person_only(house: House, account: Account) -> None:
    theirs = await house.link(BORIS)
    for whose, person in ((account, ANNA), (theirs, BORIS)):
        for kind in (LimitKind.ORDER, LimitKind.WITHDRAWAL):
            raised = RaiseLimit(account=whose.id, kind=kind, value=Decimal(10**9))
            await house.limits.raise_(raised, person=person, chat=ChatId(person))
    await lock(house)
    house.clock.pass_(24 * 3_600)
    kept, waiting = await house.storage.limits.of(account.id, now=house.clock.now())
    assert waiting == () and Decimal(10**9) not in (kept.order, kept.withdrawal)
    raised_theirs, _ = await house.storage.limits.of(theirs.id, now=house.clock.now())
    assert raised_theirs.order == raised_theirs.withdrawal == Decimal(10**9)
    for person, dropped in ((ANNA, 2), (BORIS, 0)):
        log = await house.storage.audit.page(of=person, before=None, limit=9)
        assert [entry.event.deed for entry in log].count(Deed.LIMIT_KEPT) == dropped


async def test_locking_lets_holds_that_are_not_over_begin_anew(house: House, account: Account) -> None:
    await house.know(account, alias="old")
    theirs = await house.link(BORIS)
    for whose, person in ((account, ANNA), (theirs, BORIS)):
        await house.storage.aliases.add(
            whose, currency="BTC", name="cold", person=person, chat=ChatId(person), now=house.clock.now()
        )
    before = {alias.name: alias.held_until for alias in await house.storage.aliases.of((account.id,))}
    begun = house.clock.now()
    house.clock.pass_(23 * 3_600)
    await lock(house)
    after = {alias.name: alias.held_until for alias in await house.storage.aliases.of((account.id,))}
    hold = house.storage.aliases.hold_time
    assert after == {"old": before["old"], "cold": house.clock.now() + hold}
    [untouched] = await house.storage.aliases.of((theirs.id,))
    assert untouched.held_until == begun + hold


async def test_what_cannot_be_written_down_is_said_and_stopped_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(house.storage.database, "write", fail)
    assert await lock(house) == StopReport(stored=False)
    assert await house.locks.halt(BORIS, chat=CHAT) == StopReport(stored=False)
    assert not may_send(house)
