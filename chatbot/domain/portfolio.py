"""What an account is worth, and what prices made of it: readings of its balances, with the prices of that moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import Enum, auto
from itertools import pairwise

from chatbot.domain.bars import start_of
from chatbot.domain.ids import MarketCode
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.market import Market, Ticker, value_in
from chatbot.domain.money import EXACT, ZERO, divide, multiply, sum_exactly
from chatbot.domain.orders import Balances
from chatbot.domain.preferences import ValueCurrency
from chatbot.domain.zones import moment_at, zone_named

CHANGES_EVERY = timedelta(hours=1)
"""How far apart samples are at least that are taken because balances changed."""
EVERY = timedelta(hours=2)
"""How far apart they are at most while balances are read."""
KEPT = timedelta(days=400)
"""How long the last sample of a day is kept."""
_IN_FULL = timedelta(days=3)
_BY_QUARTERS = timedelta(days=32)
_DAY = timedelta(days=1)
_ROUGHLY = timedelta(hours=3)
_EACH_DAY_AT = time(0, 0)
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """So much of a currency, at what a unit is worth in `VALUED_IN`; `price` is None where nobody knows."""

    currency: str
    amount: Decimal
    price: Decimal | None


class Origin(Enum):
    """Where the price of what no market prices is from: a quote of Instant Trade, or the account's own last trade."""

    QUOTE = auto()
    TRADE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPrice:
    """What a unit of what no market prices was worth in `VALUED_IN` when it was last known."""

    price: Decimal
    origin: Origin
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What an account held at a moment. Positions of nothing are there for their price: of currencies that values are
    given in, and of those that the sample before still held.
    """

    at: datetime
    positions: tuple[Position, ...]

    @property
    def amounts(self) -> Mapping[str, Decimal]:
        """What is held; nothing of nothing."""
        return {position.currency: position.amount for position in self.positions if position.amount}

    @property
    def prices(self) -> Mapping[str, Decimal]:
        known = {position.currency: position.price for position in self.positions if position.price}
        return {VALUED_IN: _ONE, **known}

    @property
    def unpriced(self) -> Mapping[str, Decimal]:
        """How much there is of what has no price; of nothing, too."""
        return {each.currency: each.amount for each in self.positions if each.currency not in self.prices}

    def completed(self, prices: Mapping[str, LastPrice]) -> "Sample":
        """With these prices for what has none."""
        known = {each: prices[each].price for each in self.unpriced if each in prices}
        return replace(
            self,
            positions=tuple(replace(each, price=known.get(each.currency, each.price)) for each in self.positions),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What prices made of an account between its sample at `since` and now: in money, and in percent as if nothing had
    been paid in or out (None where there was nothing).
    """

    since: datetime
    gain: Decimal
    percent: Decimal | None

    def is_about(self, length: timedelta, *, until: datetime) -> bool:
        """Whether it is that of so long a time, and of hardly more."""
        return until - self.since - length <= _ROUGHLY


def sampled(
    balances: Balances,
    *,
    markets: Sequence[Market],
    tickers: Mapping[MarketCode, Ticker],
    before: Sample | None,
) -> Sample:
    """Balances with the prices that markets say; `before` is the sample that this one follows."""
    held = {each.currency: each.total for each in balances.by_currency.values() if each.total > 0}
    kept = {*held, *(before.amounts if before else ())}
    wanted = {*kept, *map(str, ValueCurrency)}
    prices = {each: _price(each, markets, tickers) for each in wanted}
    return Sample(
        at=balances.at,
        positions=tuple(
            Position(currency=each, amount=held.get(each, ZERO), price=prices[each])
            for each in sorted(wanted)
            if each in kept or prices[each] is not None
        ),
    )


def _price(currency: str, markets: Iterable[Market], tickers: Mapping[MarketCode, Ticker]) -> Decimal | None:
    """Of one unit, in one step: prices of thin markets are not multiplied."""
    return value_in(_ONE, currency=currency, counter=VALUED_IN, markets=markets, tickers=tickers)


def is_due(sample: Sample, *, before: Sample | None, zone: str) -> bool:
    """Whether a sample is worth being kept: the first of a day by the person's clock, one after a change, or one that
    others are too far away from.
    """
    if before is None:
        return True
    where = zone_named(zone)
    begin = moment_at(datetime.combine(sample.at.astimezone(where).date(), _EACH_DAY_AT), where)
    if before.at < begin <= sample.at:
        return True
    age = sample.at - before.at
    return age >= EVERY or (age >= CHANGES_EVERY and sample.amounts != before.amounts)


def slot_of(at: datetime, *, now: datetime) -> datetime | None:
    """Of the samples with the same slot the last one stays; None for one that is too old to stay."""
    age = now - at
    if age <= _IN_FULL:
        return at
    if age <= _BY_QUARTERS:
        return start_of(at, length=_DAY / 4)
    return start_of(at, length=_DAY) if age <= KEPT else None


def worth_of(sample: Sample, currency: str, *, within: str) -> Decimal | None:
    """What is held of one currency, in another one; None where nobody knows."""
    prices = sample.prices
    if currency not in prices or within not in prices:
        return None
    return divide(multiply(sample.amounts.get(currency, ZERO), prices[currency]), prices[within])


def value_of(sample: Sample, *, within: str) -> Decimal | None:
    """All that is held and has a price; None where `within` has none."""
    if within not in sample.prices:
        return None
    worths = (worth_of(sample, currency, within=within) for currency in sample.amounts)
    return sum_exactly(worth for worth in worths if worth is not None)


def change_since(samples: Sequence[Sample], since: datetime, *, within: str) -> Change | None:
    """What prices made of what was held, from each sample to the next, from the last one at or before `since` on.

    What is paid in or out between two samples counts from the second one on, so it is no gain and no loss; and a trade
    exchanges one thing for another. None where the samples, oldest first, do not reach back so far.
    """
    start = max((index for index, sample in enumerate(samples) if sample.at <= since), default=None)
    if start is None:
        return None
    gain, factor = ZERO, _ONE
    for before, after in pairwise(samples[start:]):
        value, part = _moved(before, after, within=within)
        gain = EXACT.add(gain, part)
        if value > 0:
            factor = multiply(factor, EXACT.add(_ONE, divide(part, value)))
    worth = value_of(samples[start], within=within)
    percent = multiply(EXACT.subtract(factor, _ONE), Decimal(100)) if worth else None
    return Change(since=samples[start].at, gain=gain, percent=percent)


def _moved(before: Sample, after: Sample, *, within: str) -> tuple[Decimal, Decimal]:
    """The value of what has a price in both samples, and what its prices made of it."""
    old, new = before.prices, after.prices
    if within not in old or within not in new:
        return ZERO, ZERO
    held = {currency: amount for currency, amount in before.amounts.items() if currency in old and currency in new}
    was = sum_exactly(divide(multiply(amount, old[each]), old[within]) for each, amount in held.items())
    is_now = sum_exactly(divide(multiply(amount, new[each]), new[within]) for each, amount in held.items())
    return was, EXACT.subtract(is_now, was)
