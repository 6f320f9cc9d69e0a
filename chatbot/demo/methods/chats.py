"""What the bot may ask about chats and the people in them."""

from chatbot.demo import members, refusals
from chatbot.demo.chats import IN_CHARGE, INSIDE, Chat, Status
from chatbot.demo.methods.access import known_chat, writable_chat
from chatbot.demo.parameters import Parameters
from chatbot.demo.values import Json
from chatbot.demo.world import World


def _readable(world: World, given: Parameters) -> Chat:
    """A group shows its people to those inside; a private chat to the bot once it was written to."""
    chat = known_chat(world, given)
    if chat.is_private and chat.status(world.bot.id) is Status.LEFT:
        raise refusals.not_found("chat")
    return chat if chat.is_private else writable_chat(world, given)


def get_chat(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getchat"""
    chat = _readable(world, given)
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        False,
    )
    full = chat.json | {"accent_color_id": abs(chat.id) % 7, "max_reaction_count": 11, "accepted_gift_types": gifts}
    if not chat.is_private:
        full["permissions"] = {"can_send_messages": True, "can_invite_users": True}
    return full


def get_chat_member(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getchatmember"""
    chat = _readable(world, given)
    person = world.person(given.integer("user_id"))
    if person is None:
        raise refusals.bad_request("invalid user_id specified")
    return members.to_json(person, chat.status(person.id))


def get_chat_administrators(world: World, given: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#getchatadministrators; other bots are left out."""
    chat = _readable(world, given)
    if chat.is_private:
        raise refusals.bad_request("there are no administrators in the private chat")
    people = ((world.person(member), status) for member, status in chat.members.items() if status in IN_CHARGE)
    return [
        members.to_json(person, status)
        for person, status in people
        if person is not None and (not person.is_bot or person == world.bot)
    ]


def get_chat_member_count(world: World, given: Parameters) -> int:
    """https://core.telegram.org/bots/api#getchatmembercount"""
    chat = _readable(world, given)
    return sum(status in INSIDE for status in chat.members.values())


def leave_chat(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#leavechat"""
    chat = writable_chat(world, given)
    if chat.is_private:
        raise refusals.bad_request("chat member status can't be changed in private chats")
    members.change(world, chat, world.bot, Status.LEFT, by=world.bot)
    return True
