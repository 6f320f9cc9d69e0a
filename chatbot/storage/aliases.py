"""Withdrawal aliases, and until when a withdrawal to each has to wait."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from chatbot.domain.accounts import Account
from chatbot.domain.aliases import Alias, AliasInUse
from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import NotLinked, Obstacle, Stopped
from chatbot.domain.ids import AccountId, AliasId, ChatId, PersonId
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.tickets import TicketState
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.database import Database
from chatbot.storage.recording import Recorder
from chatbot.storage.tables import METADATA, Moment, RowId
from chatbot.storage.ticket_table import TICKETS

ALIASES = sa.Table(
    "aliases",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("by", sa.BigInteger, nullable=False),
    sa.Column("held_until", Moment, nullable=False),
    sa.Column("by_use", sa.Boolean, nullable=False, server_default=sa.false()),  # nobody added it: it was withdrawn to
    sa.UniqueConstraint("account", "currency", "name"),
    sqlite_autoincrement=True,  # buttons remember aliases: the number of a removed one is never given out again
)

_a, _t = ALIASES.c, TICKETS.c
_FIELDS = tuple(field.name for field in fields(Alias))
_SENT = (TicketState.CLAIMED, TicketState.DONE, TicketState.UNCERTAIN)
_UNFINISHED = (TicketState.HELD, TicketState.CLAIMED, TicketState.UNCERTAIN)


def _withdrawals(states: tuple[TicketState, ...]) -> tuple[sa.ColumnElement[bool], ...]:
    """The tickets to an alias that are in one of these states."""
    same = (_t.account == _a.account, _t.spend_currency == _a.currency, _t.alias == _a.name)
    return (*same, _t.state.in_(states))


_USES = sa.select(sa.func.count()).select_from(TICKETS).where(*_withdrawals(_SENT)).scalar_subquery().label("uses")
_WITH_USES = sa.select(ALIASES, _USES)
_IS_HELD = sa.exists().where(*_withdrawals((TicketState.HELD,)))
_IN_USE = sa.exists().where(*_withdrawals(_UNFINISHED))


class Switches(Protocol):
    """Who is locked, in memory."""

    def is_locked(self, person: PersonId, now: datetime) -> bool: ...


class StoredAliases:
    """`hold` is how long the first withdrawal to a new alias waits, from when the alias was added or first used."""

    def __init__(self, database: Database, recorder: Recorder, *, switches: Switches, hold: timedelta) -> None:
        self._database = database
        self._recorder = recorder
        self._switches = switches
        self._hold = hold

    @property
    def hold_time(self) -> timedelta:
        return self._hold

    async def add(
        self, account: Account, *, currency: str, name: str, person: PersonId, chat: ChatId, now: datetime
    ) -> tuple[Alias, bool]:
        def work(connection: sa.Connection) -> tuple[Alias, bool]:
            known = _find(connection, account.id, currency, name)
            if known is not None:
                return known, False
            if self._switches.is_locked(person, now):
                raise Stopped(Obstacle.LOCKED)
            alias = self._insert(connection, account.id, currency=currency, name=name, person=person, now=now)
            due = alias.held_until if alias.held_until > now else None
            alarm = Alarm(
                kind=AlarmKind.ALIAS_ADDED, at=now, account=account.label, subject=f"{currency} to {name}", due=due
            )
            self._write_down(
                connection, Deed.ALIAS_ADDED, alias, account.label, person=person, chat=chat, now=now, alarm=alarm
            )
            return alias, True

        return await self._database.write(work)

    def hold(
        self,
        connection: sa.Connection,
        *,
        account: AccountId,
        currency: str,
        alias: str,
        person: PersonId,
        now: datetime,
    ) -> datetime | None:
        """Until when a withdrawal to an alias has to wait; None if it need not. A first use adds it, which starts that.

        In the caller's transaction. Raises `NotLinked` if the account is gone.
        """
        known = _find(connection, account, currency, alias)
        if known is None:
            label = connection.execute(sa.select(ACCOUNTS.c.label).where(ACCOUNTS.c.id == account)).scalar_one_or_none()
            if label is None:
                raise NotLinked
            known = self._insert(
                connection, account, currency=currency, name=alias, person=person, now=now, by_use=True
            )
            self._write_down(
                connection, Deed.ALIAS_ADDED, known, label, person=person, chat=None, now=now, result="first use"
            )
        return known.held_until if known.held_until > now else None

    def restart_holds(self, connection: sa.Connection, person: PersonId, *, now: datetime) -> None:
        """Let every hold of a person's aliases that is not over begin anew, in the caller's transaction."""
        theirs = sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.person == person)
        until = now + self._hold
        held = (_a.account.in_(theirs), _a.held_until > now, _a.held_until < until)
        connection.execute(ALIASES.update().where(*held).values(held_until=until))

    def unsent(
        self,
        connection: sa.Connection,
        *,
        account: AccountId,
        currency: str,
        alias: str,
        person: PersonId,
        now: datetime,
    ) -> None:
        """A withdrawal to an alias was held and ended unsent, so no other may go sooner for it; in its transaction.

        An alias that came by nothing but such uses goes; of any other that is held, the hold begins anew.
        """
        query = sa.select(ALIASES, _USES, ACCOUNTS.c.label, _IS_HELD.label("is_held"))
        query = query.join(ACCOUNTS, ACCOUNTS.c.id == _a.account)
        row = connection.execute(query.where(*_named(account, currency, alias))).mappings().one_or_none()
        if row is None:
            return
        if row["by_use"] and not row["uses"] and not row["is_held"]:
            connection.execute(ALIASES.delete().where(_a.id == row["id"]))
            self._write_down(
                connection,
                Deed.ALIAS_REMOVED,
                _alias(row),
                row["label"],
                person=person,
                chat=None,
                now=now,
                result="nothing was sent",
            )
        elif row["held_until"] > now:
            until = max(row["held_until"], now + self._hold)
            connection.execute(ALIASES.update().where(_a.id == row["id"]).values(held_until=until))

    async def of(self, accounts: tuple[AccountId, ...]) -> tuple[Alias, ...]:
        query = _WITH_USES.where(_a.account.in_(accounts)).order_by(_a.account, _a.currency, _a.added_at)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_alias, rows))

    async def find(self, account: AccountId, *, currency: str, name: str) -> Alias | None:
        return await self._database.read(lambda connection: _find(connection, account, currency, name))

    async def remove(self, alias: AliasId, *, person: PersonId, chat: ChatId, now: datetime) -> Alias | None:
        """See the Protocol."""
        theirs = sa.select(ALIASES, _USES, ACCOUNTS.c.label, _IN_USE.label("in_use"))
        query = theirs.join(ACCOUNTS, ACCOUNTS.c.id == _a.account).where(_a.id == alias, ACCOUNTS.c.person == person)

        def work(connection: sa.Connection) -> Alias | None:
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                return None
            if row["in_use"]:
                raise AliasInUse
            removed = _alias(row)
            connection.execute(ALIASES.delete().where(_a.id == alias))
            self._write_down(connection, Deed.ALIAS_REMOVED, removed, row["label"], person=person, chat=chat, now=now)
            return removed

        return await self._database.write(work)

    def _insert(
        self,
        connection: sa.Connection,
        account: AccountId,
        *,
        currency: str,
        name: str,
        person: PersonId,
        now: datetime,
        by_use: bool = False,
    ) -> Alias:
        values = {"account": account, "currency": currency, "name": name, "added_at": now, "by": person}
        values["by_use"] = by_use
        insert = ALIASES.insert().values(**values, held_until=now + self._hold).returning(ALIASES)
        return _alias({**connection.execute(insert).mappings().one(), "uses": 0})

    def _write_down(
        self,
        connection: sa.Connection,
        deed: Deed,
        alias: Alias,
        label: str,
        *,
        person: PersonId,
        chat: ChatId | None,
        now: datetime,
        result: str = "",
        alarm: Alarm | None = None,
    ) -> None:
        subject = f"{alias.currency} to {alias.name}"
        event = Event(deed=deed, person=person, chat=chat, account=label, subject=subject, result=result)
        self._recorder.record(connection, event, alarm=alarm, now=now)


def _named(account: AccountId, currency: str, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _a.account == account, _a.currency == currency, _a.name == name


def _find(connection: sa.Connection, account: AccountId, currency: str, name: str) -> Alias | None:
    query = _WITH_USES.where(*_named(account, currency, name))
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _alias(row)


def _alias(row: Mapping[Any, Any]) -> Alias:
    return Alias(**{name: row[name] for name in _FIELDS})
