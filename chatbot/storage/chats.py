"""Chats somebody stands for, chats that cannot be written to, and what Telegram says of groups, topics and channels."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.chats import ChatType, KnownChat, Topic
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.places import Place
from chatbot.storage.database import Database
from chatbot.storage.tables import METADATA, Moment, Word, partial_index

CHATS = sa.Table(
    "chats",
    METADATA,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("vouched_by", sa.BigInteger),
    sa.Column("vouched_at", Moment),
    sa.Column("paused_at", Moment),
    sa.Column("joined_at", Moment),
    sa.Column("type", Word(ChatType)),
    sa.Column("title", sa.Text),
    sa.Column("username", sa.Text),
    sa.Column("is_forum", sa.Boolean),
    sa.Column("loss_told_at", Moment),
)
"""`joined_at` is empty where the bot is not, or was never said to have come. Private chats have no type here. At
`loss_told_at`, those who set up something were last told that the bot cannot write there.
"""

TOPICS = sa.Table(
    "topics",
    METADATA,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("thread", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("is_closed", sa.Boolean, nullable=False),
    sa.Column("paused_at", Moment),
    sa.Column("is_deleted", sa.Boolean, nullable=False, server_default=sa.false()),
)
"""`is_closed` is what was said of a topic; with `paused_at`, the bot may not write there. That one `is_deleted` nobody
says: it shows when something is sent there.
"""

partial_index("ix_topics_paused", TOPICS.c.chat, where=TOPICS.c.paused_at.is_not(None))

_GENERAL = 1
"""The topic every forum has. What is written in it names none: https://core.telegram.org/api/forum#forum-topics"""


def is_paused(chat: sa.ColumnElement[int], thread: sa.ColumnElement[int | None]) -> sa.ColumnElement[bool]:
    """Whether a place cannot be written to, because of its chat or of its topic."""
    topic = (TOPICS.c.chat == chat, TOPICS.c.thread == sa.func.coalesce(thread, _GENERAL))
    return sa.or_(
        sa.exists().where(CHATS.c.chat == chat, CHATS.c.paused_at.is_not(None)),
        sa.exists().where(*topic, TOPICS.c.paused_at.is_not(None)),
    )


def paused_topics(connection: sa.Connection) -> frozenset[Place]:
    """The topics the bot may not write to; few, if any."""
    rows = connection.execute(sa.select(TOPICS.c.chat, TOPICS.c.thread).where(TOPICS.c.paused_at.is_not(None)))
    return frozenset(_topic_place(*row) for row in rows)


def pause_topic(connection: sa.Connection, place: Place, *, now: datetime) -> bool:
    """False if it was paused before."""
    paused = sa.select(TOPICS.c.chat).where(*is_topic(place), TOPICS.c.paused_at.is_not(None))
    if connection.execute(paused).first() is not None:
        return False
    put_topic(connection, place, is_closed=True, paused_at=now)
    return True


def resume_topic(connection: sa.Connection, place: Place) -> bool:
    """False if it was not paused."""
    paused = TOPICS.update().where(*is_topic(place), TOPICS.c.paused_at.is_not(None))
    return connection.execute(paused.values(paused_at=None)).rowcount > 0


def put_topic(connection: sa.Connection, place: Place, **values: Any) -> None:
    if connection.execute(TOPICS.update().where(*is_topic(place)).values(values)).rowcount == 0:
        row = {"chat": place.chat, "thread": place.thread or _GENERAL, "name": "", "is_closed": False}
        connection.execute(TOPICS.insert(), {**row, **values})


def is_topic(place: Place) -> tuple[sa.ColumnElement[bool], ...]:
    return TOPICS.c.chat == place.chat, TOPICS.c.thread == (place.thread or _GENERAL)


def _topic_place(chat: int, thread: int) -> Place:
    return Place(chat=ChatId(chat), thread=None if thread == _GENERAL else thread)


class StoredChats:
    """Which chats are vouched for, and how groups and topics are called, is also held in memory, because every message
    in a group asks for it.

    `moved(old, new)` is told of chats that got a new id, for what others hold in memory.
    """

    def __init__(
        self,
        database: Database,
        vouched: Iterable[ChatId],
        *,
        known: Iterable[KnownChat],
        topics: Mapping[Place, Topic],
        moved: Callable[[ChatId, ChatId], None],
    ) -> None:
        self._database = database
        self._moved = moved
        self._vouched = set(vouched)
        self._known = {chat.id: chat for chat in known}
        self._topics = dict(topics)

    @classmethod
    async def load(cls, database: Database, *, moved: Callable[[ChatId, ChatId], None]) -> "StoredChats":
        query = sa.select(CHATS.c.chat).where(CHATS.c.vouched_at.is_not(None))
        vouched = await database.read(lambda connection: connection.execute(query).scalars().all())
        return cls(
            database,
            vouched,
            known=await database.read(_known),
            topics=await database.read(_topics),
            moved=moved,
        )

    async def is_vouched(self, chat: ChatId) -> bool:
        return chat in self._vouched

    async def vouch(self, chat: ChatId, *, by: PersonId, now: datetime) -> None:
        await self._database.write(
            lambda connection: put_chat(connection, chat, vouched_by=by, vouched_at=now),
            then=lambda _: self._vouched.add(chat),
        )

    def unvouched(self, chats: Iterable[ChatId]) -> None:
        """Others wrote it down; to be called in the database's thread."""
        self._vouched.difference_update(chats)

    async def pause(self, chat: ChatId, *, now: datetime) -> None:
        await self._database.write(lambda connection: put_chat(connection, chat, paused_at=now))

    async def resume(self, chat: ChatId) -> None:
        paused = CHATS.update().where(CHATS.c.chat == chat, CHATS.c.paused_at.is_not(None))
        await self._database.write(lambda connection: connection.execute(paused.values(paused_at=None)))

    def get(self, chat: ChatId) -> KnownChat | None:
        return self._known.get(chat)

    def all(self) -> tuple[KnownChat, ...]:
        return tuple(sorted(self._known.values(), key=by_title))

    async def note(self, chat: KnownChat) -> None:
        if self._known.get(chat.id) != chat:
            await self._database.write(
                lambda connection: put_chat(connection, chat.id, **described(chat)),
                then=lambda _: self.noted(chat),
            )

    def noted(self, chat: KnownChat) -> None:
        """Others wrote it down; it is known in memory, too, from now on."""
        self._known[chat.id] = chat

    def topic(self, place: Place) -> Topic | None:
        return self._topics.get(place)

    async def note_topic(self, place: Place, topic: Topic) -> None:
        await self._database.write(
            lambda connection: put_topic(connection, place, name=topic.name, is_closed=topic.is_closed),
            then=lambda _: self._topics.update({place: topic}),
        )

    async def deleted_topics(self, chat: ChatId) -> frozenset[Place]:
        gone = sa.select(TOPICS.c.thread).where(TOPICS.c.chat == chat, TOPICS.c.is_deleted)
        rows = await self._database.read(lambda connection: connection.execute(gone).scalars().all())
        return frozenset(_topic_place(chat, thread) for thread in rows)

    async def move(self, old: ChatId, new: ChatId) -> None:
        await self._database.write(
            lambda connection: _move(connection, old, new), then=lambda _: self._move_in_memory(old, new)
        )

    def _move_in_memory(self, old: ChatId, new: ChatId) -> None:
        if old in self._vouched:
            self._vouched.add(new)
        self._vouched.discard(old)
        if (chat := self._known.pop(old, None)) is not None and new not in self._known:
            self._known[new] = replace(chat, id=new, type=ChatType.SUPERGROUP)
        self._moved(old, new)


def by_title(chat: KnownChat) -> tuple[str, int]:
    return chat.title.casefold(), chat.id


def described(chat: KnownChat) -> dict[str, Any]:
    """A chat's columns that Telegram decides."""
    return {"type": chat.type, "title": chat.title, "username": chat.username, "is_forum": chat.is_forum}


def known_chat(row: sa.Row[Any]) -> KnownChat:
    return KnownChat(id=row.chat, type=row.type, title=row.title, username=row.username, is_forum=row.is_forum)


def _known(connection: sa.Connection) -> tuple[KnownChat, ...]:
    return tuple(map(known_chat, connection.execute(sa.select(CHATS).where(CHATS.c.type.is_not(None)))))


def _topics(connection: sa.Connection) -> dict[Place, Topic]:
    return {
        _topic_place(row.chat, row.thread): Topic(name=row.name, is_closed=row.is_closed)
        for row in connection.execute(sa.select(TOPICS))
    }


def put_chat(connection: sa.Connection, chat: ChatId, **values: Any) -> None:
    if connection.execute(CHATS.update().where(CHATS.c.chat == chat).values(values)).rowcount == 0:
        connection.execute(CHATS.insert(), {"chat": chat, **values})


def _move(connection: sa.Connection, old: ChatId, new: ChatId) -> None:
    """Rewrite the column `chat` of every table that is not history.

    Where only one row per chat can be, the old chat's row counts. A word for either chat is kept. The new one is not
    paused: nobody would have told us its id if it were. What was moved once is not moved again: nothing is there.
    """
    was_known = connection.execute(sa.select(CHATS.c.chat).where(CHATS.c.chat == old)).first() is not None
    word = sa.select(CHATS.c.vouched_by, CHATS.c.vouched_at).where(CHATS.c.vouched_at.is_not(None))
    kept = connection.execute(word.where(CHATS.c.chat.in_((old, new))).order_by(CHATS.c.vouched_at)).mappings().first()
    for table in METADATA.sorted_tables:
        if "chat" in table.c and "history" not in table.info:
            connection.execute(table.delete().where(table.c.chat == new, _is_displaced(table, old)))
            connection.execute(table.update().where(table.c.chat == old).values(chat=new))
    if was_known:
        connection.execute(CHATS.update().where(CHATS.c.chat == new).values(paused_at=None, **(kept or {})))
        described_before = CHATS.update().where(CHATS.c.chat == new, CHATS.c.type.is_not(None))
        connection.execute(described_before.values(type=ChatType.SUPERGROUP))


def _is_displaced(table: sa.Table, old: ChatId) -> sa.ColumnElement[bool]:
    """Whether a row of the new chat stands where a row of the old chat will be."""
    other = table.alias()
    keys = [
        [*key.columns.keys()]
        for key in table.constraints
        if isinstance(key, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
    ]
    return sa.or_(
        sa.false(),
        *(
            sa.exists().where(other.c.chat == old, *(other.c[name] == table.c[name] for name in key if name != "chat"))
            for key in keys
            if "chat" in key
        ),
    )
