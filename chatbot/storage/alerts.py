"""Alerts, and what becomes of them at a tick: new states and what is told of hits, in one transaction.

Others rewrite these rows too: a place that is lost pauses them, a chat that moves takes them along, a person who leaves
takes theirs away. The engine need not hear of it: it reads the rows before it does anything.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_rules import Turn, Watched
from chatbot.domain.alerts import Alert, AlertStatus, Crossing, Gauge, Position, Rule
from chatbot.domain.ids import AlertId, ChatId
from chatbot.domain.notices import AlertFired, NoticeKind, NoticeMode
from chatbot.domain.places import Place
from chatbot.ports.alerts import AllowanceUsed, Asked
from chatbot.storage.absences import count_late
from chatbot.storage.chats import CHATS, paused_topics
from chatbot.storage.database import Database, Prepared
from chatbot.storage.outbox import insert_notices
from chatbot.storage.preferences import NOTICE_MODES
from chatbot.storage.tables import (
    METADATA,
    SUBSCRIPTION,
    Exact,
    Moment,
    RowId,
    Span,
    Subscription,
    Word,
    partial_index,
)

RUNNING = (AlertStatus.WATCHING, AlertStatus.RESTING)

ALERTS = sa.Table(
    "alerts",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("venue", Word(Venue), nullable=False),
    sa.Column("market", sa.Text, nullable=False),
    sa.Column("base", sa.Text, nullable=False),
    sa.Column("counter", sa.Text, nullable=False),
    sa.Column("gauge", Word(Gauge), nullable=False),
    sa.Column("crossing", Word(Crossing), nullable=False),
    sa.Column("level", Exact, nullable=False),
    sa.Column("window", Span),
    sa.Column("move", Exact),
    sa.Column("anchor", Exact),
    sa.Column("chat", sa.BigInteger, nullable=False, index=True),
    sa.Column("thread", sa.BigInteger),
    sa.Column("set_by", sa.BigInteger),
    sa.Column("cooldown", Span),
    sa.Column("until", Moment),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("picture", sa.Boolean, nullable=False),
    sa.Column("status", Word(AlertStatus), nullable=False),
    sa.Column("position", Word(Position), nullable=False),
    sa.Column("rests_until", Moment),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("fired_at", Moment),
    sa.Column("hits", sa.Integer, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("asked_chat", sa.BigInteger),
    sa.Column("asked_message", sa.BigInteger),
    info={SUBSCRIPTION: Subscription(column="status", running=RUNNING, paused=AlertStatus.PAUSED)},
    sqlite_autoincrement=True,  # buttons remember alerts: the number of a deleted one is never given out again
)

_a, _m = ALERTS.c, NOTICE_MODES.c
partial_index("ix_alerts_ended", _a.ended_at, where=_a.ended_at.is_not(None))
partial_index("ix_alerts_asked", _a.asked_chat, _a.asked_message, where=_a.asked_chat.is_not(None), unique=True)

_OWN = (
    "venue",
    "market",
    "base",
    "counter",
    "set_by",
    "cooldown",
    "until",
    "note",
    "picture",
    "status",
    "position",
    "rests_until",
    "created_at",
    "fired_at",
    "hits",
)
_RULE = ("gauge", "crossing", "level", "window", "move", "anchor")
_STATE = ("status", "position", "rests_until", "fired_at", "hits", "ended_at")
"""What a turn can change; of a move also where it goes."""
_AT_ONCE = 500  # ids in one question: SQLite allows 999 parameters in some builds
_PAGE = 1_000
_WATCHED = sa.select(
    *(_a[name] for name in ("id", "market", *_RULE, "chat", "thread", "cooldown", "until")),
    *(_a[name] for name in ("status", "position", "rests_until", "fired_at", "hits")),
)
_ALERT = tuple(column for column in _a if column.name not in ("ended_at", "asked_chat", "asked_message"))
_COUNTS = _a.status != AlertStatus.ENDED
_ROW = ALERTS.update().where(_a.id == sa.bindparam("row"))
_ADVANCE = Prepared(_ROW.values({name: sa.bindparam(name) for name in _STATE}))
_MOVE = Prepared(_ROW.values(level=sa.bindparam("level"), anchor=sa.bindparam("anchor")))


class StoredAlerts:
    """`chatbot.ports.alerts.AlertStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, alert: Alert, *, asked_in: Asked | None, allowance: int, then: Callable[[Alert], None]
    ) -> Alert:
        def work(connection: sa.Connection) -> Alert:
            there = _asked(connection, asked_in) if asked_in else None
            if there is not None:
                return there
            _check_room(connection, alert.place.chat, allowance)
            asked = {"asked_chat": asked_in.chat, "asked_message": asked_in.message} if asked_in else {}
            insert = ALERTS.insert().values(**_values(alert, ended_at=None), **asked).returning(*_ALERT)
            return _alert(connection.execute(insert).one())

        return await self._database.write(work, then=then)

    async def get(self, alert: AlertId) -> Alert | None:
        return await self._database.read(lambda connection: _get(connection, alert))

    async def in_chat(self, chat: ChatId, *, ended_after: datetime) -> tuple[Alert, ...]:
        query = sa.select(*_ALERT).where(_a.chat == chat, sa.or_(_COUNTS, _a.ended_at > ended_after)).order_by(_a.id)
        return await self._database.read(lambda connection: tuple(map(_alert, connection.execute(query))))

    async def count(self, chat: ChatId) -> int:
        return await self._database.read(lambda connection: _count(connection, chat))

    async def update(
        self,
        alert: AlertId,
        change: Callable[[Alert], Alert],
        *,
        allowance: int | None,
        now: datetime,
        then: Callable[[Alert, Alert], None],
    ) -> Alert | None:
        def work(connection: sa.Connection) -> tuple[Alert, Alert] | None:
            before = _get(connection, alert)
            if before is None:
                return None
            after = change(before)
            if allowance is not None and _has_ended(before):
                _check_room(connection, after.place.chat, allowance)
            values = _values(after, ended_at=_ended_at(after, now))
            connection.execute(ALERTS.update().where(_a.id == alert).values(values))
            return before, after

        pair = await self._database.write(work, then=lambda pair: then(*pair) if pair else None)
        return pair[1] if pair else None

    async def delete(self, alert: AlertId, *, then: Callable[[Alert], None]) -> bool:
        def work(connection: sa.Connection) -> Alert | None:
            gone = _get(connection, alert)
            connection.execute(ALERTS.delete().where(_a.id == alert))
            return gone

        return await self._database.write(work, then=lambda gone: then(gone) if gone else None) is not None

    async def advance(
        self,
        alerts: Sequence[AlertId],
        *,
        take: Callable[[Watched, bool], Turn],
        tell: Callable[[Watched], AlertFired],
        now: datetime,
        then: Callable[[Sequence[Turn]], None],
    ) -> None:
        """See the Protocol. Nobody else writes within the transaction, so what was read is what is rewritten."""

        def work(connection: sa.Connection) -> Sequence[Turn]:
            found = _find(connection, alerts)
            closed = _closed(connection, {alert.place.chat for alert in found})
            topics = paused_topics(connection)
            turns = [
                take(alert, alert.place.chat in closed or (bool(topics) and alert.place in topics)) for alert in found
            ]
            changed = [turn for turn in turns if turn.after is not turn.before]
            _ADVANCE.run_many(connection, [_state(turn.after, now) for turn in changed])
            moved = [turn.after for turn in changed if turn.after.rule is not turn.before.rule]
            _MOVE.run_many(
                connection, [{"row": each.id, "level": each.rule.level, "anchor": each.rule.anchor} for each in moved]
            )
            _tell(connection, [(tell(turn.before), turn.before.place) for turn in turns if turn.fires], now=now)
            return turns

        await self._database.write(work, then=then)

    async def pages(self, venue: Venue) -> AsyncIterator[Sequence[Watched]]:
        last = AlertId(0)
        while page := await self._database.read(lambda connection: _page(connection, venue, last)):  # noqa: B023 - awaited here
            yield page
            last = page[-1].id

    async def prune(self, *, before: datetime) -> None:
        old = ALERTS.delete().where(_a.ended_at < before)
        await self._database.write(lambda connection: connection.execute(old))


def _get(connection: sa.Connection, alert: AlertId) -> Alert | None:
    row = connection.execute(sa.select(*_ALERT).where(_a.id == alert)).one_or_none()
    return None if row is None else _alert(row)


def _asked(connection: sa.Connection, by: Asked) -> Alert | None:
    query = sa.select(*_ALERT).where(_a.asked_chat == by.chat, _a.asked_message == by.message)
    row = connection.execute(query).one_or_none()
    return None if row is None else _alert(row)


def _check_room(connection: sa.Connection, chat: ChatId, allowance: int) -> None:
    if _count(connection, chat) >= allowance:
        raise AllowanceUsed


def _count(connection: sa.Connection, chat: ChatId) -> int:
    return connection.execute(sa.select(sa.func.count()).where(_a.chat == chat, _COUNTS)).scalar_one()


def _find(connection: sa.Connection, alerts: Sequence[AlertId]) -> list[Watched]:
    return [
        _watched(row)
        for first in range(0, len(alerts), _AT_ONCE)
        for row in connection.execute(_WATCHED.where(_a.id.in_(alerts[first : first + _AT_ONCE])))
    ]


def _page(connection: sa.Connection, venue: Venue, after: AlertId) -> list[Watched]:
    query = _WATCHED.where(_a.id > after, _a.venue == venue, _COUNTS).order_by(_a.id).limit(_PAGE)
    return [_watched(row) for row in connection.execute(query)]


def _closed(connection: sa.Connection, chats: Iterable[ChatId]) -> frozenset[ChatId]:
    """Those of the chats that the bot cannot write to, or that want to hear of no alert: nothing is used up unsaid."""
    listed = list(chats)
    paused = sa.select(CHATS.c.chat).where(CHATS.c.paused_at.is_not(None))
    deaf = sa.select(_m.chat).where(_m.kind == NoticeKind.ALERT, _m.mode == NoticeMode.OFF)
    batches = [listed[first : first + _AT_ONCE] for first in range(0, len(listed), _AT_ONCE)]
    return frozenset(
        chat
        for batch in batches
        for closed in (paused.where(CHATS.c.chat.in_(batch)), deaf.where(_m.chat.in_(batch)))
        for chat in connection.execute(closed).scalars()
    )


def _tell(connection: sa.Connection, hits: Sequence[tuple[AlertFired, Place]], *, now: datetime) -> None:
    """Into the outbox; late ones after the summary of the time away that they count towards."""
    insert_notices(connection, [(hit, place) for hit, place in hits if not hit.late], now=now)
    late = defaultdict(list)
    for hit, place in hits:
        if hit.late:
            late[place].append((hit, place))
    for place, told in late.items():
        insert_notices(connection, told, now=now, not_before=count_late(connection, place, alerts=len(told)))


def _values(alert: Alert, *, ended_at: datetime | None) -> dict[str, Any]:
    """The row of an alert, without its id."""
    own = {name: getattr(alert, name) for name in _OWN}
    rule = {name: getattr(alert.rule, name) for name in _RULE}
    return {**own, **rule, "chat": alert.place.chat, "thread": alert.place.thread, "ended_at": ended_at}


def _state(alert: Watched, now: datetime) -> dict[str, Any]:
    return {
        "row": alert.id,
        "status": alert.status,
        "position": alert.position,
        "rests_until": alert.rests_until,
        "fired_at": alert.fired_at,
        "hits": alert.hits,
        "ended_at": _ended_at(alert, now),
    }


def _ended_at(alert: Alert | Watched, now: datetime) -> datetime | None:
    return now if _has_ended(alert) else None


def _has_ended(alert: Alert | Watched) -> bool:
    return alert.status is AlertStatus.ENDED


def _watched(row: Iterable[Any]) -> Watched:
    (number, market, gauge, crossing, level, window, move, anchor, chat, thread, *rest) = row
    rule = Rule(gauge=gauge, crossing=crossing, level=level, window=window, move=move, anchor=anchor)
    return Watched(number, market, rule, Place(chat=chat, thread=thread), *rest)


def _alert(row: Iterable[Any]) -> Alert:
    (number, venue, market, base, counter, gauge, crossing, level, window, move, anchor, chat, thread, *rest) = row
    (set_by, cooldown, until, note, picture, status, position, rests_until, created_at, fired_at, hits) = rest
    rule = Rule(gauge=gauge, crossing=crossing, level=level, window=window, move=move, anchor=anchor)
    return Alert(
        id=number,
        venue=venue,
        market=market,
        base=base,
        counter=counter,
        rule=rule,
        place=Place(chat=chat, thread=thread),
        set_by=set_by,
        cooldown=cooldown,
        until=until,
        note=note,
        picture=picture,
        status=status,
        position=position,
        rests_until=rests_until,
        created_at=created_at,
        fired_at=fired_at,
        hits=hits,
    )
