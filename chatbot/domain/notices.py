"""What the bot says unasked. Notices wait in the outbox as values; how they read is decided when they are sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from chatbot.domain.ids import ChatId, LimitChangeId, MessageId, PersonId, TicketId


class NoticeKind(StrEnum):
    """What notices are about; a person chooses per kind how they come. Alarms come always."""

    ALARM = "alarm"
    OUTCOME = "outcome"
    ORDER = "order"
    KEY = "key"
    PEOPLE = "people"

    @property
    def can_be_changed(self) -> bool:
        return self is not NoticeKind.ALARM


class NoticeMode(StrEnum):
    """How notices of a kind come: with a sound, without one, or not at all."""

    ON = "on"
    SILENT = "silent"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSettled:
    """The outcome of an uncertain ticket was found."""

    tag: ClassVar[str] = "ticket_settled"
    about: ClassVar[NoticeKind] = NoticeKind.OUTCOME
    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEnded:
    """The time of a held ticket came: it was sent, or kept from it. It moves money, so it is an alarm."""

    tag: ClassVar[str] = "held_ended"
    about: ClassVar[NoticeKind] = NoticeKind.ALARM
    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFinished:
    """An order that rested for a while was filled, cancelled or rejected."""

    tag: ClassVar[str] = "order_finished"
    about: ClassVar[NoticeKind] = NoticeKind.ORDER
    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonJoined:
    """Somebody opened a one-time link; told to the one who made it."""

    tag: ClassVar[str] = "person_joined"
    about: ClassVar[NoticeKind] = NoticeKind.PEOPLE
    person: PersonId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWorks:
    """A key that had stopped working is accepted again. `account` is its account's label."""

    tag: ClassVar[str] = "key_works"
    about: ClassVar[NoticeKind] = NoticeKind.KEY
    account: str
    at: datetime


class AlarmKind(StrEnum):
    """What a person is told whatever they switched off."""

    LINKED = "linked"
    FACTOR_ON = "factor_on"
    FACTOR_OFF = "factor_off"
    FACTOR_LOCKED = "factor_locked"
    CODES_RENEWED = "codes_renewed"
    RECOVERY_USED = "recovery_used"
    LIMIT_RAISE = "limit_raise"
    ALIAS_ADDED = "alias_added"
    UNLOCK_ASKED = "unlock_asked"
    UNLOCKED = "unlocked"
    WRONG_CODES = "wrong_codes"
    WITHDRAWAL = "withdrawal"
    KEY_REJECTED = "key_rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something its owner must notice. `account` is a label, `subject` says what it was about, `due` when it takes
    effect, where that is later. With a `ticket`, what is told is how that stands when it is told.
    """

    tag: ClassVar[str] = "alarm"
    about: ClassVar[NoticeKind] = NoticeKind.ALARM
    kind: AlarmKind
    at: datetime
    account: str = ""
    subject: str = ""
    due: datetime | None = None
    ticket: TicketId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitHolds:
    """A raised limit holds from now on. There is nothing to say if the raise was dropped or replaced meanwhile."""

    tag: ClassVar[str] = "limit_holds"
    about: ClassVar[NoticeKind] = NoticeKind.ALARM
    change: LimitChangeId


Notice = TicketSettled | HeldEnded | OrderFinished | PersonJoined | KeyWorks | LimitHolds | Alarm

NOTICES: dict[str, type[Notice]] = {
    kind.tag: kind for kind in (TicketSettled, HeldEnded, OrderFinished, PersonJoined, KeyWorks, LimitHolds, Alarm)
}


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
