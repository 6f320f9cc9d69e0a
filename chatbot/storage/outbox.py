"""Unasked messages that wait to be sent.

One chat may have a hundred thousand waiting while another's alarm is due: what is due is therefore found chat by
chat, leaping in the index from one to the next, and never by walking over what waits.
"""

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.notices import NOTICES, AlertsMissed, Notice, OutboxEntry, Rank
from chatbot.domain.places import Place
from chatbot.storage.chats import CHATS
from chatbot.storage.codec import TaggedCodec
from chatbot.storage.database import Database, Prepared, Row
from chatbot.storage.tables import METADATA, Json, Moment, RowId

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("thread", sa.BigInteger),
    sa.Column("notice", Json(TaggedCodec[Notice](NOTICES)), nullable=False),
    sa.Column("rank", sa.Integer, nullable=False, server_default="3"),
    sa.Column("reply_to", sa.BigInteger),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("not_before", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("unsure", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("held", sa.Boolean, nullable=False, server_default=sa.false()),  # by quiet hours, until `not_before`
    sa.Index("ix_outbox_turn", "rank", "chat", "not_before"),
    sqlite_autoincrement=True,
)

_HELD_AT_ONCE = 1_000
_BEFORE_ALL = -(2**63)
_FIELDS = tuple(field.name for field in fields(OutboxEntry))
_WRITTEN = ("chat", "thread", "notice", "rank", "reply_to", "created_at", "not_before", "attempts")
_INSERT = Prepared(OUTBOX.insert().values({name: sa.bindparam(name) for name in _WRITTEN}))
"""A thousand alerts may fire at once."""
_o = OUTBOX.c


def insert_notice(
    connection: sa.Connection,
    notice: Notice,
    *,
    chat: ChatId,
    reply_to: MessageId | None,
    now: datetime,
    thread: int | None = None,
    not_before: datetime | None = None,
) -> None:
    """Put a notice into the outbox within somebody else's transaction; it is sent at once, or not before a moment."""
    place = Place(chat=chat, thread=thread)
    connection.execute(OUTBOX.insert(), _row(notice, place, reply_to=reply_to, now=now, not_before=not_before or now))


def insert_notices(
    connection: sa.Connection,
    told: Iterable[tuple[Notice, Place]],
    *,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    """As `insert_notice`, for many at once that belong to no card."""
    rows = (_row(notice, place, reply_to=None, now=now, not_before=not_before or now) for notice, place in told)
    _INSERT.run_many(connection, rows)


def _row(
    notice: Notice, place: Place, *, reply_to: MessageId | None, now: datetime, not_before: datetime
) -> dict[str, Any]:
    to = {"chat": place.chat, "thread": place.thread, "reply_to": reply_to}
    times = {"created_at": now, "not_before": not_before, "attempts": 0}
    return {"notice": notice, "rank": notice.about.rank.value, **to, **times}


def waits_in(chat: ChatId) -> sa.ColumnElement[bool]:
    """Whether an entry is of this chat. The ranks are named for the sake of the index."""
    return sa.and_(_o.rank.in_([rank.value for rank in Rank]), _o.chat == chat)


def waits_for(place: Place) -> sa.ColumnElement[bool]:
    """Whether an entry is of this place."""
    return sa.and_(waits_in(place.chat), _o.thread.is_not_distinct_from(place.thread))


def release_held(connection: sa.Connection, chat: ChatId) -> None:
    """What quiet hours hold in a chat is due again, within somebody else's transaction: they may be others now."""
    released = OUTBOX.update().where(waits_in(chat), _o.held).values(held=False, not_before=_o.created_at)
    connection.execute(released)


class StoredOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, notice: Notice, *, chat: ChatId, reply_to: MessageId | None, now: datetime) -> None:
        await self._database.write(
            lambda connection: insert_notice(connection, notice, chat=chat, reply_to=reply_to, now=now)
        )

    async def due(
        self,
        *,
        now: datetime,
        limit: int,
        turns: int = 1_000,
        after: ChatId | None = None,
        apart: Collection[ChatId] = (),
        resting: Collection[ChatId] = (),
    ) -> tuple[OutboxEntry, ...]:
        def work(connection: sa.Connection) -> tuple[OutboxEntry, ...]:
            found: list[OutboxEntry] = []
            left = turns
            for rank in Rank:
                without = {*apart} if rank is Rank.ALARM else {*apart, *resting}
                chats = self._chats_due(connection, rank, now=now, after=after, apart=without, limit=left)
                for chat in chats:
                    given = {"rank": rank.value, "chat": chat, "now": now, "limit": limit}
                    found.extend(map(_entry, _ENTRIES_DUE.run(connection, given)))
                left -= len(chats)
            return tuple(found)

        return await self._database.read(work)

    async def with_due(self, chats: Collection[ChatId], *, now: datetime) -> frozenset[ChatId]:
        def work(connection: sa.Connection) -> frozenset[ChatId]:
            return frozenset(
                chat
                for chat in chats
                if any(_IS_DUE.run(connection, {"rank": rank.value, "chat": chat, "now": now}) for rank in Rank)
            )

        return await self._database.read(work)

    async def begin(self, *entries: int) -> None:
        await self._change(entries, unsure=True)

    async def sent(self, *entries: int) -> None:
        await self._database.write(lambda connection: connection.execute(OUTBOX.delete().where(_o.id.in_(entries))))

    async def put_back(self, *entries: int, unsure: bool) -> None:
        await self._change(entries, unsure=unsure)

    async def postpone(self, *entries: int, until: datetime, unsure: bool = False) -> None:
        await self._change(entries, not_before=until, held=False, attempts=_o.attempts + 1, unsure=unsure)

    async def hold(self, chat: ChatId, rank: Rank, *, now: datetime, until: datetime) -> None:
        waiting = sa.select(_o.id).where(_o.rank == rank.value, _o.chat == chat, _o.not_before <= now)
        ids = waiting.order_by(_o.not_before, _o.id).limit(_HELD_AT_ONCE)
        later = OUTBOX.update().where(_o.id.in_(ids)).values(not_before=until, held=True)
        await self._database.write(lambda connection: connection.execute(later))

    async def sum_up(self, place: Place, *, before: datetime, now: datetime) -> None:
        old = OUTBOX.delete().where(waits_for(place), _o.rank == Rank.ALERT.value, _o.created_at < before)

        def work(connection: sa.Connection) -> None:
            count = connection.execute(old).rowcount
            if count:
                insert_notices(connection, [(AlertsMissed(count=count), place)], now=now)

        await self._database.write(work)

    async def _change(self, entries: Collection[int], **values: Any) -> None:
        change = OUTBOX.update().where(_o.id.in_(entries)).values(**values)
        await self._database.write(lambda connection: connection.execute(change))

    def _chats_due(
        self,
        connection: sa.Connection,
        rank: Rank,
        *,
        now: datetime,
        after: ChatId | None,
        apart: set[ChatId],
        limit: int,
    ) -> list[ChatId]:
        """Up to so many chats with something due of a rank, in turn: those that come `after` one, then the others."""
        chats: list[ChatId] = []
        for start in (_BEFORE_ALL,) if after is None else (after, _BEFORE_ALL):
            without = apart.union(chats)
            given = {"rank": rank.value, "start": start, "now": now, "limit": limit + len(without)}
            leaps = (row["chat"] for row in _CHATS_DUE.run(connection, given)) if len(chats) < limit else ()
            chats += [chat for chat in leaps if chat not in without]
        return chats[:limit]


def _chats_due() -> sa.Select[Any]:
    """Chats with something due, in their own order: each is found by one leap in the index, whatever waits in it."""
    rank, now = sa.bindparam("rank", type_=sa.Integer), sa.bindparam("now", type_=Moment)
    leap, look = OUTBOX.alias("leap"), OUTBOX.alias("look")
    first = sa.select(sa.func.min(_o.chat).label("chat")).where(_o.rank == rank, _o.chat > sa.bindparam("start"))
    chats = first.cte("chats_due", recursive=True)
    next_one = sa.select(sa.func.min(leap.c.chat)).where(leap.c.rank == rank, leap.c.chat > chats.c.chat)
    chats = chats.union_all(sa.select(next_one.scalar_subquery()).where(chats.c.chat.is_not(None)))
    earliest = sa.select(sa.func.min(look.c.not_before)).where(look.c.rank == rank, look.c.chat == chats.c.chat)
    paused = sa.exists().where(CHATS.c.chat == chats.c.chat, CHATS.c.paused_at.is_not(None))
    return (
        sa.select(chats.c.chat)
        .where(chats.c.chat.is_not(None), earliest.scalar_subquery() <= now, ~paused)
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )


_CHATS_DUE = Prepared(_chats_due())
_due_in = (_o.rank == sa.bindparam("rank"), _o.chat == sa.bindparam("chat"), _o.not_before <= sa.bindparam("now"))
_ENTRIES_DUE = Prepared(
    sa.select(OUTBOX).where(*_due_in).order_by(_o.not_before, _o.id).limit(sa.bindparam("limit", type_=sa.Integer))
)
_IS_DUE = Prepared(sa.select(_o.id).where(*_due_in).limit(1))


def _entry(row: Row) -> OutboxEntry:
    return OutboxEntry(**{name: row[name] for name in _FIELDS})
