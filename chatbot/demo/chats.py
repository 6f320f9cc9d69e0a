"""Chats: who is in them and what was written; every look-up is by key, history is bounded."""

from collections import OrderedDict
from collections.abc import Iterator

from chatbot.demo.standings import STRANGER, USUAL_PERMISSIONS, ChatKind, Standing, Status
from chatbot.demo.topics import Topic
from chatbot.demo.values import Json, Message, Person

KEPT_MESSAGES = 2000
KEPT_DELETIONS = 2000


class Chat:
    """One chat and its last `KEPT_MESSAGES` messages.

    In a private chat the bot's status is `left` until the person wrote, `kicked` while it is blocked. `permissions` are
    what everybody may do there, `pins` the pinned messages' ids, `topics` a forum's threads by id.
    """

    def __init__(
        self,
        chat_id: int,
        *,
        kind: ChatKind,
        title: str,
        person: Person | None = None,
        username: str | None = None,
        is_forum: bool = False,
    ) -> None:
        self.id = chat_id
        self.kind: ChatKind = kind
        self.title = title
        self.person = person
        self.username = username
        self.is_forum = is_forum
        self.members: dict[int, Standing] = {}
        self.permissions = USUAL_PERMISSIONS
        self.topics: dict[int, Topic] = {}
        self.pins: set[int] = set()
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
    def is_channel(self) -> bool:
        return self.kind == "channel"

    @property
    def instance(self) -> str:
        """`chat_instance` of callback queries: the same for the same chat, telling nothing else."""
        return str((self.id * 2654435761 + 97) % 2**62)

    def become(self, *, title: str | None = None, is_forum: bool | None = None) -> None:
        """Change how it is called or whether it has topics; what was written before keeps the old description."""
        self.title = self.title if title is None else title
        self.is_forum = self.is_forum if is_forum is None else is_forum
        self.json = self._to_json()

    def _to_json(self) -> Json:
        chat: Json = {"id": self.id, "type": self.kind}
        if self.person is not None:
            chat["first_name"] = self.person.first_name
        else:
            chat["title"] = self.title
        if username := self.person.username if self.person else self.username:
            chat["username"] = username
        if self.kind == "group":
            chat["all_members_are_administrators"] = False
        if self.is_forum:
            chat["is_forum"] = True
        return chat

    def standing(self, user: int) -> Standing:
        """`left` for somebody never seen here."""
        return self.members.get(user, STRANGER)

    def status(self, user: int) -> Status:
        """The status alone."""
        return self.standing(user).status

    def may(self, user: int, right: str) -> bool:
        """Whether somebody has a right: a creator has all, an administrator their own, others the permissions."""
        standing = self.standing(user)
        match standing.status:
            case Status.CREATOR:
                return True
            case Status.ADMINISTRATOR:
                return right in standing.rights or (right.startswith("can_send_") and not self.is_channel)
            case Status.MEMBER:
                return right in self.permissions and not self.is_channel
            case Status.RESTRICTED:
                return right in self.permissions & standing.rights
            case _:
                return False

    def message(self, message_id: int) -> Message | None:
        """None when it never existed, was deleted, or fell out of the kept history."""
        return self._messages.get(message_id)

    @property
    def pinned(self) -> Message | None:
        """The newest pinned message."""
        return self.message(max(self.pins, default=0))

    def put(self, message: Message) -> None:
        """Add a message, or replace the one with its id."""
        is_new = message.id not in self._messages
        self._messages[message.id] = message
        self._by_change[message.id] = message
        self._by_change.move_to_end(message.id)
        if is_new and len(self._messages) > KEPT_MESSAGES:
            oldest, _ = self._messages.popitem(last=False)
            del self._by_change[oldest]
            self.pins.discard(oldest)

    def remove(self, message_id: int, *, revision: int) -> None:
        """Take a message away and remember when."""
        del self._messages[message_id]
        del self._by_change[message_id]
        self.pins.discard(message_id)
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
