"""What stands in an exported file, to the last character."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.errors import Cause
from chatbot.domain.export_rows import Row, closing, opening, written
from chatbot.domain.exporting import deal_row, order_row, trade_row
from chatbot.domain.exports import ExportFormat
from chatbot.domain.history import Deal
from chatbot.domain.intents import Withdraw
from chatbot.domain.money import Amount
from chatbot.domain.orders import OrderStatus, Side
from chatbot.domain.swaps import SwapStatus
from chatbot.domain.tickets import (
    Lost,
    Moved,
    NotFound,
    Placed,
    PriceRefused,
    RefusedBy,
    Requested,
    SwapCreated,
    TicketState,
)
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
    begins = [begin for cell in line for begin in (cell, *re.split('[;\t\r\n"]', cell))]
    assert not any(begin.startswith(("=", "+", "-", "@")) for begin in begins)
    assert not any(cell.startswith(("\t", "\r", "\n")) for cell in line)


@pytest.mark.parametrize("text", ["1;=1+1;2", "\t=1+1", "\r=1+1", 'a"=1+1', "=1+1", "x\n@SUM(1)", "\tplain", "\rplain"])
def test_no_formula_where_lines_are_cut_at_semicolons_or_tabs(text: str) -> None:
    content = file_of(ExportFormat.CSV, [row(receiver=text, description=text)]).decode("utf-8-sig")
    for delimiter in ",;\t":
        found = [cell for line in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter) for cell in line]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in found)


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


def test_an_amount_is_the_exchanges_own_and_none_where_only_a_rounded_price_tells() -> None:
    def row_of(total: str, price: str) -> Row:
        executed = "0.00500000"
        filled = order(OrderStatus.FILLED, executed=executed, average_price=Decimal(price), total=Decimal(total))
        return order_row(filled, account="andx-1")

    assert row_of("300.00", "59999.99662200").quote == Amount(Decimal(300), "USDT")
    whole_order = row_of("600.00", "59999.99662200")
    assert whole_order.quote is None and "59999.99662200 on average" in whole_order.description


def test_the_fee_is_in_its_column_where_it_is_known() -> None:
    filled = order(OrderStatus.FILLED, executed="0.01", fee=Decimal("0.000025"))
    assert order_row(filled, account="andx-1").fee == Amount(Decimal("0.000025"), "BTC")
    assert order_row(replace(filled, fee=None), account="andx-1").fee is None


def deal(**changes: Any) -> Deal:
    return Deal(ticket=ticket(claimed_at=NOW, **changes), at=NOW, swap=None)


REJECTED = order(OrderStatus.REJECTED)


@pytest.mark.parametrize(
    ("nothing", "said"),
    [
        (deal(state=TicketState.REFUSED, outcome=RefusedBy(code=1103, reason="no")), "refused"),
        (deal(state=TicketState.REFUSED, outcome=PriceRefused()), "refused, the price had moved"),
        (deal(state=TicketState.REFUSED, outcome=NotFound(reads=3)), "sent, not placed"),
        (deal(state=TicketState.REFUSED, outcome=Moved()), "not sent"),
        (
            deal(state=TicketState.REFUSED, outcome=PriceRefused(), intent=CONVERT, terms=CONVERT_TERMS),
            "price had moved",
        ),
        (deal(state=TicketState.UNCERTAIN, outcome=Lost(cause=Cause.TIMEOUT)), "outcome not known yet"),
        (deal(state=TicketState.DONE, outcome=Placed(number=REJECTED.number), order=REJECTED), "rejected"),
    ],
)
def test_what_came_to_nothing_has_no_amounts_and_says_why(nothing: Deal, said: str) -> None:
    made = deal_row(nothing)
    assert (made.base, made.quote, made.fee) == (None, None, None) and made.description.endswith(said)
    line = cells(file_of(ExportFormat.CSV, [made]))[1]
    assert line[2:8] == [""] * 6


def test_an_order_without_an_execution_has_no_amounts() -> None:
    made = order_row(order(OrderStatus.CANCELLED), account="andx-1")
    assert (made.base, made.quote) == (None, None) and "cancelled: 0 of 0.01 BTC at 60000.00" in made.description


def test_a_withdrawal_that_was_asked_for_is_sent_to_its_alias() -> None:
    intent = Withdraw(account=MAIN, currency="XRP", amount=Decimal("1.5"), alias="savings")
    sent = ticket(intent=intent, state=TicketState.DONE, outcome=Requested(), claimed_at=NOW)
    made = deal_row(Deal(ticket=sent, at=NOW, swap=None))
    assert (made.type, made.base, made.receiver) == ("send", Amount(Decimal("1.5"), "XRP"), "savings")


def test_a_swap_counts_once_it_is_completed() -> None:
    made = ticket(intent=SWAP, terms=SWAP_TERMS, state=TicketState.DONE, outcome=SwapCreated(reference="ABCDEF123456"))
    begun, over = (followed(status) for status in (SwapStatus.PAID, SwapStatus.COMPLETED))
    assert deal_row(Deal(ticket=made, at=NOW, swap=begun)).base is None
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
    assert deal_row(Deal(ticket=sent, at=NOW, swap=None)).base is None
    made = deal_row(Deal(ticket=replace(sent, order=filled), at=NOW, swap=None))
    assert made.base == Amount(Decimal("0.00007"), "BTC") and made.quote == Amount(Decimal("4.2"), "USDT")
    assert made.id == str(filled.number) and made.description.endswith("through the bot: filled")


def test_a_conversion_came_to_what_was_quoted_where_its_order_has_no_total() -> None:
    sold = order(OrderStatus.FILLED, executed="0.00007", volume=Decimal("0.00007"), side=Side.SELL, total=Decimal(0))
    conversion = {"intent": CONVERT, "terms": CONVERT_TERMS, "outcome": Placed(number=sold.number)}
    assert deal_row(deal(state=TicketState.DONE, order=sold, **conversion)).quote == CONVERT.bought
    part = replace(sold, executed=Decimal("0.00006"))
    assert deal_row(deal(state=TicketState.DONE, order=part, **conversion)).quote is None


def test_an_order_through_the_bot_counts_with_its_latest_word() -> None:
    filled = order(OrderStatus.FILLED, executed="0.01", average_price=Decimal(60_000))
    placed = ticket(state=TicketState.DONE, outcome=Placed(number=filled.number), order=filled, claimed_at=NOW)
    made = deal_row(Deal(ticket=placed, at=NOW, swap=None))
    assert (made.base, made.quote) == (Amount(Decimal("0.01"), "BTC"), Amount(Decimal(600), "USDT"))
    assert made.id == str(filled.number)
