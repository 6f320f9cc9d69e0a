"""Where tickets live."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Protocol

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AccountId, ChatId, MarketCode, MessageId, OrderNumber, PersonId, TicketId
from chatbot.domain.intents import Terms
from chatbot.domain.notices import Notice
from chatbot.domain.tickets import Ticket


class OrderTaken(Exception):
    """Another ticket is known to be the order's origin."""


class Tickets(Protocol):
    async def add(self, ticket: Ticket) -> None: ...

    async def get(self, ticket: TicketId) -> Ticket | None: ...

    async def attach(self, ticket: TicketId, message: MessageId) -> None:
        """Remember the message the card was sent as, painted at revision 1."""
        ...

    async def claim(
        self,
        ticket: TicketId,
        *,
        person: PersonId,
        chat: ChatId,
        message: MessageId,
        with_factor: bool = False,
        now: datetime,
    ) -> Ticket | None:
        """Pending → Claimed for what one tap confirms, in one transaction, durable when this returns.

        Succeeds for one caller only, while the ticket is pending, not expired, this person's, in this chat and on
        this message (or on none yet), and `with_factor` is what its policy says. Returns the claimed ticket, or None.
        Raises `Stopped` where the gate does, and leaves the ticket as it was.
        """
        ...

    async def proceed(
        self, ticket: TicketId, *, person: PersonId, chat: ChatId, message: MessageId, number: str, now: datetime
    ) -> Ticket | None:
        """Pending → Continued for what takes two steps, under the conditions of `claim`; raises `Stopped`.

        `number` is what must be typed, empty where a one-time code is asked for.
        """
        ...

    async def confirm(self, ticket: TicketId, *, person: PersonId, now: datetime) -> Ticket | None:
        """Continued → Claimed, or → Held where a hold applies, for one caller only; raises `Stopped`."""
        ...

    async def release(self, ticket: TicketId, *, terms: Terms, now: datetime) -> Ticket | None:
        """Held → Claimed once its time has come, with its terms of today, for one caller only; raises `Stopped`."""
        ...

    async def decline(self, ticket: TicketId, *, person: PersonId, chat: ChatId, now: datetime) -> Ticket | None:
        """Pending, Continued or Held → Declined, for its person in its chat. Returns the ticket, or None."""
        ...

    async def update(
        self,
        ticket: TicketId,
        change: Callable[[Ticket], Ticket],
        *,
        notice: Notice | None = None,
        origin_of: OrderNumber | None = None,
    ) -> Ticket:
        """Read, change and write in one transaction; put `notice` into the outbox with it.

        The revision grows by one if anything but `next_look_at` changed. The notice replies to the ticket's card.
        Raises `KeyError` for an unknown ticket, and `OrderTaken` where it is to become the origin of an order that
        another ticket is the origin of.
        """
        ...

    async def mark_shown(self, ticket: TicketId, revision: int) -> None: ...

    async def unshown(self, *, limit: int) -> tuple[Ticket, ...]:
        """Tickets with a card whose latest revision has not been painted."""
        ...

    async def expire(self, *, now: datetime) -> tuple[TicketId, ...]:
        """Pending and Continued → Expired for all whose time is over."""
        ...

    async def recover(self, *, now: datetime) -> tuple[TicketId, ...]:
        """At start-up: Claimed → Uncertain (`Lost(SHUTDOWN)`, to be looked at now) for all."""
        ...

    async def due(self, *, now: datetime, limit: int) -> tuple[Ticket, ...]:
        """Tickets whose `next_look_at` has come, earliest first."""
        ...

    async def next_due(self) -> datetime | None: ...

    async def pending(self) -> tuple[Ticket, ...]: ...

    async def unsettled_of(self, person: PersonId) -> tuple[Ticket, ...]:
        """Held, Claimed and Uncertain ones, oldest first."""
        ...

    async def payouts_of(self, person: PersonId, reference: str) -> tuple[Ticket, ...]:
        """Every confirmed ticket that sets the payout address of this person's swap, latest first."""
        ...

    async def recent_markets(self, person: PersonId, *, limit: int) -> tuple[MarketCode, ...]:
        """Markets of this person's latest claimed orders, latest first, each once."""
        ...

    async def uses(self, account: AccountId, *, currency: str) -> Mapping[str, int]:
        """How often each alias was withdrawn to from an account, the latest used first."""
        ...

    async def renew(self, ticket: TicketId, renewed: Ticket, *, now: datetime) -> bool:
        """Put `renewed`, which has an id of its own, in the place of a pending ticket whose card was sent and whose
        time is not over; nothing is left under the id before. False, and nothing changed, if it was claimed or is over.
        """
        ...

    async def placed(self, venue: Venue, numbers: Collection[OrderNumber]) -> frozenset[OrderNumber]:
        """Those of a venue's orders that a ticket is known to have placed; one user may have linked several keys."""
        ...

    async def claimed_since(self, account: AccountId, *, since: datetime, but: TicketId) -> bool:
        """Whether another ticket of this account was claimed after that moment."""
        ...
