"""What methods have in common: may the bot do this, in this chat, and what does it bring? Else Telegram's refusal."""

from dataclasses import replace
from typing import Final

from chatbot.demo import entities, keyboards, refusals
from chatbot.demo.chats import Chat
from chatbot.demo.entities import RichText
from chatbot.demo.parameters import Parameters
from chatbot.demo.standings import Status
from chatbot.demo.topics import GENERAL
from chatbot.demo.values import Json, Message
from chatbot.demo.world import World

# What one needs to be allowed to send something, and how Telegram calls it.
_SENDING: Final = {
    "text messages": "can_send_messages",
    "photos": "can_send_photos",
    "documents": "can_send_documents",
}


def known_chat(world: World, given: Parameters) -> Chat:
    """The chat meant by `chat_id`, an id or the `@username` of a public one. Raises Refusal."""
    if not given.text("chat_id"):
        raise refusals.bad_request("chat_id is empty")
    chat = world.find_chat(given.text("chat_id"))
    if chat is None:
        raise refusals.not_found("chat")
    return chat


def readable_chat(world: World, given: Parameters) -> Chat:
    """The chat meant by `chat_id`, of which the bot may know: one it is in, or a public one. Raises Refusal."""
    chat = known_chat(world, given)
    status = chat.status(world.bot.id)
    if chat.is_private and status is Status.LEFT:
        raise refusals.not_found("chat")
    if chat.is_private or (chat.username is not None and status is Status.LEFT):
        return chat
    return writable_chat(world, given)


def writable_chat(world: World, given: Parameters) -> Chat:
    """The chat meant by `chat_id`, which the bot is in. Raises Refusal."""
    chat = known_chat(world, given)
    if chat.upgraded_to is not None:
        raise refusals.upgraded(chat.upgraded_to)
    standing = chat.standing(world.bot.id)
    if standing.is_inside:
        return chat
    if chat.is_private:
        blocked = standing.status is Status.KICKED
        raise refusals.forbidden(
            "bot was blocked by the user" if blocked else "bot can't initiate conversation with a user"
        )
    if standing.status is Status.KICKED:
        raise refusals.forbidden(f"bot was kicked from the {chat.kind} chat")
    raise refusals.forbidden(f"bot is not a member of the {chat.kind} chat")


def check_may_send(world: World, chat: Chat, what: str) -> None:
    """Whether the bot may send "text messages", "photos" or "documents" there. Raises Refusal."""
    if chat.is_private:
        return
    if chat.is_channel:
        if not chat.may(world.bot.id, "can_post_messages"):
            raise refusals.bad_request("need administrator rights in the channel chat")
    elif not chat.may(world.bot.id, _SENDING[what]):
        raise refusals.not_enough_rights(f"send {what} to the chat")


def check_may_pin(world: World, chat: Chat) -> None:
    """Whether the bot may pin and unpin there. Raises Refusal."""
    right = "can_edit_messages" if chat.is_channel else "can_pin_messages"
    # A permission that every member has is not enough for a bot in a group.
    in_charge = chat.kind != "group" or chat.standing(world.bot.id).is_in_charge
    if not chat.is_private and not (in_charge and chat.may(world.bot.id, right)):
        raise refusals.not_enough_rights("manage pinned messages in the chat")


def message_to(verb: str, chat: Chat, given: Parameters) -> Message:
    """The message meant by `message_id`, for "edit" or "delete". Raises Refusal."""
    message = chat.message(given.integer("message_id"))
    if message is None:
        raise refusals.not_found(f"message to {verb}")
    return message


def caption(given: Parameters) -> RichText:
    """The caption, which may be empty. Raises Refusal."""
    mode = given.text("parse_mode")
    listed = None if mode else given.structure("caption_entities", called="entities")
    return entities.captioned(given.text("caption"), parse_mode=mode, entities=listed)


def circumstances(world: World, chat: Chat, given: Parameters) -> Json:
    """What every message the bot sends may bring, as fields of `Message`. Raises Refusal."""
    wanted = given.integer("message_thread_id")
    if wanted and (chat.is_forum or chat.is_private) and (wanted == GENERAL or wanted not in chat.topics):
        raise refusals.not_found("message thread")
    replied = replied_message(chat, given)
    return {
        "reply_to": replied,
        "reply_markup": reply_markup(chat, given),
        "thread": _thread(world, chat, wanted, replied) if chat.is_forum else None,
        "protected": given.flag("protect_content"),
        "silent": given.flag("disable_notification"),
    }


def _thread(world: World, chat: Chat, wanted: int, replied: Message | None) -> int | None:
    """The topic a message lands in: the wanted one, else that of the message it answers, else the general one."""
    number = wanted or (replied and replied.thread) or GENERAL
    if chat.topics[number].is_closed and not chat.may(world.bot.id, "can_manage_topics"):
        raise refusals.bad_request("TOPIC_CLOSED")
    return None if number == GENERAL else number


def reply_markup(chat: Chat, given: Parameters) -> Json | None:
    """The checked `reply_markup`. Raises Refusal."""
    markup = given.structure("reply_markup", called="reply keyboard markup")
    return None if markup is None else keyboards.checked(markup, private=chat.is_private)


def replied_message(chat: Chat, given: Parameters) -> Message | None:
    """The message that is replied to, itself without its own reply. Raises Refusal."""
    wanted = given.structure("reply_parameters", called="reply parameters")
    if wanted is None:
        wanted = {
            "message_id": given.integer("reply_to_message_id"),
            "allow_sending_without_reply": given.flag("allow_sending_without_reply"),
        }
    if not isinstance(wanted, dict):
        raise refusals.bad_request("object expected as reply parameters")
    reply = Parameters(wanted)
    message_id = reply.integer("message_id")
    if message_id <= 0:
        return None
    message = chat.message(message_id)
    if message is None:
        if reply.flag("allow_sending_without_reply"):
            return None
        raise refusals.not_found("message to be replied")
    return replace(message, reply_to=None, topic_start=None)
