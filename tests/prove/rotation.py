"""`kill -9` of a rotation at named points and at any moment, again and again until it ends: every secret still opens.

A database of so many people goes through several rotations, each under a new master key: by `chatbot keys rotate`
alone, and by a running bot beside it that links accounts all the while. The command, the bot or both are killed and
started again; at last they are left alone. Then nothing may hang on an older master key, the old one may stand in no
file, and every account, those linked meanwhile too, must open to what was put in.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from chatbot.domain.ids import AccountId, PersonId
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.faults import StorageFault
from chatbot.storage.master_key import KeyFile
from tests.harness.programs import Died, Program
from tests.harness.rotating import POINTS, WHILE_REWRAPPING
from tests.prove.proof import Proof, Run
from tests.storage.examples import credentials
from tests.storage.keeping import Keeping

_BATCHES = 50
_LONGEST_RUN = 1.5  # seconds; about as long as a rotation that nobody disturbs
_PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Trap:
    """At which point a run kills itself, and at which pass of it."""

    point: str
    passes: int

    @classmethod
    def chosen(cls, chance: random.Random, points: tuple[str, ...]) -> "Trap":
        point = chance.choice(points)
        return cls(point, chance.randint(1, _BATCHES) if "batch" in point else 1)


class Runs:
    """Runs of one kind, one after the other, forked from one process."""

    def __init__(self, what: str, *, folder: Path, people: int) -> None:
        self.what = what
        settings = {"DATABASE_URL": f"sqlite:///{folder / 'rotated.db'}", "MASTER_KEY_FILE": str(folder / "master.key")}
        batch = str(max(1, people // _BATCHES))
        self._program = Program.start(
            "tests.harness.rotating", batch, folder=folder, environment=settings, tether=False
        )
        self._began = 0
        self._pid: int | None = None

    def start(self, trap: Trap | None = None) -> None:
        self._began = len(self._program.output)
        point, passes = (trap.point, trap.passes) if trap else (None, 1)
        self._program.tell(json.dumps({"what": self.what, "point": point, "passes": passes}))
        self._pid = int(self._wait("started", within=_PATIENCE).split()[1])

    def is_ready(self) -> bool:
        """Whether a writer has the database now. It has not if another process has it, or if it was killed."""
        return self._wait("ready", "ended", within=_PATIENCE) == "ready"

    def end(self, *, within: float) -> int | None:
        """How it ended, or None if it still runs after so many seconds."""
        try:
            status = int(self._wait("ended", within=within).split()[1])
        except Died:
            return None
        self._pid = None  # the number may be somebody else's from now on
        return status

    def kill(self) -> bool:
        """`kill -9`; says whether it was that which ended it."""
        self._kill_run()
        return self.end(within=_PATIENCE) == -signal.SIGKILL

    def close(self) -> None:
        self._kill_run()
        self._program.kill()

    def _kill_run(self) -> None:
        if self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def _wait(self, *words: str, within: float) -> str:
        return self._program.wait_for_line(
            lambda line: line.startswith(words), after=self._began, timeout=within, output_only=True
        )

    @property
    def last_words(self) -> str:
        return self._program.tail()


@dataclass(slots=True)
class Stage:
    """A database, the command, and the bot that may run beside it."""

    run: Run
    folder: Path
    command: Runs
    writer: Runs

    @classmethod
    @contextlib.contextmanager
    def set(cls, run: Run, *, people: int) -> Iterator["Stage"]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            asyncio.run(_settle(folder, people))
            command = Runs("rotate", folder=folder, people=people)
            writer = Runs("write", folder=folder, people=people)
            try:
                yield cls(run, folder, command, writer)
            finally:
                command.close()
                writer.close()

    @property
    def key_file(self) -> KeyFile:
        return KeyFile(self.folder / "master.key")

    def rotate_alone(self, chance: random.Random, *, kills: int) -> None:
        """The command by itself: killed, started again, and at last left alone."""
        for _ in range(kills):
            self._kill_once(self.command, chance)
        self.command.start()
        self._expect_end()

    def rotate_beside(self, chance: random.Random, *, kills: int) -> None:
        """The bot does it while it links accounts; now the bot is killed, now the command."""
        for _ in range(kills):
            if chance.random() < 0.7:
                self._start_writer_undisturbed()
                self.command.start()
                self._kill_running(self.writer, chance)
                self._kill_running(self.command, chance, longest=0.05)
            elif self._start_writer(chance):
                self.command.start()
                self._end_or_kill(self.writer, chance, named="writer")
                self._kill_running(self.command, chance, longest=0.05)
        self._start_writer_undisturbed()
        self.command.start()
        self._expect_end()
        assert self.writer.kill(), self.writer.last_words

    def _kill_once(self, runs: Runs, chance: random.Random) -> None:
        if chance.random() < 0.5:
            runs.start(Trap.chosen(chance, POINTS))
            self._end_or_kill(runs, chance, named="command")
        else:
            runs.start()
            self._kill_running(runs, chance)

    def _end_or_kill(self, runs: Runs, chance: random.Random, *, named: str) -> None:
        """It was armed: it ends by its own hand, or does not pass there any more and is killed."""
        status = runs.end(within=2 * _LONGEST_RUN)
        if status == -signal.SIGKILL:
            self.run.remark(f"{named} killed at a named point")
        elif status is None:
            self._kill_running(runs, chance, longest=0)
        else:
            assert status == 0, runs.last_words

    def _kill_running(self, runs: Runs, chance: random.Random, *, longest: float = _LONGEST_RUN) -> None:
        status = runs.end(within=chance.uniform(0, longest))
        if status is None and runs.kill():
            self.run.remark(f"{runs.what} killed at any moment")
        else:
            assert status in (None, 0), runs.last_words

    def _start_writer(self, chance: random.Random) -> bool:
        self.writer.start(Trap.chosen(chance, WHILE_REWRAPPING))
        return self.writer.is_ready()

    def _start_writer_undisturbed(self) -> None:
        self.writer.start()
        assert self.writer.is_ready(), self.writer.last_words

    def _expect_end(self) -> None:
        status = self.command.end(within=_PATIENCE)
        assert status == 0, f"the rotation ended with {status}: {self.command.last_words}"


def prove(run: Run) -> None:
    """Counts people; all of them go through every rotation."""
    chance = run.chance(run.first)
    rounds = 8 if run.count >= 1000 else 1
    with Stage.set(run, people=run.count) as stage:
        for _ in range(rounds):
            for rotate in (stage.rotate_alone, stage.rotate_beside):
                before = stage.key_file.read()
                rotate(chance, kills=chance.randint(4, 10) if rounds > 1 else 3)
                asyncio.run(_judge(stage, run, before, people=run.count))
            run.remark("rotations under kills alone and beside a bot")
    run.count_done(run.count)


async def _settle(folder: Path, people: int) -> None:
    async with Keeping.opened(folder / "rotated.db", KeyFile(folder / "master.key")) as keeping:
        await keeping.database.read(lambda connection: connection.exec_driver_sql("PRAGMA synchronous = OFF"))
        for person in range(1, people + 1):
            await keeping.link(person, f"-{person}")


async def _judge(stage: Stage, run: Run, before: tuple[bytes, ...], *, people: int) -> None:
    keys = stage.key_file.read()
    if len(keys) != 1 or keys == before:
        run.fail(run.first, f"{len(keys)} keys are in the file, {'the old one' if keys == before else 'not one'}")
    for path in stage.folder.iterdir():
        if before[0].hex().encode() in path.read_bytes():
            run.fail(run.first, f"the old key stands in {path.name}")
    async with Keeping.opened(stage.folder / "rotated.db", stage.key_file) as keeping:
        counts = await keeping.rotation.count()
        if set(counts) != set(keeping.vault.keyring.fingerprints):
            run.fail(run.first, f"keys by master key, which should be one: {counts}")
        accounts = await keeping.database.read(_accounts)
        if sum(person <= people for _, person in accounts) != people:
            run.fail(run.first, "people are missing")
        for account, person in accounts:
            try:
                if await keeping.accounts.credentials(account) != credentials(f"-{person}"):
                    run.fail(run.first, f"{person}'s secrets are not what was put in")
            except StorageFault as fault:
                run.fail(run.first, f"{person}'s secrets do not open: {fault}")
        run.remarks["accounts opened"] = run.remarks.get("accounts opened", 0) + len(accounts)


def _accounts(connection: sa.Connection) -> list[tuple[AccountId, PersonId]]:
    return [(row.id, row.person) for row in connection.execute(sa.select(ACCOUNTS.c.id, ACCOUNTS.c.person))]


PROOF = Proof(
    name="rotation",
    claim="kill -9 of a key rotation at any step, alone and beside a bot: all secrets open, none on the old key",
    required=10_000,
    sample=60,
    prove=prove,
    processes=True,
)
