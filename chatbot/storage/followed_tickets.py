"""The cards that what happened to an order or a balance belongs to."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from chatbot.domain.follow_ups import ON_A_CARD
from chatbot.domain.ids import AccountId, MessageId, TicketId
from chatbot.domain.intents import CancelOrders, PlaceOrder, Withdraw
from chatbot.domain.orders import Order
from chatbot.domain.recognising import is_ours
from chatbot.domain.tickets import Placed, Ticket, TicketState
from chatbot.storage.ticket_table import TICKETS, find, rewrite, ticket_of

_WITHDRAWN_WITHIN = timedelta(days=7)
"""How long a withdrawal may take to leave an account."""

_t = TICKETS.c


def card_of(connection: sa.Connection, account: AccountId, order: Order) -> Ticket | None:
    """The ticket that placed an order: by the number it got, else by the mark it was sent with."""
    query = sa.select(TICKETS).where(_t.account == account)
    for found in map(ticket_of, connection.execute(query.where(_t.order_number == order.number)).mappings()):
        return found
    if not order.client_id:
        return None
    marked = connection.execute(query.where(_t.client_id == order.client_id)).mappings().one_or_none()
    ticket = None if marked is None else ticket_of(marked)
    if ticket is None or not isinstance(ticket.intent, PlaceOrder):
        return None
    return ticket if is_ours(order, ticket.intent, ticket.client_id) else None


def show(connection: sa.Connection, card: Ticket, order: Order) -> tuple[TicketId, ...]:
    """Put the exchange's latest word on an order on the card that placed it, unless that is still being found out."""
    if card.state is not TicketState.DONE or not isinstance(card.outcome, Placed):
        return ()
    next_look_at = None if order.status.is_final else card.next_look_at
    rewrite(connection, card, replace(card, order=order, next_look_at=next_look_at))
    return (card.id,)


def is_told_by_a_card(
    connection: sa.Connection, account: AccountId, order: Order, card: Ticket | None, *, now: datetime
) -> bool:
    """Whether somebody is looking at a card that tells it: the order's, or that of a cancellation of it."""
    lately = now - ON_A_CARD
    if card is not None and card.claimed_at is not None and card.claimed_at >= lately:
        return True
    query = sa.select(TICKETS).where(_t.account == account, _t.claimed_at >= lately)
    tapped = map(ticket_of, connection.execute(query).mappings())
    return any(isinstance(each.intent, CancelOrders) and order.number in each.intent.orders for each in tapped)


def withdrawal_of(
    connection: sa.Connection, account: AccountId, currency: str, amount: Decimal, *, now: datetime
) -> Ticket | None:
    """The oldest withdrawal of just this amount that may be on its way out of the account."""
    sent = (_t.account == account, _t.alias.is_not(None), _t.claimed_at >= now - _WITHDRAWN_WITHIN)
    on_its_way = _t.state.in_((TicketState.DONE, TicketState.UNCERTAIN))
    query = sa.select(TICKETS).where(*sent, on_its_way, _t.spend_currency == currency).order_by(_t.claimed_at)
    tickets = map(ticket_of, connection.execute(query).mappings())
    return next((each for each in tickets if isinstance(each.intent, Withdraw) and each.intent.amount == amount), None)


def message_of(connection: sa.Connection, ticket: TicketId | None) -> MessageId | None:
    """The card of a ticket, to be replied to."""
    found = None if ticket is None else find(connection, ticket)
    return None if found is None else found.message
