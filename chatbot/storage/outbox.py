"""Unasked messages that wait to be sent."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.notices import NOTICES, Notice, OutboxEntry
from chatbot.storage.chats import CHATS
from chatbot.storage.codec import TaggedCodec
from chatbot.storage.database import Database
from chatbot.storage.tables import METADATA, Json, Moment, RowId

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("notice", Json(TaggedCodec[Notice](NOTICES)), nullable=False),
    sa.Column("reply_to", sa.BigInteger),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("not_before", Moment, nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sqlite_autoincrement=True,
)

_FIELDS = tuple(field.name for field in fields(OutboxEntry))


def insert_notice(
    connection: sa.Connection,
    notice: Notice,
    *,
    chat: ChatId,
    reply_to: MessageId | None,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    """Put a notice into the outbox within somebody else's transaction; it is sent at once, or not before a moment."""
    times = {"created_at": now, "not_before": not_before or now, "attempts": 0}
    connection.execute(OUTBOX.insert(), {"chat": chat, "notice": notice, "reply_to": reply_to, **times})


class StoredOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, notice: Notice, *, chat: ChatId, reply_to: MessageId | None, now: datetime) -> None:
        await self._database.write(
            lambda connection: insert_notice(connection, notice, chat=chat, reply_to=reply_to, now=now)
        )

    async def due(self, *, now: datetime, limit: int) -> tuple[OutboxEntry, ...]:
        paused = sa.exists().where(CHATS.c.chat == OUTBOX.c.chat, CHATS.c.paused_at.is_not(None))
        waiting = sa.select(OUTBOX).where(OUTBOX.c.not_before <= now, ~paused)
        query = waiting.order_by(OUTBOX.c.id).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_entry, rows))

    async def sent(self, entry: int) -> None:
        await self._database.write(lambda connection: connection.execute(OUTBOX.delete().where(OUTBOX.c.id == entry)))

    async def postpone(self, entry: int, *, until: datetime) -> None:
        later = OUTBOX.update().where(OUTBOX.c.id == entry).values(not_before=until, attempts=OUTBOX.c.attempts + 1)
        await self._database.write(lambda connection: connection.execute(later))


def _entry(row: Mapping[Any, Any]) -> OutboxEntry:
    return OutboxEntry(**{name: row[name] for name in _FIELDS})
