"""Starred markets."""

from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.ids import PersonId
from chatbot.storage.database import Database
from chatbot.storage.tables import METADATA, Moment

FAVOURITES = sa.Table(
    "favourites",
    METADATA,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("market", sa.Text, primary_key=True),
    sa.Column("starred_at", Moment, nullable=False),
)

# Built once, because every price asked for in private looks whether it is starred.
_STARRED = (
    sa.select(FAVOURITES.c.market)
    .where(FAVOURITES.c.person == sa.bindparam("who"))
    .order_by(FAVOURITES.c.starred_at, FAVOURITES.c.market)
)


class StoredFavourites:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, person: PersonId) -> tuple[str, ...]:
        who = {"who": person}
        return tuple(await self._database.read(lambda connection: connection.execute(_STARRED, who).scalars().all()))

    async def toggle(self, person: PersonId, market: str, *, now: datetime) -> bool:
        star = {"person": person, "market": market, "starred_at": now}
        unstar = FAVOURITES.delete().where(FAVOURITES.c.person == person, FAVOURITES.c.market == market)

        def work(connection: sa.Connection) -> bool:
            if connection.execute(unstar).rowcount:
                return False
            connection.execute(FAVOURITES.insert(), star)
            return True

        return await self._database.write(work)
