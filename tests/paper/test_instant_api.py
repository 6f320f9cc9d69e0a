"""Instant Trade, as a client sees it over a socket."""

import json
from decimal import Decimal

import httpx
import pytest

from tests.paper.instant_setting import QUOTE, SALE, convert, history, order_of, quoted
from tests.paper.setting import Client
from tests.paper.test_api import DECIMAL, STATUS, TEXT, assert_shape, data, refusal

QUOTED = {
    "sell_currency_amount": DECIMAL,
    "buy_currency_amount": DECIMAL,
    "sell_currency_min_depth_order_amount": DECIMAL,
    "buy_currency_min_depth_order_amount": DECIMAL,
    "sell_currency_max_depth_order_amount": DECIMAL,
    "buy_currency_max_depth_order_amount": DECIMAL,
    "sell_currency_code": TEXT,
    "buy_currency_code": TEXT,
    "visible_price": DECIMAL,
    "trigger_order": bool,
    "trigger_status": bool,
    "instant_chart": bool,
    "timestamp": float,
}


pytestmark = pytest.mark.usefixtures("prompt")


class TestQuotes:
    def test_a_sale_in_full(self, client: Client) -> None:
        quote = quoted(client)
        assert_shape(quote, QUOTED)
        quote.pop("timestamp")
        assert quote == {
            "sell_currency_amount": "0.00100000",
            "buy_currency_amount": "76.27",
            "sell_currency_min_depth_order_amount": "0.00005250",
            "buy_currency_min_depth_order_amount": "4.00",
            "sell_currency_max_depth_order_amount": "0.01960000",
            "buy_currency_max_depth_order_amount": "1494.90",
            "sell_currency_code": "BTC",
            "buy_currency_code": "USDT",
            "visible_price": "76270.50000000",
            "trigger_order": False,
            "trigger_status": True,
            "instant_chart": True,
        }

    def test_a_purchase_is_priced_in_the_same_units(self, client: Client) -> None:
        quote = quoted(client, sell_currency_code="USDT", buy_currency_code="BTC", sell_currency_amount="100")
        assert (quote["sell_currency_amount"], quote["buy_currency_amount"]) == ("100.00", "0.00130328")
        assert (quote["visible_price"], quote["sell_currency_min_depth_order_amount"]) == ("76729.50000000", "4.00")

    def test_an_amount_beyond_the_limits_is_quoted_with_them(self, client: Client) -> None:
        assert quoted(client, sell_currency_amount="2")["sell_currency_max_depth_order_amount"] == "0.01960000"

    def test_nonsense_is_a_business_refusal(self, client: Client) -> None:
        for name, value, code in (
            ("sell_currency_code", "NOPE", 1102),
            ("buy_currency_code", "ETH", 1102),
            ("buy_currency_code", "BTC", 1102),
            ("sell_currency_code", ["BTC"], 1102),
            ("sell_currency_amount", None, 1104),
            ("sell_currency_amount", "0", 1104),
            ("sell_currency_amount", "-1", 1104),
            ("sell_currency_amount", "much", 1104),
            ("sell_currency_amount", "0.000000001", 1111),
        ):
            assert refusal(client.instant(QUOTE, **{**SALE, name: value}))[0] == code, (name, value)


class TestOrders:
    def test_a_sale_is_executed_to_the_cent_and_listed_everywhere(self, client: Client) -> None:
        answer = data(convert(client, quoted(client)))
        assert list(answer) == ["order_number", "depth_order"] and answer["depth_order"] is True
        order = order_of(client, answer["order_number"])
        assert_shape(order, STATUS)
        assert order.items() >= {
            "market_code": "BTCUSDT",
            "buy_sell": "S",
            "status": "F",
            "volume_executed": "0.00100000",
            "total": "76.27",
            "avg_price": "76270.00",
            "cancelable": False,
            "fee_amount": "0E-16",
        }.items()  # fmt: skip
        assert (client.balance("BTC"), client.balance("USDT")) == (("0.999", "0.999"), ("100076.27", "100076.27"))
        for path in ("C/", "A/BTCUSDT/"):
            listed = data(client.get(f"/api/v1/orders/Main/{path}"))["orders"]
            assert [each["order_number"] for each in listed] == [order["order_number"]]

    def test_a_coin_without_a_book_is_bought_and_sold(self, client: Client) -> None:
        bought = quoted(client, sell_currency_code="USDT", buy_currency_code="PAXG", sell_currency_amount="500")
        number = data(convert(client, bought))["order_number"]
        assert order_of(client, number).items() >= {"market_code": "PAXGUSDT", "status": "F", "total": "500.00"}.items()
        assert Decimal(client.balance("PAXG")[0]) == Decimal(bought["buy_currency_amount"]) > 0
        sale = quoted(client, sell_currency_code="PAXG", sell_currency_amount=bought["buy_currency_amount"])
        data(convert(client, sale))
        assert client.balance("PAXG")[0] == "0"
        assert Decimal("0.990") < Decimal(sale["buy_currency_amount"]) / 500 < Decimal("0.992")

    def test_strings_of_the_example_are_taken_too(self, client: Client) -> None:
        """`sell_amount` and `visible_price` come with fewer digits there than in the quote."""
        data(convert(client, quoted(client), sell_amount="0.001", visible_price="76270.5"))

    @pytest.mark.parametrize(("moved", "code"), [("1.5", 1210), ("-0.3", 1210), ("0.2", None), ("-0.2", None)])
    def test_a_price_that_moved_too_far_executes_nothing(self, client: Client, moved: str, code: int | None) -> None:
        quote = quoted(client)
        client.control("instant", moved=moved)
        answer = convert(client, quote)
        if code is None:
            data(answer)
            return
        assert refusal(answer) == (code, "Price has changed too much")
        assert client.orders() == [] and client.balance("BTC") == ("1", "1")
        fresh = quoted(client)
        assert fresh["visible_price"] != quote["visible_price"]
        data(convert(client, fresh))

    def test_what_is_no_quote_is_refused(self, client: Client) -> None:
        quote = quoted(client)
        for name, value, code in (
            ("with_bonus", True, 1104),
            ("with_stake", True, 1104),
            ("with_stake", None, 1104),
            ("with_bonus", 0, 1104),
            ("depth_order", False, 1104),
            ("depth_order", "true", 1104),
            ("buy_amount", "76.28", 1104),
            ("buy_amount", "1000000", 1104),
            ("visible_price", "0", 1104),
            ("visible_price", "NaN", 1104),
            ("sell_amount", None, 1104),
            ("account_number", "109", 1104),
            ("account_number", True, 1104),
            ("account_number", 1, 1101),
            ("sell_currency_code", "NOPE", 1102),
        ):
            assert refusal(convert(client, quote, **{name: value}))[0] == code, (name, value)
        assert client.orders() == []

    def test_its_own_account_may_be_named(self, client: Client) -> None:
        number = data(client.place())["order_number"]
        own = order_of(client, number)["account_number"]
        data(convert(client, quoted(client), account_number=own))

    @pytest.mark.parametrize(("amount", "code"), [("0.00005249", 1105), ("0.01960001", 1106)])
    def test_limits_are_kept_to_the_last_digit(self, client: Client, amount: str, code: int) -> None:
        quote = quoted(client, sell_currency_amount=amount)
        assert refusal(convert(client, quote))[0] == code
        for limit in ("min", "max"):
            allowed = quoted(client, sell_currency_amount=quote[f"sell_currency_{limit}_depth_order_amount"])
            data(convert(client, allowed))

    def test_nobody_sells_what_is_not_there(self, client: Client) -> None:
        quote = quoted(client, sell_currency_code="LTC", sell_currency_amount="1")
        assert refusal(convert(client, quote)) == (1103, "balance_insufficient")
        assert client.orders() == []

    def test_a_slow_order_holds_its_money_and_cannot_be_cancelled(self, client: Client) -> None:
        client.control("instant", seconds=3600)
        number = data(convert(client, quoted(client)))["order_number"]
        order = order_of(client, number)
        assert (order["status"], order["cancelable"], order["volume_executed"]) == ("N", False, "0.00000000")
        assert (client.balance("BTC"), client.balance("USDT")) == (("1", "0.999"), ("100000", "100000"))
        assert refusal(client.post(f"/api/v1/cancel_order/{number}/", "{}")) == (1202, "order_not_cancelable")
        assert history(client)["trades"] == []

    def test_an_order_rejected_on_demand_gives_the_money_back(self, client: Client) -> None:
        client.control("instant", reject=1)
        numbers = [data(convert(client, quoted(client)))["order_number"] for _ in range(2)]
        assert [order_of(client, number)["status"] for number in numbers] == ["R", "F"]
        assert client.balance("BTC") == ("0.999", "0.999")
        assert len(history(client)["trades"]) == 1


class TestSessions:
    def test_a_key_opens_nothing_here_and_a_session_nothing_there(self, client: Client) -> None:
        body = json.dumps(SALE)
        path = f"/p/v1/order/{QUOTE}/"
        assert client.http.post(path, content=body, headers=client.signer.headers(body)).status_code == 401
        assert client.http.post(path, content=body).status_code == 401
        both = client.signer.headers(body) | client.signer.session_headers(body)
        assert client.http.post(path, content=body, headers=both).status_code == 401
        assert client.http.get("/api/v1/balance/", headers=client.signer.session_headers("")).status_code == 401

    def test_a_rotated_and_an_expired_token_are_401_and_a_fresh_one_is_not(self, client: Client) -> None:
        owner = f"/control/accounts/{client.signer.username}"
        fresh = client.http.post(f"{owner}/session", json={"kind": "rotate"}).json()["session"]
        assert client.instant(QUOTE, **SALE).status_code == 401
        client.signer.session.update(fresh)
        quoted(client)
        assert client.http.post(f"{owner}/session", json={"kind": "expire"}).json() == {"session": None}
        assert client.instant(QUOTE, **SALE).status_code == 401
        opened = client.http.post(f"/paper/accounts/{client.signer.username}/session").json()
        client.signer.session.update(opened)
        quoted(client)
        assert client.balance("BTC") == ("1", "1")

    def test_seconds_are_no_timestamp_here(self, client: Client) -> None:
        body = json.dumps(SALE)
        headers = client.signer.session_headers(body, timestamp="1779206986.3913925")
        assert client.http.post(f"/p/v1/order/{QUOTE}/", content=body, headers=headers).status_code == 401

    def test_the_record_names_who_signed(self, client: Client) -> None:
        quoted(client)
        entry = client.http.get("/control/requests").json()["requests"][-1]
        assert (entry["path"], entry["signed"], entry["by"]) == (f"/p/v1/order/{QUOTE}/", True, client.signer.username)


class TestTrouble:
    def test_both_apis_share_one_limit(self, client: Client) -> None:
        client.control("limit", per_minute=2)
        assert client.instant(QUOTE, **SALE).status_code == 200
        assert client.get("/api/v1/balance/").status_code == 200
        assert client.instant(QUOTE, **SALE).status_code == client.get("/api/v1/balance/").status_code == 429

    @pytest.mark.parametrize(("kind", "executed"), [("drop_request", False), ("drop_answer", True)])
    def test_an_answer_can_get_lost(self, client: Client, kind: str, executed: bool) -> None:
        quote = quoted(client)
        client.control("faults", kind=kind, path="/p/v1/order/instant_order/")
        with pytest.raises(httpx.RemoteProtocolError):
            convert(client, quote)
        assert len(history(client)["trades"]) == len(client.orders()) == executed

    def test_lists_can_be_stale_and_orders_are_still_taken(self, client: Client) -> None:
        client.control("faults", kind="stale_lists", times=2)
        data(client.place())
        data(convert(client, quoted(client)))
        assert history(client)["trades"] == []
        assert data(client.get("/api/v1/orders/Main/A/"))["orders"] == []
        assert len(history(client)["trades"]) == 1

    @pytest.mark.parametrize("body", ["", "{", "[]"])
    def test_what_is_not_a_json_object_is_400(self, client: Client, body: str) -> None:
        headers = client.signer.session_headers(body)
        assert client.http.post(f"/p/v1/order/{QUOTE}/", content=body, headers=headers).status_code == 400

    def test_a_missing_slash_is_404_and_a_wrong_method_405(self, client: Client) -> None:
        body = json.dumps(SALE)
        headers = client.signer.session_headers(body)
        assert client.http.post(f"/p/v1/order/{QUOTE}", content=body, headers=headers).status_code == 404
        assert client.http.get(f"/p/v1/order/{QUOTE}/", headers=headers).status_code == 405


class TestControl:
    def test_nonsense_is_answered_with_a_sentence(self, client: Client) -> None:
        nonsense: tuple[tuple[str, dict[str, object]], ...] = (
            ("instant", {"moved": "-100"}),
            ("instant", {"moved": 1}),
            ("instant", {"reject": -1}),
            ("instant", {"reject": True}),
            ("instant", {"seconds": -1}),
            ("instant", {"reject": 1, "seconds": "soon"}),
            ("accounts/alice@practice.example/session", {"kind": "steal"}),
            ("accounts/nobody/session", {"kind": "rotate"}),
            ("accounts/nobody/trades", {"trades": []}),
            ("accounts/alice@practice.example/trades", {}),
            ("accounts/alice@practice.example/trades", {"trades": [1]}),
        )
        for path, fields in nonsense:
            response = client.http.post(f"/control/{path}", json=fields)
            assert response.status_code == 400, (path, fields)
            assert response.json()["error"]
        assert client.http.get("/control/instant").json()["reject"] == 0

    def test_the_price_of_a_coin_without_a_book_can_be_set(self, client: Client) -> None:
        client.control("price", market="PAXGUSDT", price="4000")
        client.control("price", market="PAXGUSDT", change="10")
        listed = client.http.get("/control/instant").json()["markets"]
        prices = {market["market"]: (market["price"], market["has_book"]) for market in listed}
        assert len(prices) >= 120
        assert (prices["PAXGUSDT"], prices["BTCUSDT"]) == (("4400.00", False), ("76500.00", True))

    def test_the_manual_tells_of_it(self, client: Client) -> None:
        manual = client.http.get("/control").text
        for path in ("/control/instant", "/paper/accounts/{username}/session", "/control/accounts/{username}/trades"):
            assert path in manual
