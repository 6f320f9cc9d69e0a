"""Places that cannot be told anything any more: what goes on there pauses, and whoever set it up hears of it once."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.alerts import AlertStatus
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import AlertFired, Loss, PlaceLost, Rank
from chatbot.domain.places import Place
from chatbot.storage.alerts import ALERTS
from chatbot.storage.chats import CHATS, TOPICS, put_chat
from chatbot.storage.database import Database
from chatbot.storage.outbox import OUTBOX, insert_notices
from chatbot.storage.tables import METADATA, SUBSCRIPTION

_LOOKED_AT = 1_000


class StoredLosses:
    """See the Protocol."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lose(self, place: Place, why: Loss, *, now: datetime) -> None:
        await self._database.write(lambda connection: lose_place(connection, place, why, now=now))


def lose_place(connection: sa.Connection, place: Place, why: Loss, *, now: datetime) -> None:
    """Within somebody else's transaction: `Losses.lose`."""
    if why.is_of_topic:
        _lose_topic(connection, place, why, now=now)
        return
    paused_at = connection.execute(sa.select(CHATS.c.paused_at).where(CHATS.c.chat == place.chat)).scalar()
    if paused_at is not None:
        return
    put_chat(connection, place.chat, paused_at=now)
    if not place.is_private:
        running = ((table, _runs_in(table, place)) for table in _subscriptions())
        people = {person for table, here in running for person in _setters(connection, table, here)}
        people |= _whose_alerts_wait(connection, sa.and_(*_waiting(place)))
        waiting = connection.execute(sa.select(sa.func.count()).where(*_waiting(place))).scalar_one()
        _tell(connection, people, _lost(connection, place, why, waiting=waiting, now=now), now=now)


def _lose_topic(connection: sa.Connection, place: Place, why: Loss, *, now: datetime) -> None:
    """It never comes back, or nobody says when it does; so nothing waits for it."""
    waiting = sa.and_(*_waiting(place), OUTBOX.c.thread.is_not_distinct_from(place.thread))
    people = _whose_alerts_wait(connection, waiting)
    for table in _subscriptions():
        here = sa.and_(_runs_in(table, place), table.c.thread.is_not_distinct_from(place.thread))
        people.update(_setters(connection, table, here))
        said = table.info[SUBSCRIPTION]
        connection.execute(table.update().where(here).values({said.column: said.paused}))
    dropped = connection.execute(OUTBOX.delete().where(waiting)).rowcount
    _tell(connection, people, _lost(connection, place, why, waiting=dropped, now=now), now=now)


def _subscriptions() -> Iterator[sa.Table]:
    return (table for table in METADATA.sorted_tables if SUBSCRIPTION in table.info)


def _runs_in(table: sa.Table, place: Place) -> sa.ColumnElement[bool]:
    said = table.info[SUBSCRIPTION]
    return sa.and_(table.c.chat == place.chat, table.c[said.column].in_(said.running))


def _setters(connection: sa.Connection, table: sa.Table, here: sa.ColumnElement[bool]) -> set[PersonId]:
    query = sa.select(table.c.set_by).where(here, table.c.set_by.is_not(None)).distinct()
    return set(connection.execute(query).scalars())


def _whose_alerts_wait(connection: sa.Connection, waiting: sa.ColumnElement[bool]) -> set[PersonId]:
    """Those whose alerts do not go on, because they ended with the very hit that could not be told."""
    query = sa.select(OUTBOX.c.notice).where(waiting, OUTBOX.c.rank == Rank.ALERT.value).limit(_LOOKED_AT)
    notices = connection.execute(query).scalars()
    fired = {notice.alert for notice in notices if isinstance(notice, AlertFired)}
    ended = sa.and_(ALERTS.c.id.in_(fired), ALERTS.c.status == AlertStatus.ENDED)
    return _setters(connection, ALERTS, ended)


def _waiting(place: Place) -> tuple[sa.ColumnElement[bool], ...]:
    """The ranks are named for the sake of the index."""
    return OUTBOX.c.rank.in_([rank.value for rank in Rank]), OUTBOX.c.chat == place.chat


def _lost(connection: sa.Connection, place: Place, why: Loss, *, waiting: int, now: datetime) -> PlaceLost:
    title = connection.execute(sa.select(CHATS.c.title).where(CHATS.c.chat == place.chat)).scalar()
    topics = sa.select(TOPICS.c.name).where(TOPICS.c.chat == place.chat, TOPICS.c.thread == place.thread)
    topic = connection.execute(topics).scalar() if why.is_of_topic else None
    return PlaceLost(why=why, title=title or "", topic=topic or "", waiting=waiting, at=now)


def _tell(connection: sa.Connection, people: set[PersonId], notice: PlaceLost, *, now: datetime) -> None:
    insert_notices(connection, ((notice, Place(chat=ChatId(person))) for person in sorted(people)), now=now)
