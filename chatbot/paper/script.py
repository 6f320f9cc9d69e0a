"""Price scripts: a list of prices that a market is made to follow."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal


@dataclass(slots=True)
class _Script:
    prices: deque[Decimal]
    interval: float
    next_at: float


class Scripts:
    """At most one running script per market; times are monotonic seconds."""

    def __init__(self) -> None:
        self._running: dict[str, _Script] = {}

    def __contains__(self, code: str) -> bool:
        return code in self._running

    def start(self, code: str, prices: Sequence[Decimal], *, interval: timedelta, now: float) -> None:
        """Follow ``prices`` from ``now`` on, one per interval; replaces the market's earlier script."""
        self._running[code] = _Script(deque(prices), interval.total_seconds(), now)

    def stop(self, code: str) -> None:
        """End a market's script, if it has one."""
        self._running.pop(code, None)

    def due(self, now: float) -> Iterator[tuple[str, Decimal]]:
        """The prices whose time has come, in order; a script that reached its end is forgotten."""
        for code, script in tuple(self._running.items()):
            while script.prices and script.next_at <= now:
                script.next_at += script.interval
                yield code, script.prices.popleft()
            if not script.prices:
                del self._running[code]
