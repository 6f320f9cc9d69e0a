"""Cancellations are read back: only the exchange says what became of an order."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import (
    Cause,
    KeyRejected,
    NotSent,
    OrderNotFound,
    OutcomeUnknown,
    Refused,
)
from chatbot.domain.ids import OrderNumber
from chatbot.domain.notices import TicketSettled
from chatbot.domain.orders import OrderStatus
from chatbot.domain.tickets import CancelState, Lost, TicketState
from tests.services.house import ANNA, CARD, CHAT, House, placed, results

pytestmark = pytest.mark.usefixtures("nothing_is_sent_by_looking")

# ---- cancellations are read back


async def test_a_cancellation_is_told_per_order_as_the_exchange_says(house: House, account: Account) -> None:
    small = {"volume": Decimal("0.01")}
    cancelled, filled, rejected, stays = [
        placed(await house.tap(await house.order_card(account, **small))) for _ in range(4)
    ]
    house.exchange.fill(filled)
    house.exchange.cancels_at_once = False
    card = await house.tap(await house.cancel_card(account, cancelled, filled, rejected, stays))
    orders = house.exchange.holders["key-1"].orders
    orders[cancelled] = replace(orders[cancelled], status=OrderStatus.CANCELLED)
    orders[rejected] = replace(orders[rejected], status=OrderStatus.REJECTED)
    card = await house.look_when_due(card)
    assert [result.state for result in results(card)] == [
        CancelState.CANCELLED,
        CancelState.FILLED,
        CancelState.REJECTED,
        CancelState.REQUESTED,
    ]
    asked = house.exchange.calls.count("order")
    first_seen = house.clock.at
    while card.next_look_at is not None:
        card = await house.look_when_due(card)
    assert results(card)[3].state is CancelState.STILL_OPEN
    assert timedelta(seconds=30) <= house.clock.at - first_seen <= timedelta(seconds=35)
    assert house.exchange.calls.count("order") - asked <= 20  # and only for the one that was not settled
    assert await house.told() == []


@pytest.mark.parametrize("applied", [True, False])
async def test_a_cancellation_without_an_answer_is_settled_by_reading_it_back(
    house: House, account: Account, applied: bool
) -> None:
    number = placed(await house.tap(await house.order_card(account)))
    house.exchange.fail("cancel_order", OutcomeUnknown(Cause.TIMEOUT), applied=applied)
    card = await house.tap(await house.cancel_card(account, number))
    while card.next_look_at is not None:
        card = await house.look_when_due(card)
    state = CancelState.CANCELLED if applied else CancelState.STILL_OPEN
    assert [result.state for result in results(card)] == [state]
    assert card.state is TicketState.DONE and card.closed_at == house.clock.at
    assert await house.told() == [TicketSettled(ticket=card.id)]
    assert house.exchange.cancels == [number]


async def test_a_cancellation_cut_off_by_a_crash_is_read_back_whole(house: House, account: Account) -> None:
    numbers = [placed(await house.tap(await house.order_card(account, volume=Decimal("0.01")))) for _ in range(2)]
    card = await house.cancel_card(account, *numbers)
    await house.tickets.claim(card.id, person=ANNA, chat=CHAT, message=CARD)
    await house.settling.recover()
    card = await house.look_when_due(card)
    assert [(result.number, result.state) for result in results(card)] == [(n, CancelState.LOST) for n in numbers]
    while card.next_look_at is not None:
        card = await house.look_when_due(card)
    assert [result.state for result in results(card)] == [CancelState.STILL_OPEN] * 2
    assert house.exchange.cancels == []


@pytest.mark.parametrize(
    ("ended", "state"), [(False, CancelState.REFUSED), (True, CancelState.FILLED)], ids=["open", "filled"]
)
async def test_a_refused_cancellation_is_told_by_what_the_order_became(
    house: House, account: Account, ended: bool, state: CancelState
) -> None:
    number = placed(await house.tap(await house.order_card(account)))
    if ended:
        house.exchange.fill(number)
    house.exchange.fail("cancel_order", Refused(code=9, reason="no_cancel_now"))
    card = await house.look_when_due(await house.tap(await house.cancel_card(account, number)))
    assert [(result.state, result.reason) for result in results(card)] == [(state, "no_cancel_now")]
    assert card.next_look_at is None


async def test_an_order_the_exchange_does_not_know_is_told_so(house: House, account: Account) -> None:
    card = await house.tap(await house.cancel_card(account, OrderNumber(1)))
    card = await house.look_when_due(card)
    assert [(result.state, result.reason) for result in results(card)] == [(CancelState.REFUSED, "order_not_found")]
    assert card.next_look_at is None


async def test_a_cancellation_reaches_the_card_that_placed_the_order(house: House, account: Account) -> None:
    ordered = await house.tap(await house.order_card(account))
    house.clock.pass_(120)
    card = await house.tap(await house.cancel_card(account, placed(ordered)))
    await house.look_when_due(card)
    shown = await house.read(ordered)
    assert shown.order is not None and shown.order.status is OrderStatus.CANCELLED
    assert shown.next_look_at is None
    assert await house.told() == []


# ---- each order by itself


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (OrderNotFound(code=1201, reason="x"), CancelState.REQUESTED),
        (Refused(code=9, reason="no"), CancelState.REQUESTED),
        (KeyRejected(status=401), CancelState.REFUSED),
        (NotSent(Cause.BUDGET), CancelState.NOT_SENT),
        (OutcomeUnknown(Cause.TIMEOUT), CancelState.LOST),
    ],
)
async def test_each_cancellation_has_its_own_outcome(
    house: House, account: Account, error: Exception, state: CancelState
) -> None:
    numbers = [placed(await house.tap(await house.order_card(account, volume=Decimal("0.01")))) for _ in range(3)]
    house.exchange.fail("cancel_order", error)
    done = await house.tap(await house.cancel_card(account, *numbers))
    assert [result.number for result in results(done)] == numbers
    assert [result.state for result in results(done)] == [state, CancelState.REQUESTED, CancelState.REQUESTED]
    assert done.state is (TicketState.UNCERTAIN if state is CancelState.LOST else TicketState.DONE)
    assert house.exchange.cancels == numbers


async def test_a_bug_in_the_middle_of_a_cancellation_leaves_it_uncertain(house: House, account: Account) -> None:
    number = placed(await house.tap(await house.order_card(account)))
    house.exchange.fail("cancel_order", RuntimeError())
    done = await house.tap(await house.cancel_card(account, number))
    assert (done.state, done.outcome) == (TicketState.UNCERTAIN, Lost(cause=Cause.BROKEN))
