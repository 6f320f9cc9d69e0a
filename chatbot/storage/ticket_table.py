"""The table of tickets, and tickets as its rows."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import ChatId, OrderNumber, PersonId, TicketId
from chatbot.domain.intents import INTENTS, TERMS, Intent, PlaceOrder, SetPayout, Terms, Withdraw
from chatbot.domain.limits import SpendKind
from chatbot.domain.orders import Order
from chatbot.domain.spending import spend_of
from chatbot.domain.tickets import OUTCOMES, Outcome, Placed, Requested, Ticket, TicketState
from chatbot.storage.codec import TaggedCodec, ValueCodec
from chatbot.storage.tables import METADATA, Exact, Json, Moment, Word, partial_index

TICKETS = sa.Table(
    "tickets",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("message", sa.BigInteger),
    sa.Column("account", sa.BigInteger, nullable=False),  # may be gone: tickets are history and outlive accounts
    sa.Column("venue", Word(Venue), nullable=False),
    sa.Column("account_label", sa.Text, nullable=False),
    sa.Column("intent", Json(TaggedCodec[Intent](INTENTS)), nullable=False),
    sa.Column("terms", Json(TaggedCodec[Terms](TERMS)), nullable=False),
    sa.Column("client_id", sa.BigInteger, nullable=False, unique=True),
    sa.Column("state", Word(TicketState), nullable=False, index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("claimed_at", Moment),
    sa.Column("closed_at", Moment),
    sa.Column("outcome", Json(TaggedCodec[Outcome](OUTCOMES))),
    sa.Column("order", Json(ValueCodec(Order))),
    sa.Column("number", sa.Text, nullable=False, server_default=""),
    sa.Column("send_at", Moment),
    sa.Column("next_look_at", Moment),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("shown", sa.Integer, nullable=False),
    # Said by `intent` and `outcome` already; here to be searched for.
    sa.Column("market", sa.Text),
    sa.Column("order_number", sa.BigInteger),
    sa.Column("spends", Word(SpendKind)),
    sa.Column("spend_currency", sa.Text),
    sa.Column("spend_amount", Exact),
    sa.Column("spend_value", Exact),
    sa.Column("alias", sa.Text),
    sa.Column("payout_of", sa.Text),  # the reference of the swap whose payout address it sets
    sa.Column("seal", sa.LargeBinary),  # of a held one, see `hold_seal.py`
)

_t = TICKETS.c
LATE = sa.and_(_t.message.is_not(None), _t.shown < _t.revision)
"""The card was sent, and something happened since it was last painted."""

partial_index("ix_tickets_unshown", _t.created_at, where=LATE)
partial_index("ix_tickets_next_look_at", _t.next_look_at, where=_t.next_look_at.is_not(None))
partial_index("ix_tickets_account_order_number", _t.account, _t.order_number, where=_t.order_number.is_not(None))
partial_index("ix_tickets_venue_order_number", _t.venue, _t.order_number, where=_t.order_number.is_not(None))
partial_index("ix_tickets_account_claimed_at", _t.account, _t.claimed_at, where=_t.claimed_at.is_not(None))
partial_index("ix_tickets_person_claimed_at", _t.person, _t.claimed_at, where=_t.claimed_at.is_not(None))
partial_index("ix_tickets_payout_of", _t.person, _t.payout_of, where=_t.payout_of.is_not(None))
partial_index("ix_tickets_spent", _t.account, _t.state, _t.claimed_at, where=_t.spends.is_not(None))

_FIELDS = tuple(field.name for field in fields(Ticket))
_ONE = sa.select(TICKETS).where(_t.id == sa.bindparam("ticket"))
PAYOUTS = (
    sa.select(TICKETS)
    .where(
        _t.person == sa.bindparam("of_person"),
        _t.claimed_at.is_not(None),
        _t.payout_of == sa.bindparam("of_swap"),
    )
    .order_by(_t.claimed_at.desc())
)
"""Every confirmed ticket that sets the payout address of a person's swap, latest first."""
_REWRITE = TICKETS.update().where(_t.id == sa.bindparam("ticket"))


def find(connection: sa.Connection, ticket: TicketId) -> Ticket | None:
    row = connection.execute(_ONE, {"ticket": ticket}).mappings().one_or_none()
    return None if row is None else ticket_of(row)


def rewrite(connection: sa.Connection, old: Ticket, new: Ticket) -> Ticket:
    """Store a changed ticket; its revision grows if there is anything new to see."""
    revised = _revised(old, new)
    connection.execute(_REWRITE, {"ticket": old.id, **values_of(revised)})
    return revised


def has_other_origin(connection: sa.Connection, ticket: Ticket, number: OrderNumber) -> bool:
    """Whether an order is known to have come from another ticket, of whichever key: an exchange numbers its own."""
    others = sa.select(_t.id).where(_t.venue == ticket.venue, _t.order_number == number, _t.id != ticket.id)
    return connection.execute(others.limit(1)).first() is not None


def usable(
    connection: sa.Connection,
    ticket: TicketId,
    state: TicketState,
    *,
    person: PersonId,
    now: datetime,
    chat: ChatId | None = None,
) -> Ticket | None:
    """A person's ticket in this state whose time is not over; in this chat, if one is named."""
    found = find(connection, ticket)
    if found is None or found.person != person or found.state is not state or found.expires_at <= now:
        return None
    return found if chat in (None, found.chat) else None


def is_waiting(ticket: Ticket, now: datetime) -> bool:
    """Whether it can still be declined."""
    return ticket.state is TicketState.HELD or (ticket.state.is_waiting and ticket.expires_at > now)


def _revised(old: Ticket, new: Ticket) -> Ticket:
    """The next revision, if there is anything new to see."""
    kept = replace(new, id=old.id, revision=old.revision, shown=old.shown)
    looks_the_same = replace(kept, next_look_at=old.next_look_at) == old
    return kept if looks_the_same else replace(kept, revision=old.revision + 1)


def ticket_of(row: Mapping[Any, Any]) -> Ticket:
    return Ticket(**{name: row[name] for name in _FIELDS})


def values_of(ticket: Ticket) -> dict[str, Any]:
    stored = {name: getattr(ticket, name) for name in _FIELDS}
    spend = spend_of(ticket)
    return {
        **stored,
        "market": ticket.intent.market if isinstance(ticket.intent, PlaceOrder) else None,
        "order_number": _order_number(ticket),
        "spends": spend and spend.kind,
        "spend_currency": spend and spend.currency,
        "spend_amount": spend and spend.amount,
        "spend_value": spend and spend.value,
        "alias": ticket.intent.alias if isinstance(ticket.intent, Withdraw) else None,
        "payout_of": ticket.intent.reference if isinstance(ticket.intent, SetPayout) else None,
    }


def _order_number(ticket: Ticket) -> int | None:
    if isinstance(ticket.outcome, Placed | Requested):
        return ticket.outcome.number
    return ticket.order.number if ticket.order is not None else None
