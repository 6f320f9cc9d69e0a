"""A hundred taps on one card at once: one order, and a sentence for everybody.

The taps are the owner's own, double and late, and those of others who got hold of the data behind the button.
"""

import asyncio
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.harness import Message, Persona, Stack
from tests.prove.proof import Proof, Run

_AT_ONCE = 100
_LATE = 3
_OTHERS = 3
_PATIENCE = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Cast:
    """Who taps. `theirs` is a message of the bot in each other person's own chat, to send forged data from."""

    stack: Stack
    owner: Persona
    theirs: tuple[tuple[Persona, Message], ...]
    http: httpx.AsyncClient

    async def tap(self, user: int, message: Message, data: str) -> str:
        what = {"user": user, "chat": message.chat, "message": message.id, "data": data}
        return str((await self.http.post("/control/tap", json=what)).json()["query"])

    async def answer(self, query: str) -> str:
        """What the person was told; nothing if that took too long."""
        said = (await self.http.get(f"/control/query/{query}", params={"wait": _PATIENCE})).json()
        return said["text"] or "" if said["answered"] else ""


def prove(run: Run) -> None:
    with tempfile.TemporaryDirectory() as folder, Stack.running(Path(folder)) as stack:
        asyncio.run(_prove(run, stack))


async def _prove(run: Run, stack: Stack) -> None:
    owner = stack.person("Olga", linked=True)
    others = [stack.person(f"M{number}", linked=True) for number in range(_OTHERS)]
    theirs = tuple((other, other.ask("/accounts")) for other in others)
    limits = httpx.Limits(max_connections=_AT_ONCE)
    async with httpx.AsyncClient(base_url=stack.chat.url, timeout=60, trust_env=False, limits=limits) as http:
        cast = Cast(stack, owner, theirs, http)
        for case, chance in run.cases():
            if run.failed < 5:
                await _round(run, case, chance, cast)


async def _round(run: Run, case: int, chance: random.Random, cast: Cast) -> None:
    owner, exchange = cast.owner, cast.stack.exchange
    before = len(exchange.orders())
    high = exchange.ticker("ETHUSDT")["last"] * 2
    card = owner.ask("/buy 0.001 BTC" if chance.random() < 0.7 else f"/sell 0.003 ETH @ {high:.2f}")
    data = card.data("Confirm")
    first = await asyncio.gather(*(_one(chance, cast, card, data) for _ in range(_AT_ONCE - _LATE)))
    words = list(await asyncio.gather(*map(cast.answer, first)))
    owner.wait_for(lambda seen: "is filled" in seen.text or "is open" in seen.text, message=card)
    late = [await cast.tap(owner.id, card, data) for _ in range(_LATE)]
    words += await asyncio.gather(*map(cast.answer, late))
    orders = exchange.orders()[before:]
    rightful = [order for order in orders if order["username"] == owner.username]
    if len(orders) != 1 or len(rightful) != 1:
        run.fail(case, f"{len(orders)} orders, {len(rightful)} of them the owner's")
    if words.count("Sending…") != 1:
        run.fail(case, f"{words.count('Sending…')} taps were told that it is being sent")
    if not all(words):
        run.fail(case, f"{words.count('')} taps got no sentence")
    for said in set(words):
        run.remark(f"told: {said[:60]}")


async def _one(chance: random.Random, cast: Cast, card: Message, data: str) -> str:
    """The first is the owner's in any case: that somebody wins is part of the claim."""
    kind = chance.choice(("own", "own", "stolen", "mangled"))
    if kind == "stolen":
        other, message = chance.choice(cast.theirs)
        return await cast.tap(other.id, message, data)
    if kind == "mangled":
        return await cast.tap(cast.owner.id, card, data[:-1] + chance.choice("AZ_"))
    return await cast.tap(cast.owner.id, card, data)


PROOF = Proof(
    name="taps",
    claim=f"{_AT_ONCE} concurrent taps on one card, own, stolen, mangled, late: one order, a sentence for each",
    required=200,
    sample=1,
    prove=prove,
    shares=2,
    processes=True,
)
