"""Random requests through the request budget: never more than allowed arrive in any minute, and cancels go first.

Time is simulated: requests reach the exchange after any delay there may be, answers take as long again, the program is
killed with requests on their way and starts anew with nothing but its request log, on another monotonic clock.
"""

import heapq
import random
import tempfile
from collections.abc import Coroutine, Generator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import coroutine
from typing import Any

from chatbot.exchange.budget import LONGEST_CALL, WINDOW, Budget, BudgetSpent
from chatbot.exchange.request_log import RequestLog
from chatbot.ports.exchange import Priority
from tests.prove.proof import Proof, Run

_REQUESTS = 2_000
"""Of one case."""
_MINUTE = 60.0
_ROUNDING = 1e-6  # seconds; the program's monotonic clock starts anywhere, and floating points have their limits
_START = datetime(2026, 11, 20, 12, tzinfo=UTC)
_PRIORITIES = (*Priority, Priority.PERSON, Priority.WATCHER, Priority.MONEY)


@coroutine
def _pause(seconds: float) -> Generator[float, None, None]:
    yield seconds


class SimulatedTime:
    """A clock and the event loop that runs on it: sleepers wake in order, and nothing else takes time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.origin = 0.0
        self._due: list[tuple[float, int, Coroutine[Any, Any, None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return _START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.origin + self.seconds

    async def sleep(self, seconds: float) -> None:
        await _pause(seconds)

    def start(self, work: Coroutine[Any, Any, None], *, at: float) -> None:
        heapq.heappush(self._due, (at, next(self._order), work))

    def run(self, *, until: float) -> None:
        while self._due and self._due[0][0] <= until:
            self.seconds, _, work = heapq.heappop(self._due)
            try:
                pause = work.send(None)
            except StopIteration:
                continue
            heapq.heappush(self._due, (self.seconds + max(pause, 0.0), next(self._order), work))
        self.seconds = max(self.seconds, until) if until < float("inf") else self.seconds

    def forget(self) -> None:
        """The process is dead: nobody wakes."""
        for _, _, work in self._due:
            work.close()
        self._due.clear()


class Life:
    """One case: phases of traffic, and restarts between them."""

    def __init__(self, chance: random.Random, log: Path) -> None:
        self.chance = chance
        self.limit = chance.choice((10, 60, 60, 60, 100))
        self.arrivals: list[float] = []
        self.problems: list[str] = []
        self.spent = 0
        self._time = SimulatedTime()
        self._log = log
        self._slow = chance.choice((0.05, 0.5, 5.0, LONGEST_CALL / 2))
        self._busy: dict[int, float] = {}  # request: until when its slot is taken, as far as the rule says
        self._paused_until = 0.0
        self._cancels_waiting = 0
        self._numbers = count()
        self._budget = self._born()

    def live(self, requests: int) -> None:
        left = requests
        while left > 0:
            left -= self._phase(min(left, self.chance.randint(50, 400)))
            if self.chance.random() < 0.3:
                self._restart()
        self._time.run(until=float("inf"))
        self._budget.close()

    def _phase(self, requests: int) -> int:
        """So many requests at a pace from idle to far too much, some of them all at once."""
        pace = self.chance.choice((0.3, 0.9, 1.1, 1.6)) * self.limit / _MINUTE
        begin, at = self._time.seconds, self._time.seconds
        burst = self.chance.random() < 0.3
        for number in range(requests):
            at += 0.0 if burst and number < self.limit else self.chance.expovariate(pace)
            self._time.start(self._request(self.chance.choice(_PRIORITIES)), at=at)
        self._time.run(until=begin + (at - begin) * self.chance.choice((1.0, 1.0, 0.9)))
        return requests

    async def _request(self, priority: Priority) -> None:
        free = (
            self._room(at=self._time.seconds - _ROUNDING) > self._cancels_waiting
            and self._time.seconds >= self._paused_until
        )
        must_go_at_once = priority is Priority.CANCEL and free
        asked_at = self._time.seconds
        self._cancels_waiting += priority is Priority.CANCEL
        try:
            slot = await self._budget.take(priority)
        except BudgetSpent:
            self.spent += 1
            return
        finally:
            self._cancels_waiting -= priority is Priority.CANCEL
        if must_go_at_once and self._time.seconds > asked_at:
            self.problems.append(f"a cancel waited {self._time.seconds - asked_at:.3f} s while there was room")
        if (
            priority is not Priority.CANCEL
            and self._room(at=self._time.seconds + _ROUNDING) <= self._cancels_waiting > 0
        ):
            self.problems.append(f"{priority.name} took the room {self._cancels_waiting} waiting cancels needed")
        await self._send(slot)

    async def _send(self, slot: int) -> None:
        number, sent = next(self._numbers), self._time.seconds
        there = min(self.chance.expovariate(1 / self._slow), LONGEST_CALL)
        back = min(self.chance.expovariate(1 / self._slow), LONGEST_CALL - there)
        self.arrivals.append(sent + there)
        self._busy[number] = sent + LONGEST_CALL + WINDOW
        await self._time.sleep(there + back)
        self._budget.give_back(slot)
        self._busy[number] = self._time.seconds + WINDOW
        if self.chance.random() < 0.002:
            self._budget.pause(5.0)
            self._paused_until = self._time.seconds + 5.0

    def _room(self, *, at: float) -> int:
        """How many slots are free, as far as the rule says."""
        self._busy = {number: until for number, until in self._busy.items() if until > self._time.seconds - _MINUTE}
        return self.limit - sum(until > at for until in self._busy.values())

    def _restart(self) -> None:
        """`kill -9`, with requests on their way, and a start a moment later."""
        self._time.forget()
        self._budget.close()
        self._cancels_waiting = 0
        self._paused_until = 0.0
        self._time.seconds += self.chance.choice((0.0, 0.5, 3.0, 45.0))
        self._time.origin = self.chance.uniform(-1e6, 1e6)
        self._budget = self._born()

    def _born(self) -> Budget:
        return Budget(limit=self.limit, clock=self._time, log=RequestLog(self._log, slots=self.limit))


def most_in_a_minute(arrivals: list[float]) -> int:
    """The most that arrived within any 60 seconds."""
    arrivals, first, most = sorted(arrivals), 0, 0
    for last, at in enumerate(arrivals):
        while arrivals[first] <= at - _MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most


def prove(run: Run) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for case, chance in run.cases(worth=_REQUESTS):
            log = Path(folder) / f"{case}.requests"
            life = Life(chance, log)
            life.live(_REQUESTS)
            log.unlink()
            most = most_in_a_minute(life.arrivals)
            if most > life.limit:
                run.fail(case, f"{most} arrived within a minute, {life.limit} were allowed")
            if life.problems:
                run.fail(case, f"{len(life.problems)} times, first: {life.problems[0]}")
            run.remarks["sent"] = run.remarks.get("sent", 0) + len(life.arrivals)
            run.remarks["given up"] = run.remarks.get("given up", 0) + life.spent


PROOF = Proof(
    name="budget",
    claim="random requests, delays and restarts: never above the limit in any 60 s; cancels never wait behind others",
    required=1_000_000,
    sample=_REQUESTS * 3,
    prove=prove,
    shares=2,
)
