from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import InputError, NotLinked, OrderNotFound, UnknownMarket
from chatbot.domain.ids import OrderNumber
from chatbot.domain.intents import CancelOrders, CancelTerms
from chatbot.domain.orders import OrderFilter, OrderStatus
from chatbot.domain.tickets import CancelState, Ticket
from chatbot.services.orders import MOST_CANCELLED
from tests.services.house import ANNA, BORIS, CHAT, House, placed, results
from tests.storage.examples import ORDER


async def place(house: House, account: Account, *, count: int = 1) -> list[OrderNumber]:
    small = {"volume": Decimal("0.01")}
    return [placed(await house.tap(await house.order_card(account, **small))) for _ in range(count)]


def put_open(house: House, *, count: int, **changes: object) -> None:
    for number in range(1, count + 1):
        order = replace(ORDER, number=OrderNumber(number), **changes)  # type: ignore[arg-type]
        house.exchange.put(house.exchange.holders["key-1"].credentials, order)


def named(ticket: Ticket) -> list[int]:
    assert isinstance(ticket.intent, CancelOrders) and isinstance(ticket.terms, CancelTerms)
    assert [line.number for line in ticket.terms.orders] == list(ticket.intent.orders)
    return list(ticket.intent.orders)


async def test_lists_are_filtered_and_paged(house: House, account: Account) -> None:
    put_open(house, count=25)
    (mine,) = await place(house, account)
    house.exchange.fill(mine)
    first = await house.orders.page(ANNA)
    assert (len(first.page.orders), first.page.has_next) == (20, True)
    second = await house.orders.page(ANNA, page=2)
    assert (len(second.page.orders), second.page.has_next) == (5, False)
    closed = await house.orders.page(ANNA, which=OrderFilter.CLOSED, symbol="btc")
    assert [order.number for order in closed.page.orders] == [mine] and closed.market == "BTCUSDT"
    assert (await house.orders.page(ANNA, symbol="ETH")).page.orders == ()
    with pytest.raises(UnknownMarket):
        await house.orders.page(ANNA, symbol="BTX")


async def test_one_order_is_read_with_ones_own_key(house: House, account: Account) -> None:
    (number,) = await place(house, account)
    read_with, order = await house.orders.order(ANNA, number)
    assert (read_with, order.number) == (account, number)
    await house.link(BORIS)
    with pytest.raises(OrderNotFound):
        await house.orders.order(BORIS, number)
    with pytest.raises(NotLinked):
        await house.restarted().orders.order(12345, number)  # type: ignore[arg-type]


async def test_a_card_cancels_one_open_order(house: House, account: Account) -> None:
    (number,) = await place(house, account)
    card = await house.orders.cancel_one(ANNA, number, chat=CHAT)
    assert named(card) == [number] and house.exchange.changes == 1


@pytest.mark.parametrize("status", [OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED])
async def test_an_order_that_ended_is_not_offered_for_cancelling(
    house: House, account: Account, status: OrderStatus
) -> None:
    put_open(house, count=1, status=status)
    with pytest.raises(InputError, match="already"):
        await house.orders.cancel_one(ANNA, OrderNumber(1), chat=CHAT)


async def test_cancel_all_freezes_the_list_it_shows(house: House, account: Account) -> None:
    shown = await place(house, account, count=3)
    card = await house.orders.cancel_open(ANNA, chat=CHAT)
    await house.tickets.attach(card.id, 500)  # type: ignore[arg-type]
    (later,) = await place(house, account)
    house.exchange.fill(shown[0])
    done = await house.tap(card)
    assert sorted(house.exchange.cancels) == sorted(named(card)) == shown
    done = await house.look_when_due(done)
    states = {result.number: result.state for result in results(done)}
    assert states == {
        shown[0]: CancelState.FILLED,
        shown[1]: CancelState.CANCELLED,
        shown[2]: CancelState.CANCELLED,
    }
    assert house.at_exchange(later).status is OrderStatus.NEW


async def test_all_pages_are_on_the_card_each_order_once(house: House, account: Account) -> None:
    put_open(house, count=24)
    assert sorted(named(await house.orders.cancel_open(ANNA, chat=CHAT, symbol="BTC"))) == list(range(1, 25))


async def test_a_card_cancels_no_more_than_it_can_show(house: House, account: Account) -> None:
    put_open(house, count=MOST_CANCELLED)
    assert len(named(await house.orders.cancel_open(ANNA, chat=CHAT))) == MOST_CANCELLED
    put_open(house, count=MOST_CANCELLED + 1)
    with pytest.raises(InputError, match=f"{MOST_CANCELLED + 1} open orders"):
        await house.orders.cancel_open(ANNA, chat=CHAT)


async def test_nothing_to_cancel_is_said(house: House, account: Account) -> None:
    await place(house, account)
    with pytest.raises(InputError, match="no open orders in ETHUSDT"):
        await house.orders.cancel_open(ANNA, chat=CHAT, symbol="ETH")


async def test_a_button_acts_on_its_own_cards_account(house: House, account: Account) -> None:
    await place(house, account)
    other = await house.link()
    listed = await house.orders.page(ANNA, account=account.id)
    assert (listed.account.id, len(listed.page.orders)) == (account.id, 1)
    assert (await house.orders.page(ANNA)).account.id == other.id
    number = listed.page.orders[0].number
    ticket = await house.orders.cancel_one(ANNA, number, chat=CHAT, account=account.id)
    assert ticket.account == account.id
    with pytest.raises(NotLinked):
        await house.orders.cancel_one(BORIS, number, chat=CHAT, account=account.id)
