"""What takes two steps: each step only from its state, by its person and in time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause
from chatbot.domain.ids import MessageId
from chatbot.domain.policies import COUNTDOWN
from chatbot.domain.tickets import Lost, TicketState
from chatbot.storage.opening import Storage
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, BUY, BUY_TERMS, GROUP, NOW, credentials, ticket
from tests.storage.two_steps import CARD, DAY, LIFETIME, SOON, S, card, confirm, decline, deeds, proceed, read, release


@pytest.fixture
async def account(storage: Storage) -> Account:
    return await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)


@pytest.fixture
async def known(storage: Storage, account: Account) -> None:
    """The alias was added long ago, so nothing is held."""
    await storage.aliases.add(
        account, currency="XRP", name="savings", person=ANNA, chat=ANNAS_CHAT, now=NOW - timedelta(days=2)
    )


# The way from card to claim


async def test_first_step_asks_for_the_second(storage: Storage, account: Account) -> None:
    shown = await card(storage, account, next_look_at=NOW + COUNTDOWN)
    continued = await proceed(storage, shown.id)
    assert continued == replace(shown, state=S.CONTINUED, number="4711", revision=2)
    assert await read(storage, shown) == continued


@pytest.mark.usefixtures("known")
async def test_second_step_claims_where_nothing_holds(storage: Storage, account: Account) -> None:
    shown = await card(storage, account, state=S.CONTINUED, number="4711", next_look_at=NOW)
    claimed = await confirm(storage, shown.id)
    assert claimed == replace(shown, state=S.CLAIMED, claimed_at=NOW + SOON, next_look_at=None, revision=2)


async def test_second_step_holds_a_first_use_until_its_time(storage: Storage, account: Account) -> None:
    shown = await card(storage, account, state=S.CONTINUED)
    held = await confirm(storage, shown.id)
    due = NOW + SOON + DAY
    assert held == replace(shown, state=S.HELD, send_at=due, next_look_at=NOW + SOON + COUNTDOWN, revision=2)
    assert held is not None and held.claimed_at is None
    (alias,) = await storage.aliases.of((account.id,))
    assert (alias.name, alias.held_until) == ("savings", due)


async def test_an_added_alias_holds_for_what_is_left_of_its_time(storage: Storage, account: Account) -> None:
    await storage.aliases.add(
        account, currency="XRP", name="savings", person=ANNA, chat=ANNAS_CHAT, now=NOW - DAY + 5 * SOON
    )
    held = await confirm(storage, (await card(storage, account, state=S.CONTINUED)).id)
    assert held is not None and (held.send_at, held.next_look_at) == (NOW + 5 * SOON, NOW + 5 * SOON)


async def test_the_hold_of_one_currencys_alias_says_nothing_of_anothers(storage: Storage, account: Account) -> None:
    long_ago = NOW - timedelta(days=9)
    for currency, name in (("BTC", "savings"), ("XRP", "Savings"), ("XRP", "savings 2")):
        await storage.aliases.add(account, currency=currency, name=name, person=ANNA, chat=ANNAS_CHAT, now=long_ago)
    held = await confirm(storage, (await card(storage, account, state=S.CONTINUED)).id)
    assert held is not None and held.state is S.HELD


async def test_release_claims_when_the_time_has_come_and_not_a_moment_before(
    storage: Storage, account: Account
) -> None:
    held = await card(storage, account, state=S.HELD)
    assert await release(storage, held.id, now=NOW + DAY - timedelta(microseconds=1)) is None
    assert await read(storage, held) == held
    released = await release(storage, held.id)
    assert released == replace(held, state=S.CLAIMED, claimed_at=NOW + DAY, next_look_at=None, revision=2)


@pytest.mark.parametrize("state", [S.PENDING, S.CONTINUED, S.HELD])
async def test_what_waits_can_be_declined(storage: Storage, account: Account, state: TicketState) -> None:
    shown = await card(storage, account, state=state)
    declined = await decline(storage, shown.id)
    assert declined is not None and declined.state is S.DECLINED
    assert (declined.closed_at, declined.next_look_at) == (NOW + SOON, None)


async def test_what_is_held_can_be_declined_long_after_its_card_could_be_confirmed(
    storage: Storage, account: Account
) -> None:
    held = await card(storage, account, state=S.HELD)
    assert await decline(storage, held.id, now=NOW + DAY - SOON) is not None


# Each step only from its state, by its person, in time


@pytest.mark.parametrize("state", [state for state in S if state is not S.PENDING])
async def test_first_step_is_taken_only_from_pending(storage: Storage, account: Account, state: TicketState) -> None:
    shown = await card(storage, account, state=state)
    assert await proceed(storage, shown.id) is None
    assert await read(storage, shown) == shown


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("state", [state for state in S if state is not S.CONTINUED])
async def test_second_step_is_taken_only_after_the_first(
    storage: Storage, account: Account, state: TicketState
) -> None:
    shown = await card(storage, account, state=state)
    assert await confirm(storage, shown.id) is None
    assert await read(storage, shown) == shown


@pytest.mark.parametrize("state", [state for state in S if state is not S.HELD])
async def test_only_what_is_held_is_released(storage: Storage, account: Account, state: TicketState) -> None:
    shown = await card(storage, account, state=state, send_at=NOW)
    assert await release(storage, shown.id) is None
    assert await read(storage, shown) == shown


@pytest.mark.parametrize("state", [state for state in S if not state.is_waiting])
async def test_what_was_sent_or_closed_is_not_declined(storage: Storage, account: Account, state: TicketState) -> None:
    shown = await card(storage, account, state=state)
    assert await decline(storage, shown.id) is None
    assert await read(storage, shown) == shown


@pytest.mark.parametrize("state", S)
async def test_a_tap_never_claims_a_withdrawal(storage: Storage, account: Account, state: TicketState) -> None:
    shown = await card(storage, account, state=state)
    taken = await storage.tickets.claim(shown.id, person=ANNA, chat=ANNAS_CHAT, message=CARD, now=NOW)
    assert taken is None and await read(storage, shown) == shown
    assert await deeds(storage) == []


async def test_an_order_takes_no_first_step_of_two(storage: Storage) -> None:
    order = ticket(intent=BUY, terms=BUY_TERMS, message=CARD)
    await storage.tickets.add(order)
    assert await proceed(storage, order.id) is None
    assert await read(storage, order) == order


WRONG_FIRST: dict[str, dict[str, Any]] = {
    "another person": {"person": BORIS},
    "another chat": {"chat": GROUP},
    "another message": {"message": MessageId(1)},
    "just expired": {"now": NOW + LIFETIME},
    "long expired": {"now": NOW + timedelta(days=3)},
}


@pytest.mark.parametrize("wrong", WRONG_FIRST.values(), ids=WRONG_FIRST.keys())
async def test_first_step_under_a_wrong_condition_changes_nothing(
    storage: Storage, account: Account, wrong: dict[str, Any]
) -> None:
    shown = await card(storage, account)
    assert await proceed(storage, shown.id, **wrong) is None
    assert await read(storage, shown) == shown


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("wrong", [{"person": BORIS}, {"now": NOW + LIFETIME}], ids=["another person", "expired"])
async def test_second_step_under_a_wrong_condition_changes_nothing(
    storage: Storage, account: Account, wrong: dict[str, Any]
) -> None:
    shown = await card(storage, account, state=S.CONTINUED)
    assert await confirm(storage, shown.id, **wrong) is None
    assert await read(storage, shown) == shown


@pytest.mark.parametrize("wrong", [{"person": BORIS}, {"chat": GROUP}], ids=["another person", "another chat"])
@pytest.mark.parametrize("state", [S.PENDING, S.CONTINUED, S.HELD])
async def test_nobody_else_declines(
    storage: Storage, account: Account, state: TicketState, wrong: dict[str, Any]
) -> None:
    shown = await card(storage, account, state=state)
    assert await decline(storage, shown.id, **wrong) is None
    assert await read(storage, shown) == shown


async def test_a_second_step_never_taken_expires_and_what_is_held_does_not(storage: Storage, account: Account) -> None:
    asked, held = await card(storage, account, state=S.CONTINUED), await card(storage, account, state=S.HELD)
    assert await storage.tickets.expire(now=NOW + DAY) == (asked.id,)
    assert (await read(storage, asked)).state is S.EXPIRED and await read(storage, held) == held


async def test_a_restart_finds_what_is_held_and_does_not_touch_it(storage: Storage, account: Account) -> None:
    held, sent = await card(storage, account, state=S.HELD), await card(storage, account, state=S.CLAIMED)
    assert await storage.tickets.recover(now=NOW) == (sent.id,)
    assert await read(storage, held) == held
    assert (await read(storage, sent)).outcome == Lost(cause=Cause.SHUTDOWN)
    assert set(await storage.tickets.unsettled_of(ANNA)) == {held, await read(storage, sent)}
    assert await storage.tickets.due(now=NOW + DAY, limit=9) == (await read(storage, sent), held)
