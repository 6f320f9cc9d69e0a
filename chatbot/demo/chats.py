"""Chats: who is in them and what was written; every look-up is by key, history is bounded."""

from collections import OrderedDict
from collections.abc import Iterator
from enum import StrEnum
from typing import Literal

from chatbot.demo.values import Json, Message, Person

KEPT_MESSAGES = 2000
KEPT_DELETIONS = 2000

ChatKind = Literal["private", "group", "supergroup"]


class Status(StrEnum):
    """`ChatMember.status` (https://core.telegram.org/bots/api#chatmember)."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    LEFT = "left"
    KICKED = "kicked"


INSIDE = frozenset({Status.CREATOR, Status.ADMINISTRATOR, Status.MEMBER})
IN_CHARGE = frozenset({Status.CREATOR, Status.ADMINISTRATOR})


class Chat:
    """One chat and its last `KEPT_MESSAGES` messages.

    In a private chat the bot's status is `left` until the person wrote, `kicked` while it is blocked.
    """

    def __init__(self, chat_id: int, *, kind: ChatKind, title: str, person: Person | None = None) -> None:
        self.id = chat_id
        self.kind: ChatKind = kind
        self.title = title
        self.person = person
        self.members: dict[int, Status] = {}
        self.upgraded_to: int | None = None
        self.last_bot: int | None = None
        self.deleted: OrderedDict[int, int] = OrderedDict()
        self._messages: OrderedDict[int, Message] = OrderedDict()
        # The same messages, the most recently changed last.
        self._by_change: OrderedDict[int, Message] = OrderedDict()
        self.json = self._to_json()

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    @property
    def instance(self) -> str:
        """`chat_instance` of callback queries: the same for the same chat, telling nothing else."""
        return str((self.id * 2654435761 + 97) % 2**62)

    def _to_json(self) -> Json:
        chat: Json = {"id": self.id, "type": self.kind}
        if self.person is None:
            chat["title"] = self.title
            if self.kind == "group":
                chat["all_members_are_administrators"] = False
            return chat
        chat["first_name"] = self.person.first_name
        if self.person.username is not None:
            chat["username"] = self.person.username
        return chat

    def status(self, user: int) -> Status:
        """`left` for somebody never seen here."""
        return self.members.get(user, Status.LEFT)

    def message(self, message_id: int) -> Message | None:
        """None when it never existed, was deleted, or fell out of the kept history."""
        return self._messages.get(message_id)

    def put(self, message: Message) -> None:
        """Add a message, or replace the one with its id."""
        is_new = message.id not in self._messages
        self._messages[message.id] = message
        self._by_change[message.id] = message
        self._by_change.move_to_end(message.id)
        if is_new and len(self._messages) > KEPT_MESSAGES:
            oldest, _ = self._messages.popitem(last=False)
            del self._by_change[oldest]

    def remove(self, message_id: int, *, revision: int) -> None:
        """Take a message away and remember when."""
        del self._messages[message_id]
        del self._by_change[message_id]
        self.deleted[message_id] = revision
        if len(self.deleted) > KEPT_DELETIONS:
            self.deleted.popitem(last=False)

    def changed_since(self, revision: int) -> list[Message]:
        """Messages that are new or different since `revision`, in order of their ids."""
        recent = _while_newer(reversed(self._by_change.values()), revision)
        return sorted(recent, key=lambda message: message.id)

    def deleted_since(self, revision: int) -> list[int]:
        """Ids of messages that went away after `revision`."""
        return [message_id for message_id, when in self.deleted.items() if when > revision]


def _while_newer(messages: Iterator[Message], revision: int) -> Iterator[Message]:
    for message in messages:
        if message.revision <= revision:
            return
        yield message
