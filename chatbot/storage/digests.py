"""Daily digests."""

from collections.abc import Callable, Sequence
from datetime import datetime, time

import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.digests import Digest, DigestStatus, DigestTurn
from chatbot.domain.ids import ChatId, DigestId, MarketCode, PersonId
from chatbot.domain.places import Place
from chatbot.storage.chats import is_paused
from chatbot.storage.database import Database
from chatbot.storage.outbox import insert_notice
from chatbot.storage.tables import METADATA, SUBSCRIPTION, Moment, RowId, Subscription, Word

DIGESTS = sa.Table(
    "digests",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("chat", sa.BigInteger, nullable=False, index=True),
    sa.Column("thread", sa.BigInteger),
    sa.Column("set_by", sa.BigInteger),
    sa.Column("venue", Word(Venue), nullable=False),
    sa.Column("markets", sa.Text, nullable=False),  # codes, a space between them; empty where none were named
    sa.Column("at", sa.Text, nullable=False),  # `09:00`, by the chat's clock
    sa.Column("next_at", Moment, nullable=False, index=True),
    sa.Column("status", Word(DigestStatus), nullable=False),
    info={SUBSCRIPTION: Subscription(column="status", running=(DigestStatus.RUNNING,), paused=DigestStatus.PAUSED)},
    sqlite_autoincrement=True,
)

_d = DIGESTS.c
_GOING_ON = (_d.status == DigestStatus.RUNNING, ~is_paused(_d.chat, _d.thread))


class StoredDigests:
    """See the Protocol."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set(
        self,
        place: Place,
        *,
        venue: Venue,
        markets: tuple[MarketCode, ...],
        at: time,
        next_at: datetime,
        set_by: PersonId,
    ) -> Digest:
        row = {
            "chat": place.chat,
            "thread": place.thread,
            "set_by": set_by,
            "venue": venue,
            "markets": " ".join(markets),
            "at": f"{at:%H:%M}",
            "next_at": next_at,
            "status": DigestStatus.RUNNING,
        }

        def work(connection: sa.Connection) -> Digest:
            connection.execute(DIGESTS.delete().where(*_in(place)))
            number = connection.execute(DIGESTS.insert().returning(_d.id), row).scalar_one()
            return _digest(connection.execute(sa.select(DIGESTS).where(_d.id == number)).one())

        return await self._database.write(work)

    async def delete(self, place: Place) -> bool:
        gone = DIGESTS.delete().where(*_in(place))
        return await self._database.write(lambda connection: connection.execute(gone).rowcount > 0)

    async def in_place(self, place: Place) -> Digest | None:
        query = sa.select(DIGESTS).where(*_in(place))
        row = await self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else _digest(row)

    async def due(self, *, now: datetime) -> tuple[Digest, ...]:
        query = sa.select(DIGESTS).where(_d.next_at <= now, *_GOING_ON).order_by(_d.next_at)
        return tuple(map(_digest, await self._database.read(lambda connection: connection.execute(query).all())))

    async def next_at(self) -> datetime | None:
        query = sa.select(sa.func.min(_d.next_at)).where(*_GOING_ON)
        return await self._database.read(lambda connection: connection.execute(query).scalar())

    async def take(self, turns: Sequence[DigestTurn], *, now: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            for each in turns:
                _take(connection, each, now=now)

        await self._database.write(work)

    async def reschedule(self, chat: ChatId, next_at: Callable[[time], datetime]) -> None:
        query = sa.select(_d.id, _d.at).where(_d.chat == chat)

        def work(connection: sa.Connection) -> None:
            for row in connection.execute(query).all():
                moment = next_at(time.fromisoformat(row.at))
                connection.execute(DIGESTS.update().where(_d.id == row.id).values(next_at=moment))

        await self._database.write(work)


def _take(connection: sa.Connection, turn: DigestTurn, *, now: datetime) -> None:
    """Whoever moves the time on tells it: so nobody tells it twice."""
    digest = turn.digest
    unchanged = (_d.id == digest.id, _d.next_at == digest.next_at, _d.status == DigestStatus.RUNNING)
    moved = connection.execute(DIGESTS.update().where(*unchanged).values(next_at=turn.next_at)).rowcount
    if moved and turn.notice is not None:
        place = digest.place
        insert_notice(connection, turn.notice, chat=place.chat, thread=place.thread, reply_to=None, now=now)


def _in(place: Place) -> tuple[sa.ColumnElement[bool], ...]:
    return _d.chat == place.chat, _d.thread.is_not_distinct_from(place.thread)


def _digest(row: sa.Row[*tuple[object, ...]]) -> Digest:
    return Digest(
        id=DigestId(row.id),
        place=Place(chat=row.chat, thread=row.thread),
        venue=row.venue,
        markets=tuple(map(MarketCode, row.markets.split())),
        at=time.fromisoformat(row.at),
        next_at=row.next_at,
        set_by=row.set_by,
        status=row.status,
    )
