"""`kill -9` anywhere between a withdrawal's card and what became of it. The practice exchange's books are the judge."""

import random
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.harness import Message, Persona, eventually
from tests.harness.crash_points import WITH_A_WITHDRAWAL
from tests.harness.crashing import CrashingStack, StoredTicket
from tests.harness.exchange import WITHDRAWAL
from tests.harness.persona import NotSeen
from tests.prove.judging import Wrong
from tests.prove.proof import Run

_TO_CRASH = 0.6  # seconds an armed run is given
_TO_CRASH_HELD = 4.0  # seconds: a hold of a minute is three
_TO_SETTLE = 25.0  # seconds
_ENDED = ("done", "refused", "declined", "expired", "uncertain")
_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "drop_answer"},
    {"kind": "status", "status": 502},
    {"kind": "status_after", "status": 500},
    {"kind": "status", "status": 429},
)
_STEPS = {
    "pending": ("continued", "expired", "refused"),
    "continued": ("held", "claimed", "expired", "refused"),
    "held": ("claimed", "refused"),
    "claimed": ("done", "refused", "uncertain"),
    "uncertain": ("done", "refused"),
}


@dataclass(slots=True)
class WithdrawalTrial:
    """One case: a card, both steps, a kill or several, and a restart after each. `case` makes its amount its own;
    `story` tells what was done.
    """

    stack: CrashingStack
    chance: random.Random
    person: Persona
    run: Run
    case: int
    story: list[str] = field(default_factory=list)
    kills: int = 0
    point: str = "while it was left alone"

    def carry_out(self) -> None:
        if not self.stack.bot.is_alive:
            self.stack.bot.run()
        self.stack.synchronize()
        said, card, ticket = self._card()
        self._arm(self.chance.choice(WITH_A_WITHDRAWAL))
        if self.chance.random() < 0.35:
            fault = dict(self.chance.choice(_FAULTS))
            self.story.append(f"fault {fault}")
            self.stack.exchange.fault(str(fault.pop("kind")), WITHDRAWAL, method="POST", **fault)
        self._go_through(card, ticket)
        self._judge(said, card, ticket)
        self.stack.exchange.clear_faults()

    def _card(self) -> tuple[tuple[str, Decimal, str], Message, str]:
        currency, alias = self.chance.choice(("XRP", "ETH", "USDT")), self.chance.choice(("savings", "cold"))
        amount = Decimal(100 + self.case).scaleb(-4 if currency == "ETH" else -2)
        card = self.person.ask(f"/withdraw {currency} {amount} {alias}")
        if "Continue" not in card.buttons:
            raise Wrong(f"no card but: {card}")
        self.story.append(f"{self.person.name}: {amount} {currency} to {alias}")
        return (currency, amount, alias), card, card.data("Continue").split(":")[1]

    def _go_through(self, card: Message, ticket: str) -> None:
        """Do the next thing as long as there is one; whenever the bot dies, start it again, perhaps armed."""
        for _ in range(12):
            state = self._stored(ticket).state
            if state in _ENDED:
                break
            if state == "pending":
                self.person.forge(card.data("Continue"), card)
            elif state == "continued":
                self._type_number(card)
            self._survive(ticket)
        if self.stack.bot.is_alive:
            self._arm(None)
            self._died(within=0.05)
        if not self.stack.bot.is_alive:
            self.stack.bot.run()

    def _type_number(self, card: Message) -> None:
        """The number on the card; where a kill came before it was painted, the painter brings it after the restart."""
        try:
            asking = eventually(lambda: number_on(self.person.now(card).text), timeout=3)
        except AssertionError:
            return
        self.person.say(asking)

    def _survive(self, ticket: str) -> None:
        held = self._stored(ticket).state == "held"
        if not self._died(within=_TO_CRASH_HELD if held else _TO_CRASH):
            return
        self.stack.synchronize()
        if self.chance.random() < 0.4:
            self.point = self.chance.choice(WITH_A_WITHDRAWAL)
            self.stack.bot.run(point=self.point)
            self.story.append(f"armed {self.point}")
        else:
            self.stack.bot.run()

    def _judge(self, said: tuple[str, Decimal, str], card: Message, ticket: str) -> None:
        try:
            eventually(lambda: self._stored(ticket).state in _ENDED, timeout=_TO_SETTLE, pause=0.05)
        except AssertionError:
            raise Wrong(f"forgotten: {self._stored(ticket)}") from None
        stored = self._stored(ticket)
        for step in stored.steps:
            if step[1] not in _STEPS[step[0]] or stored.steps.count(step) > 1:
                raise Wrong(f"its state went {stored.steps}")
        taken = [
            each
            for each in self.stack.exchange.withdrawals(self.person)
            if (each["currency"], Decimal(each["amount"]), each["alias"]) == said
        ]
        right = {"done": (1,), "uncertain": (0, 1)}.get(stored.state, (0,))
        if len(taken) not in right:
            raise Wrong(f"{len(taken)} withdrawals of one ticket: {stored}")
        if taken and ("continued", "claimed") not in stored.steps and ("held", "claimed") not in stored.steps:
            raise Wrong(f"sent without both steps: {stored}")
        self.run.remark(f"withdrawal {stored.state}{', taken' if taken else ''}")
        if stored.state == "uncertain":
            self._close(card, ticket, was_sent=bool(taken))

    def _close(self, card: Message, ticket: str, *, was_sent: bool) -> None:
        """Its person says how it stands, so that the currency is free for the next trial."""
        try:
            eventually(lambda: "It was sent" in self.person.now(card).buttons, timeout=_TO_SETTLE)
            self.person.tap("It was sent" if was_sent else "It was not sent", self.person.now(card))
            asked = self.person.wait_for("Send this number: ")
        except (AssertionError, NotSeen) as fault:
            raise Wrong(f"it cannot be closed: {fault}") from None
        self.stack.synchronize()
        self.person.say(asked.text.split("Send this number: ")[1].split()[0])
        eventually(lambda: self._stored(ticket).state != "uncertain", timeout=_TO_SETTLE)

    def _arm(self, point: str | None) -> None:
        self.stack.bot.arm(point)
        self.point = point or "while it was left alone"
        self.story.append(f"armed {point}")

    def _died(self, *, within: float) -> bool:
        if not self.stack.bot.wait_for_end(timeout=within):
            return False
        self.kills += 1
        self.run.remark(f"killed {self.point}")
        self.story.append("killed")
        return True

    def _stored(self, ticket: str) -> StoredTicket:
        return self.stack.ticket_of(ticket)


def number_on(card: str) -> str:
    """What a card asks to be typed; nothing if it does not."""
    found = re.search(r"write this number here: (\d+)", card)
    return found[1] if found else ""
