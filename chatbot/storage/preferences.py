"""How chats want to be spoken to, and told things, where that is not the usual way."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from chatbot.domain.audit import Event
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.domain.preferences import ChartTheme, NumberStyle, Preferences, QuietHours, QuietMode, ValueCurrency
from chatbot.storage.database import Database
from chatbot.storage.outbox import release_held
from chatbot.storage.recording import Recorder
from chatbot.storage.tables import METADATA, Exact, Word

PREFERENCES = sa.Table(
    "preferences",
    METADATA,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("numbers", Word(NumberStyle), nullable=False),
    sa.Column("theme", Word(ChartTheme), nullable=False),
    sa.Column("dust", Exact, nullable=False),
    sa.Column("quiet_from", sa.Text),  # all three, or none; times as `22:00`
    sa.Column("quiet_to", sa.Text),
    sa.Column("quiet_mode", Word(QuietMode)),
    sa.Column("currency", Word(ValueCurrency), nullable=False, server_default=ValueCurrency.USDT.value),
)

NOTICE_MODES = sa.Table(
    "notice_modes",
    METADATA,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", Word(NoticeKind), primary_key=True),
    sa.Column("mode", Word(NoticeMode), nullable=False),
)

_p, _m = PREFERENCES.c, NOTICE_MODES.c
_USUAL = Preferences()


class StoredPreferences:
    """Of the chats that chose anything, the preferences are also held in memory."""

    def __init__(self, database: Database, recorder: Recorder, chosen: Mapping[ChatId, Preferences]) -> None:
        self._database = database
        self._recorder = recorder
        self._chosen = dict(chosen)

    @classmethod
    async def load(cls, database: Database, recorder: Recorder) -> "StoredPreferences":
        rows = await database.read(lambda connection: connection.execute(sa.select(PREFERENCES)).mappings().all())
        return cls(database, recorder, {ChatId(row["chat"]): _preferences(row) for row in rows})

    def of(self, chat: ChatId) -> Preferences:
        return self._chosen.get(chat, _USUAL)

    async def change(self, chat: ChatId, how: Callable[[Preferences], Preferences]) -> Preferences:
        def work(connection: sa.Connection) -> Preferences:
            row = connection.execute(sa.select(PREFERENCES).where(_p.chat == chat)).mappings().first()
            changed = how(_USUAL if row is None else _preferences(row))
            connection.execute(PREFERENCES.delete().where(_p.chat == chat))
            connection.execute(PREFERENCES.insert(), {"chat": chat, **_columns(changed)})
            release_held(connection, chat)
            return changed

        return await self._database.write(work, then=lambda changed: self._chosen.update({chat: changed}))

    async def modes(self, chat: ChatId) -> Mapping[NoticeKind, NoticeMode]:
        query = sa.select(_m.kind, _m.mode).where(_m.chat == chat)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return {row.kind: row.mode for row in rows}

    async def set_mode(self, chat: ChatId, kind: NoticeKind, mode: NoticeMode, event: Event, *, now: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            connection.execute(NOTICE_MODES.delete().where(_m.chat == chat, _m.kind == kind))
            connection.execute(NOTICE_MODES.insert(), {"chat": chat, "kind": kind, "mode": mode})
            self._recorder.record(connection, event, now=now)

        await self._database.write(work)

    def moved(self, old: ChatId, new: ChatId) -> None:
        """A chat's rows were given a new id."""
        chosen = self._chosen.pop(old, None)
        if chosen is not None:
            self._chosen[new] = chosen

    def left(self, person: PersonId) -> None:
        """A person's rows were erased."""
        self._chosen.pop(ChatId(person), None)


def _preferences(row: Mapping[Any, Any]) -> Preferences:
    quiet = None
    if row["quiet_from"] is not None:
        start, end = time.fromisoformat(row["quiet_from"]), time.fromisoformat(row["quiet_to"])
        quiet = QuietHours(start=start, end=end, mode=row["quiet_mode"])
    return Preferences(
        zone=row["zone"],
        numbers=row["numbers"],
        theme=row["theme"],
        dust=row["dust"],
        quiet=quiet,
        currency=row["currency"],
    )


def _columns(chosen: Preferences) -> dict[str, object]:
    quiet = chosen.quiet
    return {
        "zone": chosen.zone,
        "numbers": chosen.numbers,
        "theme": chosen.theme,
        "dust": chosen.dust,
        "quiet_from": None if quiet is None else f"{quiet.start:%H:%M}",
        "quiet_to": None if quiet is None else f"{quiet.end:%H:%M}",
        "quiet_mode": None if quiet is None else quiet.mode,
        "currency": chosen.currency,
    }
