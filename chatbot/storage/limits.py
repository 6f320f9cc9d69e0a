"""Limits: changes as rows; what holds is the latest of them that has taken effect. Older ones go when one is set."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from chatbot.domain.audit import Deed, Event
from chatbot.domain.ids import AccountId, ChatId, LimitChangeId, PersonId
from chatbot.domain.limit_words import limit_in_words, name_of
from chatbot.domain.limits import RAISE_DELAY, LimitChange, LimitKind, Limits, limits_after
from chatbot.domain.notices import Alarm, AlarmKind, LimitHolds
from chatbot.ports.limits import ChangedLimit, NewLimit
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.database import Database, Prepared
from chatbot.storage.outbox import insert_notice
from chatbot.storage.recording import Recorder
from chatbot.storage.tables import METADATA, Exact, Moment, RowId, Word

LIMIT_CHANGES = sa.Table(
    "limit_changes",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("kind", Word(LimitKind), nullable=False),
    sa.Column("currency", sa.Text, nullable=False),  # empty, or the one whose own limit this is
    sa.Column("value", Exact, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("effective_at", Moment, nullable=False),
    sa.Column("by", sa.BigInteger, nullable=False),
    sa.Index("ix_limit_changes_account_effective_at", "account", "effective_at"),
    sqlite_autoincrement=True,  # notices remember changes: the number of a dropped one is never given out again
)

_c = LIMIT_CHANGES.c
_FIELDS = tuple(field.name for field in fields(LimitChange))
_OF_ACCOUNT = Prepared(
    sa.select(LIMIT_CHANGES).where(_c.account == sa.bindparam("of_account")).order_by(_c.effective_at, _c.id)
)


class StoredLimits:
    def __init__(self, database: Database, recorder: Recorder) -> None:
        self._database = database
        self._recorder = recorder

    def read(self, connection: sa.Connection, account: AccountId, now: datetime) -> Limits:
        """What holds now, within somebody else's unit of work."""
        return limits_after(change for change in self._changes(connection, account) if change.effective_at <= now)

    async def of(self, account: AccountId, *, now: datetime) -> tuple[Limits, tuple[LimitChange, ...]]:
        changes = await self._database.read(lambda connection: self._changes(connection, account))
        holding = limits_after(change for change in changes if change.effective_at <= now)
        return holding, tuple(change for change in changes if change.effective_at > now)

    async def lower(self, new: NewLimit, *, person: PersonId, chat: ChatId, now: datetime) -> ChangedLimit | None:
        def work(connection: sa.Connection) -> ChangedLimit | None:
            before = self._before(connection, new, now)
            if _is_raise(new, before):
                return None
            return self._put(connection, new, before=before, raised=False, person=person, chat=chat, now=now)

        return await self._database.write(work)

    async def set(self, new: NewLimit, *, person: PersonId, chat: ChatId, now: datetime) -> ChangedLimit:
        def work(connection: sa.Connection) -> ChangedLimit:
            before = self._before(connection, new, now)
            raised = _is_raise(new, before)
            return self._put(connection, new, before=before, raised=raised, person=person, chat=chat, now=now)

        return await self._database.write(work)

    async def keep(self, change: LimitChangeId, *, person: PersonId, chat: ChatId, now: datetime) -> LimitChange | None:
        theirs = sa.select(ACCOUNTS.c.label).where(ACCOUNTS.c.id == _c.account, ACCOUNTS.c.person == person)
        query = sa.select(LIMIT_CHANGES, theirs.scalar_subquery().label("label"))
        query = query.where(_c.id == change, _c.effective_at > now, theirs.exists())

        def work(connection: sa.Connection) -> LimitChange | None:
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                return None
            return self._keep(connection, row, person=person, chat=chat, now=now)

        return await self._database.write(work)

    def drop_waiting(self, connection: sa.Connection, person: PersonId, *, chat: ChatId, now: datetime) -> None:
        """Keep all of a person's limits as they are, in the caller's transaction: drop every raise that waits."""
        query = sa.select(LIMIT_CHANGES, ACCOUNTS.c.label).join(ACCOUNTS, ACCOUNTS.c.id == _c.account)
        query = query.where(ACCOUNTS.c.person == person, _c.effective_at > now).order_by(_c.id)
        for row in connection.execute(query).mappings().all():
            self._keep(connection, row, person=person, chat=chat, now=now)

    async def still_holds(self, change: LimitChangeId, *, now: datetime) -> tuple[LimitChange, str] | None:
        """A change with its account's label, if it has taken effect and nothing has replaced it since."""
        query = sa.select(LIMIT_CHANGES, ACCOUNTS.c.label).join(ACCOUNTS, ACCOUNTS.c.id == _c.account)

        def work(connection: sa.Connection) -> tuple[LimitChange, str] | None:
            row = connection.execute(query.where(_c.id == change)).mappings().one_or_none()
            if row is None:
                return None
            found = _change(row)
            same = [each for each in self._changes(connection, found.account) if _is_same_limit(each, found)]
            latest = max((each for each in same if each.effective_at <= now), key=_in_time, default=None)
            return (found, row["label"]) if latest == found else None

        return await self._database.read(work)

    def _keep(
        self, connection: sa.Connection, row: Mapping[Any, Any], *, person: PersonId, chat: ChatId, now: datetime
    ) -> LimitChange:
        """Drop a change that waits; the row has its account's label too."""
        dropped = _change(row)
        connection.execute(LIMIT_CHANGES.delete().where(_c.id == dropped.id))
        event = Event(
            deed=Deed.LIMIT_KEPT,
            person=person,
            chat=chat,
            account=row["label"],
            subject=name_of(dropped.kind, dropped.currency),
        )
        self._recorder.record(connection, event, now=now)
        return dropped

    def _changes(self, connection: sa.Connection, account: AccountId) -> list[LimitChange]:
        return [_change(row) for row in _OF_ACCOUNT.run(connection, {"of_account": account})]

    def _before(self, connection: sa.Connection, new: NewLimit, now: datetime) -> Decimal | None:
        return self.read(connection, new.account.id, now).of(new.kind, new.currency)

    def _put(
        self,
        connection: sa.Connection,
        new: NewLimit,
        *,
        before: Decimal | None,
        raised: bool,
        person: PersonId,
        chat: ChatId,
        now: datetime,
    ) -> ChangedLimit:
        values = {"account": new.account.id, "kind": new.kind, "currency": new.currency, "value": new.value}
        dropped = self._drop_waiting(connection, new, now)
        times = {"asked_at": now, "effective_at": now + RAISE_DELAY if raised else now}
        insert = LIMIT_CHANGES.insert().returning(LIMIT_CHANGES)
        stored = connection.execute(insert, {**values, **times, "by": person}).mappings().one()
        _drop_superseded(connection, new, now)
        changed = ChangedLimit(change=_change(stored), before=before, dropped=dropped)
        self._write_down(connection, changed, new.account.label, raised=raised, chat=chat)
        return changed

    def _drop_waiting(self, connection: sa.Connection, new: NewLimit, now: datetime) -> LimitChange | None:
        drop = LIMIT_CHANGES.delete().where(*_same(new), _c.effective_at > now).returning(LIMIT_CHANGES)
        row = connection.execute(drop).mappings().one_or_none()
        return None if row is None else _change(row)

    def _write_down(
        self, connection: sa.Connection, changed: ChangedLimit, label: str, *, raised: bool, chat: ChatId
    ) -> None:
        change, alarm = changed.change, None
        if raised:
            alarm = Alarm(
                kind=AlarmKind.LIMIT_RAISE,
                at=change.asked_at,
                account=label,
                subject=limit_in_words(change.kind, change.currency, change.value),
                due=change.effective_at,
            )
            holds = LimitHolds(change=change.id)
            insert_notice(
                connection,
                holds,
                chat=ChatId(change.by),
                reply_to=None,
                now=change.asked_at,
                not_before=change.effective_at,
            )
        event = Event(
            deed=Deed.LIMIT_RAISED if raised else Deed.LIMIT_LOWERED,
            person=change.by,
            chat=chat,
            account=label,
            subject=name_of(change.kind, change.currency),
        )
        self._recorder.record(connection, event, alarm=alarm, now=change.asked_at)


def _same(new: NewLimit) -> tuple[sa.ColumnElement[bool], ...]:
    return _c.account == new.account.id, _c.kind == new.kind, _c.currency == new.currency


def _is_raise(new: NewLimit, before: Decimal | None) -> bool:
    """A currency's first own limit lets something leave only where nothing could before."""
    if before is None:
        return not new.is_valued and new.value > 0
    return new.value > before


def _drop_superseded(connection: sa.Connection, new: NewLimit, now: datetime) -> None:
    """Keep of a limit what holds and what waits; the audit log remembers the rest."""
    in_force = (*_same(new), _c.effective_at <= now)
    holds = sa.select(_c.id).where(*in_force).order_by(_c.effective_at.desc(), _c.id.desc()).limit(1)
    connection.execute(LIMIT_CHANGES.delete().where(*in_force, _c.id != holds.scalar_subquery()))


def _change(row: Mapping[Any, Any]) -> LimitChange:
    return LimitChange(**{name: row[name] for name in _FIELDS})


def _is_same_limit(one: LimitChange, other: LimitChange) -> bool:
    return (one.kind, one.currency) == (other.kind, other.currency)


def _in_time(change: LimitChange) -> tuple[datetime, LimitChangeId]:
    return change.effective_at, change.id
