"""Every implementation of `ports.instant.InstantTrade`, behind one fixture's value."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import httpx

from chatbot.domain.errors import Cause, OutcomeUnknown
from chatbot.domain.ids import MarketCode
from chatbot.domain.secrets import Credentials, Session
from chatbot.exchange.opening import open_exchange
from chatbot.paper.server import Paper, listening
from chatbot.ports.exchange import PracticeDesk
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


@dataclass(frozen=True, kw_only=True)
class PracticeUser:
    """An account of the practice exchange, and what is done to it there."""

    desk: PracticeDesk
    credentials: Credentials
    control: httpx.AsyncClient
    clock: SystemClock

    async def post(self, path: str, /, **fields: object) -> None:
        (await self.control.post(path, json=fields)).raise_for_status()

    async def post_own(self, path: str, /, **fields: object) -> None:
        await self.post(f"/control/accounts/{self.credentials.username.reveal()}/{path}", **fields)

    async def settle_in(self) -> None:
        await self.post("/control/limit", per_minute=None)
        await self.post("/control/freeze", frozen=True)
        await self.post("/control/price", market=_MARKET, price=str(Decimal(60_000)))
        await self.post_own("balances", BTC="1", USDT="10000")

    async def log_in(self) -> Session:
        return await self.desk.open_session(self.credentials)

    async def log_out(self) -> None:
        await self.post_own("session", kind="expire")

    async def move(self) -> None:
        await self.post("/control/instant", moved="3")

    async def lose_next_answer(self) -> None:
        await self.post("/control/faults", path="/p/v1/order/instant_order/", method="POST", kind="drop_answer")

    async def have_traded(self, times: int) -> None:
        await self.post_own("trades", trades=[self._past(hours) for hours in range(1, times + 1)])

    def _past(self, hours: int) -> dict[str, str]:
        at = self.clock.now() - timedelta(hours=hours)
        said = {"market_code": _MARKET, "buy_sell": "B", "price": "60000", "amount": "0.01"}
        return said | {"add_date": f"{at:%Y-%m-%d %H:%M:%S.%f}+00:00"}


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
        user = PracticeUser(desk=opened.desk, credentials=credentials, control=control, clock=clock)
        await user.settle_in()
        yield InstantVenue(
            instant=opened.instant,
            session=await user.log_in(),
            log_in=user.log_in,
            log_out=user.log_out,
            move=user.move,
            lose_next_answer=user.lose_next_answer,
            have_traded=user.have_traded,
        )
        await opened.aclose()
