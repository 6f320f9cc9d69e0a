"""What takes two steps: one of many wins, the gate bars, and every step is written down."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import NotLinked, Obstacle, Stopped
from chatbot.domain.ids import AccountId, MessageId
from chatbot.domain.limits import LimitKind
from chatbot.domain.locks import Lock
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.tickets import Blocked, Requested, Ticket, TicketState
from chatbot.ports.limits import NewLimit
from chatbot.storage.opening import Storage
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, BUY, BUY_TERMS, NOW, credentials, ticket
from tests.storage.two_steps import (
    CARD,
    S,
    alarms,
    card,
    confirm,
    decline,
    deeds,
    proceed,
    read,
    release,
)


@pytest.fixture
async def account(storage: Storage) -> Account:
    return await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)


@pytest.fixture
async def known(storage: Storage, account: Account) -> None:
    """The alias was added long ago, so nothing is held."""
    await storage.aliases.add(
        account, currency="XRP", name="savings", person=ANNA, chat=ANNAS_CHAT, now=NOW - timedelta(days=2)
    )


# One wins


async def _wins(*tries: Awaitable[Ticket | None]) -> list[Ticket]:
    return [won for won in await asyncio.gather(*tries) if won is not None]


@pytest.mark.usefixtures("known")
async def test_of_100_concurrent_second_steps_one_wins(storage: Storage, account: Account) -> None:
    shown = await card(storage, account, state=S.CONTINUED)
    assert len(await _wins(*(confirm(storage, shown.id) for _ in range(100)))) == 1


async def test_of_100_concurrent_first_steps_one_wins_and_its_number_counts(storage: Storage, account: Account) -> None:
    shown = await card(storage, account)
    (won,) = await _wins(*(proceed(storage, shown.id, number=str(number)) for number in range(1000, 1100)))
    assert (await read(storage, shown)).number == won.number != ""


async def test_of_100_concurrent_releases_one_wins(storage: Storage, account: Account) -> None:
    held = await card(storage, account, state=S.HELD)
    assert len(await _wins(*(release(storage, held.id) for _ in range(100)))) == 1


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("step", "state"), [(confirm, S.CONTINUED), (release, S.HELD)], ids=["confirm", "release"])
async def test_sending_and_cancelling_at_once_have_one_winner(
    storage: Storage, account: Account, step: Callable[..., Awaitable[Ticket | None]], state: TicketState
) -> None:
    for turn in range(20):
        shown = await card(storage, account, state=state, amount="1", value="1")
        tries = [step(storage, shown.id), decline(storage, shown.id)]
        tries = [*tries[:: 1 if turn % 2 else -1], *(step(storage, shown.id) for _ in range(3))]
        (won,) = await _wins(*tries)
        assert (await read(storage, shown)).state is won.state


@pytest.mark.usefixtures("known")
async def test_locking_and_sending_at_once_have_one_winner(storage: Storage, account: Account) -> None:
    """Whichever comes first: after the lock nothing is claimed, and what was claimed is not closed."""
    for turn in range(10):
        shown = await card(storage, account, state=S.CONTINUED, amount="1", value="1")
        lock = Lock(person=ANNA, since=NOW, chat=ANNAS_CHAT, message=MessageId(turn))
        locking = storage.locks.lock(lock, Event(deed=Deed.LOCKED, person=ANNA), now=NOW)
        claimed, closed = await asyncio.gather(confirm(storage, shown.id), locking, return_exceptions=True)
        state = (await read(storage, shown)).state
        if isinstance(claimed, Ticket):
            assert (closed, state) == ((), S.CLAIMED)
        else:
            assert (closed, state) == ((shown.id,), S.REFUSED)
        await storage.locks.unlock(
            lock, Event(deed=Deed.UNLOCKED, person=ANNA), alarm=Alarm(kind=AlarmKind.UNLOCKED, at=NOW), now=NOW
        )


# The gate


async def _lock(storage: Storage) -> None:
    """In memory only, as in the moment before it is written."""
    storage.locks._switches.locks[ANNA] = Lock(person=ANNA, since=NOW, chat=ANNAS_CHAT, message=MessageId(1))


async def test_a_lock_bars_every_step_but_cancelling(storage: Storage, account: Account) -> None:
    pending, asked, held = [await card(storage, account, state=state) for state in (S.PENDING, S.CONTINUED, S.HELD)]
    await _lock(storage)
    for step, shown in ((proceed, pending), (confirm, asked), (release, held)):
        with pytest.raises(Stopped) as stopped:
            await step(storage, shown.id)
        assert stopped.value.obstacle is Obstacle.LOCKED
        assert await read(storage, shown) == shown
        assert await decline(storage, shown.id) is not None
    assert await deeds(storage) == [(Deed.STOPPED, "locked"), (Deed.DECLINED, "")] * 3


async def test_the_gate_undoes_the_claim_it_bars(storage: Storage) -> None:
    order = ticket(intent=BUY, terms=BUY_TERMS, message=CARD)
    await storage.tickets.add(order)
    await _lock(storage)
    with pytest.raises(Stopped):
        await storage.tickets.claim(order.id, person=ANNA, chat=ANNAS_CHAT, message=CARD, now=NOW)
    assert await read(storage, order) == order
    assert await deeds(storage) == [(Deed.STOPPED, "locked")]


async def test_a_second_step_the_gate_bars_begins_no_hold_and_rings_nobody(storage: Storage, account: Account) -> None:
    shown = await card(storage, account, state=S.CONTINUED)
    await storage.limits.lower(
        NewLimit(account=account, kind=LimitKind.WITHDRAWAL, value=Decimal(49)), person=ANNA, chat=ANNAS_CHAT, now=NOW
    )
    with pytest.raises(Stopped) as stopped:
        await confirm(storage, shown.id)
    assert stopped.value.obstacle is Obstacle.WITHDRAWAL_TOO_LARGE
    assert await storage.aliases.of((account.id,)) == () and await read(storage, shown) == shown
    assert (await deeds(storage))[-1] == (Deed.STOPPED, "withdrawal_too_large")
    assert await alarms(storage) == []


@pytest.mark.usefixtures("known")
async def test_of_many_at_the_edge_no_more_go_than_the_limit_leaves(storage: Storage, account: Account) -> None:
    """10,000 a day are left: of 30 at once worth 1,500 each, six."""
    asked = [await card(storage, account, state=S.CONTINUED, value="1500") for _ in range(30)]
    came = await asyncio.gather(*(confirm(storage, each.id) for each in asked), return_exceptions=True)
    assert sum(isinstance(each, Ticket) for each in came) == 6
    assert {each.obstacle for each in came if isinstance(each, Stopped)} == {Obstacle.WITHDRAWALS_USED_UP}


async def test_what_is_held_counts_against_the_limit_and_not_against_itself(storage: Storage, account: Account) -> None:
    first, second = [await card(storage, account, state=S.CONTINUED, value="4500") for _ in range(2)]
    third = await card(storage, account, state=S.CONTINUED, value="4500")
    held = [await confirm(storage, each.id) for each in (first, second)]
    with pytest.raises(Stopped):
        await confirm(storage, third.id)
    for each in held:
        assert each is not None and each.send_at is not None
        assert await release(storage, each.id, now=each.send_at) is not None


@pytest.mark.usefixtures("known")
async def test_an_uncertain_one_bars_its_currency_until_it_is_settled(storage: Storage, account: Account) -> None:
    lost = await card(storage, account, state=S.UNCERTAIN, claimed_at=NOW)
    asked = await card(storage, account, state=S.CONTINUED)
    with pytest.raises(Stopped) as stopped:
        await confirm(storage, asked.id)
    assert stopped.value.obstacle is Obstacle.FROZEN
    await storage.tickets.update(lost.id, lambda old: replace(old, state=S.DONE, outcome=Requested(confirmed=True)))
    assert await confirm(storage, asked.id) is not None


async def test_an_account_that_is_gone_cannot_begin_a_hold(storage: Storage) -> None:
    gone = Account(id=AccountId(77), person=ANNA, venue=Venue.PAPER, label="gone", key_tail="", linked_at=NOW)
    shown = await card(storage, gone, state=S.CONTINUED)
    with pytest.raises(NotLinked):
        await confirm(storage, shown.id)
    assert await read(storage, shown) == shown


# What is written down and told


@pytest.mark.usefixtures("known")
async def test_every_step_is_written_down_with_its_alarm(storage: Storage, account: Account) -> None:
    shown = await card(storage, account)
    before = len(await deeds(storage))
    await proceed(storage, shown.id)
    await confirm(storage, shown.id)
    await storage.tickets.update(shown.id, lambda old: replace(old, state=S.DONE, outcome=Requested()))
    written = (await deeds(storage))[before:]
    assert written == [(Deed.CONTINUED, ""), (Deed.CONFIRMED, ""), (Deed.SENT, "requested")]
    newest, *_ = await storage.audit.page(of=ANNA, before=None, limit=1)
    assert (newest.event.account, newest.event.subject) == ("paper-1", "withdraw XRP to savings")
    kinds = [alarm.kind for alarm in await alarms(storage)]
    assert kinds.count(AlarmKind.WITHDRAWAL) == 1
    assert (await storage.audit.verify()).broken is None


async def test_a_held_one_is_written_down_as_held_and_its_alarm_names_it(storage: Storage, account: Account) -> None:
    shown = await card(storage, account, state=S.CONTINUED)
    held = await confirm(storage, shown.id)
    assert held is not None and held.send_at is not None
    assert await deeds(storage) == [(Deed.ALIAS_ADDED, "first use"), (Deed.CONFIRMED, "held")]
    (alarm,) = await alarms(storage)
    assert alarm.ticket == held.id
    await release(storage, shown.id, now=held.send_at)
    assert (await deeds(storage))[-1] == (Deed.RELEASED, "")
    assert await alarms(storage) == [alarm]


async def test_locking_closes_all_that_waits_and_writes_each_down(storage: Storage, account: Account) -> None:
    waiting = [await card(storage, account, state=state) for state in (S.PENDING, S.CONTINUED, S.HELD)]
    sent = await card(storage, account, state=S.CLAIMED)
    theirs = await card(storage, account, person=BORIS, state=S.HELD)
    lock = Lock(person=ANNA, since=NOW, chat=ANNAS_CHAT, message=MessageId(1))
    closed = await storage.locks.lock(lock, Event(deed=Deed.LOCKED, person=ANNA), now=NOW)
    assert set(closed) == {each.id for each in waiting}
    for each in waiting:
        now = await read(storage, each)
        assert (now.state, now.outcome) == (S.REFUSED, Blocked(obstacle=Obstacle.LOCKED))
        assert now.next_look_at is None and now.closed_at == NOW
    assert [await read(storage, each) for each in (sent, theirs)] == [sent, theirs]
    assert await deeds(storage) == [(Deed.LOCKED, ""), *[(Deed.STOPPED, "locked")] * 3]


async def test_no_step_is_written_down_that_was_not_taken(storage: Storage, account: Account) -> None:
    shown = await card(storage, account)
    for tried in (confirm, release):
        assert await tried(storage, shown.id) is None
    assert await proceed(storage, shown.id, person=BORIS) is None
    assert await deeds(storage) == []


async def test_uses_count_what_was_sent_latest_first(storage: Storage, account: Account) -> None:
    for state in S:
        await card(storage, account, state=state, claimed_at=NOW)
    assert await storage.tickets.uses(account.id, currency="XRP") == {"savings": 3}  # claimed, done, uncertain
    assert await storage.tickets.uses(account.id, currency="BTC") == {}
