"""`kill -9` anywhere between a conversion's card and what became of it. The practice exchange's books are the judge."""

import random
from dataclasses import dataclass, field
from typing import Any

from tests.harness import Message, Persona, eventually
from tests.harness.crash_points import WITH_A_CONVERSION
from tests.harness.crashing import CrashingStack
from tests.prove.judging import Wrong
from tests.prove.proof import Run

_CONVERT = "/p/v1/order/instant_order/"
_TO_CRASH = 0.8  # seconds an armed run is given
_TO_SETTLE = 25.0  # seconds
_OPEN = ("pending", "claimed", "uncertain")
_NOT_DONE = ("Nothing was sent", "Nothing was converted", "Not converted", "Refused by the exchange")
_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "drop_answer"},
    {"kind": "drop_request"},
    {"kind": "status", "status": 403},
    {"kind": "status_after", "status": 500},
    {"kind": "garbage"},
)


@dataclass(slots=True)
class ConvertTrial:
    """One case: a card, a tap, a kill or several, and a restart after each. `story` tells what was done."""

    stack: CrashingStack
    chance: random.Random
    person: Persona
    run: Run
    story: list[str] = field(default_factory=list)
    kills: int = 0
    point: str | None = None

    def carry_out(self) -> None:
        if not self.stack.bot.is_alive:
            self.stack.bot.run()
        self.stack.synchronize()
        before = len(self.stack.exchange.orders(self.person))
        card = self._card()
        self._trouble()
        self._arm(self.chance.choice(WITH_A_CONVERSION))
        button = self.person.now(card).data("Confirm")  # a card gets itself a new quote now and then
        self.person.forge(button, card)
        self._survive()
        self._judge(card, button.split(":")[1], before=before)
        self.stack.exchange.clear_faults()

    def _card(self) -> Message:
        card = self.person.ask("/convert 0.0005 BTC to USDT")
        if "none is linked" in card.text:
            self.person.tap("Practise Instant Trade", self.person.ask("/link instant"))
            self.person.wait_for("Instant Trade is on")
            self.person.say("/convert 0.0005 BTC to USDT")
            card = self.person.wait_for(lambda seen: seen.id > card.id and "Confirm" in seen.buttons)
        if "Confirm" not in card.buttons:
            raise Wrong(f"no card but: {card}")
        self.story.append(f"{self.person.name}: convert")
        return card

    def _trouble(self) -> None:
        if self.chance.random() < 0.5:
            fault = dict(self.chance.choice(_FAULTS))
            self.story.append(f"fault {fault}")
            self.stack.exchange.fault(str(fault.pop("kind")), _CONVERT, method="POST", **fault)
        if self.chance.random() < 0.2:
            self.story.append("lists stale")
            self.stack.exchange.fault("stale_lists", None, times=None, seconds=20)

    def _survive(self) -> None:
        """Whenever the bot dies, start it again, perhaps armed; then leave it alone."""
        while self._died(within=_TO_CRASH):
            self.stack.synchronize()
            point = self.chance.choice(WITH_A_CONVERSION) if self.chance.random() < 0.5 else None
            self.stack.bot.run(point=point)
            self.point = point
            self.story.append(f"run, armed {point}")
            if point is None:
                return
        self._arm(None)
        if self._died(within=0.05):
            self.stack.bot.run()

    def _judge(self, card: Message, ticket: str, *, before: int) -> None:
        if not self.stack.has_ticket(ticket):
            if len(self.stack.exchange.orders(self.person)) > before:
                raise Wrong("a quote that the card showed no more was sent")
            self.run.remark("conversion renewed before the tap")
            return
        try:
            eventually(lambda: self._is_over(ticket), timeout=_TO_SETTLE, pause=0.05)
        except AssertionError:
            raise Wrong(f"forgotten: {self.stack.ticket_of(ticket)}\n{self.person.now(card)}") from None
        stored, text = self.stack.ticket_of(ticket), self.person.now(card).text
        made = self.stack.exchange.orders(self.person)[before:]
        if len(made) > 1 or len(made) != (stored.state == "done"):
            raise Wrong(f"{len(made)} orders, and the ticket says {stored}")
        if made and (stored.order_number != made[0]["order_number"] or f"#{stored.order_number} is done" not in text):
            raise Wrong(f"{made[0]} was placed, and the card of {stored} says:\n{text}")
        if not made and not any(words in text for words in _NOT_DONE):
            raise Wrong(f"nothing was converted, and the card says:\n{text}")
        self.run.remark(f"conversion {stored.state}")

    def _is_over(self, ticket: str) -> bool:
        """Whether the bot knows, has painted what it knows, and has read an order back."""
        stored = self.stack.ticket_of(ticket)
        known = stored.state not in _OPEN and stored.revision == stored.shown and not self.stack.outbox_of(self.person)
        return known and (stored.state != "done" or stored.next_look_at is None)

    def _arm(self, point: str | None) -> None:
        self.stack.bot.arm(point)
        self.point = point
        self.story.append(f"armed {point}")

    def _died(self, *, within: float) -> bool:
        if not self.stack.bot.wait_for_end(timeout=within):
            return False
        self.kills += 1
        self.run.remark(f"killed {self.point or 'while it was left alone'}")
        self.story.append("killed")
        return True
