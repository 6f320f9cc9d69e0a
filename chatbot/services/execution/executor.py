"""What every executor can do, and what it needs for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AccountId
from chatbot.domain.intents import Intent, Terms
from chatbot.domain.orders import Order
from chatbot.domain.tickets import Outcome, Ticket, TicketState
from chatbot.ports.accounts import Accounts, Sessions
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Permit
from chatbot.ports.instant import InstantTrade
from chatbot.ports.swaps import SwapService
from chatbot.ports.tickets import Tickets
from chatbot.services.execution.changes import Changes
from chatbot.services.execution.claims import RecentClaims
from chatbot.services.swap_book import SwapBook

K = TypeVar("K")


class Executor(Protocol[K]):
    """Carries out one kind of intent, signed with what its exchange takes for a key."""

    async def has_moved(self, ticket: Ticket) -> bool:
        """Whether price or balance left what the card showed, right before sending. Raises what reads raise."""
        ...

    async def terms_now(self, ticket: Ticket) -> Terms:
        """The terms of a held ticket whose time has come, with its worth of now. Raises what reads raise, and `Stopped`
        where nobody can tell.
        """
        ...

    async def credentials(self, ticket: Ticket) -> K:
        """The key of the ticket's own account, opened for one sending. Raises `NotLinked`."""
        ...

    async def send(self, ticket: Ticket, credentials: K, permit: Permit) -> tuple[TicketState, Outcome]:
        """Send what the ticket says, derived from it and from nothing else, once.

        Raises what changing calls raise; see `chatbot.ports.exchange`.
        """
        ...

    async def look(self, ticket: Ticket) -> None:
        """Do the next thing for a ticket that was sent and is due. Raises what reads raise."""
        ...


Executors = Mapping[type[Intent], Executor[Any]]


class FollowUps(Protocol):
    async def saw(self, account: AccountId, order: Order) -> None:
        """An order was read: what is new about it is told where no card does, and its account is looked at soon."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What executors work with. `sessions` are for that of `Convert` alone."""

    store: Tickets
    accounts: Accounts
    sessions: Sessions
    tickets: Tickets
    exchanges: Mapping[Venue, Exchange]
    instants: Mapping[Venue, InstantTrade]
    swap_services: Mapping[Venue, SwapService]
    swap_book: SwapBook
    changes: Changes
    claims: RecentClaims
    follow_ups: FollowUps
    clock: Clock


Pauses = tuple[tuple[timedelta, timedelta], ...]
"""(age up to which, pause between looks), youngest first."""

ASK_AGAIN: Pauses = (
    (timedelta(minutes=1), timedelta(seconds=5)),
    (timedelta(minutes=10), timedelta(seconds=30)),
)
ASK_OLD = timedelta(minutes=2)
"""How soon a failed or fruitless look is repeated: `ASK_AGAIN` by age, `ASK_OLD` later on."""


def asked_at(ticket: Ticket) -> datetime:
    return ticket.claimed_at or ticket.created_at


def pause_after(ticket: Ticket, steps: Pauses, otherwise: timedelta, *, now: datetime) -> timedelta:
    """How long to wait before the next look: short while fresh, longer later."""
    age = now - asked_at(ticket)
    return next((pause for limit, pause in steps if age < limit), otherwise)
