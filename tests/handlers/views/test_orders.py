from decimal import Decimal

import pytest

from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.orders import Order, OrderFilter, OrderPage, OrderStatus, OrderType
from chatbot.services.orders import OrderList
from handlers.views import orders
from handlers.views.screen import Screen
from tests.handlers.views.examples import MAIN, NOW, order

PARTLY = order(OrderStatus.PARTIALLY_FILLED, "0.0025", number=OrderNumber(54_260), type=OrderType.MARKET)


def listed(*found: Order, which: OrderFilter = OrderFilter.OPEN, page: int = 1, more: bool = False) -> OrderList:
    read = OrderPage(orders=found, number=page, has_next=more, pages=None)
    return OrderList(account=MAIN, which=which, market=None, page=read, at=NOW)


def keys(screen: Screen) -> list[list[str]]:
    return [[key.label for key in row] for row in screen.rows]


def test_open_orders_each_with_a_cancel_button() -> None:
    screen = orders.order_list(listed(order(), PARTLY, more=True), now=NOW)
    assert str(screen.text) == (
        "<b>Open orders · page 1</b>\n"
        "<b>#54259</b>  buy <code>0.01</code> BTC/USDT @ 60,000\n"
        "   open · just now\n"
        "<b>#54260</b>  buy <code>0.01</code> BTC/USDT market\n"
        "   partly filled 25% at 59,999.5 · just now\n"
        "<i>paper-1 · PAPER · 12:00 UTC, just now</i>"
    )
    assert keys(screen) == [
        ["✕ #54259", "✕ #54260"],
        ["↻ Refresh", "Next ›"],
        ["Closed orders"],
        ["Cancel all…"],
    ]


def test_no_orders_is_an_answer_with_a_next_step() -> None:
    screen = orders.order_list(listed(), now=NOW)
    assert screen.text.plain.split("\n")[1] == "There are none. /buy and /sell place some."
    beyond = orders.order_list(listed(page=3), now=NOW)
    assert "nothing on this page" in beyond.text.plain and keys(beyond)[0] == ["‹ Prev", "↻ Refresh"]


def test_closed_orders_can_be_read_but_not_cancelled() -> None:
    screen = orders.order_list(listed(order(OrderStatus.FILLED, "0.01"), which=OrderFilter.CLOSED), now=NOW)
    assert str(screen.text) == (
        "<b>Closed orders</b>\n"
        "<b>#54259</b>  buy <code>0.01</code> BTC/USDT @ 60,000\n"
        "   filled at 59,999.5 · just now\n"
        "<i>paper-1 · PAPER · 12:00 UTC, just now</i>"
    )
    assert keys(screen) == [["#54259"], ["↻ Refresh"], ["Open orders"]]


def test_picking_asks_which_one() -> None:
    assert orders.order_list(listed(order()), now=NOW, picking=True).text.plain.startswith(
        "Which order shall be cancelled?"
    )


def test_a_full_page_fits_with_numbers_of_any_length() -> None:
    long = [
        order(number=OrderNumber(10**17 + at), market=MarketCode("ANDX1USDT"), price=Decimal("123456.12345678"))
        for at in range(20)
    ]
    assert len(keys(orders.order_list(listed(*long, more=True, page=2), now=NOW))) == 7 + 3


def test_an_order_in_full() -> None:
    found = order(OrderStatus.PARTIALLY_FILLED, "0.0025", post_only=True, updated_at=NOW)
    screen = orders.order(MAIN, found, now=NOW)
    assert str(screen.text) == (
        "<b>Order #54259 · partly filled</b>\n"
        "Buy 0.01 BTC · limit, post-only\n"
        "BTC/USDT at <code>60,000</code> USDT\n"
        "▰▰▱▱▱▱▱▱▱▱  25% · 0.0025 of 0.01 BTC\n"
        "Average <code>59,999.5</code> USDT\n"
        "Total <code>149.99875</code> USDT\n"
        "Placed 12:00 UTC, just now\n"
        "Updated 12:00 UTC, just now\n"
        "<i>paper-1 · PAPER</i>"
    )
    assert keys(screen) == [["↻ Refresh"], ["Cancel order"]]


@pytest.mark.parametrize("status", OrderStatus)
def test_every_state_of_an_order_has_words_and_the_right_buttons(status: OrderStatus) -> None:
    screen = orders.order(MAIN, order(status), now=NOW)
    assert orders.STATUS[status] in screen.text.plain
    assert (["Cancel order"] in keys(screen)) is not status.is_final
