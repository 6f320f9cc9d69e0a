"""The lowest and highest prices of the last minutes, for the markets in which alerts watch a window."""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby, islice
from typing import Final, NamedTuple

from chatbot.domain.accounts import Venue
from chatbot.domain.bars import MINUTE
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Ticker
from chatbot.domain.ticks import Tick
from chatbot.ports.alerts import PastPrices

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FOLDED: Final = 10
"""Ticks that are put away at once, each market's at another tick: this is several times as quick as tick by tick."""


def minute_of(moment: datetime) -> int:
    return (moment - _EPOCH) // MINUTE


class Range(NamedTuple):
    """The lowest and the highest price of a window, and in which minutes they were last seen."""

    low: Decimal
    low_at: int
    high: Decimal
    high_at: int

    def joined(self, price: Decimal, minute: int) -> "Range":
        """With one later price more."""
        if price <= self.low:
            return Range(price, minute, max(self.high, price), minute if price >= self.high else self.high_at)
        if price >= self.high:
            return Range(self.low, self.low_at, price, minute)
        return self


def leaves_at(minute: int, window: timedelta) -> datetime:
    """When what was seen in a minute is in the window no more."""
    return _EPOCH + minute * MINUTE + window


class Extremes:
    """The extremes of every window up to `span`, by minutes: what counts is the minutes that began within the window.

    Of the lows only those are kept that no later one undercuts, which are the lowest of some window; of the highs
    likewise.
    """

    __slots__ = ("_highs", "_lows", "_newest", "folded", "span")

    def __init__(self, span: timedelta) -> None:
        self.span = span
        self.folded = 0
        """The number of the first tick that is not among what was seen."""
        self._newest = 0
        self._lows: tuple[list[int], list[Decimal]] = ([], [])  # minutes, and their prices
        self._highs: tuple[list[int], list[Decimal]] = ([], [])

    def see(self, minute: int, *, low: Decimal, high: Decimal) -> None:
        """Minutes come in order; one that does not counts as the newest there was."""
        minute = self._newest = max(minute, self._newest)
        minutes, lows = self._lows
        while lows and lows[-1] >= low:
            del minutes[-1], lows[-1]
        _append(minutes, lows, minute, low)
        minutes, highs = self._highs
        while highs and highs[-1] <= high:
            del minutes[-1], highs[-1]
        _append(minutes, highs, minute, high)
        oldest = minute - self.span // MINUTE
        for minutes, prices in (self._lows, self._highs):
            if minutes[0] < oldest:
                stale = bisect_left(minutes, oldest)
                del minutes[:stale], prices[:stale]

    def since(self, first: int) -> Range | None:
        """The extremes from a minute on; None if nothing was seen."""
        (low_minutes, lows), (high_minutes, highs) = self._lows, self._highs
        if not low_minutes or low_minutes[-1] < first:
            return None
        low, high = bisect_left(low_minutes, first), bisect_left(high_minutes, first)
        return Range(lows[low], low_minutes[low], highs[high], high_minutes[high])


class Windows:
    """The last few ticks of one venue, and the extremes of its markets, as long as somebody watches a window there."""

    def __init__(self, *, venue: Venue, past: PastPrices) -> None:
        self._venue = venue
        self._past = past
        self._wanted: Mapping[MarketCode, timedelta] = {}
        self._extremes: dict[MarketCode, Extremes] = {}
        self._begun = 0
        """How many ticks were before the first of `recent`."""
        self.recent: list[Tick] = []
        """The newest last."""
        self._minutes: list[int] = []
        self._asked, self._answer = (0, 0), list[tuple[int, list[Mapping[MarketCode, Ticker]]]]()

    async def keep(self, wanted: Mapping[MarketCode, timedelta], *, now: datetime) -> None:
        """Be able to answer for these markets and spans, and for no others."""
        if wanted is self._wanted:
            return
        for market in self._extremes.keys() - wanted.keys():
            del self._extremes[market]
        for market, span in wanted.items():
            await self.follow(market, span, now=now)
        self._wanted = wanted

    async def follow(self, market: MarketCode, span: timedelta, *, now: datetime) -> bool:
        """Be able to answer for a market and a span, from what is known of the past on; whether that is news."""
        known = self._extremes.get(market)
        if known is not None and known.span >= span:
            return False
        extremes = Extremes(span)
        for bar in await self._past.finest(market, venue=self._venue, span=span, now=now):
            extremes.see(minute_of(bar.start), low=bar.low, high=bar.high)
        extremes.folded = max(self._begun + len(self.recent) - 1, 0)  # the last tick may not have been written down
        self._extremes[market] = extremes
        return True

    def see(self, tick: Tick) -> None:
        self.recent.append(tick)
        self._minutes.append(minute_of(tick.at))
        turn = (self._begun + len(self.recent)) % _FOLDED
        for market, extremes in islice(self._extremes.items(), turn, None, _FOLDED):
            self._fold(market, extremes)
        if len(self.recent) > 3 * _FOLDED:
            self._forget()

    def within(self, market: MarketCode, window: timedelta, *, tick: Tick) -> Range | None:
        """The extremes of the window that ends with one of the last ticks; None if nothing is known of it."""
        extremes = self._extremes.get(market)
        if extremes is None:
            return None
        first = minute_of(tick.at - window) + 1
        found = extremes.since(first)
        for minute, each in zip(self._minutes, self.recent, strict=True):
            ticker = each.tickers.get(market)
            if ticker is not None and minute >= first and (last := ticker.last) > 0:
                found = Range(last, minute, last, minute) if found is None else found.joined(last, minute)
            if each is tick:
                break
        return found

    def _fold(self, market: MarketCode, extremes: Extremes) -> None:
        """Put away what a market said, but for the last ticks, which may be asked for one by one."""
        end = self._begun + len(self.recent) - _FOLDED
        for minute, said in self._by_minute(max(extremes.folded, self._begun), end):
            prices = [tickers[market].last for tickers in said if market in tickers]
            if prices and min(prices) <= 0:
                prices = [price for price in prices if price > 0]
            if prices:
                extremes.see(minute, low=min(prices), high=max(prices))
        extremes.folded = max(extremes.folded, end)

    def _by_minute(self, begin: int, end: int) -> list[tuple[int, list[Mapping[MarketCode, Ticker]]]]:
        """What ticks said, by their numbers; nearly all markets ask for the same ones."""
        if self._asked != (begin, end):
            ticks = self.recent[begin - self._begun : max(end - self._begun, 0)]
            minutes = groupby(ticks, key=lambda tick: minute_of(tick.at))
            self._asked = (begin, end)
            self._answer = [(minute, [tick.tickers for tick in among]) for minute, among in minutes]
        return self._answer

    def _forget(self) -> None:
        """The oldest ticks, once everything they said is put away."""
        for market, extremes in self._extremes.items():
            if extremes.folded < self._begun + _FOLDED:
                self._fold(market, extremes)
        del self.recent[:_FOLDED], self._minutes[:_FOLDED]
        self._begun += _FOLDED


def _append(minutes: list[int], prices: list[Decimal], minute: int, price: Decimal) -> None:
    """Of a minute that is there already, what is there is the more extreme."""
    if not minutes or minutes[-1] != minute:
        minutes.append(minute)
        prices.append(price)
