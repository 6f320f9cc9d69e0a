"""Boards follow the prices, at a pace that leaves room for everything else that is said."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from telegram.error import TelegramError

from chatbot.domain.accounts import Venue
from chatbot.domain.boards import Board, BoardStatus
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import BoardId
from chatbot.domain.ticks import Tick
from chatbot.ports.boards import BoardStore
from chatbot.ports.clock import Clock
from chatbot.ports.preferences import PreferenceStore
from chatbot.ports.spawner import Spawner
from chatbot.services.markets import Markets, Quote
from handlers.sender import ChatClosed, NotDelivered, Sender
from handlers.views import boards as views
from handlers.views.format import read_by
from handlers.views.markets import price_rows
from handlers.views.screen import Screen

log = structlog.get_logger(__name__)

_LOOK = timedelta(seconds=2)
_PACE = timedelta(seconds=20)
"""Between two changes of one board: three of the twenty messages and edits a minute that a group has."""
_AT_ONCE = 10
"""Begun with each look: five of the thirty messages and edits a second that the bot has. Where there are so many boards
that each would wait longer than its pace, it does.
"""
_ALIVE = timedelta(minutes=5)
"""After so long without a change it says again when it looked."""
_LONGEST_PAUSE = timedelta(minutes=10)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """What a board shows, since when, and how long it is let be."""

    rows: str
    at: datetime
    pause: timedelta


class BoardPainter:
    """A listener to ticks, and a worker. What the boards show is only in memory: after a start all are drawn once."""

    name = "boards"

    def __init__(
        self,
        *,
        store: BoardStore,
        markets: Markets,
        preferences: PreferenceStore,
        sender: Sender,
        clock: Clock,
        spawner: Spawner,
    ) -> None:
        self._store = store
        self._markets = markets
        self._preferences = preferences
        self._sender = sender
        self._clock = clock
        self._spawner = spawner
        self._ticks: dict[Venue, Tick] = {}
        self._drawn: dict[BoardId, _Drawn] = {}
        self._begun: dict[BoardId, datetime] = {}
        self._painting: set[BoardId] = set()
        self.wake = asyncio.Event()

    async def on_tick(self, tick: Tick) -> None:
        self._ticks[tick.venue] = tick

    async def step(self) -> timedelta:
        """Begin to paint the boards whose turn it is; none waits for another."""
        boards = await self._store.to_paint()
        there = {board.id for board in boards}
        self._drawn = {number: drawn for number, drawn in self._drawn.items() if number in there}
        self._begun = {number: at for number, at in self._begun.items() if number in there}
        due = sorted(filter(self._is_due, boards), key=lambda board: self._begun.get(board.id, _NEVER))
        for board in due[:_AT_ONCE]:
            self._begun[board.id] = self._clock.now()
            self._painting.add(board.id)
            self._spawner.spawn(self._paint(board), name="paint board")
        return _LOOK

    def _is_due(self, board: Board) -> bool:
        if board.id in self._painting:
            return False
        drawn = self._drawn.get(board.id)
        if drawn is None:
            return True
        wait = max(_PACE, drawn.pause) if board.status is BoardStatus.RUNNING else drawn.pause
        return self._clock.now() - drawn.at >= wait

    async def _paint(self, board: Board) -> None:
        try:
            if board.status is BoardStatus.ENDING:
                await self._end(board)
            else:
                await self._draw(board)
        except ChatClosed:
            log.info("board not painted, chat closed", board=board.id)
        except (NotDelivered, TelegramError, ChatbotError) as fault:
            self._back_off(board)
            log.warning("board not painted", board=board.id, reason=str(fault))
        finally:
            self._painting.discard(board.id)

    async def _draw(self, board: Board) -> None:
        tick = self._ticks.get(board.venue)
        if tick is None:
            return
        listed = {market.code: market for market in await self._markets.listed(board.venue)}
        known = [listed[code] for code in board.markets if code in listed]
        quotes = tuple(Quote(market=market, ticker=tick.tickers.get(market.code)) for market in known)
        with read_by(self._preferences.of(board.place.chat)):
            screen = views.board(quotes, venue=board.venue, at=tick.at)
            rows = price_rows(quotes) if quotes else ""
        drawn = self._drawn.get(board.id)
        if board.message is None:
            await self._post(board, screen)
        elif drawn is not None and drawn.rows == rows and self._clock.now() - drawn.at < _ALIVE:
            return
        elif not await self._sender.repaint(board.place.chat, board.message, screen):
            await self._store.vanished(board, now=self._clock.now())
        self._drawn[board.id] = _Drawn(rows=rows, at=self._clock.now(), pause=timedelta(0))

    async def _post(self, board: Board, screen: Screen) -> None:
        """If it was ended while it was on its way, it says so."""
        message = await self._sender.push(board.place, screen, silent=True)
        if await self._store.posted(board.id, message):
            await self._sender.pin(board.place.chat, message)
        else:
            await self._sender.repaint(board.place.chat, message, views.over())

    async def _end(self, board: Board) -> None:
        if board.message is not None:
            chat = board.place.chat
            await self._sender.unpin(chat, board.message)
            with contextlib.suppress(TelegramError):  # it ends even where it cannot say so
                await self._sender.repaint(chat, board.message, views.over())
        await self._store.over(board.id)

    def _back_off(self, board: Board) -> None:
        """Wait longer each time, and draw it whole after."""
        drawn = self._drawn.get(board.id)
        pause = _PACE if drawn is None else max(_PACE, min(drawn.pause * 2, _LONGEST_PAUSE))
        self._drawn[board.id] = _Drawn(rows="", at=self._clock.now(), pause=pause)
