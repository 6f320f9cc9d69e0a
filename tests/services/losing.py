"""Orders whose answers get lost."""

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, OutcomeUnknown
from chatbot.domain.tickets import Lost, Ticket, TicketState
from tests.services.house import House


async def lost_order(house: House, account: Account, *, applied: bool) -> Ticket:
    """An order whose answer never came."""
    card = await house.order_card(account)
    house.exchange.fail("place_order", OutcomeUnknown(Cause.TIMEOUT), applied=applied)
    lost = await house.tap(card)
    assert lost.state is TicketState.UNCERTAIN
    return lost


def lost(ticket: Ticket) -> Lost:
    assert isinstance(ticket.outcome, Lost)
    return ticket.outcome
