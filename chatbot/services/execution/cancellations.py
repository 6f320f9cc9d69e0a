"""Cancelling orders: each request sent once, each order read back until it has ended or is known to go on."""

from dataclasses import replace

from chatbot.domain.errors import KeyRejected, NotSent, OutcomeUnknown, Refused, Unavailable
from chatbot.domain.ids import OrderNumber
from chatbot.domain.intents import CancelOrders, Terms
from chatbot.domain.notices import TicketSettled
from chatbot.domain.orders import OrderStatus
from chatbot.domain.secrets import Credentials
from chatbot.domain.tickets import Cancelled, CancelResult, CancelState, Outcome, Ticket, TicketState
from chatbot.ports.exchange import Permit, Priority
from chatbot.services.execution.clean_reads import SPACING
from chatbot.services.execution.executor import ASK_OLD, Tools, pause_after
from chatbot.services.execution.placed import FOLLOW

_CANCEL_ENDS = {
    OrderStatus.CANCELLED: CancelState.CANCELLED,
    OrderStatus.FILLED: CancelState.FILLED,
    OrderStatus.REJECTED: CancelState.REJECTED,
}


class CancelExecutor:
    """`Executor` of `CancelOrders`."""

    def __init__(self, tools: Tools) -> None:
        self._follow_ups = tools.follow_ups
        self._accounts = tools.accounts
        self._exchanges = tools.exchanges
        self._changes = tools.changes
        self._clock = tools.clock

    async def has_moved(self, ticket: Ticket) -> bool:
        """A cancellation names orders, which do not change their number."""
        return False

    async def terms_now(self, ticket: Ticket) -> Terms:
        return ticket.terms

    async def credentials(self, ticket: Ticket) -> Credentials:
        return await self._accounts.credentials(ticket.account, of=ticket.person)

    async def send(self, ticket: Ticket, credentials: Credentials, permit: Permit) -> tuple[TicketState, Outcome]:
        orders = cancellation_of(ticket).orders
        results = tuple([await self._cancel_one(ticket, credentials, number, permit) for number in orders])
        lost = any(result.state is CancelState.LOST for result in results)
        return TicketState.UNCERTAIN if lost else TicketState.DONE, Cancelled(results=results)

    async def look(self, ticket: Ticket) -> None:
        await self._read_back(ticket, cancellation_of(ticket))

    async def _cancel_one(
        self, ticket: Ticket, credentials: Credentials, number: OrderNumber, permit: Permit
    ) -> CancelResult:
        try:
            await self._exchanges[ticket.venue].cancel_order(credentials, number=number, permit=permit)
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

    async def _read_back(self, ticket: Ticket, intent: CancelOrders) -> None:
        """Read the orders of a cancellation until each has ended, or is known to go on."""
        credentials = await self._accounts.credentials(ticket.account)
        results = [
            result if result.state.is_settled else await self._read_one(ticket, result, credentials)
            for result in _results(ticket, intent)
        ]
        now = self._clock.now()
        if all(result.state.is_settled for result in results):
            notice = TicketSettled(ticket=ticket.id) if ticket.state is TicketState.UNCERTAIN else None
            await self._changes.record(
                ticket,
                state=TicketState.DONE,
                outcome=Cancelled(results=tuple(results)),
                closed_at=now,
                next_look_at=None,
                notice=notice,
            )
        else:
            pause = pause_after(ticket, FOLLOW, ASK_OLD, now=now)
            await self._changes.record(ticket, outcome=Cancelled(results=tuple(results)), next_look_at=now + pause)

    async def _read_one(self, ticket: Ticket, result: CancelResult, credentials: Credentials) -> CancelResult:
        try:
            order = await self._exchanges[ticket.venue].order(
                credentials, number=result.number, priority=Priority.RECONCILE
            )
        except Refused as error:
            return replace(result, state=CancelState.REFUSED, reason=error.reason)
        except Unavailable:
            return result  # the others may be readable; this one is read again in the next round
        await self._follow_ups.saw(ticket.account, order)  # the card that placed it shows it, too
        now = self._clock.now()
        if order.status in _CANCEL_ENDS:
            return replace(result, state=_CANCEL_ENDS[order.status], order=order)
        if result.reason:  # the exchange refused, and not because the order had ended
            return replace(result, state=CancelState.REFUSED, order=order)
        first = result.seen_open_at or now
        state = CancelState.STILL_OPEN if now - first >= SPACING else result.state
        return replace(result, state=state, order=order, seen_open_at=first)


def cancellation_of(ticket: Ticket) -> CancelOrders:
    """What a ticket cancels. Raises `TypeError` for a ticket of another kind."""
    if not isinstance(ticket.intent, CancelOrders):
        raise TypeError("not a cancellation's ticket")
    return ticket.intent


def _results(ticket: Ticket, intent: CancelOrders) -> tuple[CancelResult, ...]:
    """What is known per order; after a crash nothing is, so every one may have been sent."""
    if isinstance(ticket.outcome, Cancelled):
        return ticket.outcome.results
    return tuple(CancelResult(number=number, state=CancelState.LOST) for number in intent.orders)
