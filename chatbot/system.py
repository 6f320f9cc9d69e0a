"""The machine's own clock and chance: what stands behind `ports.clock` in the running program."""

import asyncio
import random
import secrets
import time
from datetime import UTC, datetime

from chatbot.domain.ids import ClientId


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SystemEntropy:
    def token(self) -> str:
        return secrets.token_urlsafe(16)

    def random_bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)

    def client_id(self) -> ClientId:
        return ClientId(secrets.randbelow(2**31 - 1) + 1)

    def jitter(self) -> float:
        return random.random()  # noqa: S311 - spreads retries, guards nothing
