"""Every documented shape, as a client sees it over a socket."""

import json
import re
import time
from decimal import ROUND_DOWN, Decimal
from typing import Any

import httpx
import pytest

from tests.paper.setting import ORDER, WITHDRAWAL, Client, Signer

DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00")
UNIX = re.compile(r"[0-9]{10}\.[0-9]+")
TEXT = re.compile(r"\S.*")

MARKET = {
    "market_code": TEXT,
    "url_symbol": TEXT,
    "base_currency": TEXT,
    "counter_currency": TEXT,
    "minimum_order_amount": DECIMAL,
    "maximum_order_amount": DECIMAL,
    "base_currency_decimal": int,
    "counter_currency_decimal": int,
    "presentation_decimal": int,
    "resell_market": bool,
    "min_multiplier": DECIMAL,
    "max_multiplier": DECIMAL,
    "maker_fee_ratio": DECIMAL,
    "taker_fee_ratio": DECIMAL,
    "list_date": int,
    "base_currency_name": TEXT,
    "counter_currency_name": TEXT,
    "risk_group": int,
    "trigger_order": {"L": bool, "M": bool},
}
TICKER = {
    "market": {"market_code": TEXT, "base_currency_code": TEXT, "counter_currency_code": TEXT},
    "bid": DECIMAL,
    "ask": DECIMAL,
    "last_price": DECIMAL,
    "last_size": DECIMAL,
    "volume_24h": DECIMAL,
    "change_24h": DECIMAL,
    "low_24h": DECIMAL,
    "high_24h": DECIMAL,
    "avg_24h": DECIMAL,
    "timestamp": UNIX,
}
LEVELS = [{"orders_total_amount": DECIMAL, "orders_price": DECIMAL}]
BOOK = {
    "market_code": TEXT,
    "ticker": TICKER,
    "buyers": LEVELS,
    "sellers": LEVELS,
    "last_transactions": [{"amount": DECIMAL, "price": DECIMAL, "time": UNIX, "type": re.compile("[BS]")}],
    "timestamp": UNIX,
}
LISTED = {
    "order_number": int,
    "account_number": int,
    "order_type": re.compile("limit|market"),
    "market_code": TEXT,
    "base_currency": TEXT,
    "counter_currency": TEXT,
    "channel_code": re.compile("[WM]"),
    "price": DECIMAL,
    "volume": DECIMAL,
    "volume_executed": DECIMAL,
    "volume_remaining": DECIMAL,
    "buy_sell": re.compile("[BS]"),
    "status": re.compile("[NPFCR]"),
    "add_date": DATE,
    "total": DECIMAL,
    "avg_price": DECIMAL,
    "client_id": int,
    "post_only": bool,
    "cancelable": bool,
}
STATUS = {**LISTED, "update_date": DATE, "fee_amount": re.compile(r"0E-16|[0-9]+\.[0-9]{16}")}


def assert_shape(value: object, shape: object) -> None:
    """Exactly these fields, of exactly these types, text matching wholly."""
    if isinstance(shape, dict):
        assert isinstance(value, dict)
        assert list(value) == list(shape)
        for name, inner in shape.items():
            assert_shape(value[name], inner)
    elif isinstance(shape, list):
        assert isinstance(value, list)
        assert value
        for item in value:
            assert_shape(item, shape[0])
    elif isinstance(shape, type):
        assert type(value) is shape
    else:
        assert isinstance(shape, re.Pattern)
        assert isinstance(value, str)
        assert shape.fullmatch(value), value


def data(response: httpx.Response) -> Any:
    assert response.status_code == 200
    answer = response.json()
    assert list(answer) == ["status", "data"]
    assert answer["status"] == "success"
    return answer["data"]


def refusal(response: httpx.Response) -> tuple[int, str]:
    assert response.status_code == 200
    answer = response.json()
    assert list(answer) == ["status", "reason", "status_code", "data"]
    assert (answer["status"], answer["data"]) == ("error", {})
    return answer["status_code"], answer["reason"]


class TestPublic:
    def test_market_list(self, client: Client) -> None:
        markets = data(client.http.get("/api/v1/market_info/"))["markets"]
        assert_shape(markets, [MARKET])
        assert len(markets) == 21
        assert {market["resell_market"] for market in markets} == {False}

    def test_a_market_of_instant_trade_alone_is_not_listed_but_known(self, client: Client) -> None:
        market = data(client.http.get("/api/v1/market_info/PAXGUSDT/"))["markets"]
        assert_shape(market, MARKET)
        assert market["resell_market"] is True

    def test_real_rules_of_btcusdt_and_ethusdt(self, client: Client) -> None:
        expected = {
            "minimum_order_amount": "5.00",
            "base_currency_decimal": 8,
            "counter_currency_decimal": 2,
            "presentation_decimal": 2,
            "resell_market": False,
            "min_multiplier": "0.60",
            "max_multiplier": "3.00",
            "maker_fee_ratio": "0.00150000",
            "taker_fee_ratio": "0.00250000",
            "counter_currency_name": "Tether",
        }
        for code, maximum in (("BTCUSDT", "10000.00"), ("ETHUSDT", "1000000.00")):
            market = data(client.http.get(f"/api/v1/market_info/{code}/"))["markets"]
            assert_shape(market, MARKET)
            assert market.items() >= {**expected, "maximum_order_amount": maximum}.items()

    def test_tickers(self, client: Client) -> None:
        tickers = data(client.http.get("/api/v1/ticker/"))["ticker"]
        assert "PAXGUSDT" not in tickers
        for code, ticker in tickers.items():
            assert_shape(ticker, TICKER)
            assert ticker["market"]["market_code"] == code
        assert_shape(data(client.http.get("/api/v1/ticker/BTCUSDT/"))["ticker"], TICKER)

    def test_order_book(self, client: Client) -> None:
        book = data(client.http.get("/api/v1/order_book/SHIBUSDT/"))
        assert_shape(book, BOOK)
        assert len(book["last_transactions"]) == 50
        assert min(len(book["buyers"]), len(book["sellers"])) >= 15

    @pytest.mark.parametrize("code", ["NOPE", "btcusdt", "PAXGUSDT"])
    def test_unknown_lower_case_and_instant_only_markets_have_no_ticker_and_book(
        self, client: Client, code: str
    ) -> None:
        assert data(client.http.get(f"/api/v1/ticker/{code}/")) == {"ticker": None}
        assert data(client.http.get(f"/api/v1/order_book/{code}/")) is None

    def test_unknown_market_info_is_an_empty_500(self, client: Client) -> None:
        response = client.http.get("/api/v1/market_info/NOPE/")
        assert (response.status_code, response.content) == (500, b"")
        assert response.headers["content-type"].startswith("text/html")

    @pytest.mark.parametrize(
        "path",
        [
            "/api/v1/ticker",
            "/api/v1/balance/Main",
            "/api/v1/nothing/",
            "/",
            "/api/v1/withdrawal/request",
            "/api/v1/order_status/x/",
        ],
    )
    def test_missing_slashes_and_unknown_paths_are_404_in_html(self, client: Client, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 404
        assert response.text.startswith("<html>")

    def test_a_wrong_method_is_405_without_a_body(self, client: Client) -> None:
        for response in (client.http.post("/api/v1/ticker/"), client.get("/api/v1/orders/"), client.get(WITHDRAWAL)):
            assert (response.status_code, response.content) == (405, b"")

    def test_empty_path_segments_are_tolerated(self, client: Client) -> None:
        assert len(data(client.http.get("/api/v1/ticker//"))["ticker"]) > 15
        assert data(client.get("/api/v1/balance//"))["balances"]
        assert data(client.get("/api/v1/orders/Main/O//"))["orders"] == []


class TestPrivate:
    @pytest.mark.parametrize("path", ["/api/v1/balance/", "/api/v1/balance/Main/"])
    def test_balances(self, client: Client, path: str) -> None:
        client.place()
        balances = data(client.get(path))["balances"]
        for currency, balance in balances.items():
            assert_shape(balance, {"currency_code": TEXT, "balance": DECIMAL, "available_balance": DECIMAL})
            assert balance["currency_code"] == currency
        assert balances["USDT"] == {
            "currency_code": "USDT",
            "balance": "100000",
            "available_balance": "99940",
        }
        assert balances["LTC"] == {"currency_code": "LTC", "balance": "0", "available_balance": "0"}
        assert balances["PAXG"] == {"currency_code": "PAXG", "balance": "0", "available_balance": "0"}
        assert len(balances) >= 120

    def test_a_new_order_says_only_its_number(self, client: Client) -> None:
        answer = data(client.place())
        assert_shape(answer, {"order_number": int})

    def test_an_open_order_in_full(self, client: Client) -> None:
        number = data(client.place())["order_number"]
        order = data(client.get(f"/api/v1/order_status/{number}/"))["order"]
        assert_shape(order, STATUS)
        assert (
            order.items()
            >= {
                "order_number": number,
                "price": "60000.00",
                "volume": "0.00100000",
                "volume_executed": "0.00000000",
                "status": "N",
                "total": "0.00",
                "client_id": 7,
                "cancelable": True,
                "fee_amount": "0E-16",
            }.items()
        )

    def test_a_filled_order_in_full(self, client: Client) -> None:
        number = data(client.place(order_type="market", price="0"))["order_number"]
        order = data(client.get(f"/api/v1/order_status/{number}/"))["order"]
        assert_shape(order, STATUS)
        assert (
            order.items()
            >= {
                "order_type": "market",
                "price": "0.00",
                "volume_executed": "0.00100000",
                "volume_remaining": "0.00000000",
                "status": "F",
                "cancelable": False,
                "fee_amount": "0.0000025000000000",
            }.items()
        )
        # Totals are cut, not rounded, to the counter decimals: 0.01 × 40683.54 is 406.83 in the documentation.
        exact = Decimal(order["avg_price"]) * Decimal("0.001")
        assert order["total"] == str(exact.quantize(Decimal("0.01"), ROUND_DOWN))

    def test_cancel_is_submitted_and_then_happens(self, client: Client) -> None:
        client.control("cancel_delay", seconds=30)
        number = data(client.place())["order_number"]
        answer = data(client.post(f"/api/v1/cancel_order/{number}/", "{}"))
        assert answer == {"message": "order_cancel_request_submitted"}
        order = data(client.get(f"/api/v1/order_status/{number}/"))["order"]
        assert (order["status"], order["cancelable"]) == ("N", False)

    @pytest.mark.parametrize("body", ["{}", "", '{"order_number": %d}'])
    def test_cancel_accepts_every_body_clients_send(self, client: Client, body: str) -> None:
        number = data(client.place())["order_number"]
        body = body.replace("%d", str(number))
        data(client.post(f"/api/v1/cancel_order/{number}/", body))
        assert data(client.get(f"/api/v1/order_status/{number}/"))["order"]["status"] == "C"

    def test_an_unknown_order_is_not_found(self, client: Client) -> None:
        assert refusal(client.post("/api/v1/cancel_order/1/", "{}")) == (1201, "order_not_found")
        assert refusal(client.get("/api/v1/order_status/1/")) == (1201, "order_not_found")

    def test_another_account_name_is_refused(self, client: Client) -> None:
        for response in (
            client.place(account_name="Other"),
            client.get("/api/v1/balance/Other/"),
            client.get("/api/v1/orders/Other/O/"),
        ):
            assert refusal(response) == (1101, "account_owner_different")

    def test_a_sub_account_has_money_of_its_own_and_no_orders(self, client: Client) -> None:
        client.place()
        client.control(f"accounts/{client.signer.username}/subs", name="Long term", balances={"XRP": "12.5"})
        for name, currency, total in (("Savings", "USDT", "2500"), ("Long%20term", "XRP", "12.5")):
            balance = data(client.get(f"/api/v1/balance/{name}/"))["balances"][currency]
            assert (balance["balance"], balance["available_balance"]) == (total, total)
            for listed in (f"{name}/A/", f"{name}/A/BTCUSDT/1/"):
                assert data(client.get(f"/api/v1/orders/{listed}"))["orders"] == []
        assert data(client.get("/api/v1/orders/Main/A/"))["orders"]

    def test_a_sub_account_is_its_owners_alone(self, client: Client) -> None:
        client.control(f"accounts/{client.signer.username}/subs", name="Mine")
        other = Client(client.http, Signer(**client.http.post("/paper/accounts").json()))
        assert refusal(other.get("/api/v1/balance/Mine/")) == (1101, "account_owner_different")
        assert data(other.get("/api/v1/balance/Savings/"))["balances"]["BTC"]["balance"] == "0.05"

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"volume": "2", "market_code": "ETHUSDT", "price": "2000.00", "buy_sell": "X"}, 1104),
            ({"market_code": "NOPE"}, 1102),
            ({"market_code": "PAXGUSDT"}, 1102),
            ({"order_type": "stop"}, 1104),
            ({"volume": None}, 1104),
            ({"volume": "1_000"}, 1104),
            ({"volume": "NaN"}, 1104),
            ({"volume": "-1"}, 1104),
            ({"volume": "1e99"}, 1104),
            ({"client_id": 2**64}, 1104),
            ({"client_id": "7"}, 1104),
            ({"post_only": "true"}, 1104),
            ({"buy_sell": "S", "volume": "0.02", "price": "200000", "market_code": "LTCUSDT"}, 1109),
            ({"buy_sell": "S", "volume": "90", "price": "50", "market_code": "LTCUSDT"}, 1103),
        ],
    )
    def test_nonsense_is_a_business_refusal(self, client: Client, changes: dict[str, object], code: int) -> None:
        assert refusal(client.place(**changes))[0] == code
        assert client.orders() == []

    @pytest.mark.parametrize("body", ["", "{", "[]", '"x"', '{"volume": NaN}'])
    def test_what_is_not_a_json_object_is_400(self, client: Client, body: str) -> None:
        assert client.post("/api/v1/orders/", body).status_code == 400

    def test_spaced_compact_and_sorted_json_are_all_verified_as_sent(self, client: Client) -> None:
        for body in (
            json.dumps(ORDER),
            json.dumps(ORDER, separators=(",", ":")),
            json.dumps(ORDER, separators=(",", ":"), sort_keys=True),
        ):
            data(client.post("/api/v1/orders/", body))

    def test_numbers_may_be_json_numbers_and_exponents(self, client: Client) -> None:
        for volume in (0.001, "1e-3", "0.001"):
            number = data(client.place(volume=volume, price=60000))["order_number"]
            order = data(client.get(f"/api/v1/order_status/{number}/"))["order"]
            assert (order["volume"], order["price"]) == ("0.00100000", "60000.00")

    @pytest.mark.parametrize("timestamp", ["%.7f", "%d"])
    def test_timestamps_in_seconds_and_milliseconds(self, client: Client, timestamp: str) -> None:
        for now in (time.time(), time.time() * 1000):
            headers = client.signer.headers(timestamp=timestamp % now)
            data(client.http.get("/api/v1/balance/", headers=headers))

    def test_unsigned_missigned_and_late_requests_are_401(self, client: Client) -> None:
        late = client.signer.headers(timestamp=str(time.time() - 60))
        wrong = client.signer.headers() | {"ACCESS-SIGN": "0" * 64}
        for headers in ({}, late, wrong):
            assert client.http.get("/api/v1/balance/", headers=headers).status_code == 401


class TestLists:
    def numbers(self, client: Client, path: str) -> list[int]:
        return [order["order_number"] for order in data(client.get(f"/api/v1/orders/Main/{path}"))["orders"]]

    def test_shape_and_order(self, client: Client) -> None:
        placed = [data(client.place())["order_number"] for _ in range(3)]
        answer = data(client.get("/api/v1/orders/Main/A/"))
        assert_shape(answer["orders"], [LISTED])
        assert [order["order_number"] for order in answer.pop("orders")] == placed[::-1]
        assert answer == {
            "page_number": 1,
            "total_page_count": 1,
            "total_row_count": None,
            "has_next": False,
        }

    def test_filters_by_state_and_market(self, client: Client) -> None:
        resting = data(client.place())["order_number"]
        filled = data(client.place(order_type="market"))["order_number"]
        ether = data(client.place(market_code="ETHUSDT", price="1500", volume="0.01"))["order_number"]
        assert self.numbers(client, "O/") == [ether, resting]
        assert self.numbers(client, "C/") == [filled]
        assert self.numbers(client, "A/BTCUSDT/") == [filled, resting]
        assert self.numbers(client, "O/ETHUSDT/1/") == [ether]
        assert self.numbers(client, "A/NOPE/") == []
        assert client.get("/api/v1/orders/Main/X/").status_code == 404

    def test_pages_of_twenty(self, client: Client) -> None:
        placed = [data(client.place())["order_number"] for _ in range(41)][::-1]
        for page, numbers in ((1, placed[:20]), (2, placed[20:40]), (3, placed[40:]), (4, [])):
            answer = data(client.get(f"/api/v1/orders/Main/O/{page}/"))
            assert [order["order_number"] for order in answer["orders"]] == numbers
            assert (answer["page_number"], answer["total_page_count"]) == (page, 3)
            assert answer["has_next"] is (page < 3)

    def test_nobody_sees_the_orders_of_others(self, client: Client, venue: str) -> None:
        data(client.place())
        other = client.http.post("/paper/accounts").json()
        signer = type(client.signer)(**other)
        assert self.numbers(Client(client.http, signer), "A/") == []


def test_the_sixty_first_request_of_a_minute_is_429(client: Client) -> None:
    client.control("limit", per_minute=60)
    codes = [client.http.get("/api/v1/ticker/BTCUSDT/").status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]
    assert client.place().status_code == 429
    assert client.orders() == []


def test_answers_do_not_wait_for_delayed_acknowledgements(client: Client) -> None:
    started = time.perf_counter()
    for _ in range(10):
        client.place()
    assert time.perf_counter() - started < 0.2
