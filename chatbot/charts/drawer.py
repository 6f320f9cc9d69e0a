"""The bot's side: starts the drawing process when a picture is wanted, and ends it when none was for a while."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import structlog

from chatbot.charts.frames import HEADER, Answer, Request, written
from chatbot.domain.charts import BookPicture, PortfolioPicture, PriceChart
from chatbot.domain.errors import NotDrawn
from chatbot.ports.clock import Clock

log = structlog.get_logger(__name__)

IDLE = timedelta(minutes=10)
"""After so long without a picture the process is ended; a new one takes half a second."""
PATIENCE = timedelta(seconds=15)
"""For one picture, the start of the process included."""
_LONGEST_QUEUE = 50
_TO_END = 2.0  # seconds
_LARGEST = 10 * 1024 * 1024


class Drawer:
    """`chatbot.ports.charts.Charts`. One process, one picture after the other; the event loop never waits for it.

    As a worker it ends the process when nobody wanted a picture for a while. `cache` is a folder of its own, where
    matplotlib remembers the machine's fonts. The process is given no other variable of the environment.
    """

    name = "charts"

    def __init__(self, *, cache: Path, clock: Clock, patience: timedelta = PATIENCE) -> None:
        self.wake = asyncio.Event()
        self._cache = cache
        self._clock = clock
        self._patience = patience.total_seconds()
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._queue = 0
        self._used_at = clock.now()

    async def price(self, chart: PriceChart) -> bytes:
        return await self._in_turn(chart)

    async def book(self, picture: BookPicture) -> bytes:
        return await self._in_turn(picture)

    async def portfolio(self, picture: PortfolioPicture) -> bytes:
        return await self._in_turn(picture)

    async def step(self) -> timedelta:
        idle_until = self._used_at + IDLE
        if self._clock.now() < idle_until:
            return idle_until - self._clock.now()
        async with self._turn:
            await self._end()
        return IDLE

    async def aclose(self) -> None:
        await self._end()

    async def _in_turn(self, request: Request) -> bytes:
        if self._queue >= _LONGEST_QUEUE:
            raise NotDrawn
        self._queue += 1
        try:
            async with self._turn:
                self._used_at = self._clock.now()
                return await self._draw(written(request))
        finally:
            self._queue -= 1

    async def _draw(self, frame: bytes) -> bytes:
        """A process that died is started once more: a picture can be drawn again. One that hangs is ended."""
        for _ in range(2):
            try:
                async with asyncio.timeout(self._patience):
                    answer, body = await self._ask(frame)
            except TimeoutError:  # which is an OSError, too
                log.warning("drawing process hangs")
                await self._end(at_once=True)
                break
            except (asyncio.IncompleteReadError, OSError) as fault:
                log.warning("drawing process died", reason=type(fault).__name__)
                await self._end()
            except BaseException:
                await self._end(at_once=True)  # its answer would be taken for that to the next request
                raise
            else:
                if answer is Answer.DRAWN:
                    return body
                log.error("picture not drawn", traceback=body.decode(errors="replace"))
                break
        raise NotDrawn

    async def _ask(self, frame: bytes) -> tuple[Answer, bytes]:
        process = self._process
        if process is None:
            process = self._process = await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(frame)
        await process.stdin.drain()
        letter, length = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
        return Answer(letter), await process.stdout.readexactly(length)

    async def _start(self) -> asyncio.subprocess.Process:
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "chatbot.charts",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LARGEST,
            env={"MPLCONFIGDIR": str(self._cache), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # Ctrl-C at the terminal is for the bot, which ends this one
        )

    async def _end(self, *, at_once: bool = False) -> None:
        """Close the process's input, which ends it once its picture is done, or kill it."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        if at_once and process.returncode is None:
            process.kill()
        try:
            async with asyncio.timeout(_TO_END):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


@asynccontextmanager
async def opened_drawer(*, cache: Path, clock: Clock) -> AsyncIterator[Drawer]:
    drawer = Drawer(cache=cache, clock=clock)
    try:
        yield drawer
    finally:
        await drawer.aclose()
