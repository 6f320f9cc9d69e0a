"""What is shown, as values: a text, a picture or a file, with rows of buttons.

Views build them; `handlers/show.py` draws them.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from handlers.buttons import pack
from handlers.views.html import Html

Style = Literal["danger", "success", "primary"]
"""How a button is coloured where the platform can; without it, it is neutral."""

LARGEST_PICTURE: Final = 10 * 1024 * 1024
LARGEST_FILE: Final = 50 * 1024 * 1024
"""Bytes: https://core.telegram.org/bots/api#sending-files"""

_LONGEST_TEXT = 4096
_LONGEST_CAPTION = 1024
# No quotes, separators or direction marks: Telegram's server reads the name as it stands, without undoing escapes.
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


@dataclass(frozen=True, slots=True)
class Press:
    """A button that does something. `action` is a button type (see `handlers.buttons.button`).

    Raises `TypeError` or `ValueError` at once if the action cannot be packed into 64 bytes.
    """

    label: str
    action: object
    style: Style | None = None

    def __post_init__(self) -> None:
        pack(self.action)


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens an address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A button that copies a text of 1 to 256 characters."""

    label: str
    text: str

    def __post_init__(self) -> None:
        # https://core.telegram.org/bots/api#copytextbutton
        if not 1 <= len(self.text) <= 256:
            raise ValueError("a copy button holds 1 to 256 characters")


Key = Press | Link | Copy
Rows = tuple[tuple[Key, ...], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """A message as a person sees it: HTML and inline buttons, row by row. Without rows it has no keyboard.

    `protected` keeps people from forwarding, copying and saving it: for secrets. An edit changes nothing about that.
    Telegram takes 4096 characters of visible text, 8 buttons a row and 100 in all; `ValueError` for more.
    """

    text: Html
    rows: Rows = ()
    protected: bool = False

    def __post_init__(self) -> None:
        if not self.text or not _fits(self.text, _LONGEST_TEXT):
            raise ValueError("a message holds 1 to 4096 characters")
        _check_rows(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A photo as a message: `content` is a whole PNG or JPEG. `protected` as for a screen.

    Telegram scales it and keeps no metadata. It cannot be redrawn as a screen later, only deleted.
    Telegram takes 10 MB, a caption of 1024 visible characters and a screen's buttons; `ValueError` for more.
    """

    content: bytes = field(repr=False)
    caption: Html | None = None
    rows: Rows = ()
    protected: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.content) <= LARGEST_PICTURE:
            raise ValueError("a picture holds 1 byte to 10 MB")
        _check_caption(self.caption)
        _check_rows(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A document as a message, such as `File(name="audit.csv", content=…)`; arrives byte by byte as it is. A `Path` is
    read while it is sent, so that a file need not fit into memory.

    The name is made of ASCII letters, digits and `._-`, begins with a letter or digit, and has at most 60 characters.
    Telegram takes 50 MB; caption and buttons as for a picture; `ValueError` for anything else.
    """

    name: str
    content: bytes | Path = field(repr=False)
    caption: Html | None = None
    rows: Rows = ()
    protected: bool = False

    def __post_init__(self) -> None:
        if not _FILE_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name for a file")
        if isinstance(self.content, bytes) and not 1 <= len(self.content) <= LARGEST_FILE:
            raise ValueError("a file holds 1 byte to 50 MB")
        _check_caption(self.caption)
        _check_rows(self.rows)


Attachment = Picture | File
Shown = Screen | Attachment
"""Anything that can be sent as one message."""


def _check_caption(caption: Html | None) -> None:
    if caption is not None and (not caption or not _fits(caption, _LONGEST_CAPTION)):
        raise ValueError("a caption holds 1 to 1024 characters")


def _check_rows(rows: Rows) -> None:
    if sum(map(len, rows)) > 100 or not all(1 <= len(row) <= 8 for row in rows):
        raise ValueError("a keyboard holds 1 to 8 buttons a row and 100 in all")


def _fits(text: Html, limit: int) -> bool:
    """Whether so many characters are enough for what is read; an emoji counts as two, to be on the safe side."""
    return 2 * len(str(text)) <= limit or len(text.plain.encode("utf-16-le")) // 2 <= limit
