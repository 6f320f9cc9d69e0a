"""The audit log: the table, and writing and reading it. How its rows hold together is told in `audit_chain.py`."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.audit import Deed, Entry, Event, Finding
from chatbot.domain.ids import PersonId
from chatbot.storage.audit_chain import BROKEN, PERSONAL, START, Chain
from chatbot.storage.audit_verifying import verify
from chatbot.storage.database import Database, Prepared, Row
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

    def append(self, connection: sa.Connection, event: Event, *, now: datetime, covers: int | None = None) -> int:
        """Write a deed down within the caller's transaction; returns its number.

        Three statements straight to the driver, because deeds are written while people wait. Nothing is remembered
        from one to the next: the transaction may yet be undone.
        """
        head = self._sealed_head(connection)
        previous, seq = (head["chain"], head["count"] + 1) if head else (BROKEN, _next(connection))
        personal = _personal(event)
        blind = os.urandom(_BLIND_BYTES)
        digest = self.chain.digest(seq, personal, blind=blind)
        at = Moment().bind_processor(connection.dialect)(now)
        chain = self.chain.link(previous, seq, at, event.deed.value, covers=covers, digest=digest)
        row = {"seq": seq, "at": now, "deed": event.deed, "blind": blind, "digest": digest, "chain": chain}
        _INSERT.run(connection, row | dict(zip(PERSONAL, personal, strict=True)) | {"covers": covers})
        if not head:
            _put_head(connection, self.chain, seq, chain)
            return seq
        advanced = {"new_count": seq, "new_chain": chain, "new_seal": self.chain.seal(seq, chain)}
        _ADVANCE.run(connection, advanced)
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

    def _sealed_head(self, connection: sa.Connection) -> Row | None:
        """The head, if it is there and ours."""
        heads = _HEAD.run(connection, {})
        ours = heads and self.chain.seal(heads[0]["count"], heads[0]["chain"]) == heads[0]["seal"]
        return heads[0] if ours else None


def begin_log(connection: sa.Connection, key: bytes) -> None:
    """Write the head of an empty log, in the transaction that stores the log's key: it is never missing afterwards."""
    _put_head(connection, Chain(key), 0, START)


def _put_head(connection: sa.Connection, chain: Chain, count: int, last: bytes) -> None:
    connection.execute(AUDIT_HEAD.delete())
    head = {"id": _THE_ONE, "count": count, "chain": last, "seal": chain.seal(count, last)}
    connection.execute(AUDIT_HEAD.insert(), head)


def _next(connection: sa.Connection) -> int:
    """The number after all that are there, whoever wrote them."""
    return (connection.execute(sa.select(sa.func.max(_a.seq))).scalar_one() or 0) + 1


def _readable_head() -> sa.Select[Any]:
    """What is there may be of any type, even text that is none."""
    head = AUDIT_HEAD.c
    types = ((head.count, "integer"), (head.chain, "blob"), (head.seal, "blob"))
    right = (sa.func.typeof(column) == sa.literal_column(f"'{name}'") for column, name in types)
    return sa.select(AUDIT_HEAD).where(head.id == _THE_ONE, *right)


_WRITTEN = ("seq", "at", "deed", *PERSONAL, "blind", "digest", "chain", "covers")
_HEAD = Prepared(_readable_head())
_INSERT = Prepared(AUDIT.insert().values({name: sa.bindparam(name) for name in _WRITTEN}))


def _personal(event: Event) -> list[Any]:
    values = (getattr(event, name) for name in PERSONAL)
    return [value[:_LONGEST] if isinstance(value, str) else value for value in values]


def _advance() -> sa.Update:
    new = {name: sa.bindparam(f"new_{name}", type_=AUDIT_HEAD.c[name].type) for name in ("count", "chain", "seal")}
    return AUDIT_HEAD.update().where(AUDIT_HEAD.c.id == _THE_ONE).values(new)


_ADVANCE = Prepared(_advance())


def _entry(row: Mapping[Any, Any]) -> Entry:
    texts = {name: row[name] or "" for name in ("account", "subject", "result")}
    event = Event(deed=row["deed"], person=row["person"], about=row["about"], chat=row["chat"], **texts)
    forgotten = row["forgotten_by"] is not None
    return Entry(seq=row["seq"], at=row["at"], event=event, forgotten=forgotten, covers=row["covers"])
