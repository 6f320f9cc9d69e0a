"""Codes sent again in every way there is: none opens anything twice.

Each case has a code that is used rightly, and sends it (or an older one) again. Time only goes forward, so that
every case begins with codes nobody used; a right code begins each case's row of wrong ones anew.
"""

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatbot.domain.factors import (
    LOCKED_FOR,
    STEP,
    WRONG_IN_A_ROW,
    Accepted,
    Judgement,
    Locked,
)
from chatbot.domain.ids import PersonId
from tests.prove.proof import Proof, Run
from tests.storage.examples import NOW
from tests.storage.factor_keeping import APP, FactorKeeping

_AT_ONCE = 4
_RESTART_EVERY, _BRUTE_EVERY = 97, 89
_INSTANT = timedelta(microseconds=1)
_FIRST_STEP = int(NOW.timestamp()) // STEP + 10


class _Phone:
    """Anna's factor, and the moments of the steps of one case."""

    def __init__(self, kept: FactorKeeping, case: int, chance: random.Random) -> None:
        self.kept, self.case, self.chance = kept, case, chance
        self.begin = datetime.fromtimestamp((_FIRST_STEP + 5 * case) * STEP, UTC)

    def code(self, step: int = 0) -> str:
        return APP.at(self.begin + timedelta(seconds=STEP * step))

    def within(self, step: int = 0) -> datetime:
        """A moment within a step; often its very first or last."""
        begin = self.begin + timedelta(seconds=STEP * step)
        end = begin + timedelta(seconds=STEP) - _INSTANT
        return self.chance.choice((begin, end, begin + timedelta(seconds=STEP * self.chance.random())))

    async def send(self, code: str, *, at: datetime) -> Judgement:
        return await self.kept.verify(code, at=at)


async def _again(phone: _Phone) -> list[Judgement]:
    """A code is used, and sent again at any later moment at which it could still be good."""
    first = phone.begin + timedelta(seconds=phone.chance.choice((0, 1, STEP - 1)))
    used = await phone.send(phone.code(), at=first)
    return [used, await phone.send(phone.code(), at=max(first, phone.within(phone.chance.choice((0, 1)))))]


async def _previous_again(phone: _Phone) -> list[Judgement]:
    """The code of the step before is good once."""
    at = phone.within(1)
    return [await phone.send(phone.code(0), at=at), await phone.send(phone.code(0), at=at)]


async def _older(phone: _Phone) -> list[Judgement]:
    """Once a code was accepted, the one before it is not, though nobody used it."""
    at = phone.within(1)
    return [await phone.send(phone.code(1), at=at), await phone.send(phone.code(0), at=at)]


async def _too_old(phone: _Phone) -> list[Judgement]:
    """A code that nobody used is over with the step after its own."""
    used = await phone.send(phone.code(0), at=phone.within(0))
    over = phone.begin + timedelta(seconds=3 * STEP) + phone.chance.choice((timedelta(), _INSTANT))
    return [used, await phone.send(phone.code(1), at=over)]


async def _at_once(phone: _Phone) -> list[Judgement]:
    """Several send one fresh code at the same time."""
    at = phone.within()
    return list(await asyncio.gather(*(phone.send(phone.code(), at=at) for _ in range(_AT_ONCE))))


_WAYS: tuple[Callable[[_Phone], Awaitable[list[Judgement]]], ...] = (
    _again,
    _previous_again,
    _older,
    _too_old,
    _at_once,
)


async def _brute(run: Run, phone: _Phone) -> None:
    """Somebody guesses for a day, and then has the right code: the sixth guess is not even looked at."""
    victim, kept = PersonId(1_000_000 + phone.case), phone.kept
    kept.now = phone.begin
    await kept.turn_on(victim)
    at, judged = kept.now, list[Judgement]()
    for _ in range(WRONG_IN_A_ROW):
        at += timedelta(minutes=phone.chance.random())
        near = {APP.at(at), APP.at(at - timedelta(seconds=STEP))}
        guess = next(code for code in (f"{phone.chance.randrange(10**6):06}" for _ in range(9)) if code not in near)
        judged.append(await kept.verify(guess, person=victim, at=at))
    locked = Locked(until=at + LOCKED_FOR)
    if any(isinstance(each, Locked) for each in judged[:-1]) or judged[-1] != locked:
        run.fail(phone.case, f"{WRONG_IN_A_ROW} guesses were judged {judged}")
    later = at + LOCKED_FOR * phone.chance.random() * 0.999
    if await kept.verify(APP.at(later), person=victim, at=later) != locked:
        run.fail(phone.case, "a code was looked at while the factor was locked")
    if await kept.verify(APP.at(locked.until), person=victim, at=locked.until) != Accepted():
        run.fail(phone.case, "the lock did not end")
    run.remark("guessers locked out")


async def _after_restart(run: Run, phone: _Phone) -> None:
    """The code of the case could still be good by the clock, and is not."""
    end = phone.begin + timedelta(seconds=2 * STEP) - _INSTANT
    if await phone.send(phone.code(), at=end) == Accepted():
        run.fail(phone.case, "accepted again after a restart")
    run.remark("replays after a restart")


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    with tempfile.TemporaryDirectory() as name:
        async with AsyncExitStack() as stack:
            kept = await stack.enter_async_context(FactorKeeping.opened(Path(name)))
            await kept.turn_on()
            for case, chance in run.cases():
                way = chance.choice(_WAYS)
                judged = await way(_Phone(kept, case, chance))
                if judged.count(Accepted()) != 1 or (way is not _at_once and judged[0] != Accepted()):
                    run.fail(case, f"{way.__name__}: {judged}")
                if case % _RESTART_EVERY == 0:
                    await stack.aclose()
                    kept = await stack.enter_async_context(FactorKeeping.opened(Path(name)))
                    await _after_restart(run, _Phone(kept, case, chance))
                if case % _BRUTE_EVERY == 0:
                    await _brute(run, _Phone(kept, case, chance))


PROOF = Proof(
    name="codes",
    claim="one-time codes sent again: at once, at the edge of their time, after a restart: none accepted",
    required=10_000,
    sample=120,
    prove=prove,
    shares=2,
)
