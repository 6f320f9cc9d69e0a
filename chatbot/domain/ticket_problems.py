"""Why a tap on a card changes nothing."""

from datetime import datetime

from chatbot.domain.errors import TicketProblem
from chatbot.domain.ids import PersonId
from chatbot.domain.policies import POLICIES
from chatbot.domain.tickets import Ticket, TicketState


def problem_of(ticket: Ticket, *, person: PersonId, now: datetime) -> TicketProblem:
    """What whoever tapped is told, of a ticket that was not to be had by their tap."""
    if ticket.person != person:
        return TicketProblem.NOT_YOURS
    if ticket.state is TicketState.DECLINED:
        return TicketProblem.DECLINED
    over = ticket.state in (TicketState.PENDING, TicketState.CONTINUED) and ticket.expires_at <= now
    if ticket.state is TicketState.EXPIRED or over:
        return TicketProblem.EXPIRED
    if ticket.state is TicketState.PENDING:
        return TicketProblem.UNKNOWN
    if ticket.state is TicketState.REFUSED:
        return TicketProblem.CLOSED
    if POLICIES[type(ticket.intent)].two_steps and not ticket.state.is_waiting:
        return TicketProblem.SENT
    return TicketProblem.ALREADY_TAKEN
