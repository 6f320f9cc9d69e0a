"""Locks and the halt: rows, also held in memory whole, so that asking right before sending costs nothing.

Stopping sets memory first and writes the row after, and stays in memory whatever becomes of the row. Starting again
does it the other way round, for the very object in memory: it leaves alone, there and in its row, what was stopped anew
meanwhile. Rows are written in the order in which this was asked for, so both end up the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.audit import Event
from chatbot.domain.ids import PersonId, TicketId
from chatbot.domain.locks import Halt, Lock
from chatbot.domain.notices import Alarm
from chatbot.storage.database import Database
from chatbot.storage.precautions import Precautions
from chatbot.storage.recording import Recorder
from chatbot.storage.tables import METADATA, Moment
from chatbot.storage.tickets import StoredTickets

LOCKS = sa.Table(
    "locks",
    METADATA,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("message", sa.BigInteger, nullable=False),
    sa.Column("opens_at", Moment),
)

HALTS = sa.Table(
    "halts",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("by", sa.BigInteger, nullable=False),
)

_THE_ONE = 1
_LOCK_FIELDS = tuple(each.name for each in fields(Lock))


@dataclass(slots=True)
class Switches:
    """What is stopped now, in memory."""

    locks: dict[PersonId, Lock] = field(default_factory=dict)
    halt: Halt | None = None

    @classmethod
    async def load(cls, database: Database) -> "Switches":
        return await database.read(_load)

    def is_locked(self, person: PersonId, now: datetime) -> bool:
        lock = self.locks.get(person)
        return lock is not None and lock.holds(now)

    @property
    def is_halted(self) -> bool:
        return self.halt is not None


class StoredLocks:
    def __init__(
        self,
        database: Database,
        switches: Switches,
        *,
        tickets: StoredTickets,
        precautions: Precautions,
        recorder: Recorder,
    ) -> None:
        self._database = database
        self._switches = switches
        self._tickets = tickets
        self._precautions = precautions
        self._recorder = recorder

    def is_locked(self, person: PersonId, now: datetime) -> bool:
        return self._switches.is_locked(person, now)

    @property
    def is_halted(self) -> bool:
        return self._switches.is_halted

    def of(self, person: PersonId) -> Lock | None:
        return self._switches.locks.get(person)

    @property
    def halt(self) -> Halt | None:
        return self._switches.halt

    def left(self, person: PersonId) -> None:
        """Their row is gone: bring the memory up to date. To be called in the database's thread."""
        self._switches.locks.pop(person, None)

    async def lock(self, lock: Lock, event: Event, *, now: datetime) -> tuple[TicketId, ...]:
        self._switches.locks[lock.person] = lock

        def work(connection: sa.Connection) -> tuple[TicketId, ...]:
            _put(connection, lock)
            self._recorder.record(connection, event, now=now)
            self._precautions.take(connection, lock.person, chat=lock.chat, now=now)
            return self._tickets.stop_waiting(connection, lock.person, now)

        return await self._database.write(work)

    async def open_at(self, lock: Lock, opens_at: datetime, event: Event, *, alarm: Alarm, now: datetime) -> None:
        opening = replace(lock, opens_at=opens_at)

        def work(connection: sa.Connection) -> None:
            if self._is_held(lock):
                _put(connection, opening)
                self._recorder.record(connection, event, alarm=alarm, now=now)

        await self._database.write(work)
        if self._is_held(lock):
            self._switches.locks[lock.person] = opening

    async def unlock(self, lock: Lock, event: Event, *, alarm: Alarm, now: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            if self._is_held(lock) and connection.execute(_gone(lock)).rowcount:
                self._recorder.record(connection, event, alarm=alarm, now=now)

        await self._database.write(work)
        if self._is_held(lock):
            del self._switches.locks[lock.person]

    def opening(self) -> tuple[Lock, ...]:
        opening = (lock for lock in self._switches.locks.values() if lock.opens_at is not None)
        return tuple(sorted(opening, key=lambda lock: (lock.opens_at, lock.person)))

    async def stop_everything(self, halt: Halt, event: Event, *, now: datetime) -> None:
        self._switches.halt = halt

        def work(connection: sa.Connection) -> None:
            connection.execute(HALTS.delete())
            connection.execute(HALTS.insert(), {"id": _THE_ONE, "since": halt.since, "by": halt.by})
            self._recorder.record(connection, event, now=now)

        await self._database.write(work)

    async def resume(self, halt: Halt, event: Event, *, now: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            if self._switches.halt is halt:
                connection.execute(HALTS.delete())
                self._recorder.record(connection, event, now=now)

        await self._database.write(work)
        if self._switches.halt is halt:
            self._switches.halt = None

    def _is_held(self, lock: Lock) -> bool:
        return self._switches.locks.get(lock.person) is lock


def _load(connection: sa.Connection) -> Switches:
    locks = {lock.person: lock for lock in map(_lock, connection.execute(sa.select(LOCKS)).mappings())}
    row = connection.execute(sa.select(HALTS)).mappings().one_or_none()
    return Switches(locks=locks, halt=None if row is None else Halt(since=row["since"], by=row["by"]))


def _lock(row: Mapping[Any, Any]) -> Lock:
    return Lock(**{name: row[name] for name in _LOCK_FIELDS})


def _gone(lock: Lock) -> sa.Delete:
    """Takes away a lock's row, or an earlier one that it could not replace; never that of a later command."""
    return LOCKS.delete().where(LOCKS.c.person == lock.person, LOCKS.c.message <= lock.message)


def _put(connection: sa.Connection, lock: Lock) -> None:
    connection.execute(LOCKS.delete().where(LOCKS.c.person == lock.person))
    connection.execute(LOCKS.insert(), {name: getattr(lock, name) for name in _LOCK_FIELDS})
