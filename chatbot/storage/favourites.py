"""Starred markets, in an order of one's own."""

from collections.abc import Sequence
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
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
)

# Built once, because every price asked for in private looks whether it is starred.
_STARRED = (
    sa.select(FAVOURITES.c.market)
    .where(FAVOURITES.c.person == sa.bindparam("who"))
    .order_by(FAVOURITES.c.position, FAVOURITES.c.starred_at, FAVOURITES.c.market)
)


class StoredFavourites:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, person: PersonId) -> tuple[str, ...]:
        who = {"who": person}
        return tuple(await self._database.read(lambda connection: connection.execute(_STARRED, who).scalars().all()))

    async def toggle(self, person: PersonId, market: str, *, now: datetime) -> bool:
        unstar = FAVOURITES.delete().where(FAVOURITES.c.person == person, FAVOURITES.c.market == market)
        last = sa.select(sa.func.coalesce(sa.func.max(FAVOURITES.c.position), 0)).where(FAVOURITES.c.person == person)

        def work(connection: sa.Connection) -> bool:
            if connection.execute(unstar).rowcount:
                return False
            position = connection.execute(last).scalar_one() + 1
            star = {"person": person, "market": market, "starred_at": now, "position": position}
            connection.execute(FAVOURITES.insert(), star)
            return True

        return await self._database.write(work)

    async def arrange(self, person: PersonId, markets: Sequence[str]) -> None:
        place = FAVOURITES.update().where(FAVOURITES.c.person == person, FAVOURITES.c.market == sa.bindparam("which"))
        places = [{"which": market, "position": position} for position, market in enumerate(markets)]

        def work(connection: sa.Connection) -> None:
            if places:
                connection.execute(place.values(position=sa.bindparam("position")), places)

        await self._database.write(work)
