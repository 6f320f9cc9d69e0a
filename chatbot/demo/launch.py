"""`chatbot demo`: practice exchange, local chat and bot in one process tree, without account or network.

The chat is served by this process, first of all; the practice exchange and the bot are its children, in a temporary
folder and with an environment made from nothing, so that no setting or `.env` of the operator reaches them.
"""

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click
import orjson

from chatbot.demo.cast import ALICE
from chatbot.demo.children import Child, ChildDied
from chatbot.demo.loop import new_event_loop
from chatbot.demo.server import LocalChat, PortTaken
from chatbot.demo.world import World

SECONDS_TO_START = 30.0
# What the children run, and where Python finds it.
PROGRAM = "chatbot"
MODULES = str(Path(__file__).resolve().parents[2])


def demo(*, port: int) -> int:
    """Run everything until SIGINT or SIGTERM; returns the exit code. Port 0 is a free one."""
    try:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            return runner.run(_demo(port))
    except PortTaken as error:
        click.echo(str(error), err=True)
        return 1


async def _demo(port: int) -> int:
    stopped = asyncio.ensure_future(_stop_signal())
    async with LocalChat.running(port=port) as chat, contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chatbot-demo-")))
        click.echo("Starting the practice exchange, the chat and the bot …")
        running = asyncio.ensure_future(_run(chat, folder, stack))
        try:
            await asyncio.wait([stopped, running], return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                running.cancel()
                return 0
            await running
        except ChildDied as death:
            click.echo(str(death), err=True)
        finally:
            await asyncio.wait([running])
            stopped.cancel()
    return 1


async def _stop_signal() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


async def _run(chat: LocalChat, folder: Path, stack: contextlib.AsyncExitStack) -> None:
    """Start the children, say where the page is, stay until one of them ends. Raises ChildDied."""
    basics = {"PYTHONPATH": MODULES, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    exchange = await Child.start(
        "The practice exchange", [PROGRAM, "paper", "--port", "0", "--json"], environment=basics, folder=folder
    )
    stack.push_async_callback(exchange.stop)
    chat.panel.exchange_url = await _address(exchange)
    settings = _settings(chat, exchange_url=chat.panel.exchange_url, folder=folder)
    bot = await Child.start("The bot", [PROGRAM, "run"], environment=basics | settings, folder=folder)
    stack.push_async_callback(bot.stop)
    await _first_ending(exchange, bot, until=_online(chat.world))
    click.echo(f"Open {chat.url} in a browser: write /start, then /buy 0.01 BTC or /withdraw XRP 100 savings.")
    click.echo("Set /alert BTC +1% and move the price in the market panel on the right to see it fire.")
    click.echo("Write /swap 500 USDC to BTC, and pay it from the demo wallet on the right.")
    click.echo(f"Type @{chat.world.bot.username} btc in any chat to send a price there.")
    click.echo("The exchange and its money are practice. Ctrl-C ends everything and leaves nothing behind.")
    await _first_ending(exchange, bot)


async def _address(exchange: Child) -> str:
    """Where the practice exchange listens, from its first line. Raises ChildDied."""
    first_line = await exchange.first_line(timeout=SECONDS_TO_START)
    try:
        return str(orjson.loads(first_line)["url"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise await exchange.died(f"did not say its address but {first_line!r}") from None


def _settings(chat: LocalChat, *, exchange_url: str, folder: Path) -> dict[str, str]:
    """The bot's settings: this chat as Telegram, the practice exchange as its only exchange and swap service."""
    return {
        "TELEGRAM_BOT_TOKEN": chat.token,
        "TELEGRAM_API_URL": chat.api_url,
        "ANDX_URL": "",
        "NEXCHANGE_URL": "",
        "PAPER_URL": exchange_url,
        "OWNER_IDS": str(ALICE.id),
        "ACCESS": "open",
        "DATABASE_URL": f"sqlite:///{folder / 'chatbot.db'}",
        "MASTER_KEY_FILE": str(folder / "master.key"),
        "ALIAS_HOLD_MINUTES": "1",  # long enough to see it, short enough to wait for
    }


async def _online(world: World) -> None:
    """Until the bot polls; raises TimeoutError after `SECONDS_TO_START`."""
    async with asyncio.timeout(SECONDS_TO_START):
        while not world.bot_online:
            await world.journal.wait(world.journal.revision, SECONDS_TO_START)


async def _first_ending(*children: Child, until: Coroutine[Any, Any, None] | None = None) -> None:
    """Watch the children until one ends (raises ChildDied), or until `until` is done."""
    goal = [] if until is None else [asyncio.ensure_future(until)]
    endings = [asyncio.ensure_future(child.ended()) for child in children]
    try:
        await asyncio.wait([*goal, *endings], return_when=asyncio.FIRST_COMPLETED)
        for ending in endings:
            if ending.done():
                raise ending.result()
        for reached in goal:
            reached.result()
    except TimeoutError:
        raise await children[-1].died("did not come online in time") from None
    finally:
        for task in [*goal, *endings]:
            task.cancel()
