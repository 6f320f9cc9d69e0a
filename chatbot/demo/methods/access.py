"""What methods have in common: may the bot do this, in this chat, and what does it bring? Else Telegram's refusal."""

from dataclasses import replace

from chatbot.demo import entities, keyboards, refusals
from chatbot.demo.chats import INSIDE, Chat, Status
from chatbot.demo.entities import RichText
from chatbot.demo.parameters import Parameters
from chatbot.demo.values import Json, Message
from chatbot.demo.world import World


def known_chat(world: World, given: Parameters) -> Chat:
    """The chat meant by `chat_id`, which the bot may read. Raises Refusal."""
    if not given.text("chat_id"):
        raise refusals.bad_request("chat_id is empty")
    chat = world.chats.get(given.integer("chat_id"))
    if chat is None:
        raise refusals.not_found("chat")
    return chat


def writable_chat(world: World, given: Parameters) -> Chat:
    """The chat meant by `chat_id`, which the bot may write to. Raises Refusal."""
    chat = known_chat(world, given)
    if chat.upgraded_to is not None:
        raise refusals.upgraded(chat.upgraded_to)
    status = chat.status(world.bot.id)
    if status in INSIDE:
        return chat
    if chat.is_private:
        blocked = status is Status.KICKED
        raise refusals.forbidden(
            "bot was blocked by the user" if blocked else "bot can't initiate conversation with a user"
        )
    if status is Status.KICKED:
        raise refusals.forbidden(f"bot was kicked from the {chat.kind} chat")
    raise refusals.forbidden(f"bot is not a member of the {chat.kind} chat")


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


def circumstances(chat: Chat, given: Parameters) -> Json:
    """What every message the bot sends may bring, as fields of `Message`. Raises Refusal."""
    return {
        "reply_to": replied_message(chat, given),
        "reply_markup": reply_markup(chat, given),
        "thread": given.integer("message_thread_id") or None,
        "protected": given.flag("protect_content"),
        "silent": given.flag("disable_notification"),
    }


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
    return replace(message, reply_to=None)
