"""When the bot was last alive, and what happened in each place while it was away, counted for one line of summary."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from chatbot.domain.absences import AFTER_SUMMARY, GATHERING, OVER, Absence, Missed
from chatbot.domain.notices import Away
from chatbot.domain.places import Place
from chatbot.storage.outbox import insert_notice
from chatbot.storage.tables import METADATA, Moment

LIFE = sa.Table(
    "life",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # there is one row
    sa.Column("alive_at", Moment, nullable=False),
    sa.Column("since", Moment),
    sa.Column("until", Moment),
)

MISSED = sa.Table(
    "missed",
    METADATA,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("thread", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("fills", sa.Integer, nullable=False),
    sa.Column("alerts", sa.Integer, nullable=False),
    sa.Column("armed", sa.Boolean, nullable=False),
    sa.Column("swaps", sa.Integer, nullable=False, server_default="0"),
)

_NO_THREAD: Final = 0
_m = MISSED.c


def count_late(
    connection: sa.Connection, place: Place, *, fills: int = 0, alerts: int = 0, swaps: int = 0
) -> datetime | None:
    """Count late hits, fills and changes of swaps towards the summary of a place, in the transaction that tells them.

    Returns until when they should wait in the outbox, so that the summary goes first; None where there is none.
    """
    found = current_absence(connection)
    if found is None:
        return None
    absence, alive_at = found
    if alive_at - absence.until >= OVER:
        return None
    open_summary(connection, place, absence)
    counted = {"fills": _m.fills + fills, "alerts": _m.alerts + alerts, "swaps": _m.swaps + swaps}
    connection.execute(MISSED.update().where(*_at(place)).values(counted))
    return absence.until + AFTER_SUMMARY


def open_summary(connection: sa.Connection, place: Place, absence: Absence, *, armed: bool = False) -> None:
    """Have a place told of the absence, once; `armed` says that its alerts may have missed something."""
    if connection.execute(sa.select(_m.chat).where(*_at(place))).first() is not None:
        if armed:
            connection.execute(MISSED.update().where(*_at(place)).values(armed=True))
        return
    row = {"chat": place.chat, "thread": place.thread or _NO_THREAD, "fills": 0, "alerts": 0, "armed": armed}
    connection.execute(MISSED.insert(), row)
    insert_notice(
        connection,
        Away(),
        chat=place.chat,
        thread=place.thread,
        reply_to=None,
        now=absence.until,
        not_before=absence.until + GATHERING,
    )


def current_absence(connection: sa.Connection) -> tuple[Absence, datetime] | None:
    """The absence that ended last, and the last sign of life; None if there was none lately."""
    row = connection.execute(sa.select(LIFE)).one_or_none()
    if row is None or row.since is None:
        return None
    return Absence(since=row.since, until=row.until), row.alive_at


def missed_at(connection: sa.Connection, place: Place) -> Missed | None:
    """What was counted for a place; None if nothing is to be told there."""
    found = current_absence(connection)
    row = connection.execute(sa.select(_m.fills, _m.alerts, _m.swaps, _m.armed).where(*_at(place))).one_or_none()
    if found is None or row is None:
        return None
    return Missed(absence=found[0], fills=row.fills, alerts=row.alerts, swaps=row.swaps, armed=row.armed)


def _at(place: Place) -> tuple[sa.ColumnElement[bool], ...]:
    return _m.chat == place.chat, _m.thread == (place.thread or _NO_THREAD)
