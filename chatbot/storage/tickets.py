"""Tickets: what was shown, confirmed, sent, and became of it."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningUpdate

from chatbot.domain.accounts import Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import Cause, Obstacle, Stopped
from chatbot.domain.gate import check
from chatbot.domain.ids import AccountId, ChatId, MarketCode, MessageId, OrderNumber, PersonId, TicketId
from chatbot.domain.intents import Terms, Withdraw
from chatbot.domain.notices import Alarm, Notice
from chatbot.domain.policies import COUNTDOWN, POLICIES
from chatbot.domain.ticket_events import alarm_of, deed_of, result_of
from chatbot.domain.tickets import Blocked, Lost, Ticket, TicketState
from chatbot.ports.clock import Clock
from chatbot.ports.tickets import OrderTaken
from chatbot.storage.database import Database, Prepared
from chatbot.storage.hold_seal import HoldSeal
from chatbot.storage.outbox import insert_notice
from chatbot.storage.recording import Recorder
from chatbot.storage.tables import Moment
from chatbot.storage.ticket_guards import Barred, Holds, Standings, WrongWay
from chatbot.storage.ticket_table import (
    LATE,
    PAYOUTS,
    TICKETS,
    find,
    has_other_origin,
    is_waiting,
    rewrite,
    ticket_of,
    usable,
    values_of,
)

_t = TICKETS.c
_SENT = (TicketState.CLAIMED, TicketState.DONE, TicketState.UNCERTAIN)
_WAITING = tuple(state for state in TicketState if state.is_waiting)
_EXPIRING = (TicketState.PENDING, TicketState.CONTINUED)


class StoredTickets:
    """Every ticket passes the gate in the transaction that claims it, and every change of state is written down in the
    transaction that makes it. Only a tap that claims does not wait for its entry, which comes with that of the outcome.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        standings: Standings,
        holds: Holds,
        seal: HoldSeal,
        recorder: Recorder,
    ) -> None:
        self._database = database
        self._clock = clock
        self._standings = standings
        self._holds = holds
        self.seal = seal
        self._recorder = recorder

    async def add(self, ticket: Ticket) -> None:
        await self._database.write(lambda connection: connection.execute(TICKETS.insert(), values_of(ticket)))

    async def get(self, ticket: TicketId) -> Ticket | None:
        return await self._database.read(lambda connection: find(connection, ticket))

    async def attach(self, ticket: TicketId, message: MessageId) -> None:
        painted = sa.case((_t.shown < 1, 1), else_=_t.shown)
        sent = TICKETS.update().where(_t.id == ticket).values(message=message, shown=painted)
        await self._database.write(lambda connection: connection.execute(sent))

    async def claim(
        self,
        ticket: TicketId,
        *,
        person: PersonId,
        chat: ChatId,
        message: MessageId,
        with_factor: bool = False,
        now: datetime,
    ) -> Ticket | None:
        """See the Protocol. A card not attached yet is on the message that was tapped."""
        tap = {"ticket": ticket, "tapper": person, "place": chat, "card": message, "now": now}

        def work(connection: sa.Connection) -> Ticket | None:
            rows = _TAKE.run(connection, tap)
            if not rows:
                return None
            claimed = ticket_of(rows[0])
            policy = POLICIES[type(claimed.intent)]
            if policy.two_steps or policy.with_factor is not with_factor:
                raise WrongWay
            self._admit(connection, claimed, now)
            return claimed

        try:
            return await self._guarded(self._database.write_prepared(work), now=now)
        except WrongWay:
            return None

    async def proceed(
        self, ticket: TicketId, *, person: PersonId, chat: ChatId, message: MessageId, number: str, now: datetime
    ) -> Ticket | None:
        def work(connection: sa.Connection) -> Ticket | None:
            old = usable(connection, ticket, TicketState.PENDING, person=person, chat=chat, now=now)
            if old is None or old.message not in (None, message) or not POLICIES[type(old.intent)].two_steps:
                return None
            self._admit(connection, old, now)
            new = replace(old, state=TicketState.CONTINUED, number=number, message=message)
            return self._transition(connection, old, new, now=now)

        return await self._guarded(self._database.write(work), now=now)

    async def confirm(self, ticket: TicketId, *, person: PersonId, now: datetime) -> Ticket | None:
        def work(connection: sa.Connection) -> Ticket | None:
            old = usable(connection, ticket, TicketState.CONTINUED, person=person, now=now)
            if old is None or not POLICIES[type(old.intent)].two_steps:
                return None
            self._admit(connection, old, now)
            until = self._held_until(connection, old, now)
            if until is None or until <= now:
                new = replace(old, state=TicketState.CLAIMED, claimed_at=now, next_look_at=None)
            else:
                new = replace(old, state=TicketState.HELD, send_at=until, next_look_at=min(until, now + COUNTDOWN))
                self.seal.put(connection, new)
            return self._transition(connection, old, new, now=now)

        return await self._guarded(self._database.write(work), now=now)

    async def release(self, ticket: TicketId, *, terms: Terms, now: datetime) -> Ticket | None:
        def work(connection: sa.Connection) -> Ticket | None:
            old = find(connection, ticket)
            if old is None or old.state is not TicketState.HELD or old.send_at is None or old.send_at > now:
                return None
            new = replace(old, terms=terms, state=TicketState.CLAIMED, claimed_at=now, next_look_at=None)
            self._admit(connection, new, now, held=old)
            return self._transition(connection, old, new, now=now)

        return await self._guarded(self._database.write(work), now=now)

    async def decline(self, ticket: TicketId, *, person: PersonId, chat: ChatId, now: datetime) -> Ticket | None:
        def work(connection: sa.Connection) -> Ticket | None:
            old = find(connection, ticket)
            if old is None or old.person != person or old.chat != chat or not is_waiting(old, now):
                return None
            new = replace(old, state=TicketState.DECLINED, closed_at=now, next_look_at=None)
            return self._transition(connection, old, new, now=now)

        return await self._database.write(work)

    def stop_waiting(
        self,
        connection: sa.Connection,
        person: PersonId,
        now: datetime,
        *,
        obstacle: Obstacle = Obstacle.LOCKED,
        by: PersonId | None = None,
    ) -> tuple[TicketId, ...]:
        """Close, in the caller's transaction, all of a person's tickets that were not sent yet; returns which.

        `by` is who did that, if not the person.
        """
        query = sa.select(TICKETS).where(_t.person == person, _t.state.in_(_WAITING))
        waiting = tuple(map(ticket_of, connection.execute(query).mappings().all()))
        for old in waiting:
            outcome = Blocked(obstacle=obstacle)
            closed = replace(old, state=TicketState.REFUSED, outcome=outcome, closed_at=now, next_look_at=None)
            self._transition(connection, old, closed, by=by, now=now)
        return tuple(ticket.id for ticket in waiting)

    async def update(
        self,
        ticket: TicketId,
        change: Callable[[Ticket], Ticket],
        *,
        notice: Notice | None = None,
        origin_of: OrderNumber | None = None,
    ) -> Ticket:
        now = self._clock.now()

        def work(connection: sa.Connection) -> Ticket:
            old = find(connection, ticket)
            if old is None:
                raise KeyError(ticket)
            if origin_of is not None and has_other_origin(connection, old, origin_of):
                raise OrderTaken
            new = self._transition(connection, old, change(old), now=now)
            if notice is not None:
                insert_notice(connection, notice, chat=new.chat, reply_to=new.message, now=now)
            return new

        return await self._database.write(work)

    async def mark_shown(self, ticket: TicketId, revision: int) -> None:
        painted = TICKETS.update().where(_t.id == ticket, _t.shown < revision).values(shown=revision)
        await self._database.write(lambda connection: connection.execute(painted))

    async def unshown(self, *, limit: int) -> tuple[Ticket, ...]:
        return await self._list(LATE, order_by=_t.created_at, limit=limit)

    async def expire(self, *, now: datetime) -> tuple[TicketId, ...]:
        over = (_t.state.in_(_EXPIRING), _t.expires_at <= now)
        return await self._change_all(*over, state=TicketState.EXPIRED, closed_at=now, next_look_at=None)

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
        unsettled = [state for state in TicketState if state.is_open or state is TicketState.HELD]
        return await self._list(_t.state.in_(unsettled), _t.person == person)

    async def payouts_of(self, person: PersonId, reference: str) -> tuple[Ticket, ...]:
        swap = {"of_person": person, "of_swap": reference}
        rows = await self._database.read(lambda connection: connection.execute(PAYOUTS, swap).mappings().all())
        return tuple(map(ticket_of, rows))

    async def recent_markets(self, person: PersonId, *, limit: int) -> tuple[MarketCode, ...]:
        claimed = (_t.person == person, _t.claimed_at.is_not(None), _t.market.is_not(None))
        latest = sa.func.max(_t.claimed_at)
        query = sa.select(_t.market).where(*claimed).group_by(_t.market).order_by(latest.desc()).limit(limit)
        return tuple(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    async def uses(self, account: AccountId, *, currency: str) -> Mapping[str, int]:
        sent = (_t.account == account, _t.spend_currency == currency, _t.alias.is_not(None), _t.state.in_(_SENT))
        query = sa.select(_t.alias, sa.func.count()).where(*sent).group_by(_t.alias)
        query = query.order_by(sa.func.max(_t.claimed_at).desc())
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return {row[0]: row[1] for row in rows}

    async def renew(self, ticket: TicketId, renewed: Ticket, *, now: datetime) -> bool:
        """One conditional statement, like the claim's: of the two, one finds the card as it was shown."""
        open_yet = (_t.id == ticket, _t.state == TicketState.PENDING, _t.expires_at > now, _t.message.is_not(None))
        values = values_of(renewed) | {"message": _t.message, "revision": _t.revision + 1, "shown": _t.shown}
        change = TICKETS.update().where(*open_yet).values(**values)
        return await self._database.write(lambda connection: connection.execute(change).rowcount == 1)

    async def placed(self, venue: Venue, numbers: Collection[OrderNumber]) -> frozenset[OrderNumber]:
        query = sa.select(_t.order_number).where(_t.venue == venue, _t.order_number.in_(numbers))
        found = await self._database.read(lambda connection: connection.execute(query).scalars().all())
        return frozenset(map(OrderNumber, found))

    async def claimed_since(self, account: AccountId, *, since: datetime, but: TicketId) -> bool:
        query = sa.select(_t.id).where(_t.account == account, _t.claimed_at > since, _t.id != but).limit(1)
        return await self._database.read(lambda connection: connection.execute(query).first() is not None)

    async def _guarded(self, writing: Awaitable[Ticket | None], *, now: datetime) -> Ticket | None:
        """Raise `Stopped` where the gate did, once that is written down; the transaction is undone by then."""
        try:
            return await writing
        except Barred as barred:
            await self._stopped(barred, now=now)
            raise barred.reason from None

    def _admit(self, connection: sa.Connection, ticket: Ticket, now: datetime, *, held: Ticket | None = None) -> None:
        """The gate. What it raises undoes the transaction. What was `held` must be as it was sealed."""
        try:
            if held is not None:
                self.seal.check(connection, held)
            check(ticket.intent, ticket.terms, self._standings.read(connection, ticket, now))
        except Stopped as reason:
            raise Barred(ticket, reason) from None

    async def _stopped(self, barred: "Barred", *, now: datetime) -> None:
        result = barred.reason.obstacle.value
        await self._database.write(
            lambda connection: self._write_down(connection, barred.ticket, Deed.STOPPED, result=result, now=now)
        )

    def _held_until(self, connection: sa.Connection, ticket: Ticket, now: datetime) -> datetime | None:
        if not isinstance(ticket.intent, Withdraw):
            return None
        return self._holds.hold(
            connection,
            account=ticket.account,
            currency=ticket.intent.currency,
            alias=ticket.intent.alias,
            person=ticket.person,
            now=now,
        )

    def _end_hold(self, connection: sa.Connection, ticket: Ticket, now: datetime) -> None:
        if isinstance(ticket.intent, Withdraw):
            self._holds.unsent(
                connection,
                account=ticket.account,
                currency=ticket.intent.currency,
                alias=ticket.intent.alias,
                person=ticket.person,
                now=now,
            )

    def _transition(
        self, connection: sa.Connection, old: Ticket, new: Ticket, *, by: PersonId | None = None, now: datetime
    ) -> Ticket:
        """Write a changed ticket, and a change of its state into the audit log."""
        revised = rewrite(connection, old, new)
        if old.state is TicketState.HELD and revised.state not in (TicketState.HELD, TicketState.CLAIMED):
            self._end_hold(connection, revised, now)
        if revised.state is not old.state:
            if old.state is TicketState.CLAIMED and not POLICIES[type(old.intent)].two_steps:
                self._write_down(connection, revised, Deed.CONFIRMED, now=old.claimed_at or now)
            self._write_down(
                connection,
                revised,
                deed_of(old, revised),
                result=result_of(revised),
                alarm=alarm_of(old, revised, now=now),
                by=by,
                now=now,
            )
        return revised

    def _write_down(
        self,
        connection: sa.Connection,
        ticket: Ticket,
        deed: Deed,
        *,
        now: datetime,
        result: str = "",
        alarm: Alarm | None = None,
        by: PersonId | None = None,
    ) -> None:
        event = Event(
            deed=deed,
            person=ticket.person if by is None else by,
            about=None if by is None else ticket.person,
            chat=ticket.chat if by is None else ChatId(by),
            account=ticket.account_label,
            subject=ticket.intent.subject,
            result=result,
        )
        self._recorder.record(connection, event, alarm=alarm, now=now)

    async def _list(
        self, *where: sa.ColumnElement[bool], order_by: sa.ColumnElement[Any] = _t.created_at, limit: int | None = None
    ) -> tuple[Ticket, ...]:
        query = sa.select(TICKETS).where(*where).order_by(order_by).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(ticket_of, rows))

    async def _change_all(self, *where: sa.ColumnElement[bool], **facts: Any) -> tuple[TicketId, ...]:
        """Change all that meet a condition; looks before it writes, because mostly there are none."""
        found = await self._list(*where)
        if not found:
            return ()
        now = self._clock.now()

        def work(connection: sa.Connection) -> tuple[TicketId, ...]:
            rows = connection.execute(sa.select(TICKETS).where(*where)).mappings().all()
            tickets = tuple(map(ticket_of, rows))
            for old in tickets:
                self._transition(connection, old, replace(old, **facts), now=now)
            return tuple(ticket.id for ticket in tickets)

        return await self._database.write(work)


def _take() -> ReturningUpdate[*tuple[Any, ...]]:
    """Pending → Claimed in one conditional statement: of many at once, one gets the row back."""
    card, now = sa.bindparam("card", type_=sa.BigInteger()), sa.bindparam("now", type_=Moment())
    mine = (_t.id == sa.bindparam("ticket"), _t.person == sa.bindparam("tapper"), _t.chat == sa.bindparam("place"))
    open_yet = (_t.state == TicketState.PENDING, _t.expires_at > now, sa.or_(_t.message == card, _t.message.is_(None)))
    change = TICKETS.update().where(*mine, *open_yet)
    claimed = {"state": TicketState.CLAIMED, "revision": _t.revision + 1, "message": card, "claimed_at": now}
    return change.values(**claimed).returning(TICKETS)


_TAKE = Prepared(_take())
