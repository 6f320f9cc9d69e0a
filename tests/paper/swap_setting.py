"""The practice n.exchange to test against, in this process, with a clock and prices that stand still."""

from decimal import Decimal
from typing import Any

import httpx

from chatbot.paper.exchange import Exchange
from chatbot.paper.server import Paper
from chatbot.paper.swaps.venue import SwapVenue
from tests.paper.setting import Hands

Json = dict[str, Any]

API = "/en/api/v2"
PAYOUT = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
"""A well-known Bitcoin address: the documentation's own example."""
REFUND = "0x00000000219ab540356cBB839Cbe05303d7705Fa"
DOLLARS = {"BTC": "50000", "ETH": "2500", "XRP": "0.5", "SOL": "100", "DOGE": "0.1", "ADA": "0.25", "BNB": "600"}
ORDER = {"deposit_amount": "500", "deposit_currency": "USDC", "withdraw_currency": "BTC", "withdraw_address": PAYOUT}


def price_in_usdt(symbol: str) -> Decimal:
    return Decimal(DOLLARS.get(symbol, "10"))


def still_venue(hands: Hands) -> SwapVenue:
    return SwapVenue(prices=price_in_usdt, clock=hands.clock(), seed=0)


class Stage:
    """A client of the API and the control panel."""

    def __init__(self, exchange: Exchange, hands: Hands) -> None:
        self.hands = hands
        self.venue = exchange.swaps = still_venue(hands)
        self.paper = Paper(exchange=exchange)
        self.key, self.other_key = (client.api_key for client in self.venue.ready)
        transport = httpx.ASGITransport(app=self.paper.app())
        self.http = httpx.AsyncClient(transport=transport, base_url="http://practice.example")

    async def get(self, path: str, *, key: str | None = None, **query: str | int) -> httpx.Response:
        headers = {"Authorization": f"ApiKey {key or self.key}"}
        return await self.http.get(f"{API}{path}", headers=headers, params=query or None)

    async def post(self, body: object, **headers: str) -> httpx.Response:
        """Create an order with exactly this body."""
        sent = {"Authorization": f"ApiKey {self.key}", **{name.replace("_", "-"): headers[name] for name in headers}}
        return await self.http.post(f"{API}/orders/", headers=sent, json=body)

    async def create(self, **changes: object) -> Json:
        """An order for 500 USDC, with changes; a field that is None is left out."""
        body = {name: value for name, value in {**ORDER, **changes}.items() if value is not None}
        response = await self.post(body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def refused(self, **changes: object) -> Json:
        """What an order with these changes is refused with; it leaves nothing behind."""
        before = len(self.venue.all())
        response = await self.post({name: value for name, value in {**ORDER, **changes}.items() if value is not None})
        assert response.status_code == 400, response.text
        assert len(self.venue.all()) == before
        return dict(response.json())

    async def details(self, order: Json) -> Json:
        return dict((await self.get(f"/orders/{order['unique_reference']}/")).json())

    async def status(self, order: Json) -> str:
        return str((await self.details(order))["status"])

    async def patch(self, order: Json, **changes: object) -> httpx.Response:
        headers = {"Authorization": f"ApiKey {self.key}"}
        return await self.http.patch(f"{API}/orders/{order['unique_reference']}/", headers=headers, json=changes)

    async def rate(self, pair: str) -> Json:
        (rate,) = (await self.get("/rate/", pairs=pair)).json()
        return dict(rate)

    async def fixed(self, pair: str = "BTCUSDC", **changes: object) -> Json:
        """An order at a promised rate."""
        return await self.create(rate_id=(await self.rate(pair))["rate_id"], **changes)

    async def control(self, path: str, /, **fields: object) -> Json:
        response = await self.http.post(f"/control/{path}", json=fields)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def complaint(self, path: str, /, **fields: object) -> str:
        """What the control panel says to a request that makes no sense."""
        response = await self.http.post(f"/control/{path}", json=fields)
        assert response.status_code == 400, response.text
        return str(response.json()["error"])

    async def pay(self, order: Json, **changes: object) -> Json:
        """Send from the demo wallet what the order says, with changes."""
        fields = {
            "address": order["deposit_address"],
            "extra_id": order["deposit_address_extra_id"],
            "amount": order["deposit_amount"],
            "currency": order["deposit_currency"],
        }
        return await self.control("swaps/deposit", **{**fields, **changes})

    async def put(self, order: Json, status: str, **fields: object) -> Json:
        return await self.control(f"swaps/{order['unique_reference']}/status", status=status, **fields)

    async def steered(self, order: Json) -> Json:
        """The order as the control panel shows it."""
        every = (await self.http.get("/control/swaps")).json()["orders"]
        return next(dict(each) for each in every if each["unique_reference"] == order["unique_reference"])

    async def wallet(self, **query: str) -> Json:
        return dict((await self.http.get("/control/swaps/wallet", params=query)).json())

    async def balance(self, code: str) -> Decimal:
        return next(Decimal(coin["balance"]) for coin in (await self.wallet())["coins"] if coin["code"] == code)

    async def walk(self, order: Json, *, limit: int = 20) -> list[str]:
        """Let time pass, one step of the timetable after the other, to the end; every status on the way."""
        seen = [await self.status(order)]
        for _ in range(limit):
            self.hands.pass_(3)
            if (status := await self.status(order)) != seen[-1]:
                seen.append(status)
        return seen
