"""What goes on in places: alerts, boards and digests, whatever table says so."""

import sqlalchemy as sa

from chatbot.domain.chats import Subscriptions
from chatbot.domain.ids import ChatId
from chatbot.domain.places import Place
from chatbot.storage.tables import METADATA, SUBSCRIPTION


def subscribing() -> tuple[sa.Table, ...]:
    return tuple(table for table in METADATA.sorted_tables if SUBSCRIPTION in table.info)


def runs_in(table: sa.Table, chat: ChatId) -> sa.ColumnElement[bool]:
    """Whether a row of a subscribing table goes on in a chat."""
    said = table.info[SUBSCRIPTION]
    return sa.and_(table.c.chat == chat, table.c[said.column].in_(said.running))


def runs_in_topic(table: sa.Table, place: Place) -> sa.ColumnElement[bool]:
    return sa.and_(runs_in(table, place.chat), table.c.thread.is_not_distinct_from(place.thread))


def pause(connection: sa.Connection, table: sa.Table, here: sa.ColumnElement[bool]) -> None:
    said = table.info[SUBSCRIPTION]
    connection.execute(table.update().where(here).values({said.column: said.paused}))


def pause_all(connection: sa.Connection, chat: ChatId) -> None:
    for table in subscribing():
        pause(connection, table, runs_in(table, chat))


def going_on(connection: sa.Connection, chat: ChatId) -> Subscriptions:
    """In a whole chat."""
    return _counted(connection, {table: runs_in(table, chat) for table in subscribing()})


def going_on_in(connection: sa.Connection, place: Place) -> Subscriptions:
    """In one of a forum's topics, such as the general one."""
    return _counted(connection, {table: runs_in_topic(table, place) for table in subscribing()})


def paused_in(connection: sa.Connection, chat: ChatId) -> Subscriptions:
    """What does not go on because it was paused."""
    said = {table: table.info[SUBSCRIPTION] for table in subscribing()}
    here = {table: sa.and_(table.c.chat == chat, table.c[each.column] == each.paused) for table, each in said.items()}
    return _counted(connection, here)


def _counted(connection: sa.Connection, here: dict[sa.Table, sa.ColumnElement[bool]]) -> Subscriptions:
    """The tables are called as the fields are."""
    rows = {table.name: sa.select(sa.func.count()).select_from(table).where(each) for table, each in here.items()}
    return Subscriptions(**{name: connection.execute(query).scalar_one() for name, query in rows.items()})
