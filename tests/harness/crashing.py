"""A whole product on fast clocks whose bot can be made to kill itself anywhere, and what its database remembers."""

import contextlib
import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.chat import Chat
from tests.harness.persona import Persona
from tests.harness.programs import PATIENCE, Died, Program, eventually
from tests.harness.stack import Bot, Stack

_REMEMBER_STEPS = """
CREATE TABLE proof_steps (ticket TEXT, before TEXT, after TEXT);
CREATE TRIGGER proof_step AFTER UPDATE OF state ON tickets WHEN old.state IS NOT new.state
BEGIN INSERT INTO proof_steps VALUES (new.id, old.state, new.state); END;
"""
_TICKET = """
SELECT id, state, client_id, revision, shown, outcome, claimed_at, order_number, next_look_at FROM tickets WHERE id = ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTicket:
    """A ticket as the database has it, and every step its state ever took."""

    id: str
    state: str
    client_id: int
    revision: int
    shown: int
    outcome: dict[str, Any] | None
    claimed_at: Any
    order_number: int | None
    next_look_at: Any
    steps: tuple[tuple[str, str], ...]


class CrashingBot(Bot):
    """Runs of the bot, forked from one process, each armed with a point at which it kills itself."""

    def __init__(self, chat: Chat, *, folder: Path, settings: dict[str, str], start: float, rate: float) -> None:
        super().__init__(chat, folder=folder, settings=settings, leaping=False)
        self._program = Program.start(
            "tests.harness.crashing_bot",
            str(start),
            str(rate),
            folder=folder,
            environment=settings,
            tether=False,
        )
        self._began = 0
        self.is_alive = False

    def run(self, *, point: str | None = None, passes: int = 1) -> None:
        """Start a run, armed or not."""
        assert not self.is_alive
        self._began = self._tell(start=True, point=point, passes=passes)
        self._wait("started", since=self._began, timeout=PATIENCE)
        self.is_alive = True

    def arm(self, point: str | None, *, passes: int = 1) -> None:
        """Arm the run under way, or disarm it. Nothing happens if it has just ended."""
        began = self._tell(point=point, passes=passes)
        if not self._has_ended():
            self._wait("armed", "ended", since=began, timeout=PATIENCE)

    def wait_for_end(self, *, timeout: float) -> bool:
        """Whether the run ended by its own hand within so many seconds."""
        try:
            said = self._wait("ended", since=self._began, timeout=timeout)
        except Died:
            return False
        self.is_alive = False
        assert said == "ended -9", f"the bot {said}:\n{self.tail()}"
        return True

    def wait_until_polling(self) -> None:
        mark = self._chat.last_call
        eventually(lambda: self._chat.calls("getUpdates", since=mark) or not self.program.is_running)
        assert self.program.is_running, self.tail()

    def stop_run(self) -> None:
        """End the run in order."""
        if self.is_alive:
            started = [line for line in self.program.output if line.startswith("started ")]
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(started[-1].split()[1]), signal.SIGTERM)
            self._wait("ended", since=self._began, timeout=PATIENCE)
            self.is_alive = False

    def _has_ended(self) -> bool:
        return any(line.startswith("ended") for line in self.program.output[self._began :])

    def _tell(self, **command: Any) -> int:
        """Give a command; answers are in the output from the returned line on."""
        before = len(self.program.output)
        self.program.tell(json.dumps(command))
        return before

    def _wait(self, *words: str, since: int, timeout: float) -> str:
        return self.program.wait_for_line(
            lambda line: line.startswith(words), after=since, timeout=timeout, output_only=True
        )


class CrashingStack(Stack):
    """As `Stack`; time runs `rate` times as fast for exchange and bot, and messages carry that time's dates."""

    bot: CrashingBot

    def __init__(self, *, folder: Path, paper: Program, chat_program: Program, start: float, rate: float) -> None:
        super().__init__(folder=folder, paper=paper, chat_program=chat_program, leaping=False)
        self.start, self.rate = start, rate
        self.database = folder / "chatbot.db"

    @classmethod
    @contextlib.contextmanager
    def crashing(cls, folder: Path, *, rate: float, **settings: str) -> Iterator["CrashingStack"]:
        start = time.time()
        with contextlib.ExitStack() as ending:
            paper = Program.start("tests.harness.fast_paper", str(start), str(rate), folder=folder)
            ending.callback(paper.kill)
            chat = Program.start("chatbot.demo", "--port", "0", folder=folder)
            ending.callback(chat.kill)
            stack = cls(folder=folder, paper=paper, chat_program=chat, start=start, rate=rate)
            ending.callback(stack.exchange.close)
            ending.callback(stack.chat.close)
            stack.exchange.freeze()
            stack.exchange.limit(None)
            chosen = stack.make_bot(ANDX_REQUESTS_PER_MINUTE="6000", **settings).settings
            stack.bot = CrashingBot(stack.chat, folder=folder, settings=chosen, start=start, rate=rate)
            ending.callback(stack.bot.kill)
            stack._remember_steps()
            yield stack

    def synchronize(self) -> None:
        """Let what people write from here on carry the fast clock's date."""
        self.chat.ahead = (time.time() - self.start) * (self.rate - 1)

    def ticket_of(self, ticket: str) -> StoredTicket:
        with contextlib.closing(self._connect()) as connection:
            row = connection.execute(_TICKET, (ticket,)).fetchone()
            steps = connection.execute("SELECT before, after FROM proof_steps WHERE ticket = ?", (ticket,)).fetchall()
        fields = dict(row)
        fields["outcome"] = json.loads(fields["outcome"]) if fields["outcome"] else None
        return StoredTicket(**fields, steps=tuple((step[0], step[1]) for step in steps))

    def has_ticket(self, ticket: str) -> bool:
        """False also of one whose card shows another by now."""
        with contextlib.closing(self._connect()) as connection:
            return connection.execute("SELECT 1 FROM tickets WHERE id = ?", (ticket,)).fetchone() is not None

    def outbox_of(self, person: Persona) -> int:
        """How many messages wait to be sent to somebody."""
        with contextlib.closing(self._connect()) as connection:
            count = connection.execute("SELECT count(*) FROM outbox WHERE chat = ?", (person.id,)).fetchone()[0]
        return int(count)

    def _remember_steps(self) -> None:
        """Once the database exists: a table that takes down every change of a ticket's state."""
        self.bot.run()
        self.bot.wait_until_polling()
        self.bot.stop_run()
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            connection.executescript(_REMEMBER_STEPS)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5)
        connection.row_factory = sqlite3.Row
        return connection
