"""The drawing process and whoever speaks to it. The tests share one, because its start is most of what they cost."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from chatbot.charts.drawer import IDLE, Drawer, opened_drawer
from chatbot.domain.bars import History
from chatbot.domain.errors import NotDrawn
from tests.charts.examples import MINUTE, book, chart, history, picture
from tests.fakes.clock import FakeClock

FONTS = Path(__file__).parents[2] / ".pytest_cache" / "fonts"
"""Kept between runs, as a bot keeps them."""
pytestmark = pytest.mark.asyncio(loop_scope="module")
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def drawer(clock: FakeClock) -> AsyncIterator[Drawer]:
    async with opened_drawer(cache=FONTS, clock=clock) as drawer:
        yield drawer


def pid(drawer: Drawer) -> int:
    process = drawer._process
    assert process is not None
    return process.pid


def environment(number: int) -> set[bytes]:
    """The names of a process's variables."""
    said = Path(f"/proc/{number}/environ").read_bytes()
    return {each.partition(b"=")[0] for each in said.split(b"\0") if each}


async def gone(number: int) -> None:
    while is_there(number):  # noqa: ASYNC110 - nobody tells of another process's end
        await asyncio.sleep(0.02)


def is_there(number: int) -> bool:
    """Whether a process runs; one that ended and was not asked after does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_many_at_once_are_drawn_by_one_quiet_process_without_secrets(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "canary")
    drawing = [drawer.price(chart(history(seed=seed))) for seed in range(4)]
    pictures = await asyncio.gather(*drawing, drawer.book(picture(book())))
    assert len(set(pictures)) == 5 and all(each.startswith(PNG) for each in pictures)
    assert environment(pid(drawer)) == {b"MPLCONFIGDIR", b"PYTHONPATH"}
    assert os.getpriority(os.PRIO_PROCESS, pid(drawer)) == os.getpriority(os.PRIO_PROCESS, 0) + 10


async def test_what_cannot_be_drawn_is_said_and_a_dead_process_is_started_anew(drawer: Drawer) -> None:
    with pytest.raises(NotDrawn):
        await drawer.price(chart(History(bars=(), length=MINUTE, since=None)))
    first = pid(drawer)
    assert (await drawer.price(chart(history()))).startswith(PNG) and pid(drawer) == first
    os.kill(first, signal.SIGKILL)
    assert (await drawer.price(chart(history()))).startswith(PNG) and pid(drawer) != first


async def test_whoever_goes_away_leaves_no_answer_for_the_next_one(drawer: Drawer) -> None:
    await drawer.price(chart(history()))
    impatient = asyncio.create_task(drawer.price(chart(history(seed=2))))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    expected = await drawer.price(chart(history(seed=3)))
    assert expected == await drawer.price(chart(history(seed=3)))


async def test_a_process_ends_when_it_is_idle(drawer: Drawer, clock: FakeClock) -> None:
    await drawer.price(chart(history()))
    first = pid(drawer)
    clock.pass_(60)
    assert await drawer.step() == IDLE - timedelta(seconds=60)
    assert is_there(first)
    clock.pass_(IDLE.total_seconds())
    await drawer.step()
    assert not is_there(first)


async def test_a_process_that_hangs_is_given_up(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    await drawer.price(chart(history()))
    first = pid(drawer)
    monkeypatch.setattr(drawer, "_patience", 0.1)
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(NotDrawn):
        await asyncio.wait_for(drawer.price(chart(history())), 1.9)  # neither asked to end nor tried again
    assert not is_there(first) and drawer._process is None


_BOT = """
import asyncio, os, signal, sys
from pathlib import Path
from chatbot.charts.drawer import Drawer
from chatbot.system import SystemClock
from tests.charts.examples import chart, history

async def main():
    drawer = Drawer(cache=Path(sys.argv[1]), clock=SystemClock())
    await drawer.price(chart(history()))
    print(drawer._process.pid, "matplotlib" in sys.modules, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_it_ends_with_a_program_that_is_killed_and_does_not_bring_matplotlib_into_it() -> None:
    where = {"PYTHONPATH": os.pathsep.join(sys.path)}
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _BOT, str(FONTS), stdout=asyncio.subprocess.PIPE, env=where
    )
    output, _ = await bot.communicate()
    number, loaded = output.split()
    assert loaded == b"False"
    await asyncio.wait_for(gone(int(number)), 5)
