"""The history of trades, as a client sees it over a socket."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.paper.instant_setting import convert, history, quoted
from tests.paper.setting import Client, Signer
from tests.paper.test_api import DATE, DECIMAL, TEXT, assert_shape, data, refusal

TRADE = {
    "trade_number": int,
    "transaction_number": re.compile(r"[0-9]+_[0-9]+"),
    "market_code": TEXT,
    "maker_taker": re.compile("[MT]"),
    "price": DECIMAL,
    "total_price": DECIMAL,
    "amount": DECIMAL,
    "fee": DECIMAL,
    "fee_currency_code": TEXT,
    "buy_sell": re.compile("[BS]"),
    "add_date": DATE,
}


pytestmark = pytest.mark.usefixtures("prompt")


def test_a_conversion_in_full(client: Client) -> None:
    data(convert(client, quoted(client)))
    answer = history(client)
    assert_shape(answer["trades"], [TRADE])
    (trade,) = answer["trades"]
    assert trade.items() >= {
        "market_code": "BTCUSDT",
        "maker_taker": "T",
        "price": "76270.00",
        "total_price": "76.27",
        "amount": "0.00100000",
        "fee": "0.00000000",
        "fee_currency_code": "USDT",
        "buy_sell": "S",
    }.items()  # fmt: skip


def test_fills_of_the_book_are_there_with_their_fees(client: Client) -> None:
    client.place(price="76000", volume="0.002")
    client.control("price", market="BTCUSDT", price="75000")
    client.place(order_type="market", buy_sell="S", volume="0.001")
    taken, made = history(client)["trades"]
    assert (made["maker_taker"], made["buy_sell"], made["price"]) == ("M", "B", "76000.00")
    assert (made["amount"], made["fee"], made["fee_currency_code"]) == ("0.00200000", "0.00000300", "BTC")
    assert (taken["maker_taker"], taken["buy_sell"], taken["fee_currency_code"]) == ("T", "S", "USDT")
    exact = Decimal(taken["price"]) * Decimal("0.001") * Decimal("0.0025")
    assert abs(Decimal(taken["fee"]) - exact) < Decimal("1E-8")
    assert history(client, date_range="MONTH")["trades"] == [taken, made]


def test_the_page_number_told_is_wrong_and_has_next_is_right(client: Client) -> None:
    assert history(client) == {"trades": [], "page_number": 2, "has_next": False}
    for _ in range(21):
        data(convert(client, quoted(client)))
    first, second, third = (history(client, page_number=number) for number in (1, 2, 3))
    assert [(len(page["trades"]), page["page_number"]) for page in (first, second, third)] == [
        (20, 2),
        (1, 3),
        (0, 4),
    ]
    assert [page["has_next"] for page in (first, second, third)] == [True, False, False]
    seen = [trade for page in (first, second) for trade in page["trades"]]
    assert [trade["add_date"] for trade in seen] == sorted((trade["add_date"] for trade in seen), reverse=True)
    numbers = [trade["trade_number"] for trade in seen]
    assert len(set(numbers)) == 21 and numbers != sorted(numbers, reverse=True)


def test_past_trades_are_told_as_far_back_as_is_asked(client: Client) -> None:
    trade = {"market_code": "ETHUSDT", "buy_sell": "B", "price": "2000", "amount": "0.01", "fee": "0.00002"}
    dates = [
        (datetime.now(UTC) - timedelta(days=days)).isoformat(sep=" ", timespec="microseconds")
        for days in (31, 3, 0, 20)
    ]
    client.control(f"accounts/{client.signer.username}/trades", trades=[{**trade, "add_date": at} for at in dates])
    for span, expected in (("DAY", [2]), ("WEEK", [2, 1]), ("MONTH", [2, 1, 3])):
        told = history(client, date_range=span)["trades"]
        assert_shape(told, [TRADE])
        assert [trade["add_date"] for trade in told] == [dates[index] for index in expected]
        assert (told[0]["total_price"], told[0]["fee"], told[0]["fee_currency_code"]) == ("20.00", "0.00002000", "ETH")
    assert client.balance("ETH") == ("10", "10")


def test_nonsense_is_a_business_refusal(client: Client) -> None:
    sound = {"date_range": "DAY", "page_number": 1, "account_name": "Main"}
    for name, value, code in (
        ("account_name", "Other", 1101),
        ("date_range", "YEAR", 1104),
        ("date_range", None, 1104),
        ("page_number", 0, 1104),
        ("page_number", "1", 1104),
        ("page_number", True, 1104),
    ):
        answer = client.instant("trade_history", filter_options={**sound, name: value})
        assert refusal(answer)[0] == code, (name, value)
    assert refusal(client.instant("trade_history"))[0] == 1104


def test_a_sub_account_has_no_trades_of_the_main_one(client: Client) -> None:
    data(convert(client, quoted(client)))
    assert history(client, account_name="Savings")["trades"] == []
    assert history(client, account_name="Main")["trades"]


def test_nobody_sees_the_trades_of_others(client: Client) -> None:
    data(convert(client, quoted(client)))
    other = Client(client.http, Signer(**client.http.post("/paper/accounts").json()))
    assert history(other)["trades"] == []


def test_one_impossible_trade_spoils_all(client: Client) -> None:
    now = datetime.now(UTC)
    fine = {"market_code": "BTCUSDT", "buy_sell": "B", "price": "1", "amount": "1", "add_date": now.isoformat()}
    path = f"/control/accounts/{client.signer.username}/trades"
    for name, value in (
        ("market_code", "NOPE"),
        ("buy_sell", "X"),
        ("price", "-1"),
        ("price", "0"),
        ("amount", None),
        ("fee_currency_code", "XRP"),
        ("maker_taker", "X"),
        ("add_date", "2021-05-22 13:00:07"),
        ("add_date", (now + timedelta(minutes=1)).isoformat()),
        ("add_date", "yesterday"),
    ):
        response = client.http.post(path, json={"trades": [fine, {**fine, name: value}]})
        assert response.status_code == 400, (name, value)
        assert response.json()["error"]
    assert history(client)["trades"] == []
    client.http.post(path, json={"trades": [fine]}).raise_for_status()
    assert [trade["total_price"] for trade in history(client)["trades"]] == ["1.00"]
