"""What is known of groups, topics and channels, and what goes on in them."""

from datetime import datetime
from typing import Protocol

from chatbot.domain.chats import KnownChat, Subscriptions, Topic
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.places import Place


class KnownChats(Protocol):
    """Groups and channels as Telegram last described them."""

    async def is_vouched(self, chat: ChatId) -> bool: ...

    async def vouch(self, chat: ChatId, *, by: PersonId, now: datetime) -> None: ...

    def get(self, chat: ChatId) -> KnownChat | None: ...

    def all(self) -> tuple[KnownChat, ...]:
        """Groups and channels, those the bot was removed from too, by title."""
        ...

    async def note(self, chat: KnownChat) -> None:
        """Keep how a chat is described now; what is known already costs nothing."""
        ...

    def topic(self, place: Place) -> Topic | None:
        """None for a topic nobody told of, and where there is none."""
        ...

    async def deleted_topics(self, chat: ChatId) -> frozenset[Place]:
        """Those that something could not be sent to because they are gone; they never come back."""
        ...

    async def note_topic(self, place: Place, topic: Topic) -> None: ...


class Presence(Protocol):
    """The bot's coming and going, and what goes on where."""

    async def arrived(self, chat: KnownChat, *, tell: ChatId | None, now: datetime) -> None:
        """The bot was added to a chat, or may write there again: unasked messages go on. `tell` is the chat where that
        is said, if anywhere. A second time changes nothing.
        """
        ...

    async def lost(self, chat: ChatId, *, is_in: bool, now: datetime) -> None:
        """The bot may not write there any more, or (`is_in` false) is not there at all."""
        ...

    async def reopened(self, place: Place, *, now: datetime) -> None:
        """A topic was opened again: what goes on there goes on, which is said there. Nothing, if it was not lost."""
        ...

    async def subscriptions(self, chat: ChatId, *, thread: int | None = None) -> Subscriptions:
        """What goes on in a whole chat or, with a `thread`, in one of its topics."""
        ...

    async def paused_in(self, chat: ChatId) -> Subscriptions:
        """What would go on in a chat, but was paused."""
        ...

    async def chosen_by(self, person: PersonId) -> tuple[KnownChat, ...]:
        """Groups and channels in which somebody set something, or which they stand for, by title."""
        ...
