import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.exchange.budget import WINDOW, Budget, BudgetSpent
from chatbot.exchange.request_log import RequestLog
from chatbot.ports.exchange import Priority
from tests.exchange.clock import HandClock, settle


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


async def send(budget: Budget, priority: Priority, *, times: int = 1) -> None:
    """Requests that are answered at once."""
    for _ in range(times):
        budget.give_back(await budget.take(priority))


@asynccontextmanager
async def asking(
    budget: Budget, *priorities: Priority
) -> AsyncIterator[tuple[list[Priority], list[asyncio.Task[None]]]]:
    """Askers that come in this order; the list says who was let through, in which order."""
    served: list[Priority] = []

    async def ask(priority: Priority) -> None:
        await send(budget, priority)
        served.append(priority)

    tasks = []
    for priority in priorities:
        tasks.append(asyncio.get_running_loop().create_task(ask(priority)))
        await settle()
    try:
        yield served, tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_fits_goes_at_once(clock: HandClock) -> None:
    budget = Budget(limit=60, clock=clock)
    await send(budget, Priority.CANCEL, times=60)
    assert clock.seconds == 0
    assert budget.expected_wait(Priority.CANCEL) == timedelta(seconds=WINDOW)


async def test_a_slot_is_free_again_a_window_after_its_answer(clock: HandClock) -> None:
    budget = Budget(limit=1, clock=clock)
    slot = await budget.take(Priority.PERSON)
    clock.seconds += 10
    budget.give_back(slot)
    clock.seconds += WINDOW - 0.01
    assert budget.expected_wait(Priority.PERSON) > timedelta(0)
    clock.seconds += 0.02
    assert budget.expected_wait(Priority.PERSON) == timedelta(0)


@pytest.mark.parametrize(
    ("priority", "room"),
    [
        (Priority.CANCEL, 60),
        (Priority.MONEY, 54),
        (Priority.RECONCILE, 51),
        (Priority.PERSON, 48),
        (Priority.WATCHER, 36),
        (Priority.ALERT, 27),
    ],
)
async def test_each_priority_fills_the_window_only_so_far(priority: Priority, room: int, clock: HandClock) -> None:
    budget = Budget(limit=60, clock=clock)
    await send(budget, priority, times=room)
    assert budget.expected_wait(priority) > timedelta(0)
    assert clock.seconds == 0


async def test_cancels_find_room_when_everybody_else_has_none(clock: HandClock) -> None:
    budget = Budget(limit=60, clock=clock)
    await send(budget, Priority.MONEY, times=54)
    await send(budget, Priority.CANCEL, times=6)
    assert clock.seconds == 0


async def test_waiting_ones_are_served_by_priority_then_by_arrival(clock: HandClock) -> None:
    budget = Budget(limit=10, clock=clock)
    for _ in range(10):
        await send(budget, Priority.CANCEL)
        clock.seconds += 5
    came = (Priority.WATCHER, Priority.PERSON, Priority.RECONCILE, Priority.PERSON, Priority.CANCEL)
    async with asking(budget, *came) as (served, _):
        await clock.advance(2 * WINDOW)
    assert served == sorted(came)


async def test_equal_ones_are_served_in_the_order_they_came(clock: HandClock) -> None:
    budget = Budget(limit=10, clock=clock)
    await send(budget, Priority.CANCEL, times=10)
    clock.seconds = 10
    order: list[int] = []

    async def ask(number: int) -> None:
        await send(budget, Priority.PERSON)
        order.append(number)

    tasks = [asyncio.create_task(ask(number)) for number in range(6)]
    await clock.advance(2 * WINDOW)
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4, 5]


async def test_a_newcomer_does_not_overtake_its_equals(clock: HandClock) -> None:
    budget = Budget(limit=1, clock=clock)
    await send(budget, Priority.CANCEL)
    clock.seconds = 1
    async with asking(budget, Priority.PERSON) as (served, _):
        clock.seconds = WINDOW  # the slot is free, and the one who waits has not woken yet
        assert budget.expected_wait(Priority.PERSON) > timedelta(0)
        assert budget.expected_wait(Priority.CANCEL) == timedelta(0)
        assert served == []


async def test_money_does_not_wait_longer_than_a_tap_is_remembered(clock: HandClock) -> None:
    budget = Budget(limit=10, clock=clock)
    await send(budget, Priority.CANCEL, times=10)
    with pytest.raises(BudgetSpent):
        await budget.take(Priority.MONEY)
    assert clock.seconds == 0
    clock.seconds = WINDOW - 4
    async with asking(budget, Priority.MONEY) as (served, _):
        await clock.advance(5)
        assert served == [Priority.MONEY]


async def test_who_gives_up_leaves_nothing_used(clock: HandClock) -> None:
    budget = Budget(limit=1, clock=clock)
    await send(budget, Priority.CANCEL)
    clock.seconds = WINDOW - 3
    async with asking(budget, Priority.MONEY) as (_, tasks):
        assert budget.expected_wait(Priority.PERSON) > timedelta(seconds=3)
        tasks[0].cancel()
        await settle()
        assert budget.expected_wait(Priority.PERSON) == timedelta(seconds=3)


async def test_a_pause_holds_for_everybody(clock: HandClock) -> None:
    budget = Budget(limit=10, clock=clock)
    budget.pause(7)
    budget.pause(3)
    assert budget.expected_wait(Priority.CANCEL) == timedelta(seconds=7)
    with pytest.raises(BudgetSpent):
        await budget.take(Priority.MONEY)
    async with asking(budget, Priority.CANCEL) as (served, _):
        await clock.advance(6.9)
        assert served == []
        await clock.advance(0.2)
        assert served == [Priority.CANCEL]


def most_in_any_minute(arrivals: list[float]) -> int:
    arrivals = sorted(arrivals)
    return max((sum(start <= moment < start + 60 for moment in arrivals) for start in arrivals), default=0)


@given(
    seed=st.integers(0, 2**32),
    limit=st.integers(1, 12),
    askers=st.lists(st.sampled_from(list(Priority)), max_size=40),
)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_the_exchange_never_counts_more_than_the_limit_in_any_minute(
    seed: int, limit: int, askers: list[Priority]
) -> None:
    arrivals = asyncio.run(_busy_minutes(random.Random(seed), limit=limit, askers=askers))
    assert most_in_any_minute(arrivals) <= limit


async def _busy_minutes(chance: random.Random, *, limit: int, askers: list[Priority]) -> list[float]:
    """Requests whose network is slow at random, on the way there and back; the moments the exchange counts them."""
    clock = HandClock()
    budget = Budget(limit=limit, clock=clock)
    arrivals: list[float] = []

    async def ask(priority: Priority) -> None:
        await clock.sleep(chance.uniform(0, 150))
        try:
            slot = await budget.take(priority)
        except BudgetSpent:
            return
        await clock.sleep(chance.uniform(0, 8))
        arrivals.append(clock.seconds)
        await clock.sleep(chance.uniform(0, 8))
        budget.give_back(slot)

    tasks = [asyncio.create_task(ask(priority)) for priority in askers]
    await clock.advance(400)
    await asyncio.gather(*tasks)
    return arrivals


@given(before=st.integers(0, 8), away=st.integers(0, 70), set_back=st.integers(0, 100), answered=st.booleans())
@settings(max_examples=25, deadline=None, derandomize=True)
def test_a_killed_program_keeps_its_promise_after_the_restart(
    tmp_path_factory: pytest.TempPathFactory, before: int, away: int, set_back: int, answered: bool
) -> None:
    path = tmp_path_factory.mktemp("log") / "requests"
    counted = asyncio.run(_killed_and_restarted(path, before=before, away=away, set_back=set_back, answered=answered))
    assert most_in_any_minute(counted) <= 8


async def _killed_and_restarted(path: Path, *, before: int, away: int, set_back: int, answered: bool) -> list[float]:
    """A burst the exchange counts 15 s later, a kill, some time, and then as many as the next process dares."""
    clock = HandClock()
    first = Budget(limit=8, clock=clock, log=RequestLog(path, slots=8))
    slots = [await first.take(Priority.CANCEL) for _ in range(before)]
    clock.seconds += 15
    counted = [clock.seconds] * before
    for slot in slots if answered else ():
        first.give_back(slot)
    clock.seconds += away
    clock.wall_offset -= timedelta(seconds=set_back)
    second = Budget(limit=8, clock=clock, log=RequestLog(path, slots=8))
    for _ in range(90):
        while second.expected_wait(Priority.CANCEL) == timedelta(0):
            second.give_back(await second.take(Priority.CANCEL))
            counted.append(clock.seconds)
        clock.seconds += 1
    return counted


async def test_a_log_for_another_limit_keeps_its_newest_stamps(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "requests"
    with closing(RequestLog(path, slots=3)) as log:
        for slot, stamp in enumerate((10.0, 30.0, 20.0)):
            log.write(slot, stamp)
    with closing(RequestLog(path, slots=2)) as log:
        assert sorted(log.stamps()) == [20.0, 30.0]
    with closing(RequestLog(path, slots=4)) as log:
        assert sorted(log.stamps()) == [0.0, 0.0, 20.0, 30.0]


@pytest.mark.parametrize("junk", [b"", b"abc", b"\xff" * 24, b"\x00" * 7])
async def test_a_damaged_log_does_not_stop_the_program(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "requests"
    path.write_bytes(junk)
    with closing(RequestLog(path, slots=3)) as log:
        assert list(log.stamps()) == [0.0, 0.0, 0.0]
    assert path.stat().st_size == 24
