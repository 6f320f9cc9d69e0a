"""What is shown: a text and rows of buttons, as values. Views build them; `handlers/show.py` draws them."""

from dataclasses import dataclass
from typing import Literal

from handlers.buttons import pack
from handlers.views.html import Html

Style = Literal["danger", "success", "primary"]
"""How a button is coloured where the platform can; without it, it is neutral."""


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

    Telegram takes 4096 characters of visible text, 8 buttons a row and 100 in all; `ValueError` for more.
    """

    text: Html
    rows: Rows = ()

    def __post_init__(self) -> None:
        if not self.text or (len(str(self.text)) > 4096 and len(self.text.plain) > 4096):
            raise ValueError("a message holds 1 to 4096 characters")
        if sum(map(len, self.rows)) > 100 or not all(1 <= len(row) <= 8 for row in self.rows):
            raise ValueError("a keyboard holds 1 to 8 buttons a row and 100 in all")
