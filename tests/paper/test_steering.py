"""Prices made to order, markets that stand still or vanish, and what happens to accounts without the API."""

import json
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from tests.paper.setting import Client, Hands, still_exchange

ETHUSDT = "ETHUSDT"


def market(client: Client, code: str = "BTCUSDT") -> dict[str, object]:
    listed = client.http.get("/control/markets").raise_for_status().json()["markets"]
    return next(entry for entry in listed if entry["market"] == code)


def owned(client: Client, path: str, **fields: object) -> httpx.Response:
    return client.http.post(f"/control/accounts/{client.signer.username}/{path}", json=fields)


def test_a_price_moves_by_per_cent(client: Client) -> None:
    client.control("price", market="BTCUSDT", change="-5")
    assert market(client)["price"] == "72675.00"
    client.control("price", market="BTCUSDT", change="0.5")
    assert market(client)["price"] == "73038.38"


def test_a_held_market_stands_and_lives_again(client: Client) -> None:
    client.control("price", market="BTCUSDT", price="77000", hold=True)
    assert market(client)["held"] is True
    client.control("live", market="BTCUSDT")
    client.control("script", market="BTCUSDT", prices=["78000"], interval=60, then="hold")
    client.control("freeze", frozen=False)
    assert market(client)["held"] is True
    client.control("live")
    state = market(client)
    assert (state["held"], state["scripted"]) == (False, False)


def test_a_held_market_does_not_move_by_itself_and_others_do() -> None:
    hands = Hands()
    exchange = still_exchange(hands)
    exchange.frozen = False
    exchange.hold("BTCUSDT", held=True)
    held, other = exchange.markets["BTCUSDT"], exchange.markets[ETHUSDT]
    quoted, others = held.quoted_at, other.quoted_at
    for _ in range(len(exchange.markets) * 3):
        hands.pass_(0.05)
        exchange.tick()
    assert (held.last_price, held.quoted_at) == (Decimal(76500), quoted)
    assert other.quoted_at > others


def test_scripts_lead_several_markets_and_end_by_themselves() -> None:
    hands = Hands()
    exchange = still_exchange(hands)
    for code, prices in (("BTCUSDT", [76000, 75000]), (ETHUSDT, [2000, 2100])):
        path = [Decimal(price) for price in prices]
        exchange.scripts.start(code, path, interval=timedelta(seconds=1), now=hands.now)
    seen = []
    for _ in range(3):
        exchange.tick()
        seen.append(tuple(int(exchange.markets[code].last_price) for code in ("BTCUSDT", ETHUSDT)))
        hands.pass_(1)
    assert seen == [(76000, 2000), (75000, 2100), (75000, 2100)]
    assert "BTCUSDT" not in exchange.scripts


def test_stale_prices_keep_their_dates_and_what_was_missed_comes_at_once() -> None:
    hands = Hands()
    exchange = still_exchange(hands)
    exchange.frozen = False
    exchange.standing_until = hands.now + 10
    trading = exchange.markets["BTCUSDT"]
    quoted = trading.quoted_at
    exchange.scripts.start("BTCUSDT", [Decimal(70000), Decimal(80000)], interval=timedelta(seconds=1), now=hands.now)
    for _ in range(5):
        hands.pass_(1)
        exchange.tick()
    assert (trading.last_price, trading.quoted_at) == (Decimal(76500), quoted)
    hands.pass_(6)
    exchange.tick()
    assert [int(trade.price) for trade in trading.tape.trades][-2:] == [70000, 80000]


def test_prices_out_of_reach_leave_orders_within_it(client: Client) -> None:
    client.control("outage", seconds=60)
    with pytest.raises(httpx.RemoteProtocolError):
        client.http.get("/api/v1/ticker/")
    assert client.place().json()["status"] == "success"


def test_a_deposit_arrives_on_top(client: Client) -> None:
    client.place()
    before = client.balance("USDT")
    assert owned(client, "deposit", currency="USDT", amount="250.5").status_code == 200
    total, available = client.balance("USDT")
    assert (Decimal(total) - Decimal(before[0]), Decimal(available) - Decimal(before[1])) == (
        Decimal("250.5"),
        Decimal("250.5"),
    )


def test_an_order_on_the_site_is_an_order_like_any(client: Client) -> None:
    placed = owned(client, "orders", market_code="BTCUSDT", buy_sell="B", price="60000", volume="0.01").json()
    (order,) = client.orders()
    assert (order["order_number"], order["client_id"], order["status"]) == (placed["order_number"], 0, "N")
    assert owned(client, "orders/cancel", number=placed["order_number"]).status_code == 200
    assert [each["status"] for each in client.orders()] == ["C"]
    assert owned(client, "orders/cancel", number=placed["order_number"]).status_code == 400
    filled = owned(client, "orders", order_type="market", market_code="BTCUSDT", buy_sell="S", volume="0.01")
    assert filled.status_code == 200
    assert client.orders()[-1]["status"] == "F"


def test_the_manual_lists_every_request(client: Client) -> None:
    manual = client.http.get("/control").text
    for path in ("/control/price", "/control/script", "/control/outage", "/deposit", "/orders/cancel"):
        assert path in manual


def test_accounts_are_listed_without_secrets(client: Client) -> None:
    answer = client.http.get("/control/accounts")
    assert answer.json()["accounts"][-1] == {"username": client.signer.username}
    assert client.signer.secret_key not in answer.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("price", {"market": "BTCUSDT", "change": "-100"}),
        ("price", {"market": "BTCUSDT", "change": 5}),
        ("price", {"market": "BTCUSDT", "change": "much"}),
        ("script", {"markets": {}, "interval": 1}),
        ("script", {"markets": {"BTCUSDT": ["1"], "NOPE": ["1"]}, "interval": 1}),
        ("script", {"market": "BTCUSDT", "prices": ["1"], "interval": 1, "then": "dance"}),
        ("hold", {"market": "NOPE"}),
        ("outage", {"seconds": 5, "kind": "odd"}),
        ("outage", {}),
        ("accounts/alice@practice.example/deposit", {"currency": "USDT", "amount": "0"}),
        ("accounts/alice@practice.example/deposit", {"currency": "XYZ", "amount": "1"}),
        ("accounts/alice@practice.example/orders", {"market_code": "NOPE", "buy_sell": "B", "volume": "1"}),
        ("accounts/alice@practice.example/orders/cancel", {"number": 1}),
        ("accounts/alice@practice.example/orders/cancel", {}),
    ],
)
def test_nonsense_is_answered_with_a_sentence(client: Client, path: str, fields: dict[str, object]) -> None:
    response = client.http.post(f"/control/{path}", content=json.dumps(fields))
    assert response.status_code == 400
    assert response.json()["error"]
    assert market(client)["price"] == "76500.00"
