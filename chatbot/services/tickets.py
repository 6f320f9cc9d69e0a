"""The one way money moves: a card is opened, claimed by its person, sent once, and its outcome recorded.

What is sent for an intent, and how its outcome is found, is its executor's; see `chatbot.services.execution`.
"""

import asyncio
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from chatbot.domain.accounts import Account
from chatbot.domain.errors import (
    Cause,
    ChatbotError,
    NotSent,
    Stopped,
    TicketError,
    TicketProblem,
    Unavailable,
)
from chatbot.domain.ids import ChatId, MessageId, OrderNumber, PersonId, TicketId
from chatbot.domain.intents import CancelOrders, Intent, Terms
from chatbot.domain.notices import HeldEnded, Notice
from chatbot.domain.policies import POLICIES
from chatbot.domain.ticket_problems import problem_of
from chatbot.domain.tickets import (
    Blocked,
    Disowned,
    Lost,
    Missed,
    Moved,
    Outcome,
    Placed,
    Requested,
    SwapCreated,
    Ticket,
    TicketState,
    Unsent,
    WrongCodes,
    may_be_settled_by_word,
)
from chatbot.ports.cards import Cards
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.exchange import Permit
from chatbot.ports.spawner import Spawner
from chatbot.ports.tickets import OrderTaken
from chatbot.ports.tickets import Tickets as TicketStore
from chatbot.services.execution.claims import RecentClaims
from chatbot.services.execution.executor import Executors
from chatbot.services.execution.outcomes import classify, unsent

log = structlog.get_logger(__name__)

PATIENCE = 5.0
"""Seconds from the tap within which price and balance must be known: an order is not sent long after its tap."""
FIRST_LOOK = timedelta(milliseconds=300)
"""How soon after sending the exchange is asked what became of it."""
TOO_LATE = timedelta(minutes=15)
"""A held ticket whose time came so long ago, because the bot was away, is not sent any more."""
TRY_AGAIN = timedelta(seconds=30)
"""How soon a held ticket is tried again that could not be sent for a reason that passes."""
_PASSING = (Cause.BUDGET, Cause.TIMEOUT, Cause.UNREACHABLE)
_REMEMBERED = 2_000
"""How many of this run's cards are kept at hand for their tap; older ones are looked at after their claim."""


class Permits(Protocol):
    """Who may still send, asked in the last moment before the first byte."""

    def permit(self, person: PersonId, *, urgent: bool = False) -> Permit:
        """`urgent` passes where everything else is locked."""
        ...


@dataclass(frozen=True, slots=True)
class _Ready:
    """What signs a ticket that nothing stands in the way of."""

    credentials: Any


class Tickets:
    """Opens, claims and sends. What happens after sending is `settling`'s."""

    def __init__(
        self,
        *,
        store: TicketStore,
        executors: Executors,
        claims: RecentClaims,
        permits: Permits,
        cards: Cards,
        clock: Clock,
        entropy: Entropy,
        spawner: Spawner,
    ) -> None:
        self._store = store
        self._executors = executors
        self._claims = claims
        self._permits = permits
        self._cards = cards
        self._clock = clock
        self._entropy = entropy
        self._spawner = spawner
        self._opened: OrderedDict[TicketId, Ticket] = OrderedDict()
        self._renewed: OrderedDict[TicketId, None] = OrderedDict()
        self._early: dict[TicketId, asyncio.Task[_Ready | Outcome]] = {}

    async def open(
        self,
        intent: Intent,
        terms: Terms,
        *,
        person: PersonId,
        chat: ChatId,
        account: Account,
        expires_at: datetime | None = None,
    ) -> Ticket:
        """Store a pending ticket; its card can be confirmed as long as its policy says, and not after `expires_at`."""
        now = self._clock.now()
        end = now + POLICIES[type(intent)].lifetime
        ticket = Ticket(
            id=TicketId(self._entropy.token()),
            person=person,
            chat=chat,
            message=None,
            account=account.id,
            venue=account.venue,
            account_label=account.label,
            intent=intent,
            terms=terms,
            client_id=self._entropy.client_id(),
            state=TicketState.PENDING,
            created_at=now,
            expires_at=end if expires_at is None else min(end, expires_at),
            next_look_at=now + POLICIES[type(intent)].redrawn_every,
        )
        await self._store.add(ticket)
        if not POLICIES[type(intent)].two_steps:
            self._opened[ticket.id] = ticket
        if len(self._opened) > _REMEMBERED:
            self._opened.popitem(last=False)
        return ticket

    async def renew(self, ticket: Ticket, intent: Intent, terms: Terms) -> bool:
        """Show other terms on a pending card, under a new id: a tap on what it showed before finds nothing to send."""
        now = self._clock.now()
        look = now + POLICIES[type(intent)].redrawn_every
        name = TicketId(self._entropy.token())
        renewed = replace(ticket, id=name, intent=intent, terms=terms, next_look_at=look)
        if not await self._store.renew(ticket.id, renewed, now=now):
            return False
        self._renewed[ticket.id] = None
        if len(self._renewed) > _REMEMBERED:
            self._renewed.popitem(last=False)
        self._cards.repaint(name)
        return True

    async def get(self, ticket: TicketId, *, person: PersonId) -> Ticket | None:
        """A person's own ticket."""
        found = await self._store.get(ticket)
        return found if found is not None and found.person == person else None

    async def attach(self, ticket: TicketId, message: MessageId) -> None:
        """Remember which message the card is."""
        await self._store.attach(ticket, message)

    async def look_now(self, ticket: TicketId, *, person: PersonId) -> None:
        """Have a followed order read soon, and its card repainted. Raises `TicketError` if it is not the person's."""
        found = await self.get(ticket, person=person)
        if found is None:
            raise TicketError(TicketProblem.UNKNOWN)
        if found.next_look_at is not None or _may_go_on(found):
            now = self._clock.now()
            await self._store.update(ticket, lambda current: replace(current, next_look_at=now))
        self._cards.repaint(ticket)

    async def unsettled_of(self, person: PersonId) -> tuple[Ticket, ...]:
        return await self._store.unsettled_of(person)

    async def claim(
        self, ticket: TicketId, *, person: PersonId, chat: ChatId, message: MessageId, with_factor: bool = False
    ) -> Ticket:
        """Take a ticket for sending, durably. Raises `TicketError` with the reason why a tap changes nothing, or
        `Stopped` where a limit or a lock stands in the way.

        `with_factor`: a code was asked of whoever has a second factor; what goes so is claimed in no other way, and
        nothing else is in this one.

        While the claim is on its way to the disk, price, balance and key are looked at already: once for a card.
        """
        now = self._clock.now()
        opened = self._opened.pop(ticket, None)
        early = None
        if opened is not None and opened.person == person:
            early = self._spawner.spawn(self._prepared(opened), name="prepare ticket")
        claimed = await self._store.claim(
            ticket, person=person, chat=chat, message=message, with_factor=with_factor, now=now
        )
        if claimed is None:
            raise TicketError(await self._problem(ticket, person=person, now=now))
        self._claims.note(claimed, at=now)
        if early is not None:
            self._early[ticket] = early
        return claimed

    async def check_waits(self, ticket: TicketId, *, person: PersonId) -> None:
        """Raise `TicketError` unless a person's ticket waits for its first step."""
        now = self._clock.now()
        found = await self.get(ticket, person=person)
        if found is None or found.state is not TicketState.PENDING or found.expires_at <= now:
            raise TicketError(await self._problem(ticket, person=person, now=now))

    async def proceed(
        self, ticket: TicketId, *, person: PersonId, chat: ChatId, message: MessageId, number: str
    ) -> Ticket:
        """The first step of two: the second is asked for from now on. Raises `TicketError` and `Stopped`."""
        now = self._clock.now()
        continued = await self._store.proceed(ticket, person=person, chat=chat, message=message, number=number, now=now)
        if continued is None:
            raise TicketError(await self._problem(ticket, person=person, now=now))
        self._cards.repaint(ticket)
        return continued

    async def confirm(self, ticket: TicketId, *, person: PersonId) -> Ticket:
        """The second step was right: send now, or hold where a hold applies. Raises `TicketError` and `Stopped`."""
        now = self._clock.now()
        confirmed = await self._store.confirm(ticket, person=person, now=now)
        if confirmed is None:
            raise TicketError(await self._problem(ticket, person=person, now=now))
        if confirmed.state is TicketState.CLAIMED:
            self._claims.note(confirmed, at=now)
            return await self.execute(confirmed)
        self._cards.repaint(ticket)
        return confirmed

    async def fail_second_step(self, ticket: TicketId, *, person: PersonId) -> None:
        """Its code was answered wrongly too often: the ticket is closed."""
        found = await self.get(ticket, person=person)
        if found is not None and _waits_for_code(found):
            await self._close(found, TicketState.REFUSED, WrongCodes())

    async def release(self, ticket: Ticket) -> None:
        """Send a held ticket whose time has come, unless something stands in its way or it is much too late.

        What it is worth is looked up anew: the card may be a day old.
        """
        now = self._clock.now()
        if ticket.send_at is not None and now - ticket.send_at > TOO_LATE:
            await self._close(ticket, TicketState.REFUSED, Missed(), notice=HeldEnded(ticket=ticket.id))
            return
        try:
            terms = await self._executors[type(ticket.intent)].terms_now(ticket)
            claimed = await self._store.release(ticket.id, terms=terms, now=now)
        except Unavailable:
            await self._store.update(ticket.id, lambda current: _later(current, now + TRY_AGAIN))
            return
        except Stopped as reason:
            outcome = Blocked(obstacle=reason.obstacle)
            await self._close(ticket, TicketState.REFUSED, outcome, notice=HeldEnded(ticket=ticket.id))
            return
        if claimed is not None:
            self._claims.note(claimed, at=now)
            await self.execute(claimed)

    async def decline(self, ticket: TicketId, *, person: PersonId, chat: ChatId) -> Ticket:
        """Close a ticket that was not sent yet. Raises `TicketError`."""
        now = self._clock.now()
        declined = await self._store.decline(ticket, person=person, chat=chat, now=now)
        if declined is None:
            raise TicketError(await self._problem(ticket, person=person, now=now))
        self._cards.repaint(ticket)
        return declined

    async def settle_by_word(self, ticket: TicketId, *, person: PersonId, was_sent: bool) -> Ticket:
        """Close an uncertain ticket that nobody can look up by its person's word. Raises `TicketError`."""
        found = await self.get(ticket, person=person)
        if found is None or not may_be_settled_by_word(found):
            raise TicketError(TicketProblem.UNKNOWN)
        if not was_sent:
            return await self._close(found, TicketState.REFUSED, Disowned())
        lost = found.outcome if isinstance(found.outcome, Lost) else None
        if lost is not None and lost.like is not None:
            created = SwapCreated(reference=lost.like.reference)
            return await self._close(found, TicketState.DONE, created, look=self._clock.now())
        sent = Requested(confirmed=True, number=None if lost is None else lost.twin)
        with suppress(OrderTaken):
            return await self._close(found, TicketState.DONE, sent, origin_of=sent.number)
        return await self._close(found, TicketState.DONE, Requested(confirmed=True))

    async def execute(self, ticket: Ticket) -> Ticket:
        """Send a claimed ticket, once, and record what came back. Only the claim's winner may call this.

        The ticket's own account's key signs; everything sent is derived from the ticket and from nothing else.
        """
        self._cards.repaint(ticket.id)
        early = self._early.pop(ticket.id, None)
        prepared = await (self._prepared(ticket) if early is None else early)
        if isinstance(prepared, _Ready):
            return await self._record(ticket, *await self._send(ticket, prepared.credentials))
        return await self._record(ticket, TicketState.REFUSED, prepared)

    async def _prepared(self, ticket: Ticket) -> _Ready | Outcome:
        """All that comes before the first byte: the key to sign with, or why nothing is sent."""
        try:
            async with asyncio.timeout(PATIENCE):
                executor = self._executors[type(ticket.intent)]
                moved = await executor.has_moved(ticket)
                return Moved() if moved else _Ready(await executor.credentials(ticket))
        except TimeoutError:
            return Unsent(cause=Cause.TIMEOUT)
        except Exception as error:
            log.warning("not sent", ticket=ticket.id, exc_info=not isinstance(error, ChatbotError))
            return unsent(error)

    async def _send(self, ticket: Ticket, credentials: Any) -> tuple[TicketState, Outcome]:
        """Send what the ticket says. From here on, whatever goes wrong unexpectedly may have been sent."""
        urgent = isinstance(ticket.intent, CancelOrders) and ticket.intent.urgent
        permit = self._permits.permit(ticket.person, urgent=urgent)
        try:
            return await self._executors[type(ticket.intent)].send(ticket, credentials, permit)
        except Exception as error:
            state, outcome = classify(error)
            log.warning("not confirmed", ticket=ticket.id, state=state, exc_info=not isinstance(error, ChatbotError))
            return state, outcome

    async def _record(self, ticket: Ticket, state: TicketState, outcome: Outcome) -> Ticket:
        """What was held is told when its time came: nobody is looking at its card any more."""
        if ticket.send_at is not None and isinstance(outcome, Unsent) and outcome.cause in _PASSING:
            return await self._hold_on(ticket, outcome)
        look = None if state is TicketState.REFUSED else self._clock.now() + FIRST_LOOK
        notice = None if ticket.send_at is None else HeldEnded(ticket=ticket.id)
        return await self._close(ticket, state, outcome, look=look, notice=notice)

    async def _hold_on(self, ticket: Ticket, outcome: Unsent) -> Ticket:
        """Held again, to be tried again soon: no byte left. A lock that came since its claim closes it now."""
        now, permit = self._clock.now(), self._permits.permit(ticket.person)

        def change(current: Ticket) -> Ticket:
            if current.state is not ticket.state:
                raise TicketError(TicketProblem.ALREADY_TAKEN)
            permit()
            return replace(current, state=TicketState.HELD, claimed_at=None, next_look_at=now + TRY_AGAIN)

        try:
            held = await self._store.update(ticket.id, change)
        except NotSent as stopped:
            notice = HeldEnded(ticket=ticket.id)
            return await self._close(ticket, TicketState.REFUSED, Unsent(cause=stopped.cause), notice=notice)
        log.info("held on", ticket=ticket.id, cause=outcome.cause)
        self._cards.repaint(ticket.id)
        return held

    async def _close(
        self,
        ticket: Ticket,
        state: TicketState,
        outcome: Outcome,
        *,
        look: datetime | None = None,
        notice: Notice | None = None,
        origin_of: OrderNumber | None = None,
    ) -> Ticket:
        """Record an outcome, unless the ticket's state changed since it was read: then raise `TicketError`."""
        now = self._clock.now()

        def change(current: Ticket) -> Ticket:
            if current.state is not ticket.state:
                raise TicketError(TicketProblem.ALREADY_TAKEN)
            closed_at = None if state is TicketState.UNCERTAIN else now
            return replace(current, state=state, outcome=outcome, closed_at=closed_at, next_look_at=look)

        recorded = await self._store.update(ticket.id, change, notice=notice, origin_of=origin_of)
        self._cards.repaint(ticket.id)
        return recorded

    async def _problem(self, ticket: TicketId, *, person: PersonId, now: datetime) -> TicketProblem:
        found = await self._store.get(ticket)
        if found is None:
            return TicketProblem.RENEWED if ticket in self._renewed else TicketProblem.UNKNOWN
        return problem_of(found, person=person, now=now)


def _may_go_on(ticket: Ticket) -> bool:
    """Whether it placed an order that had not ended when it was last read."""
    return isinstance(ticket.outcome, Placed) and (ticket.order is None or not ticket.order.status.is_final)


def _waits_for_code(ticket: Ticket) -> bool:
    with_factor = POLICIES[type(ticket.intent)].with_factor
    return ticket.state is (TicketState.PENDING if with_factor else TicketState.CONTINUED)


def _later(ticket: Ticket, look: datetime) -> Ticket:
    return replace(ticket, next_look_at=look) if ticket.state is TicketState.HELD else ticket
