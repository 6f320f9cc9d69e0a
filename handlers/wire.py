"""Updates as Telegram sends them: the few fields this bot looks at, and nothing else.

https://core.telegram.org/bots/api#update. Decoding these takes a few microseconds; building the library's full
objects takes twenty times as long and fails on what it does not know.
"""

import json
from typing import Final

import msgspec

ALLOWED_UPDATES: Final = ("message", "callback_query", "my_chat_member")


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
    forward_origin: msgspec.Raw | None = None
    forward_date: int | None = None
    via_bot: User | None = None
    edit_date: int | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None


class CallbackQuery(msgspec.Struct, frozen=True):
    id: str
    sender: User = msgspec.field(name="from")
    message: Message | None = None
    data: str | None = None


class Membership(msgspec.Struct, frozen=True):
    """`status` is `creator`, `administrator`, `member`, `restricted`, `left` or `kicked`."""

    status: str

    @property
    def is_in(self) -> bool:
        return self.status not in ("left", "kicked")


class MembershipChange(msgspec.Struct, frozen=True):
    chat: Chat
    sender: User = msgspec.field(name="from")
    old: Membership = msgspec.field(name="old_chat_member")
    new: Membership = msgspec.field(name="new_chat_member")


class Update(msgspec.Struct, frozen=True):
    update_id: int
    message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: MembershipChange | None = None

    @property
    def lane(self) -> int:
        """Whose turn it takes: the person's, else the chat's. One update at a time is handled per lane."""
        for part in (self.callback_query, self.message, self.my_chat_member):
            if part is not None and part.sender is not None:
                return part.sender.id
        return self.message.chat.id if self.message is not None else 0


class _Numbered(msgspec.Struct):
    update_id: int


class _Batch(msgspec.Struct):
    result: list[msgspec.Raw]


_update = msgspec.json.Decoder(Update)
_numbered = msgspec.json.Decoder(_Numbered)
_batch = msgspec.json.Decoder(_Batch)


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
