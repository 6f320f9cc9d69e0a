"""What the bot says unasked: short, under the card it belongs to."""

from chatbot.domain.notices import PersonJoined
from chatbot.domain.tickets import NotFound, Ticket, TicketState
from handlers.views.html import bold, lines, outside, text
from handlers.views.orders import STATUS
from handlers.views.screen import Screen
from handlers.views.tickets import badge, headline, order_lines


def settled(ticket: Ticket) -> Screen:
    """The outcome of an uncertain ticket."""
    if isinstance(ticket.outcome, NotFound):
        said = "It was not placed: your orders at the exchange do not show it."
    elif ticket.order is not None:
        said = f"It was placed: order #{ticket.order.number}, {STATUS[ticket.order.status]}."
    elif ticket.state is TicketState.DONE:
        said = "It is settled; the card shows how."
    else:
        said = "It was not carried out; the card shows why."
    return Screen(lines(text(bold("Settled: "), headline(ticket)), said, badge(ticket)))


def finished(ticket: Ticket) -> Screen | None:
    """An order that rested and has ended; None if the exchange has not said anything of it."""
    order = ticket.order
    if order is None:
        return None
    return Screen(lines(bold(f"Order #{order.number} is {STATUS[order.status]}."), order_lines(order), badge(ticket)))


def joined(notice: PersonJoined) -> Screen:
    return Screen(text(bold(outside(notice.name, limit=60)), f" ({notice.person}) used your invitation."))
