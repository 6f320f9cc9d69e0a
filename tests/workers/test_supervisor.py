import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from chatbot.domain.errors import Cause, Unavailable
from chatbot.workers.supervisor import Supervisor
from tests.fakes.clock import FakeClock, settle


class Diary:
    """A worker that notes when it was at work, and does as it is told."""

    name = "diary"

    def __init__(self, clock: FakeClock, *, rest: float = 10) -> None:
        self.clock, self.rest = clock, rest
        self.wake = asyncio.Event()
        self.at: list[float] = []
        self.faults: list[Exception] = []
        self.started = clock.at

    async def step(self) -> timedelta:
        self.at.append((self.clock.at - self.started).total_seconds())
        if self.faults:
            raise self.faults.pop(0)
        return timedelta(seconds=self.rest)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def supervisor(clock: FakeClock) -> AsyncIterator[Supervisor]:
    with capture_logs():
        supervisor = Supervisor(clock)
        yield supervisor
        await supervisor.end(within=timedelta(seconds=1))


async def test_steps_follow_each_other_after_the_rest_asked_for(supervisor: Supervisor, clock: FakeClock) -> None:
    worker = Diary(clock)
    supervisor.run(worker)
    await clock.advance(25)
    assert worker.at == [0, 10, 20]


async def test_a_worker_is_woken_before_its_time(supervisor: Supervisor, clock: FakeClock) -> None:
    worker = Diary(clock, rest=1000)
    supervisor.run(worker)
    await clock.advance(3)
    worker.wake.set()
    await clock.advance(1)
    assert worker.at == [0, 3]


async def test_a_wake_up_during_a_step_is_not_lost(supervisor: Supervisor, clock: FakeClock) -> None:
    class Busy(Diary):
        async def step(self) -> timedelta:
            rest = await super().step()
            if len(self.at) == 1:
                self.wake.set()
            return rest

    worker = Busy(clock, rest=1000)
    supervisor.run(worker)
    await clock.advance(5)
    assert worker.at == [0, 0]


async def test_a_negative_rest_is_none(supervisor: Supervisor, clock: FakeClock) -> None:
    worker = Diary(clock, rest=-5)
    supervisor.run(worker)
    await settle()
    worker.rest = 10
    await clock.advance(1)
    assert len(worker.at) >= 2


@pytest.mark.parametrize("fault", [RuntimeError("a bug"), Unavailable(Cause.TIMEOUT)])
async def test_a_failing_step_is_tried_again_with_growing_pauses(
    supervisor: Supervisor, clock: FakeClock, fault: Exception
) -> None:
    worker = Diary(clock, rest=1000)
    worker.faults = [fault] * 9
    supervisor.run(worker)
    await clock.advance(400)
    pauses = [later - earlier for earlier, later in zip(worker.at, worker.at[1:], strict=False)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_a_worker_outlives_days_of_faults(supervisor: Supervisor, clock: FakeClock) -> None:
    worker = Diary(clock)
    worker.faults = [Unavailable(Cause.UNREACHABLE)] * 1100
    supervisor.run(worker)
    await clock.advance(60 * 1110)
    assert len(worker.at) > 1100


async def test_after_a_good_step_pauses_begin_anew(supervisor: Supervisor, clock: FakeClock) -> None:
    worker = Diary(clock, rest=100)
    worker.faults = [RuntimeError(), RuntimeError()]
    supervisor.run(worker)
    await clock.advance(50)
    worker.faults = [RuntimeError()]
    await clock.advance(60)
    assert worker.at == [0, 1, 3, 103, 104]


async def test_one_worker_failing_does_not_touch_another(supervisor: Supervisor, clock: FakeClock) -> None:
    broken, sound = Diary(clock), Diary(clock)
    broken.faults = [RuntimeError()] * 100
    supervisor.run(broken)
    supervisor.run(sound)
    await clock.advance(25)
    assert sound.at == [0, 10, 20]


async def test_resting_leaves_no_tasks_behind(supervisor: Supervisor, clock: FakeClock) -> None:
    worker = Diary(clock, rest=1000)
    supervisor.run(worker)
    for _ in range(20):
        await clock.advance(0.1)
        worker.wake.set()
    await settle()
    assert len(worker.at) == 21
    assert len(asyncio.all_tasks()) <= 5  # this test, the worker, its nap and its alarm; and one that is just ending


async def test_the_end_cancels_everything_and_waits_for_it(clock: FakeClock) -> None:
    supervisor, tidied = Supervisor(clock), []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            tidied.append(True)

    task = supervisor.spawn(work(), name="work")
    worker = supervisor.run(Diary(clock))
    await settle()
    await supervisor.end(within=timedelta(seconds=5))
    assert tidied == [True] and task.cancelled() and worker.cancelled()


async def test_the_end_does_not_wait_for_ever(clock: FakeClock) -> None:
    supervisor, let_go = Supervisor(clock), asyncio.Event()

    async def stubborn() -> None:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue

    task = supervisor.spawn(stubborn(), name="stubborn")
    await settle()
    await supervisor.end(within=timedelta(milliseconds=20))
    assert not task.done()
    let_go.set()
    await task


async def test_the_one_who_ends_it_all_is_not_cancelled(clock: FakeClock) -> None:
    supervisor = Supervisor(clock)

    async def end() -> str:
        await supervisor.end(within=timedelta(seconds=1))
        return "done"

    assert await supervisor.spawn(end(), name="end") == "done"


async def test_a_death_is_logged_by_name(clock: FakeClock) -> None:
    supervisor = Supervisor(clock)

    async def die() -> None:
        raise RuntimeError

    with capture_logs() as logs:
        supervisor.spawn(die(), name="short-lived")
        await settle()
    assert [(entry["event"], entry["task"]) for entry in logs] == [("task died", "short-lived")]
