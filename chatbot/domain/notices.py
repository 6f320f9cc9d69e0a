"""What the bot says unasked. Notices wait in the outbox as values; how they read is decided when they are sent."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import ClassVar, get_args

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AccountId, AlertId, ChatId, LimitChangeId, MarketCode, MessageId, PersonId, TicketId
from chatbot.domain.orders import Order
from chatbot.domain.swaps import FollowedSwap


class Rank(IntEnum):
    """Which notices go first; alarms do not even wait for their chat's turn."""

    ALARM = 0
    OUTCOME = 1
    MONEY = 2
    OTHER = 3
    ALERT = 4


class NoticeKind(StrEnum):
    """What notices are about; a person chooses per kind how they come. Alarms come always."""

    ALARM = "alarm"
    OUTCOME = "outcome"
    ORDER = "order"
    BALANCE = "balance"
    SWAP = "swap"
    KEY = "key"
    PEOPLE = "people"
    ALERT = "alert"
    DIGEST = "digest"
    SERVICE = "service"  # where the bot was, and what it cannot reach

    @property
    def can_be_changed(self) -> bool:
        return self is not NoticeKind.ALARM

    @property
    def rank(self) -> Rank:
        return _RANKS.get(self, Rank.OTHER)


_RANKS = {
    NoticeKind.ALARM: Rank.ALARM,
    NoticeKind.OUTCOME: Rank.OUTCOME,
    NoticeKind.ORDER: Rank.MONEY,
    NoticeKind.BALANCE: Rank.MONEY,
    NoticeKind.SWAP: Rank.MONEY,
    NoticeKind.ALERT: Rank.ALERT,
}


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
class OrderMoved:
    """`part` of an order was executed since it was last told, or it ended, or both; `order` is how it stood then.

    `account` is a label, `at` when it was seen. With `since` it happened while the bot was away, from then on.
    """

    tag: ClassVar[str] = "order_moved"
    about: ClassVar[NoticeKind] = NoticeKind.ORDER
    account: str
    venue: Venue
    order: Order
    part: Decimal
    at: datetime
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceChange:
    """A currency's total changed `by` so much, to `total`. `about`: there were executions whose fees are not known, so
    it may have been a little more or less. `worth` is that of the change in USDT, without a sign, if a market gives
    one. `ticket` is a withdrawal of just that amount, or of less by what may be its fee.
    """

    currency: str
    by: Decimal
    total: Decimal
    worth: Decimal | None
    ticket: TicketId | None
    about: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceMoved:
    """What an account holds changed, and no order explains it. `account` is a label."""

    tag: ClassVar[str] = "balance_moved"
    about: ClassVar[NoticeKind] = NoticeKind.BALANCE
    account: str
    venue: Venue
    changes: tuple[BalanceChange, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapMoved:
    """A swap has got another status since it was last told; `followed` is how it stood then. With `since` that
    happened while the bot was away, from then on.
    """

    tag: ClassVar[str] = "swap_moved"
    about: ClassVar[NoticeKind] = NoticeKind.SWAP
    followed: FollowedSwap
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The bot did not run for a while; what happened meanwhile is counted up to when this is sent."""

    tag: ClassVar[str] = "away"
    about: ClassVar[NoticeKind] = NoticeKind.SERVICE


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRejected:
    """ANDX does not accept an account's browser session any more; a fresh one is asked for, once. `label` is the
    account's.
    """

    tag: ClassVar[str] = "session_rejected"
    about: ClassVar[NoticeKind] = NoticeKind.KEY
    account: AccountId
    label: str
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
    PAYOUT = "payout"
    KEY_REJECTED = "key_rejected"
    SESSION_LINKED = "session_linked"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFired:
    """An alert's level was crossed. `value` is the reading that did it, `price` the last price, `change` that of 24
    hours in percent. `late`: it happened while nobody looked, since `since`, and still holds. `meant_for` names the
    group, topic or channel that cannot be told it; then whoever set the alert is, in private. `anchor` is where a move
    began.
    """

    tag: ClassVar[str] = "alert_fired"
    about: ClassVar[NoticeKind] = NoticeKind.ALERT
    alert: AlertId
    at: datetime
    value: Decimal
    price: Decimal
    change: Decimal
    since: datetime | None = None
    meant_for: str = ""
    anchor: Decimal | None = None

    @property
    def late(self) -> bool:
        return self.since is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsMissed:
    """So many alerts fired while their chat could not be told, and so long ago that they are worth nothing now."""

    tag: ClassVar[str] = "alerts_missed"
    about: ClassVar[NoticeKind] = NoticeKind.SERVICE
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatJoined:
    """The bot was added to a chat, or may write there again, and so many things go on. Told in a group itself; of a
    channel, in private, to whoever let it in.
    """

    tag: ClassVar[str] = "chat_joined"
    about: ClassVar[NoticeKind] = NoticeKind.SERVICE
    chat: ChatId
    alerts: int = 0
    boards: int = 0
    digests: int = 0


class Loss(StrEnum):
    """Why a place cannot be told anything any more."""

    REMOVED = "removed"  # blocked, kicked, not a member
    GONE = "gone"  # there is no such chat
    SILENCED = "silenced"  # no right to write
    TOPIC_DELETED = "topic_deleted"
    TOPIC_CLOSED = "topic_closed"

    @property
    def is_of_topic(self) -> bool:
        return self in (Loss.TOPIC_DELETED, Loss.TOPIC_CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLost:
    """A group, topic or channel that somebody set something up in cannot be told anything any more. `title` and `topic`
    are its names, empty where nobody said them; `waiting` messages were not delivered. So many more, hits of the
    `alerts` of the one who is told this, are told in private instead.
    """

    tag: ClassVar[str] = "place_lost"
    about: ClassVar[NoticeKind] = NoticeKind.SERVICE
    why: Loss
    title: str
    topic: str = ""
    waiting: int = 0
    alerts: int = 0
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """A message to a group, topic or channel was refused or failed too often, and is given up; told to whoever set up
    what it was of. `place` is its name, `fired` the hit it told of; None if it was a digest.
    """

    tag: ClassVar[str] = "undelivered"
    about: ClassVar[NoticeKind] = NoticeKind.SERVICE
    place: str
    fired: AlertFired | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardEnded:
    """A board's message was deleted, or cannot be changed any more, in some chat; told to whoever set it."""

    tag: ClassVar[str] = "board_ended"
    about: ClassVar[NoticeKind] = NoticeKind.SERVICE
    chat: ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDue:
    """The daily summary for the moment `at`. Without `markets` it is about the favourites, or the liveliest. `late`:
    the bot did not run at that time.
    """

    tag: ClassVar[str] = "digest_due"
    about: ClassVar[NoticeKind] = NoticeKind.DIGEST
    venue: Venue
    markets: tuple[MarketCode, ...]
    at: datetime
    late: bool


Notice = (
    TicketSettled
    | HeldEnded
    | OrderMoved
    | BalanceMoved
    | SwapMoved
    | Away
    | PersonJoined
    | KeyWorks
    | SessionRejected
    | LimitHolds
    | Alarm
    | AlertFired
    | AlertsMissed
    | PlaceLost
    | Undelivered
    | ChatJoined
    | BoardEnded
    | DigestDue
)

NOTICES: dict[str, type[Notice]] = {kind.tag: kind for kind in get_args(Notice)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """A notice on its way. `thread` is the topic it goes to, if any; `reply_to` is the card it belongs to; `attempts`
    counts those that failed. `unsure`: it may have arrived already, because an answer was lost or the program ended.
    """

    id: int
    chat: ChatId
    thread: int | None = None
    notice: Notice
    reply_to: MessageId | None
    created_at: datetime
    not_before: datetime
    attempts: int
    unsure: bool = False
