"""What an order says was paid, and what it says nothing about."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from tests.storage.examples import ORDER


@pytest.mark.parametrize(
    ("volume", "executed", "average", "total", "paid"),
    [
        ("1.20048", "1.20048", "83.29999", "100.00", "100.00"),  # their product is 99.99997…
        ("0.01", "0.01", "40683.54", "406.83", "406.83"),  # the exchange cuts what is behind the cent
        ("2", "0.5", "60000", "30000.00", "30000.00"),  # of what is executed
        ("2", "0.5", "60000", "120000.00", None),  # of the whole order
        ("1", "1", "59000", "60000.00", None),  # by the limit, not by what it cost
        ("1", "1", "59000", "0", None),
        ("1", "0", "0", "60000.00", "0"),
    ],
)
def test_a_total_is_believed_only_where_it_is_of_what_was_executed(
    volume: str, executed: str, average: str, total: str, paid: str | None
) -> None:
    order = replace(
        ORDER,
        volume=Decimal(volume),
        executed=Decimal(executed),
        average_price=Decimal(average),
        total=Decimal(total),
    )
    assert order.executed_total == (None if paid is None else Decimal(paid))


def test_a_fee_is_in_the_currency_received() -> None:
    fee = Decimal("0.1")
    assert replace(ORDER, side=Side.BUY, fee=fee).charged == Amount(fee, ORDER.base)
    assert replace(ORDER, side=Side.SELL, fee=fee).charged == Amount(fee, ORDER.counter)
    assert replace(ORDER, fee=None).charged is None
