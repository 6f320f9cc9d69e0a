"""The audit log: the table, and writing and reading it. How its rows hold together is told in `audit_chain.py`."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.audit import Deed, Entry, Event, Finding
from chatbot.domain.ids import PersonId
from chatbot.storage.audit_chain import BROKEN, PERSONAL, START, Chain
from chatbot.storage.audit_verifying import verify
from chatbot.storage.database import Database, Row
from chatbot.storage.tables import HISTORY, METADATA, Moment, RowId, Word, partial_index

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("seq", RowId, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("deed", Word(Deed), nullable=False),
    # Personal, and gone when the person is forgotten.
    sa.Column("person", sa.BigInteger),
    sa.Column("about", sa.BigInteger),
    sa.Column("chat", sa.BigInteger),
    sa.Column("account", sa.Text),
    sa.Column("subject", sa.Text),
    sa.Column("result", sa.Text),
    sa.Column("blind", sa.LargeBinary),  # random, so that a digest left behind cannot be guessed open
    # What holds the log together.
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("chain", sa.LargeBinary, nullable=False),
    sa.Column("covers", sa.BigInteger),  # of the row of a forgetting: how many rows name it
    sa.Column("forgotten_by", sa.BigInteger),  # its number, in each of them
    sa.Column("mark", sa.LargeBinary),
    info=HISTORY,
)

AUDIT_HEAD = sa.Table(
    "audit_head",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("chain", sa.LargeBinary, nullable=False),
    sa.Column("seal", sa.LargeBinary, nullable=False),
)

_a = AUDIT.c
sa.Index("ix_audit_person_seq", _a.person, _a.seq)
partial_index("ix_audit_about", _a.about, where=_a.about.is_not(None))

_THE_ONE = 1
_BLIND_BYTES = 16
_LONGEST = 200  # characters of a text; whoever writes it shortens it better


class AuditLog:
    """Writes, reads and checks the log."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self.chain = Chain(key)
        self._head = database.prepare(sa.select(AUDIT_HEAD).where(AUDIT_HEAD.c.id == _THE_ONE))
        self._insert = database.prepare(AUDIT.insert().values({name: sa.bindparam(name) for name in _WRITTEN}))
        self._advance = database.prepare(_advance())

    def append(self, connection: sa.Connection, event: Event, *, now: datetime, covers: int | None = None) -> int:
        """Write a deed down within the caller's transaction; returns its number.

        Three statements straight to the driver, because deeds are written while people wait. Nothing is remembered
        from one to the next: the transaction may yet be undone.
        """
        heads = self._head.run(connection, {})
        previous, seq = self._continued(connection, heads)
        personal = _personal(event)
        blind = os.urandom(_BLIND_BYTES)
        digest = self.chain.digest(seq, personal, blind=blind)
        at = Moment().process_bind_param(now, connection.dialect)
        chain = self.chain.link(previous, seq, at, event.deed.value, covers=covers, digest=digest)
        row = {"seq": seq, "at": now, "deed": event.deed, "blind": blind, "digest": digest, "chain": chain}
        self._insert.run(connection, row | dict(zip(PERSONAL, personal, strict=True)) | {"covers": covers})
        head = {"count": seq, "chain": chain, "seal": self.chain.seal(seq, chain)}
        if heads:
            self._advance.run(connection, {f"new_{name}": value for name, value in head.items()})
        else:
            connection.execute(AUDIT_HEAD.insert(), {"id": _THE_ONE, **head})
        return seq

    async def page(self, *, of: PersonId | None, before: int | None, limit: int) -> tuple[Entry, ...]:
        query = sa.select(AUDIT).order_by(_a.seq.desc()).limit(limit)
        if of is not None:
            query = query.where(_a.person == of)
        if before is not None:
            query = query.where(_a.seq < before)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_entry, rows))

    async def verify(self) -> Finding:
        """Look through all of it, as it stands at one moment."""
        return await self._database.read(lambda connection: verify(connection, self.chain), snapshot=True)

    def _continued(self, connection: sa.Connection, heads: Sequence[Row]) -> tuple[bytes, int]:
        """The chain to go on from, and the next number."""
        if heads:
            head = heads[0]
            ours = self.chain.seal(head["count"], head["chain"]) == head["seal"]
            return (head["chain"] if ours else BROKEN), head["count"] + 1
        last = connection.execute(sa.select(sa.func.max(_a.seq))).scalar_one()
        return (START, 1) if last is None else (BROKEN, last + 1)


_WRITTEN = ("seq", "at", "deed", *PERSONAL, "blind", "digest", "chain", "covers")


def _personal(event: Event) -> list[Any]:
    values = (getattr(event, name) for name in PERSONAL)
    return [value[:_LONGEST] if isinstance(value, str) else value for value in values]


def _advance() -> sa.Update:
    new = {name: sa.bindparam(f"new_{name}", type_=AUDIT_HEAD.c[name].type) for name in ("count", "chain", "seal")}
    return AUDIT_HEAD.update().where(AUDIT_HEAD.c.id == _THE_ONE).values(new)


def _entry(row: Mapping[Any, Any]) -> Entry:
    texts = {name: row[name] or "" for name in ("account", "subject", "result")}
    event = Event(deed=row["deed"], person=row["person"], about=row["about"], chat=row["chat"], **texts)
    forgotten = row["forgotten_by"] is not None
    return Entry(seq=row["seq"], at=row["at"], event=event, forgotten=forgotten, covers=row["covers"])
