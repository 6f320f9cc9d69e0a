"""Tickets: what was shown, confirmed, sent, and became of it."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningUpdate

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause
from chatbot.domain.ids import AccountId, ChatId, MarketCode, MessageId, PersonId, TicketId
from chatbot.domain.intents import INTENTS, TERMS, Intent, PlaceOrder, Terms
from chatbot.domain.notices import Notice
from chatbot.domain.orders import Order
from chatbot.domain.tickets import OUTCOMES, Lost, Outcome, Placed, Ticket, TicketState
from chatbot.ports.clock import Clock
from chatbot.storage.codec import TaggedCodec, ValueCodec
from chatbot.storage.database import Database
from chatbot.storage.outbox import insert_notice
from chatbot.storage.tables import METADATA, Json, Moment, Word, partial_index

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
    sa.Column("next_look_at", Moment),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("shown", sa.Integer, nullable=False),
    # Said by `intent` and `outcome` already; here to be searched for.
    sa.Column("market", sa.Text),
    sa.Column("order_number", sa.BigInteger),
)

_t = TICKETS.c
_LATE = sa.and_(_t.message.is_not(None), _t.shown < _t.revision)
"""The card was sent, and something happened since it was last painted."""

partial_index("ix_tickets_unshown", _t.created_at, where=_LATE)
partial_index("ix_tickets_next_look_at", _t.next_look_at, where=_t.next_look_at.is_not(None))
partial_index("ix_tickets_account_order_number", _t.account, _t.order_number, where=_t.order_number.is_not(None))
partial_index("ix_tickets_account_claimed_at", _t.account, _t.claimed_at, where=_t.claimed_at.is_not(None))
partial_index("ix_tickets_person_claimed_at", _t.person, _t.claimed_at, where=_t.claimed_at.is_not(None))

_FIELDS = tuple(field.name for field in fields(Ticket))
_ONE = sa.select(TICKETS).where(_t.id == sa.bindparam("ticket"))
_REWRITE = TICKETS.update().where(_t.id == sa.bindparam("ticket"))
_NOW = sa.bindparam("now", type_=Moment())
_NEXT_REVISION = _t.revision + 1


def _take(state: TicketState, *, when: sa.ColumnElement[bool], **changes: Any) -> ReturningUpdate[*tuple[Any, ...]]:
    """Pending → `state` in one conditional statement: of many at once, one gets the row back."""
    mine = (_t.id == sa.bindparam("ticket"), _t.person == sa.bindparam("tapper"), _t.chat == sa.bindparam("place"))
    usable = (_t.state == TicketState.PENDING, _t.expires_at > _NOW)
    change = TICKETS.update().where(*mine, *usable, when)
    return change.values(state=state, revision=_NEXT_REVISION, **changes).returning(TICKETS)


class StoredTickets:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        card = sa.bindparam("card", type_=sa.BigInteger())
        on_it = sa.or_(_t.message == card, _t.message.is_(None))
        self._claim = database.prepare(_take(TicketState.CLAIMED, when=on_it, message=card, claimed_at=_NOW))
        self._decline = database.prepare(_take(TicketState.DECLINED, when=sa.true(), closed_at=_NOW))

    async def add(self, ticket: Ticket) -> None:
        await self._database.write(lambda connection: connection.execute(TICKETS.insert(), _values(ticket)))

    async def get(self, ticket: TicketId) -> Ticket | None:
        return await self._database.read(lambda connection: _find(connection, ticket))

    async def attach(self, ticket: TicketId, message: MessageId) -> None:
        painted = sa.case((_t.shown < 1, 1), else_=_t.shown)
        sent = TICKETS.update().where(_t.id == ticket).values(message=message, shown=painted)
        await self._database.write(lambda connection: connection.execute(sent))

    async def claim(
        self, ticket: TicketId, *, person: PersonId, chat: ChatId, message: MessageId, now: datetime
    ) -> Ticket | None:
        """See the Protocol. A card not attached yet is on the message that was tapped."""
        tap = {"ticket": ticket, "tapper": person, "place": chat, "card": message, "now": now}
        rows = await self._database.run(self._claim, tap)
        return _ticket(rows[0]) if rows else None

    async def decline(self, ticket: TicketId, *, person: PersonId, chat: ChatId, now: datetime) -> Ticket | None:
        rows = await self._database.run(self._decline, {"ticket": ticket, "tapper": person, "place": chat, "now": now})
        return _ticket(rows[0]) if rows else None

    async def update(
        self, ticket: TicketId, change: Callable[[Ticket], Ticket], *, notice: Notice | None = None
    ) -> Ticket:
        now = self._clock.now()

        def work(connection: sa.Connection) -> Ticket:
            old = _find(connection, ticket)
            if old is None:
                raise KeyError(ticket)
            new = _revised(old, change(old))
            connection.execute(_REWRITE, {"ticket": ticket, **_values(new)})
            if notice is not None:
                insert_notice(connection, notice, chat=new.chat, reply_to=new.message, now=now)
            return new

        return await self._database.write(work)

    async def mark_shown(self, ticket: TicketId, revision: int) -> None:
        painted = TICKETS.update().where(_t.id == ticket, _t.shown < revision).values(shown=revision)
        await self._database.write(lambda connection: connection.execute(painted))

    async def unshown(self, *, limit: int) -> tuple[Ticket, ...]:
        return await self._list(_LATE, order_by=_t.created_at, limit=limit)

    async def expire(self, *, now: datetime) -> tuple[TicketId, ...]:
        over = (_t.state == TicketState.PENDING, _t.expires_at <= now)
        return await self._change_all(*over, state=TicketState.EXPIRED, closed_at=now)

    async def recover(self, *, now: datetime) -> tuple[TicketId, ...]:
        lost = {"state": TicketState.UNCERTAIN, "outcome": Lost(cause=Cause.SHUTDOWN), "next_look_at": now}
        return await self._change_all(_t.state == TicketState.CLAIMED, **lost)

    async def due(self, *, now: datetime, limit: int) -> tuple[Ticket, ...]:
        return await self._list(_t.next_look_at <= now, order_by=_t.next_look_at, limit=limit)

    async def next_due(self) -> datetime | None:
        earliest = sa.select(_t.next_look_at).where(_t.next_look_at.is_not(None)).order_by(_t.next_look_at).limit(1)
        return await self._database.read(lambda connection: connection.execute(earliest).scalar_one_or_none())

    async def pending(self) -> tuple[Ticket, ...]:
        return await self._list(_t.state == TicketState.PENDING)

    async def unsettled_of(self, person: PersonId) -> tuple[Ticket, ...]:
        return await self._list(_t.state.in_([state for state in TicketState if state.is_open]), _t.person == person)

    async def by_order(self, account: AccountId, number: int) -> Ticket | None:
        return next(iter(await self._list(_t.account == account, _t.order_number == number)), None)

    async def recent_markets(self, person: PersonId, *, limit: int) -> tuple[MarketCode, ...]:
        claimed = (_t.person == person, _t.claimed_at.is_not(None), _t.market.is_not(None))
        latest = sa.func.max(_t.claimed_at)
        query = sa.select(_t.market).where(*claimed).group_by(_t.market).order_by(latest.desc()).limit(limit)
        return tuple(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    async def claimed_since(self, account: AccountId, *, since: datetime, but: TicketId) -> bool:
        query = sa.select(_t.id).where(_t.account == account, _t.claimed_at > since, _t.id != but).limit(1)
        return await self._database.read(lambda connection: connection.execute(query).first() is not None)

    async def _list(
        self, *where: sa.ColumnElement[bool], order_by: sa.ColumnElement[Any] = _t.created_at, limit: int | None = None
    ) -> tuple[Ticket, ...]:
        query = sa.select(TICKETS).where(*where).order_by(order_by).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_ticket, rows))

    async def _change_all(self, *where: sa.ColumnElement[bool], **changes: Any) -> tuple[TicketId, ...]:
        change = TICKETS.update().where(*where).values(revision=_NEXT_REVISION, **changes).returning(_t.id)
        return tuple(await self._database.write(lambda connection: connection.execute(change).scalars().all()))


def _find(connection: sa.Connection, ticket: TicketId) -> Ticket | None:
    row = connection.execute(_ONE, {"ticket": ticket}).mappings().one_or_none()
    return None if row is None else _ticket(row)


def _revised(old: Ticket, new: Ticket) -> Ticket:
    """The next revision, if there is anything new to see."""
    kept = replace(new, id=old.id, revision=old.revision, shown=old.shown)
    looks_the_same = replace(kept, next_look_at=old.next_look_at) == old
    return kept if looks_the_same else replace(kept, revision=old.revision + 1)


def _ticket(row: Mapping[Any, Any]) -> Ticket:
    return Ticket(**{name: row[name] for name in _FIELDS})


def _values(ticket: Ticket) -> dict[str, Any]:
    stored = {name: getattr(ticket, name) for name in _FIELDS}
    return {**stored, "market": _market(ticket), "order_number": _order_number(ticket)}


def _market(ticket: Ticket) -> MarketCode | None:
    return ticket.intent.market if isinstance(ticket.intent, PlaceOrder) else None


def _order_number(ticket: Ticket) -> int | None:
    if isinstance(ticket.outcome, Placed):
        return ticket.outcome.number
    return ticket.order.number if ticket.order is not None else None
