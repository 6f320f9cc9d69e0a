"""Boards: messages that keep prices up to date."""

from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.boards import Board, BoardStatus
from chatbot.domain.ids import BoardId, ChatId, MarketCode, MessageId, PersonId
from chatbot.domain.notices import BoardEnded
from chatbot.domain.places import Place
from chatbot.storage.chats import is_paused
from chatbot.storage.database import Database
from chatbot.storage.outbox import insert_notice
from chatbot.storage.tables import METADATA, SUBSCRIPTION, Moment, RowId, Subscription, Word

BOARDS = sa.Table(
    "boards",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("chat", sa.BigInteger, nullable=False, index=True),
    sa.Column("thread", sa.BigInteger),
    sa.Column("set_by", sa.BigInteger),
    sa.Column("venue", Word(Venue), nullable=False),
    sa.Column("markets", sa.Text, nullable=False),  # codes, a space between them
    sa.Column("message", sa.BigInteger),
    sa.Column("posted_in", sa.BigInteger),  # a group that was upgraded numbers its messages anew
    sa.Column("status", Word(BoardStatus), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    info={SUBSCRIPTION: Subscription(column="status", running=(BoardStatus.RUNNING,), paused=BoardStatus.PAUSED)},
    sqlite_autoincrement=True,
)

_b = BOARDS.c


class StoredBoards:
    """See the Protocol."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(
        self, place: Place, *, venue: Venue, markets: tuple[MarketCode, ...], set_by: PersonId, now: datetime
    ) -> Board:
        row = {
            "chat": place.chat,
            "thread": place.thread,
            "set_by": set_by,
            "venue": venue,
            "markets": " ".join(markets),
            "status": BoardStatus.RUNNING,
            "created_at": now,
        }

        def work(connection: sa.Connection) -> Board:
            _end(connection, place)
            number = connection.execute(BOARDS.insert().returning(_b.id), row).scalar_one()
            return _board(connection.execute(sa.select(BOARDS).where(_b.id == number)).one())

        return await self._database.write(work)

    async def end(self, place: Place) -> Board | None:
        return await self._database.write(lambda connection: _end(connection, place))

    async def in_place(self, place: Place) -> Board | None:
        return await self._database.read(lambda connection: _in_place(connection, place))

    async def to_paint(self) -> tuple[Board, ...]:
        query = sa.select(BOARDS).where(_b.status != BoardStatus.PAUSED, ~is_paused(_b.chat, _b.thread)).order_by(_b.id)
        return tuple(map(_board, await self._database.read(lambda connection: connection.execute(query).all())))

    async def posted(self, board: BoardId, message: MessageId) -> bool:
        shown = BOARDS.update().where(_b.id == board).values(message=message, posted_in=_b.chat)
        return await self._database.write(lambda connection: connection.execute(shown).rowcount > 0)

    async def over(self, board: BoardId) -> None:
        await self._database.write(lambda connection: connection.execute(BOARDS.delete().where(_b.id == board)))

    async def vanished(self, board: Board, *, now: datetime) -> None:
        gone = BOARDS.delete().where(_b.id == board.id).returning(_b.status, _b.set_by)

        def work(connection: sa.Connection) -> None:
            row = connection.execute(gone).first()
            if row is not None and row.status is BoardStatus.RUNNING and row.set_by is not None:
                notice = BoardEnded(chat=board.place.chat)
                insert_notice(connection, notice, chat=ChatId(row.set_by), reply_to=None, now=now)

        await self._database.write(work)


def _end(connection: sa.Connection, place: Place) -> Board | None:
    board = _in_place(connection, place)
    if board is not None:
        here = _b.id == board.id
        if board.message is None:
            connection.execute(BOARDS.delete().where(here))
        else:
            connection.execute(BOARDS.update().where(here).values(status=BoardStatus.ENDING))
    return board


def _in_place(connection: sa.Connection, place: Place) -> Board | None:
    here = (_b.chat == place.chat, _b.thread.is_not_distinct_from(place.thread), _b.status != BoardStatus.ENDING)
    row = connection.execute(sa.select(BOARDS).where(*here).order_by(_b.id.desc())).first()
    return None if row is None else _board(row)


def _board(row: sa.Row[*tuple[object, ...]]) -> Board:
    return Board(
        id=BoardId(row.id),
        place=Place(chat=row.chat, thread=row.thread),
        venue=row.venue,
        markets=tuple(map(MarketCode, row.markets.split())),
        set_by=row.set_by,
        message=row.message if row.posted_in == row.chat else None,
        status=row.status,
    )
