"""Sending photos and documents, and getting at the bytes of those that were sent."""

import re
from typing import Final

from chatbot.demo import refusals
from chatbot.demo.files import Document, Media, Photo
from chatbot.demo.methods.access import caption, check_may_send, circumstances, writable_chat
from chatbot.demo.methods.messages import edit, editable, new_keyboard
from chatbot.demo.multipart import Upload
from chatbot.demo.parameters import Parameters
from chatbot.demo.values import Json
from chatbot.demo.world import World

# https://core.telegram.org/bots/api#getfile
LARGEST_DOWNLOAD = 20 * 1024 * 1024

_ATTACHED = "attach://"
_KINDS: Final[dict[str, type[Media]]] = {"photo": Photo, "document": Document}


def send_photo(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#sendphoto"""
    return _send(world, given, "photo")


def send_document(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#senddocument"""
    return _send(world, given, "document")


def get_file(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#getfile"""
    if not given.text("file_id"):
        raise refusals.bad_request("file_id not specified")
    media = world.files.find(given.text("file_id"))
    if media is None:
        raise refusals.bad_request("invalid file_id")
    if media.stored.size > LARGEST_DOWNLOAD:
        raise refusals.bad_request("file is too big")
    return media.stored.to_json() | {"file_path": media.stored.path}


def edit_message_media(world: World, given: Parameters) -> Json:
    """https://core.telegram.org/bots/api#editmessagemedia, for photos and documents; without `reply_markup` the
    keyboard goes."""
    described = given.structure("media", called="media")
    if not isinstance(described, dict):
        raise refusals.bad_request("expected an Object as InputMedia")
    wanted = Parameters(described, given.uploads)
    kind = wanted.text("type")
    if kind not in _KINDS:
        raise refusals.bad_request(f'can\'t parse InputMedia: unsupported type "{kind}"')
    source = _source(wanted, "media", called=kind)
    said = caption(wanted)
    chat, message = editable(world, given)
    markup = new_keyboard(chat, given)
    media = _stored(world, source, kind)
    return edit(world, chat, message, text=said.text or None, entities=said.entities, media=media, reply_markup=markup)


def _send(world: World, given: Parameters, kind: str) -> Json:
    source = _source(given, kind, called=kind)
    said = caption(given)
    chat = writable_chat(world, given)
    details = circumstances(world, chat, given)
    check_may_send(world, chat, f"{kind}s")
    media = _stored(world, source, kind)
    message = world.post(chat, world.bot, text=said.text or None, entities=said.entities, media=media, **details)
    return message.to_json()


def _stored(world: World, source: Upload | str, kind: str) -> Media:
    """The file itself: kept now if it came along, else a known one. Raises Refusal."""
    if isinstance(source, str):
        return _known(world, source, _KINDS[kind])
    if kind == "photo":
        return world.files.add_photo(source.content)
    return world.files.add_document(source.name, source.content)


def _source(given: Parameters, name: str, *, called: str) -> Upload | str:
    """The file that came along under this name or that `attach://` names, else the id of a known one."""
    value = given.text(name)
    attached = value.removeprefix(_ATTACHED) if value.startswith(_ATTACHED) else name
    source = given.uploads.get(attached) or value
    if not source or source == _ATTACHED + attached:
        raise refusals.bad_request(f"there is no {called} in the request")
    return source


def _known(world: World, file_id: str, kind: type[Media]) -> Media:
    """A file sent before; nothing is fetched from addresses, because nothing here has a network."""
    if re.match("https?://", file_id):
        raise refusals.bad_request("failed to get HTTP URL content")
    media = world.files.find(file_id)
    if media is None:
        readable = re.fullmatch("[A-Za-z0-9_-]+", file_id)
        fault = "Wrong padding in the string" if readable else "Wrong character in the string"
        raise refusals.bad_request(f"wrong remote file identifier specified: {fault}")
    if not isinstance(media, kind):
        raise refusals.bad_request(f"can't use file of type {type(media).__name__} as {kind.__name__}")
    return media
