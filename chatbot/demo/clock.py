"""Time is handed in, so that no test waits for it."""

import time
from typing import Protocol


class Clock(Protocol):
    """Both readings are in seconds."""

    def now(self) -> float:
        """Unix time: what dates in messages are made of."""
        ...

    def monotonic(self) -> float:
        """Never goes back: what waits and ages are measured with."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()
