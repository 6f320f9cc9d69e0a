"""Asks for all prices at a steady pace, once for everybody, and hands them to whoever lives on them."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from chatbot.domain.absences import SHORTEST
from chatbot.domain.accounts import Venue
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ticks import Tick
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Priority, PublicData

log = structlog.get_logger(__name__)

_SHARE = 5
"""One in so many of the requests an exchange allows is a look at its prices; also while no alert is armed."""
_SHORTEST_PACE = timedelta(seconds=5)


class Listener(Protocol):
    async def on_tick(self, tick: Tick) -> None: ...


class MarketWatch:
    """One per venue. Listeners hear each tick in their order, one after the other; one that fails stops no other.

    The request has the lowest priority, so people go first; its answer is the one that `/price` is answered from while
    it is fresh. It also keeps a connection open for the next tap, and the list of markets at hand. `away_since` is the
    beginning of the time before this start in which nobody looked.
    """

    def __init__(
        self,
        *,
        venue: Venue,
        exchange: PublicData,
        listeners: Sequence[Listener],
        per_minute: int,
        away_since: datetime | None,
        clock: Clock,
    ) -> None:
        self.name = f"market-watch-{venue}"
        self.wake = asyncio.Event()
        self._venue = venue
        self._exchange = exchange
        self._listeners = listeners
        self._clock = clock
        self._pace = max(_SHORTEST_PACE, _SHARE * timedelta(minutes=1) / per_minute)
        self._looked_at = away_since

    async def step(self) -> timedelta:
        tickers = await self._exchange.tickers(priority=Priority.ALERT)
        now = self._clock.now()
        tick = Tick(venue=self._venue, at=now, tickers=tickers, since=self._away_since(now))
        self._looked_at = now
        for listener in self._listeners:
            await self._tell(listener, tick)
        with contextlib.suppress(ChatbotError):  # whoever needs the list asks for it again, and hears why
            await self._exchange.markets(priority=Priority.ALERT)  # a request only when the one at hand is old
        return self._pace

    def _away_since(self, now: datetime) -> datetime | None:
        """When the last look was, if that is long ago."""
        last = self._looked_at
        return last if last is not None and now - last >= SHORTEST else None

    async def _tell(self, listener: Listener, tick: Tick) -> None:
        try:
            await listener.on_tick(tick)
        except Exception:
            log.exception("a listener to prices failed", venue=self._venue, listener=type(listener).__name__)
