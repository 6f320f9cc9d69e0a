"""`python -m tests.harness.rotating BATCH`: the rotation of the master key in processes that can be killed anywhere.

This process imports the program once and then forks: each fork is a fresh run, milliseconds after it was asked for.
Commands come on standard input, a JSON object a line:

    {"what": "rotate", "point": NAME or null, "passes": N}   `chatbot keys rotate`
    {"what": "write", "point": NAME or null, "passes": N}    a bot as far as the database sees it: it keeps the lock and
                                                             the keys, links accounts without end and opens others

A run sends itself SIGKILL at the N-th pass of its point. `started PID` is said when it runs, `ready` when a writer has
opened the database, and `ended STATUS` at its end.
"""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chatbot import keys, resources
from chatbot.domain.accounts import Venue
from chatbot.domain.ids import PersonId
from chatbot.settings import Settings, read_settings
from chatbot.storage import master_key, rotation
from chatbot.storage.faults import DatabaseInUse
from chatbot.storage.master_key import KeyFile
from chatbot.storage.rotation import Rotation
from chatbot.storage.vault import Keyring
from chatbot.system import SystemClock
from chatbot.workers.keys import KeyKeeper
from chatbot.workers.supervisor import Supervisor
from tests.storage.examples import NOW, credentials

FIRST_NEWCOMER = 1_000_000
WHILE_REWRAPPING = (
    "draft of the key file written, not in place",
    "key file in place, not yet surely on the disk",
    "before a batch",
    "batch written, not committed",
    "after a batch",
    "everything re-wrapped, old key still in the file",
    "old key out of the file",
    "after the end",
)
POINTS = ("before the new key is made", "new key in the file", *WHILE_REWRAPPING)
_BETWEEN_LINKS = 0.005  # seconds


class Trap:
    """Counts passes of the armed point, and kills."""

    def __init__(self) -> None:
        self._point: str | None = None
        self._passes = 0

    def arm(self, point: str | None, *, passes: int) -> None:
        self._point, self._passes = point, passes

    def hit(self, point: str) -> None:
        assert point in POINTS
        if point == self._point:
            self._passes -= 1
            if self._passes <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def install(hit: Callable[[str], None]) -> None:
    """Wrap what passes the points; the program knows nothing of them."""
    _around(KeyFile, "add_newest", hit, before="before the new key is made", after="new key in the file")
    _around(Path, "replace", hit, before="draft of the key file written, not in place")
    _around(master_key, "_sync_directory", hit, before="key file in place, not yet surely on the disk")
    _around(rotation, "_rewrap", hit, before="before a batch", after="batch written, not committed")
    _around(
        Keyring,
        "retire_older",
        hit,
        before="everything re-wrapped, old key still in the file",
        after="old key out of the file",
    )
    advance = Rotation.advance

    async def advancing(self: Rotation) -> bool:
        was_under_way = len(self.keyring.fingerprints) > 1
        more = await advance(self)
        if more or was_under_way:
            hit("after a batch" if more else "after the end")
        return more

    setattr(Rotation, "advance", advancing)  # noqa: B010 - mypy would not let a method be assigned


def _around(owner: Any, name: str, hit: Callable[[str], None], *, before: str = "", after: str = "") -> None:
    original = getattr(owner, name)

    def wrapped(*arguments: Any, **keywords: Any) -> Any:
        if before:
            hit(before)
        result = original(*arguments, **keywords)
        if after:
            hit(after)
        return result

    setattr(owner, name, wrapped)


async def _rotate(settings: Settings) -> int:
    return 0 if await keys.rotate(settings, clock=SystemClock(), say=lambda _: None) else 1


async def _write(settings: Settings) -> int:
    clock = SystemClock()
    try:
        async with resources.opened_storage(settings, clock=clock) as storage:
            supervisor = Supervisor(clock)
            supervisor.run(KeyKeeper(storage.rotation))
            _say("ready")
            while True:
                newcomer = PersonId(FIRST_NEWCOMER + random.getrandbits(40))
                secrets = credentials(f"-{newcomer}")
                await storage.accounts.add(newcomer, venue=Venue.PAPER, credentials=secrets, now=NOW)
                old = await storage.accounts.active(PersonId(random.randint(1, 50)))
                assert old is not None
                assert await storage.accounts.credentials(old.id) == credentials(f"-{old.person}")
                await asyncio.sleep(_BETWEEN_LINKS)
    except DatabaseInUse:
        return 1  # a rotation has it to itself just now


def _say(words: str) -> None:
    os.write(1, f"{words}\n".encode())


def _run(what: str, settings: Settings) -> int:
    random.seed()
    try:
        return asyncio.run({"rotate": _rotate, "write": _write}[what](settings))
    except BaseException as error:  # whatever it is, the proof has to hear of it
        sys.stderr.write(f"{what} broke off: {error!r}\n")
        return 2


def main() -> None:
    settings, trap = read_settings(), Trap()
    setattr(rotation, "_BATCH", int(sys.argv[1]))  # noqa: B010
    install(trap.hit)
    for line in sys.stdin:
        command = json.loads(line)
        trap.arm(command["point"], passes=command["passes"])
        run = os.fork()
        if not run:
            os._exit(_run(command["what"], settings))
        _say(f"started {run}")
        _, status = os.waitpid(run, 0)
        _say(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
