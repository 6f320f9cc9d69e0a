"""The cards that what happened to an order or a balance belongs to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from chatbot.domain.explaining import Between, may_be_a_fee
from chatbot.domain.follow_ups import ON_A_CARD
from chatbot.domain.ids import AccountId, MessageId, TicketId
from chatbot.domain.intents import CancelOrders, Convert, PlaceOrder, Withdraw
from chatbot.domain.money import EXACT
from chatbot.domain.orders import Order
from chatbot.domain.recognising import is_ours
from chatbot.domain.tickets import Placed, Ticket, TicketState
from chatbot.ports.follow_ups import Worth
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.tables import METADATA, RowId
from chatbot.storage.ticket_table import TICKETS, find, rewrite, ticket_of

_WITHDRAWN_WITHIN = timedelta(days=7)
"""How long a withdrawal may take to leave an account."""

FOLLOWED_WITHDRAWALS = sa.Table(
    "followed_withdrawals",
    METADATA,
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("ticket", sa.Text, primary_key=True),
)
"""Those that were seen to leave an account."""

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
    if card is not None and card.claimed_at is not None and card.claimed_at >= lately and not _failed(card, order):
        return True
    query = sa.select(TICKETS).where(_t.account == account, _t.claimed_at >= lately)
    tapped = map(ticket_of, connection.execute(query).mappings())
    return any(isinstance(each.intent, CancelOrders) and order.number in each.intent.orders for each in tapped)


def _failed(card: Ticket, order: Order) -> bool:
    """Whether a conversion ended without all of it: it was to be done at once, and an edited card rings no bell."""
    return isinstance(card.intent, Convert) and order.status.is_final and order.executed < order.volume


def take_withdrawal(
    connection: sa.Connection, account: AccountId, currency: str, drop: Between, *, worth: Worth, now: datetime
) -> Ticket | None:
    """The withdrawal that a drop of a total is the effect of, as far as can be told; each is found once.

    It is the oldest of just that amount; else the only one that the drop exceeds by what may be its fee.
    """
    found = _that_left(_on_its_way(connection, account, currency, now=now), currency, drop, worth)
    if found is not None:
        connection.execute(FOLLOWED_WITHDRAWALS.insert(), {"account": account, "ticket": found.id})
    return found


def _on_its_way(connection: sa.Connection, account: AccountId, currency: str, *, now: datetime) -> list[Ticket]:
    """Withdrawals that may still have to leave the account, oldest first."""
    sent = (_t.account == account, _t.alias.is_not(None), _t.claimed_at >= now - _WITHDRAWN_WITHIN)
    left = sa.select(FOLLOWED_WITHDRAWALS.c.ticket).where(FOLLOWED_WITHDRAWALS.c.account == account)
    waiting = (_t.state.in_((TicketState.DONE, TicketState.UNCERTAIN)), _t.id.not_in(left))
    query = sa.select(TICKETS).where(*sent, *waiting, _t.spend_currency == currency).order_by(_t.claimed_at)
    return [ticket_of(row) for row in connection.execute(query).mappings()]


def _that_left(tickets: Sequence[Ticket], currency: str, drop: Between, worth: Worth) -> Ticket | None:
    sent = [(ticket, ticket.intent.amount) for ticket in tickets if isinstance(ticket.intent, Withdraw)]
    exact = [(ticket, amount) for ticket, amount in sent if drop.holds(amount)]
    if exact:
        return exact[0][0] if len({amount for _, amount in exact}) == 1 else None

    def costs_the_rest(amount: Decimal) -> bool:
        rest = EXACT.subtract(drop.high, amount)
        return amount < drop.low and may_be_a_fee(rest, amount=amount, worth=worth(currency, rest))

    with_fee = [ticket for ticket, amount in sent if costs_the_rest(amount)]
    return with_fee[0] if len(with_fee) == 1 else None


def message_of(connection: sa.Connection, ticket: TicketId | None) -> MessageId | None:
    """The card of a ticket, to be replied to."""
    found = None if ticket is None else find(connection, ticket)
    return None if found is None else found.message
