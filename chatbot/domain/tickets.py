"""Tickets: the one way money moves.

Pending ──claim──▶ Claimed ──send──▶ Done | Refused | Uncertain
   └─▶ Declined | Expired             Uncertain ──evidence──▶ Done | Refused

What takes two steps goes a longer way to its claim, and can be declined up to it:

Pending ──first step──▶ Continued ──second step──▶ Held ──its time──▶ Claimed
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, get_args

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause, Obstacle
from chatbot.domain.ids import AccountId, ChatId, ClientId, MarketCode, MessageId, OrderNumber, PersonId, TicketId
from chatbot.domain.intents import Convert, CreateSwap, Intent, PlaceOrder, SetPayout, Terms
from chatbot.domain.money import Amount
from chatbot.domain.orders import Order, Side
from chatbot.domain.policies import POLICIES

UNREADABLE_FOR = timedelta(hours=1)
"""How long every look for an order must have failed before its person's word closes it."""


class TicketState(StrEnum):
    PENDING = "pending"
    CONTINUED = "continued"
    HELD = "held"
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

    @property
    def is_waiting(self) -> bool:
        """Whether nothing was sent yet and it can still be declined."""
        return self in (TicketState.PENDING, TicketState.CONTINUED, TicketState.HELD)


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
class SwapCreated:
    """n.exchange has the swap under this reference. `unpaid`: it was never paid and has ended, so it took nothing.

    `among_others`: its answer was lost, and of several equal orders it is the one made nearest to the tap.
    """

    tag: ClassVar[str] = "swap_created"
    reference: str
    unpaid: bool = False
    among_others: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutSet:
    """n.exchange took the payout address."""

    tag: ClassVar[str] = "payout_set"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidElsewhere:
    """The swap has another payout address than the ticket's, and keeps it: it is set once."""

    tag: ClassVar[str] = "paid_elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedBy:
    """The exchange refused (`code`, `reason` are its own), or rejected the key (`code` is the HTTP status)."""

    tag: ClassVar[str] = "refused_by"
    code: int | None
    reason: str
    key_rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """There was no browser session to sign with, so nothing was done; `ended`: there is one that is not accepted."""

    tag: ClassVar[str] = "unsigned"
    ended: bool


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
class PriceRefused:
    """It was sent, and the exchange refused its price, which had moved too far since (api: 1210): it executed nothing.
    A new card shows the new price.
    """

    tag: ClassVar[str] = "price_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """Complete reads of all orders, far enough apart, did not show it: it was not placed.

    It is looked for a few times more, in case the exchange's lists were late; `late_looks` counts these. `twin` is an
    order they showed that may be it after all.
    """

    tag: ClassVar[str] = "not_found"
    reads: int
    late_looks: int = 0
    twin: OrderNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeSwap:
    """An order at n.exchange that is what a ticket asked for, but was made, as the service says, long before it."""

    reference: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """What was executed one way on a market since a tap, all together, in the base currency; `at` is the latest of it.

    It may be what came of the ticket.
    """

    market: MarketCode
    side: Side
    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Sent, and no usable answer came. `clean_reads` counts complete reads that did not show the order.

    `twin` is an order that looks like this one but carries no mark, `like` a swap that does but for its time, and
    `traded` what no order in the exchange's lists explains: nobody can tell whose it is but the person. The same goes
    once it is `out_of_reach` of the history of trades.
    `unreadable_since` is when the first of the latest looks failed, if they all did; after `UNREADABLE_FOR` it is left
    to the person's word (`by_word`), until a look succeeds. `needs_session`: the latest look could not be completed
    without a fresh one. `available` is a withdrawal's currency as it was read afterwards.
    """

    tag: ClassVar[str] = "lost"
    cause: Cause
    clean_reads: int = 0
    last_clean_read: datetime | None = None
    twin: OrderNumber | None = None
    like: LikeSwap | None = None
    unreadable_since: datetime | None = None
    by_word: bool = False
    available: Amount | None = None
    traded: Traded | None = None
    out_of_reach: bool = False
    needs_session: bool = False

    @property
    def is_unclear(self) -> bool:
        """Whether looking again may never tell."""
        possible = (self.twin, self.like, self.traded)
        return self.by_word or self.out_of_reach or any(each is not None for each in possible)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """The exchange took a withdrawal's request. It gives no number and no status, so this is all there is to know.

    `confirmed` is set when no answer came and the person said that it was sent; then it may be an order, too. `number`
    is the one they were shown, if it is not known to be another ticket's: it is none of the next one's.
    """

    tag: ClassVar[str] = "requested"
    confirmed: bool = False
    number: OrderNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disowned:
    """No answer came, and the person said that it was not sent."""

    tag: ClassVar[str] = "disowned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A lock, a limit or the like stood in the way when a held ticket's time came, so nothing was sent."""

    tag: ClassVar[str] = "blocked"
    obstacle: Obstacle


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """The bot was away when a held ticket's time came, and too long after it; nothing was sent."""

    tag: ClassVar[str] = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCodes:
    """The second step was answered wrongly too often; nothing was sent."""

    tag: ClassVar[str] = "wrong_codes"


Outcome = (
    Placed
    | Cancelled
    | SwapCreated
    | PayoutSet
    | PaidElsewhere
    | RefusedBy
    | Unsigned
    | Unsent
    | Moved
    | PriceRefused
    | NotFound
    | Lost
    | Requested
    | Disowned
    | Blocked
    | Missed
    | WrongCodes
)

OUTCOMES: dict[str, type[Outcome]] = {kind.tag: kind for kind in get_args(Outcome)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A card that waits for a tap, and everything that follows from it.

    `client_id` marks the order at the exchange. `order` is the exchange's latest word on a placed order.
    `number` is what must be typed in the second step, empty where a one-time code is asked for. `send_at` is when a
    held ticket is sent.
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
    number: str = ""
    send_at: datetime | None = None
    next_look_at: datetime | None = None
    revision: int = 1
    shown: int = 0


def may_be_settled_by_word(ticket: Ticket) -> bool:
    """Whether only its person can say what became of a ticket: nobody can look it up, for long nobody could, or there
    is something that looks like it of which nobody knows whose it is.
    """
    if ticket.state is not TicketState.UNCERTAIN:
        return False
    unclear = isinstance(ticket.outcome, Lost) and ticket.outcome.is_unclear
    is_looked_up = isinstance(ticket.intent, PlaceOrder | CreateSwap | SetPayout | Convert)
    return POLICIES[type(ticket.intent)].by_word or (unclear and is_looked_up)


def unread(outcome: Outcome | None, *, now: datetime, needs_session: bool = False) -> Outcome | None:
    """What is known of a ticket after a look that failed; `needs_session` if that was for want of one."""
    if not isinstance(outcome, Lost):
        return outcome
    since = outcome.unreadable_since or now
    by_word = outcome.by_word or now - since >= UNREADABLE_FOR
    return replace(outcome, unreadable_since=since, by_word=by_word, needs_session=needs_session)


def read_again(outcome: Outcome | None) -> Outcome | None:
    """The same after a look that succeeded."""
    if not isinstance(outcome, Lost):
        return outcome
    return replace(outcome, unreadable_since=None, by_word=False, needs_session=False)
