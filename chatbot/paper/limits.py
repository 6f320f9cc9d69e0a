"""The request limit: one sliding minute for all clients together, the strictest reading of "60 a minute"."""

from collections import deque

MINUTE_SECONDS = 60


class RateLimit:
    """Admits at most ``per_minute`` requests in any 60 seconds; None admits all. Refused requests do not count."""

    def __init__(self, per_minute: int | None) -> None:
        self.per_minute = per_minute
        self._admitted: deque[float] = deque()  # moments

    def admits(self, now: float) -> bool:
        """Whether a request at ``now`` (monotonic seconds) may pass; counts it if so."""
        if self.per_minute is None:
            return True
        while self._admitted and self._admitted[0] <= now - MINUTE_SECONDS:
            self._admitted.popleft()
        if len(self._admitted) >= self.per_minute:
            return False
        self._admitted.append(now)
        return True

    def frees_in(self, now: float) -> float:
        """Seconds until the next request can pass, after one was refused."""
        return self._admitted[0] + MINUTE_SECONDS - now if self._admitted else MINUTE_SECONDS

    def reset(self, per_minute: int | None) -> None:
        """Set a new limit and forget what was counted."""
        self.per_minute = per_minute
        self._admitted.clear()
