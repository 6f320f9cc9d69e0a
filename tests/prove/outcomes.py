"""What became of the tickets that Anna has."""

from chatbot.domain.errors import Cause
from chatbot.domain.ids import OrderNumber
from chatbot.domain.intents import CancelOrders, CreateSwap, Intent, SetPayout, Withdraw
from chatbot.domain.tickets import (
    Cancelled,
    Lost,
    Outcome,
    PayoutSet,
    Placed,
    Requested,
    SwapCreated,
    TicketState,
    Unsent,
)


def outcome_of(state: TicketState, intent: Intent) -> Outcome | None:
    """What a ticket in such a state has come to, if it has."""
    if state is TicketState.UNCERTAIN:
        return Lost(cause=Cause.BROKEN)
    if state is TicketState.REFUSED:
        return Unsent(cause=Cause.UNREACHABLE)
    if state is not TicketState.DONE:
        return None
    match intent:
        case Withdraw():
            return Requested()
        case CancelOrders():
            return Cancelled(results=())
        case CreateSwap():
            return SwapCreated(reference="ANNASWAP2")
        case SetPayout():
            return PayoutSet()
        case _:
            return Placed(number=OrderNumber(54_999))
