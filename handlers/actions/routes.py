"""Ways from one currency to another."""

from chatbot.domain.ids import DialogueId, TicketId
from chatbot.domain.route_drafts import RouteKind
from handlers.buttons import button


@button("rt")
class TakeRoute:
    """Opens the card of one of the ways that a question offers."""

    dialogue: DialogueId
    kind: RouteKind


@button("rc")
class CompareTicket:
    """The ways for what a card would spend, as a new message."""

    ticket: TicketId


@button("rs")
class SecondOrder:
    """Opens the card of the second order of a way, for what the first one brought."""

    ticket: TicketId


@button("rq")
class CompareConversion:
    """The ways for a conversion that could not be had, as a new message."""

    dialogue: DialogueId
