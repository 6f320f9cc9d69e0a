"""`python -m tests.harness.fast_paper START RATE`: `chatbot paper --port 0 --json` with a fast clock."""

import asyncio
import json
import signal
import sys

from chatbot.paper.clock import Clock
from chatbot.paper.exchange import Exchange
from chatbot.paper.server import Paper, listening
from tests.harness.fast import FastClock


async def _serve(clock: FastClock) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    exchange = Exchange(clock=Clock(unix=clock.unix, monotonic=clock.monotonic))
    async with listening(Paper(exchange=exchange)) as url:
        accounts = [exchange.accounts.introduced(ready) for ready in exchange.ready]
        print(json.dumps({"url": url, "accounts": accounts}), flush=True)  # noqa: T201
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve(FastClock(start=float(sys.argv[1]), rate=float(sys.argv[2]))))
