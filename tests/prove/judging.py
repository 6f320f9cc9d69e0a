"""What must be so once a killed bot was left alone: the practice exchange's books are the judge."""

from dataclasses import dataclass, field
from typing import Any

from tests.harness import Message, Persona, Tap, eventually
from tests.harness.crashing import CrashingStack, StoredTicket
from tests.prove.proof import Run

_TO_SETTLE = 25.0  # seconds
_TO_FOLLOW = 40.0  # seconds
_STEPS = {
    ("pending", "claimed"),
    ("pending", "expired"),
    ("claimed", "done"),
    ("claimed", "refused"),
    ("claimed", "uncertain"),
    ("uncertain", "done"),
    ("uncertain", "refused"),
}
_SETTLED_WORDS = {"F": "is filled", "C": "is cancelled", "N": "is open", "P": "is partly filled"}
_NOT_PLACED_WORDS = ("Nothing was sent", "Not placed", "Refused by the exchange", "Nothing was placed", "not placed")


class Wrong(Exception):
    """Something that must never be."""


@dataclass(slots=True, kw_only=True)
class Tapped:
    """A card somebody tapped."""

    person: Persona
    kind: str
    card: Message
    ticket: str
    cancels: tuple[int, ...]
    booked_before: int
    taps: list[Tap] = field(default_factory=list)


@dataclass(slots=True)
class Judge:
    """Judges cards of one product. What it finds is counted in the run's remarks."""

    stack: CrashingStack
    run: Run
    placed: list[tuple[Tapped, int]] = field(default_factory=list)

    def settle(self, card: Tapped) -> None:
        """Wait until the bot knows, has painted what it knows, and has said what it had to say."""

        def is_over() -> bool:
            stored = self._stored(card)
            if stored.state in ("pending", "claimed", "uncertain") or stored.revision != stored.shown:
                return False
            if stored.order_number is not None and "accepted" in card.person.now(card.card).text:
                return False
            results = stored.outcome["value"].get("results", ()) if stored.outcome else ()
            if any(result["state"] in ("requested", "lost") for result in results):
                return False
            return not self.stack.outbox_of(card.person)

        try:
            eventually(is_over, timeout=_TO_SETTLE, pause=0.05)
        except AssertionError:
            raise Wrong(f"not settled: {self._stored(card)}\n{card.person.now(card.card)}") from None

    def judge(self, card: Tapped) -> None:
        stored = self._stored(card)
        self._judge_steps(stored)
        orders = self.stack.exchange.orders(card.person)
        if card.cancels:
            self._judge_cancellation(card, stored, orders)
        else:
            self._judge_order(card, stored, orders)
        if ("claimed", "uncertain") in stored.steps:
            self._judge_notice(card, stored)
        for tap in card.taps:
            toast = tap.toast(timeout=3)
            if not toast.answered or not toast.text:
                raise Wrong(f"a tap got no sentence: {toast}")

    def judge_later(self) -> None:
        """Orders go on after their trial was judged; in the end every card says how its own ended."""
        eventually(lambda: not self._behind(), timeout=_TO_FOLLOW, pause=0.5)

    def _behind(self) -> list[str]:
        """The cards that do not say what the exchange says."""
        states = {order["order_number"]: order["status"] for order in self.stack.exchange.orders()}
        people = {card.person.id: card.person for card, _ in self.placed}
        texts = {(person, seen.id): seen.text for person in people for seen in people[person].messages()}
        return [
            text
            for card, number in self.placed
            if f"#{number} {_SETTLED_WORDS[states[number]]}" not in (text := texts[card.person.id, card.card.id])
        ]

    def _stored(self, card: Tapped) -> StoredTicket:
        return self.stack.ticket_of(card.ticket)

    def _judge_steps(self, stored: StoredTicket) -> None:
        for step in stored.steps:
            if step not in _STEPS or stored.steps.count(step) > 1:
                raise Wrong(f"its state went {stored.steps}")

    def _judge_order(self, card: Tapped, stored: StoredTicket, orders: list[dict[str, Any]]) -> None:
        mine = [order for order in orders if order["client_id"] == stored.client_id]
        if len(mine) > 1 or len(orders) - card.booked_before != len(mine):
            raise Wrong(f"{len(mine)} orders of one ticket, {len(orders) - card.booked_before} new ones in all")
        text = card.person.now(card.card).text
        if mine:
            number, status = mine[0]["order_number"], str(mine[0]["status"])
            if stored.state != "done" or stored.order_number != number:
                raise Wrong(f"order #{number} was placed, and the ticket says {stored}")
            if f"#{number} {_SETTLED_WORDS[status]}" not in text:
                raise Wrong(f"order #{number} is {status}, and the card says:\n{text}")
            self.placed.append((card, number))
            self.run.remark("placed")
        else:
            if stored.state not in ("refused", "expired"):
                raise Wrong(f"nothing was placed, and the ticket says {stored}")
            if not any(words in text for words in _NOT_PLACED_WORDS):
                raise Wrong(f"nothing was placed, and the card says:\n{text}")
            self.run.remark(f"not placed: {stored.outcome['tag'] if stored.outcome else stored.state}")

    def _judge_cancellation(self, card: Tapped, stored: StoredTicket, orders: list[dict[str, Any]]) -> None:
        if len(orders) != card.booked_before:
            raise Wrong("a cancellation placed an order")
        text = card.person.now(card.card).text
        states = {order["order_number"]: order["status"] for order in orders}
        if stored.state in ("expired", "refused"):
            if any(states[number] == "C" for number in card.cancels):
                raise Wrong(f"orders were cancelled, and the ticket says {stored}")
            return
        for number in card.cancels:
            cancelled = states[number] == "C"
            line = next((line for line in text.splitlines() if f"#{number} " in line), "")
            if cancelled != (": cancelled" in line):
                raise Wrong(f"order #{number} is {states[number]}, and the card says:\n{text}")
            self.run.remark("cancelled" if cancelled else "not cancelled")

    def _judge_notice(self, card: Tapped, stored: StoredTicket) -> None:
        told = [
            message
            for message in card.person.replies(after=card.card)
            if message.text.startswith("Settled:") and message.reply_to == card.card.id
        ]
        if not told:
            raise Wrong(f"settled, and nobody was told: {stored}")
        if len(told) > 1:
            self.run.remark("told twice")
        if not card.cancels:
            right = "It was placed" if stored.state == "done" else "It was not placed"
            if right not in told[-1].text:
                raise Wrong(f"{stored.state}, and the person was told:\n{told[-1].text}")
