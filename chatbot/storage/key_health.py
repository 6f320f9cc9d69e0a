"""Keys that an exchange rejects, until they work again."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.accounts import Account
from chatbot.domain.audit import Event
from chatbot.domain.ids import AccountId, ChatId
from chatbot.domain.key_health import KeyTrouble
from chatbot.domain.notices import Alarm, KeyWorks
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.database import Database
from chatbot.storage.outbox import insert_notice
from chatbot.storage.recording import Recorder
from chatbot.storage.tables import METADATA, Moment, RowId

KEY_HEALTH = sa.Table(
    "key_health",
    METADATA,
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("rejected_since", Moment, nullable=False),
    sa.Column("told", sa.Integer, nullable=False),
    sa.Column("tell_again_at", Moment, nullable=False),
)

_h = KEY_HEALTH.c
_FIELDS = tuple(field.name for field in fields(KeyTrouble))
_ACCOUNT_FIELDS = tuple(field.name for field in fields(Account))


class StoredKeyHealth:
    """Troubles are also held in memory, so that a key that works, or was told of, costs nothing."""

    def __init__(self, database: Database, troubles: Mapping[AccountId, KeyTrouble], *, recorder: Recorder) -> None:
        self._database = database
        self._troubles = dict(troubles)
        self._recorder = recorder

    @classmethod
    async def load(cls, database: Database, *, recorder: Recorder) -> "StoredKeyHealth":
        rows = await database.read(lambda connection: connection.execute(sa.select(KEY_HEALTH)).mappings().all())
        troubles = (KeyTrouble(**{name: row[name] for name in _FIELDS}) for row in rows)
        return cls(database, {trouble.account: trouble for trouble in troubles}, recorder=recorder)

    def trouble_of(self, account: AccountId) -> KeyTrouble | None:
        return self._troubles.get(account)

    async def everyone(self) -> tuple[Account, ...]:
        query = sa.select(ACCOUNTS).order_by(ACCOUNTS.c.id)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(Account(**{name: row[name] for name in _ACCOUNT_FIELDS}) for row in rows)

    async def rejected(self, trouble: KeyTrouble, event: Event, *, alarm: Alarm, now: datetime) -> None:
        self._troubles[trouble.account] = trouble

        def work(connection: sa.Connection) -> None:
            if not _is_linked(connection, trouble.account):
                return
            connection.execute(KEY_HEALTH.delete().where(_h.account == trouble.account))
            connection.execute(KEY_HEALTH.insert(), {name: getattr(trouble, name) for name in _FIELDS})
            self._recorder.record(connection, event, alarm=alarm, now=now)

        await self._database.write(work)

    async def works(self, account: Account, event: Event, *, notice: KeyWorks, now: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            over = KEY_HEALTH.delete().where(_h.account == account.id)
            if connection.execute(over).rowcount:
                self._recorder.record(connection, event, now=now)
                insert_notice(connection, notice, chat=ChatId(account.person), reply_to=None, now=now)

        await self._database.write(work)
        self._troubles.pop(account.id, None)


def _is_linked(connection: sa.Connection, account: AccountId) -> bool:
    return connection.execute(sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == account)).first() is not None
