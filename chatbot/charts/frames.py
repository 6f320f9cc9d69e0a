"""What the two processes say to each other over a pipe: frames of a kind, a length and a body.

Requests are what is to be drawn; an answer is a PNG, or the words of what went wrong.
"""

import struct
from enum import Enum
from typing import Final

import msgspec

from chatbot.domain.charts import BookPicture, PortfolioPicture, PriceChart

HEADER: Final = struct.Struct(">cI")

Request = PriceChart | BookPicture | PortfolioPicture

_KINDS: dict[bytes, type[Request]] = {b"p": PriceChart, b"b": BookPicture, b"v": PortfolioPicture}
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}


class Answer(Enum):
    DRAWN = b"d"
    FAILED = b"f"


def framed(letter: bytes, body: bytes) -> bytes:
    return HEADER.pack(letter, len(body)) + body


def written(request: Request) -> bytes:
    """A request as a frame."""
    return framed(_LETTERS[type(request)], msgspec.msgpack.encode(request))


def read(letter: bytes, body: bytes) -> Request:
    """The request of a frame."""
    return msgspec.msgpack.decode(body, type=_KINDS[letter])
