"""Raw updates, sealed, from the moment they are fetched until they are handled."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert

from chatbot.ports.messages import InboxItem
from chatbot.storage.database import Database, Prepared
from chatbot.storage.tables import METADATA, Moment, RowId, Word
from chatbot.storage.vault import Place, Vault

_REPEATS_WITHIN = timedelta(days=1)
"""Unconfirmed updates are kept by the messenger for a day, so repeats come within it; after a quiet week the numbers
start anew at random (https://core.telegram.org/bots/api#getting-updates), so that older ones prove nothing."""


class UpdateState(StrEnum):
    """How far an update has come. One that was handled keeps its number, not its body."""

    WAITING = "waiting"
    DONE = "done"
    ASIDE = "aside"


INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("seq", RowId, primary_key=True),
    sa.Column("update_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("body", sa.LargeBinary),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("state", Word(UpdateState), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sqlite_autoincrement=True,
)


class StoredInbox:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._seal = vault.store

    async def store(self, updates: Sequence[tuple[int, bytes]], *, received_at: datetime) -> tuple[InboxItem, ...]:
        rows = [self._sealed(update_id, body, received_at) for update_id, body in updates]
        stored = await self._database.run(_STORE, *rows)
        bodies = dict(reversed(updates))  # of an update that came twice, the first is the stored one
        return tuple(
            InboxItem(
                seq=row["seq"],
                update_id=row["update_id"],
                body=bodies[row["update_id"]],
                received_at=received_at,
                attempts=0,
            )
            for row in stored
        )

    async def begin(self, seq: int) -> None:
        attempt = INBOX.update().where(INBOX.c.seq == seq).values(attempts=INBOX.c.attempts + 1)
        await self._database.write(lambda connection: connection.execute(attempt))

    async def done(self, seqs: Iterable[int]) -> None:
        await self._database.run(_FINISH, *({"finished": seq} for seq in seqs))

    async def put_aside(self, seq: int) -> None:
        aside = INBOX.update().where(INBOX.c.seq == seq).values(state=UpdateState.ASIDE)
        await self._database.write(lambda connection: connection.execute(aside))

    async def unfinished(self) -> tuple[InboxItem, ...]:
        query = sa.select(INBOX).where(INBOX.c.state == UpdateState.WAITING).order_by(INBOX.c.seq)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(self._item, rows))

    async def prune(self, *, before: datetime) -> None:
        """Erase what was handled, or put aside, before a moment."""
        old = INBOX.delete().where(INBOX.c.state != UpdateState.WAITING, INBOX.c.received_at < before)
        await self._database.write(lambda connection: connection.execute(old))

    def erase(self, connection: sa.Connection, theirs: re.Pattern[bytes]) -> None:
        """Erase the bodies of updates in which a pattern is found, in the caller's transaction.

        Those that still wait, such as the one that asked for it, count as done: they are not handled after a restart.
        """
        for row in connection.execute(sa.select(INBOX).where(INBOX.c.body.is_not(None))).mappings().all():
            if theirs.search(self._item(row).body):
                over = UpdateState.DONE if row["state"] is UpdateState.WAITING else row["state"]
                connection.execute(INBOX.update().where(INBOX.c.seq == row["seq"]).values(body=None, state=over))

    def _sealed(self, update_id: int, body: bytes, received_at: datetime) -> dict[str, Any]:
        return {
            "new_id": update_id,
            "new_body": self._seal.close(body, place=_place(update_id)),
            "now": received_at,
            "repeats_after": received_at - _REPEATS_WITHIN,
        }

    def _item(self, row: Mapping[Any, Any]) -> InboxItem:
        return InboxItem(
            seq=row["seq"],
            update_id=row["update_id"],
            body=self._seal.open(row["body"], place=_place(row["update_id"])),
            received_at=row["received_at"],
            attempts=row["attempts"],
        )


def _place(update_id: int) -> Place:
    return Place(table="inbox", field="body", row=update_id, key_version=1)


def _store_unless_repeated() -> ReturningInsert[int, int]:
    """One statement per update, so that a lone update is one statement in all."""
    new_id = sa.bindparam("new_id", type_=sa.BigInteger())
    recent = INBOX.c.received_at > sa.bindparam("repeats_after")
    known = sa.exists().where(INBOX.c.update_id == new_id, recent).correlate(None)
    values: dict[str, sa.ColumnElement[Any]] = {
        "update_id": new_id,
        "body": sa.bindparam("new_body", type_=sa.LargeBinary()),
        "received_at": sa.bindparam("now", type_=Moment()),
        "state": sa.literal(UpdateState.WAITING, Word(UpdateState)),
        "attempts": sa.literal(0),
    }
    new = sa.select(*values.values()).where(~known)
    return INBOX.insert().from_select(list(values), new).returning(INBOX.c.seq, INBOX.c.update_id)


_STORE = Prepared(_store_unless_repeated())
_FINISH = Prepared(
    INBOX.update().where(INBOX.c.seq == sa.bindparam("finished")).values(state=UpdateState.DONE, body=None)
)
