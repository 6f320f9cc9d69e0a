"""What becomes of groups and channels as such: names, topics, the upgrade to a supergroup, pinned messages."""

from dataclasses import replace

from chatbot.demo.chats import Chat
from chatbot.demo.members import moved_along
from chatbot.demo.topics import GENERAL, ICON_COLOURS, Topic
from chatbot.demo.values import Json, Message, Person
from chatbot.demo.world import World


def rename(world: World, chat: Chat, title: str, *, by: Person) -> None:
    """Call a chat otherwise. Raises ValueError for no name."""
    if not title.strip():
        raise ValueError("a chat needs a title")
    chat.become(title=title.strip())
    world.announce(chat, by, {"new_chat_title": chat.title})
    world.journal.record("world")


def upgrade(world: World, chat: Chat, *, by: Person) -> Chat:
    """Turn a group into a supergroup: a new chat with the same people; the old id is told where to go.

    Raises ValueError for what is no group.
    """
    if chat.kind != "group":
        raise ValueError("only groups become supergroups")
    new = Chat(-1_000_000_000_000 + chat.id, kind="supergroup", title=chat.title)
    new.members = {member: moved_along(standing) for member, standing in chat.members.items()}
    new.permissions = chat.permissions
    new.last_bot = chat.last_bot
    world.chats[new.id] = new
    world.announce(chat, by, {"migrate_to_chat_id": new.id})
    chat.upgraded_to = new.id
    world.announce(new, by, {"migrate_from_chat_id": chat.id})
    world.journal.record("world")
    return new


def set_forum(world: World, chat: Chat, *, enabled: bool) -> None:
    """Give a supergroup topics, or take them away. Raises ValueError for another kind of chat."""
    if chat.kind != "supergroup":
        raise ValueError("only supergroups have topics")
    chat.topics.setdefault(GENERAL, Topic(id=GENERAL, name="General", icon_colour=ICON_COLOURS[0]))
    chat.become(is_forum=enabled)
    world.journal.record("world")


def create_topic(world: World, chat: Chat, name: str, *, by: Person) -> Topic:
    """Begin a topic. Raises ValueError outside forums and without a name."""
    if not chat.is_forum:
        raise ValueError("this chat has no topics")
    if not name.strip():
        raise ValueError("a topic needs a name")
    message = world.add_topic(chat, name.strip(), by=by)
    world.tell(chat, message)
    return chat.topics[message.id]


def rename_topic(world: World, chat: Chat, number: int, name: str, *, by: Person) -> None:
    """Call a topic otherwise. Raises ValueError for one that is not there."""
    topic = chat.topics[number] = replace(find_topic(chat, number), name=name)
    world.announce(chat, by, {"forum_topic_edited": {"name": name}}, thread=_thread(topic))
    world.journal.record("world")


def close_topic(world: World, chat: Chat, number: int, *, closed: bool, by: Person) -> None:
    """Close a topic or open it again. Raises ValueError for one that is not there."""
    topic = find_topic(chat, number)
    if topic.is_closed is closed:
        return
    chat.topics[number] = replace(topic, is_closed=closed)
    service: Json = {"forum_topic_closed" if closed else "forum_topic_reopened": {}}
    world.announce(chat, by, service, thread=_thread(topic))
    world.journal.record("world")


def delete_topic(world: World, chat: Chat, number: int) -> None:
    """Take a topic away with all its messages; the bot hears nothing of it. Raises ValueError for the general one."""
    topic = find_topic(chat, number)
    if topic.id == GENERAL:
        raise ValueError("the general topic stays")
    del chat.topics[number]
    for message in chat.changed_since(0):
        if message.thread == number:
            world.delete(chat, message)
    world.journal.record("world")


def find_topic(chat: Chat, number: int) -> Topic:
    """A topic by its id. Raises ValueError."""
    if number not in chat.topics:
        raise ValueError(f"there is no topic {number} in this chat")
    return chat.topics[number]


def _thread(topic: Topic) -> int | None:
    return None if topic.id == GENERAL else topic.id


def pin(world: World, chat: Chat, message: Message, *, by: Person, silent: bool = False) -> None:
    """Pin a message above the chat; pinning again changes nothing."""
    if message.id in chat.pins:
        return
    chat.pins.add(message.id)
    # A message quoted in another does not quote its own.
    quoted = replace(message, reply_to=None, topic_start=None)
    thread = message.thread if chat.is_forum else None
    world.announce(chat, by, {"pinned_message": quoted.to_json()}, thread=thread, silent=silent)
    world.journal.record("world")


def unpin(world: World, chat: Chat, message: Message) -> None:
    """Take a pinned message down; nobody is told."""
    chat.pins.discard(message.id)
    world.journal.record("world")
