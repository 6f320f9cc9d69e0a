"""How large a picture is, from its first bytes, and whether it is whole enough to be one."""

import struct
from dataclasses import dataclass
from typing import Literal

_PNG_BEGINS, _PNG_ENDS = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"IEND\xaeB`\x82"
_JPEG_BEGINS, _JPEG_ENDS = b"\xff\xd8", b"\xff\xd9"
# Start-of-frame markers carry the size; 0xC4, 0xC8 and 0xCC among them mean something else.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """Width and height in pixels."""

    form: Literal["png", "jpg"]
    width: int
    height: int


def look(content: bytes) -> PictureFacts | None:
    """None for what is neither a whole PNG nor a whole JPEG."""
    if content.startswith(_PNG_BEGINS) and content.endswith(_PNG_ENDS):
        width, height = struct.unpack_from(">II", content, 16)
        return PictureFacts(form="png", width=width, height=height)
    if content.startswith(_JPEG_BEGINS) and content.endswith(_JPEG_ENDS):
        return _jpeg(content)
    return None


def _jpeg(content: bytes) -> PictureFacts | None:
    """Walk from segment to segment until one tells the size."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = struct.unpack_from(">xBH", content, at)
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return PictureFacts(form="jpg", width=width, height=height)
        at += 2 + length
    return None
