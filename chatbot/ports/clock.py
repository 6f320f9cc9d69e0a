"""Time and chance, handed in."""

from datetime import datetime
from typing import Protocol

from chatbot.domain.ids import ClientId


class Clock(Protocol):
    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Entropy(Protocol):
    def token(self) -> str:
        """An unguessable word of 22 characters out of `A-Za-z0-9_-`."""
        ...

    def random_bytes(self, count: int) -> bytes:
        """So many unguessable bytes."""
        ...

    def client_id(self) -> ClientId:
        """A random positive integer of 31 bits."""
        ...

    def jitter(self) -> float:
        """A number in [0, 1), for spreading retries."""
        ...
