"""Prices over time, durable."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from chatbot.domain.accounts import Venue
from chatbot.domain.bars import Bar
from chatbot.domain.ids import MarketCode


class Bars(Protocol):
    """Bars of the lengths in `chatbot.domain.bars.KEPT`, at most one a market, length and start."""

    async def add(self, venue: Venue, start: datetime, bars: Mapping[MarketCode, Bar], *, length: timedelta) -> None:
        """Keep bars that begin at `start`, all or none. What is there already, of a run before, is continued."""
        ...

    async def at(self, venue: Venue, start: datetime, *, length: timedelta) -> Mapping[MarketCode, Bar]:
        """The bars of all markets that begin at `start`."""
        ...

    async def of(
        self, venue: Venue, market: MarketCode, *, length: timedelta, since: datetime, until: datetime
    ) -> tuple[Bar, ...]:
        """A market's bars that begin at `since`, which is where a bar begins, or later and before `until`."""
        ...

    async def known_since(self, venue: Venue, market: MarketCode) -> datetime | None:
        """The start of the first bar there ever was of a market; None if there was none."""
        ...

    async def newest(self, venue: Venue, *, length: timedelta) -> datetime | None:
        """The start of the newest bar of any market."""
        ...

    async def next(self, venue: Venue, *, length: timedelta, since: datetime) -> datetime | None:
        """The start of the first bar of any market that begins at `since` or later."""
        ...

    async def prune(self, venue: Venue, *, length: timedelta, before: datetime) -> bool:
        """Delete some of the bars that begin before a moment; whether there are more to delete."""
        ...
