"""What is typed behind /trades and /export."""

from datetime import date

import pytest

from chatbot.domain.errors import InputError
from chatbot.domain.export_text import read_export
from chatbot.domain.exports import ExportFormat, ExportKind, ExportRequest
from chatbot.domain.trade_text import TradeQuery, TradeWindow, read_query

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", TradeQuery()),
        ("BTC", TradeQuery(symbol="BTC")),
        ("month", TradeQuery(window=TradeWindow.MONTH)),
        ("btc/usdt DAY", TradeQuery(symbol="btc/usdt", window=TradeWindow.DAY)),
        ("all ETH", TradeQuery(symbol="ETH", window=TradeWindow.ALL)),
        ("24h", TradeQuery(window=TradeWindow.DAY)),
    ],
)
def test_market_and_span_come_in_any_order(text: str, query: TradeQuery) -> None:
    assert read_query(text) == query


@pytest.mark.parametrize("text", ["BTC ETH", "day week", "BTC day ETH"])
def test_two_of_a_kind_are_asked_about(text: str) -> None:
    with pytest.raises(InputError, match="/trades BTC month"):
        read_query(text)


def _request(kind: ExportKind, first: date | None, last: date, form: ExportFormat = ExportFormat.CSV) -> ExportRequest:
    return ExportRequest(kind=kind, first=first, last=last, format=form)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("trades", _request(ExportKind.TRADES, None, TODAY)),
        ("orders 2026-01-01", _request(ExportKind.ORDERS, date(2026, 1, 1), TODAY)),
        (
            "history 2026-01-01 2026-06-30 JSON",
            _request(ExportKind.HISTORY, date(2026, 1, 1), date(2026, 6, 30), ExportFormat.JSON),
        ),
        ("csv 2026-06-30 2026-06-30 trades", _request(ExportKind.TRADES, date(2026, 6, 30), date(2026, 6, 30))),
        ("trades 2026-11-01 2027-01-01", _request(ExportKind.TRADES, date(2026, 11, 1), TODAY)),
    ],
)
def test_what_shall_be_exported_is_understood(text: str, request_: ExportRequest) -> None:
    assert read_export(text, today=TODAY) == request_


@pytest.mark.parametrize(
    "text",
    [
        "",
        "money",
        "2026-01-01",
        "trades orders",
        "trades csv json",
        "trades 2026-02-30",
        "trades 2026-02-02 2026-01-01",
        "trades 2027-01-01",
        "trades 1.1.2026",
        "trades 2026-01-01 2026-01-02 2026-01-03",
        "trades ２０２６-01-01",
    ],
)
def test_what_is_no_export_is_explained(text: str) -> None:
    with pytest.raises(InputError, match="like"):
        read_export(text, today=TODAY)
