"""People and messages as frozen values, and how the Bot API writes them.

Shapes follow https://core.telegram.org/bots/api#available-types; dates are Unix seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.demo.files import Media

Json = dict[str, Any]
Entity = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A user of the chat; also bots and Telegram's two stand-ins."""

    id: int
    first_name: str
    username: str | None = None
    is_bot: bool = False

    def to_json(self) -> Json:
        """A Bot API `User`."""
        user: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username is not None:
            user["username"] = self.username
        if not self.is_bot:
            user["language_code"] = "en"
        return user


# Who Telegram names as the sender when an admin hides, or somebody speaks as a channel: neither is a person.
ANONYMOUS_ADMIN = Person(id=1087968824, first_name="Group", username="GroupAnonymousBot", is_bot=True)
CHANNEL_SENDER = Person(id=136817688, first_name="Channel", username="Channel_Bot", is_bot=True)
STAND_INS = (ANONYMOUS_ADMIN, CHANNEL_SENDER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message at one moment; an edit is a new value under the same id.

    `chat` and `sender_chat` are Bot API `Chat` objects; `service` holds the fields of a service message,
    which then has no text. `revision` numbers the change that made this value.
    With `media` the text is the caption, if there is one. Who was told of a `silent` message heard no sound.
    `thread` is the topic of a forum (`topic_start` its first message), or what a chain of replies began with.
    """

    id: int
    chat: Json
    date: int
    revision: int
    sender: Person
    sender_chat: Json | None = None
    via_bot: Person | None = None
    text: str | None = None
    entities: tuple[Entity, ...] = ()
    media: "Media | None" = None
    reply_to: "Message | None" = None
    thread: int | None = None
    topic_start: "Message | None" = None
    forward_origin: Json | None = None
    edit_date: int | None = None
    reply_markup: Json | None = None
    link_preview_options: Json | None = None
    protected: bool = False
    silent: bool = False
    service: Mapping[str, Any] = field(default_factory=dict)

    @property
    def inline_keyboard(self) -> list[list[Json]]:
        """Rows of buttons; empty when there are none."""
        rows: list[list[Json]] = (self.reply_markup or {}).get("inline_keyboard", [])
        return rows

    def to_json(self) -> Json:
        """A Bot API `Message`, as the bot sees it."""
        message: Json = {"message_id": self.id}
        # Who writes in a channel stays hidden: the channel speaks.
        if self.chat["type"] != "channel":
            message["from"] = self.sender.to_json()
        if self.sender_chat is not None:
            message["sender_chat"] = self.sender_chat
        message["chat"] = self.chat
        message["date"] = self.date
        message.update(self._circumstances())
        message.update(self._content())
        if self.link_preview_options is not None:
            message["link_preview_options"] = self.link_preview_options
        if self.inline_keyboard:
            message["reply_markup"] = self.reply_markup
        message.update(self.service)
        return message

    def _content(self) -> Json:
        if self.media is None:
            content, text, entities = {}, "text", "entities"
        else:
            content, text, entities = self.media.to_json(), "caption", "caption_entities"
        if self.text is not None:
            content[text] = self.text
        if self.entities:
            content[entities] = self.entities
        return content

    def _circumstances(self) -> Json:
        found: Json = {}
        if self.via_bot is not None:
            found["via_bot"] = self.via_bot.to_json()
        if self.thread is not None:
            found["message_thread_id"] = self.thread
            if self.chat.get("is_forum"):
                found["is_topic_message"] = True
        if self.forward_origin is not None:
            found["forward_origin"] = self.forward_origin
        # In a topic, what answers nothing answers the message that created the topic.
        answered = self.reply_to or self.topic_start
        if answered is not None:
            found["reply_to_message"] = answered.to_json()
        if self.edit_date is not None:
            found["edit_date"] = self.edit_date
        if self.protected:
            found["has_protected_content"] = True
        return found
