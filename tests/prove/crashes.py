"""`kill -9` at a named point, again and again: never a second order, never a forgotten one, and everybody is told.

One case is one trial: one or two people tap cards (market and limit orders, cancellations of one or all), one takes the
two steps of a withdrawal, one converts, or a price crosses the level of an alert. The exchange may be in trouble then,
and the bot kills itself at a random point. It is started again at once, perhaps to be killed again while it finds out;
and left alone at last. Then the practice exchange's books are the judge.
"""

import random
import tempfile
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from chatbot.paper import auth
from tests.harness import Persona
from tests.harness.crash_points import AFTER_A_LOSS, AFTER_THE_TAP
from tests.harness.crashing import CrashingStack, StoredTicket
from tests.prove.alert_crashes import AlertTrial
from tests.prove.convert_crashes import ConvertTrial
from tests.prove.judging import Judge, Tapped, Wrong
from tests.prove.proof import Proof, Run
from tests.prove.withdrawal_crashes import WithdrawalTrial

RATE = 20.0
"""The thirty seconds between two clean reads are one and a half."""
_PEOPLE = 16
_TO_CRASH = 1.0  # seconds an armed run is given
_TO_CRASH_LATE = 3.0  # seconds an armed run is given to get to a point of the search
_KINDS = ("market buy", "market sell", "limit", "limit", "cancel", "cancel all")
_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "drop_answer"},
    {"kind": "drop_request"},
    {"kind": "half_body"},
    {"kind": "garbage"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 429},
    {"kind": "status_after", "status": 500},
    {"kind": "status_after", "status": 502},
    {"kind": "refuse", "reason": "not_today", "status_code": 1999},
    {"kind": "delay", "seconds": 0.1},
    {"kind": "delay", "seconds": 0.35},
)


@dataclass(slots=True)
class Trial:
    """One case. `story` tells what was done, for a failure."""

    stack: CrashingStack
    chance: random.Random
    people: list[Persona]
    http: httpx.Client
    judge: Judge
    cards: list[Tapped] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    kills: int = 0

    def carry_out(self) -> None:
        if not self.stack.bot.is_alive:
            self.stack.bot.run()
        self.stack.synchronize()
        chosen = self.chance.sample(self.people, self.chance.choice((1, 1, 2)))
        self.cards = [self._card(person) for person in chosen]
        self._trouble()
        self._crash()
        self._leave_alone()
        for card in self.cards:
            self.judge.settle(card)
            self.judge.judge(card)
        self.stack.exchange.clear_faults()

    # Before the tap

    def _card(self, person: Persona) -> Tapped:
        kind = self.chance.choice(_KINDS)
        price = self.stack.exchange.ticker("BTCUSDT")["last"] * Decimal("0.8")
        if kind.startswith("cancel"):
            for _ in range(1 if kind == "cancel" else self.chance.randint(1, 3)):
                self._book(person, price)
        open_now = [order["order_number"] for order in self.stack.exchange.orders(person) if order["status"] in "NP"]
        if len(open_now) > 12:
            kind = "cancel all"
        words = {
            "market buy": "/buy 0.001 BTC",
            "market sell": "/sell 0.001 BTC",
            "limit": f"/buy 0.001 BTC @ {price:.2f}",
            "cancel": f"/cancel {open_now[-1] if open_now else 0}",
            "cancel all": "/cancel all",
        }
        self.story.append(f"{person.name}: {kind}")
        card = person.ask(words[kind])
        assert "Confirm" in card.buttons[0] or "Cancel" in card.buttons[0], f"no card but: {card}"
        button = next(label for label in card.buttons if label.startswith(("Confirm", "Cancel")))
        cancels = {"cancel": tuple(open_now[-1:]), "cancel all": tuple(open_now)}.get(kind, ())
        return Tapped(
            person=person,
            kind=kind,
            card=card,
            ticket=card.data(button).split(":")[1],
            cancels=cancels,
            booked_before=len(self.stack.exchange.orders(person)),
        )

    def _book(self, person: Persona, price: Decimal) -> None:
        """An open order of the person's that did not come from the bot."""
        assert person.account is not None
        account = person.account
        body = (
            f'{{"order_type":"limit","market_code":"BTCUSDT","volume":"0.001","buy_sell":"B","price":"{price:.2f}",'
            '"client_id":0,"post_only":false,"account_name":"Main"}'
        ).encode()
        stamp = f"{self.stack.start + (time.time() - self.stack.start) * RATE:.3f}"
        signature = auth.sign(
            secret_key=account.secret_key,
            api_key=account.api_key,
            username=account.username,
            passphrase=account.passphrase,
            timestamp=stamp,
            body=body,
        )
        headers = {
            "ACCESS-USER": account.username,
            "ACCESS-PASSPHRASE": account.passphrase,
            "ACCESS-TIMESTAMP": stamp,
            "ACCESS-SIGN": signature,
            "ACCESS-KEY": account.api_key,
        }
        said = self.http.post(f"{self.stack.exchange.url}/api/v1/orders/", content=body, headers=headers).json()
        assert said["status"] == "success", said

    def _trouble(self) -> None:
        exchange, chance = self.stack.exchange, self.chance
        if chance.random() < 0.45:
            fault = dict(chance.choice(_FAULTS))
            self.story.append(f"fault {fault}")
            kind, paths = str(fault.pop("kind")), ("/api/v1/orders/", "/api/v1/cancel_order/")
            for path in paths:
                exchange.fault(kind, path, method="POST", **fault)
        if chance.random() < 0.2:
            seconds = chance.randint(3, 30)
            self.story.append(f"lists stale for {seconds} s")
            exchange.fault("stale_lists", None, times=None, seconds=seconds)
        if chance.random() < 0.15:
            self.story.append("lists fail three times")
            exchange.fault("status", method="GET", status=502, times=3)

    # The tap, and what follows

    def _crash(self) -> None:
        bot, chance = self.stack.bot, self.chance
        point = chance.choice(tuple(AFTER_THE_TAP))
        self._arm_running(point)
        for card in self.cards:
            self._tap(card)
        if not self._ended(point, within=_TO_CRASH):
            point = chance.choice(tuple(AFTER_A_LOSS))
            self._arm_running(point)
            if not self._ended(point, within=_TO_CRASH_LATE if self._is_open() else 0.05):
                return
        while chance.random() < 0.5:
            point = chance.choice(tuple(AFTER_A_LOSS if chance.random() < 0.8 else AFTER_THE_TAP))
            bot.run(point=point)
            if chance.random() < 0.3:
                self._tap(chance.choice(self.cards))
            if not self._ended(point, within=_TO_CRASH_LATE if self._is_open() else 0.3):
                return

    def _leave_alone(self) -> None:
        """From here on nothing kills the bot; it may have been killed just before."""
        if self.stack.bot.is_alive:
            self._arm_running(None)
            self._ended("while it was left alone", within=0.05)
        if not self.stack.bot.is_alive:
            self.stack.bot.run()

    def _tap(self, card: Tapped) -> None:
        button = "Confirm" if not card.cancels else card.card.buttons[0]
        card.taps.append(card.person.forge(card.card.data(button), card.card))

    def _arm_running(self, point: str | None) -> None:
        self.stack.bot.arm(point, passes=self.chance.choice((1, 1, 1, 2)))

    def _ended(self, point: str, *, within: float) -> bool:
        if not self.stack.bot.wait_for_end(timeout=within):
            return False
        self.kills += 1
        self.judge.run.remark(f"killed {point}")
        self.story.append(f"killed {point}")
        return True

    def _is_open(self) -> bool:
        return any(self._stored(card).state in ("pending", "claimed", "uncertain") for card in self.cards)

    def _stored(self, card: Tapped) -> StoredTicket:
        return self.stack.ticket_of(card.ticket)


def prove(run: Run) -> None:
    """Counts kills, not trials."""
    with (
        tempfile.TemporaryDirectory() as folder,
        CrashingStack.crashing(Path(folder), rate=RATE, ALIAS_HOLD_MINUTES="1") as stack,
        httpx.Client(trust_env=False, verify=False) as http,
    ):
        stack.bot.run()
        stack.synchronize()
        people = [stack.person(f"P{number}") for number in range(min(_PEOPLE, 2 + run.count))]
        for person in people:
            stack.synchronize()
            stack.link(person)
        judge = Judge(stack, run)
        case = run.first
        while run.done < run.count and run.failed < 5:
            _try(run, case, people=people, http=http, judge=judge)
            case += 1
        run.remarks["trials"] = case - run.first
        if not run.failed:
            judge.judge_later()


def _try(run: Run, case: int, *, people: list[Persona], http: httpx.Client, judge: Judge) -> None:
    stack = judge.stack
    chance = run.chance(case)
    trial: Trial | WithdrawalTrial | AlertTrial | ConvertTrial
    match case % 5:
        case 1:
            trial = AlertTrial(stack, chance, chance.choice(people), run, case)
        case 2:
            trial = WithdrawalTrial(stack, chance, chance.choice(people), run, case)
        case 3:
            trial = ConvertTrial(stack, chance, chance.choice(people), run)
        case _:
            trial = Trial(stack, chance, people, http, judge)
    try:
        trial.carry_out()
    except (Wrong, AssertionError) as error:
        log = stack.bot.tail(25)
        run.fail(case, f"{'; '.join(trial.story)}\n{error}\nthe bot's log ends with:\n{log}")
        stack.exchange.clear_faults()
    run.count_done(trial.kills)


PROOF = Proof(
    name="crashes",
    claim="kill -9 between tap and last card, restarted: nothing doubled, nothing forgotten, the right outcome told",
    required=700,
    sample=3,
    prove=prove,
    shares=2,
    processes=True,
)
