"""Puts one exchange or one swap service together, from an address to the port."""

from dataclasses import dataclass
from pathlib import Path

from chatbot.exchange.andx.gateway import AndxGateway
from chatbot.exchange.andx.instant import AndxInstantTrade
from chatbot.exchange.andx.signing import TimestampUnit
from chatbot.exchange.andx.words import MarketBuyVolume
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Channel
from chatbot.exchange.nexchange.gateway import Manners, NexchangeGateway
from chatbot.exchange.paper import PaperDesk, PaperSwapDesk
from chatbot.exchange.request_log import RequestLog
from chatbot.exchange.shared import SharedReads
from chatbot.exchange.shared_swaps import SharedSwapReads
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, PracticeDesk
from chatbot.ports.instant import InstantTrade
from chatbot.ports.swaps import PracticeSwaps, SwapService


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenExchange:
    """An exchange ready for use. `desk` answers only where the address is a practice exchange's."""

    exchange: Exchange
    instant: InstantTrade
    desk: PracticeDesk
    channel: Channel
    budget: Budget

    async def aclose(self) -> None:
        await self.channel.aclose()
        self.budget.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSwapService:
    """A swap service ready for use. `practice` answers only where the address is a practice exchange's."""

    service: SwapService
    practice: PracticeSwaps
    channel: Channel
    budget: Budget

    async def aclose(self) -> None:
        await self.channel.aclose()
        self.budget.close()


def open_exchange(
    *,
    url: str,
    timestamp: str,
    requests_per_minute: int,
    market_buy_volume: str,
    request_log: Path | None,
    clock: Clock,
) -> OpenExchange:
    """Get ready to talk to ANDX, or to anything at `url` that speaks like it. Nothing is sent yet.

    `timestamp` is `seconds` or `milliseconds`; `market_buy_volume` is `base` or `counter`; with a `request_log` the
    budget also counts what was sent before a restart. Raises `ValueError` for an address that is neither https nor
    on this machine.
    """
    budget = _budget(requests_per_minute, request_log, clock)
    channel = Channel(url=url, budget=budget, clock=clock)
    gateway = AndxGateway(
        channel=channel,
        budget=budget,
        clock=clock,
        timestamps=TimestampUnit(timestamp),
        market_buy_volume=MarketBuyVolume(market_buy_volume),
    )
    return OpenExchange(
        exchange=SharedReads(gateway, clock=clock),
        instant=AndxInstantTrade(channel=channel, clock=clock),
        desk=PaperDesk(channel),
        channel=channel,
        budget=budget,
    )


def open_swap_service(
    *, url: str, requests_per_minute: int, manners: Manners, request_log: Path | None, clock: Clock
) -> OpenSwapService:
    """Get ready to talk to n.exchange, or to anything at `url` that speaks like it. Nothing is sent yet.

    The rest as for `open_exchange`.
    """
    budget = _budget(requests_per_minute, request_log, clock)
    channel = Channel(url=url, budget=budget, clock=clock, service="n.exchange")
    gateway = NexchangeGateway(channel=channel, budget=budget, clock=clock, manners=manners)
    return OpenSwapService(
        service=SharedSwapReads(gateway, clock=clock),
        practice=PaperSwapDesk(channel),
        channel=channel,
        budget=budget,
    )


def _budget(requests_per_minute: int, request_log: Path | None, clock: Clock) -> Budget:
    log = RequestLog(request_log, slots=requests_per_minute) if request_log is not None else None
    return Budget(limit=requests_per_minute, clock=clock, log=log)
