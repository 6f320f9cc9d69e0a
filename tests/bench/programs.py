"""The two programs under the stopwatch, each in a process of its own, each with stubs of its own."""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tests.bench.bot_api import BotApi
from tests.bench.exchange import StubExchange
from tests.bench.known_prices import know_a_day
from tests.bench.serving import listen

_ROOT = Path(__file__).resolve().parents[2]
_PLAIN = Path(__file__).with_name("plain.py")
_START_LIMIT = 30.0  # seconds
_TRADERS = 20
TRADERS = range(101, 101 + _TRADERS)
"""People whose accounts are linked at our bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A running bot and what it talks to. `started_in` is seconds from its start to its first poll."""

    process: asyncio.subprocess.Process
    telegram: BotApi
    exchange: StubExchange
    started_in: float

    async def memory(self) -> float:
        """Resident memory, in MB."""
        ps = await asyncio.create_subprocess_exec(
            "ps", "-o", "rss=", "-p", str(self.process.pid), stdout=subprocess.PIPE
        )
        kilobytes, _ = await ps.communicate()
        return int(kilobytes) * 1024 / 1e6


@contextlib.asynccontextmanager
async def plain_program() -> AsyncIterator[Program]:
    """The program we compare with."""
    async with contextlib.AsyncExitStack() as stack:
        telegram, exchange = BotApi(), StubExchange()
        api = await stack.enter_async_context(_serving(telegram))
        venue = await stack.enter_async_context(_serving(exchange))
        command = (str(_PLAIN), api, venue)
        yield await stack.enter_async_context(_running(command, {}, telegram=telegram, exchange=exchange))


@contextlib.asynccontextmanager
async def our_program(folder: Path, *, known_markets: int = 0) -> AsyncIterator[Program]:
    """`chatbot run` on a database in `folder`, which knows a day's prices of so many markets before."""
    database, master_key = f"sqlite:///{folder / 'bot.db'}", folder / "master.key"
    if known_markets:
        await know_a_day(database, master_key=master_key, markets=known_markets)
    async with contextlib.AsyncExitStack() as stack:
        telegram, exchange = BotApi(), StubExchange()
        settings = {
            "PYTHONPATH": str(_ROOT),
            "TELEGRAM_BOT_TOKEN": "1:bench-bench-bench",
            "TELEGRAM_API_URL": await stack.enter_async_context(_serving(telegram)),
            "ANDX_URL": await stack.enter_async_context(_serving(exchange)),
            "ANDX_REQUESTS_PER_MINUTE": "2500",  # the budget has tests of its own
            "NEXCHANGE_URL": "",
            "DATABASE_URL": database,
            "MASTER_KEY_FILE": str(master_key),
            "OWNER_IDS": "1",
            "ACCESS": "open",
            "LOG_LEVEL": "WARNING",
        }
        command = ("-m", "chatbot", "run")
        yield await stack.enter_async_context(_running(command, settings, telegram=telegram, exchange=exchange))


@contextlib.asynccontextmanager
async def traded_with(*, known_markets: int = 0) -> AsyncIterator[Program]:
    """Our bot on a new database, with the traders' accounts linked; see `our_program`."""
    with tempfile.TemporaryDirectory() as folder:
        async with our_program(Path(folder), known_markets=known_markets) as ours:
            for person in TRADERS:
                await ours.telegram.ask(person, f"/link trader{person} passphrase key{person} secret{person}")
            yield ours


@contextlib.asynccontextmanager
async def _serving(stub: BotApi | StubExchange) -> AsyncIterator[str]:
    server, url = await listen(stub.handle)
    try:
        yield url
    finally:
        server.close()


@contextlib.asynccontextmanager
async def _running(
    command: tuple[str, ...], settings: dict[str, str], *, telegram: BotApi, exchange: StubExchange
) -> AsyncIterator[Program]:
    """Run a Python program in an empty folder, with nothing of our own environment, until it polls; then end it."""
    began = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=folder, env=settings)
        try:
            await _polled(telegram, process)
            started_in = perf_counter() - began
            yield Program(process=process, telegram=telegram, exchange=exchange, started_in=started_in)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _polled(telegram: BotApi, process: asyncio.subprocess.Process) -> None:
    """Wait for the first poll. Raises `RuntimeError` if the program ends before, or takes far too long."""
    ends = {asyncio.ensure_future(telegram.polled.wait()), asyncio.ensure_future(process.wait())}
    _, others = await asyncio.wait(ends, timeout=_START_LIMIT, return_when=asyncio.FIRST_COMPLETED)
    for other in others:
        other.cancel()
    if not telegram.polled.is_set():
        raise RuntimeError("a program did not start")
