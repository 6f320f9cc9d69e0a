"""What the bot says unasked. Notices wait in the outbox as values; how they read is decided when they are sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from chatbot.domain.ids import ChatId, MessageId, PersonId, TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSettled:
    """The outcome of an uncertain ticket was found."""

    tag: ClassVar[str] = "ticket_settled"
    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFinished:
    """An order that rested for a while was filled, cancelled or rejected."""

    tag: ClassVar[str] = "order_finished"
    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonJoined:
    """Somebody opened a one-time link; told to the one who made it."""

    tag: ClassVar[str] = "person_joined"
    person: PersonId
    name: str


Notice = TicketSettled | OrderFinished | PersonJoined

NOTICES: dict[str, type[Notice]] = {kind.tag: kind for kind in (TicketSettled, OrderFinished, PersonJoined)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A notice on its way. `reply_to` is the card it belongs to; `attempts` counts sends that failed."""

    id: int
    chat: ChatId
    notice: Notice
    reply_to: MessageId | None
    created_at: datetime
    not_before: datetime
    attempts: int
