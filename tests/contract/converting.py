"""Every implementation of `ports.instant.InstantTrade`, behind one fixture's value."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import httpx

from chatbot.domain.errors import Cause, OutcomeUnknown
from chatbot.domain.ids import MarketCode
from chatbot.domain.secrets import Session
from chatbot.exchange.opening import open_exchange
from chatbot.paper.server import Paper, listening
from chatbot.ports.instant import InstantTrade
from chatbot.system import SystemClock
from tests.fakes.clock import FakeClock
from tests.fakes.instant import FakeInstantTrade, trade

_MARKET = MarketCode("BTCUSDT")


@dataclass(frozen=True, kw_only=True)
class InstantVenue:
    """One user has 1 BTC and 10,000 USDT, and is logged in with `session`; `log_in` begins another one, `log_out` ends
    it. Prices stand still, but for the next order's where `move` is said. `have_traded`: so many times, an hour apart.
    """

    instant: InstantTrade
    session: Session
    log_in: Callable[[], Awaitable[Session]]
    log_out: Callable[[], Awaitable[None]]
    move: Callable[[], Awaitable[None]]
    lose_next_answer: Callable[[], Awaitable[None]]
    have_traded: Callable[[int], Awaitable[None]]


@asynccontextmanager
async def fake() -> AsyncIterator[InstantVenue]:
    clock = FakeClock()
    instant = FakeInstantTrade(clock)
    session = instant.open_session()

    async def log_in() -> Session:
        return instant.open_session()

    async def log_out() -> None:
        instant.expire(session)

    async def move() -> None:
        instant.prices["BTC"] *= 2

    async def lose_next_answer() -> None:
        instant.fail("convert", OutcomeUnknown(Cause.BROKEN))

    async def have_traded(times: int) -> None:
        instant.put(session, *(trade(clock, n, ago=timedelta(hours=n)) for n in range(1, times + 1)))

    yield InstantVenue(
        instant=instant,
        session=session,
        log_in=log_in,
        log_out=log_out,
        move=move,
        lose_next_answer=lose_next_answer,
        have_traded=have_traded,
    )


@asynccontextmanager
async def andx() -> AsyncIterator[InstantVenue]:
    """The real client, over a real socket, against the practice exchange."""
    clock = SystemClock()
    async with listening(Paper()) as url, httpx.AsyncClient(base_url=url, trust_env=False) as control:
        opened = open_exchange(
            url=url,
            timestamp="seconds",
            requests_per_minute=1000,
            market_buy_volume="base",
            request_log=None,
            clock=clock,
        )
        credentials = await opened.desk.open_account()
        of_account = f"/control/accounts/{credentials.username.reveal()}"

        async def post(path: str, /, **fields: object) -> None:
            (await control.post(path, json=fields)).raise_for_status()

        async def log_in() -> Session:
            return await opened.desk.open_session(credentials)

        async def log_out() -> None:
            await post(f"{of_account}/session", kind="expire")

        async def move() -> None:
            await post("/control/instant", moved="3")

        async def lose_next_answer() -> None:
            await post("/control/faults", path="/p/v1/order/instant_order/", method="POST", kind="drop_answer")

        async def have_traded(times: int) -> None:
            rows = [
                {
                    "market_code": _MARKET,
                    "buy_sell": "B",
                    "price": "60000",
                    "amount": "0.01",
                    "add_date": f"{clock.now() - timedelta(hours=n):%Y-%m-%d %H:%M:%S.%f}+00:00",
                }
                for n in range(1, times + 1)
            ]
            await post(f"{of_account}/trades", trades=rows)

        await post("/control/limit", per_minute=None)
        await post("/control/freeze", frozen=True)
        await post("/control/price", market=_MARKET, price=str(Decimal(60_000)))
        await post(f"{of_account}/balances", BTC="1", USDT="10000")
        yield InstantVenue(
            instant=opened.instant,
            session=await log_in(),
            log_in=log_in,
            log_out=log_out,
            move=move,
            lose_next_answer=lose_next_answer,
            have_traded=have_traded,
        )
        await opened.aclose()
