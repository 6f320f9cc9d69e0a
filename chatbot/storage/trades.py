"""Trades that were read, kept for good; how far those of each account were read, and when that goes on.

The key begins with the account: what is shown and exported together lies together.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import AccountId, MarketCode
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.trade_sweeps import Coverage
from chatbot.domain.trades import Trade, TradePage
from chatbot.ports.trades import Mark
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.database import Database
from chatbot.storage.keysets import within
from chatbot.storage.sessions import SESSIONS
from chatbot.storage.tables import METADATA, Exact, Moment, RowId, Word

TRADES = sa.Table(
    "trades",
    METADATA,
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("transaction", sa.Text, nullable=False),
    sa.Column("market", sa.Text, nullable=False),
    sa.Column("side", Word(Side), nullable=False),
    sa.Column("is_maker", sa.Boolean, nullable=False),
    sa.Column("price", Exact, nullable=False),
    sa.Column("amount", Exact, nullable=False),
    sa.Column("total", Exact, nullable=False),
    sa.Column("fee", Exact, nullable=False),
    sa.Column("fee_currency", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_trades_account_at", "account", "at", "number"),
)

TRADE_READINGS = sa.Table(
    "trade_readings",
    METADATA,
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("since", Moment),
    sa.Column("until", Moment),
    sa.Column("next_at", Moment, nullable=False),
)

_t, _r = TRADES.c, TRADE_READINGS.c
_ACCOUNT_FIELDS = tuple(field.name for field in fields(Account))
_PLAIN = ("number", "transaction", "market", "side", "is_maker", "price", "amount", "total", "at")


class StoredTrades:
    """`chatbot.ports.trades.KeptTrades`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, account: AccountId, trades: Sequence[Trade]) -> int:
        if not trades:
            return 0
        return await self._database.write(lambda connection: keep_trades(connection, account, trades))

    async def page(
        self, account: AccountId, *, market: MarketCode | None, since: datetime | None, number: int, size: int
    ) -> TradePage:
        wanted = [_t.account == account]
        wanted += [] if market is None else [_t.market == market]
        wanted += [] if since is None else [_t.at >= since]
        query = sa.select(TRADES).where(*wanted).order_by(_t.at.desc(), _t.number.desc())
        found = await self._list(query.offset((number - 1) * size).limit(size + 1))
        return TradePage(trades=found[:size], number=number, has_next=len(found) > size)

    async def last(self, account: AccountId, markets: Collection[MarketCode]) -> Mapping[MarketCode, Trade]:
        newest = sa.func.row_number().over(partition_by=_t.market, order_by=(_t.at.desc(), _t.number.desc()))
        ranked = sa.select(TRADES, newest.label("rank")).where(_t.account == account, _t.market.in_(markets)).subquery()
        return {trade.market: trade for trade in await self._list(sa.select(ranked).where(ranked.c.rank == 1))}

    async def reach(self, account: AccountId) -> tuple[datetime, datetime] | None:
        query = sa.select(sa.func.min(_t.at), sa.func.max(_t.at)).where(_t.account == account)
        oldest, newest = await self._database.read(lambda connection: connection.execute(query).one())
        return None if oldest is None else (oldest, newest)

    async def coverage(self, account: AccountId) -> Coverage | None:
        query = sa.select(_r.since, _r.until).where(_r.account == account, _r.until.is_not(None))
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else Coverage(since=row.since, until=row.until)

    async def cover(self, account: AccountId, coverage: Coverage, *, next_at: datetime) -> None:
        await self._note(account, since=coverage.since, until=coverage.until, next_at=next_at)

    async def put_off(self, account: AccountId, *, until: datetime) -> None:
        await self._note(account, next_at=until)

    async def due(self, venue: Venue, *, now: datetime) -> Account | None:
        accounts = sa.select(ACCOUNTS).join(SESSIONS, SESSIONS.c.account == ACCOUNTS.c.id)
        accounts = accounts.join(TRADE_READINGS, _r.account == ACCOUNTS.c.id, isouter=True)
        wanted = (ACCOUNTS.c.venue == venue, SESSIONS.c.rejected_at.is_(None))
        is_due = sa.or_(_r.next_at.is_(None), _r.next_at <= now)
        first = accounts.where(*wanted, is_due).order_by(_r.next_at.nulls_first(), ACCOUNTS.c.id).limit(1)
        row = await self._database.read(lambda connection: connection.execute(first).mappings().one_or_none())
        return None if row is None else Account(**{name: row[name] for name in _ACCOUNT_FIELDS})

    async def batch(
        self, account: AccountId, *, since: datetime | None, until: datetime, after: Mark | None, limit: int
    ) -> tuple[Trade, ...]:
        wanted = (_t.account == account, *within(_t.at, _t.number, since=since, until=until, after=after))
        return await self._list(sa.select(TRADES).where(*wanted).order_by(_t.at, _t.number).limit(limit))

    async def _note(self, account: AccountId, **values: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            noted = TRADE_READINGS.update().where(_r.account == account).values(values)
            if _is_linked(connection, account) and not connection.execute(noted).rowcount:
                connection.execute(TRADE_READINGS.insert(), {"account": account, **values})

        await self._database.write(work)

    async def _list(self, query: sa.Select[Any]) -> tuple[Trade, ...]:
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_trade, rows))


def keep_trades(connection: sa.Connection, account: AccountId, trades: Sequence[Trade]) -> int:
    """Within somebody else's transaction; see the Protocol."""
    if not _is_linked(connection, account):
        return 0
    known = sa.select(_t.number).where(_t.account == account, _t.number.in_([trade.number for trade in trades]))
    there = set(connection.execute(known).scalars())
    new = {trade.number: _values(account, trade) for trade in trades if trade.number not in there}
    if new:
        connection.execute(TRADES.insert(), list(new.values()))
    return len(new)


def _is_linked(connection: sa.Connection, account: AccountId) -> bool:
    return connection.execute(sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == account)).first() is not None


def _values(account: AccountId, trade: Trade) -> dict[str, Any]:
    plain = {name: getattr(trade, name) for name in _PLAIN}
    return {"account": account, **plain, "fee": trade.fee.value, "fee_currency": trade.fee.currency}


def _trade(row: Mapping[Any, Any]) -> Trade:
    return Trade(**{name: row[name] for name in _PLAIN}, fee=Amount(row["fee"], row["fee_currency"]))
