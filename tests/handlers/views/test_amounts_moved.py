"""What cards say moved: what the exchange says, to the last digit, and about what where it says nothing."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from chatbot.domain.orders import Order, OrderStatus, Side
from chatbot.domain.tickets import Placed, TicketState
from handlers.views.order_cards import order_lines
from handlers.views.tickets import card
from tests.handlers.views.examples import NOW, NUMBER, order_ticket
from tests.storage.examples import CONVERT, CONVERT_TERMS, ORDER

INTENT = replace(CONVERT, sell="USDT", buy="SOL", sell_text="100.00", buy_text="1.20048000", price_text="83.29999000")


def bought(status: OrderStatus = OrderStatus.FILLED, executed: str = "1.20048", **changes: Any) -> Order:
    """The order that came of it."""
    said = {
        "base": "SOL",
        "side": Side.BUY,
        "status": status,
        "volume": Decimal("1.20048"),
        "executed": Decimal(executed),
        "average_price": Decimal("83.29999"),
        "total": Decimal("100.00"),
        "fee": None,
        **changes,
    }
    return replace(ORDER, **said)


def said_of(order: Order) -> list[str]:
    terms = replace(CONVERT_TERMS, base="SOL")
    ticket = order_ticket(TicketState.DONE, Placed(number=NUMBER), intent=INTENT, terms=terms, order=order)
    return card(ticket, now=NOW).text.plain.splitlines()


def test_a_whole_conversion_moved_just_what_was_confirmed() -> None:
    said = said_of(bought())
    assert "Out    − 100 USDT" in said and "In     + 1.20048 SOL" in said
    assert not any("99.99" in line or "100.0000" in line for line in said)


def test_a_part_of_a_conversion_moved_what_its_order_says() -> None:
    said = said_of(bought(OrderStatus.CANCELLED, "0.6", total=Decimal("49.98")))
    assert "Out    − 49.98 USDT" in said and "In     + 0.6 SOL" in said
    assert "⚠️ 0.60048 SOL of it was not executed." in said


def test_what_the_total_of_the_whole_order_cannot_tell_is_said_to_be_about() -> None:
    said = said_of(bought(OrderStatus.CANCELLED, "0.6"))
    assert "Out    − ≈ 49.979994 USDT" in said and "In     + 0.6 SOL" in said


def test_an_order_of_another_amount_than_was_confirmed_is_shown_as_it_is() -> None:
    said = said_of(bought(executed="1.2", volume=Decimal("1.2"), total=Decimal("99.96")))
    assert "Out    − 99.96 USDT" in said and "In     + 1.2 SOL" in said


def test_a_sale_takes_the_base_and_brings_the_total() -> None:
    sold = bought(executed="0.00003", volume=Decimal("0.00007"), base="BTC", side=Side.SELL, total=Decimal("2.49"))
    intent, order = CONVERT, replace(sold, status=OrderStatus.CANCELLED, average_price=Decimal(83_000))
    ticket = order_ticket(TicketState.DONE, Placed(number=NUMBER), intent=intent, terms=CONVERT_TERMS, order=order)
    said = card(ticket, now=NOW).text.plain
    assert "Out    − 0.00003 BTC" in said and "In     + 2.49 USDT" in said


def test_an_orders_total_and_fee_are_the_exchanges_own() -> None:
    said = order_lines(bought(fee=Decimal("0.003"))).plain
    assert "\nTotal 100 USDT" in said and "\nFee 0.003 SOL" in said
    assert "\nTotal ≈ 49.979994 USDT" in order_lines(bought(OrderStatus.PARTIALLY_FILLED, "0.6")).plain
