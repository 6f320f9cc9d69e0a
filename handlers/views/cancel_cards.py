"""The card of a cancellation's ticket, through its whole life."""

from datetime import datetime

from chatbot.domain.errors import Obstacle
from chatbot.domain.intents import CancelOrders, CancelTerms, OrderLine
from chatbot.domain.orders import OrderType
from chatbot.domain.tickets import Blocked, Cancelled, CancelResult, CancelState, RefusedBy, Ticket, TicketState, Unsent
from handlers.actions import ConfirmTicket, DeclineTicket
from handlers.views.format import number
from handlers.views.html import Html, bold, code, lines, outside, text
from handlers.views.screen import Press, Rows, Screen
from handlers.views.ticket_parts import CAUSES, countdown, headline, open_orders, plain, reason

_SHORT_REASON = 24
"""Characters of a reason, where up to fifty orders have one each in one message."""

_CANCEL_WORDS = {
    CancelState.REQUESTED: "cancel requested, waiting for the exchange…",
    CancelState.LOST: "no answer came; reading it back…",
    CancelState.NOT_SENT: "not sent, still open",
    CancelState.REFUSED: "refused",
    CancelState.CANCELLED: "cancelled",
    CancelState.FILLED: "was filled before it could be cancelled",
    CancelState.REJECTED: "had been rejected",
    CancelState.STILL_OPEN: "is still open",
}


def cancel_card(ticket: Ticket, *, now: datetime) -> Screen:
    intent, terms = ticket.intent, ticket.terms
    if not isinstance(intent, CancelOrders) or not isinstance(terms, CancelTerms):
        raise TypeError("not a cancellation's ticket")
    results = ticket.outcome.results if isinstance(ticket.outcome, Cancelled) else ()
    if ticket.state is TicketState.PENDING:
        listed = [_order_line(line) for line in terms.orders]
        return Screen(
            lines(text(bold(headline(ticket)), "?"), *listed, countdown(ticket, now=now)),
            _cancel_keys(ticket),
        )
    told = [_result_line(line, result) for line, result in zip(terms.orders, results, strict=False)]
    match ticket.state:
        case TicketState.CLAIMED:
            return plain(ticket, "Sending…")
        case TicketState.DECLINED:
            return plain(ticket, "Kept. Nothing was sent.")
        case TicketState.EXPIRED:
            return plain(ticket, "Expired. Nothing was sent.")
        case TicketState.UNCERTAIN if not told:
            return plain(ticket, "No answer came. Reading the orders back; nothing is sent again.")
        case TicketState.REFUSED:
            return _refused_cancel(ticket)
        case _:
            return plain(ticket, *told, rows=((Press("Open orders", open_orders(ticket)),),))


def _cancel_keys(ticket: Ticket) -> Rows:
    """Here it is Confirm that destroys."""
    return (
        (Press("Confirm", ConfirmTicket(ticket=ticket.id), style="danger"),),
        (Press("Keep", DeclineTicket(ticket=ticket.id)),),
    )


def _refused_cancel(ticket: Ticket) -> Screen:
    match ticket.outcome:
        case Unsent(cause=cause):
            return plain(ticket, text(CAUSES[cause], ". Nothing was sent; the orders are unchanged."))
        case RefusedBy() as refusal:
            return plain(ticket, text(bold("Refused: "), reason(refusal)))
        case Blocked(obstacle=Obstacle.REMOVED):
            return plain(ticket, "Your access to this bot was taken away before your tap. Nothing was sent.")
        case Blocked():
            return plain(
                ticket, "Your accounts were locked before your tap. Nothing was sent. /panic cancels all orders."
            )
        case _:
            return plain(ticket, "Nothing was cancelled.")


def _result_line(line: OrderLine, result: CancelResult) -> Html:
    mark = "✓" if result.state is CancelState.CANCELLED else "…" if not result.state.is_settled else "•"
    said = text(f"{mark} #{line.number} {line.base}/{line.counter}: ", _CANCEL_WORDS[result.state])
    if result.state is CancelState.REFUSED and result.reason:
        said += text(" (", outside(result.reason, limit=_SHORT_REASON), ")")
    if result.order is not None and result.order.executed and result.state is CancelState.CANCELLED:
        said += f", {number(result.order.executed)} {line.base} had been executed"
    return said


def _order_line(line: OrderLine) -> Html:
    price = "market" if line.type is OrderType.MARKET else f"at {number(line.price)}"
    left = f"{number(line.remaining)} of {number(line.volume)}"
    if line.remaining == line.volume:
        left = number(line.volume)
    return text(f"#{line.number}  {line.side} ", code(left), f" {line.base} {price} {line.counter}")
