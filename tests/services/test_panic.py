from dataclasses import replace
from typing import Any

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause, KeyRejected, NotLinked, NotSent, Unavailable
from chatbot.domain.ids import MessageId, OrderNumber
from chatbot.domain.orders import OrderStatus
from chatbot.domain.secrets import Credentials
from chatbot.domain.tickets import Ticket
from chatbot.services.panic import Sweep
from tests.fakes.clock import FakeClock
from tests.services.house import ANNA, CHAT, House
from tests.storage.examples import ORDER


class Wall:
    """Cards as they are shown, numbered."""

    def __init__(self) -> None:
        self.cards: list[Ticket] = []

    async def show(self, ticket: Ticket) -> MessageId:
        self.cards.append(ticket)
        return MessageId(1_000 + len(self.cards))


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses pass at once."""

    async def sleep(clock: FakeClock, seconds: float) -> None:
        clock.pass_(seconds)

    monkeypatch.setattr(FakeClock, "sleep", sleep)


async def sweep(house: House, account: Account, wall: Wall) -> Sweep:
    await house.locks.lock(ANNA, chat=CHAT, message=MessageId(1))
    return await house.panic.sweep(account, person=ANNA, chat=CHAT, show=wall.show)


def put_open(house: House, *numbers: int) -> None:
    for number in numbers:
        house.exchange.put(credentials(house), replace(ORDER, number=OrderNumber(number)))


def credentials(house: House) -> Credentials:
    return house.exchange.holders["key-1"].credentials


def still_open(house: House) -> list[int]:
    orders = house.exchange.holders["key-1"].orders.values()
    return [order.number for order in orders if order.status is not OrderStatus.CANCELLED]


async def test_everything_open_is_cancelled_on_cards_of_25(house: House, account: Account, wall: Wall) -> None:
    put_open(house, *range(1, 61))
    assert await sweep(house, account, wall) == Sweep(account=account, sent=60)
    assert still_open(house) == []
    assert sorted(house.exchange.cancels) == list(range(1, 61))
    assert [len(card.intent.orders) for card in wall.cards] == [25, 25, 10]  # type: ignore[union-attr]


async def test_without_open_orders_there_is_no_card(house: House, account: Account, wall: Wall) -> None:
    assert await sweep(house, account, wall) == Sweep(account=account, sent=0)
    assert wall.cards == []


async def test_an_order_that_turns_up_meanwhile_is_cancelled_too(house: House, account: Account, wall: Wall) -> None:
    put_open(house, 1)

    async def show(ticket: Ticket) -> MessageId:
        if not wall.cards:
            put_open(house, 2)
        return await wall.show(ticket)

    swept = await house.panic.sweep(account, person=ANNA, chat=CHAT, show=show)
    assert (swept.sent, still_open(house)) == (2, [])


async def test_orders_slow_to_end_are_asked_for_once(house: House, account: Account, wall: Wall) -> None:
    house.exchange.cancels_at_once = False
    put_open(house, *range(1, 31))
    assert (await sweep(house, account, wall)).sent == 30
    assert len(house.exchange.cancels) == 30


async def test_what_the_budget_held_back_is_sent_in_the_next_round(house: House, account: Account, wall: Wall) -> None:
    put_open(house, 1, 2, 3)
    house.exchange.fail("cancel_order", NotSent(Cause.BUDGET), times=2)
    assert (await sweep(house, account, wall)).sent == 3
    assert still_open(house) == []


async def test_a_list_that_cannot_be_read_is_tried_again(house: House, account: Account, wall: Wall) -> None:
    put_open(house, 1)
    house.exchange.fail("orders open", Unavailable(Cause.TIMEOUT), times=2)
    assert (await sweep(house, account, wall)).error is None
    assert still_open(house) == []


async def test_an_account_that_stays_unreadable_is_given_up_with_the_reason(
    house: House, account: Account, wall: Wall
) -> None:
    house.exchange.fail("orders open", Unavailable(Cause.TIMEOUT), times=99)
    swept = await sweep(house, account, wall)
    assert isinstance(swept.error, Unavailable) and swept.sent == 0


async def test_a_rejected_key_is_named_at_once(house: House, account: Account, wall: Wall) -> None:
    house.exchange.fail("orders open", KeyRejected(status=401))
    swept = await sweep(house, account, wall)
    assert isinstance(swept.error, KeyRejected) and house.exchange.calls.count("orders open") == 2  # one by linking


async def test_an_account_of_an_exchange_that_is_not_there_is_named(house: House, account: Account, wall: Wall) -> None:
    swept = await sweep(house, replace(account, venue=Venue.ANDX), wall)
    assert isinstance(swept.error, NotLinked)


async def test_a_fault_of_ours_ends_as_an_error_of_that_account(house: House, account: Account) -> None:
    put_open(house, 1)

    async def broken(_: Ticket) -> Any:
        raise RuntimeError("a fault of ours")

    swept = await house.panic.sweep(account, person=ANNA, chat=CHAT, show=broken)
    assert isinstance(swept.error, Unavailable)


async def test_cards_are_confirmed_by_the_panic_and_carry_their_results(
    house: House, account: Account, wall: Wall
) -> None:
    put_open(house, 1)
    await sweep(house, account, wall)
    (card,) = wall.cards
    ticket = await house.look(card)
    assert ticket.message == 1_001
    assert [result.state.value for result in ticket.outcome.results] == ["cancelled"]  # type: ignore[union-attr]


async def test_panic_works_while_everything_is_halted(house: House, account: Account, wall: Wall) -> None:
    put_open(house, 1)
    await house.locks.halt(ANNA, chat=CHAT)
    assert (await sweep(house, account, wall)).sent == 1
