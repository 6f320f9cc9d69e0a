"""Files under way: how far each is, and the orders that were read for one.

What was read is stored in the transaction that moves the next page on. So a program that ends anywhere goes on where it
was, and reads at most one page twice, which changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.audit import Event
from chatbot.domain.exports import Export, ExportFormat, ExportKind, ExportState, Failure, Gap
from chatbot.domain.ids import ExportId, MessageId, PersonId
from chatbot.domain.orders import Order
from chatbot.domain.trades import Trade
from chatbot.ports.exports import OrderMark
from chatbot.storage.codec import ValueCodec
from chatbot.storage.database import Database
from chatbot.storage.keysets import within
from chatbot.storage.recording import Recorder
from chatbot.storage.tables import METADATA, Json, Moment, RowId, Word
from chatbot.storage.trades import keep_trades

EXPORTS = sa.Table(
    "exports",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("person", sa.BigInteger, nullable=False, unique=True),
    sa.Column("account", sa.BigInteger),  # may be gone: then its person is told so
    sa.Column("account_label", sa.Text, nullable=False),
    sa.Column("kind", Word(ExportKind), nullable=False),
    sa.Column("format", Word(ExportFormat), nullable=False),
    sa.Column("since", Moment),
    sa.Column("until", Moment, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("state", Word(ExportState), nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("read", sa.Integer, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("parts", sa.Integer, nullable=False),
    sa.Column("sent", sa.Integer, nullable=False),
    sa.Column("gaps", Json(ValueCodec(tuple[Gap, ...])), nullable=False),
    sa.Column("failure", Word(Failure)),
    sa.Column("failing_since", Moment),
    sa.Column("last_page", Json(ValueCodec(tuple[int, ...])), nullable=False),
    sa.Column("message", sa.BigInteger),
    sa.Column("next_at", Moment),
    sqlite_autoincrement=True,  # buttons and files name exports: a number is never given out again
)

EXPORTED_ORDERS = sa.Table(
    "exported_orders",
    METADATA,
    sa.Column("export", RowId, sa.ForeignKey(EXPORTS.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("placed_at", Moment, nullable=False),
    sa.Column("order", Json(ValueCodec(Order)), nullable=False),
)

_e, _o = EXPORTS.c, EXPORTED_ORDERS.c
_FIELDS = tuple(field.name for field in fields(Export))
_UNDER_WAY = (ExportState.GATHERING, ExportState.WRITING)


class StoredExports:
    """`chatbot.ports.exports.Exports`."""

    def __init__(self, database: Database, recorder: Recorder) -> None:
        self._database = database
        self._recorder = recorder

    async def begin(self, new: Export, event: Event) -> Export | None:
        def work(connection: sa.Connection) -> Export | None:
            if connection.execute(sa.select(_e.id).where(_e.person == new.person)).first() is not None:
                return None
            number = connection.execute(EXPORTS.insert().returning(_e.id), _values(new)).scalar_one()
            self._recorder.record(connection, event, now=new.created_at)
            return replace(new, id=ExportId(number))

        return await self._database.write(work)

    async def get(self, export: ExportId) -> Export | None:
        return next(iter(await self._list(sa.select(EXPORTS).where(_e.id == export))), None)

    async def of(self, person: PersonId) -> Export | None:
        return next(iter(await self._list(sa.select(EXPORTS).where(_e.person == person))), None)

    async def every(self) -> tuple[Export, ...]:
        return await self._list(sa.select(EXPORTS).order_by(_e.id))

    async def due(self, *, now: datetime, limit: int) -> tuple[Export, ...]:
        return await self._list(sa.select(EXPORTS).where(_e.next_at <= now).order_by(_e.next_at, _e.id).limit(limit))

    async def attach(self, export: ExportId, message: MessageId) -> None:
        shown = EXPORTS.update().where(_e.id == export).values(message=message)
        await self._database.write(lambda connection: connection.execute(shown))

    async def save(self, export: Export, *, trades: Sequence[Trade] = (), orders: Sequence[Order] = ()) -> bool:
        values = {name: value for name, value in _values(export).items() if name != "message"}
        changed = EXPORTS.update().where(_e.id == export.id).values(**values)

        def work(connection: sa.Connection) -> bool:
            if not connection.execute(changed).rowcount:
                return False
            if trades and export.account is not None:
                keep_trades(connection, export.account, trades)
            _put_orders(connection, export.id, orders)
            return True

        return await self._database.write(work)

    async def orders(self, export: Export, *, after: OrderMark | None, limit: int) -> tuple[Order, ...]:
        here = within(_o.placed_at, _o.number, since=export.since, until=export.until, after=after)
        wanted = (_o.export == export.id, *here)
        query = sa.select(_o.order).where(*wanted).order_by(_o.placed_at, _o.number).limit(limit)
        return tuple(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    async def drop(self, export: ExportId, *, only_under_way: bool = False) -> bool:
        states = (_e.state.in_(_UNDER_WAY),) if only_under_way else ()
        gone = EXPORTS.delete().where(_e.id == export, *states)
        return await self._database.write(lambda connection: connection.execute(gone).rowcount > 0)

    async def _list(self, query: sa.Select[Any]) -> tuple[Export, ...]:
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_export, rows))


def _put_orders(connection: sa.Connection, export: ExportId, orders: Sequence[Order]) -> None:
    """What was read later is what counts: an order may have been filled between two pages."""
    if not orders:
        return
    numbers = [order.number for order in orders]
    connection.execute(EXPORTED_ORDERS.delete().where(_o.export == export, _o.number.in_(numbers)))
    latest = {order.number: order for order in orders}.values()
    rows = [{"export": export, "number": each.number, "placed_at": each.placed_at, "order": each} for each in latest]
    connection.execute(EXPORTED_ORDERS.insert(), rows)


def _values(export: Export) -> dict[str, Any]:
    return {name: getattr(export, name) for name in _FIELDS if name != "id"}


def _export(row: Mapping[Any, Any]) -> Export:
    return Export(**{name: row[name] for name in _FIELDS})
