"""The one way money moves: a card is opened, claimed by one tap, sent once, and its outcome recorded."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import (
    Cause,
    ChatbotError,
    KeyRejected,
    NotLinked,
    NotSent,
    OutcomeUnknown,
    Refused,
    TicketError,
    TicketProblem,
    Unavailable,
)
from chatbot.domain.ids import AccountId, ChatId, MessageId, OrderNumber, PersonId, TicketId
from chatbot.domain.intents import CancelOrders, CancelTerms, Intent, OrderTerms, PlaceOrder, Terms
from chatbot.domain.market import OrderBook, walk_volume
from chatbot.domain.money import multiply, round_down
from chatbot.domain.orders import NewOrder, OrderType, Side
from chatbot.domain.secrets import Credentials
from chatbot.domain.tickets import (
    COUNTDOWN,
    ORDER_LIFETIME,
    Cancelled,
    CancelResult,
    CancelState,
    Lost,
    Moved,
    Outcome,
    Placed,
    RefusedBy,
    Ticket,
    TicketState,
    Unsent,
)
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.cards import Cards
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.tickets import Tickets as TicketStore

log = structlog.get_logger(__name__)

PRICE_TOLERANCE = Decimal("0.01")
"""How much worse than shown a market order's price may have become at the tap."""
FRESH_ENOUGH = timedelta(seconds=10)
"""How old a price may be that a tap is held against; older ones are read anew."""
PATIENCE = 5.0
"""Seconds from the tap within which price and balance must be known: an order is not sent long after its tap."""
FIRST_LOOK = timedelta(milliseconds=300)
"""How soon after sending the exchange is asked what became of it."""


class Tickets:
    """Opens, claims and sends. What happens after sending is `settling`'s."""

    def __init__(
        self,
        *,
        store: TicketStore,
        accounts: AccountStore,
        exchanges: Mapping[Venue, Exchange],
        cards: Cards,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._exchanges = exchanges
        self._cards = cards
        self._clock = clock
        self._entropy = entropy
        self._started_at = clock.now()
        self._last_claims: dict[AccountId, datetime] = {}

    async def open(self, intent: Intent, terms: Terms, *, person: PersonId, chat: ChatId, account: Account) -> Ticket:
        """Store a pending ticket; its card can be confirmed for a minute."""
        now = self._clock.now()
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
            expires_at=now + ORDER_LIFETIME,
            next_look_at=now + COUNTDOWN,
        )
        await self._store.add(ticket)
        return ticket

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
        if found.next_look_at is not None:
            now = self._clock.now()
            await self._store.update(ticket, lambda current: replace(current, next_look_at=now))
        self._cards.repaint(ticket)

    async def unsettled_of(self, person: PersonId) -> tuple[Ticket, ...]:
        return await self._store.unsettled_of(person)

    async def claim(self, ticket: TicketId, *, person: PersonId, chat: ChatId, message: MessageId) -> Ticket:
        """Take a ticket for sending, durably. Raises `TicketError` with the reason why a tap changes nothing."""
        now = self._clock.now()
        claimed = await self._store.claim(ticket, person=person, chat=chat, message=message, now=now)
        if claimed is None:
            raise TicketError(await self._problem(ticket, person=person, now=now))
        return claimed

    async def decline(self, ticket: TicketId, *, person: PersonId, chat: ChatId) -> Ticket:
        """Close a pending ticket. Raises `TicketError`."""
        now = self._clock.now()
        declined = await self._store.decline(ticket, person=person, chat=chat, now=now)
        if declined is None:
            raise TicketError(await self._problem(ticket, person=person, now=now))
        self._cards.repaint(ticket)
        return declined

    async def execute(self, ticket: Ticket) -> Ticket:
        """Send a claimed ticket, once, and record what came back. Only the claim's winner may call this.

        The ticket's own account's key signs; everything sent is derived from the ticket and from nothing else.
        """
        self._cards.repaint(ticket.id)
        try:
            prepared = await self._prepare(ticket)
        except Exception as error:
            state, outcome = TicketState.REFUSED, unsent(error)
            log.warning("not sent", ticket=ticket.id, exc_info=not isinstance(error, ChatbotError))
        else:
            state, outcome = await self._send(ticket, prepared) if prepared else (TicketState.REFUSED, Moved())
        return await self._record(ticket, state, outcome)

    async def _prepare(self, ticket: Ticket) -> Credentials | None:
        """All that comes before the first byte; None if price or balance left what the card showed."""
        try:
            async with asyncio.timeout(PATIENCE):
                moved = await self._has_moved(ticket)
        except TimeoutError:
            raise NotSent(Cause.TIMEOUT) from None
        self._last_claims[ticket.account] = self._clock.now()
        return None if moved else await self._accounts.credentials(ticket.account)

    async def _send(self, ticket: Ticket, credentials: Credentials) -> tuple[TicketState, Outcome]:
        """Send what the ticket says. From here on, whatever goes wrong unexpectedly may have been sent."""
        try:
            match ticket.intent, ticket.terms:
                case PlaceOrder() as intent, OrderTerms() as terms:
                    order = new_order(ticket, intent, terms)
                    number = await self._exchanges[ticket.venue].place_order(credentials, order=order)
                    return TicketState.DONE, Placed(number=number)
                case CancelOrders() as intent, CancelTerms():
                    return await self._cancel(ticket, intent, credentials)
                case _:
                    raise ValueError("an intent met another intent's terms")
        except Exception as error:
            state, outcome = classify(error)
            log.warning("not confirmed", ticket=ticket.id, state=state, exc_info=not isinstance(error, ChatbotError))
            return state, outcome

    async def _cancel(
        self, ticket: Ticket, intent: CancelOrders, credentials: Credentials
    ) -> tuple[TicketState, Outcome]:
        results = tuple([await self._cancel_one(ticket, credentials, number) for number in intent.orders])
        lost = any(result.state is CancelState.LOST for result in results)
        return TicketState.UNCERTAIN if lost else TicketState.DONE, Cancelled(results=results)

    async def _cancel_one(self, ticket: Ticket, credentials: Credentials, number: OrderNumber) -> CancelResult:
        try:
            await self._exchanges[ticket.venue].cancel_order(credentials, number=number)
        except Refused as error:
            # The order may have ended meanwhile: reading it back tells.
            return CancelResult(number=number, state=CancelState.REQUESTED, reason=error.reason)
        except KeyRejected as error:
            return CancelResult(number=number, state=CancelState.REFUSED, reason=f"key not accepted ({error.status})")
        except NotSent:
            return CancelResult(number=number, state=CancelState.NOT_SENT)
        except OutcomeUnknown:
            return CancelResult(number=number, state=CancelState.LOST)
        return CancelResult(number=number, state=CancelState.REQUESTED)

    async def _record(self, ticket: Ticket, state: TicketState, outcome: Outcome) -> Ticket:
        now = self._clock.now()
        follow = state is not TicketState.REFUSED

        def change(current: Ticket) -> Ticket:
            return replace(
                current,
                state=state,
                outcome=outcome,
                closed_at=None if state is TicketState.UNCERTAIN else now,
                next_look_at=now + FIRST_LOOK if follow else None,
            )

        recorded = await self._store.update(ticket.id, change)
        self._cards.repaint(ticket.id)
        return recorded

    async def _problem(self, ticket: TicketId, *, person: PersonId, now: datetime) -> TicketProblem:
        found = await self._store.get(ticket)
        if found is None:
            return TicketProblem.UNKNOWN
        if found.person != person:
            return TicketProblem.NOT_YOURS
        if found.state is TicketState.DECLINED:
            return TicketProblem.DECLINED
        if found.state is TicketState.EXPIRED or (found.state is TicketState.PENDING and found.expires_at <= now):
            return TicketProblem.EXPIRED
        return TicketProblem.UNKNOWN if found.state is TicketState.PENDING else TicketProblem.ALREADY_TAKEN

    async def _has_moved(self, ticket: Ticket) -> bool:
        """Whether price or balance left what the card showed."""
        if not isinstance(ticket.intent, PlaceOrder) or not isinstance(ticket.terms, OrderTerms):
            return False
        return await self._price_moved(ticket, ticket.intent, ticket.terms) or await self._balance_moved(
            ticket, ticket.intent, ticket.terms
        )

    async def _price_moved(self, ticket: Ticket, intent: PlaceOrder, terms: OrderTerms) -> bool:
        """A limit order carries its own price; a market order is held against what the book would give now."""
        if intent.type is OrderType.LIMIT:
            return False
        exchange = self._exchanges[ticket.venue]
        book = await exchange.order_book(intent.market, priority=Priority.MONEY, within=FRESH_ENOUGH)
        return book is None or is_worse(book, intent, than=terms.total)

    async def _balance_moved(self, ticket: Ticket, intent: PlaceOrder, terms: OrderTerms) -> bool:
        """Only another order of the same account, claimed since, is a reason to read the balance again."""
        if not await self._claimed_since(ticket):
            return False
        credentials = await self._accounts.credentials(ticket.account)
        balances = await self._exchanges[ticket.venue].balances(
            credentials, account_name=intent.account_name, priority=Priority.MONEY
        )
        if intent.side is Side.SELL:
            return balances.of(intent.base).available < intent.volume
        return balances.of(intent.counter).available < terms.total

    async def _claimed_since(self, ticket: Ticket) -> bool:
        if ticket.created_at < self._started_at:
            return await self._store.claimed_since(ticket.account, since=ticket.created_at, but=ticket.id)
        last = self._last_claims.get(ticket.account)
        return last is not None and last >= ticket.created_at


def new_order(ticket: Ticket, intent: PlaceOrder, terms: OrderTerms) -> NewOrder:
    """What is sent for a ticket: its intent, marked with its own client id."""
    return NewOrder(
        market=intent.market,
        side=intent.side,
        type=intent.type,
        volume=intent.volume,
        price=intent.price,
        post_only=intent.post_only,
        client_id=ticket.client_id,
        account_name=intent.account_name,
        total=round_down(terms.total, decimals=terms.price_decimals) if intent.type is OrderType.MARKET else None,
    )


def is_worse(book: OrderBook, intent: PlaceOrder, *, than: Decimal) -> bool:
    """Whether the volume now costs more, or brings less, than the total shown, beyond the tolerance."""
    walk = walk_volume(book.opposite(intent.side), volume=intent.volume)
    if not walk.complete or walk.total <= 0:
        return True
    if intent.side is Side.BUY:
        return walk.total > multiply(than, 1 + PRICE_TOLERANCE)
    return walk.total < multiply(than, 1 - PRICE_TOLERANCE)


def unsent(error: Exception) -> Outcome:
    """What a failure before sending means: nothing left this machine, whatever it was."""
    return _sure_no(error) or Unsent(cause=Cause.FAULT)


def classify(error: Exception) -> tuple[TicketState, Outcome]:
    """What a failed changing call means for its ticket. Anything that is not surely "no" is uncertain."""
    no = _sure_no(error)
    if no is not None:
        return TicketState.REFUSED, no
    return TicketState.UNCERTAIN, Lost(cause=error.cause if isinstance(error, OutcomeUnknown) else Cause.BROKEN)


def _sure_no(error: Exception) -> Outcome | None:
    """The outcome of an error after which nothing can have happened at the exchange; None for any other."""
    match error:
        case Unavailable():
            return Unsent(cause=error.cause)
        case KeyRejected():
            return RefusedBy(code=error.status, reason=error.reason, key_rejected=True)
        case Refused():
            return RefusedBy(code=error.code, reason=error.reason)
        case NotLinked():
            return RefusedBy(code=None, reason="the account is no longer linked")
        case _:
            return None
