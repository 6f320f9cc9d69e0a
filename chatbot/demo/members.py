"""Coming, going and rank in chats, with the updates that tell the bot."""

from collections.abc import Iterable
from dataclasses import replace

from chatbot.demo import standings
from chatbot.demo.chats import Chat
from chatbot.demo.standings import PERMISSIONS, RIGHTS, STRANGER, Standing, Status
from chatbot.demo.values import Json, Person
from chatbot.demo.world import World


def change(world: World, chat: Chat, person: Person, status: Status, *, by: Person) -> None:
    """Give somebody the usual standing of a status, with everything the chat and the bot see of it.

    In a channel a bot is an administrator or it is not there.
    """
    if chat.is_channel and person.is_bot and status is Status.MEMBER:
        outside = not chat.standing(person.id).is_inside
        status = Status.ADMINISTRATOR if outside else Status.LEFT
    place(world, chat, person, standings.usual(status, chat.kind), by=by)


def appoint(world: World, chat: Chat, person: Person, rights: Iterable[str], *, by: Person) -> None:
    """Make somebody an administrator with exactly these rights. Raises ValueError for one the chat does not have."""
    granted = _known(rights, RIGHTS[chat.kind]) | {"can_manage_chat"}
    place(world, chat, person, Standing(status=Status.ADMINISTRATOR, rights=granted), by=by)


def restrict(world: World, chat: Chat, person: Person, allowed: Iterable[str], *, by: Person) -> None:
    """Leave a member only these permissions; all of them lift it. Raises ValueError for an unknown one.

    https://core.telegram.org/bots/api#restrictchatmember
    """
    if chat.kind != "supergroup":
        raise ValueError("single members are restricted in supergroups only")
    left = _known(allowed, PERMISSIONS)
    restricted = Standing(status=Status.RESTRICTED, rights=left)
    lifted = Standing(status=Status.MEMBER)
    place(world, chat, person, lifted if left == frozenset(PERMISSIONS) else restricted, by=by)


def permit(world: World, chat: Chat, allowed: Iterable[str]) -> None:
    """Set what everybody may do in a group. Raises ValueError for an unknown permission."""
    chat.permissions = _known(allowed, PERMISSIONS)
    world.journal.record("world")


def _known(names: Iterable[str], every: Iterable[str]) -> frozenset[str]:
    chosen = frozenset(names)
    if unknown := chosen.difference(every):
        raise ValueError(f"not known here: {', '.join(sorted(unknown))}")
    return chosen


def set_standing(world: World, chat: Chat, person: Person, standing: Standing, *, by: Person) -> Json:
    """Change somebody's place in a chat; returns the Bot API `ChatMemberUpdated` to tell of it."""
    old = chat.standing(person.id)
    chat.members[person.id] = standing
    world.journal.record("world")
    return {
        "chat": chat.json,
        "from": by.to_json(),
        "date": world.seconds(),
        "old_chat_member": standings.to_json(person, old, chat.kind),
        "new_chat_member": standings.to_json(person, standing, chat.kind),
    }


def place(world: World, chat: Chat, person: Person, standing: Standing, *, by: Person) -> None:
    """The same in a group or channel, with everything the chat and the bot see of it."""
    old = chat.standing(person.id)
    if old == standing:
        return
    update = set_standing(world, chat, person, standing, by=by)
    if person.id == world.bot.id:
        world.updates.put("my_chat_member", update)
    elif chat.standing(world.bot.id).is_in_charge:
        # https://core.telegram.org/bots/api#update: of others an administrator is told, if it asked to be
        world.updates.put("chat_member", update)
    if standing.is_inside is not old.is_inside and not chat.is_channel:
        world.announce(chat, by, _moved(person, came=standing.is_inside))


def _moved(person: Person, *, came: bool) -> Json:
    user = person.to_json()
    if came:
        return {"new_chat_members": [user], "new_chat_member": user, "new_chat_participant": user}
    return {"left_chat_member": user, "left_chat_participant": user}


def moved_along(standing: Standing) -> Standing:
    """What a member of a group is in the supergroup it becomes."""
    if standing.status is Status.ADMINISTRATOR:
        return replace(standing, rights=standing.rights | {"can_manage_topics"})
    return standing if standing.is_inside else STRANGER
