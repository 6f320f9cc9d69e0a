"""Starred markets of a chat, in an order of its own. A person's are those of the private chat."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.ids import ChatId
from chatbot.storage.database import Database
from chatbot.storage.tables import METADATA, Moment

FAVOURITES = sa.Table(
    "favourites",
    METADATA,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("market", sa.Text, primary_key=True),
    sa.Column("starred_at", Moment, nullable=False),
    sa.Column("position", sa.Integer, nullable=False, server_default="0"),
)

# Built once, because every price asked for in private looks whether it is starred.
_STARRED = (
    sa.select(FAVOURITES.c.market)
    .where(FAVOURITES.c.chat == sa.bindparam("where"))
    .order_by(FAVOURITES.c.position, FAVOURITES.c.starred_at, FAVOURITES.c.market)
)


class StoredFavourites:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, chat: ChatId) -> tuple[str, ...]:
        where = {"where": chat}
        return tuple(await self._database.read(lambda connection: connection.execute(_STARRED, where).scalars().all()))

    async def toggle(self, chat: ChatId, market: str, *, now: datetime) -> bool:
        unstar = FAVOURITES.delete().where(FAVOURITES.c.chat == chat, FAVOURITES.c.market == market)
        last = sa.select(sa.func.coalesce(sa.func.max(FAVOURITES.c.position), 0)).where(FAVOURITES.c.chat == chat)

        def work(connection: sa.Connection) -> bool:
            if connection.execute(unstar).rowcount:
                return False
            position = connection.execute(last).scalar_one() + 1
            star = {"chat": chat, "market": market, "starred_at": now, "position": position}
            connection.execute(FAVOURITES.insert(), star)
            return True

        return await self._database.write(work)

    async def put(self, chat: ChatId, markets: Sequence[str], *, now: datetime) -> None:
        stars = [
            {"chat": chat, "market": market, "starred_at": now, "position": position}
            for position, market in enumerate(markets, start=1)
        ]

        def work(connection: sa.Connection) -> None:
            connection.execute(FAVOURITES.delete().where(FAVOURITES.c.chat == chat))
            if stars:
                connection.execute(FAVOURITES.insert(), stars)

        await self._database.write(work)
