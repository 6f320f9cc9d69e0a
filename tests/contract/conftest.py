"""Every implementation of a port, behind one fixture."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal

import httpx
import pytest
import stamina

from chatbot.domain.secrets import Credentials
from chatbot.exchange.opening import open_exchange
from chatbot.paper.server import Paper, listening
from chatbot.ports.exchange import Exchange
from chatbot.system import SystemClock
from tests.fakes.clock import FakeClock
from tests.fakes.exchange import FakeExchange

FUNDS = {"BTC": "1", "USDT": "10000"}
PATHS = {
    "place_order": "/api/v1/orders/",
    "cancel_order": "/api/v1/cancel_order/",
    "withdraw": "/api/v1/withdrawal/request/",
}


@dataclass(frozen=True, kw_only=True)
class Venue:
    """An exchange under test. Its BTC market stands still; `open_account` gives 1 BTC and 10,000 USDT, with addresses
    saved as `savings` and `cold` for both; withdrawals wait for `process_withdrawals`.
    """

    exchange: Exchange
    open_account: Callable[[], Awaitable[Credentials]]
    lose_next_answer: Callable[[str], Awaitable[None]]
    set_price: Callable[[Decimal], Awaitable[None]]
    save_alias: Callable[[Credentials, str, str], Awaitable[None]]
    process_withdrawals: Callable[[], Awaitable[None]]


@pytest.fixture(autouse=True)
def quick_retries() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture(params=["fake", "andx"])
async def venue(request: pytest.FixtureRequest) -> AsyncIterator[Venue]:
    opening = _fake() if request.param == "fake" else _andx()
    async with opening as venue:
        yield venue


@asynccontextmanager
async def _fake() -> AsyncIterator[Venue]:
    exchange = FakeExchange(FakeClock())

    async def open_account() -> Credentials:
        return exchange.open_account(funds=FUNDS)

    async def lose_next_answer(call: str) -> None:
        exchange.lose_answer(call)

    async def set_price(price: Decimal) -> None:
        exchange.move("BTCUSDT", to=price)

    async def save_alias(by: Credentials, currency: str, alias: str) -> None:
        exchange.save_alias(by, currency, alias)

    async def process_withdrawals() -> None:
        exchange.process_withdrawals()

    yield Venue(
        exchange=exchange,
        open_account=open_account,
        lose_next_answer=lose_next_answer,
        set_price=set_price,
        save_alias=save_alias,
        process_withdrawals=process_withdrawals,
    )


@asynccontextmanager
async def _andx() -> AsyncIterator[Venue]:
    """The real client, over a real socket, against the practice exchange."""
    async with listening(Paper()) as url, httpx.AsyncClient(base_url=url, trust_env=False) as control:
        opened = open_exchange(
            url=url,
            timestamp="seconds",
            requests_per_minute=1000,
            market_buy_volume="base",
            request_log=None,
            clock=SystemClock(),
        )

        async def post(path: str, /, **fields: object) -> None:
            (await control.post(path, json=fields)).raise_for_status()

        async def open_account() -> Credentials:
            credentials = await opened.desk.open_account()
            await post(f"/control/accounts/{credentials.username.reveal()}/balances", **FUNDS)
            return credentials

        async def lose_next_answer(call: str) -> None:
            await post("/control/faults", path=PATHS[call], method="POST", kind="drop_answer", times=1)

        async def set_price(price: Decimal) -> None:
            await post("/control/price", market="BTCUSDT", price=str(price))

        async def save_alias(by: Credentials, currency: str, alias: str) -> None:
            await post(f"/control/accounts/{by.username.reveal()}/aliases", currency=currency, alias=alias)

        async def process_withdrawals() -> None:
            await post("/control/withdrawals/process")

        await post("/control/withdrawal_delay", seconds=None)
        await post("/control/limit", per_minute=None)
        await post("/control/freeze", frozen=True)
        await post("/control/cancel_delay", seconds=0)
        await set_price(Decimal(60_000))
        yield Venue(
            exchange=opened.exchange,
            open_account=open_account,
            lose_next_answer=lose_next_answer,
            set_price=set_price,
            save_alias=save_alias,
            process_withdrawals=process_withdrawals,
        )
        await opened.aclose()
