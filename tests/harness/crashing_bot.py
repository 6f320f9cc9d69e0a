"""`python -m tests.harness.crashing_bot START RATE`: a bot that kills itself at a named point, and comes back at once.

This process imports the program once and then forks: each fork is a fresh run of the bot, milliseconds after it was
asked for. Commands come on standard input, a JSON object a line:

    {"start": true, "point": NAME or null, "passes": N}   start a run, armed or not; answers `started PID`
    {"point": NAME or null, "passes": N}                  arm the run that is under way anew; answers `armed`

An armed run sends itself SIGKILL at the N-th pass of its point. When a run ends, `ended STATUS` is said. At the end of
the input everything ends.
"""

import json
import os
import random
import signal
import sys
import threading
from typing import Any

import uvloop

from chatbot import app
from chatbot.logs import set_up_logs
from chatbot.settings import Settings, read_settings, require_token
from tests.harness.crash_points import install
from tests.harness.fast import FastClock

_INPUT = 0


class _Trap:
    """Counts passes of the armed point, and kills."""

    def __init__(self) -> None:
        self._point: str | None = None
        self._passes = 0

    def arm(self, command: dict[str, Any]) -> None:
        self._passes = command.get("passes", 1)
        self._point = command.get("point")

    def hit(self, point: str) -> None:
        if point == self._point:
            self._passes -= 1
            if self._passes <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def _say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def _next_command() -> dict[str, Any] | None:
    """The next line, read byte by byte: what follows it may be meant for the other process."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(_INPUT, 1)
        if not byte:
            return None
        line += byte
    command: dict[str, Any] = json.loads(line)
    return command


def _listen(trap: _Trap) -> None:
    while (command := _next_command()) is not None:
        trap.arm(command)
        _say("armed")
    os._exit(1)


def _run(settings: Settings, clock: FastClock, trap: _Trap) -> None:
    random.seed()
    threading.Thread(target=_listen, args=(trap,), daemon=True).start()
    uvloop.run(app.run(settings, token=require_token(settings), clock=clock))


def main() -> None:
    settings = read_settings()
    set_up_logs(level=settings.log_level, form=settings.log_format)
    clock = FastClock(start=float(sys.argv[1]), rate=float(sys.argv[2]))
    trap = _Trap()
    install(trap.hit)
    while (command := _next_command()) is not None:
        if not command.get("start"):
            continue  # it was meant for a run that has just ended
        trap.arm(command)
        run = os.fork()
        if not run:
            _run(settings, clock, trap)
            os._exit(0)
        _say(f"started {run}")
        _, status = os.waitpid(run, 0)
        _say(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
