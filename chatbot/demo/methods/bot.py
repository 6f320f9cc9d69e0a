"""The bot itself: who it is, its updates, its menus, its descriptions, its answers to taps."""

from chatbot.demo import menus, refusals
from chatbot.demo.chats import Chat
from chatbot.demo.methods.access import known_chat
from chatbot.demo.parameters import Parameters
from chatbot.demo.queries import Answer
from chatbot.demo.values import Json
from chatbot.demo.world import World

MOST_IN_ANSWER = 200


def get_me(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getme"""
    return world.bot.to_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": world.inline.enabled,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def delete_webhook(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletewebhook"""
    if given.flag("drop_pending_updates"):
        world.updates.forget_all()
    return True


def get_webhook_info(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getwebhookinfo"""
    info: Json = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": world.updates.pending_count(),
    }
    if world.updates.allowed:
        info["allowed_updates"] = world.updates.allowed
    return info


def answer_callback_query(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#answercallbackquery; a second answer is true and changes nothing."""
    text = given.text("text")
    if len(text) > MOST_IN_ANSWER:
        raise refusals.bad_request("MESSAGE_TOO_LONG")
    answer = Answer(text=text or None, show_alert=given.flag("show_alert"), url=given.text("url") or None)
    query = world.queries.answer(given.text("callback_query_id"), answer)
    if query is not None:
        facts = {"query": query.id, "user": query.user, "message_id": query.message} | answer.to_json()
        world.journal.record("answer", chat=query.chat, facts=facts)
    return True


def _scope(world: World, given: Parameters) -> menus.Scope:
    scope = menus.read_scope(given.structure("scope", called="BotCommandScope"))
    if scope.chat is not None and scope.chat not in world.chats:
        raise refusals.not_found("chat")
    return scope


def set_my_commands(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setmycommands"""
    commands = menus.read_commands(given.structure("commands", called="commands") or [])
    world.menus.set(_scope(world, given), given.text("language_code"), commands)
    world.journal.record("commands")
    return True


def get_my_commands(world: World, given: Parameters) -> list[Json]:
    """https://core.telegram.org/bots/api#getmycommands"""
    return world.menus.get(_scope(world, given), given.text("language_code"))


def delete_my_commands(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemycommands"""
    world.menus.delete(_scope(world, given), given.text("language_code"))
    world.journal.record("commands")
    return True


def _describe(world: World, given: Parameters, name: str) -> bool:
    # Other languages than the default are accepted; the people here all read the default.
    if not given.text("language_code"):
        world.descriptions[name] = given.text(name)
        world.journal.record("world")
    return True


def set_my_description(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setmydescription"""
    return _describe(world, given, "description")


def set_my_short_description(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setmyshortdescription"""
    return _describe(world, given, "short_description")


def get_my_description(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getmydescription"""
    return {"description": world.descriptions["description"]}


def get_my_short_description(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getmyshortdescription"""
    return {"short_description": world.descriptions["short_description"]}


def _menu_chat(world: World, given: Parameters) -> Chat | None:
    return known_chat(world, given) if given.has("chat_id") else None


def set_chat_menu_button(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#setchatmenubutton"""
    chat = _menu_chat(world, given)
    button = given.structure("menu_button", called="menu button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "default", "web_app"):
        raise refusals.bad_request("can't parse menu button: Unsupported type specified")
    world.menu_buttons[chat.id if chat else None] = button
    return True


def get_chat_menu_button(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getchatmenubutton"""
    chat = _menu_chat(world, given)
    default = world.menu_buttons.get(None, {"type": "commands"})
    return world.menu_buttons.get(chat.id, default) if chat else default
