"""The one connection to the database: aiosqlite's, and its thread.

Every unit of work is a plain function that runs in that thread from its first statement to its commit. So a
transaction has the connection to itself without a lock, costs one hand-over between threads however many statements
it has, and cannot be torn: what was once asked for is done whole, even if the task that waits for it is cancelled.

All that is special about SQLite stands in this file.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.compiler import SQLCompiler

from chatbot.storage.faults import ForeignDatabase

T = TypeVar("T")
Row = Mapping[str, Any]

_DIALECT = SQLiteDialect_pysqlite()
_BUSY_TIMEOUT_MS = 5_000
_CUT_TIMEOUT_MS = 200
"""How long the log waits for its readers before it is cut; it is tried again, and people must not wait for it."""
_PRAGMAS = (
    f"busy_timeout = {_BUSY_TIMEOUT_MS}",
    "journal_mode = WAL",
    "synchronous = FULL",  # a commit is on the disk when it returns
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten with zeros
    "cache_size = -8192",  # KB: all pages that a thousand alerts firing at once touch, wherever they stand
    "wal_autocheckpoint = 4000",  # pages: the log of such a burst is not brought into the file within the burst
)


async def _connect(path: Path) -> aiosqlite.Connection:
    # Without `isolation_level=None` the driver begins transactions by itself, late and deferred: two readers that
    # both go on to write then overwrite each other's work silently.
    connection = await aiosqlite.connect(path, isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            await connection.execute_fetchall(f"PRAGMA {pragma}")
    except sqlite3.DatabaseError as error:
        await connection.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise ForeignDatabase(path) from None
        raise
    return connection


class Prepared:
    """A statement compiled once, for the few that a person's tap waits for, and for those that run a thousand times.

    It goes straight to the driver: about 0.1 ms less than through SQLAlchemy's execution, by the same column types.
    Compiling takes 2 ms, so each is a constant beside the store that runs it.
    """

    def __init__(self, statement: sa.UpdateBase | sa.SelectBase) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)
        self.sql = compiled.string
        self._order = tuple(compiled.positiontup or ())
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._wanted = compiled.binds.keys() - self._constants.keys()
        self._writers = {
            name: writer
            for name, bind in compiled.binds.items()
            if (writer := bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT))
        }
        self._readers = tuple(
            (str(column.key), column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None))
            for column in statement.exported_columns
        )

    def run(self, connection: sa.Connection, values: Row) -> list[Row]:
        """Run within a unit of work, and return all rows the statement returned."""
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return [self.row(row) for row in driver.execute(self.sql, self.parameters(values)).fetchall()]

    def run_many(self, connection: sa.Connection, rows: Iterable[Row]) -> None:
        """Run within a unit of work, once per set of values; what that returns is not read."""
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        merged = ({**self._constants, **values} for values in rows) if self._constants else rows
        writers = [(name, self._writers.get(name)) for name in self._order]
        driver.executemany(
            self.sql, ([write(row[name]) if write else row[name] for name, write in writers] for row in merged)
        )

    def parameters(self, values: Row) -> list[Any]:
        """The driver's parameters, in its order, from one value for each of the statement's open ones."""
        assert values.keys() == self._wanted
        merged = {**self._constants, **values}
        return [self._writers[name](merged[name]) if name in self._writers else merged[name] for name in self._order]

    def row(self, values: Iterable[Any]) -> Row:
        pairs = zip(self._readers, values, strict=True)
        return {name: reader(value) if reader else value for (name, reader), value in pairs}


class Database:
    """Runs units of work, one at a time, in the order in which they were asked for."""

    def __init__(self, owner: aiosqlite.Connection) -> None:
        self._owner = owner
        # aiosqlite has no public way to the connection it owns, nor to run a function in its thread. SQLAlchemy's own
        # aiosqlite dialect reaches for the same private names; it hands over every statement singly, though.
        self._driver: sqlite3.Connection = owner._conn
        self._log_to_cut = False
        # hide_parameters: error messages must not quote what people typed.
        self._engine = sa.create_engine(
            "sqlite://", creator=lambda: self._driver, poolclass=StaticPool, hide_parameters=True
        )

    @classmethod
    async def open(cls, path: Path) -> "Database":
        """Connect to a file, which is made if it does not exist. Raises `ForeignDatabase` if it is no database."""
        owner = await _connect(path)
        database = cls(owner)
        try:
            await database._hop(database._begin_using)
        except BaseException:
            await owner.close()
            raise
        return database

    async def aclose(self) -> None:
        """Let the work already asked for finish, then close."""
        await self._hop(self._connection.close)
        await self._owner.close()

    async def read(self, work: Callable[[sa.Connection], T], *, snapshot: bool = False) -> T:
        """Run `work`, which must only read, and return what it returns.

        With `snapshot`, all its statements see one moment, whatever another process writes meanwhile.
        """
        return await self._hop(lambda: self._read(work, snapshot))

    async def write(
        self, work: Callable[[sa.Connection], T], *, then: Callable[[T], None] | None = None, erase: bool = False
    ) -> T:
        """Run `work` in a transaction of its own; it is durable when this returns, or undone if `work` raises.

        `then` is called with the result in the database's thread as soon as the commit stands, even if the caller has
        been cancelled meanwhile: the place to bring a cache up to date. With `erase`, nothing that was deleted stays
        readable in the file or its log; while another program reads there, that is so only once `finish_erasing` says
        it.
        """
        return await self._hop(lambda: self._write(work, then, erase))

    async def finish_erasing(self, *, surely: bool = False) -> bool:
        """Whether all that was ever to be erased is gone from the files. What is left to do for it is tried again.

        With `surely`, also what an earlier run of the program may have left.
        """
        return await self._hop(lambda: self._finish_erasing(surely))

    async def rebuild(self, work: Callable[[sa.Connection], T]) -> T:
        """`write` for changes of the schema: tables may be copied and dropped without taking along what refers to them.

        Raises `sqlite3.IntegrityError`, and undoes all, if a reference leads nowhere afterwards.
        """
        return await self._hop(lambda: self._rebuild(work))

    async def run(self, prepared: Prepared, *values: Row) -> list[Row]:
        """Run a prepared statement once per set of values, all in one transaction, durable when this returns.

        Returns all rows the statement returned.
        """
        return await self._hop(lambda: self._run(prepared, values))

    async def write_prepared(self, work: Callable[[sa.Connection], T]) -> T:
        """`write` for work that only runs prepared statements, and which a person's tap waits for."""
        return await self._hop(lambda: self._write_prepared(work))

    async def copy_to(self, target: Path) -> None:
        """Write a consistent copy of the whole database to a file."""
        await self._hop(lambda: self._copy_to(target))

    async def _hop(self, work: Callable[[], T]) -> T:
        result: T = await self._owner._execute(work)  # type: ignore[no-untyped-call]
        return result

    def _begin_using(self) -> None:
        self._connection = self._engine.connect()

    def _read(self, work: Callable[[sa.Connection], T], snapshot: bool) -> T:
        with self._connection.begin():
            if snapshot:
                self._connection.exec_driver_sql("BEGIN")
            return work(self._connection)

    def _write(self, work: Callable[[sa.Connection], T], then: Callable[[T], None] | None, erase: bool) -> T:
        with self._connection.begin():
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            result = work(self._connection)
        if then:
            then(result)
        if erase:
            self._finish_erasing(True)
        return result

    def _finish_erasing(self, surely: bool) -> bool:
        """Old pages also stand in the write-ahead log until it is cut, which others who read there can delay."""
        if surely or self._log_to_cut:
            self._driver.execute(f"PRAGMA busy_timeout = {_CUT_TIMEOUT_MS}")
            try:
                busy, *_ = self._driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._driver.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
            self._log_to_cut = bool(busy)
        return not self._log_to_cut

    def _rebuild(self, work: Callable[[sa.Connection], T]) -> T:
        def checked(connection: sa.Connection) -> T:
            result = work(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise sqlite3.IntegrityError("a reference leads nowhere after the change")
            return result

        # Only outside of a transaction does this pragma have an effect: https://www.sqlite.org/lang_altertable.html
        self._driver.execute("PRAGMA foreign_keys = OFF")
        try:
            return self._write(checked, None, erase=False)
        finally:
            self._driver.execute("PRAGMA foreign_keys = ON")

    def _run(self, prepared: Prepared, values: tuple[Row, ...]) -> list[Row]:
        if len(values) == 1:  # a lone statement is a transaction by itself
            return prepared.run(self._connection, values[0])
        return self._write_prepared(
            lambda connection: [row for each in values for row in prepared.run(connection, each)]
        )

    def _write_prepared(self, work: Callable[[sa.Connection], T]) -> T:
        self._driver.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
            self._driver.commit()
        except BaseException:
            self._driver.rollback()
            raise
        return result

    def _copy_to(self, target: Path) -> None:
        with closing(sqlite3.connect(target)) as copy:
            self._driver.backup(copy)
