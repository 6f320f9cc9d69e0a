import asyncio
from typing import Any

import orjson
import pytest

from chatbot.demo.refusals import Refusal
from chatbot.demo.updates import UpdateQueue

from .manual_clock import ManualClock

FIRST = 100


@pytest.fixture
def queue(clock: ManualClock) -> UpdateQueue:
    return UpdateQueue(clock=clock, first_id=FIRST, on_poll=lambda _: None)


async def poll(queue: UpdateQueue, *, offset: int = 0, limit: int = 100, timeout: float = 0) -> list[Any]:
    """Ids of one poll's updates."""
    gone = asyncio.get_running_loop().create_future()
    answer = orjson.loads(await queue.get(offset=offset, limit=limit, timeout=timeout, gone=gone))
    return [update["update_id"] for update in answer]


async def test_updates_stay_until_an_offset_confirms_them(queue: UpdateQueue) -> None:
    for _ in range(3):
        queue.put("message", {})
    assert await poll(queue) == [100, 101, 102]
    assert await poll(queue, offset=102) == [102]
    assert await poll(queue) == [102]


async def test_limit_takes_the_oldest(queue: UpdateQueue) -> None:
    for _ in range(3):
        queue.put("message", {})
    assert await poll(queue, limit=2) == [100, 101]


async def test_negative_offset_forgets_all_but_the_last(queue: UpdateQueue) -> None:
    for _ in range(5):
        queue.put("message", {})
    assert await poll(queue, offset=-2) == [103, 104]
    assert await poll(queue) == [103, 104]


async def test_taps_die_after_150_seconds_and_messages_after_a_day(queue: UpdateQueue, clock: ManualClock) -> None:
    queue.put("callback_query", {})
    queue.put("message", {})
    clock.advance(149)
    assert await poll(queue) == [100, 101]
    clock.advance(1)
    assert await poll(queue) == [101]
    clock.advance(24 * 60 * 60)
    assert queue.pending_count() == 0


async def test_a_waiting_poll_gets_the_update_when_it_comes(queue: UpdateQueue) -> None:
    waiting = asyncio.ensure_future(poll(queue, timeout=5))
    await asyncio.sleep(0)
    queue.put("message", {})
    assert await waiting == [100]


async def test_a_poll_ends_empty_when_its_time_is_over(queue: UpdateQueue) -> None:
    assert await poll(queue, timeout=0.01) == []


async def test_a_second_poll_ends_the_first_with_409(queue: UpdateQueue) -> None:
    older = asyncio.ensure_future(poll(queue, timeout=5))
    await asyncio.sleep(0)
    newer = asyncio.ensure_future(poll(queue, timeout=5))
    with pytest.raises(Refusal, match="Conflict: terminated by other getUpdates request") as caught:
        await older
    assert caught.value.status == 409
    queue.put("message", {})
    assert await newer == [100]


async def test_a_poll_whose_client_hung_up_takes_nothing(queue: UpdateQueue) -> None:
    gone = asyncio.get_running_loop().create_future()
    waiting = asyncio.ensure_future(queue.get(offset=0, limit=100, timeout=5, gone=gone))
    await asyncio.sleep(0)
    gone.set_result(None)
    assert await waiting == b"[]"
    queue.put("message", {})
    assert await poll(queue) == [100]


async def test_allowed_updates_are_remembered_for_what_comes_later(queue: UpdateQueue) -> None:
    queue.put("chat_member", {})
    queue.put("message", {})
    queue.allow(["callback_query"])
    queue.put("message", {})
    queue.put("callback_query", {})
    assert queue.pending_count() == 2
    queue.allow([])
    queue.put("message", {})
    assert queue.pending_count() == 3


async def test_raw_updates_are_passed_on_as_they_are(queue: UpdateQueue) -> None:
    assert queue.put_raw({"message": {"message_id": "not a number"}}) == 100
    assert orjson.loads(queue.waiting(1)[0]) == {"update_id": 100, "message": {"message_id": "not a number"}}
