"""What the bot may ask about chats and the people in them, and what it may pin."""

from dataclasses import replace

from chatbot.demo import groups, members, refusals, standings
from chatbot.demo.chats import Chat
from chatbot.demo.methods.access import check_may_pin, known_chat, message_to, readable_chat, writable_chat
from chatbot.demo.parameters import Parameters
from chatbot.demo.standings import Status
from chatbot.demo.values import Json
from chatbot.demo.world import World


def get_chat(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getchat"""
    chat = readable_chat(world, given)
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        False,
    )
    full = chat.json | {"accent_color_id": abs(chat.id) % 7, "max_reaction_count": 11, "accepted_gift_types": gifts}
    if "username" in chat.json:
        full["active_usernames"] = [chat.json["username"]]
    if chat.kind in ("group", "supergroup"):
        full["permissions"] = standings.permissions(chat.permissions)
    if chat.pinned is not None:
        full["pinned_message"] = replace(chat.pinned, reply_to=None, topic_start=None).to_json()
    return full


def pin_chat_message(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#pinchatmessage"""
    chat = writable_chat(world, given)
    message = message_to("pin", chat, given)
    check_may_pin(world, chat)
    groups.pin(world, chat, message, by=world.bot, silent=given.flag("disable_notification"))
    return True


def unpin_chat_message(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#unpinchatmessage; without `message_id` the newest pinned one."""
    chat = writable_chat(world, given)
    message = message_to("unpin", chat, given) if given.integer("message_id") else chat.pinned
    if message is None:
        raise refusals.not_found("message to unpin")
    check_may_pin(world, chat)
    groups.unpin(world, chat, message)
    return True


def get_chat_member(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getchatmember"""
    chat = _with_members(world, given)
    person = world.person(given.integer("user_id"))
    if person is None:
        raise refusals.bad_request("invalid user_id specified")
    return standings.to_json(person, chat.standing(person.id), chat.kind)


def get_chat_administrators(world: World, given: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#getchatadministrators; other bots are left out."""
    chat = _with_members(world, given)
    if chat.is_private:
        raise refusals.bad_request("there are no administrators in the private chat")
    everybody = ((world.person(member), standing) for member, standing in chat.members.items())
    return [
        standings.to_json(person, standing, chat.kind)
        for person, standing in everybody
        if person is not None and standing.is_in_charge and (not person.is_bot or person == world.bot)
    ]


def _with_members(world: World, given: Parameters) -> Chat:
    """A chat shows its people only to those inside."""
    find = readable_chat if known_chat(world, given).is_private else writable_chat
    return find(world, given)


def get_chat_member_count(world: World, given: Parameters) -> int:
    """https://core.telegram.org/bots/api#getchatmembercount"""
    chat = readable_chat(world, given)
    return sum(standing.is_inside for standing in chat.members.values())


def leave_chat(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#leavechat"""
    chat = writable_chat(world, given)
    if chat.is_private:
        raise refusals.bad_request("chat member status can't be changed in private chats")
    members.change(world, chat, world.bot, Status.LEFT, by=world.bot)
    return True
