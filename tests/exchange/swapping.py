"""The client of n.exchange against a server that a test plays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from chatbot.domain.secrets import Secret, SwapKey
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Channel
from chatbot.exchange.nexchange.gateway import Manners, NexchangeGateway
from chatbot.exchange.opening import OpenSwapService
from chatbot.exchange.paper import PaperSwapDesk
from chatbot.exchange.shared_swaps import SharedSwapReads
from tests.exchange.clock import START, HandClock
from tests.exchange.raw_server import sample
from tests.fakes.swap_service import new_swap

KEY = SwapKey(api_key=Secret("nx_demo"))
NEW = new_swap()
REFERENCE = "ABCDEF123456"
MANNERS = Manners(zone=ZoneInfo("Asia/Dubai"), api_path="/en/api/v2")

CREATED = sample("nexchange/created")


def order(**changes: Any) -> bytes:
    """The order of the reference's details, with other fields; those that are `...` are left out."""
    return _changed(msgspec.json.decode(sample("nexchange/details")), changes)


def offer(**changes: Any) -> bytes:
    """The rates of the reference, with other fields and an hour to go."""
    (row,) = msgspec.json.decode(sample("nexchange/rate"))
    in_an_hour = str(int(START.timestamp()) + 3600)
    return b"[" + _changed(row, {"expiration_time_unix": in_an_hour} | changes) + b"]"


def _changed(fields: dict[str, Any], changes: dict[str, Any]) -> bytes:
    return msgspec.json.encode({name: value for name, value in (fields | changes).items() if value is not ...})


@asynccontextmanager
async def open_swaps(
    url: str, *, clock: HandClock, budget: Budget, manners: Manners = MANNERS
) -> AsyncIterator[NexchangeGateway]:
    channel = Channel(url=url, budget=budget, clock=clock)
    try:
        yield NexchangeGateway(channel=channel, budget=budget, clock=clock, manners=manners)
    finally:
        await channel.aclose()


@asynccontextmanager
async def open_service(url: str, *, clock: HandClock, budget: Budget) -> AsyncIterator[OpenSwapService]:
    """With what is shared, as the program has it."""
    channel = Channel(url=url, budget=budget, clock=clock)
    gateway = NexchangeGateway(channel=channel, budget=budget, clock=clock, manners=MANNERS)
    opened = OpenSwapService(
        service=SharedSwapReads(gateway, clock=clock), practice=PaperSwapDesk(channel), channel=channel, budget=budget
    )
    try:
        yield opened
    finally:
        await opened.aclose()
