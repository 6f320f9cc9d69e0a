"""A practice exchange to test against: by hand with a clock that stands still, or over sockets and signed."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from queue import Queue
from threading import Thread
from typing import Any

import httpx

from chatbot.paper.accounts import Account
from chatbot.paper.clock import Clock
from chatbot.paper.exchange import Exchange
from chatbot.paper.instant.desk import Asked
from chatbot.paper.instant.quotes import Quote
from chatbot.paper.market import MARKETS
from chatbot.paper.orders import Kind, Side, Terms
from chatbot.paper.server import Paper, listening

BTCUSDT = MARKETS[0]


@dataclass
class Hands:
    """A clock that only moves when told."""

    now: float = 1_779_206_986.5

    def clock(self) -> Clock:
        return Clock(unix=lambda: self.now, monotonic=lambda: self.now)

    def pass_(self, seconds: float) -> None:
        self.now += seconds


def still_exchange(hands: Hands | None = None) -> Exchange:
    """A frozen exchange with BTCUSDT at 76500."""
    exchange = Exchange(clock=(hands or Hands()).clock())
    exchange.frozen = True
    exchange.set_price("BTCUSDT", Decimal(76500))
    return exchange


def limit(account: Account, side: Side, volume: str, price: str, *, post_only: bool = False) -> Terms:
    return Terms(
        account=account.number,
        market=BTCUSDT,
        kind=Kind.LIMIT,
        side=side,
        price=Decimal(price),
        volume=Decimal(volume),
        post_only=post_only,
    )


def taking(account: Account, quote: Quote) -> Asked:
    """A conversion at exactly what was quoted."""
    return Asked(
        account=account.number,
        pair=quote.pair,
        sell_amount=quote.sell_amount,
        buy_amount=quote.buy_amount,
        price=quote.price,
    )


def at_market(account: Account, side: Side, volume: str) -> Terms:
    return Terms(
        account=account.number,
        market=BTCUSDT,
        kind=Kind.MARKET,
        side=side,
        price=Decimal(0),
        volume=Decimal(volume),
    )


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Builds signed requests the way clients of this API family do."""

    username: str
    passphrase: str
    api_key: str
    secret_key: str
    session: dict[str, str]

    def headers(self, body: str = "", *, timestamp: str | None = None) -> dict[str, str]:
        timestamp = timestamp or str(time.time())
        message = f"{self.api_key}{self.username}{self.passphrase}{timestamp}{body or '{}'}"
        signature = hmac.new(self.secret_key.encode(), message.encode(), hashlib.sha256).hexdigest().upper()
        return {
            "ACCESS-USER": self.username,
            "ACCESS-PASSPHRASE": self.passphrase,
            "ACCESS-TIMESTAMP": timestamp,
            "ACCESS-SIGN": signature,
            "ACCESS-KEY": self.api_key,
            "Content-Type": "application/json",
        }

    def session_headers(self, body: str, *, timestamp: str | None = None) -> dict[str, str]:
        """The same for Instant Trade: of a browser's session, not of a key."""
        timestamp = timestamp or str(time.time_ns() // 1_000_000)
        message = f"{self.session['username']}{timestamp}{body}"
        signature = hmac.new(self.session["token"].encode(), message.encode(), hashlib.sha256).hexdigest().upper()
        return {
            "access-user": self.session["username"],
            "access-timestamp": timestamp,
            "access-sign": signature,
            "content-type": "application/json",
        }


@dataclass(frozen=True)
class Client:
    """A signed client of one account, with the control panel beside it."""

    http: httpx.Client
    signer: Signer

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path, headers=self.signer.headers())

    def post(self, path: str, body: str) -> httpx.Response:
        return self.http.post(path, content=body, headers=self.signer.headers(body))

    def instant(self, name: str, **fields: object) -> httpx.Response:
        """`instant("trade_history", filter_options=…)`."""
        body = json.dumps(fields)
        return self.http.post(f"/p/v1/order/{name}/", content=body, headers=self.signer.session_headers(body))

    def place(self, **changes: object) -> httpx.Response:
        return self.post("/api/v1/orders/", json.dumps({**ORDER, **changes}))

    def withdraw(self, **changes: object) -> httpx.Response:
        return self.post(WITHDRAWAL, json.dumps({**XRP, **changes}))

    def control(self, path: str, /, **fields: object) -> None:
        self.http.post(f"/control/{path}", json=fields).raise_for_status()

    def orders(self) -> list[dict[str, Any]]:
        """What really happened, told by the control panel."""
        answer = self.http.get("/control/orders").raise_for_status().json()
        return [order for order in answer["orders"] if order["username"] == self.signer.username]

    def withdrawals(self) -> list[dict[str, Any]]:
        """The same of withdrawals, of which the API itself tells nothing."""
        answer = self.http.get("/control/withdrawals").raise_for_status().json()
        return [each for each in answer["withdrawals"] if each["username"] == self.signer.username]

    def balance(self, currency: str) -> tuple[str, str]:
        """Total and what is available of it."""
        balance = self.get("/api/v1/balance/").json()["data"]["balances"][currency]
        return balance["balance"], balance["available_balance"]


ORDER = {
    "order_type": "limit",
    "market_code": "BTCUSDT",
    "volume": "0.001",
    "buy_sell": "B",
    "price": "60000.00",
    "client_id": 7,
    "post_only": False,
    "account_name": "Main",
}


WITHDRAWAL = "/api/v1/withdrawal/request/"
XRP = {"currency_code": "XRP", "amount": "100.25", "alias": "savings"}


@contextmanager
def served() -> Iterator[str]:
    """A practice exchange on a free port, in a thread of its own; yields its address."""
    started: Queue[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def run() -> None:
        stop = asyncio.Event()
        async with listening(Paper()) as url:
            started.put((url, asyncio.get_running_loop(), stop))
            await stop.wait()

    thread = Thread(target=asyncio.run, args=(run(),))
    thread.start()
    url, loop, stop = started.get(timeout=10)
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=10)
