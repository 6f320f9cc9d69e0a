"""The lowest and highest prices of the last minutes, for the markets in which alerts watch a window."""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chatbot.domain.accounts import Venue
from chatbot.domain.bars import MINUTE
from chatbot.domain.ids import MarketCode
from chatbot.domain.ticks import Tick
from chatbot.ports.alerts import PastPrices

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def minute_of(moment: datetime) -> int:
    return (moment - _EPOCH) // MINUTE


class Extremes:
    """The extremes of every window up to `span`, by minutes: what counts is the minutes that began within the window.

    Of the lows only those are kept that no later one undercuts, which are the lowest of some window; of the highs
    likewise.
    """

    __slots__ = ("_highs", "_lows", "_newest", "span")

    def __init__(self, span: timedelta) -> None:
        self.span = span
        self._newest = 0
        self._lows: tuple[list[int], list[Decimal]] = ([], [])  # minutes, and their prices
        self._highs: tuple[list[int], list[Decimal]] = ([], [])

    def see(self, moment: datetime, *, low: Decimal, high: Decimal) -> None:
        """Moments come in order; one that does not counts as the newest there was."""
        minute = self._newest = max(minute_of(moment), self._newest)
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

    def within(self, window: timedelta, *, now: datetime) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest price of the window that ends now; None if there was none."""
        first = minute_of(now - window) + 1
        (minutes, lows), (_, highs) = self._lows, self._highs
        if not minutes or minutes[-1] < first:
            return None
        return lows[bisect_left(minutes, first)], highs[bisect_left(self._highs[0], first)]


class Windows:
    """The extremes of one venue's markets, kept as long as somebody watches a window there."""

    def __init__(self, *, venue: Venue, past: PastPrices) -> None:
        self._venue = venue
        self._past = past
        self._extremes: dict[MarketCode, Extremes] = {}

    async def keep(self, wanted: Mapping[MarketCode, timedelta], *, now: datetime) -> None:
        """Be able to answer for these markets and spans, and for no others."""
        for market in self._extremes.keys() - wanted.keys():
            del self._extremes[market]
        for market, span in wanted.items():
            await self.follow(market, span, now=now)

    async def follow(self, market: MarketCode, span: timedelta, *, now: datetime) -> None:
        """Be able to answer for a market and a span, from what is known of the past on."""
        known = self._extremes.get(market)
        if known is not None and known.span >= span:
            return
        extremes = Extremes(span)
        for bar in await self._past.finest(market, venue=self._venue, span=span, now=now):
            extremes.see(bar.start, low=bar.low, high=bar.high)
        self._extremes[market] = extremes

    def see(self, tick: Tick) -> None:
        for market, extremes in self._extremes.items():
            ticker = tick.tickers.get(market)
            if ticker is not None and ticker.last > 0:
                extremes.see(tick.at, low=ticker.last, high=ticker.last)

    def within(self, market: MarketCode, window: timedelta, *, now: datetime) -> tuple[Decimal, Decimal] | None:
        extremes = self._extremes.get(market)
        return extremes.within(window, now=now) if extremes is not None else None


def _append(minutes: list[int], prices: list[Decimal], minute: int, price: Decimal) -> None:
    """Of a minute that is there already, what is there is the more extreme."""
    if not minutes or minutes[-1] != minute:
        minutes.append(minute)
        prices.append(price)
