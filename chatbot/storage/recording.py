"""Writing down what was done, and telling its person where they must notice."""

from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.audit import Event
from chatbot.domain.ids import ChatId
from chatbot.domain.notices import Alarm
from chatbot.ports.clock import Clock
from chatbot.storage.audit import AuditLog
from chatbot.storage.database import Database
from chatbot.storage.outbox import insert_notice


class Recorder:
    def __init__(self, log: AuditLog) -> None:
        self._log = log

    def record(self, connection: sa.Connection, event: Event, *, alarm: Alarm | None = None, now: datetime) -> None:
        """Write a deed down, in the caller's transaction; an alarm goes into the outbox of the event's person with it.

        Raises `ValueError` for an alarm without a person to tell.
        """
        self._log.append(connection, event, now=now)
        if alarm is None:
            return
        if event.person is None:
            raise ValueError("an alarm needs somebody to tell")
        insert_notice(connection, alarm, chat=ChatId(event.person), reply_to=None, now=now)


class StoredJournal:
    """Deeds that have no row of their own, each in a transaction of its own."""

    def __init__(self, database: Database, recorder: Recorder, clock: Clock) -> None:
        self._database = database
        self._recorder = recorder
        self._clock = clock

    async def record(self, event: Event, *, alarm: Alarm | None = None) -> None:
        now = self._clock.now()
        await self._database.write(lambda connection: self._recorder.record(connection, event, alarm=alarm, now=now))
