"""Signs of life, by which the next start knows how long the bot was away."""

from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.absences import LONG, Absence, Missed, after_start
from chatbot.domain.alerts import AlertStatus
from chatbot.domain.places import Place
from chatbot.storage.absences import LIFE, MISSED, current_absence, missed_at, open_summary
from chatbot.storage.alerts import ALERTS
from chatbot.storage.database import Database

_BEAT = LIFE.update()


class StoredLife:
    """See the Protocol."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, *, now: datetime) -> Absence | None:
        return await self._database.write(lambda connection: _begin(connection, now))

    async def beat(self, *, now: datetime) -> None:
        await self._database.write(lambda connection: connection.execute(_BEAT.values(alive_at=now)))

    async def missed_at(self, place: Place) -> Missed | None:
        return await self._database.read(lambda connection: missed_at(connection, place))


def _begin(connection: sa.Connection, now: datetime) -> Absence | None:
    alive_at = connection.execute(sa.select(LIFE.c.alive_at)).scalar_one_or_none()
    if alive_at is None:
        connection.execute(LIFE.insert(), {"id": 1, "alive_at": now})
        return None
    found = current_absence(connection)
    earlier = found[0] if found is not None else None
    absence = after_start(earlier, alive_at=alive_at, now=now)
    since, until = (absence.since, absence.until) if absence is not None else (None, None)
    connection.execute(LIFE.update().values(alive_at=now, since=since, until=until))
    if absence is None or earlier is None or absence.since != earlier.since:
        connection.execute(MISSED.delete())  # what an earlier absence was about was told
    if absence is not None and absence.length > LONG:
        _ask_for_alerts(connection, absence)
    return absence


def _ask_for_alerts(connection: sa.Connection, absence: Absence) -> None:
    """Where alerts were armed, crossings that came and went may have been missed."""
    armed = sa.select(ALERTS.c.chat, ALERTS.c.thread).where(ALERTS.c.status == AlertStatus.WATCHING).distinct()
    for row in connection.execute(armed).all():
        open_summary(connection, Place(chat=row.chat, thread=row.thread), absence, armed=True)
