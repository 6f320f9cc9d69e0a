"""Where the bot is: added, removed, silenced, let speak again; and what becomes of the chats it is in."""

from dataclasses import replace

from chatbot.domain.chats import LONGEST_TITLE, KnownChat, Topic
from chatbot.domain.ids import ChatId
from chatbot.domain.places import Place
from chatbot.ports.chats import KnownChats, Presence
from chatbot.ports.clock import Clock
from chatbot.ports.people import Chats
from handlers import wire
from handlers.admins import Admins
from handlers.guards import Door


class Visits:
    """Keeps account of it, so that what is told unasked finds its way."""

    def __init__(
        self, *, door: Door, admins: Admins, chats: Chats, known: KnownChats, presence: Presence, clock: Clock
    ) -> None:
        self._door = door
        self._admins = admins
        self._chats = chats
        self._known = known
        self._presence = presence
        self._clock = clock

    async def on_standing(self, change: wire.MembershipChange) -> None:
        """The bot was blocked or unblocked, added or removed, or its rights are others now."""
        chat = ChatId(change.chat.id)
        self._admins.forget(chat)
        known = wire.described(change.chat)
        if known is not None:
            await self._stand(known, change)
        elif change.new.is_in:
            await self._chats.resume(chat)
        else:
            await self._chats.pause(chat, now=self._clock.now())

    async def on_message(self, message: wire.Message) -> None:
        """Keep what a message says of its chat, beside what is said in it."""
        chat = ChatId(message.chat.id)
        if message.migrate_to_chat_id is not None:
            await self._move(chat, ChatId(message.migrate_to_chat_id))
        elif message.migrate_from_chat_id is not None:
            await self._move(ChatId(message.migrate_from_chat_id), chat)
        elif message.chat.type == "private" and (message.text or "").startswith("/start"):
            await self._chats.resume(chat)  # whom the bot could not write to before they ever wrote to it
        await self.note(message)

    async def note(self, message: wire.Message) -> None:
        """Keep how a message describes its group or channel, if somebody stands for that: strangers write no rows."""
        chat, known = ChatId(message.chat.id), wire.described(message.chat)
        if known is not None and message.migrate_to_chat_id is None and await self._door.is_open(chat):
            await self._known.note(known)
            await self._note_topic(message)
            if message.forum_topic_reopened is not None:
                await self._presence.reopened(Place(chat=chat, thread=message.topic), now=self._clock.now())

    async def _stand(self, chat: KnownChat, change: wire.MembershipChange) -> None:
        """Who adds the bot stands for the chat, if they have access.

        Where nobody does it stays silent, and keeps nothing: a stranger's group may have any title.
        """
        now, speaker = self._clock.now(), await self._door.speaker(change.sender)
        if not change.old.is_in and change.new.is_in:
            await self._door.vouch(speaker, chat.id)
        if not await self._door.is_open(chat.id):
            return
        if not (change.new.is_in and change.new.may_write(change.chat)):
            await self._presence.lost(chat.id, is_in=change.new.is_in, now=now)
        elif not (change.old.is_in and change.old.may_write(change.chat)):
            private = ChatId(speaker.id) if self._door.lets_in(speaker) else None
            await self._presence.arrived(chat, tell=private if chat.is_channel else chat.id, now=now)

    async def _move(self, old: ChatId, new: ChatId) -> None:
        await self._chats.move(old, new)
        self._admins.forget(old)
        self._admins.forget(new)

    async def _note_topic(self, message: wire.Message) -> None:
        if message.topic is None:
            return
        place = Place(chat=ChatId(message.chat.id), thread=message.topic)
        known = self._known.topic(place)
        news = _told(message, known)
        if news is not None and news != known:
            await self._known.note_topic(place, news)


def _told(message: wire.Message, known: Topic | None) -> Topic | None:
    """What a message says of the topic it stands in; None if nothing."""
    before = known or Topic()
    if message.forum_topic_created is not None:
        return Topic(name=message.forum_topic_created.name[:LONGEST_TITLE])
    if message.forum_topic_edited is not None:
        return replace(before, name=message.forum_topic_edited.name[:LONGEST_TITLE] or before.name)
    if message.forum_topic_closed is not None or message.forum_topic_reopened is not None:
        return replace(before, is_closed=message.forum_topic_closed is not None)
    begun = message.reply_to_message and message.reply_to_message.forum_topic_created
    return replace(before, name=begun.name[:LONGEST_TITLE]) if begun and not before.name else None
