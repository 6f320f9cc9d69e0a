"""Keeps prices over time: gathers ticks into minutes, minutes into longer bars, and reads them back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chatbot.domain.accounts import Venue
from chatbot.domain.bars import FINER, KEPT, MINUTE, Bar, History, folded, shown_in, start_of
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Ticker
from chatbot.domain.ticks import Tick
from chatbot.ports.bars import Bars

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class PriceHistory:
    """A listener to ticks. What a minute brought stays in memory until it is over; only `keep` and `flush` write."""

    def __init__(self, store: Bars) -> None:
        self._store = store
        self._growing: dict[tuple[Venue, datetime], dict[MarketCode, Bar]] = {}

    async def on_tick(self, tick: Tick) -> None:
        start = start_of(tick.at, length=MINUTE)
        bars = self._growing.setdefault((tick.venue, start), {})
        for market, ticker in tick.tickers.items():
            if ticker.last > 0:
                bars[market] = _grown(bars.get(market), ticker, start=start)

    async def keep(self, venues: Sequence[Venue], *, now: datetime) -> None:
        """Write the minutes that are over, make the longer bars that are over, and delete what is too old.

        All in small transactions, so that nobody who taps waits for it.
        """
        await self._write(before=start_of(now, length=MINUTE))
        for venue in venues:
            for length in FINER:
                await self._roll_up(venue, length=length, now=now)
            for length, kept in KEPT.items():
                while await self._store.prune(venue, length=length, before=now - kept):
                    pass

    async def flush(self) -> None:
        """Write the minute that is not over, too; the next run continues it."""
        await self._write(before=None)

    async def of(self, market: MarketCode, *, venue: Venue, span: timedelta, now: datetime) -> History:
        """What is known of a market's last `span`, in bars of a length that makes at most a hundred of them."""
        growing = [start for (where, start), bars in self._growing.items() if where is venue and market in bars]
        known = await self._store.known_since(venue, market)
        since = known if known is not None else min(growing, default=None)
        if since is None:
            return History(bars=(), length=MINUTE, since=None)
        begin = max(now - span, since)
        shown, kept = shown_in(now - begin)
        bars = await self._read(venue, market, length=kept, since=start_of(begin, length=shown), until=now)
        return History(bars=folded(bars, length=shown), length=shown, since=since)

    async def finest(self, market: MarketCode, *, venue: Venue, span: timedelta, now: datetime) -> tuple[Bar, ...]:
        """What is known of a market's last `span`, oldest first, in the shortest bars that are kept for so long."""
        length = next((length for length, kept in KEPT.items() if span <= kept), max(KEPT))
        return await self._read(venue, market, length=length, since=start_of(now - span, length=length), until=now)

    async def price_at(self, market: MarketCode, *, venue: Venue, at: datetime) -> Decimal | None:
        """The last price of the shortest bar that is kept of a moment; None where nobody looked then."""
        for length in KEPT:
            start = start_of(at, length=length)
            bars = await self._store.of(venue, market, length=length, since=start, until=start + length)
            if bars:
                return bars[0].close
        return None

    async def newest(self, venue: Venue) -> Mapping[MarketCode, Bar]:
        """All markets' bars of the last minute that was written down."""
        start = await self._store.newest(venue, length=MINUTE)
        return {} if start is None else await self._store.at(venue, start, length=MINUTE)

    async def _write(self, *, before: datetime | None) -> None:
        for venue, start in sorted(self._growing):
            if before is None or start < before:
                await self._store.add(venue, start, self._growing[venue, start], length=MINUTE)
                del self._growing[venue, start]

    async def _roll_up(self, venue: Venue, *, length: timedelta, now: datetime) -> None:
        newest = await self._store.newest(venue, length=length)
        since = _EVER if newest is None else newest + length
        while (first := await self._store.next(venue, length=FINER[length], since=since)) is not None:
            start = start_of(first, length=length)
            since = start + length
            if since > now:
                return
            await self._store.add(venue, start, await self._together(venue, start, length=length), length=length)

    async def _together(self, venue: Venue, start: datetime, *, length: timedelta) -> Mapping[MarketCode, Bar]:
        """All markets' bars of one longer length, read piece by piece."""
        together: dict[MarketCode, Bar] = {}
        for piece in range(length // FINER[length]):
            at = start + piece * FINER[length]
            for market, bar in (await self._store.at(venue, at, length=FINER[length])).items():
                begun = together.get(market)
                together[market] = begun.followed_by(bar) if begun else replace(bar, start=start)
        return together

    async def _read(
        self, venue: Venue, market: MarketCode, *, length: timedelta, since: datetime, until: datetime
    ) -> tuple[Bar, ...]:
        """Bars of a kept length; the newest are made of finer ones, because they were not put together yet."""
        if length == MINUTE:
            stored = await self._store.of(venue, market, length=length, since=since, until=until)
            return folded((*stored, *self._in_memory(venue, market, since=since)), length=length)
        edge = max(since, start_of(until, length=length) - length)
        stored = await self._store.of(venue, market, length=length, since=since, until=edge)
        newer = await self._read(venue, market, length=FINER[length], since=edge, until=until)
        return (*stored, *folded(newer, length=length))

    def _in_memory(self, venue: Venue, market: MarketCode, *, since: datetime) -> list[Bar]:
        return [
            bars[market]
            for (where, start), bars in sorted(self._growing.items())
            if where is venue and start >= since and market in bars
        ]


def _grown(begun: Bar | None, ticker: Ticker, *, start: datetime) -> Bar:
    last = ticker.last
    seen = Bar(start=start, open=last, high=last, low=last, close=last, volume=ticker.volume)
    return begun.followed_by(seen) if begun else seen
