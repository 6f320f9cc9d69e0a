"""The measurements. Each returns what it saw; whether that is good enough is said elsewhere."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.bench.bot_api import questions
from tests.bench.programs import TRADERS, Program, our_program

_THINKING = 0.03
"""Seconds between a card and its tap, and after the tap: nobody taps while the bot is still sending the card."""
_PLAIN_CARD = 77
FRESH = 3.0
"""Seconds for which the bot may go on telling the same prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The medians of the same measurement, ours and the other."""

    ours: float
    other: float

    @property
    def ratio(self) -> float:
        return self.ours / self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """How often the exchange was asked for prices while so many people asked us, within `seconds`."""

    calls: int
    seconds: float

    @property
    def excess(self) -> int:
        """Calls beyond one for each time the prices grew old meanwhile."""
        return self.calls - int(self.seconds / FRESH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One start of the bot: seconds to the first poll, and MB of memory a little later."""

    seconds: float
    memory: float


async def taps(ours: Program, plain: Program, *, times: int, warm_up: int) -> Pair:
    """Seconds from a tap to the first byte of its order, in turns; those of the warm-up do not count."""
    our_times, plain_times = [], []
    for number in range(warm_up + times):
        our_times.append(await _our_tap(ours, TRADERS[number % len(TRADERS)]))
        plain_times.append(await _tap(plain, TRADERS[0], _PLAIN_CARD, "buy"))
    return Pair(ours=median(our_times[warm_up:]), other=median(plain_times[warm_up:]))


async def _our_tap(ours: Program, person: int) -> float:
    _, card = await ours.telegram.ask(person, "/buy 0.01 BTC")
    await asyncio.sleep(_THINKING)
    return await _tap(ours, person, card.message_id, card.button("Confirm"))


async def _tap(program: Program, person: int, message_id: int, data: str) -> float:
    order = program.exchange.next_order()
    handed_out, _ = await program.telegram.tap(person, message_id, data)
    seconds = await order - handed_out
    await asyncio.sleep(_THINKING)
    return seconds


async def answers_per_second(ours: Program, plain: Program, *, rounds: int, seconds: float) -> Pair:
    """Answers to `/price BTC` a second while there is always more to answer, in turns."""
    our_rates, plain_rates = [], []
    for _ in range(rounds):
        our_rates.append(await _flooded(ours, seconds=seconds))
        plain_rates.append(await _flooded(plain, seconds=seconds))
    return Pair(ours=median(our_rates), other=median(plain_rates))


async def _flooded(program: Program, *, seconds: float) -> float:
    telegram = program.telegram
    telegram.flood(questions("/price BTC", people=1_000))
    await asyncio.sleep(seconds / 4)
    before, began = telegram.sent, perf_counter()
    await asyncio.sleep(seconds)
    rate = (telegram.sent - before) / (perf_counter() - began)
    await telegram.end_flood()
    return rate


async def sharing(ours: Program, *, askers: int, pause: float) -> tuple[Sharing, Sharing]:
    """Calls for prices while everybody asks at once: when the last answer is fresh, and after a pause in seconds.

    The bot also asks by itself every five seconds, to watch the markets; so the better of two tries counts.
    """
    tries = [await _both(ours, askers=askers, pause=pause) for _ in range(2)]
    fresh, stale = (min(seen, key=lambda each: each.excess) for seen in zip(*tries, strict=True))
    return fresh, stale


async def _both(ours: Program, *, askers: int, pause: float) -> tuple[Sharing, Sharing]:
    await asyncio.sleep(pause)
    await ours.telegram.ask(TRADERS[0], "/price BTC")
    fresh = await _everybody_asks(ours, askers=askers)
    await asyncio.sleep(pause)
    ours.exchange.slow = lambda request: 0.2 if "/ticker/" in request.path else 0.0
    stale = await _everybody_asks(ours, askers=askers)
    ours.exchange.slow = lambda _: 0.0
    return fresh, stale


async def _everybody_asks(ours: Program, *, askers: int) -> Sharing:
    before, began = ours.exchange.calls["ticker"], perf_counter()
    await asyncio.gather(*(ours.telegram.ask(1_000 + person, "/price BTC") for person in range(askers)))
    return Sharing(calls=ours.exchange.calls["ticker"] - before, seconds=perf_counter() - began)


async def starts(*, times: int) -> list[Start]:
    """Start and end the bot so many times on one database."""
    seen = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(times):
            async with our_program(Path(folder)) as ours:
                await asyncio.sleep(0.5)
                seen.append(Start(seconds=ours.started_in, memory=await ours.memory()))
    return seen


async def beside_a_slow_call(ours: Program, twin: Program, *, seconds: float, held_back: float) -> tuple[Pair, Pair]:
    """Seconds others wait, for `/price BTC` and for `/balance`, while one person's call is held back so long.

    The same people ask the same of a twin where no call hangs, in turns.
    """
    patient, *others = TRADERS
    ours.exchange.slow = lambda request: held_back if b"trader%d\r\n" % patient in request.head else 0.0
    hanging = asyncio.create_task(ours.telegram.ask(patient, "/balance"))
    waits: dict[str, tuple[list[float], list[float]]] = {"/price BTC": ([], []), "/balance": ([], [])}
    ends_at, turn = perf_counter() + seconds, 0
    while perf_counter() < ends_at:
        person, turn = others[turn % len(others)], turn + 1
        for question, (ours_times, twin_times) in waits.items():
            pair = ((ours, ours_times), (twin, twin_times))
            for program, times in pair if turn % 2 else pair[::-1]:
                times.append(await _wait(program, person, question))
    if hanging.done():
        raise RuntimeError("the slow call was over too soon to measure beside it")
    await hanging
    ours.exchange.slow = lambda _: 0.0
    prices, balances = (Pair(ours=median(times[0]), other=median(times[1])) for times in waits.values())
    return prices, balances


async def pictures(ours: Program, twin: Program, *, times: int) -> tuple[float, float, Pair]:
    """Seconds to the first picture and, the median, to those after it; and those that others wait for `/price BTC`
    while pictures are drawn all the time, against a twin where none are.

    Whoever asks for pictures has orders, which are in them.
    """
    first, *others = [await _picture(ours) for _ in range(1 + times)]
    enough = asyncio.Event()
    drawing = asyncio.create_task(_draw_on(ours, until=enough))
    waits: tuple[list[float], list[float]] = ([], [])
    people = TRADERS[1:]
    for turn in range(6 * times):
        person, pair = people[turn % len(people)], ((ours, waits[0]), (twin, waits[1]))
        for program, seen in pair if turn % 2 else pair[::-1]:
            seen.append(await _wait(program, person, "/price BTC"))
    enough.set()
    await drawing
    return first, median(others), Pair(ours=median(waits[0]), other=median(waits[1]))


async def _picture(program: Program) -> float:
    handed_out, sent = await program.telegram.ask(TRADERS[0], "/chart BTC")
    return sent.at - handed_out


async def _draw_on(program: Program, *, until: asyncio.Event) -> None:
    while not until.is_set():
        await _picture(program)


async def _wait(program: Program, person: int, question: str) -> float:
    handed_out, sent = await program.telegram.ask(person, question)
    await asyncio.sleep(_THINKING / 3)
    return sent.at - handed_out
