"""Swaps that are looked after, with their cards.

A change of status goes into the outbox in the transaction that stores it: each is told once, wherever the program ends.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.absences import OVER, Absence
from chatbot.domain.ids import MessageId, PersonId, SwapId, TicketId
from chatbot.domain.intents import CreateSwap, SetPayout
from chatbot.domain.notices import SwapMoved
from chatbot.domain.places import Place
from chatbot.domain.swap_life import is_paid_after_all, was_never_paid
from chatbot.domain.swaps import Coin, Doubt, FollowedSwap, Marking, Swap, SwapStatus
from chatbot.domain.tickets import PayoutSet, SwapCreated
from chatbot.storage.absences import count_late, current_absence
from chatbot.storage.codec import ValueCodec
from chatbot.storage.database import Database
from chatbot.storage.outbox import insert_notice
from chatbot.storage.tables import METADATA, Json, Moment, RowId, Word, partial_index
from chatbot.storage.ticket_table import PAYOUTS, TICKETS, ticket_of
from chatbot.storage.ticket_table import find as find_ticket
from chatbot.storage.ticket_table import rewrite as rewrite_ticket

SWAPS = sa.Table(
    "swaps",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("account", sa.BigInteger, nullable=False),  # may be gone: its swaps go on at the service
    sa.Column("account_label", sa.Text, nullable=False),
    sa.Column("is_live", sa.Boolean, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("message", sa.BigInteger),
    sa.Column("picture", sa.BigInteger),
    sa.Column("ticket", sa.Text, unique=True),
    sa.Column("swap", Json(ValueCodec(Swap)), nullable=False),
    sa.Column("deposit", Json(ValueCodec(Coin)), nullable=False),
    sa.Column("withdraw", Json(ValueCodec(Coin)), nullable=False),
    sa.Column("marking", Word(Marking), nullable=False),
    sa.Column("doubts", Json(ValueCodec(tuple[Doubt, ...])), nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("next_look_at", Moment),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("shown", sa.Integer, nullable=False),
    sa.Column("first", Json(ValueCodec(Swap))),
    sa.Column("ended_at", Moment),
    sa.Column("told", sa.Text, nullable=False),  # the service's name of the status that its person knows of
    # Said by `swap` and `withdraw` already; here to be searched for.
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("status", Word(SwapStatus), nullable=False),
    sa.Column("deposit_address", sa.Text, nullable=False),
    sa.Column("withdraw_code", sa.Text, nullable=False),
    sa.UniqueConstraint("reference", "person", "is_live"),  # keys come and go, and several see the same orders
    sa.Index("ix_swaps_person_status", "person", "status"),
    sqlite_autoincrement=True,  # buttons name swaps: the number of one that is gone is never given out again
)

_s = SWAPS.c
_LATE = _s.shown < _s.revision
partial_index("ix_swaps_next_look_at", _s.next_look_at, where=_s.next_look_at.is_not(None))
partial_index("ix_swaps_unshown", _s.id, where=_LATE)

_ONE = sa.select(SWAPS).where(_s.id == sa.bindparam("swap_id"))
_NAMED = sa.select(SWAPS).where(
    _s.reference == sa.bindparam("named"),
    _s.person == sa.bindparam("of_person"),
    _s.is_live == sa.bindparam("on_live"),
)
_OF_TICKET = sa.select(SWAPS).where(_s.ticket == sa.bindparam("of_ticket"))
_REWRITE = SWAPS.update().where(_s.id == sa.bindparam("swap_id"))
_DUE = (
    sa.select(SWAPS)
    .where(_s.next_look_at <= sa.bindparam("now", type_=Moment()))
    .order_by(_s.next_look_at)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
)
_WENT_WELL = (
    sa.select(_s.reference, TICKETS.c.intent)
    .join(TICKETS, TICKETS.c.id == _s.ticket)
    .where(
        _s.person == sa.bindparam("of_person"),
        _s.is_live == sa.bindparam("on_live"),
        _s.status == SwapStatus.COMPLETED,
        _s.withdraw_code == sa.bindparam("coin"),
        _s.doubts == (),
    )
    .order_by(_s.id.desc())
    .limit(50)
)
_FIELDS = tuple(field.name for field in fields(FollowedSwap))
_OPEN = tuple(status for status in SwapStatus if not status.is_final)


class StoredSwaps:
    """See the Protocol."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(
        self, followed: FollowedSwap, *, over: Callable[[FollowedSwap], FollowedSwap] | None = None
    ) -> FollowedSwap:
        return await self._database.write(
            lambda connection: _follow(connection, followed, over or (lambda known: known))
        )

    async def get(self, swap: SwapId) -> FollowedSwap | None:
        return await self._find(_ONE, swap_id=swap)

    async def find(self, person: PersonId, *, is_live: bool, reference: str) -> FollowedSwap | None:
        return await self._find(_NAMED, of_person=person, on_live=is_live, named=reference)

    async def of_ticket(self, ticket: TicketId) -> FollowedSwap | None:
        return await self._find(_OF_TICKET, of_ticket=ticket)

    async def known(self, person: PersonId, references: Sequence[str], *, is_live: bool) -> frozenset[str]:
        return await self._references(references, _s.is_live == is_live, _s.person == person)

    async def taken(self, references: Sequence[str], *, is_live: bool, but: TicketId) -> frozenset[str]:
        return await self._references(references, _s.is_live == is_live, _s.ticket.is_not(None), _s.ticket != but)

    async def update(
        self, swap: SwapId, change: Callable[[FollowedSwap], FollowedSwap], *, now: datetime
    ) -> FollowedSwap:
        def work(connection: sa.Connection) -> FollowedSwap:
            known = _read(connection, _ONE, swap_id=swap)
            if known is None:
                raise KeyError(swap)
            old, told = known
            return _rewrite(connection, old, change(old), told=told, now=now)

        return await self._database.write(work)

    async def attach(self, swap: SwapId, *, message: MessageId | None = None, picture: MessageId | None = None) -> None:
        sent = {name: value for name, value in (("message", message), ("picture", picture)) if value is not None}
        if sent:
            await self._set(swap, **sent)

    async def drop_picture(self, swap: SwapId) -> None:
        await self._set(swap, picture=None)

    async def due(self, *, now: datetime, limit: int) -> tuple[FollowedSwap, ...]:
        given = {"now": now, "limit": limit}
        rows = await self._database.read(lambda connection: connection.execute(_DUE, given).mappings().all())
        return tuple(map(_followed, rows))

    async def next_due(self) -> datetime | None:
        earliest = sa.select(_s.next_look_at).where(_s.next_look_at.is_not(None)).order_by(_s.next_look_at).limit(1)
        return await self._database.read(lambda connection: connection.execute(earliest).scalar_one_or_none())

    async def open_of(self, person: PersonId) -> tuple[FollowedSwap, ...]:
        return await self._list(_s.person == person, _s.status.in_(_OPEN), order_by=_s.id)

    async def waiting(self, *, limit: int) -> tuple[FollowedSwap, ...]:
        return await self._list(_s.status == SwapStatus.INITIAL, order_by=_s.id.desc(), limit=limit)

    async def addresses_of(
        self, person: PersonId, *, is_live: bool, coin: str, limit: int
    ) -> tuple[tuple[str, str], ...]:
        given = {"of_person": person, "on_live": is_live, "coin": coin}
        used = await self._database.read(lambda connection: [*_went_well(connection, given)])
        return tuple(dict.fromkeys(used))[:limit]

    async def deposit_addresses_of(self, person: PersonId) -> frozenset[str]:
        query = sa.select(_s.deposit_address).distinct().where(_s.person == person, _s.deposit_address != "")
        return frozenset(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    async def unshown(self, *, limit: int) -> tuple[FollowedSwap, ...]:
        return await self._list(_LATE, order_by=_s.id, limit=limit)

    async def mark_shown(self, swap: SwapId, revision: int) -> None:
        painted = SWAPS.update().where(_s.id == swap, _s.shown < revision).values(shown=revision)
        await self._database.write(lambda connection: connection.execute(painted))

    async def _find(self, query: sa.Select[Any], **given: Any) -> FollowedSwap | None:
        known = await self._database.read(lambda connection: _read(connection, query, **given))
        return None if known is None else known[0]

    async def _references(self, among: Sequence[str], *where: sa.ColumnElement[bool]) -> frozenset[str]:
        query = sa.select(_s.reference).where(_s.reference.in_(among), *where)
        return frozenset(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    async def _set(self, swap: SwapId, **values: Any) -> None:
        change = SWAPS.update().where(_s.id == swap).values(**values)
        await self._database.write(lambda connection: connection.execute(change))

    async def _list(
        self, *where: sa.ColumnElement[bool], order_by: sa.ColumnElement[Any], limit: int | None = None
    ) -> tuple[FollowedSwap, ...]:
        query = sa.select(SWAPS).where(*where).order_by(order_by).limit(limit)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_followed, rows))


def _follow(
    connection: sa.Connection, followed: FollowedSwap, over: Callable[[FollowedSwap], FollowedSwap]
) -> FollowedSwap:
    reference = followed.swap.reference
    known = _read(connection, _NAMED, of_person=followed.person, on_live=followed.is_live, named=reference)
    if known is None:
        values = {**_values(followed), "told": followed.swap.status_name}
        number = connection.execute(SWAPS.insert().returning(_s.id), values).scalar_one()
        return replace(followed, id=SwapId(number))
    old, told = known
    if followed.ticket is not None and old.ticket is not None:
        return old  # it is this ticket's already, or it is another's and stays that
    return _rewrite(connection, old, over(old), told=told, now=followed.seen_at)


def _rewrite(
    connection: sa.Connection, old: FollowedSwap, new: FollowedSwap, *, told: str, now: datetime
) -> FollowedSwap:
    """Store a changed swap, tell what is news, and have its ticket's worth counted by whether it was paid."""
    revised = _revised(old, new)
    name = revised.swap.status_name
    connection.execute(_REWRITE, {"swap_id": old.id, **_values(revised), "told": name})
    if name != told or is_paid_after_all(old, revised):
        _tell(connection, revised, before=old, now=now)
    if was_never_paid(old, revised):
        _count(connection, revised, unpaid=True)
    elif is_paid_after_all(old, revised):
        _count(connection, revised, unpaid=False)
    return revised


def _revised(old: FollowedSwap, new: FollowedSwap) -> FollowedSwap:
    """The next revision, if there is anything new to see. When it is looked at next is not; that it is not any more,
    is.
    """
    kept = replace(new, id=old.id, revision=old.revision)
    still = (kept.next_look_at is None) is (old.next_look_at is None)
    unseen = {name: getattr(old, name) for name in ("seen_at", "next_look_at", "shown", "first", "ended_at")}
    looks_the_same = still and replace(kept, **unseen) == old
    return kept if looks_the_same else replace(kept, revision=old.revision + 1)


def _tell(connection: sa.Connection, followed: FollowedSwap, *, before: FollowedSwap, now: datetime) -> None:
    """Put a status into the outbox that its person does not know of."""
    absence = _absence_between(connection, before.seen_at, now)
    wait = None if absence is None else count_late(connection, Place(chat=followed.chat), swaps=1)
    notice = SwapMoved(followed=followed, since=None if absence is None else absence.since)
    insert_notice(connection, notice, chat=followed.chat, reply_to=followed.message, now=now, not_before=wait)


def _absence_between(connection: sa.Connection, seen_at: datetime, now: datetime) -> Absence | None:
    """The absence in which something happened that was found now, and not yet when it was looked before."""
    found = current_absence(connection)
    if found is None or seen_at >= found[0].until or now - found[0].until >= OVER:
        return None
    return found[0]


def _count(connection: sa.Connection, followed: FollowedSwap, *, unpaid: bool) -> None:
    """Whether its ticket counts against limits: not if nothing was sent for it."""
    ticket = None if followed.ticket is None else find_ticket(connection, followed.ticket)
    if ticket is not None and isinstance(ticket.outcome, SwapCreated):
        rewrite_ticket(connection, ticket, replace(ticket, outcome=replace(ticket.outcome, unpaid=unpaid)))


def _went_well(connection: sa.Connection, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The addresses that tickets gave for swaps: at once, or afterwards."""
    for row in connection.execute(_WENT_WELL, given).mappings():
        intent: CreateSwap = row["intent"]
        if intent.new.withdraw_address:
            yield intent.new.withdraw_address, intent.new.withdraw_extra_id
            continue
        swap = {"of_person": given["of_person"], "of_swap": row["reference"]}
        for ticket in map(ticket_of, connection.execute(PAYOUTS, swap).mappings()):
            if isinstance(ticket.outcome, PayoutSet) and isinstance(ticket.intent, SetPayout):
                yield ticket.intent.address, ticket.intent.extra_id


def _read(connection: sa.Connection, query: sa.Select[Any], **given: Any) -> tuple[FollowedSwap, str] | None:
    """A swap, and the status that was told last."""
    row = connection.execute(query, given).mappings().one_or_none()
    return None if row is None else (_followed(row), row["told"])


def swaps_of(connection: sa.Connection, tickets: Sequence[TicketId]) -> dict[TicketId, FollowedSwap]:
    """The swaps that came of these tickets, within somebody else's unit of work."""
    rows = connection.execute(sa.select(SWAPS).where(_s.ticket.in_(tickets))).mappings().all()
    return {row["ticket"]: _followed(row) for row in rows}


def _followed(row: Mapping[Any, Any]) -> FollowedSwap:
    return FollowedSwap(**{name: row[name] for name in _FIELDS})


def _values(followed: FollowedSwap) -> dict[str, Any]:
    return {
        **{name: getattr(followed, name) for name in _FIELDS if name != "id"},
        "reference": followed.swap.reference,
        "status": followed.swap.status,
        "deposit_address": followed.swap.deposit_address,
        "withdraw_code": followed.withdraw.code,
    }
