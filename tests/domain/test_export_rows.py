"""What stands in an exported file, to the last character."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.export_rows import Row, closing, opening, written
from chatbot.domain.exporting import deal_row, order_row, trade_row
from chatbot.domain.exports import ExportFormat
from chatbot.domain.history import Deal
from chatbot.domain.intents import Withdraw
from chatbot.domain.money import Amount
from chatbot.domain.orders import OrderStatus
from chatbot.domain.swaps import SwapStatus
from chatbot.domain.tickets import Placed, RefusedBy, Requested, SwapCreated, TicketState
from chatbot.domain.trade_totals import Pair
from tests.fakes.clock import FakeClock
from tests.fakes.instant import trade
from tests.handlers.views.examples import order
from tests.handlers.views.swap_examples import followed
from tests.storage.examples import CONVERT, CONVERT_TERMS, MAIN, NOW, SWAP, SWAP_TERMS, ticket

AT = datetime(2026, 5, 22, 13, 0, 7, 330979, tzinfo=UTC)
BTC = Pair(base="BTC", counter="USDT")


def row(**changes: Any) -> Row:
    said: dict[str, Any] = {
        "at": AT,
        "type": "sell",
        "base": Amount(Decimal("0.00007000"), "BTC"),
        "quote": Amount(Decimal("5.41"), "USDT"),
        "fee": Amount(Decimal("0E-16"), "USDT"),
        "sender": "andx-1",
        "receiver": "",
        "network": "",
        "id": "12345671",
        "description": "",
    }
    return Row(**(said | changes))


def file_of(form: ExportFormat, *batches: list[Row]) -> bytes:
    content = opening(form)
    for number, batch in enumerate(batches):
        content += written(form, batch, first=number == 0)
    return content + closing(form)


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_has_the_columns_of_the_tax_programs_template() -> None:
    header, line = cells(file_of(ExportFormat.CSV, [row()]))
    assert header == [
        "Timestamp (UTC)",
        "Type",
        "Base Currency",
        "Base Amount",
        "Quote Currency (Optional)",
        "Quote Amount (Optional)",
        "Fee Currency (Optional)",
        "Fee Amount (Optional)",
        "From (Optional)",
        "To (Optional)",
        "Blockchain (Optional)",
        "ID (Optional)",
        "Description (Optional)",
    ]
    assert line[:4] == ["2026-05-22 13:00:07", "sell", "BTC", "0.00007000"]
    assert line[4:9] == ["USDT", "5.41", "USDT", "0.0000000000000000", "andx-1"]


def test_json_says_the_same_with_exact_amounts_as_strings() -> None:
    (line,) = json.loads(file_of(ExportFormat.JSON, [row()]))
    assert line["timestamp"] == "2026-05-22T13:00:07.330979Z"
    assert (line["base_amount"], line["base_currency"]) == ("0.00007000", "BTC")
    assert line["fee_amount"] == "0.0000000000000000"


@pytest.mark.parametrize("batches", [[], [[]], [[row()], [row()]], [[row(), row()], [], [row()]]])
def test_json_is_whole_however_it_was_written(batches: list[list[Row]]) -> None:
    assert len(json.loads(file_of(ExportFormat.JSON, *batches))) == sum(map(len, batches))


def test_moments_are_written_in_utc() -> None:
    there = AT.astimezone(timezone(timedelta(hours=9)))
    assert cells(file_of(ExportFormat.CSV, [row(at=there)]))[1][0] == "2026-05-22 13:00:07"


@given(st.text(max_size=20))
def test_no_text_becomes_a_formula_and_every_text_stays_in_its_cell(text: str) -> None:
    said = dict.fromkeys(("sender", "receiver", "network", "id", "description"), text)
    content = file_of(ExportFormat.CSV, [row(base=Amount(Decimal(1), text), **said)])
    _, line = cells(content)
    assert len(line) == 13
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=18))
def test_numbers_stay_numbers_and_exact(value: Decimal) -> None:
    _, line = cells(file_of(ExportFormat.CSV, [row(base=Amount(value, "BTC"))]))
    assert Decimal(line[3]) == value


def test_a_trade_says_who_it_was_and_at_what_price() -> None:
    made = trade_row(trade(FakeClock(), is_maker=True), BTC, account="andx-1")
    assert made.base == Amount(Decimal("0.00007"), "BTC") and made.quote == Amount(Decimal("5.41"), "USDT")
    assert made.id == "12345671" and "BTCUSDT maker at 77285.7142857142857" in made.description


def test_an_order_counts_with_what_was_executed() -> None:
    half = order(OrderStatus.CANCELLED, executed="0.004", average_price=Decimal(50_000))
    made = order_row(half, account="andx-1")
    assert made.base == Amount(Decimal("0.004"), "BTC") and made.quote is not None
    assert made.quote.value == 200 and "cancelled" in made.description


def test_what_came_to_nothing_has_no_amounts() -> None:
    refused = ticket(state=TicketState.REFUSED, outcome=RefusedBy(code=1103, reason="no"), claimed_at=NOW)
    made = deal_row(Deal(ticket=refused, at=NOW, swap=None))
    assert made.base.value == 0 and made.description.endswith("refused")


def test_a_withdrawal_that_was_asked_for_is_sent_to_its_alias() -> None:
    intent = Withdraw(account=MAIN, currency="XRP", amount=Decimal("1.5"), alias="savings")
    sent = ticket(intent=intent, state=TicketState.DONE, outcome=Requested(), claimed_at=NOW)
    made = deal_row(Deal(ticket=sent, at=NOW, swap=None))
    assert (made.type, made.base, made.receiver) == ("send", Amount(Decimal("1.5"), "XRP"), "savings")


def test_a_swap_counts_once_it_is_completed() -> None:
    made = ticket(intent=SWAP, terms=SWAP_TERMS, state=TicketState.DONE, outcome=SwapCreated(reference="ABCDEF123456"))
    begun, over = (followed(status) for status in (SwapStatus.PAID, SwapStatus.COMPLETED))
    assert deal_row(Deal(ticket=made, at=NOW, swap=begun)).base.value == 0
    swapped = deal_row(Deal(ticket=made, at=NOW, swap=over))
    assert swapped.base == Amount(Decimal("1500.50"), "USDT") and swapped.quote == Amount(Decimal("0.02951000"), "BTC")


def test_a_conversion_counts_by_its_order_and_is_nothing_before() -> None:
    filled = order(OrderStatus.FILLED, executed="0.00007", average_price=Decimal(60_000))
    sent = ticket(
        intent=CONVERT,
        terms=CONVERT_TERMS,
        state=TicketState.DONE,
        outcome=Placed(number=filled.number),
        claimed_at=NOW,
    )
    assert deal_row(Deal(ticket=sent, at=NOW, swap=None)).base == Amount(Decimal(0), "BTC")
    made = deal_row(Deal(ticket=replace(sent, order=filled), at=NOW, swap=None))
    assert made.base == Amount(Decimal("0.00007"), "BTC") and made.quote == Amount(Decimal("4.2"), "USDT")
    assert made.id == str(filled.number) and made.description.startswith("conversion, order")


def test_an_order_through_the_bot_counts_with_its_latest_word() -> None:
    filled = order(OrderStatus.FILLED, executed="0.01", average_price=Decimal(60_000))
    placed = ticket(state=TicketState.DONE, outcome=Placed(number=filled.number), order=filled, claimed_at=NOW)
    made = deal_row(Deal(ticket=placed, at=NOW, swap=None))
    assert made.base.value == Decimal("0.01") and made.quote is not None and made.quote.value == 600
    assert made.id == str(filled.number)
