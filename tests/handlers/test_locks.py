"""Stopping works whatever the chat does."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chatbot.domain.ids import ChatId, MessageId, OrderNumber
from chatbot.domain.orders import OrderStatus
from chatbot.domain.people import Role
from chatbot.services.desk import Services
from handlers import locks
from handlers.context import BotName, ChatKind, Context, Room, Speaker
from handlers.sender import NotDelivered
from handlers.views.screen import Picture, Rows, Screen, Shown
from tests.services.house import ANNA, CHAT, House
from tests.storage.examples import ORDER

COMMAND = MessageId(77)


class Chat:
    """Keeps what was said; while it is `closed`, nothing is delivered."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.closed = False

    async def send(self, room: Room, shown: Shown, *, reply_to: MessageId | None = None) -> MessageId:
        if self.closed:
            raise NotDelivered("the chat is closed")
        assert isinstance(shown, Screen)
        self.said.append(shown.text.plain)
        return MessageId(100 + len(self.said))

    async def edit(self, chat: ChatId, message: MessageId, screen: Screen) -> bool:
        return False

    async def redraw(self, chat: ChatId, message: MessageId, picture: Picture) -> bool:
        raise NotImplementedError

    async def change_keys(self, chat: ChatId, message: MessageId, rows: Rows) -> bool:
        raise NotImplementedError

    async def answer(self, tap: str, text: str | None, *, alert: bool) -> None:
        raise NotImplementedError

    async def delete(self, chat: ChatId, message: MessageId) -> bool:
        return True


@pytest.fixture
async def house(house: House) -> House:
    """With two accounts, each with an open order."""
    await house.link()
    await house.link()
    for number in (1, 2):
        order = replace(ORDER, number=OrderNumber(number))
        house.exchange.put(house.exchange.holders[f"key-{number}"].credentials, order)
    return house


def context(house: House, chat: Chat) -> Context:
    services = SimpleNamespace(
        accounts=house.accounts, factors=house.factors, locks=house.locks, panic=house.panic, tickets=house.tickets
    )
    return Context(
        person=Speaker(id=ANNA, name="Anna", role=Role.MEMBER),
        chat=Room(id=CHAT, kind=ChatKind.PRIVATE),
        message=COMMAND,
        args="",
        tap=None,
        bot=BotName(id=1, username="bot"),
        clock=house.clock,
        services=cast(Services, services),
        commands={},
        protected={},
        mouth=chat,
        admins=cast(Any, None),
    )


def states(house: House) -> set[OrderStatus]:
    return {order.status for holder in house.exchange.holders.values() for order in holder.orders.values()}


async def test_a_panic_says_first_that_it_locked_then_shows_a_card_per_account_and_what_came_of_it(
    house: House,
) -> None:
    chat = Chat()
    await locks.panic(context(house, chat))
    first, *cards, last = chat.said
    assert first.startswith("Locked. Your open orders are looked for and cancelled now.")
    assert len(cards) == 2 and last.startswith("Every open order was asked to be cancelled.")
    assert states(house) == {OrderStatus.CANCELLED}


async def test_a_panic_has_nothing_to_do_with_keys_for_swaps(house: House) -> None:
    await house.accounts.link_practice_swaps(ANNA)
    swaps = len(house.swap_service.calls)
    chat = Chat()
    await locks.panic(context(house, chat))
    assert chat.said[-1].startswith("Every open order was asked to be cancelled.")
    assert "paper-swaps-1" not in chat.said[-1] and len(house.swap_service.calls) == swaps
    assert states(house) == {OrderStatus.CANCELLED}


async def test_a_panic_cancels_everything_though_nothing_can_be_said(house: House) -> None:
    chat = Chat()
    chat.closed = True
    with pytest.raises(NotDelivered):  # by the last word; the orders are cancelled by then
        await locks.panic(context(house, chat))
    assert states(house) == {OrderStatus.CANCELLED}
    assert house.locks.of(ANNA) is not None


async def test_a_card_that_was_not_delivered_is_left_to_the_painter_to_send_anew(house: House) -> None:
    chat = Chat()
    chat.closed = True
    with pytest.raises(NotDelivered):
        await locks.panic(context(house, chat))
    unshown = await house.storage.tickets.unshown(limit=9)
    assert {ticket.message for ticket in unshown} == {COMMAND} and len(unshown) == 2


async def test_a_lock_holds_though_nothing_can_be_said(house: House) -> None:
    chat = Chat()
    chat.closed = True
    with pytest.raises(NotDelivered):
        await locks.lock(context(house, chat))
    assert house.locks.of(ANNA) is not None
