"""Tells digests when their time comes."""

import asyncio
from datetime import timedelta

from chatbot.ports.clock import Clock
from chatbot.services.digests import Digests

_LONGEST_REST = timedelta(seconds=30)
"""One that is set meanwhile is told no later than this after its time."""


class DigestKeeper:
    name = "digests"

    def __init__(self, *, digests: Digests, clock: Clock) -> None:
        self._digests = digests
        self._clock = clock
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        next_at = await self._digests.tell_due()
        if next_at is None:
            return _LONGEST_REST
        return max(timedelta(0), min(_LONGEST_REST, next_at - self._clock.now()))
