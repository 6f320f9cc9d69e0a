"""Time as the practice exchange sees it; the one place where it is read."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """Two readings in seconds: ``unix`` dates what happened, ``monotonic`` measures how long it took."""

    unix: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
