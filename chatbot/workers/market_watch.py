"""Asks for all prices at a steady pace, once for everybody, and hands them to whoever lives on them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from chatbot.domain.accounts import Venue
from chatbot.domain.bars import MINUTE
from chatbot.domain.ticks import Tick
from chatbot.ports.bars import Bars
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Priority, PublicData

log = structlog.get_logger(__name__)

PACE = timedelta(seconds=5)
"""Between two looks: a fifth of the requests the exchange allows. Also while no alert is armed, for the bars."""
GAP = timedelta(minutes=2)
"""Longer than this without a look, and what happened meanwhile is told as such."""


class Listener(Protocol):
    async def on_tick(self, tick: Tick) -> None: ...


class MarketWatch:
    """One per venue. Listeners hear each tick in their order, one after the other; one that fails stops no other.

    The request has the lowest priority, so people go first; its answer is the one that `/price` is answered from while
    it is fresh.
    """

    def __init__(
        self,
        *,
        venue: Venue,
        exchange: PublicData,
        bars: Bars,
        listeners: Sequence[Listener],
        clock: Clock,
    ) -> None:
        self.name = f"market-watch-{venue}"
        self.wake = asyncio.Event()
        self._venue = venue
        self._exchange = exchange
        self._bars = bars
        self._listeners = listeners
        self._clock = clock
        self._looked_at: datetime | None = None

    async def step(self) -> timedelta:
        tickers = await self._exchange.tickers(priority=Priority.ALERT)
        now = self._clock.now()
        tick = Tick(venue=self._venue, at=now, tickers=tickers, since=await self._away_since(now))
        self._looked_at = now
        for listener in self._listeners:
            await self._tell(listener, tick)
        return PACE

    async def _away_since(self, now: datetime) -> datetime | None:
        """When the last look was, if that is long ago; after a start the newest bar tells."""
        last = self._looked_at
        if last is None and (newest := await self._bars.newest(self._venue, length=MINUTE)) is not None:
            last = newest + MINUTE
        return last if last is not None and now - last > GAP else None

    async def _tell(self, listener: Listener, tick: Tick) -> None:
        try:
            await listener.on_tick(tick)
        except Exception:
            log.exception("a listener to prices failed", venue=self._venue, listener=type(listener).__name__)
