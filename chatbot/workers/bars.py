"""Writes down each minute's prices when it is over."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from chatbot.domain.accounts import Venue
from chatbot.domain.bars import MINUTE, start_of
from chatbot.ports.clock import Clock
from chatbot.services.bars import PriceHistory


class BarKeeper:
    name = "bars"

    def __init__(self, *, history: PriceHistory, venues: Sequence[Venue], clock: Clock) -> None:
        self.wake = asyncio.Event()
        self._history = history
        self._venues = venues
        self._clock = clock

    async def step(self) -> timedelta:
        await self._history.keep(self._venues, now=self._clock.now())
        now = self._clock.now()
        return start_of(now, length=MINUTE) + MINUTE - now
