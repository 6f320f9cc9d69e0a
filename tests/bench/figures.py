"""What is promised about speed and size, and whether a run kept it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench import alerts, measuring
from tests.bench.alerts import AlertTimes
from tests.bench.measuring import Pair, Sharing, Start
from tests.bench.programs import plain_program, traded_with


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to look. Seconds are those of one measurement."""

    taps: int
    warm_up: int
    rounds: int
    flood_seconds: float
    askers: int
    pause: float
    starts: int
    slow_seconds: float
    held_back: float
    pictures: int
    known_markets: int
    rules: int


FULL = Effort(
    taps=300,
    warm_up=10,
    rounds=7,
    flood_seconds=2.0,
    askers=1_000,
    pause=measuring.FRESH,
    starts=5,
    slow_seconds=8.0,
    held_back=10.0,
    pictures=30,
    known_markets=300,
    rules=1_000_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    name: str
    measured: str
    required: str
    passed: bool


async def measure_all(effort: Effort) -> list[Figure]:
    figures = _of_starts(await measuring.starts(times=effort.starts))
    async with traded_with() as ours, plain_program() as plain:
        taps = await measuring.taps(ours, plain, times=effort.taps, warm_up=effort.warm_up)
        rates = await measuring.answers_per_second(ours, plain, rounds=effort.rounds, seconds=effort.flood_seconds)
        fresh, stale = await measuring.sharing(ours, askers=effort.askers, pause=effort.pause)
    known = effort.known_markets
    async with traded_with(known_markets=known) as ours, traded_with(known_markets=known) as twin:
        prices, balances = await measuring.beside_a_slow_call(
            ours, twin, seconds=effort.slow_seconds, held_back=effort.held_back
        )
        drawn = await measuring.pictures(ours, twin, times=effort.pictures)
    return [
        _of_taps(taps),
        _of_rates(rates),
        _of_sharing(fresh, name="fresh", askers=effort.askers, allowed=0),
        _of_sharing(stale, name="old", askers=effort.askers, allowed=1),
        *figures,
        _of_waits(prices, name="/price"),
        _of_waits(balances, name="/balance"),
        *_of_pictures(*drawn),
        *_of_alerts(await alerts.measure(rules=effort.rules, times=effort.taps), rules=effort.rules),
    ]


def table(figures: Sequence[Figure]) -> str:
    widths = [max(len(getattr(figure, column)) for figure in figures) for column in ("name", "measured", "required")]
    rows = [
        f"{'ok  ' if figure.passed else 'MISS'}  {figure.name:<{widths[0]}}  {figure.measured:<{widths[1]}}  "
        f"{figure.required}".rstrip()
        for figure in figures
    ]
    return "\n".join(rows) + "\n"


def _of_taps(taps: Pair) -> Figure:
    return Figure(
        name="tap to first byte of the order, against a plain program",
        measured=f"{taps.ratio:.2f} ({_ms(taps.ours)} against {_ms(taps.other)})",
        required="at most 0.8",
        passed=taps.ratio <= 0.8,
    )


def _of_rates(rates: Pair) -> Figure:
    return Figure(
        name="answers a second when flooded, against a plain program",
        measured=f"{rates.ratio:.2f} ({rates.ours:.0f} against {rates.other:.0f})",
        required="at least 3",
        passed=rates.ratio >= 3,
    )


def _of_sharing(sharing: Sharing, *, name: str, askers: int, allowed: int) -> Figure:
    return Figure(
        name=f"calls for prices when {askers:,} people ask at once and the last are {name}",
        measured=f"{sharing.calls} (in {sharing.seconds:.1f} s)",
        required=f"{allowed}, and 1 more every 3 s",
        passed=sharing.excess <= allowed,
    )


def _of_starts(starts: Sequence[Start]) -> list[Figure]:
    memory, seconds = median(start.memory for start in starts), median(start.seconds for start in starts)
    return [
        Figure(
            name="memory after the start",
            measured=f"{memory:.0f} MB (largest {max(start.memory for start in starts):.0f})",
            required="at most 120 MB",
            passed=memory <= 120,
        ),
        Figure(
            name="start to first poll",
            measured=f"{seconds:.1f} s (longest {max(start.seconds for start in starts):.1f})",
            required="at most 3 s",
            passed=seconds <= 3,
        ),
    ]


def _of_pictures(first: float, following: float, waits: Pair) -> list[Figure]:
    return [
        Figure(name="/chart, the first", measured=_ms(first), required="at most 1,000 ms", passed=first <= 1),
        Figure(name="/chart, those after", measured=_ms(following), required="at most 300 ms", passed=following <= 0.3),
        Figure(
            name="/price while pictures are drawn all the time, against none",
            measured=f"{waits.ratio:.2f} ({_ms(waits.ours)} against {_ms(waits.other)})",
            required="at most 1.2",
            passed=waits.ratio <= 1.2,
        ),
    ]


def _of_alerts(times: AlertTimes, *, rules: int) -> list[Figure]:
    armed = f"{rules:,} alerts in 300 markets, in each of prices, rises, falls, spreads and volumes"
    required = {"add": times.add, "remove": times.remove}
    return [
        Figure(
            name=f"a tick over {armed}; nothing fires",
            measured=f"{_ms(times.tick)} (19 of 20 within {_ms(times.slow_tick)})",
            required="at most 0.2 ms",
            passed=times.tick <= 0.0002,
        ),
        *(
            Figure(
                name=f"to {what} one in the market with 6 of 10 of them, without the row",
                measured=_ms(seconds),
                required="at most 0.2 ms",
                passed=seconds <= 0.0002,
            )
            for what, seconds in required.items()
        ),
        Figure(
            name="memory of an alert beside its row",
            measured=f"{times.memory:.1f} bytes",
            required="at most 64",
            passed=times.memory <= 64,
        ),
        Figure(
            name=f"1,000 alerts firing at one tick, scattered among {rules:,} rows, until durable",
            measured=_ms(times.fire),
            required="at most 30 ms",
            passed=times.fire <= 0.03,
        ),
    ]


def _of_waits(waits: Pair, *, name: str) -> Figure:
    return Figure(
        name=f"{name} of others while one exchange call takes 10 s, against none",
        measured=f"{waits.ratio:.2f} ({_ms(waits.ours)} against {_ms(waits.other)})",
        required="at most 1.2",
        passed=waits.ratio <= 1.2,
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
