"""The one nursery: it starts tasks, keeps them, logs their deaths and ends them at shutdown."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, Protocol

import structlog

from chatbot.domain.errors import ChatbotError
from chatbot.ports.clock import Clock

log = structlog.get_logger(__name__)

_PAUSE_AFTER_FAULT = 1.0
_LONGEST_PAUSE = 60.0
_MOST_DOUBLINGS = 16  # more than the longest pause needs; without a bound, a day of faults is beyond what a float holds


class Worker(Protocol):
    """Something that is done again and again."""

    name: str

    async def step(self) -> timedelta:
        """Do one round; say how long to rest before the next (a wake-up may come earlier)."""
        ...

    @property
    def wake(self) -> asyncio.Event:
        """Set by whoever knows of new work."""
        ...


class Supervisor:
    """Starts tasks and ends them. Nothing else in the program creates tasks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str, awaited: bool = False) -> asyncio.Task[Any]:
        """Run something in the background; if it dies, that is logged, unless somebody awaits it and hears of it."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard if awaited else self._ended)
        return task

    def run(self, worker: Worker) -> asyncio.Task[Any]:
        """Run a worker's steps until shutdown; a failing step is logged and tried again, with growing pauses."""
        return self.spawn(self._loop(worker), name=worker.name)

    async def end(self, *, within: timedelta) -> None:
        """Cancel what still runs and wait for it, but no longer than `within`."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=within.total_seconds())

    async def _loop(self, worker: Worker) -> None:
        faults = 0
        while True:
            worker.wake.clear()
            try:
                rest = (await worker.step()).total_seconds()
                faults = 0
            except ChatbotError as error:
                rest, faults = self._pause(faults), faults + 1
                log.warning("worker has to wait", worker=worker.name, reason=str(error), pause=rest)
            except Exception:
                rest, faults = self._pause(faults), faults + 1
                log.exception("worker step failed", worker=worker.name, pause=rest)
            await self._rest(worker, rest)

    async def _rest(self, worker: Worker, seconds: float) -> None:
        """Sleep on the handed-in clock, or until woken."""
        nap = self.spawn(self._clock.sleep(max(seconds, 0)), name=f"{worker.name}-rest")
        woken = self.spawn(worker.wake.wait(), name=f"{worker.name}-wake")
        try:
            await asyncio.wait((nap, woken), return_when=asyncio.FIRST_COMPLETED)
        finally:
            nap.cancel()
            woken.cancel()

    @staticmethod
    def _pause(faults: int) -> float:
        doubled = min(faults, _MOST_DOUBLINGS)
        return float(min(_PAUSE_AFTER_FAULT * 2**doubled, _LONGEST_PAUSE))

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task died", task=task.get_name(), exc_info=error)
