"""Where the alerts of a proof are stored: in memory, or as the program does it."""

import tempfile
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from chatbot.domain.alert_rules import Turn
from chatbot.domain.ids import AlertId, ChatId
from chatbot.domain.notices import AlertFired
from chatbot.ports.alerts import AlertStore
from chatbot.storage import schema
from chatbot.storage.alerts import StoredAlerts
from chatbot.storage.chats import StoredChats
from chatbot.storage.database import Database
from chatbot.storage.outbox import StoredOutbox
from tests.fakes.alert_store import MemoryStore
from tests.fakes.clock import START

Told = list[tuple[AlertId, bool]]
"""Which alerts were told, and whether as late."""
_FAR = START.replace(year=START.year + 10)


class Rows(Protocol):
    @property
    def store(self) -> AlertStore: ...

    async def prepare(self, *, closed: Set[ChatId], fails: bool) -> None:
        """For the next tick: which chats are closed, and whether no transaction succeeds."""
        ...

    async def told(self) -> Told:
        """What was told since the last time this was asked."""
        ...


class RowsInMemory:
    def __init__(self) -> None:
        self.store = MemoryStore()

    async def prepare(self, *, closed: Set[ChatId], fails: bool) -> None:
        self.store.closed, self.store.fails = set(closed), fails

    async def told(self) -> Told:
        told, self.store.told = self.store.told, []
        return [(fired.alert, fired.late) for fired in told]


class RowsInTables:
    """The program's own tables, in a file."""

    def __init__(self, database: Database, chats: StoredChats) -> None:
        self.store = _Failing(database)
        self._chats = chats
        self._outbox = StoredOutbox(database)
        self._closed: Set[ChatId] = frozenset()

    async def prepare(self, *, closed: Set[ChatId], fails: bool) -> None:
        self.store.fails = fails
        for chat in closed - self._closed:
            await self._chats.pause(chat, now=START)
        for chat in self._closed - closed:
            await self._chats.resume(chat)
        self._closed = closed

    async def told(self) -> Told:
        for chat in self._closed:  # what was told there before it closed waits for it to open
            await self._chats.resume(chat)
        due = await self._outbox.due(now=_FAR, limit=10_000)
        await self._outbox.sent(*(entry.id for entry in due))
        for chat in self._closed:
            await self._chats.pause(chat, now=START)
        return [(entry.notice.alert, entry.notice.late) for entry in due if isinstance(entry.notice, AlertFired)]


@asynccontextmanager
async def rows_in_tables() -> AsyncIterator[Rows]:
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(Path(folder) / "alerts.db")
        await database.write(schema.create)
        try:
            yield RowsInTables(database, await StoredChats.load(database, moved=lambda old, new: None))
        finally:
            await database.aclose()


class _Failing(StoredAlerts):
    fails = False

    async def advance(self, *arguments: Any, **keywords: Any) -> None:
        def fail(*_: Any) -> Turn:
            raise OSError("disk full")

        await super().advance(*arguments, **(keywords | {"take": fail} if self.fails else keywords))
