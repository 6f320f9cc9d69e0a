from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
import stamina

from chatbot.domain.ids import ClientId, MarketCode
from chatbot.domain.orders import NewOrder, OrderType, Side
from chatbot.domain.secrets import Credentials, Secret
from chatbot.exchange.andx.gateway import AndxGateway
from chatbot.exchange.andx.signing import TimestampUnit
from chatbot.exchange.andx.words import MarketBuyVolume
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Channel
from chatbot.exchange.nexchange.gateway import NexchangeGateway
from tests.exchange.clock import HandClock
from tests.exchange.raw_server import RawServer, raw_server
from tests.exchange.swapping import open_swaps

ALICE = Credentials(
    username=Secret("alice"), passphrase=Secret("pp_demo"), api_key=Secret("ak_demo"), secret_key=Secret("sk_demo")
)
BUY = NewOrder(
    market=MarketCode("BTCUSDT"),
    side=Side.BUY,
    type=OrderType.LIMIT,
    volume=Decimal("0.01"),
    price=Decimal("40775.44"),
    post_only=False,
    client_id=ClientId(7),
    account_name="Main",
)


@pytest.fixture(autouse=True)
def quick_retries() -> Iterator[None]:
    """Reads try as often as ever, without the pauses in between."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
async def server() -> AsyncIterator[RawServer]:
    async with raw_server() as server:
        yield server


@pytest.fixture
def clock() -> HandClock:
    return HandClock(jumps=True)


@pytest.fixture
def budget(clock: HandClock) -> Budget:
    return Budget(limit=60, clock=clock)


@asynccontextmanager
async def open_gateway(
    url: str,
    *,
    clock: HandClock,
    budget: Budget,
    timestamps: TimestampUnit = TimestampUnit.SECONDS,
    market_buy_volume: MarketBuyVolume = MarketBuyVolume.BASE,
    channel: Channel | None = None,
) -> AsyncIterator[AndxGateway]:
    channel = channel or Channel(url=url, budget=budget, clock=clock)
    try:
        yield AndxGateway(
            channel=channel,
            budget=budget,
            clock=clock,
            timestamps=timestamps,
            market_buy_volume=market_buy_volume,
        )
    finally:
        await channel.aclose()


@pytest.fixture
async def gateway(server: RawServer, clock: HandClock, budget: Budget) -> AsyncIterator[AndxGateway]:
    async with open_gateway(server.url, clock=clock, budget=budget) as gateway:
        yield gateway


@pytest.fixture
async def swaps(server: RawServer, clock: HandClock, budget: Budget) -> AsyncIterator[NexchangeGateway]:
    async with open_swaps(server.url, clock=clock, budget=budget) as swaps:
        yield swaps
