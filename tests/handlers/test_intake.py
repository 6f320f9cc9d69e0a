"""No update is lost, none blocks another."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.demo.crowd import Writing
from chatbot.demo.faults import Fault, FaultKind
from chatbot.domain.secrets import Secret
from chatbot.ports.messages import InboxItem
from chatbot.workers.supervisor import Supervisor
from handlers.connection import connected
from handlers.intake import Intake, Lanes
from handlers.polling import PollFault, TokenRefused
from handlers.wire import Update
from tests.handlers.fakes import FakeInbox, FixedEntropy, StillClock
from tests.handlers.stage import ALICE, BOB, CAROL, Stage, staged, until

Pairs = Sequence[tuple[int, bytes]]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def update(number: int, *, user: int = BOB, words: str = "x") -> tuple[int, bytes]:
    person = {"id": user, "is_bot": False, "first_name": "x"}
    message = {"message_id": number, "date": 1, "chat": {"id": user, "type": "private"}, "from": person, "text": words}
    return number, json.dumps({"update_id": number, "message": message}).encode()


def tap(number: int, *, user: int = BOB) -> tuple[int, bytes]:
    person = {"id": user, "is_bot": False, "first_name": "x"}
    query = {"id": str(number), "from": person, "data": "x"}
    return number, json.dumps({"update_id": number, "callback_query": query}).encode()


class Feed:
    """Gives one prepared batch (or fault) per poll, then nothing for ever. Notes what was said to be stored."""

    def __init__(self, *batches: Sequence[tuple[int, bytes]] | Exception) -> None:
        self._batches = list(batches)
        self.confirmed: list[int] = []
        self.polls = 0

    async def fetch(self) -> Sequence[tuple[int, bytes]]:
        self.polls += 1
        if not self._batches:
            await asyncio.Event().wait()
        batch = self._batches.pop(0)
        if isinstance(batch, Exception):
            raise batch
        return batch

    def stored(self, updates: Sequence[tuple[int, bytes]]) -> None:
        self.confirmed.append(updates[-1][0])


class Bench:
    """An intake with a feed; `handled` is what was handled to the end, `begun` what was begun."""

    def __init__(self, feed: Feed, inbox: FakeInbox) -> None:
        self.clock = StillClock()
        self.supervisor = Supervisor(self.clock)
        self.begun: list[int] = []
        self.handled: list[int] = []
        self.hold: Callable[[Update], Awaitable[None]] | None = None
        self.intake = Intake(
            updates=feed,
            inbox=inbox,
            handle=self._handle,
            urgent=lambda given: given.message.text if given.message and given.message.text == "/now" else None,
            spawner=self.supervisor,
            clock=self.clock,
            entropy=FixedEntropy(),
        )

    async def _handle(self, update: Update) -> None:
        self.begun.append(update.update_id)
        if self.hold is not None:
            await self.hold(update)
        self.handled.append(update.update_id)

    def start(self) -> asyncio.Task[None]:
        return self.supervisor.spawn(self.intake.run(), name="intake")

    async def crash(self) -> None:
        await self.supervisor.end(within=timedelta(seconds=1))


async def forever(update: Update) -> None:
    await asyncio.Event().wait()


async def test_updates_are_confirmed_only_after_they_are_stored() -> None:
    class FullDisk(FakeInbox):
        async def store(self, updates: object, *, received_at: object) -> tuple[()]:
            raise OSError("no space left")

    feed = Feed([update(1)])
    bench = Bench(feed, FullDisk())
    bench.start()
    await until(lambda: feed.polls == 2)
    assert feed.confirmed == []
    await bench.crash()


async def test_a_tap_is_handled_while_it_is_stored_and_confirmed_only_after() -> None:
    class SlowDisk(FakeInbox):
        def __init__(self) -> None:
            super().__init__()
            self.ready = asyncio.Event()

        async def store(self, updates: Pairs, *, received_at: datetime) -> tuple[InboxItem, ...]:
            await self.ready.wait()
            return await super().store(updates, received_at=received_at)

    feed, inbox = Feed([update(1), tap(2, user=ALICE)]), SlowDisk()
    bench = Bench(feed, inbox)
    bench.start()
    await until(lambda: bench.handled)
    assert (bench.handled, feed.confirmed, inbox.finished) == ([2], [], [])
    inbox.ready.set()
    await until(lambda: len(inbox.finished) == 2)
    assert (sorted(bench.handled), feed.confirmed) == ([1, 2], [2])


async def test_a_tap_that_failed_stays_unfinished() -> None:
    inbox = FakeInbox()
    bench = Bench(Feed([tap(1), update(2, user=ALICE)]), inbox)

    async def fail_on_taps(given: Update) -> None:
        if given.callback_query is not None:
            raise RuntimeError("a fault of ours")

    bench.hold = fail_on_taps
    bench.start()
    await until(lambda: inbox.finished)
    assert [item.update_id for item in inbox.waiting.values()] == [1]


async def test_what_was_begun_when_the_program_died_is_handled_after_the_restart() -> None:
    inbox = FakeInbox()
    first = Bench(Feed([update(1), update(2, user=ALICE)]), inbox)
    first.hold = forever
    first.start()
    await until(lambda: len(first.begun) == 2)
    await first.crash()
    assert first.handled == []
    second = Bench(Feed(), inbox)
    second.start()
    await until(lambda: len(inbox.finished) == 2)
    assert sorted(second.handled) == [1, 2]


async def test_a_repeated_update_is_handled_once() -> None:
    inbox = FakeInbox()
    bench = Bench(Feed([update(1)], [update(1), update(2)]), inbox)
    bench.start()
    await until(lambda: len(inbox.finished) == 2)
    assert bench.handled == [1, 2]


async def test_an_update_begun_three_times_without_finishing_is_put_aside() -> None:
    inbox = FakeInbox()
    feed = Feed([update(1)])
    for _ in range(3):
        bench = Bench(feed, inbox)
        bench.hold = forever
        bench.start()
        await until(lambda bench=bench: bench.begun)  # type: ignore[misc]
        await bench.crash()
    last = Bench(Feed([update(2)]), inbox)
    last.start()
    await until(lambda: last.handled)
    assert last.begun == [2]
    assert [item.update_id for item in inbox.aside.values()] == [1]


async def test_an_unreadable_update_is_put_aside_and_hurts_nobody() -> None:
    inbox = FakeInbox()
    broken = [(1, b'{"update_id": 1, "message": {"message_id": "x"}}'), (2, b"\xff"), (3, b"[" * 5_000)]
    bench = Bench(Feed([*broken, update(4)]), inbox)
    bench.start()
    await until(lambda: len(inbox.aside) == 3 and inbox.finished)
    assert bench.handled == [4]


async def test_a_person_is_served_in_order_and_one_at_a_time(stage: Stage) -> None:
    for number in range(5):
        stage.crowd.write(BOB, BOB, Writing(text=f"/slow {number}"))
    stage.crowd.write(ALICE, ALICE, Writing(text="/slow a"))
    await until(lambda: len(stage.ran) == 2)
    assert sorted(stage.ran) == ["slow 0", "slow a"]
    stage.go_on.set()
    await stage.settled()
    assert [word for word in stage.ran if word != "slow a"] == [f"slow {number}" for number in range(5)]
    assert stage.most_at_once == 1


async def test_an_urgent_command_does_not_wait_for_its_own_person(stage: Stage) -> None:
    stage.crowd.write(BOB, BOB, Writing(text="/slow"))
    await until(lambda: stage.ran)
    stage.crowd.write(BOB, BOB, Writing(text="/now"))
    await until(lambda: len(stage.ran) == 2)
    assert stage.ran == ["slow ", "now"]
    stage.go_on.set()


async def test_a_slow_handler_keeps_nobody_else_waiting(stage: Stage) -> None:
    stage.crowd.write(BOB, BOB, Writing(text="/slow"))
    stage.crowd.write(ALICE, ALICE, Writing(text="/ping"))
    await until(lambda: stage.said(ALICE) == ["ping for Alice"])
    stage.go_on.set()


async def test_a_nonsense_update_from_the_server_blocks_nothing(stage: Stage) -> None:
    stage.chat.world.updates.put_raw({"message": {"message_id": "not a number"}})
    stage.chat.world.updates.put_raw({"something_new": {"of": "the year 2030"}})
    await stage.write("/ping")
    assert stage.said() == ["ping for Bob"]
    assert len(stage.inbox.aside) == 1


@pytest.mark.parametrize("kind", [FaultKind.HTML_502, FaultKind.RESET, FaultKind.DROP_AFTER, FaultKind.TOO_MANY])
async def test_failing_polls_lose_nothing(kind: FaultKind) -> None:
    async with staged(started=False) as stage:
        stage.chat.faults.add(Fault(method="getupdates", kind=kind, times=3, seconds=1, chat=None))
        stage.crowd.write(BOB, BOB, Writing(text="/ping"))
        stage.start()
        await stage.settled()
        assert stage.ran == ["ping"]


async def test_another_poller_is_waited_for(stage: Stage) -> None:
    async with connected(url=stage.chat.api_url, token=Secret(stage.chat.token), clock=stage.clock) as rival:
        stealing = stage.supervisor.spawn(rival.updates.fetch(), name="rival")
        await asyncio.sleep(0.05)
        stealing.cancel()
    await stage.write("/ping")
    assert stage.said() == ["ping for Bob"]


async def test_a_wrong_token_ends_it_with_a_sentence_that_does_not_hold_it(stage: Stage) -> None:
    with pytest.raises(TokenRefused) as caught:
        async with connected(url=stage.chat.api_url, token=Secret("1:wrong"), clock=stage.clock):
            pass
    assert "TELEGRAM_BOT_TOKEN" in str(caught.value)
    assert caught.value.__context__ is None


async def test_a_token_revoked_later_ends_the_intake() -> None:
    bench = Bench(Feed([], TokenRefused()), FakeInbox())
    with pytest.raises(TokenRefused):
        await bench.intake.run()


async def test_pauses_between_failing_polls_grow_and_end() -> None:
    feed = Feed(*[PollFault("x")] * 8, PollFault("x", retry_after=99), [update(1)])
    bench = Bench(feed, FakeInbox())
    bench.start()
    await until(lambda: bench.handled)
    assert bench.clock.skipped == pytest.approx(0.5 + 1 + 2 + 4 + 8 + 16 + 30 + 30 + 99, abs=0.1)


async def test_lanes_run_at_most_so_many_at_once() -> None:
    lanes = Lanes(Supervisor(StillClock()), parallel=3)
    running, most = 0, 0

    async def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    for key in range(10):
        lanes.put(key, work)
    await lanes.idle()
    assert most == 3
    assert lanes.waiting == 0


async def test_settling_waits_for_the_last_update(stage: Stage) -> None:
    stage.crowd.write(CAROL, CAROL, Writing(text="/ping"))
    await until(lambda: stage.inbox.waiting or stage.inbox.finished)
    await stage.intake.settle()
    assert not stage.inbox.waiting


async def test_one_person_cannot_fill_the_lanes() -> None:
    lanes = Lanes(Supervisor(StillClock()))
    go_on = asyncio.Event()

    async def work() -> None:
        await go_on.wait()

    taken = [lanes.put(1, work) for _ in range(2_000)]
    assert taken.count(True) < 1_000 and lanes.put(2, work)
    go_on.set()
    await lanes.idle()
    assert lanes.put(1, work)
    await lanes.idle()


async def test_an_urgent_command_passes_a_slow_one_of_the_same_person() -> None:
    bench = Bench(Feed([update(1)], [update(2, words="/now"), update(3)]), FakeInbox())
    go_on = asyncio.Event()

    async def slowly(given: Update) -> None:
        if given.update_id == 1:
            await go_on.wait()

    bench.hold = slowly
    bench.start()
    await until(lambda: bench.handled)
    assert (bench.begun, bench.handled) == ([1, 2], [2])
    go_on.set()
    await until(lambda: len(bench.handled) == 3)
    assert bench.handled == [2, 1, 3]


async def test_an_urgent_command_passes_everybody_else_when_all_places_are_taken() -> None:
    crowd = [update(number, user=number) for number in range(1, 301)]
    bench = Bench(Feed(crowd, [update(301, user=1_000, words="/now")]), FakeInbox())
    go_on = asyncio.Event()

    async def slowly(given: Update) -> None:
        if given.update_id <= 300:
            await go_on.wait()

    bench.hold = slowly
    bench.start()
    await until(lambda: bench.handled)
    assert bench.handled == [301] and len(bench.begun) < 300
    go_on.set()
    await until(lambda: len(bench.handled) == 301)


async def test_an_urgent_command_does_not_wait_until_it_is_stored() -> None:
    class SlowDisk(FakeInbox):
        async def store(self, updates: Pairs, *, received_at: datetime) -> tuple[InboxItem, ...]:
            await asyncio.Event().wait()
            return ()

    bench = Bench(Feed([update(1), update(2, user=ALICE, words="/now")]), SlowDisk())
    bench.start()
    await until(lambda: bench.handled)
    assert bench.handled == [2]
    await bench.crash()


async def test_the_same_urgent_command_twice_goes_one_after_the_other() -> None:
    bench = Bench(Feed([update(1, words="/now"), update(2, words="/now")]), FakeInbox())
    go_on = asyncio.Event()

    async def slowly(given: Update) -> None:
        await go_on.wait()

    bench.hold = slowly
    bench.start()
    await until(lambda: bench.begun)
    assert bench.begun == [1]
    go_on.set()
    await bench.intake.settle()
    await until(lambda: bench.handled == [1, 2])
