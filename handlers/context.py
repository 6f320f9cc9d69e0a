"""What a handler is given: who speaks, where, what was said, and how to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Protocol

from chatbot.domain.chats import KnownChat, Rights
from chatbot.domain.ids import ChatId, MessageId, PersonId
from chatbot.domain.people import Role
from chatbot.domain.places import Place
from chatbot.ports.clock import Clock
from handlers.views.screen import Picture, Rows, Screen, Shown

if TYPE_CHECKING:
    from chatbot.services.desk import Services
    from handlers.commands import Command, Protected


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who typed or tapped. `name` is for reading only. `role` is None for somebody without access of their own."""

    id: PersonId
    name: str
    role: Role | None


class ChatKind(Enum):
    PRIVATE = auto()
    GROUP = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where it was said. `thread` is the forum topic, if the group has topics."""

    id: ChatId
    kind: ChatKind
    thread: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BotName:
    """The bot itself, as its token says."""

    id: int
    username: str

    def private_chat(self, payload: str = "") -> str:
        """A link that opens the private chat; `payload` (1–64 of `A-Za-z0-9_-`) arrives as `/start PAYLOAD`."""
        return f"https://t.me/{self.username}" + (f"?start={payload}" if payload else "")


class Mouth(Protocol):
    """How a handler answers; `handlers.sender.Sender` for all that the context hides."""

    async def send(self, room: Room, shown: Shown, *, reply_to: MessageId | None = None) -> MessageId: ...

    async def edit(self, chat: ChatId, message: MessageId, screen: Screen) -> bool: ...

    async def redraw(self, chat: ChatId, message: MessageId, picture: Picture) -> bool: ...

    async def change_keys(self, chat: ChatId, message: MessageId, rows: Rows) -> bool: ...

    async def answer(self, tap: str, text: str | None, *, alert: bool) -> None: ...

    async def delete(self, chat: ChatId, message: MessageId) -> bool: ...


class Authorities(Protocol):
    """Who may do what in a chat, as Telegram says; `handlers.admins.Admins`. All may raise `RightsUnknown`."""

    async def is_admin(self, person: PersonId, chat: ChatId) -> bool: ...

    async def look_up(self, chat: ChatId | str) -> KnownChat | None: ...

    async def rights(self, chat: ChatId) -> Rights: ...


@dataclass(slots=True, kw_only=True)
class Context:
    """One message or tap.

    `message` is the message that came in, or the card that was tapped; `tap` is the tap's id, or None.
    `args` is the rest of the line after the command (or the whole text that answers a question), in its original case.
    """

    person: Speaker
    chat: Room
    message: MessageId
    args: str
    tap: str | None
    bot: BotName
    clock: Clock
    services: "Services"
    commands: Mapping[str, "Command"]
    protected: Mapping[type, "Protected[Any]"]
    mouth: Mouth
    admins: Authorities
    answered: bool = False

    @property
    def is_private(self) -> bool:
        """Whether this is the private chat with the person; nobody else reads along."""
        return self.chat.kind is ChatKind.PRIVATE

    @property
    def place(self) -> Place:
        """Where it was said, as a place that can be told things unasked."""
        return Place(chat=self.chat.id, thread=self.chat.thread)

    async def reply(self, shown: Shown, *, quoting: bool | None = None) -> MessageId:
        """Send a new message (text, picture or file) into the same chat and topic; in groups it quotes what it answers.

        Raises `NotDelivered` if it could not be sent, or nobody knows whether it was; it is not sent twice.
        """
        quote = self.chat.kind is ChatKind.GROUP if quoting is None else quoting
        return await self.mouth.send(self.chat, shown, reply_to=self.message if quote else None)

    async def offer(self, screen: Screen) -> MessageId:
        """Reply with a question that only buttons answer; whatever was asked before is over, so that nothing typed now
        answers that.
        """
        await self.services.questions.forget(person=self.person.id, chat=self.chat.id)
        return await self.reply(screen)

    async def edit(self, screen: Screen) -> MessageId:
        """Redraw the tapped card in place; if it is gone, send anew. Returns the card's message.

        After a command there is no card of ours to redraw, and a picture or file cannot become a text: then this
        replies, and what was tapped stays until it is deleted.
        """
        if self.tap is not None and await self.mouth.edit(self.chat.id, self.message, screen):
            return self.message
        return await self.reply(screen)

    async def redraw(self, picture: Picture) -> MessageId:
        """Put a picture in the place of the tapped one, with its caption and buttons; if that is gone, send anew.

        Returns the picture's message.
        """
        if self.tap is not None and await self.mouth.redraw(self.chat.id, self.message, picture):
            return self.message
        return await self.reply(picture)

    async def change_keys(self, rows: Rows) -> None:
        """Replace the buttons of what was tapped, be it a text or a picture; if it is gone, that is that."""
        if self.tap is not None:
            await self.mouth.change_keys(self.chat.id, self.message, rows)

    async def answer(self, text: str | None = None, *, alert: bool = False) -> None:
        """Answer the tap with a short word of at most 200 characters, or nothing; only the first time counts."""
        if self.tap is not None and not self.answered:
            self.answered = True
            await self.mouth.answer(self.tap, text, alert=alert)

    async def delete(self, message: MessageId) -> bool:
        """Delete a message of this chat, such as a picture of a secret; whether it is gone now.

        Telegram deletes messages of the bot's own for 48 hours, later ones it keeps: False.
        """
        return await self.mouth.delete(self.chat.id, message)

    async def delete_incoming(self) -> bool:
        """Delete the message that came in. False if Telegram would not: then say so if it held a secret."""
        return await self.delete(self.message)
