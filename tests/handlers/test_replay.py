"""The intake over the real storage: what was stored and not finished is there after a restart."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage
from chatbot.workers.supervisor import Supervisor
from handlers.intake import Intake
from handlers.wire import Update
from tests.handlers.fakes import FixedEntropy, StillClock
from tests.handlers.stage import until
from tests.handlers.test_intake import Feed, update


@contextlib.asynccontextmanager
async def program(
    folder: Path, feed: Feed, handle: Callable[[Update], Awaitable[None]]
) -> AsyncIterator[tuple[Intake, Storage]]:
    """A run of the program; leaving it is its sudden death."""
    clock = StillClock()
    supervisor = Supervisor(clock)
    key = KeyFile(folder / "master.key")
    storage = await open_storage(url=f"sqlite:///{folder}/x.db", master_key=key, clock=clock)
    intake = Intake(
        updates=feed,
        inbox=storage.inbox,
        handle=handle,
        urgent=lambda _: None,
        spawner=supervisor,
        clock=clock,
        entropy=FixedEntropy(),
    )
    supervisor.spawn(intake.run(), name="intake")
    yield intake, storage
    await supervisor.end(within=timedelta(seconds=1))
    await storage.aclose()


async def test_a_crash_between_storing_and_finishing_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    begun: list[int] = []
    handled: list[int] = []

    async def hang(update: Update) -> None:
        begun.append(update.update_id)
        await asyncio.Event().wait()

    async def handle(update: Update) -> None:
        handled.append(update.update_id)

    async with program(tmp_path, Feed([update(1), update(2, user=7)]), hang):
        await until(lambda: len(begun) == 2)
    async with program(tmp_path, Feed([update(2, user=7), update(3)]), handle) as (intake, storage):
        await until(lambda: 3 in handled)
        await intake.settle()
        assert await storage.inbox.unfinished() == ()
    assert sorted(handled) == [1, 2, 3]
