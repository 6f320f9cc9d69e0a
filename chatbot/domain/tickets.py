"""Tickets: the one way money moves.

Pending ──claim──▶ Claimed ──send──▶ Done | Refused | Uncertain
   └─▶ Declined | Expired             Uncertain ──evidence──▶ Done | Refused
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause
from chatbot.domain.ids import AccountId, ChatId, ClientId, MessageId, OrderNumber, PersonId, TicketId
from chatbot.domain.intents import Intent, Terms
from chatbot.domain.orders import Order

ORDER_LIFETIME = timedelta(seconds=60)
"""How long an order's or cancellation's card can be confirmed."""
COUNTDOWN = timedelta(seconds=15)
"""How often a pending card's seconds are redrawn."""


class TicketState(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    DONE = "done"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    DECLINED = "declined"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether the outcome at the exchange still has to be found."""
        return self in (TicketState.CLAIMED, TicketState.UNCERTAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The exchange has the order under this number."""

    tag: ClassVar[str] = "placed"
    number: OrderNumber


class CancelState(StrEnum):
    """What became of one order of a cancellation.

    `REQUESTED` was accepted and is being read back; `LOST` was sent and no answer came.
    """

    REQUESTED = "requested"
    LOST = "lost"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    FILLED = "filled"
    REJECTED = "rejected"
    STILL_OPEN = "still_open"

    @property
    def is_settled(self) -> bool:
        return self not in (CancelState.REQUESTED, CancelState.LOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelResult:
    """One order of a cancellation; `order` is the exchange's latest word on it, `reason` its refusal.

    `seen_open_at` is when it was first read back as still open.
    """

    number: OrderNumber
    state: CancelState
    reason: str = ""
    seen_open_at: datetime | None = None
    order: Order | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Per order what happened, in the intent's order."""

    tag: ClassVar[str] = "cancelled"
    results: tuple[CancelResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedBy:
    """The exchange refused (`code`, `reason` are its own), or rejected the key (`code` is the HTTP status)."""

    tag: ClassVar[str] = "refused_by"
    code: int | None
    reason: str
    key_rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """No byte left this machine."""

    tag: ClassVar[str] = "unsent"
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Price or balance had left what the card showed, so nothing was sent; a new card shows the new terms."""

    tag: ClassVar[str] = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """Complete reads of all orders, far enough apart, did not show it: it was not placed.

    It is looked for a few times more, in case the exchange's lists were late; `late_looks` counts these.
    """

    tag: ClassVar[str] = "not_found"
    reads: int
    late_looks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Sent, and no usable answer came. `clean_reads` counts complete reads that did not show the order.

    `twin` is an order that looks like this one but carries no mark: nobody can tell whose it is but the person.
    """

    tag: ClassVar[str] = "lost"
    cause: Cause
    clean_reads: int = 0
    last_clean_read: datetime | None = None
    twin: OrderNumber | None = None


Outcome = Placed | Cancelled | RefusedBy | Unsent | Moved | NotFound | Lost

OUTCOMES: dict[str, type[Outcome]] = {
    kind.tag: kind for kind in (Placed, Cancelled, RefusedBy, Unsent, Moved, NotFound, Lost)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A card that waits for a tap, and everything that follows from it.

    `client_id` marks the order at the exchange. `order` is the exchange's latest word on a placed order.
    `revision` grows with every change worth showing; `shown` is the revision last painted into the chat.
    """

    id: TicketId
    person: PersonId
    chat: ChatId
    message: MessageId | None
    account: AccountId
    venue: Venue
    account_label: str
    intent: Intent
    terms: Terms
    client_id: ClientId
    state: TicketState
    created_at: datetime
    expires_at: datetime
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    order: Order | None = None
    next_look_at: datetime | None = None
    revision: int = 1
    shown: int = 0
