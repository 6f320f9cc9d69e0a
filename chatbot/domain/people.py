"""Who may use the bot."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chatbot.domain.ids import PersonId


class Role(StrEnum):
    OWNER = "owner"
    MEMBER = "member"


class Access(StrEnum):
    """Who is let in: owners only, those an owner invited, or everybody."""

    OWNERS = "owners"
    INVITE = "invite"
    OPEN = "open"


class LinkKind(StrEnum):
    """A one-time link makes an owner (`CLAIM`) or a member (`INVITE`)."""

    CLAIM = "claim"
    INVITE = "inv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who was let in. `name` is for reading only; identity is the id."""

    id: PersonId
    name: str
    role: Role
    joined_at: datetime
    invited_by: PersonId | None = None
