"""Cancelling everything at once: every open order of an account, whatever it takes, with the result per order."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.errors import Cause, ChatbotError, KeyRejected, NotLinked, Refused, Unavailable
from chatbot.domain.ids import ChatId, MessageId, OrderNumber, PersonId
from chatbot.domain.intents import CancelOrders, CancelTerms
from chatbot.domain.orders import Order, OrderFilter
from chatbot.domain.tickets import Cancelled, CancelState, Ticket
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.services.orders import MOST_CANCELLED, line_of
from chatbot.services.tickets import Tickets

log = structlog.get_logger(__name__)

_MOST_PAGES = 200
_FRUITLESS_ROUNDS = 4
"""So often in a row a list may be unreadable, or nothing be sent, before an account is given up."""
_PAUSE = timedelta(seconds=2)

ShowCard = Callable[[Ticket], Awaitable[MessageId]]
"""Shows a ticket's card and returns its message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What came of an account: for how many orders a cancellation was sent, and what kept it from getting through."""

    account: Account
    sent: int
    error: ChatbotError | None = None


class Panic:
    """Works through an account list by list until no open order is left that was not asked to be cancelled.

    An order that ends while a list of several pages is read lets others slip past, and an order on its way may turn up
    late; so the list is read again after every round of cancellations.
    """

    def __init__(
        self, *, exchanges: Mapping[Venue, Exchange], store: AccountStore, tickets: Tickets, clock: Clock
    ) -> None:
        self._exchanges = exchanges
        self._store = store
        self._tickets = tickets
        self._clock = clock

    async def sweep(self, account: Account, *, person: PersonId, chat: ChatId, show: ShowCard) -> Sweep:
        """Cancel all open orders of an account, on cards of at most 25. Raises nothing: the other accounts go on."""
        asked: set[OrderNumber] = set()
        fruitless, error = 0, None
        while fruitless < _FRUITLESS_ROUNDS:
            if fruitless:
                await self._pause(account)
            try:
                left = [order for order in await self._all_open(account) if order.number not in asked]
                if not left:
                    return Sweep(account=account, sent=len(asked))
                sent = await self._cancel(account, left, person=person, chat=chat, show=show)
            except (NotLinked, KeyRejected, Refused) as refusal:
                return Sweep(account=account, sent=len(asked), error=refusal)
            except Exception as fault:
                log.warning("panic has to try again", account=account.id, exc_info=not isinstance(fault, ChatbotError))
                sent, error = frozenset[OrderNumber](), fault
            asked |= sent
            fruitless = 0 if sent else fruitless + 1
        known = error if isinstance(error, ChatbotError) else Unavailable(Cause.FAULT)
        return Sweep(account=account, sent=len(asked), error=known)

    async def _all_open(self, account: Account) -> tuple[Order, ...]:
        if account.venue not in self._exchanges:
            raise NotLinked
        credentials = await self._store.credentials(account.id)
        found: dict[OrderNumber, Order] = {}
        for page in range(1, _MOST_PAGES + 1):
            read = await self._exchanges[account.venue].orders(
                credentials,
                account_name=DEFAULT_ACCOUNT_NAME,
                which=OrderFilter.OPEN,
                market=None,
                page=page,
                priority=Priority.RECONCILE,
            )
            found |= {order.number: order for order in read.orders}
            if not read.has_next:
                break
        return tuple(found.values())

    async def _cancel(
        self, account: Account, orders: Sequence[Order], *, person: PersonId, chat: ChatId, show: ShowCard
    ) -> frozenset[OrderNumber]:
        """A card per 25 orders, each confirmed by the panic itself. Returns those whose cancellation was sent."""
        sent: set[OrderNumber] = set()
        for batch in _batches(orders):
            intent = CancelOrders(
                account=account.id,
                account_name=DEFAULT_ACCOUNT_NAME,
                orders=tuple(order.number for order in batch),
                urgent=True,
            )
            terms = CancelTerms(orders=tuple(line_of(order) for order in batch))
            ticket = await self._tickets.open(intent, terms, person=person, chat=chat, account=account)
            message = await show(ticket)
            await self._tickets.attach(ticket.id, message)
            claimed = await self._tickets.claim(ticket.id, person=person, chat=chat, message=message)
            sent |= _sent(await self._tickets.execute(claimed))
        return frozenset(sent)

    async def _pause(self, account: Account) -> None:
        """Until the exchange takes requests again."""
        wait = self._exchanges[account.venue].expected_wait(Priority.CANCEL)
        await self._clock.sleep(max(wait, _PAUSE).total_seconds())


def _batches(orders: Sequence[Order]) -> Iterator[Sequence[Order]]:
    for first in range(0, len(orders), MOST_CANCELLED):
        yield orders[first : first + MOST_CANCELLED]


def _sent(ticket: Ticket) -> frozenset[OrderNumber]:
    """The orders of a ticket whose cancellation reached the exchange, or may have."""
    match ticket.outcome:
        case Cancelled(results=results):
            return frozenset(each.number for each in results if each.state is not CancelState.NOT_SENT)
        case _:
            return frozenset()
