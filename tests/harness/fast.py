"""A clock that runs many times as fast as the machine's, the same for every process that is given the same start."""

import asyncio
import time
from datetime import UTC, datetime


class FastClock:
    """`chatbot.ports.clock.Clock`: from `start` (Unix seconds) on, a second of the machine is `rate` of its seconds."""

    def __init__(self, *, start: float, rate: float) -> None:
        self.start = start
        self.rate = rate

    def unix(self) -> float:
        return self.start + (time.time() - self.start) * self.rate

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.unix(), UTC)

    def monotonic(self) -> float:
        return time.monotonic() * self.rate

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.rate)
