"""The world as a person's screen shows it: JSON for the page and for tests. Shapes are described in `control`."""

from html import escape

from chatbot.demo import service_lines
from chatbot.demo.chats import Chat
from chatbot.demo.files import Media, Photo
from chatbot.demo.journal import Event
from chatbot.demo.shown_html import to_html
from chatbot.demo.standings import Status
from chatbot.demo.values import Json, Message, Person
from chatbot.demo.world import World


def message(shown: Message) -> Json:
    """A shown message: the Bot API object, its HTML, its revision, and keyboards the API does not give back."""
    content = shown.to_json()
    if shown.reply_markup is not None:
        content["reply_markup"] = shown.reply_markup
    content["revision"] = shown.revision
    content["by"] = shown.sender.id
    if shown.reply_to is None:
        content.pop("reply_to_message", None)
    if shown.silent:
        content["silent"] = True
    if shown.media is not None:
        content["media"] = _media(shown, shown.media)
    if shown.service:
        content["service"] = True
        content["html"] = escape(service_lines.sentence(shown), quote=False)
    else:
        content["html"] = to_html(shown.text or "", shown.entities)
    return content


def _media(shown: Message, media: Media) -> Json:
    # The file's own name tells a browser when another one has taken its place.
    url = f"/control/chat/{shown.chat['id']}/media/{shown.id}?file={media.stored.unique_id}"
    facts: Json = {"url": url, "name": media.name, "size": media.stored.size}
    if isinstance(media, Photo):
        return facts | {"kind": "photo", "width": media.facts.width, "height": media.facts.height}
    return facts | {"kind": "document"}


def event(happened: Event) -> Json:
    """One event as the page reads it."""
    content: Json = {"revision": happened.revision, "kind": happened.kind}
    if happened.chat is not None:
        content["chat"] = happened.chat
    if happened.message is not None:
        content["message_id"] = happened.message.id
        content["message"] = message(happened.message)
    return content | happened.facts


def world(shown: World) -> Json:
    """Everything but the messages."""
    chats = list(shown.chats.values())
    return {
        "revision": shown.journal.revision,
        "bot_online": shown.bot_online,
        "bot": {
            "id": shown.bot.id,
            "username": shown.bot.username,
            "name": shown.bot.first_name,
            **shown.descriptions,
        },
        "people": [_person(person) for person in shown.people.values()],
        "chats": [_chat(chat, shown.bot) for chat in chats],
        "commands": {str(chat.id): _commands(shown, chat) for chat in chats},
    }


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.first_name,
        "first_name": person.first_name,
        "username": person.username,
        "is_bot": person.is_bot,
    }


def _chat(chat: Chat, bot: Person) -> Json:
    return {
        "id": chat.id,
        "type": chat.kind,
        "title": chat.title,
        "shown": chat.upgraded_to is None,
        "username": chat.username,
        "is_forum": chat.is_forum,
        "members": [
            {"id": member, "status": standing.status.value, "rights": sorted(standing.rights)}
            for member, standing in chat.members.items()
        ],
        "permissions": sorted(chat.permissions),
        "topics": [
            {"id": topic.id, "name": topic.name, "colour": topic.icon_colour, "closed": topic.is_closed}
            for topic in (chat.topics.values() if chat.is_forum else ())
        ],
        "pinned": sorted(chat.pins, reverse=True),
        "blocked": chat.is_private and chat.status(bot.id) is Status.KICKED,
        "upgraded_to": chat.upgraded_to,
    }


def _commands(shown: World, chat: Chat) -> Json:
    inside = (user for user, standing in chat.members.items() if standing.is_inside and user in shown.people)
    return {str(user): shown.menus.seen_by(user, chat) for user in inside}
