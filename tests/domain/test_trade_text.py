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
    ("days", "first", "last"),
    [
        ("01.11.2026 30.11.2026", date(2026, 11, 1), TODAY),
        ("1.10.2026 to 2026-10-31", date(2026, 10, 1), date(2026, 10, 31)),
        ("31/1/2026 2/2/2026", date(2026, 1, 31), date(2026, 2, 2)),
        ("from 1/31/2026", date(2026, 1, 31), TODAY),
        ("today", TODAY, TODAY),
        ("Yesterday", date(2026, 11, 19), date(2026, 11, 19)),
        ("this month", date(2026, 11, 1), TODAY),
        ("last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("this year", date(2026, 1, 1), TODAY),
        ("last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("2026", date(2026, 1, 1), TODAY),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-02 2026-03", date(2026, 2, 1), date(2026, 3, 31)),
        ("november", date(2026, 11, 1), TODAY),
        ("dec", date(2025, 12, 1), date(2025, 12, 31)),
        ("sept 2024", date(2024, 9, 1), date(2024, 9, 30)),
        ("january - march", date(2026, 1, 1), date(2026, 3, 31)),
        ("everything", None, TODAY),
    ],
)
def test_days_are_understood_as_people_write_them(days: str, first: date | None, last: date) -> None:
    assert read_export(f"trades {days}", today=TODAY) == _request(ExportKind.TRADES, first, last)
    assert read_export(f"{days} trades", today=TODAY) == _request(ExportKind.TRADES, first, last)


def test_last_month_in_january_is_december() -> None:
    request_ = read_export("trades last month", today=date(2027, 1, 31))
    assert (request_.first, request_.last) == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Which file: trades, orders or history"),
        ("2026-01-01", "Which file: trades, orders or history"),
        ("money", "“money”"),
        ("trades xls", "“xls”"),
        ("trades last summer json", "“last”"),
        ("trades soon later", "“soon”"),
        ("trades ２０２６-01-01", "“２０２６-01-01”"),
        ("trades 00002026", "“00002026”"),
        ("trades orders", "more than one file: trades and orders"),
        ("trades csv json", "CSV or JSON"),
        ("trades 2026-01-01 2026-01-02 2026-01-03", "Two days are enough"),
        ("trades 2026-02-30", "no day 2026-02-30"),
        ("trades 31.2.2026", "no day 31.2.2026"),
        ("trades 30/2/2026", "no day 30/2/2026"),
        ("trades 2026-13", "no month 2026-13"),
        ("trades 1/11/2026", "2026-11-01 or 2026-01-11"),
        ("trades 2026-02-02 2026-01-01", "first day comes after the last one: 2026-02-02 and 2026-01-01"),
        ("orders 2027-01-01", "2027-01-01 lies in the future.*today is 2026-11-20"),
        ("orders 2027", "2027-01-01 lies in the future"),
    ],
)
def test_what_is_no_export_is_explained_by_what_is_wrong_with_it(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_export(text, today=TODAY)
