"""The control panel and the sign-up."""

from decimal import Decimal

import httpx
import pytest

from tests.paper.setting import Client, Signer


def last_request(client: Client) -> int:
    entries = client.http.get("/control/requests").json()["requests"]
    return int(entries[-1]["number"]) if entries else 0


def test_a_sign_up_opens_a_ready_account(client: Client) -> None:
    answer = client.http.post("/paper/accounts", json={"name": "Zoë & Co"}).json()
    assert list(answer) == ["username", "passphrase", "api_key", "secret_key", "session"]
    assert list(answer["session"]) == ["username", "token"]
    assert answer["username"].startswith("zo-co-")
    balances = Client(client.http, Signer(**answer)).get("/api/v1/balance/").json()["data"]["balances"]
    assert balances["BTC"]["balance"] == "1"


def test_every_sign_up_is_a_different_account(client: Client) -> None:
    answers = [client.http.post("/paper/accounts").json() for _ in range(3)]
    for field in ("username", "passphrase", "api_key", "secret_key"):
        assert len({answer[field] for answer in answers}) == 3


def test_requests_are_recorded_without_secrets(client: Client) -> None:
    since = last_request(client)
    client.place()
    client.http.get("/api/v1/ticker//")
    client.http.get("/api/v1/balance/", headers=client.signer.headers() | {"ACCESS-SIGN": "0"})
    answer = client.http.get("/control/requests", params={"since": since})
    entries = answer.json()["requests"]
    assert [(e["method"], e["path"], e["signed"], e["status"]) for e in entries] == [
        ("POST", "/api/v1/orders/", True, 200),
        ("GET", "/api/v1/ticker/", None, 200),
        ("GET", "/api/v1/balance/", False, 401),
    ]
    assert [e["number"] for e in entries] == [since + 1, since + 2, since + 3]
    assert entries[0]["at"] <= entries[1]["at"] <= entries[2]["at"]
    signer = client.signer
    for secret in (signer.api_key, signer.secret_key, signer.passphrase, signer.session["token"]):
        assert secret not in answer.text


def test_a_cut_connection_is_recorded_without_a_status(client: Client) -> None:
    since = last_request(client)
    client.control("faults", kind="drop_answer", path="/api/v1/orders/")
    with pytest.raises(httpx.RemoteProtocolError):
        client.place()
    (entry,) = client.http.get("/control/requests", params={"since": since}).json()["requests"]
    assert (entry["signed"], entry["status"]) == (True, None)


def test_control_requests_are_not_limited(client: Client) -> None:
    client.control("limit", per_minute=0)
    assert client.http.get("/api/v1/ticker/").status_code == 429
    client.control("limit", per_minute=None)
    assert client.http.get("/api/v1/ticker/").status_code == 200


def test_orders_of_everybody_are_listed_oldest_first(client: Client) -> None:
    client.place(client_id=1)
    client.place(client_id=2)
    orders = client.http.get("/control/orders").json()["orders"]
    numbers = [order["order_number"] for order in orders]
    assert numbers == sorted(numbers)
    assert [order["client_id"] for order in client.orders()] == [1, 2]


def test_a_price_fills_what_it_reaches(client: Client) -> None:
    client.place(price="76000")
    client.control("price", market="BTCUSDT", price="75999.99")
    assert [order["status"] for order in client.orders()] == ["F"]
    ticker = client.http.get("/api/v1/ticker/BTCUSDT/").json()["data"]["ticker"]
    assert ticker["last_price"] == "75999.99"
    assert Decimal(ticker["bid"]) < Decimal("75999.99") < Decimal(ticker["ask"])


def test_a_script_starts_at_once(client: Client) -> None:
    client.control("script", market="ETHUSDT", prices=["1999.5"], interval=1)
    for _ in range(100):
        ticker = client.http.get("/api/v1/ticker/ETHUSDT/").json()["data"]["ticker"]
        if ticker["last_price"] == "1999.50":
            return
    pytest.fail("the script did not start")


def test_balances_can_be_set(client: Client) -> None:
    client.control(f"accounts/{client.signer.username}/balances", USDT="12.5", LTC="3")
    balances = client.get("/api/v1/balance/").json()["data"]["balances"]
    assert (balances["USDT"]["balance"], balances["LTC"]["available_balance"]) == ("12.5", "3")


def test_a_balance_cannot_be_set_below_what_orders_hold(client: Client) -> None:
    client.place()
    path = f"/control/accounts/{client.signer.username}/balances"
    assert client.http.post(path, json={"LTC": "1", "USDT": "59.99"}).status_code == 400
    balances = client.get("/api/v1/balance/").json()["data"]["balances"]
    assert (balances["LTC"]["balance"], balances["USDT"]["balance"]) == ("0", "100000")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("price", {"market": "NOPE", "price": "1"}),
        ("price", {"market": "BTCUSDT", "price": "0"}),
        ("price", {"market": "BTCUSDT", "price": "-5"}),
        ("price", {"market": "BTCUSDT"}),
        ("script", {"market": "BTCUSDT", "prices": [], "interval": 1}),
        ("script", {"market": "BTCUSDT", "prices": ["1"]}),
        ("freeze", {"frozen": 1}),
        ("limit", {"per_minute": -1}),
        ("limit", {"per_minute": True}),
        ("cancel_delay", {}),
        ("accounts/nobody/balances", {"USDT": "1"}),
        ("accounts/alice@practice.example/balances", {"XYZ": "1"}),
        ("accounts/alice@practice.example/balances", {"USDT": "0.123456789"}),
    ],
)
def test_nonsense_is_answered_with_a_sentence(client: Client, path: str, fields: dict[str, object]) -> None:
    response = client.http.post(f"/control/{path}", json=fields)
    assert response.status_code == 400
    assert response.json()["error"]
