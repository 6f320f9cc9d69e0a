"""Where the lines of a scale are, and what is written beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from statistics import fmean
from zoneinfo import ZoneInfo

from chatbot.domain.money import EXACT, ZERO, decimals_of, round_half_up
from chatbot.domain.preferences import NumberStyle
from chatbot.domain.zones import moment_at, zone_named

_SIGNS = {
    NumberStyle.COMMA: (",", "."),
    NumberStyle.SPACE: ("\N{NO-BREAK SPACE}", "."),
    NumberStyle.POINT: (".", ","),
}
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_LETTERS = ((12, "T"), (9, "B"), (6, "M"), (3, "K"))
_CLOCK_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720))
_DAY_STEPS = (1, 2, 5, 7, 10)
_DAY = timedelta(days=1)


def number(value: Decimal, *, decimals: int, style: NumberStyle) -> str:
    """Rounded and padded to so many decimals, with the signs of a style."""
    thousands, point = _SIGNS[style]
    whole, _, part = format(round_half_up(value, decimals=decimals), ",f").partition(".")
    return whole.replace(",", thousands) + (point + part if part else "")


def short(value: Decimal, *, style: NumberStyle) -> str:
    """To be grasped at a glance: three digits, with K, M, B or T for thousands and up."""
    for power, letter in _LETTERS:
        if value >= Decimal(10) ** power:
            return _three_digits(value.scaleb(-power), style=style) + letter
    return _three_digits(value, style=style)


def told_apart(values: Sequence[Decimal], *, style: NumberStyle) -> tuple[str, ...]:
    """The values of one scale, exactly and alike: with the decimals of the finest, and in thousands, millions and so on
    where the largest is ten of these.
    """
    scaled = ((power, letter) for power, letter in _LETTERS if max(values) >= Decimal(10).scaleb(power))
    power, letter = next(scaled, (0, ""))
    shown = [value.scaleb(-power).normalize() for value in values]
    decimals = max(map(decimals_of, shown))
    return tuple(number(value, decimals=decimals, style=style) + letter for value in shown)


def _three_digits(value: Decimal, *, style: NumberStyle) -> str:
    rounded = round_half_up(value, decimals=max(0, 2 - value.adjusted()) if value else 0)
    return number(rounded, decimals=decimals_of(rounded.normalize()), style=style)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Values from `low` to `high` over the pixels from `start` to `end`."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def at(self, value: Decimal) -> float:
        share = EXACT.divide(EXACT.subtract(value, self.low), EXACT.subtract(self.high, self.low))
        return self.start + float(share) * (self.end - self.start)

    def ticks(self, *, most: int, decimals: int) -> tuple[tuple[Decimal, ...], int]:
        """At most so many round values, and with how many decimals they are written; a step is never finer than one
        of the market.
        """
        rough = EXACT.divide(EXACT.subtract(self.high, self.low), Decimal(most))
        unit = Decimal(1).scaleb(rough.adjusted())
        round_steps = (unit * each for each in _STEPS if unit * each >= rough)
        finest = Decimal(1).scaleb(-decimals)
        step = max(next(each for each in round_steps if each < finest or not each % finest), finest)
        first = EXACT.divide(self.low, step).to_integral_value(rounding=ROUND_CEILING)
        last = EXACT.divide(self.high, step).to_integral_value(rounding=ROUND_FLOOR)
        # small prices are told apart by their last digits
        written = decimals if self.high < 1 else decimals_of(step.normalize())
        return tuple(Decimal(index) * step for index in range(int(first), int(last) + 1)), written


def around(
    values: Sequence[Decimal], *, decimals: int, pad: Decimal = Decimal("0.06"), least: Decimal = ZERO
) -> tuple[Decimal, Decimal]:
    """The lowest and the highest with some air; a flat line gets half a percent of it, but at least two steps.

    The middle is at least that fraction of itself, `least`, away from both ends.
    """
    low, high = min(values), max(values)
    air = EXACT.multiply(high - low, pad)
    if high - low < Decimal(2).scaleb(-decimals):
        air = max(EXACT.multiply(high, Decimal("0.005")), Decimal(2).scaleb(-decimals))
    height, twice_middle = high - low, low + high
    air = max(air, EXACT.divide(EXACT.multiply(twice_middle, least) - height, Decimal(2)))
    return max(low - air, ZERO), high + air


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeScale:
    """Moments from `begin` to `until` over the pixels from `start` to `end`."""

    begin: datetime
    until: datetime
    start: float
    end: float

    def at(self, moment: datetime) -> float:
        return self.start + (moment - self.begin) / (self.until - self.begin) * (self.end - self.start)

    def ticks(self, *, most: int, zone: str) -> Iterator[tuple[datetime, str]]:
        """At most so many moments, round by the clock of a zone, with what is written at them."""
        length = self.until - self.begin
        here = zone_named(zone)
        step = next((each for each in _CLOCK_STEPS if length / each <= most), None)
        if step is not None:
            yield from self._clock_ticks(step, here)
            return
        days = next((each for each in _DAY_STEPS if length / (each * _DAY) <= most), _DAY_STEPS[-1])
        for day in self._days(here):
            moment = moment_at(datetime.combine(day, time.min), here)
            if day.toordinal() % days == 0 and self.begin <= moment <= self.until:
                yield moment, day_name(day)

    def _clock_ticks(self, step: timedelta, here: ZoneInfo) -> Iterator[tuple[datetime, str]]:
        """By the wall clock; what it skips in spring is not there, what it repeats in autumn is there once."""
        for day in self._days(here):
            for index in range(_DAY // step):
                wall = datetime.combine(day, time.min) + index * step
                moment = moment_at(wall, here)
                if self.begin <= moment <= self.until and moment.astimezone(here).time() == wall.time():
                    yield moment, f"{wall:%H:%M}" if index else day_name(day)

    def _days(self, here: ZoneInfo) -> Iterator[date]:
        day, last = self.begin.astimezone(here).date(), self.until.astimezone(here).date()
        while day <= last:
            yield day
            day += _DAY


def day_name(day: date) -> str:
    return f"{day.day} {day:%b}"


def apart(wanted: Sequence[float], *, by: float, low: float, high: float) -> list[float]:
    """The same heights, moved as little as keeps them `by` apart and between two bounds; in the order given.

    Those that are too near to each other stand as a pile around where they belong.
    """
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    piles: list[list[float]] = []
    for rank, index in enumerate(order):
        piles.append([wanted[index] - rank * by])  # where its lowest one would stand if all were one pile
        while len(piles) > 1 and fmean(piles[-2]) > fmean(piles[-1]):
            piles[-2:] = [piles[-2] + piles[-1]]
    lowest = [max(low, min(fmean(pile), high - by * (len(order) - 1))) for pile in piles for _ in pile]
    heights = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        heights[index] = lowest[rank] + rank * by
    return heights
