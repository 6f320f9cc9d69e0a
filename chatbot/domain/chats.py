"""Chats beside the private ones: what Telegram says of them, and what the bot may do there."""

from dataclasses import dataclass
from enum import StrEnum

from chatbot.domain.ids import ChatId


class ChatType(StrEnum):
    """https://core.telegram.org/bots/api#chat"""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


LONGEST_TITLE = 128
"""Characters of a title: https://core.telegram.org/method/channels.editTitle"""

_QUOTES = str.maketrans(dict.fromkeys('"“”„«»', " "))


def spoken(title: str) -> str:
    """A title as people type it between quotes: without any, without what cannot be seen, with single spaces."""
    seen = "".join(sign for sign in title.translate(_QUOTES) if sign.isprintable() or sign.isspace())
    return " ".join(seen.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownChat:
    """A chat as Telegram last described it. `username` is without the @, and empty where there is none."""

    id: ChatId
    type: ChatType
    title: str
    username: str = ""
    is_forum: bool = False

    @property
    def is_channel(self) -> bool:
        return self.type is ChatType.CHANNEL

    @property
    def handle(self) -> str:
        """How its admins name it in front of a line in their private chat."""
        return f"@{self.username}" if self.username else f'@"{spoken(self.title)[:LONGEST_TITLE]}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic of a forum. `name` is empty while nobody said it."""

    name: str = ""
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the bot may do in a chat."""

    is_in: bool
    may_write: bool
    may_pin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """How many things told unasked go on in a place; those that are paused or over are not counted."""

    alerts: int = 0
    boards: int = 0
    digests: int = 0

    def __bool__(self) -> bool:
        return bool(self.alerts or self.boards or self.digests)
