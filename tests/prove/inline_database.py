"""The database in memory, in this thread: what a hundred thousand cases have time for."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

import chatbot.storage.schema  # noqa: F401 - fills METADATA
from chatbot.storage.tables import METADATA

T = TypeVar("T")


class Killed(BaseException):
    """The process is gone."""


class InlineDatabase:
    """As `storage.database.Database`, as far as stores need it. With its next write the process `dies`, before or after
    it, when it is told to.
    """

    def __init__(self) -> None:
        self._connection = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool).connect()
        with self._connection.begin():
            METADATA.create_all(self._connection)
        self.dies = ""

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        with self._connection.begin():
            return work(self._connection)

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        dies, self.dies = self.dies, ""
        if dies == "before":
            raise Killed
        with self._connection.begin():
            done = work(self._connection)
        if dies == "after":
            raise Killed
        return done

    def ask(self, query: str) -> Sequence[Any]:
        """What a query finds, past everything that takes time."""
        driver = self._connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return driver.execute(query).fetchall()

    def empty(self) -> None:
        with self._connection.begin():
            for table in reversed(METADATA.sorted_tables):
                self._connection.execute(table.delete())
