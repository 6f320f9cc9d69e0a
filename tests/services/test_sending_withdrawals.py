"""Both steps of a withdrawal, and that it is sent once or not at all."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import (
    Cause,
    KeyRejected,
    NotSent,
    TicketError,
    TicketProblem,
    Unavailable,
)
from chatbot.domain.ids import MessageId
from chatbot.domain.money import Amount
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.tickets import (
    Moved,
    RefusedBy,
    Requested,
    Ticket,
    TicketState,
    Unsent,
    WrongCodes,
)
from tests.fakes.exchange import Withdrawal
from tests.services.house import ANNA, BORIS, CHAT, House
from tests.services.withdrawing import requested, terms

# Sending


async def test_both_steps_send_it_once_exactly_as_shown(house: House, account: Account) -> None:
    await house.know(account)
    done = await house.confirm(await house.withdrawal_card("BTC 0.05000000 savings"))
    assert (done.state, done.outcome) == (TicketState.DONE, Requested())
    assert requested(house.exchange) == [Withdrawal(currency="BTC", amount=Decimal("0.05"), alias="savings")]
    (alarm,) = [notice for notice in await house.told() if getattr(notice, "kind", "") is AlarmKind.WITHDRAWAL]
    assert isinstance(alarm, Alarm) and alarm.due is None


async def test_a_tap_alone_never_sends_it(house: House, account: Account) -> None:
    await house.know(account)
    card = await house.withdrawal_card()
    for tap in (house.tap(card), house.tickets.confirm(card.id, person=ANNA)):
        with pytest.raises(TicketError):
            await tap
    await house.proceed(card)
    with pytest.raises(TicketError):
        await house.tap(card)
    assert not requested(house.exchange)


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (TicketState.PENDING, TicketProblem.UNKNOWN),
        (TicketState.CONTINUED, TicketProblem.ALREADY_TAKEN),
        (TicketState.HELD, TicketProblem.ALREADY_TAKEN),
        (TicketState.DONE, TicketProblem.SENT),
        (TicketState.UNCERTAIN, TicketProblem.SENT),
        (TicketState.DECLINED, TicketProblem.DECLINED),
        (TicketState.REFUSED, TicketProblem.CLOSED),
        (TicketState.EXPIRED, TicketProblem.EXPIRED),
    ],
)
async def test_a_forged_confirm_is_answered_kindly_in_every_state(
    house: House, account: Account, state: TicketState, problem: TicketProblem
) -> None:
    card = await house.withdrawal_card()
    await house.storage.tickets.update(card.id, lambda old: replace(old, state=state))
    with pytest.raises(TicketError) as caught:
        await house.tap(card)
    assert caught.value.problem is problem and account and not requested(house.exchange)


async def test_a_hundred_second_steps_at_once_send_once(house: House, account: Account) -> None:
    await house.know(account)
    card = await house.proceed(await house.withdrawal_card())
    tries = (house.tickets.confirm(card.id, person=ANNA) for _ in range(100))
    came = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, Ticket) for each in came) == 1 and len(requested(house.exchange)) == 1


async def test_another_person_takes_no_step(house: House, account: Account) -> None:
    await house.know(account)
    card = await house.withdrawal_card()
    foreign: dict[str, Any] = {"person": BORIS, "chat": CHAT}
    with pytest.raises(TicketError) as caught:
        await house.tickets.proceed(card.id, message=MessageId(500), number="1", **foreign)
    assert caught.value.problem is TicketProblem.NOT_YOURS
    await house.proceed(card)
    for step in (house.tickets.confirm(card.id, person=BORIS), house.tickets.decline(card.id, **foreign)):
        with pytest.raises(TicketError):
            await step
    await house.tickets.fail_second_step(card.id, person=BORIS)
    assert (await house.read(card)).state is TicketState.CONTINUED


async def test_a_second_step_after_the_cards_time_sends_nothing(house: House, account: Account) -> None:
    await house.know(account)
    card = await house.proceed(await house.withdrawal_card())
    house.clock.pass_(90)
    with pytest.raises(TicketError) as caught:
        await house.tickets.confirm(card.id, person=ANNA)
    assert caught.value.problem is TicketProblem.EXPIRED and not requested(house.exchange)


async def test_wrong_answers_close_it_for_good(house: House, account: Account) -> None:
    await house.know(account)
    card = await house.proceed(await house.withdrawal_card())
    await house.tickets.fail_second_step(card.id, person=ANNA)
    closed = await house.read(card)
    assert (closed.state, closed.outcome, closed.next_look_at) == (TicketState.REFUSED, WrongCodes(), None)
    with pytest.raises(TicketError):
        await house.tickets.confirm(card.id, person=ANNA)


async def test_a_balance_that_left_the_card_sends_nothing(house: House, account: Account) -> None:
    await house.know(account)
    card = await house.proceed(await house.withdrawal_card())
    house.exchange.holders["key-1"].totals["BTC"] = Decimal("0.04")
    done = await house.tickets.confirm(card.id, person=ANNA)
    assert (done.state, done.outcome) == (TicketState.REFUSED, Moved()) and not requested(house.exchange)


async def test_a_balance_that_cannot_be_read_sends_nothing(house: House, account: Account) -> None:
    await house.know(account)
    card = await house.proceed(await house.withdrawal_card())
    house.exchange.fail("balances", Unavailable(Cause.SERVER_FAULT))
    done = await house.tickets.confirm(card.id, person=ANNA)
    assert done.outcome == Unsent(cause=Cause.SERVER_FAULT) and not requested(house.exchange)


NO: dict[str, tuple[Exception, object]] = {
    "not sent": (NotSent(Cause.BUDGET), Unsent(cause=Cause.BUDGET)),
    "key": (
        KeyRejected(status=403, reason="no_permission"),
        RefusedBy(code=403, reason="no_permission", key_rejected=True),
    ),
}


@pytest.mark.parametrize(("error", "outcome"), NO.values(), ids=NO.keys())
async def test_a_sure_no_is_final_and_frees_the_limit(
    house: House, account: Account, error: Exception, outcome: object
) -> None:
    await house.know(account)
    house.exchange.fail("withdraw", error)
    done = await house.confirm(await house.withdrawal_card())
    assert (done.state, done.outcome) == (TicketState.REFUSED, outcome)
    assert terms(await house.withdrawal_card()).left == Amount(Decimal(10_000), "USDT")


async def test_an_alias_that_is_not_saved_is_refused_by_the_exchange(house: House, account: Account) -> None:
    await house.know(account, alias="elsewhere")
    done = await house.confirm(await house.withdrawal_card("BTC 0.01 elsewhere"))
    assert isinstance(done.outcome, RefusedBy) and done.outcome.code == 1319
    assert len(requested(house.exchange)) == 1
