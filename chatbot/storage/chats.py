"""Chats somebody stands for, and chats that cannot be written to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.ids import ChatId, PersonId
from chatbot.storage.database import Database
from chatbot.storage.tables import METADATA, Moment

CHATS = sa.Table(
    "chats",
    METADATA,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("vouched_by", sa.BigInteger),
    sa.Column("vouched_at", Moment),
    sa.Column("paused_at", Moment),
)


class StoredChats:
    """Which chats are vouched for is also held in memory, because every message in a group asks for it."""

    def __init__(self, database: Database, vouched: Iterable[ChatId]) -> None:
        self._database = database
        self._vouched = set(vouched)

    @classmethod
    async def load(cls, database: Database) -> "StoredChats":
        query = sa.select(CHATS.c.chat).where(CHATS.c.vouched_at.is_not(None))
        return cls(database, await database.read(lambda connection: connection.execute(query).scalars().all()))

    async def is_vouched(self, chat: ChatId) -> bool:
        return chat in self._vouched

    async def vouch(self, chat: ChatId, *, by: PersonId, now: datetime) -> None:
        await self._database.write(
            lambda connection: _put(connection, chat, vouched_by=by, vouched_at=now),
            then=lambda _: self._vouched.add(chat),
        )

    async def pause(self, chat: ChatId, *, now: datetime) -> None:
        await self._database.write(lambda connection: _put(connection, chat, paused_at=now))

    async def resume(self, chat: ChatId) -> None:
        await self._database.write(lambda connection: _put(connection, chat, paused_at=None))

    async def move(self, old: ChatId, new: ChatId) -> None:
        await self._database.write(
            lambda connection: _move(connection, old, new), then=lambda _: self._move_in_memory(old, new)
        )

    def _move_in_memory(self, old: ChatId, new: ChatId) -> None:
        if old in self._vouched:
            self._vouched.add(new)
        self._vouched.discard(old)


def _put(connection: sa.Connection, chat: ChatId, **values: Any) -> None:
    if connection.execute(CHATS.update().where(CHATS.c.chat == chat).values(values)).rowcount == 0:
        connection.execute(CHATS.insert(), {"chat": chat, **values})


def _move(connection: sa.Connection, old: ChatId, new: ChatId) -> None:
    """Rewrite the column `chat` of every table that is not history.

    Where only one row per chat can be, the old chat's row counts. A word for either chat is kept. The new one is not
    paused: nobody would have told us its id if it were.
    """
    word = sa.select(CHATS.c.vouched_by, CHATS.c.vouched_at).where(CHATS.c.vouched_at.is_not(None))
    kept = connection.execute(word.where(CHATS.c.chat.in_((old, new))).order_by(CHATS.c.vouched_at)).mappings().first()
    for table in METADATA.sorted_tables:
        if "chat" in table.c and "history" not in table.info:
            connection.execute(table.delete().where(table.c.chat == new, _is_displaced(table, old)))
            connection.execute(table.update().where(table.c.chat == old).values(chat=new))
    connection.execute(CHATS.update().where(CHATS.c.chat == new).values(paused_at=None, **(kept or {})))


def _is_displaced(table: sa.Table, old: ChatId) -> sa.ColumnElement[bool]:
    """Whether a row of the new chat stands where a row of the old chat will be."""
    other = table.alias()
    keys = [
        [*key.columns.keys()]
        for key in table.constraints
        if isinstance(key, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
    ]
    return sa.or_(
        sa.false(),
        *(
            sa.exists().where(other.c.chat == old, *(other.c[name] == table.c[name] for name in key if name != "chat"))
            for key in keys
            if "chat" in key
        ),
    )
