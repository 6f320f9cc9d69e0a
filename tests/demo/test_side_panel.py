"""The page's way to the practice exchange: what it passes on, and what it does not."""

from typing import Any

import httpx
import pytest

from chatbot.demo.server import LocalChat
from chatbot.paper.server import Paper, listening

from .conftest import ControlClient


async def test_prices_move_deposits_arrive_and_orders_stand(chat: LocalChat, control: ControlClient) -> None:
    paper = Paper()
    paper.exchange.frozen = True
    async with listening(paper) as chat.panel.exchange_url:
        assert (await control.post("exchange/price", market="BTCUSDT", price="77000"))["price"] == "77000.00"
        markets = {each["market"]: each for each in (await control.get("exchange/markets"))["markets"]}
        assert markets["BTCUSDT"].items() >= {"price": "77000.00", "base": "BTC", "minimum": "5.00"}.items()
        account = (await control.get("exchange/accounts"))["accounts"][-1]["username"]
        assert (await control.post(f"exchange/accounts/{account}/deposit", currency="USDT", amount="250"))["balance"]
        order = {"market_code": "BTCUSDT", "buy_sell": "B", "price": "76600", "volume": "0.0013"}
        assert (await control.post(f"exchange/accounts/{account}/orders", **order))["order_number"]
        nonsense = await control.http.post("/control/exchange/price", json={"market": "NOPE"})
        assert (nonsense.status_code, nonsense.json()) == (400, {"error": "market: the code of a market"})


async def test_the_wallet_shows_its_coins_and_pays_a_deposit(chat: LocalChat, control: ControlClient) -> None:
    async with listening(Paper()) as chat.panel.exchange_url, httpx.AsyncClient(trust_env=False) as service:
        wallet = await control.get("exchange/swaps/wallet")
        coins = {coin["code"]: coin for coin in wallet["coins"]}
        assert {"code", "symbol", "name", "network", "address", "extra_id", "balance"} <= coins["USDC"].keys()
        assert wallet["arrivals"] == []
        key = (await service.post(f"{chat.panel.exchange_url}/paper/swap_keys")).json()["api_key"]
        asked = {"deposit_amount": "500", "deposit_currency": "USDC", "withdraw_currency": "BTC"}
        orders = f"{chat.panel.exchange_url}/en/api/v2/orders/"
        order = (await service.post(orders, json=asked, headers={"authorization": f"ApiKey {key}"})).json()
        # An address of the practice exchange tells the page which coin it is for.
        assert order["deposit_address"].startswith("PRACTICE-USDC-")
        payment = {"currency": "USDC", "address": order["deposit_address"], "extra_id": "", "amount": "500"}
        answer = await control.post("exchange/swaps/deposit", **payment)
        assert (answer["taken"], answer["message"]) == ("seen", "Seen, being confirmed.")
        again = await control.post("exchange/swaps/deposit", **payment)
        assert again["taken"] == "kept"
        lost = await control.http.post("/control/exchange/swaps/deposit", json=payment | {"address": "nowhere"})
        assert (lost.status_code, lost.json()["error"].partition(": ")[0]) == (400, "address")


@pytest.mark.parametrize(("method", "path"), [("GET", "markets"), ("POST", "price")])
async def test_without_an_exchange_there_is_nothing(control: ControlClient, method: str, path: str) -> None:
    assert (await control.http.request(method, f"/control/exchange/{path}", json={})).status_code == 404


@pytest.mark.parametrize(
    "request_",
    [
        ("GET", "requests"),
        ("GET", "swaps"),
        ("POST", "limit"),
        ("POST", "../paper/accounts"),
        ("POST", "accounts/a/balances"),
        ("POST", "swaps/timetable"),
    ],
)
async def test_the_rest_of_the_exchange_cannot_be_reached(
    chat: LocalChat, control: ControlClient, request_: tuple[str, Any]
) -> None:
    chat.panel.exchange_url = "http://127.0.0.1:9"
    method, path = request_
    assert (await control.http.request(method, f"/control/exchange/{path}", json={})).status_code == 404


async def test_an_exchange_that_is_gone_is_said_to_be(chat: LocalChat, control: ControlClient) -> None:
    chat.panel.exchange_url = "http://127.0.0.1:9"
    response = await control.http.get("/control/exchange/markets")
    assert (response.status_code, response.json()["error"]) == (502, "the practice exchange does not answer")
