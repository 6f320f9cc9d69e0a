"""Prices over time.

The key begins with the moment, not with the market: what one minute brings lies together, so that writing it, putting
it into longer bars and deleting it touch few pages; a market's bars are found by their starts, which are known.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.bars import MINUTE, Bar
from chatbot.domain.ids import MarketCode
from chatbot.storage.database import Database
from chatbot.storage.tables import METADATA, Exact, Moment, Word

BARS = sa.Table(
    "bars",
    METADATA,
    sa.Column("venue", Word(Venue), primary_key=True),
    sa.Column("minutes", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("start", Moment, primary_key=True),
    sa.Column("market", sa.Text, primary_key=True),
    sa.Column("open", Exact, nullable=False),
    sa.Column("high", Exact, nullable=False),
    sa.Column("low", Exact, nullable=False),
    sa.Column("close", Exact, nullable=False),
    sa.Column("volume", Exact, nullable=False),
    sqlite_with_rowid=False,  # half the file: the key is not stored twice
)

BAR_MARKETS = sa.Table(
    "bar_markets",
    METADATA,
    sa.Column("venue", Word(Venue), primary_key=True),
    sa.Column("market", sa.Text, primary_key=True),
    sa.Column("since", Moment, nullable=False),
)
"""Since when each market is known; the bars themselves are pruned."""

_STARTS_AT_ONCE = 10
"""How many starts are deleted in one transaction: with 300 markets it takes some 3 ms."""


class StoredBars:
    """`chatbot.ports.bars.Bars`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[Venue, set[str]] = {}

    async def add(self, venue: Venue, start: datetime, bars: Mapping[MarketCode, Bar], *, length: timedelta) -> None:
        def work(connection: sa.Connection) -> set[str]:
            there = _at(connection, venue, start, length)
            if there:
                connection.execute(BARS.delete().where(*_that(venue, length), BARS.c.start == start))
            merged = {**there, **{code: _continued(there.get(code), bar) for code, bar in bars.items()}}
            key = {"venue": venue, "minutes": length // MINUTE}
            if merged:
                rows = [{**key, "market": code, **_values(bar)} for code, bar in sorted(merged.items())]
                connection.execute(BARS.insert(), rows)
            return self._note_new(connection, venue, start, bars)

        self._known[venue] = await self._database.write(work)

    async def at(self, venue: Venue, start: datetime, *, length: timedelta) -> Mapping[MarketCode, Bar]:
        return await self._database.read(lambda connection: _at(connection, venue, start, length))

    async def of(
        self, venue: Venue, market: MarketCode, *, length: timedelta, since: datetime, until: datetime
    ) -> tuple[Bar, ...]:
        starts = tuple(_starts(since, until, length))
        query = (
            sa.select(BARS)
            .where(*_that(venue, length), BARS.c.start.in_(starts), BARS.c.market == market)
            .order_by(BARS.c.start)
        )
        return await self._database.read(
            lambda connection: tuple(_bar(row) for row in connection.execute(query).mappings())
        )

    async def known_since(self, venue: Venue, market: MarketCode) -> datetime | None:
        query = sa.select(BAR_MARKETS.c.since).where(BAR_MARKETS.c.venue == venue, BAR_MARKETS.c.market == market)
        return await self._database.read(lambda connection: connection.execute(query).scalar_one_or_none())

    async def newest(self, venue: Venue, *, length: timedelta) -> datetime | None:
        query = sa.select(sa.func.max(BARS.c.start)).where(*_that(venue, length))
        return await self._database.read(lambda connection: connection.execute(query).scalar_one())

    async def next(self, venue: Venue, *, length: timedelta, since: datetime) -> datetime | None:
        query = sa.select(sa.func.min(BARS.c.start)).where(*_that(venue, length), BARS.c.start >= since)
        return await self._database.read(lambda connection: connection.execute(query).scalar_one())

    async def prune(self, venue: Venue, *, length: timedelta, before: datetime) -> bool:
        oldest = sa.select(sa.func.min(BARS.c.start)).where(*_that(venue, length))

        def work(connection: sa.Connection) -> bool:
            first: datetime | None = connection.execute(oldest).scalar_one()
            if first is None or first >= before:
                return False
            until = min(before, first + _STARTS_AT_ONCE * length)
            connection.execute(BARS.delete().where(*_that(venue, length), BARS.c.start < until))
            return until < before

        return await self._database.write(work)

    def _note_new(
        self, connection: sa.Connection, venue: Venue, start: datetime, bars: Mapping[MarketCode, Bar]
    ) -> set[str]:
        """Write down since when markets are known that were not before; all that are known now."""
        known = self._known.get(venue)
        if known is None:
            query = sa.select(BAR_MARKETS.c.market).where(BAR_MARKETS.c.venue == venue)
            known = set(connection.execute(query).scalars())
        new = sorted(bars.keys() - known)
        if new:
            connection.execute(BAR_MARKETS.insert(), [{"venue": venue, "market": code, "since": start} for code in new])
        return known | set(new)


def _that(venue: Venue, length: timedelta) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return BARS.c.venue == venue, BARS.c.minutes == length // MINUTE


def _starts(since: datetime, until: datetime, length: timedelta) -> Iterator[datetime]:
    while since < until:
        yield since
        since += length


def _at(connection: sa.Connection, venue: Venue, start: datetime, length: timedelta) -> dict[MarketCode, Bar]:
    query = sa.select(BARS).where(*_that(venue, length), BARS.c.start == start)
    return {MarketCode(row["market"]): _bar(row) for row in connection.execute(query).mappings()}


def _continued(begun: Bar | None, bar: Bar) -> Bar:
    return begun.followed_by(bar) if begun else bar


def _values(bar: Bar) -> dict[str, object]:
    return {name: getattr(bar, name) for name in ("start", "open", "high", "low", "close", "volume")}


def _bar(row: sa.RowMapping) -> Bar:
    return Bar(**{name: row[name] for name in ("start", "open", "high", "low", "close", "volume")})
