"""Trades that were read, kept for good.

The key begins with the account: what is shown and exported together lies together.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.ids import AccountId, MarketCode
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.trades import Trade, TradePage
from chatbot.ports.trades import Mark
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.database import Database
from chatbot.storage.keysets import within
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

_t = TRADES.c
_PLAIN = ("number", "transaction", "market", "side", "is_maker", "price", "amount", "total", "at")


class StoredTrades:
    """`chatbot.ports.trades.KeptTrades`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, account: AccountId, trades: Sequence[Trade]) -> None:
        if trades:
            await self._database.write(lambda connection: keep_trades(connection, account, trades))

    async def page(
        self, account: AccountId, *, market: MarketCode | None, since: datetime | None, number: int, size: int
    ) -> TradePage:
        wanted = [_t.account == account]
        wanted += [] if market is None else [_t.market == market]
        wanted += [] if since is None else [_t.at >= since]
        query = sa.select(TRADES).where(*wanted).order_by(_t.at.desc(), _t.number.desc())
        found = await self._list(query.offset((number - 1) * size).limit(size + 1))
        return TradePage(trades=found[:size], number=number, has_next=len(found) > size)

    async def reach(self, account: AccountId) -> tuple[datetime, datetime] | None:
        query = sa.select(sa.func.min(_t.at), sa.func.max(_t.at)).where(_t.account == account)
        oldest, newest = await self._database.read(lambda connection: connection.execute(query).one())
        return None if oldest is None else (oldest, newest)

    async def batch(
        self, account: AccountId, *, since: datetime | None, until: datetime, after: Mark | None, limit: int
    ) -> tuple[Trade, ...]:
        wanted = (_t.account == account, *within(_t.at, _t.number, since=since, until=until, after=after))
        return await self._list(sa.select(TRADES).where(*wanted).order_by(_t.at, _t.number).limit(limit))

    async def _list(self, query: sa.Select[Any]) -> tuple[Trade, ...]:
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_trade, rows))


def keep_trades(connection: sa.Connection, account: AccountId, trades: Sequence[Trade]) -> None:
    """Within somebody else's transaction; see the Protocol."""
    if connection.execute(sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == account)).first() is None:
        return
    known = sa.select(_t.number).where(_t.account == account, _t.number.in_([trade.number for trade in trades]))
    there = set(connection.execute(known).scalars())
    new = {trade.number: _values(account, trade) for trade in trades if trade.number not in there}
    if new:
        connection.execute(TRADES.insert(), list(new.values()))


def _values(account: AccountId, trade: Trade) -> dict[str, Any]:
    plain = {name: getattr(trade, name) for name in _PLAIN}
    return {"account": account, **plain, "fee": trade.fee.value, "fee_currency": trade.fee.currency}


def _trade(row: Mapping[Any, Any]) -> Trade:
    return Trade(**{name: row[name] for name in _PLAIN}, fee=Amount(row["fee"], row["fee_currency"]))
