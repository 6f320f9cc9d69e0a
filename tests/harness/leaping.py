"""A clock that runs like any other and leaps ahead when told, so that no test waits for a minute to pass.

A program with such a clock reads commands from its standard input: `leap 30` answers `leapt` on standard output. At the
end of its input it ends itself, so that it does not outlive whoever started it.
"""

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class LeapingClock:
    """`chatbot.ports.clock.Clock`, `ahead` seconds in front of the machine's. Whoever sleeps is woken by a leap."""

    def __init__(self, *, ahead: float = 0.0) -> None:
        self.ahead = ahead
        self._leapt = asyncio.Event()

    def leap(self, seconds: float) -> None:
        self.ahead += seconds
        self._leapt.set()
        self._leapt = asyncio.Event()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def unix(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        await asyncio.sleep(0)
        while (left := until - self.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._leapt.wait()


def obey(clock: LeapingClock, *, after_leap: Callable[[], None] = lambda: None) -> None:
    """Listen to standard input from now on; needs a running event loop."""
    loop = asyncio.get_running_loop()

    def leap(seconds: float) -> None:
        clock.leap(seconds)
        after_leap()
        sys.stdout.write("leapt\n")
        sys.stdout.flush()

    def listen() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(leap, float(line.removeprefix("leap ")))
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=listen, daemon=True).start()
