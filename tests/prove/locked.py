"""`/lock` in the midst of everything: what was tapped but not sent yet is not sent any more.

Several people tap Confirm on all their cards at once, while the exchange is slow to tell the prices that a tap is held
against: so every order waits between its tap and its first byte. Meanwhile half of the people lock, right behind a
command of their own that takes its time. The others' orders, which go out in the end, show that there was something to
stop.
"""

import asyncio
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.harness import Message, Persona, Stack, eventually
from tests.harness.exchange import BALANCE
from tests.prove.proof import Proof, Run

_PEOPLE = 4
_CARDS = 3
_AT_MOST = 1.0  # seconds from /lock to the last order that leaves
_SLOW = 2.0  # seconds the exchange takes for prices and balances
_STALE = 11.0  # seconds after which a price is too old for a tap
_BOOK = "/api/v1/order_book/"


@dataclass(frozen=True, slots=True)
class Tapper:
    persona: Persona
    cards: list[Message]

    def sent(self, stack: Stack) -> int:
        return len(stack.exchange.orders(self.persona))


def prove(run: Run) -> None:
    with tempfile.TemporaryDirectory() as folder, Stack.running(Path(folder), leaping=True) as stack:
        for case, chance in run.cases():
            if run.failed < 5:
                asyncio.run(_round(run, case, chance, stack))


async def _round(run: Run, case: int, chance: random.Random, stack: Stack) -> None:
    stack.exchange.reset()
    people = [_prepared(stack) for _ in range(_PEOPLE)]
    chance.shuffle(people)
    lockers, others = people[: _PEOPLE // 2], people[_PEOPLE // 2 :]
    for path in (_BOOK, BALANCE):
        stack.exchange.fault("delay", path, seconds=_SLOW, times=None)
    stack.leap(_STALE)
    async with httpx.AsyncClient(base_url=stack.chat.url, timeout=60, trust_env=False) as http:
        taps = [_tap(http, each.persona, card) for each in people for card in each.cards]
        await asyncio.gather(*taps, *(_lock(run, case, chance, stack, each) for each in lockers))
    eventually(lambda: all(each.sent(stack) == _CARDS for each in others), timeout=10)
    for each in lockers:
        run.remark(f"sent before the lock: {each.sent(stack)} of {_CARDS}")


async def _lock(run: Run, case: int, chance: random.Random, stack: Stack, locker: Tapper) -> None:
    """A slow command, and `/lock` while it is under way. Counts what was sent a second later, and at the end."""
    await asyncio.sleep(chance.uniform(0.0, 1.3 * _SLOW))
    await asyncio.to_thread(locker.persona.say, "/balance")
    locked_at = time.monotonic()
    await asyncio.to_thread(locker.persona.say, "/lock")
    await asyncio.to_thread(locker.persona.wait_for, "Locked.")
    took = time.monotonic() - locked_at
    if took > _AT_MOST:
        run.fail(case, f"it took {took:.2f} s to lock")
    await asyncio.sleep(max(locked_at + _AT_MOST - time.monotonic(), 0.0))
    early = await asyncio.to_thread(locker.sent, stack)
    await asyncio.sleep(_SLOW + 1.0)
    late = await asyncio.to_thread(locker.sent, stack)
    if late != early:
        run.fail(case, f"{late - early} orders were sent later than {_AT_MOST} s after /lock")


def _prepared(stack: Stack) -> Tapper:
    persona = stack.person("Ludo", linked=True)
    return Tapper(persona, [persona.ask("/buy 0.001 BTC") for _ in range(_CARDS)])


async def _tap(http: httpx.AsyncClient, persona: Persona, card: Message) -> None:
    what = {"user": persona.id, "chat": card.chat, "message": card.id, "data": card.data("Confirm")}
    await http.post("/control/tap", json=what)


PROOF = Proof(
    name="locked",
    claim="/lock among taps and slow commands: nothing new is sent later than 1 s after it",
    required=40,
    sample=1,
    prove=prove,
    shares=2,
    processes=True,
)
