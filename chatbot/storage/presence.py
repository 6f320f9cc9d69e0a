"""The bot's coming and going in groups and channels, and what goes on where."""

from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.chats import KnownChat, Subscriptions
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import ChatJoined, Loss
from chatbot.domain.places import Place
from chatbot.storage.chats import CHATS, TOPICS, StoredChats, by_title, described, known_chat, put_chat
from chatbot.storage.database import Database
from chatbot.storage.losses import lose_place, regain_topic, welcome
from chatbot.storage.subscriptions import going_on, going_on_in, paused_in, subscribing


class StoredPresence:
    """See the Protocol."""

    def __init__(self, database: Database, chats: StoredChats) -> None:
        self._database = database
        self._chats = chats

    async def arrived(self, chat: KnownChat, *, tell: ChatId | None, now: datetime) -> None:
        await self._database.write(
            lambda connection: _arrive(connection, chat, tell=tell, now=now), then=lambda _: self._chats.noted(chat)
        )

    async def lost(self, chat: ChatId, *, is_in: bool, now: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            lose_place(connection, Place(chat=chat), Loss.SILENCED if is_in else Loss.REMOVED, now=now)
            if not is_in:
                put_chat(connection, chat, joined_at=None)

        await self._database.write(work)

    async def reopened(self, place: Place, *, now: datetime) -> None:
        await self._database.write(lambda connection: regain_topic(connection, place, now=now))

    async def subscriptions(self, chat: ChatId, *, thread: int | None = None) -> Subscriptions:
        if thread is None:
            return await self._database.read(lambda connection: going_on(connection, chat))
        place = Place(chat=chat, thread=thread)
        return await self._database.read(lambda connection: going_on_in(connection, place))

    async def paused_in(self, chat: ChatId) -> Subscriptions:
        return await self._database.read(lambda connection: paused_in(connection, chat))

    async def chosen_by(self, person: PersonId) -> tuple[KnownChat, ...]:
        return await self._database.read(lambda connection: _chosen_by(connection, person))


def _arrive(connection: sa.Connection, chat: KnownChat, *, tell: ChatId | None, now: datetime) -> None:
    before = connection.execute(sa.select(CHATS).where(CHATS.c.chat == chat.id)).first()
    is_new = before is None or before.joined_at is None
    was_lost = before is not None and before.paused_at is not None
    put_chat(connection, chat.id, joined_at=now, paused_at=None, **described(chat))
    connection.execute(TOPICS.update().where(TOPICS.c.chat == chat.id).values(paused_at=None))  # it may be open by now
    here = going_on(connection, chat.id)
    if tell is not None and (is_new or (was_lost and here)):
        counts = {"alerts": here.alerts, "boards": here.boards, "digests": here.digests}
        welcome(connection, ChatJoined(chat=chat.id, **counts), Place(chat=tell), now=now)


def _chosen_by(connection: sa.Connection, person: PersonId) -> tuple[KnownChat, ...]:
    theirs = (sa.exists().where(table.c.chat == CHATS.c.chat, table.c.set_by == person) for table in subscribing())
    query = sa.select(CHATS).where(CHATS.c.type.is_not(None), sa.or_(CHATS.c.vouched_by == person, *theirs))
    return tuple(sorted(map(known_chat, connection.execute(query)), key=by_title))
