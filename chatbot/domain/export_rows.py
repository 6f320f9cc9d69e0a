"""Rows of an exported file, and how they are written.

The columns are those of Crypto Tax Calculator's file for exchanges it does not know ("Advanced Custom CSV"), which
other tax programs map without effort: date, type, then base, quote (here: counter) and fee, each with amount and
currency, and an id. https://help.cryptotaxcalculator.io/en/articles/5777675-advanced-manual-custom-csv-import

CSV is RFC 4180 in UTF-8, with a mark that makes spreadsheets see that it is. Amounts are exact in both formats: plain
decimals in CSV, strings in JSON, where a reader would make binary fractions of numbers.
"""

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from chatbot.domain.exports import ExportFormat
from chatbot.domain.money import Amount, to_text

_COLUMNS: Final = {
    "timestamp": "Timestamp (UTC)",
    "type": "Type",
    "base_currency": "Base Currency",
    "base_amount": "Base Amount",
    "quote_currency": "Quote Currency (Optional)",
    "quote_amount": "Quote Amount (Optional)",
    "fee_currency": "Fee Currency (Optional)",
    "fee_amount": "Fee Amount (Optional)",
    "from": "From (Optional)",
    "to": "To (Optional)",
    "blockchain": "Blockchain (Optional)",
    "id": "ID (Optional)",
    "description": "Description (Optional)",
}
"""By their names in JSON, their names in CSV."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_FORMULA = re.compile(r"""(?:^|(?<=[;\t\r\n"]))(?=[=+\-@])|^(?=[\t\r\n])""")
"""Where a cell begins like a formula: here, or in a program that cuts lines at semicolons or tabs as well."""

Cell = str | Decimal | datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line. `type` is `buy`, `sell` or `send`; what is not known, or moved nothing, is empty or None."""

    at: datetime
    type: str
    base: Amount | None
    quote: Amount | None
    fee: Amount | None
    sender: str
    receiver: str
    network: str
    id: str
    description: str

    def cells(self) -> tuple[Cell, ...]:
        """One per column."""
        return (
            self.at.astimezone(UTC),
            self.type,
            *_pair(self.base),
            *_pair(self.quote),
            *_pair(self.fee),
            self.sender,
            self.receiver,
            self.network,
            self.id,
            self.description,
        )


def opening(form: ExportFormat) -> bytes:
    """How a file begins."""
    return _BYTE_ORDER_MARK + _csv_line(_COLUMNS.values()) if form is ExportFormat.CSV else b"["


def written(form: ExportFormat, rows: Iterable[Row], *, first: bool) -> bytes:
    """Some rows; `first` says that none stand in the file yet."""
    if form is ExportFormat.CSV:
        return b"".join(_csv_line(map(_csv_cell, row.cells())) for row in rows)
    lines = (json.dumps(dict(zip(_COLUMNS, map(_json_cell, row.cells()), strict=True))) for row in rows)
    text = ",\n".join(lines)
    return f"{'' if first else ','}\n{text}".encode() if text else b""


def closing(form: ExportFormat) -> bytes:
    """How a file ends."""
    return b"" if form is ExportFormat.CSV else b"\n]\n"


def _pair(amount: Amount | None) -> tuple[Cell, Cell]:
    return ("", "") if amount is None else (amount.currency, amount.value)


def _csv_line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode(errors="replace")


def _csv_cell(cell: Cell) -> str:
    """A spreadsheet would take a text that begins like a formula for one, and carry it out: such get a mark in front.
    Numbers stay numbers.
    """
    match cell:
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M:%S}"
        case Decimal():
            return to_text(cell)
        case str():
            return _FORMULA.sub("'", cell)


def _json_cell(cell: Cell) -> str:
    match cell:
        case datetime():
            return cell.isoformat().replace("+00:00", "Z")
        case Decimal():
            return to_text(cell)
        case str():
            return cell
