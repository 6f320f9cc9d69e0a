"""Messages that show a secret, until they are deleted."""

from dataclasses import fields
from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.ids import PersonId
from chatbot.ports.shown_secrets import Shown
from chatbot.storage.database import Database
from chatbot.storage.tables import METADATA, Moment

SHOWN_SECRETS = sa.Table(
    "shown_secrets",
    METADATA,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("message", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("delete_at", Moment, nullable=False),
)

_FIELDS = tuple(field.name for field in fields(Shown))


class StoredShownSecrets:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, shown: Shown) -> None:
        row = {name: getattr(shown, name) for name in _FIELDS}
        await self._database.write(lambda connection: connection.execute(SHOWN_SECRETS.insert(), row))

    async def of(self, person: PersonId) -> tuple[Shown, ...]:
        return await self._those(SHOWN_SECRETS.c.person == person)

    async def due(self, *, now: datetime) -> tuple[Shown, ...]:
        return await self._those(SHOWN_SECRETS.c.delete_at <= now)

    async def gone(self, shown: Shown) -> None:
        this = sa.and_(SHOWN_SECRETS.c.chat == shown.chat, SHOWN_SECRETS.c.message == shown.message)
        await self._database.write(lambda connection: connection.execute(SHOWN_SECRETS.delete().where(this)))

    async def _those(self, which: sa.ColumnElement[bool]) -> tuple[Shown, ...]:
        query = sa.select(SHOWN_SECRETS).where(which).order_by(SHOWN_SECRETS.c.message)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(Shown(**{name: row[name] for name in _FIELDS}) for row in rows)
