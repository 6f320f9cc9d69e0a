"""`python -m tests.harness.leaping_paper`: `chatbot paper --port 0 --json` with a clock that leaps when told."""

import asyncio
import json
import signal

from chatbot.paper.clock import Clock
from chatbot.paper.exchange import Exchange
from chatbot.paper.server import Paper, listening
from tests.harness.leaping import LeapingClock, obey


async def _serve() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    clock = LeapingClock()
    exchange = Exchange(clock=Clock(unix=clock.unix, monotonic=clock.monotonic))
    async with listening(Paper(exchange=exchange)) as url:
        accounts = [exchange.accounts.introduced(ready) for ready in exchange.ready]
        print(json.dumps({"url": url, "accounts": accounts}), flush=True)  # noqa: T201
        obey(clock)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve())
