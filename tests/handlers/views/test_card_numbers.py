"""The numbers on the card of an order: where its price lies, and what its total is good for."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.intents import OrderTerms, PlaceOrder
from chatbot.domain.orders import Side
from handlers.views.tickets import card
from tests.handlers.views.examples import BUY, BUY_TERMS, NOW, order_ticket


def drawn(terms: OrderTerms, *, intent: PlaceOrder = BUY) -> str:
    return str(card(order_ticket(intent=intent, terms=terms), now=NOW).text)


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        ("0.2232", "your price is 22.32% above"),
        ("-0.2232", "your price is 22.32% below"),
        ("-0.1", "your price is 10% below"),
        ("0.00005", "your price is 0.01% above"),
        ("-0.00004", "your price is the last price"),
        ("0", "your price is the last price"),
        ("123456", "your price is 12,345,600% above"),
    ],
)
def test_where_the_price_lies_is_said_in_words(distance: str, words: str) -> None:
    shown = drawn(replace(BUY_TERMS, distance=Decimal(distance)))
    assert f"Last   61,000.00\n       {words}\nAfter" in shown


@pytest.mark.parametrize(("side", "bound"), [(Side.BUY, "≤"), (Side.SELL, "≥")])
def test_the_total_of_a_limit_that_fills_at_once_is_a_bound(side: Side, bound: str) -> None:
    crossing = replace(BUY_TERMS, maker=False, best=Decimal("59876.543"))
    shown = drawn(crossing, intent=replace(BUY, side=side))
    assert f"\nTotal  {bound} 600 USDT\n" in shown
    note = "This crosses the book: it fills at once, now for about 598.77 USDT, at worst at your price."
    assert f"</pre>\n<i>{note}</i>\n" in shown


@pytest.mark.parametrize(
    ("total", "decimals", "shown"),
    [
        ("600.123456", 2, "≈ 600.12 USDT"),
        ("600.12", 2, "600.12 USDT"),
        ("1.123456789012", 10, "≈ 1.1235 USDT"),
        ("0.123456789012", 10, "≈ 0.123456789 USDT"),
        ("999999999999999999", 10, "999,999,999,999,999,999 USDT"),
    ],
)
def test_a_total_is_cut_to_what_can_be_read(total: str, decimals: int, shown: str) -> None:
    assert f"\nTotal  {shown}\n" in drawn(replace(BUY_TERMS, total=Decimal(total), price_decimals=decimals))
