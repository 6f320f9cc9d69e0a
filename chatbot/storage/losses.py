"""Places that cannot be told anything any more: what goes on there pauses, and whoever set it up hears of it once.

So do they of what could not be told: an alert that fires once has ended with the very hit that nobody heard of.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from chatbot.domain.alerts import AlertStatus
from chatbot.domain.ids import AlertId, ChatId, PersonId
from chatbot.domain.notices import AlertFired, ChatJoined, DigestDue, Loss, Notice, PlaceLost, Rank, Undelivered
from chatbot.domain.places import Place
from chatbot.storage.alerts import ALERTS
from chatbot.storage.chats import CHATS, TOPICS, is_topic, pause_topic, put_chat, put_topic, resume_topic
from chatbot.storage.database import Database
from chatbot.storage.digests import DIGESTS
from chatbot.storage.outbox import OUTBOX, insert_notice, insert_notices, waits_for, waits_in
from chatbot.storage.subscriptions import going_on_in, pause, runs_in, runs_in_topic, subscribing

_LOOKED_AT = 500
_SELDOM = timedelta(hours=1)
"""How often people are told at most that the same chat is lost: anybody who may may send the bot away and fetch it."""
_HANDED_OVER = 20
"""Hits of one person's alerts in a lost place; as many as become one message."""


class StoredLosses:
    """See the Protocol."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lose(self, place: Place, why: Loss, *, now: datetime) -> None:
        await self._database.write(lambda connection: lose_place(connection, place, why, now=now))

    async def regain(self, place: Place, *, now: datetime) -> None:
        await self._database.write(lambda connection: regain_topic(connection, place, now=now))

    async def give_up(self, *entries: int, now: datetime) -> None:
        await self._database.write(lambda connection: _give_up(connection, entries, now=now))


def lose_place(connection: sa.Connection, place: Place, why: Loss, *, now: datetime) -> None:
    """Within somebody else's transaction: `Losses.lose`."""
    if why.is_of_topic:
        _lose_topic(connection, place, why, now=now)
    else:
        _lose_chat(connection, Place(chat=place.chat), why, now=now)


def regain_topic(connection: sa.Connection, place: Place, *, now: datetime) -> None:
    """Within somebody else's transaction: `Losses.regain`."""
    if not resume_topic(connection, place):
        return
    here = going_on_in(connection, place)
    if here:
        back = ChatJoined(chat=place.chat, alerts=here.alerts, boards=here.boards, digests=here.digests)
        welcome(connection, back, place, now=now)


def welcome(connection: sa.Connection, joined: ChatJoined, place: Place, *, now: datetime) -> None:
    """Within somebody else's transaction: have it told that the bot is back, in the place of what waits to be told so
    already. Whoever sends it away and fetches it, again and again, makes one message.
    """
    query = sa.select(OUTBOX.c.id, OUTBOX.c.notice).where(waits_for(place), OUTBOX.c.rank == joined.about.rank.value)
    for row in connection.execute(query.limit(_LOOKED_AT)).all():
        if isinstance(row.notice, ChatJoined) and row.notice.chat == joined.chat:
            connection.execute(OUTBOX.delete().where(OUTBOX.c.id == row.id))
    insert_notice(connection, joined, chat=place.chat, thread=place.thread, reply_to=None, now=now)


def _lose_chat(connection: sa.Connection, place: Place, why: Loss, *, now: datetime) -> None:
    known = connection.execute(sa.select(CHATS).where(CHATS.c.chat == place.chat)).first()
    if known is not None and known.paused_at is not None:
        return
    put_chat(connection, place.chat, paused_at=now)
    if place.is_private:
        return
    people = _whose_hits_wait(connection, waits_in(place.chat))
    for table in subscribing():
        people |= _setters(connection, table, runs_in(table, place.chat))
    lost = _lost(connection, place, why, now=now)
    handed = _hand_over(connection, waits_in(place.chat), name=_name(lost.title, lost.topic), now=now)
    waiting = connection.execute(sa.select(sa.func.count()).where(waits_in(place.chat))).scalar_one()
    if people and (known is None or known.loss_told_at is None or now - known.loss_told_at >= _SELDOM):
        put_chat(connection, place.chat, loss_told_at=now)
        _tell(connection, people, replace(lost, waiting=waiting), handed=handed)


def _lose_topic(connection: sa.Connection, place: Place, why: Loss, *, now: datetime) -> None:
    """Nothing waits for it: a deleted one never comes back, and of a closed one nobody may say when it does."""
    is_news = why is Loss.TOPIC_DELETED or pause_topic(connection, place, now=now)
    if why is Loss.TOPIC_DELETED:
        put_topic(connection, place, is_deleted=True)
    people = _whose_hits_wait(connection, waits_for(place))
    for table in subscribing():
        here = runs_in_topic(table, place)
        people |= _setters(connection, table, here) if is_news else set()
        if why is Loss.TOPIC_DELETED:
            pause(connection, table, here)
    lost = _lost(connection, place, why, now=now)
    handed = _hand_over(connection, waits_for(place), name=_name(lost.title, lost.topic), now=now)
    dropped = connection.execute(OUTBOX.delete().where(waits_for(place))).rowcount
    _tell(connection, people, replace(lost, waiting=dropped), handed=handed)


def _whose_hits_wait(connection: sa.Connection, waiting: sa.ColumnElement[bool]) -> set[PersonId]:
    """Those whose alerts do not go on, because they ended with the very hit that could not be told."""
    fired = {hit.alert for hit in _newest_hits(connection, waiting).values()}
    return _setters(connection, ALERTS, sa.and_(ALERTS.c.id.in_(fired), ALERTS.c.status == AlertStatus.ENDED))


def _hand_over(
    connection: sa.Connection, waiting: sa.ColumnElement[bool], *, name: str, now: datetime
) -> Counter[PersonId]:
    """Have the newest hits told to those who set the alerts, in private instead; how many each."""
    hits = _newest_hits(connection, waiting)
    setters = _who_set(connection, (hit.alert for hit in hits.values()))
    handed: Counter[PersonId] = Counter()
    for number, hit in hits.items():
        person = setters.get(hit.alert)
        if person is not None and handed[person] < _HANDED_OVER:
            handed[person] += 1
            told = {"chat": person, "thread": None, "notice": replace(hit, meant_for=name)}
            again = {"not_before": now, "held": False, "attempts": 0}
            connection.execute(OUTBOX.update().where(OUTBOX.c.id == number).values({**told, **again}))
    return handed


def _newest_hits(connection: sa.Connection, waiting: sa.ColumnElement[bool]) -> dict[int, AlertFired]:
    """By the number of their entry, the newest first."""
    query = sa.select(OUTBOX.c.id, OUTBOX.c.notice).where(waiting, OUTBOX.c.rank == Rank.ALERT.value)
    rows = connection.execute(query.order_by(OUTBOX.c.id.desc()).limit(_LOOKED_AT)).all()
    return {row.id: row.notice for row in rows if isinstance(row.notice, AlertFired)}


def _give_up(connection: sa.Connection, entries: Iterable[int], *, now: datetime) -> None:
    gone = OUTBOX.delete().where(OUTBOX.c.id.in_(list(entries)))
    rows = connection.execute(gone.returning(OUTBOX.c.chat, OUTBOX.c.thread, OUTBOX.c.notice)).all()
    for row in rows:
        place = Place(chat=row.chat, thread=row.thread)
        person = None if place.is_private else _who_wanted(connection, row.notice, place)
        if person is not None:
            fired = row.notice if isinstance(row.notice, AlertFired) else None
            notice = Undelivered(place=_name(*_names(connection, place)), fired=fired, at=now)
            insert_notice(connection, notice, chat=ChatId(person), reply_to=None, now=now)


def _who_wanted(connection: sa.Connection, notice: Notice, place: Place) -> PersonId | None:
    """Who set up what this notice is of; None if nobody did, or they had themselves forgotten."""
    match notice:
        case AlertFired():
            return _who_set(connection, [notice.alert]).get(notice.alert)
        case DigestDue():
            here = (DIGESTS.c.chat == place.chat, DIGESTS.c.thread.is_not_distinct_from(place.thread))
            return connection.execute(sa.select(DIGESTS.c.set_by).where(*here)).scalar()
        case _:
            return None


def _who_set(connection: sa.Connection, alerts: Iterable[AlertId]) -> dict[AlertId, PersonId]:
    query = sa.select(ALERTS.c.id, ALERTS.c.set_by).where(ALERTS.c.id.in_(set(alerts)), ALERTS.c.set_by.is_not(None))
    return {AlertId(row.id): PersonId(row.set_by) for row in connection.execute(query)}


def _setters(connection: sa.Connection, table: sa.Table, here: sa.ColumnElement[bool]) -> set[PersonId]:
    query = sa.select(table.c.set_by).where(here, table.c.set_by.is_not(None)).distinct()
    return set(connection.execute(query).scalars())


def _lost(connection: sa.Connection, place: Place, why: Loss, *, now: datetime) -> PlaceLost:
    title, topic = _names(connection, place)
    return PlaceLost(why=why, title=title, topic=topic if why.is_of_topic else "", at=now)


def _name(title: str, topic: str) -> str:
    return " in ".join(filter(None, (topic, title or "a chat of yours")))


def _names(connection: sa.Connection, place: Place) -> tuple[str, str]:
    """Of the chat and of the topic; empty where nobody said them."""
    title = connection.execute(sa.select(CHATS.c.title).where(CHATS.c.chat == place.chat)).scalar()
    topic = connection.execute(sa.select(TOPICS.c.name).where(*is_topic(place))).scalar()
    return title or "", topic or ""


def _tell(connection: sa.Connection, people: set[PersonId], lost: PlaceLost, *, handed: Counter[PersonId]) -> None:
    told = [(replace(lost, alerts=handed[each]), Place(chat=ChatId(each))) for each in sorted(people)]
    insert_notices(connection, told, now=lost.at)
