from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import OrderNumber
from chatbot.domain.orders import Order, OrderStatus
from chatbot.services.own_marks import MarkReader, OwnMarks
from tests.fakes.exchange import PAGE
from tests.fakes.values import BTC
from tests.services.house import ANNA, House, placed

DAY = timedelta(days=1)
PRICE = Decimal(50_000)


@pytest.fixture
def reader(house: House) -> MarkReader:
    return MarkReader(orders=house.orders, follow_ups=house.storage.follow_ups, clock=house.clock)


@pytest.fixture
async def order(house: House, account: Account) -> Order:
    """An open order of Anna's, to be copied."""
    return house.at_exchange(placed(await house.tap(await house.order_card(account, price=PRICE))))


def put(house: House, order: Order, *, count: int, placed_at: datetime | None = None, filled: bool = False) -> None:
    """So many copies, with later numbers; without an update's time, as the exchange's lists are."""
    (holder,) = house.exchange.holders.values()
    first = max(holder.orders) + 1
    done = {"status": OrderStatus.FILLED, "executed": order.volume} if filled else {}
    for number in range(first, first + count):
        copy = replace(order, number=OrderNumber(number), placed_at=placed_at or order.placed_at, **done)  # type: ignore[arg-type]
        house.exchange.put(holder.credentials, copy)


def lists(house: House) -> int:
    """How many pages were read."""
    return len([call for call in house.exchange.calls if call.startswith("orders")])


async def seen(house: House, reader: MarkReader, *, back: timedelta = DAY) -> OwnMarks:
    own = await reader.of(ANNA, BTC.code, venue=Venue.PAPER, since=house.clock.at - back)
    assert own is not None
    return own


async def test_all_of_31_open_orders_are_marked(house: House, reader: MarkReader, order: Order) -> None:
    put(house, order, count=30)
    own = await seen(house, reader)
    assert (len(own.marks), own.latest) == (31, None)


async def test_of_a_list_without_end_the_latest_are_marked_and_that_is_said(
    house: House, reader: MarkReader, order: Order
) -> None:
    put(house, order, count=200)
    house.exchange.calls.clear()
    own = await seen(house, reader)
    assert (len(own.marks), own.latest) == (3 * PAGE, 3 * PAGE)
    assert lists(house) == 4  # three pages of open orders, one of closed ones


async def test_closed_orders_are_read_as_far_back_as_a_chart_reaches(
    house: House, reader: MarkReader, order: Order
) -> None:
    put(house, order, count=40, placed_at=house.clock.at - 40 * DAY, filled=True)
    put(house, order, count=50, placed_at=house.clock.at - 2 * DAY, filled=True)
    house.exchange.calls.clear()
    assert len((await seen(house, reader)).marks) == 1
    assert len((await seen(house, reader, back=7 * DAY)).marks) == 51
    assert lists(house) == 4


async def test_a_cut_is_said_only_where_the_chart_reaches_behind_it(
    house: House, reader: MarkReader, order: Order
) -> None:
    put(house, order, count=100, placed_at=house.clock.at - 2 * DAY, filled=True)
    assert (await seen(house, reader)).latest is None
    assert (await seen(house, reader, back=7 * DAY)).latest == 3 * PAGE + 1


async def test_what_was_executed_of_an_open_order_is_marked_beside_its_rest(
    house: House, reader: MarkReader, order: Order
) -> None:
    house.clock.pass_(60)
    house.exchange.fill(order.number, "0.4")
    own = await seen(house, reader)
    assert [(mark.price, mark.at) for mark in own.marks] == [(PRICE, None), (PRICE, house.clock.at)]


async def test_a_fill_is_where_it_was_noticed_when_the_list_does_not_say_when_it_was(
    house: House, reader: MarkReader, account: Account, order: Order
) -> None:
    await house.follow_ups.look(account)
    house.clock.pass_(3_600)
    house.exchange.fill(order.number)
    await house.follow_ups.look(account)
    (holder,) = house.exchange.holders.values()
    house.exchange.put(holder.credentials, replace(house.at_exchange(order.number), updated_at=None))
    house.clock.pass_(600)
    (fill,) = (await seen(house, reader)).marks
    assert fill.at == house.clock.at - timedelta(seconds=600)
