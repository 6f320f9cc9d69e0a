"""Coming, going and rank in chats, with the updates that tell the bot."""

from typing import Final

from chatbot.demo.chats import INSIDE, Chat, Status
from chatbot.demo.values import Json, Person
from chatbot.demo.world import World

_RIGHTS: Final = (
    "can_be_edited",
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def to_json(person: Person, status: Status) -> Json:
    """A Bot API `ChatMember`."""
    member: Json = {"user": person.to_json(), "status": status.value}
    if status is Status.KICKED:
        member["until_date"] = 0
    if status in (Status.CREATOR, Status.ADMINISTRATOR):
        member["is_anonymous"] = False
    if status is Status.ADMINISTRATOR:
        member |= dict.fromkeys(_RIGHTS, True) | {"can_be_edited": False, "can_promote_members": False}
    return member


def set_status(world: World, chat: Chat, person: Person, status: Status, *, by: Person) -> Json:
    """Change somebody's place in a chat; returns the Bot API `ChatMemberUpdated` to tell of it."""
    old = chat.status(person.id)
    chat.members[person.id] = status
    world.journal.record("world")
    return {
        "chat": chat.json,
        "from": by.to_json(),
        "date": world.seconds(),
        "old_chat_member": to_json(person, old),
        "new_chat_member": to_json(person, status),
    }


def change(world: World, chat: Chat, person: Person, status: Status, *, by: Person) -> None:
    """The same in a group, with everything the group and the bot see of it."""
    was_inside = chat.status(person.id) in INSIDE
    update = set_status(world, chat, person, status, by=by)
    about_bot = person.id == world.bot.id
    world.updates.put("my_chat_member" if about_bot else "chat_member", update)
    is_inside = status in INSIDE
    if is_inside == was_inside:
        return
    user = person.to_json()
    service: Json = (
        {"new_chat_members": [user], "new_chat_member": user, "new_chat_participant": user}
        if is_inside
        else {"left_chat_member": user, "left_chat_participant": user}
    )
    message = world.post(chat, by, service=service)
    if chat.status(world.bot.id) in INSIDE:
        world.updates.put("message", message.to_json())


def upgrade(world: World, chat: Chat, *, by: Person) -> Chat:
    """Turn a group into a supergroup: a new chat with the same people; the old id is told where to go."""
    new = Chat(-1_000_000_000_000 + chat.id, kind="supergroup", title=chat.title)
    new.members = dict(chat.members)
    new.last_bot = chat.last_bot
    world.chats[new.id] = new
    left = world.post(chat, by, service={"migrate_to_chat_id": new.id})
    arrived = world.post(new, by, service={"migrate_from_chat_id": chat.id})
    chat.upgraded_to = new.id
    if chat.status(world.bot.id) in INSIDE:
        world.updates.put("message", left.to_json())
        world.updates.put("message", arrived.to_json())
    world.journal.record("world")
    return new
