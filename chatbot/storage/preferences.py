"""How people want to be told things, where that is not the usual way."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.audit import Event
from chatbot.domain.ids import PersonId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.storage.database import Database
from chatbot.storage.recording import Recorder
from chatbot.storage.tables import METADATA, Word

NOTICE_MODES = sa.Table(
    "notice_modes",
    METADATA,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", Word(NoticeKind), primary_key=True),
    sa.Column("mode", Word(NoticeMode), nullable=False),
)

_m = NOTICE_MODES.c


class StoredPreferences:
    def __init__(self, database: Database, recorder: Recorder) -> None:
        self._database = database
        self._recorder = recorder

    async def modes(self, person: PersonId) -> Mapping[NoticeKind, NoticeMode]:
        query = sa.select(_m.kind, _m.mode).where(_m.person == person)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return {row.kind: row.mode for row in rows}

    async def set_mode(
        self, person: PersonId, kind: NoticeKind, mode: NoticeMode, event: Event, *, now: datetime
    ) -> None:
        def work(connection: sa.Connection) -> None:
            connection.execute(NOTICE_MODES.delete().where(_m.person == person, _m.kind == kind))
            connection.execute(NOTICE_MODES.insert(), {"person": person, "kind": kind, "mode": mode})
            self._recorder.record(connection, event, now=now)

        await self._database.write(work)
