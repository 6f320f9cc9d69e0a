"""Time and chance as a test wants them."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from chatbot.domain.ids import ClientId

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class FakeClock:
    """Stands still until `advance` is called; sleepers wake in turn when their moment is reached."""

    at: datetime = START
    _sleepers: list[tuple[datetime, asyncio.Event]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.at + timedelta(seconds=seconds), woken))
        await woken.wait()

    def pass_(self, seconds: float) -> None:
        """Let time go by without letting anybody act in between."""
        self.at += timedelta(seconds=seconds)

    async def advance(self, seconds: float) -> None:
        """Let time go by; whoever sleeps wakes at the moment asked for, and acts before time goes on."""
        until = self.at + timedelta(seconds=seconds)
        await settle()
        while due := [sleeper for sleeper in self._sleepers if sleeper[0] <= until]:
            first = min(due, key=lambda sleeper: sleeper[0])
            self._sleepers.remove(first)
            self.at = max(self.at, first[0])
            first[1].set()
            await settle()
        self.at = until


async def settle() -> None:
    """Let every task run until it waits for something."""
    for _ in range(10):
        await asyncio.sleep(0)


@dataclass
class FakeEntropy:
    """Counts instead of throwing dice: every token and client id once, and readable in a failure."""

    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def token(self) -> str:
        return f"token-{next(self._numbers):016}"

    def random_bytes(self, count: int) -> bytes:
        return hashlib.sha256(str(next(self._numbers)).encode()).digest()[:count]

    def client_id(self) -> ClientId:
        return ClientId(900_000 + next(self._numbers))

    def jitter(self) -> float:
        return 0.0
