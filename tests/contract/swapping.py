"""Every implementation of `ports.swaps.SwapService`, ready for a test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from chatbot.domain.secrets import SwapKey
from chatbot.domain.swaps import SwapStatus
from chatbot.exchange.nexchange.gateway import Manners
from chatbot.exchange.opening import open_swap_service
from chatbot.paper.server import Paper, listening
from chatbot.ports.clock import Clock
from chatbot.ports.swaps import SwapService
from chatbot.system import SystemClock
from tests.fakes.clock import FakeClock
from tests.fakes.swap_service import FakeSwapService

_ORDERS = "/en/api/v2/orders/"
_METHODS = {"create": "POST", "set_payout": "PATCH", "mark": "PATCH"}


@dataclass(frozen=True, kw_only=True)
class SwapVenue:
    """A swap service under test. Its orders stand still until `advance`; `disabled` names a pair that is listed."""

    service: SwapService
    clock: Clock
    open_key: Callable[[], Awaitable[SwapKey]]
    lose_next_answer: Callable[[str], Awaitable[None]]
    advance: Callable[[str, SwapStatus], Awaitable[None]]
    disabled: str


@asynccontextmanager
async def fake_swaps() -> AsyncIterator[SwapVenue]:
    clock = FakeClock()
    service = FakeSwapService(clock)
    service.disabled.add("LTCETH")

    async def lose_next_answer(call: str) -> None:
        service.lose_answer(call)

    async def advance(reference: str, status: SwapStatus) -> None:
        service.advance(reference, status)

    yield SwapVenue(
        service=service,
        clock=clock,
        open_key=service.open_key,
        lose_next_answer=lose_next_answer,
        advance=advance,
        disabled="LTCETH",
    )


@asynccontextmanager
async def practice_swaps() -> AsyncIterator[SwapVenue]:
    """The real client, over a real socket, against the practice exchange."""
    clock = SystemClock()
    async with listening(Paper()) as url, httpx.AsyncClient(base_url=url, trust_env=False) as control:
        opened = open_swap_service(
            url=url, requests_per_minute=1000, manners=Manners(api_path="/en/api/v2"), request_log=None, clock=clock
        )

        async def post(path: str, /, **fields: object) -> None:
            (await control.post(path, json=fields)).raise_for_status()

        async def lose_next_answer(call: str) -> None:
            await post("/control/faults", path=_ORDERS, method=_METHODS[call], kind="drop_answer", times=1)

        async def advance(reference: str, status: SwapStatus) -> None:
            await post(f"/control/swaps/{reference}/status", status=status.value, force=True)

        await post("/control/swaps/limit", per_minute=None)
        await post("/control/swaps/timetable", seconds=None)
        yield SwapVenue(
            service=opened.service,
            clock=clock,
            open_key=opened.practice.open_key,
            lose_next_answer=lose_next_answer,
            advance=advance,
            disabled="XMRBTC",
        )
        await opened.aclose()
