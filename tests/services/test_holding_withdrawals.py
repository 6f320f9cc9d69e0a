"""Withdrawals that wait for their time: sent once when it has come, unless something is in the way."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import (
    Cause,
    NotSent,
    Obstacle,
    OutcomeUnknown,
    TicketError,
    TicketProblem,
    Unavailable,
)
from chatbot.domain.ids import MessageId
from chatbot.domain.limits import LimitKind
from chatbot.domain.notices import HeldEnded
from chatbot.domain.tickets import (
    Blocked,
    Missed,
    Moved,
    Requested,
    TicketState,
    Unsent,
)
from chatbot.services.tickets import TOO_LATE, TRY_AGAIN
from tests.fakes.values import BTC, ticker
from tests.services.house import ANNA, BORIS, CHAT, House
from tests.services.withdrawing import blocked, held, lower, requested, send_when_due

# The hold


async def test_what_is_held_is_sent_when_its_time_has_come_and_told(house: House, account: Account) -> None:
    ticket = await held(house)
    while (await house.read(ticket)).state is TicketState.HELD:
        assert not requested(house.exchange)
        due = (await house.read(ticket)).next_look_at
        assert due is not None and ticket.send_at is not None and house.clock.at < due <= ticket.send_at
        await house.look_when_due(ticket)
    done = await house.read(ticket)
    assert (done.outcome, done.claimed_at) == (Requested(), ticket.send_at)
    assert len(requested(house.exchange)) == 1
    assert HeldEnded(ticket=ticket.id) in await house.told()
    assert account


async def test_a_hundred_looks_at_once_send_it_once(house: House, account: Account) -> None:
    ticket = await held(house)
    assert ticket.send_at is not None and account
    house.clock.at = ticket.send_at
    await asyncio.gather(*(house.settling.look(ticket) for _ in range(100)))
    assert len(requested(house.exchange)) == 1 and (await house.read(ticket)).state is TicketState.DONE


async def test_cancel_really_cancels(house: House, account: Account) -> None:
    ticket = await held(house)
    await house.tickets.decline(ticket.id, person=ANNA, chat=CHAT)
    await send_when_due(house, ticket)
    await house.settling.look(ticket)  # even one that saw it before it was cancelled
    assert (await house.read(ticket)).state is TicketState.DECLINED
    assert not requested(house.exchange) and account


async def test_a_cancel_that_loses_the_race_says_that_it_was_sent(house: House, account: Account) -> None:
    ticket = await held(house)
    house.exchange.budget_free.clear()
    assert ticket.send_at is not None and account
    house.clock.at = ticket.send_at
    sending = asyncio.ensure_future(house.settling.look(ticket))
    while (await house.read(ticket)).state is TicketState.HELD:
        pass
    with pytest.raises(TicketError) as caught:
        await house.tickets.decline(ticket.id, person=ANNA, chat=CHAT)
    house.exchange.budget_free.set()
    await sending
    assert caught.value.problem is TicketProblem.SENT and len(requested(house.exchange)) == 1


async def test_it_is_sent_once_across_a_restart(house: House, account: Account) -> None:
    ticket = await held(house)
    later = house.restarted()
    await later.settling.recover()
    done = await send_when_due(later, ticket)
    assert done.state is TicketState.DONE and account
    again = house.restarted()
    await again.settling.recover()
    await again.settling.look(ticket)
    assert len(requested(house.exchange)) == 1


@pytest.mark.parametrize(("late", "sent"), [(TOO_LATE, True), (TOO_LATE + timedelta(seconds=1), False)])
async def test_much_too_late_it_is_not_sent_any_more(
    house: House, account: Account, late: timedelta, sent: bool
) -> None:
    ticket = await held(house)
    assert ticket.send_at is not None and account
    house.clock.at = ticket.send_at + late
    done = await house.look(ticket)
    assert (done.outcome == Requested(), done.outcome == Missed()) == (sent, not sent)
    assert len(requested(house.exchange)) == sent
    assert HeldEnded(ticket=ticket.id) in await house.told()


async def _locked(house: House, account: Account) -> Obstacle:
    await house.locks.lock(ANNA, chat=CHAT, message=MessageId(1))
    return Obstacle.LOCKED


async def _halted(house: House, account: Account) -> Obstacle:
    await house.locks.halt(BORIS, chat=CHAT)
    return Obstacle.HALTED


async def _lowered(house: House, account: Account) -> Obstacle:
    await lower(house, account, LimitKind.WITHDRAWAL, "1")
    return Obstacle.WITHDRAWAL_TOO_LARGE


@pytest.mark.parametrize("trouble", [_locked, _halted, _lowered])
async def test_what_is_in_the_way_at_its_time_stops_it_and_is_told(
    house: House, account: Account, trouble: Any
) -> None:
    ticket = await held(house)
    obstacle = await trouble(house, account)
    stopped = await send_when_due(house, ticket)
    assert stopped.state is TicketState.REFUSED and blocked(stopped) is obstacle
    assert not requested(house.exchange) and stopped.next_look_at is None


async def test_a_lock_during_the_hold_stops_it_for_good(house: House, account: Account) -> None:
    ticket = await held(house)
    report = await house.locks.lock(ANNA, chat=CHAT, message=MessageId(1))
    assert report.closed == 1 and blocked(await house.read(ticket)) is Obstacle.LOCKED
    await house.locks.unlock(ANNA, chat=CHAT, message=MessageId(2), factor_since=None)
    house.clock.pass_(3600)
    await house.locks.open_due()
    assert ticket.send_at is not None and house.locks.of(ANNA) is None and account
    house.clock.at = ticket.send_at
    await house.settling.look(ticket)
    assert not requested(house.exchange)


async def test_a_lock_while_it_waits_for_the_request_budget_stops_it(house: House, account: Account) -> None:
    await house.know(account)
    house.exchange.budget_free.clear()
    card = await house.proceed(await house.withdrawal_card())
    sending = asyncio.ensure_future(house.tickets.confirm(card.id, person=ANNA))
    while (await house.read(card)).state is not TicketState.CLAIMED or house.exchange.calls[-1] != "balances":
        pass
    await house.locks.lock(ANNA, chat=CHAT, message=MessageId(1))
    house.exchange.budget_free.set()
    done = await sending
    assert done.outcome == Unsent(cause=Cause.STOPPED) and not requested(house.exchange)


async def test_a_balance_gone_at_its_time_sends_nothing(house: House, account: Account) -> None:
    ticket = await held(house)
    house.exchange.holders["key-1"].totals["BTC"] = Decimal(0)
    moved = await send_when_due(house, ticket)
    assert moved.outcome == Moved() and not requested(house.exchange) and account
    assert HeldEnded(ticket=ticket.id) in await house.told()


async def test_an_account_unlinked_meanwhile_sends_nothing(house: House, account: Account) -> None:
    ticket = await held(house)
    await house.storage.accounts.remove(ANNA, account.id, now=house.clock.at)
    done = await send_when_due(house, ticket)
    assert done.state is TicketState.REFUSED and not requested(house.exchange)


# Tried again


@pytest.mark.parametrize(
    ("call", "cause"),
    [
        ("tickers", Cause.UNREACHABLE),
        ("balances", Cause.BUDGET),
        ("balances", Cause.TIMEOUT),
        ("balances", Cause.UNREACHABLE),
    ],
)
async def test_what_could_not_be_read_at_its_time_is_tried_again_soon(
    house: House, account: Account, call: str, cause: Cause
) -> None:
    ticket = await held(house)
    house.exchange.fail(call, Unavailable(cause))
    waiting = await send_when_due(house, ticket)
    assert (waiting.state, waiting.outcome, waiting.claimed_at) == (TicketState.HELD, None, None)
    assert waiting.next_look_at == house.clock.at + TRY_AGAIN and not requested(house.exchange)
    assert HeldEnded(ticket=ticket.id) not in await house.told()
    done = await house.look_when_due(ticket)
    assert done.state is TicketState.DONE and len(requested(house.exchange)) == 1 and account


async def test_what_was_never_sent_for_want_of_budget_is_tried_again_too(house: House, account: Account) -> None:
    ticket = await held(house)
    house.exchange.fail("withdraw", NotSent(Cause.BUDGET), applied=False)
    assert (await send_when_due(house, ticket)).state is TicketState.HELD
    assert (await house.look_when_due(ticket)).state is TicketState.DONE
    assert len(house.exchange.holders["key-1"].requested) == 1 and account


async def test_it_is_tried_until_it_is_too_late(house: House, account: Account) -> None:
    ticket = await held(house)
    assert ticket.send_at is not None and account
    for _ in range(99):
        house.exchange.fail("balances", Unavailable(Cause.UNREACHABLE))
    await send_when_due(house, ticket)
    while (await house.read(ticket)).state is TicketState.HELD:
        assert house.clock.at <= ticket.send_at + TOO_LATE
        await house.look_when_due(ticket)
    assert (await house.read(ticket)).outcome == Missed() and not requested(house.exchange)


async def test_once_a_byte_may_have_left_it_is_not_tried_again(house: House, account: Account) -> None:
    ticket = await held(house)
    house.exchange.fail("withdraw", OutcomeUnknown(Cause.TIMEOUT))
    assert (await send_when_due(house, ticket)).state is TicketState.UNCERTAIN and account


async def test_a_lock_between_its_claim_and_the_next_try_stops_it(house: House, account: Account) -> None:
    ticket = await held(house)
    house.exchange.budget_free.clear()
    assert ticket.send_at is not None and account
    house.clock.at = ticket.send_at
    house.exchange.fail("balances", Unavailable(Cause.BUDGET))
    sending = asyncio.ensure_future(house.settling.look(ticket))
    while (await house.read(ticket)).state is not TicketState.CLAIMED:
        pass
    await house.locks.lock(ANNA, chat=CHAT, message=MessageId(1))
    house.exchange.budget_free.set()
    await sending
    ended = await house.read(ticket)
    # The lock finds it claimed, or held again already: the one is not let through, the other closed by the lock itself.
    assert ended.outcome in (Unsent(cause=Cause.STOPPED), Blocked(obstacle=Obstacle.LOCKED))
    assert ended.state is TicketState.REFUSED and not requested(house.exchange)


# Valued again


async def test_what_is_worth_more_than_the_limits_allow_by_then_is_stopped(house: House, account: Account) -> None:
    ticket = await held(house)
    house.exchange.move("BTCUSDT", to=Decimal(100_001))  # 0.05 are worth 5,000.05
    stopped = await send_when_due(house, ticket)
    assert blocked(stopped) is Obstacle.WITHDRAWAL_TOO_LARGE and not requested(house.exchange) and account


async def test_what_nobody_can_value_by_then_is_stopped(house: House, account: Account) -> None:
    ticket = await held(house)
    house.exchange.tickers_now[BTC.code] = ticker(last="1")
    stopped = await send_when_due(house, ticket)
    assert blocked(stopped) is Obstacle.PRICE_UNCLEAR and not requested(house.exchange) and account


async def test_what_it_is_worth_by_then_is_what_counts(house: House, account: Account) -> None:
    ticket = await held(house)
    house.exchange.move("BTCUSDT", to=Decimal(90_000))
    await send_when_due(house, ticket)
    (counted,) = (await house.limits.overview(ANNA)).counted
    assert counted.spend.value == 4_500 and account
