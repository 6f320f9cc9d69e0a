"""What happens to tickets while nobody taps: countdowns, held ones whose time comes, outcomes that are looked for.

What to look for is each executor's; see `chatbot.services.execution`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from chatbot.domain.errors import AccessError, ChatbotError, KeyRejected, NoSession, NotLinked, SessionExpired
from chatbot.domain.ids import AccountId
from chatbot.domain.intents import Convert, CreateSwap, PlaceOrder, SetPayout
from chatbot.domain.policies import COUNTDOWN, POLICIES
from chatbot.domain.tickets import Ticket, TicketState, read_again, unread
from chatbot.ports.cards import Cards
from chatbot.ports.clock import Clock
from chatbot.ports.tickets import Tickets as TicketStore
from chatbot.services.execution.changes import Changes
from chatbot.services.execution.executor import ASK_AGAIN, ASK_OLD, Executors, pause_after
from chatbot.services.tickets import Tickets

log = structlog.get_logger(__name__)

_LONG_COUNTDOWN = timedelta(minutes=5)
"""How often a held card's time is redrawn while there is much of it."""


class KeyWatch(Protocol):
    async def rejected(self, account: AccountId, status: int) -> None:
        """A key was not accepted in the background, where nobody looks."""
        ...


class Renewals(Protocol):
    async def renew(self, ticket: Ticket) -> bool:
        """Put a new quote on a card that shows one, if one is due and to be had now; whether that was done."""
        ...


class Settling:
    """Looks after tickets whose story is not over. One `look` is one round for one ticket."""

    def __init__(
        self,
        *,
        store: TicketStore,
        tickets: Tickets,
        keys: KeyWatch,
        renewals: Renewals,
        executors: Executors,
        changes: Changes,
        cards: Cards,
        clock: Clock,
    ) -> None:
        self._store = store
        self._tickets = tickets
        self._keys = keys
        self._renewals = renewals
        self._executors = executors
        self._changes = changes
        self._cards = cards
        self._clock = clock

    async def recover(self) -> None:
        """At start-up: whatever was claimed when the last run ended is uncertain."""
        for ticket in await self._store.recover(now=self._clock.now()):
            log.warning("found claimed at start", ticket=ticket)
            self._cards.repaint(ticket)

    async def expire(self) -> None:
        """Close cards nobody tapped in time."""
        for ticket in await self._store.expire(now=self._clock.now()):
            self._cards.repaint(ticket)

    async def look(self, ticket: Ticket) -> None:
        """Do the next thing for a ticket that is due. A failed read only means: look again later."""
        try:
            await self._look(ticket)
        except ChatbotError as error:
            log.info("cannot look at ticket now", ticket=ticket.id, kind=type(error).__name__)
            if isinstance(error, NotLinked) and ticket.state is TicketState.DONE:
                await self._changes.record(
                    ticket, next_look_at=None
                )  # its key is erased: there is no following it any more
                return
            if isinstance(error, KeyRejected):
                await self._keys.rejected(ticket.account, error.status)
            needs_session = isinstance(error, NoSession | SessionExpired)
            await self._look_again(ticket, slowly=isinstance(error, AccessError), needs_session=needs_session)
        except Exception:
            log.exception("looking at ticket failed", ticket=ticket.id)
            await self._look_again(ticket, slowly=True)

    async def _look(self, ticket: Ticket) -> None:
        if ticket.state is TicketState.HELD:
            await self._wait_or_send(ticket)
        elif ticket.state.is_waiting:
            if await self._renewals.renew(ticket):
                return
            due = self._clock.now() + POLICIES[type(ticket.intent)].redrawn_every
            await self._count_down(ticket, due=due if due < ticket.expires_at else None)
        elif ticket.state is TicketState.CLAIMED:
            await self._changes.record(ticket, next_look_at=None)  # being sent; what comes back says when to look
        else:
            # Only a look that succeeds records anything, and what it records is derived from this.
            anew = replace(ticket, outcome=read_again(ticket.outcome))
            await self._executors[type(ticket.intent)].look(anew)

    async def _wait_or_send(self, ticket: Ticket) -> None:
        now = self._clock.now()
        if ticket.send_at is None or ticket.send_at <= now:
            await self._tickets.release(ticket)
            return
        left = ticket.send_at - now
        pause = COUNTDOWN if left <= 2 * _LONG_COUNTDOWN else _LONG_COUNTDOWN
        await self._count_down(ticket, due=min(ticket.send_at, now + pause))

    async def _count_down(self, ticket: Ticket, *, due: datetime | None) -> None:
        await self._changes.record(ticket, next_look_at=due)
        self._cards.repaint(ticket.id)

    async def _look_again(self, ticket: Ticket, *, slowly: bool, needs_session: bool = False) -> None:
        now = self._clock.now()
        pause = ASK_OLD if slowly else pause_after(ticket, ASK_AGAIN, ASK_OLD, now=now)
        is_looked_up = isinstance(ticket.intent, PlaceOrder | CreateSwap | SetPayout | Convert)
        outcome = ticket.outcome
        if is_looked_up:
            outcome = unread(outcome, now=now, needs_session=needs_session)
        await self._changes.record(ticket, outcome=outcome, next_look_at=now + pause)
