"""The request budget: how often this program may call an exchange, and who goes first when that is not enough.

The exchange counts a request somewhere between our sending it and its answer arriving, at a moment we cannot see.
So a slot is taken when a request is sent and is free again one window after its answer came (or its call ended):
two requests of one slot are then always counted a full window apart, however the network delays either of them.
"""

from bisect import bisect_left, insort
from datetime import timedelta

from chatbot.exchange.request_log import RequestLog
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Priority

WINDOW = 61.0
"""Seconds: the exchange's minute, and one second for a counter that counts in whole seconds."""

LONGEST_CALL = 20.0  # seconds
"""After this a call is given up. A slot whose process died counts as used until then."""

_LONGEST_NAP = 0.5  # seconds
"""Seconds after which somebody waiting looks again, because somebody ahead may have given up."""

_SHARES = {
    Priority.CANCEL: 100,
    Priority.MONEY: 90,
    Priority.RECONCILE: 85,
    Priority.PERSON: 80,
    Priority.WATCHER: 60,
    Priority.ALERT: 45,
}
"""Up to which percentage of the window each priority may fill it. What lies above is kept for those before it:
the last tenth for cancels, and two fifths for people, however busy watchers and alerts are."""

_PATIENCE = {
    Priority.CANCEL: 15.0,  # seconds
    Priority.MONEY: 5.0,  # seconds
    Priority.RECONCILE: WINDOW,
    Priority.PERSON: WINDOW,
    Priority.WATCHER: WINDOW,
    Priority.ALERT: WINDOW,
}
"""Seconds a request of each priority may wait. A tap must not place a market order when its person has looked away;
a cancellation is still wanted a little later."""


class BudgetSpent(Exception):
    """The wait would be longer than this priority's patience. Nothing was used up."""


class Budget:
    """At most `limit` requests in any 60 seconds, counted over the whole process and, with a log, over restarts.

    Higher priorities go first; within one priority whoever came first. Waiting takes up nothing: a waiter that is
    cancelled leaves no trace.
    """

    def __init__(self, *, limit: int, clock: Clock, log: RequestLog | None = None) -> None:
        self._clock = clock
        self._log = log
        self._free_at = [clock.monotonic()] * limit if log is None else self._remembered(log)
        self._in_order = sorted((free_at, slot) for slot, free_at in enumerate(self._free_at))
        self._ceilings = _ceilings(limit)
        self._paused_until = clock.monotonic()
        self._waiting: list[tuple[Priority, int]] = []
        self._arrivals = 0

    async def take(self, priority: Priority) -> int:
        """Wait for a slot, use it from now on, and return it for `give_back`.

        Raises `BudgetSpent` as soon as it is clear that patience will not be enough.
        """
        wait = self._wait(priority, ahead=self._ahead_of(priority))
        if wait > 0:
            await self._queue(priority)
        return self._use()

    def give_back(self, slot: int, *, used: bool = True) -> None:
        """The call that used this slot ended: one window from now the slot is free again.

        A slot that was not `used`, because no byte was sent, is free at once.
        """
        self._occupy(slot, window=WINDOW if used else 0)
        if self._log is not None:
            self._log.write(slot, self._clock.now().timestamp() - (0 if used else WINDOW))

    def pause(self, seconds: float) -> None:
        """Let nobody send for so long: the exchange said that it was too much."""
        self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    def expected_wait(self, priority: Priority) -> timedelta:
        """How long a request of this priority would wait if it came now."""
        return timedelta(seconds=max(0, self._wait(priority, ahead=self._ahead_of(priority))))

    def close(self) -> None:
        """Let go of the log's file."""
        if self._log is not None:
            self._log.close()
            self._log = None

    async def _queue(self, priority: Priority) -> None:
        self._arrivals += 1
        me = (priority, self._arrivals)
        gives_up_at = self._clock.monotonic() + _PATIENCE[priority]
        self._waiting.append(me)
        try:
            while (wait := self._wait(priority, ahead=sum(other < me for other in self._waiting))) > 0:
                if self._clock.monotonic() + wait > gives_up_at:
                    raise BudgetSpent
                await self._clock.sleep(min(wait, _LONGEST_NAP))
        finally:
            self._waiting.remove(me)

    def _ahead_of(self, priority: Priority) -> int:
        return sum(other <= priority for other, _ in self._waiting)

    def _wait(self, priority: Priority, *, ahead: int) -> float:
        """Seconds until this priority's share has room for one more than those ahead; zero or less is now."""
        now = self._clock.monotonic()
        rounds, place = divmod(ahead, self._ceilings[priority])
        free_at = self._in_order[place - self._ceilings[priority]][0] + rounds * WINDOW
        return max(free_at, self._paused_until) - now

    def _use(self) -> int:
        """Take the slot that has been free the longest. Until the call ends it counts as used from now on."""
        slot = self._in_order[0][1]
        self._occupy(slot, window=WINDOW)
        if self._log is not None:
            self._log.write(slot, self._clock.now().timestamp() + LONGEST_CALL)
        return slot

    def _occupy(self, slot: int, *, window: float) -> None:
        """Let the slot be free so many seconds from now."""
        del self._in_order[bisect_left(self._in_order, (self._free_at[slot], slot))]
        self._free_at[slot] = self._clock.monotonic() + window
        insort(self._in_order, (self._free_at[slot], slot))

    def _remembered(self, log: RequestLog) -> list[float]:  # moments
        """What the log says, by this process's own clock. A stamp from the future (the wall clock was set back)
        counts as a call that has only just begun."""
        wall, now = self._clock.now().timestamp(), self._clock.monotonic()
        return [now + WINDOW - max(wall - stamp, -LONGEST_CALL) for stamp in log.stamps()]


def _ceilings(limit: int) -> dict[Priority, int]:
    """How many slots may be busy, at most, after a request of each priority was sent."""
    ceilings = {priority: max(1, limit * share // 100) for priority, share in _SHARES.items()}
    return ceilings | {Priority.CANCEL: limit}
