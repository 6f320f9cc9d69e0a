"""`kill -9` anywhere between the tick that crosses a level and the message that tells it, again and again.

An alert must be told; twice only where the messenger's answer did not come through, and then the repeat is marked.
"""

import random
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal

from tests.harness import Message, Persona, eventually
from tests.harness.crash_points import OF_AN_ALERT
from tests.harness.crashing import CrashingStack
from tests.prove.judging import Wrong
from tests.prove.proof import Run

_MARKET, _BASE = "ETHUSDT", Decimal(2500)  # no order of the other trials is in it
_TO_LOOK = 0.3  # seconds until the bot has seen a price
_TO_CRASH = 2.5  # seconds an armed run is given; where nothing is watched, the bot looks once a second
_TO_TELL = 25.0  # seconds
_REPEATED = "You may have seen this message already."


@dataclass(slots=True)
class AlertTrial:
    """One case: an alert, a crossing, a kill or several. `case` makes its note its own; `story` tells what was done."""

    stack: CrashingStack
    chance: random.Random
    person: Persona
    run: Run
    case: int
    story: list[str] = field(default_factory=list)
    kills: int = 0
    losses: int = 0

    @property
    def note(self) -> str:
        return f"case {self.case}."

    def carry_out(self) -> None:
        if not self.stack.bot.is_alive:
            self.stack.bot.run()
        is_rise = self.chance.random() < 0.5
        echo = self._set(is_rise)
        self._trouble()
        self._run_armed()
        self.stack.exchange.move(_MARKET, "2" if is_rise else "-2")
        self._survive()
        self._judge(echo)

    def _set(self, is_rise: bool) -> Message:
        self.stack.exchange.price(_MARKET, _BASE)
        time.sleep(_TO_LOOK)
        self.stack.synchronize()
        level = _BASE * (101 if is_rise else 99) / 100
        self.story.append(f"{self.person.name}: {'above' if is_rise else 'below'} {level:f}")
        self.person.say(f'/alert ETH {">" if is_rise else "<"} {level:f} note "{self.note}"')
        echo = self.person.wait_for(self.note)
        time.sleep(_TO_LOOK)  # killed before the command is ticked off, the bot would say it again
        return echo

    def _trouble(self) -> None:
        """The messenger takes the message, and its answer is lost."""
        if self.chance.random() < 0.2:
            self.losses += 1
            self.story.append("an answer is lost")
            self.stack.chat.fault("sendMessage", "drop_after", chat=self.person.id)

    def _run_armed(self) -> None:
        self._arm(self.chance.choice(tuple(OF_AN_ALERT)))

    def _survive(self) -> None:
        """Whenever the bot dies, start it again, perhaps armed; then leave it alone."""
        while self._died(within=_TO_CRASH):
            point = self.chance.choice(tuple(OF_AN_ALERT)) if self.chance.random() < 0.5 else None
            self.stack.bot.run(point=point)
            self.story.append(f"run, armed {point}")
            if point is None:
                return
        self._arm(None)
        if self._died(within=0.05):
            self.stack.bot.run()

    def _judge(self, echo: Message) -> None:
        try:
            eventually(self._is_over, timeout=_TO_TELL, pause=0.05)
        except AssertionError:
            raise Wrong(f"forgotten: {self._stored()}, {self._told(echo)}") from None
        told = self._told(echo)
        if not told:
            raise Wrong(f"never told: {self._stored()}")
        if any(_REPEATED not in message.text for message in told[1:]):
            raise Wrong(f"repeated without a word: {told}")
        if len(told) - 1 > self.kills + self.losses:
            raise Wrong(f"told {len(told)} times: {told}")
        self.run.remark(f"alert told {len(told)} times")

    def _is_over(self) -> bool:
        return self._stored() == ("ended", 1) and not self.stack.outbox_of(self.person)

    def _told(self, echo: Message) -> list[Message]:
        return [message for message in self.person.replies(after=echo) if self.note in message.text]

    def _stored(self) -> tuple[str, int]:
        """The alert's status and hits, as its row has them."""
        with closing(sqlite3.connect(f"file:{self.stack.database}?mode=ro", uri=True, timeout=5)) as connection:
            row = connection.execute("SELECT status, hits FROM alerts WHERE note = ?", (self.note,)).fetchone()
        return str(row[0]), int(row[1])

    def _arm(self, point: str | None) -> None:
        self.stack.bot.arm(point)
        self.story.append(f"armed {point}")

    def _died(self, *, within: float) -> bool:
        if not self.stack.bot.wait_for_end(timeout=within):
            return False
        self.kills += 1
        self.story.append("killed")
        self.run.remark(f"killed {self._last_point()}")
        return True

    def _last_point(self) -> str:
        return next(word for word in reversed(self.story) if "armed" in word).partition("armed ")[2]
