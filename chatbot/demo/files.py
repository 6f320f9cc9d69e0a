"""Photos and documents the bot sent: what messages know of them, and their bytes for as long as there is room."""

import mimetypes
import re
from base64 import urlsafe_b64encode
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from chatbot.demo import refusals
from chatbot.demo.pictures import PictureFacts, look
from chatbot.demo.values import Json

# https://core.telegram.org/bots/api#sending-files
LARGEST_PHOTO = 10 * 1024 * 1024
LARGEST_DOCUMENT = 50 * 1024 * 1024
KEPT_BYTES = 128 * 1024 * 1024

# Separators, quotes, control and direction marks: what must not be in the name of a file on somebody's disk.
_UNFIT = re.compile(r"""[\x00-\x1f\x7f-\x9f<>:"/\\|?*&`'\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd]+""")
_LONGEST_STEM, _LONGEST_EXTENSION = 60, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What identifies a file. `path` is where it can be downloaded, `size` in bytes."""

    id: str
    unique_id: str
    path: str
    size: int

    def to_json(self) -> Json:
        """The fields that every kind of file object has."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """Comes in one size only, its own: nothing here scales pictures."""

    stored: Stored
    facts: PictureFacts

    @property
    def name(self) -> str:
        return f"photo.{self.facts.form}"

    def to_json(self) -> Json:
        """https://core.telegram.org/bots/api#photosize"""
        size = self.stored.to_json() | {"width": self.facts.width, "height": self.facts.height}
        return {"photo": [size]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    stored: Stored
    name: str
    media_type: str

    def to_json(self) -> Json:
        """https://core.telegram.org/bots/api#document"""
        return {"document": self.stored.to_json() | {"file_name": self.name, "mime_type": self.media_type}}


Media = Photo | Document


class Files:
    """The last files, `KEPT_BYTES` of them."""

    def __init__(self, *, first_number: int) -> None:
        self._number = first_number
        self._size = 0
        self._media: OrderedDict[str, Media] = OrderedDict()
        self._contents: dict[str, bytes] = {}

    def add_photo(self, content: bytes) -> Photo:
        """Raises Refusal for what Telegram does not take as a photo: https://core.telegram.org/bots/api#sendphoto"""
        if not content:
            raise refusals.bad_request("file must be non-empty")
        if len(content) > LARGEST_PHOTO:
            raise refusals.photo_too_big(len(content), LARGEST_PHOTO)
        facts = look(content)
        if facts is None:
            raise refusals.bad_request("IMAGE_PROCESS_FAILED")
        short, long = sorted((facts.width, facts.height))
        if short == 0 or short + long > 10_000 or long > 20 * short:
            raise refusals.bad_request("PHOTO_INVALID_DIMENSIONS")
        photo = Photo(stored=self._identify("photos", facts.form, content), facts=facts)
        self._keep(photo, content)
        return photo

    def add_document(self, name: str, content: bytes) -> Document:
        """Raises Refusal for an empty file, or one above 50 MB."""
        if not content:
            raise refusals.bad_request("file must be non-empty")
        if len(content) > LARGEST_DOCUMENT:
            raise refusals.too_large()
        cleaned = clean_name(name)
        media_type = mimetypes.guess_type(cleaned)[0] or "application/octet-stream"
        stored = self._identify("documents", cleaned.rpartition(".")[2], content)
        document = Document(stored=stored, name=cleaned, media_type=media_type)
        self._keep(document, content)
        return document

    def find(self, file_id: str) -> Media | None:
        """None for what was never here, or made room for others."""
        return self._media.get(file_id)

    def content(self, media: Media) -> bytes | None:
        """The bytes, unless they made room for others."""
        return self._contents.get(media.stored.id)

    def at(self, path: str) -> bytes | None:
        """What can be downloaded under this path."""
        found = (media for media in self._media.values() if media.stored.path == path)
        return next((self._contents[media.stored.id] for media in found), None)

    def _identify(self, folder: Literal["photos", "documents"], ending: str, content: bytes) -> Stored:
        self._number += 1
        # Telegram's ids begin with the kind of file they are.
        kind = "AgAC" if folder == "photos" else "BQAC"
        safe_ending = ending if re.fullmatch("[A-Za-z0-9]{1,8}", ending) else "bin"
        return Stored(
            id=kind + _token(f"{self._number}".encode(), 42),
            unique_id=_token(content, 15),
            path=f"{folder}/file_{self._number}.{safe_ending.lower()}",
            size=len(content),
        )

    def _keep(self, media: Media, content: bytes) -> None:
        self._media[media.stored.id] = media
        self._contents[media.stored.id] = content
        self._size += len(content)
        while self._size > KEPT_BYTES:
            oldest, _ = self._media.popitem(last=False)
            self._size -= len(self._contents.pop(oldest))


def clean_name(name: str) -> str:
    """A file's name as other people's devices are given it: the last part of a path, harmless, of bearable length."""
    last = re.split(r"[/\\]", name)[-1]
    stem, dot, ending = _UNFIT.sub("", last).strip(" .").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    short = stem[:_LONGEST_STEM] + dot + ending[:_LONGEST_EXTENSION]
    return short or "file"


def _token(seed: bytes, length: int) -> str:
    return urlsafe_b64encode(sha256(seed).digest()).decode()[:length]
