"""A clock that a test moves."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


class HandClock:
    """Stands still until somebody sleeps or `advance` is called.

    `jumps` makes a sleeper wake at once, with the time it asked for gone by: for tests with one sleeper.
    """

    def __init__(self, *, jumps: bool = False) -> None:
        self.seconds = 0.0
        self.wall_offset = timedelta(0)
        self.jumps = jumps
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds) + self.wall_offset

    def monotonic(self) -> float:
        return 1000.0 + self.seconds

    async def sleep(self, seconds: float) -> None:
        if self.jumps:
            self.seconds += seconds
            await asyncio.sleep(0)
            return
        woken = asyncio.Event()
        self._sleepers.append((self.seconds + seconds, woken))
        await woken.wait()

    async def advance(self, seconds: float) -> None:
        """Let time go by; whoever sleeps wakes in turn, at the moment they asked for."""
        until = self.seconds + seconds
        await settle()
        while due := [sleeper for sleeper in self._sleepers if sleeper[0] <= until]:
            first = min(due, key=lambda sleeper: sleeper[0])
            self._sleepers.remove(first)
            self.seconds = max(self.seconds, first[0])
            first[1].set()
            await settle()
        self.seconds = until


async def settle() -> None:
    """Let every task run until it waits for something."""
    for _ in range(5):
        await asyncio.sleep(0)
