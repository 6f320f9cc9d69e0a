"""What happened to a chat, as a sentence in the middle of it."""

from collections.abc import Callable
from typing import Any, Final

from chatbot.demo.values import Json, Message

LONGEST_MENTION: Final = 40

# By the field of a service message that tells of it: the actor's name and the field's content make the sentence.
_SENTENCES: Final[dict[str, Callable[[str, Any], str]]] = {
    "new_chat_title": lambda actor, title: f"{actor} changed the name to “{title}”",
    "pinned_message": lambda actor, message: f"{actor} pinned {_mentioned(message)}",
    "forum_topic_created": lambda actor, topic: f"{actor} created the topic “{topic['name']}”",
    "forum_topic_edited": lambda actor, topic: f"{actor} renamed the topic to “{topic['name']}”",
    "forum_topic_closed": lambda actor, _: f"{actor} closed the topic",
    "forum_topic_reopened": lambda actor, _: f"{actor} reopened the topic",
    "supergroup_chat_created": lambda actor, _: f"{actor} created the group",
    "channel_chat_created": lambda *_: "Channel created",
    "migrate_to_chat_id": lambda *_: "This group was upgraded to a supergroup",
    "migrate_from_chat_id": lambda *_: "The group became a supergroup",
}


def sentence(shown: Message) -> str:
    """The sentence of a service message."""
    actor = str(shown.chat["title"] if shown.chat["type"] == "channel" else shown.sender.first_name)
    if joined := shown.service.get("new_chat_member"):
        return f"{actor} joined" if joined["id"] == shown.sender.id else f"{actor} added {joined['first_name']}"
    if left := shown.service.get("left_chat_member"):
        return f"{actor} left" if left["id"] == shown.sender.id else f"{actor} removed {left['first_name']}"
    (field,) = _SENTENCES.keys() & shown.service.keys()
    return _SENTENCES[field](actor, shown.service[field])


def _mentioned(message: Json) -> str:
    """A message as another one names it."""
    words = str(message.get("text") or message.get("caption") or "")
    if not words:
        return "a photo" if "photo" in message else "a message"
    line = words.splitlines()[0]
    return f"“{line}”" if len(line) <= LONGEST_MENTION else f"“{line[: LONGEST_MENTION - 1]}…”"
