"""Updates as Telegram sends them: the few fields this bot looks at, and nothing else.

https://core.telegram.org/bots/api#update. Decoding these takes a few microseconds; building the library's full
objects takes twenty times as long and fails on what it does not know.
"""

import json
from typing import Final

import msgspec

from chatbot.domain.chats import LONGEST_TITLE, ChatType, KnownChat
from chatbot.domain.ids import ChatId

ALLOWED_UPDATES: Final = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "my_chat_member",
    "chat_member",
)


_GENERAL: Final = 1
_NOWHERE: Final = 0  # no chat has this id


class Unreadable(ValueError):
    """An update that is not what Telegram documents."""


class User(msgspec.Struct, frozen=True):
    id: int
    is_bot: bool
    first_name: str = ""
    last_name: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Chat(msgspec.Struct, frozen=True):
    """`type` is `private`, `group`, `supergroup` or `channel`."""

    id: int
    type: str
    title: str = ""
    username: str = ""
    is_forum: bool = False


class Present(msgspec.Struct, frozen=True):
    """Something of which only counts that it is there."""


class TopicName(msgspec.Struct, frozen=True):
    """A topic was created, or edited; then without a name only its icon is another."""

    name: str = ""


class Replied(msgspec.Struct, frozen=True):
    """What a message replies to. In a topic that is the topic's creation, unless somebody chose another message."""

    forum_topic_created: TopicName | None = None


class Key(msgspec.Struct, frozen=True):
    """A button below a message; without `callback_data` it opens or copies something."""

    callback_data: str | None = None


class Keyboard(msgspec.Struct, frozen=True):
    inline_keyboard: list[list[Key]] = []


class Message(msgspec.Struct, frozen=True):
    """A message; also an inaccessible one, of which only `chat` and `message_id` are true (its `date` is 0)."""

    message_id: int
    date: int
    chat: Chat
    sender: User | None = msgspec.field(name="from", default=None)
    sender_chat: Chat | None = None
    message_thread_id: int | None = None
    is_topic_message: bool = False
    text: str | None = None
    forward_origin: Present | None = None
    forward_date: int | None = None
    via_bot: User | None = None
    edit_date: int | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None
    reply_to_message: Replied | None = None
    forum_topic_created: TopicName | None = None
    forum_topic_edited: TopicName | None = None
    forum_topic_closed: Present | None = None
    forum_topic_reopened: Present | None = None
    reply_markup: Keyboard | None = None

    @property
    def is_accessible(self) -> bool:
        """https://core.telegram.org/bots/api#inaccessiblemessage"""
        return self.date != 0

    def has_button(self, data: str) -> bool:
        """Whether one of the buttons below it carries this data."""
        rows = () if self.reply_markup is None else self.reply_markup.inline_keyboard
        return any(key.callback_data == data for row in rows for key in row)

    @property
    def topic(self) -> int | None:
        """The forum's topic it stands in, as a number that can be sent to.

        Outside of forums, replies carry a thread number too; a forum's general topic has the number 1. Neither can be
        sent to.
        """
        return self.message_thread_id if self.is_topic_message and self.message_thread_id != _GENERAL else None


class CallbackQuery(msgspec.Struct, frozen=True):
    id: str
    sender: User = msgspec.field(name="from")
    message: Message | None = None
    data: str | None = None


class InlineQuery(msgspec.Struct, frozen=True):
    """What somebody types behind the bot's name, in whatever chat; which one is not told.

    https://core.telegram.org/bots/api#inlinequery
    """

    id: str
    sender: User = msgspec.field(name="from")
    query: str = ""


class Membership(msgspec.Struct, frozen=True):
    """`status` is `creator`, `administrator`, `member`, `restricted`, `left` or `kicked`; who is restricted may
    not be a member any more. Rights that the status does not speak of are None.

    https://core.telegram.org/bots/api#chatmember
    """

    status: str
    is_member: bool = True
    can_send_messages: bool | None = None
    can_post_messages: bool | None = None
    can_edit_messages: bool | None = None
    can_pin_messages: bool | None = None

    @property
    def is_in(self) -> bool:
        return self.status not in ("left", "kicked") and self.is_member

    @property
    def is_in_charge(self) -> bool:
        return self.status in ("creator", "administrator")

    def may_write(self, chat: Chat) -> bool:
        """Whether this membership lets its holder write; a group may still forbid it to all its members."""
        if chat.type == "channel":
            return self.status == "creator" or bool(self.is_in_charge and self.can_post_messages)
        return self.is_in and (self.status != "restricted" or bool(self.can_send_messages))


class MembershipChange(msgspec.Struct, frozen=True):
    chat: Chat
    sender: User = msgspec.field(name="from")
    old: Membership = msgspec.field(name="old_chat_member")
    new: Membership = msgspec.field(name="new_chat_member")


class Update(msgspec.Struct, frozen=True):
    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    inline_query: InlineQuery | None = None
    my_chat_member: MembershipChange | None = None
    chat_member: MembershipChange | None = None

    @property
    def lane(self) -> int | tuple[int, int]:
        """Whose turn it takes: the person's, in a group the person's there, else the chat's. One update at a time is
        handled per lane, so that a group which Telegram closed for a while holds up nobody's private chat.

        Whoever speaks in a chat's voice shares one number with all who do, in all chats: theirs is the chat's turn. So
        is coming and going: one admin may bring back what another removed. What is typed in other chats waits for
        nothing that is said here.
        """
        if self.inline_query is not None:
            return self.inline_query.sender.id, _NOWHERE
        tap, said = self.callback_query, self.message or self.edited_message
        if tap is not None:
            return _turn(tap.sender, None if tap.message is None else tap.message.chat)
        if said is not None and said.sender is not None and said.sender_chat is None:
            return _turn(said.sender, said.chat)
        for told in (said, self.my_chat_member, self.chat_member):
            if told is not None:
                return told.chat.id
        return 0


def _turn(person: User, chat: Chat | None) -> int | tuple[int, int]:
    return person.id if chat is None or chat.type == "private" else (person.id, chat.id)


class _Numbered(msgspec.Struct):
    update_id: int


class _Batch(msgspec.Struct):
    result: list[msgspec.Raw]


_update = msgspec.json.Decoder(Update)
_numbered = msgspec.json.Decoder(_Numbered)
_batch = msgspec.json.Decoder(_Batch)


def described(chat: Chat) -> KnownChat | None:
    """The chat as a value; None for a private one, and for kinds that Telegram may invent.

    Titles are kept, so they are no longer than any can be.
    """
    if chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP, ChatType.CHANNEL):
        return None
    return KnownChat(
        id=ChatId(chat.id),
        type=ChatType(chat.type),
        title=chat.title[:LONGEST_TITLE],
        username=chat.username,
        is_forum=chat.is_forum,
    )


def read_update(body: bytes) -> Update:
    """Raises `Unreadable`."""
    try:
        return _update.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Unreadable("not an update") from None


def read_batch(body: bytes) -> list[tuple[int, bytes]]:
    """The updates of a `getUpdates` answer, each with its number and the bytes it came as.

    One without a number is left out. Raises `Unreadable` if the whole is not an answer, or none has a number.
    """
    try:
        raws = [bytes(raw) for raw in _batch.decode(body).result]
    except (msgspec.DecodeError, RecursionError):
        raws = _read_patiently(body)
    numbered = [pair for raw in raws if (pair := _number(raw)) is not None]
    if raws and not numbered:
        raise Unreadable("no update has a number")
    return numbered


def _read_patiently(body: bytes) -> list[bytes]:
    """The quick parser takes offence at half an emoji in one update; this one replaces it, so that all get by."""
    try:
        updates = json.loads(body.decode(errors="replace"))["result"]
        return [json.dumps(update, ensure_ascii=False).encode(errors="replace") for update in updates]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise Unreadable("not an answer to getUpdates") from None


def _number(raw: bytes) -> tuple[int, bytes] | None:
    try:
        return _numbered.decode(raw).update_id, raw
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
