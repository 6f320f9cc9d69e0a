"""Withdrawals without an answer: never sent again, and closed by their person alone."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import (
    Cause,
    Obstacle,
    Stopped,
    TicketError,
    Unavailable,
)
from chatbot.domain.intents import PlaceOrder
from chatbot.domain.money import Amount
from chatbot.domain.tickets import (
    Disowned,
    Lost,
    Requested,
    Ticket,
    TicketState,
)
from tests.services.house import ANNA, BORIS, House
from tests.services.withdrawing import blocked, held, lost, requested, say, send_when_due, terms

DAY = timedelta(hours=24)

# No answer


@pytest.mark.parametrize(("applied", "available"), [(True, "0.95"), (False, "1")])
async def test_a_lost_answer_is_uncertain_and_the_balance_is_read_for_its_person(
    house: House, account: Account, applied: bool, available: str
) -> None:
    looked = await house.look_when_due(await lost(house, account, applied=applied))
    assert looked.state is TicketState.UNCERTAIN and looked.next_look_at is None
    assert looked.outcome == Lost(cause=Cause.TIMEOUT, available=Amount(Decimal(available), "BTC"))
    assert len(requested(house.exchange)) == 1


async def test_a_balance_that_cannot_be_read_is_read_later(house: House, account: Account) -> None:
    ticket = await lost(house, account)
    house.exchange.fail("balances", Unavailable(Cause.TIMEOUT))
    looked = await house.look_when_due(ticket)
    assert looked.outcome == ticket.outcome and looked.next_look_at is not None
    assert (await house.look_when_due(ticket)).next_look_at is None


async def test_time_alone_settles_nothing(house: House, account: Account) -> None:
    ticket = await house.look_when_due(await lost(house, account))
    house.clock.pass_(DAY.total_seconds() * 400)
    await house.settling.expire()
    await house.restarted().settling.recover()
    assert await house.storage.tickets.due(now=house.clock.at, limit=9) == ()
    assert (await house.read(ticket)).state is TicketState.UNCERTAIN
    assert [each.id for each in await house.tickets.unsettled_of(ANNA)] == [ticket.id]


async def test_its_currency_is_frozen_until_its_person_says_how_it_stands(house: House, account: Account) -> None:
    ticket = await lost(house, account, words="BTC 0.01 savings")
    with pytest.raises(Stopped) as stopped:
        await say(house, "BTC 0.01 savings")
    assert stopped.value.obstacle is Obstacle.FROZEN
    assert isinstance(await say(house, "USDT 5 savings"), Ticket)
    assert isinstance(await house.order_card(account), Ticket)
    await house.tickets.settle_by_word(ticket.id, person=ANNA, was_sent=False)
    assert isinstance(await say(house, "BTC 0.01 savings"), Ticket)


async def test_one_that_is_held_is_stopped_by_another_without_an_answer(house: House, account: Account) -> None:
    waiting = await held(house, "BTC 0.01 cold")
    await house.know(account, "BTC", "other")
    house.exchange.lose_answer("withdraw")
    house.exchange.save_alias(house.exchange.holders["key-1"].credentials, "BTC", "other")
    assert (await house.confirm(await house.withdrawal_card("BTC 0.01 other"))).state is TicketState.UNCERTAIN
    assert blocked(await send_when_due(house, waiting)) is Obstacle.FROZEN
    assert len(requested(house.exchange)) == 1


@pytest.mark.parametrize(
    ("was_sent", "end", "left"),
    [
        (True, (TicketState.DONE, Requested(confirmed=True)), "6995"),
        (False, (TicketState.REFUSED, Disowned()), "10000"),
    ],
)
async def test_its_persons_word_closes_it_and_counts(
    house: House, account: Account, was_sent: bool, end: tuple[TicketState, object], left: str
) -> None:
    ticket = await lost(house, account)
    closed = await house.tickets.settle_by_word(ticket.id, person=ANNA, was_sent=was_sent)
    assert (closed.state, closed.outcome) == end and closed.next_look_at is None
    assert terms(await house.withdrawal_card()).left == Amount(Decimal(left), "USDT")
    with pytest.raises(TicketError):
        await house.tickets.settle_by_word(ticket.id, person=ANNA, was_sent=not was_sent)


async def test_nobody_else_and_nothing_else_is_closed_by_word(house: House, account: Account) -> None:
    ticket = await lost(house, account)
    with pytest.raises(TicketError):
        await house.tickets.settle_by_word(ticket.id, person=BORIS, was_sent=True)
    order = await house.order_card(account)
    assert isinstance(order.intent, PlaceOrder)
    house.exchange.lose_answer("place_order")
    assert (await house.tap(order)).state is TicketState.UNCERTAIN
    with pytest.raises(TicketError):
        await house.tickets.settle_by_word(order.id, person=ANNA, was_sent=True)
    card = await house.withdrawal_card("USDT 5 savings")
    with pytest.raises(TicketError):
        await house.tickets.settle_by_word(card.id, person=ANNA, was_sent=True)
    assert (await house.read(ticket)).state is TicketState.UNCERTAIN


async def test_a_kill_between_claim_and_record_is_uncertain_with_the_balance_read(
    house: House, account: Account
) -> None:
    """The request left, and nobody was there to hear the answer."""
    await house.know(account)
    card = await house.proceed(await house.withdrawal_card())
    claimed = await house.storage.tickets.confirm(card.id, person=ANNA, now=house.clock.at)
    assert claimed is not None and claimed.state is TicketState.CLAIMED
    credentials = house.exchange.holders["key-1"].credentials
    await house.exchange.withdraw(
        credentials, currency="BTC", amount=Decimal("0.05"), alias="savings", permit=lambda: None
    )
    later = house.restarted()
    await later.settling.recover()
    looked = await later.look_when_due(card)
    assert looked.outcome == Lost(cause=Cause.SHUTDOWN, available=Amount(Decimal("0.95"), "BTC"))
    assert len(requested(house.exchange)) == 1


async def test_an_unexpected_fault_while_sending_is_uncertain(house: House, account: Account) -> None:
    await house.know(account)
    house.exchange.fail("withdraw", RuntimeError("a bug"))
    done = await house.confirm(await house.withdrawal_card())
    assert done.state is TicketState.UNCERTAIN
