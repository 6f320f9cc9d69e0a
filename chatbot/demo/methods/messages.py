"""Sending, editing and deleting messages."""

from typing import Any

from chatbot.demo import entities, refusals
from chatbot.demo.chats import Chat
from chatbot.demo.entities import RichText
from chatbot.demo.methods.access import (
    caption,
    check_may_send,
    circumstances,
    message_to,
    reply_markup,
    writable_chat,
)
from chatbot.demo.parameters import Parameters
from chatbot.demo.values import Json, Message
from chatbot.demo.world import World

DELETABLE_FOR = 48 * 60 * 60
MOST_DELETED_AT_ONCE = 100

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def _text(given: Parameters) -> RichText:
    listed = None if given.text("parse_mode") else given.structure("entities", called="entities")
    return entities.sent(given.text("text"), parse_mode=given.text("parse_mode"), entities=listed)


def _link_preview(given: Parameters) -> Json | None:
    if given.flag("disable_web_page_preview"):
        return {"is_disabled": True}
    options = given.structure("link_preview_options", called="link preview options")
    if options is not None and not isinstance(options, dict):
        raise refusals.bad_request("object expected as link preview options")
    return options or None


def send_message(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#sendmessage"""
    chat = writable_chat(world, given)
    said = _text(given)
    details = circumstances(world, chat, given)
    check_may_send(world, chat, "text messages")
    message = world.post(
        chat,
        world.bot,
        text=said.text,
        entities=said.entities,
        link_preview_options=_link_preview(given),
        **details,
    )
    return message.to_json()


def editable(world: World, given: Parameters) -> tuple[Chat, Message]:
    """The message meant, which the bot may edit, and its chat. Raises Refusal."""
    chat = writable_chat(world, given)
    message = message_to("edit", chat, given)
    # A message under a reply keyboard cannot be edited either.
    has_other_markup = message.reply_markup is not None and not message.inline_keyboard
    posts = not chat.is_channel or any(
        chat.may(world.bot.id, right) for right in ("can_post_messages", "can_edit_messages")
    )
    if message.sender.id != world.bot.id or message.service or has_other_markup or not posts:
        raise refusals.bad_request("message can't be edited")
    return chat, message


def new_keyboard(chat: Chat, given: Parameters) -> Json | None:
    """The keyboard a message has after an edit. Raises Refusal."""
    markup = reply_markup(chat, given)
    if markup is not None and "inline_keyboard" not in markup:
        raise refusals.bad_request("inline keyboard expected")
    return markup


def edit(world: World, chat: Chat, message: Message, **changes: Any) -> Json:
    """Change fields of a message. Raises Refusal when they are all the same already."""
    if all(getattr(message, name) == value for name, value in changes.items()):
        raise refusals.not_modified()
    return world.edit(chat, message, **changes).to_json()


def edit_message_text(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagetext; without `reply_markup` the keyboard goes."""
    if not given.text("text"):
        raise refusals.bad_request("message text is empty")
    chat, message = editable(world, given)
    if message.media is not None:
        raise refusals.bad_request("there is no text in the message to edit")
    said = _text(given)
    return edit(
        world,
        chat,
        message,
        text=said.text,
        entities=said.entities,
        reply_markup=new_keyboard(chat, given),
        link_preview_options=_link_preview(given),
    )


def edit_message_caption(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagecaption; without `caption` it goes, as does the keyboard."""
    chat, message = editable(world, given)
    if message.media is None:
        raise refusals.bad_request("there is no caption in the message to edit")
    said = caption(given)
    markup = new_keyboard(chat, given)
    return edit(world, chat, message, text=said.text or None, entities=said.entities, reply_markup=markup)


def edit_message_reply_markup(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagereplymarkup"""
    chat, message = editable(world, given)
    return edit(world, chat, message, reply_markup=new_keyboard(chat, given))


def _delete(world: World, chat: Chat, message: Message) -> None:
    if not chat.is_private and message.sender.id != world.bot.id:
        if not chat.may(world.bot.id, "can_delete_messages"):
            raise refusals.bad_request("message can't be deleted")
    elif world.seconds() - message.date > DELETABLE_FOR:
        raise refusals.bad_request("message can't be deleted for everyone")
    world.delete(chat, message)


def delete_message(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemessage"""
    if not given.integer("message_id"):
        raise refusals.bad_request("message identifier is not specified")
    chat = writable_chat(world, given)
    _delete(world, chat, message_to("delete", chat, given))
    return True


def delete_messages(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deletemessages; those that are not there are skipped."""
    ids = given.structure("message_ids", called="message identifiers")
    if not isinstance(ids, list) or not ids:
        raise refusals.bad_request("message identifiers are not specified")
    if len(ids) > MOST_DELETED_AT_ONCE:
        raise refusals.bad_request("too many message identifiers specified")
    chat = writable_chat(world, given)
    for message_id in ids:
        if isinstance(message_id, int) and (message := chat.message(message_id)) is not None:
            _delete(world, chat, message)
    return True


def send_chat_action(world: World, given: Parameters) -> bool:
    """https://core.telegram.org/bots/api#sendchataction"""
    chat = writable_chat(world, given)
    action = given.text("action").lower()
    if action not in _ACTIONS:
        raise refusals.bad_request("wrong parameter action in request")
    world.journal.record("action", chat=chat.id, facts={"action": action})
    return True
