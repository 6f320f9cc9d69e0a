"""Leaves a sign of life now and then, by which the next start knows how long the bot was away."""

import asyncio
from datetime import timedelta

from chatbot.ports.clock import Clock
from chatbot.ports.follow_ups import Life

EVERY = timedelta(minutes=1)
"""What may be missing at the end of a run that was cut off."""


class Heartbeat:
    name = "heartbeat"

    def __init__(self, *, life: Life, clock: Clock) -> None:
        self._life = life
        self._clock = clock
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        await self._life.beat(now=self._clock.now())
        return EVERY
