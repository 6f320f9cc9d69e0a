"""Boards follow the prices, at a pace that leaves room for everything else that is said."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from telegram.error import TelegramError

from chatbot.domain.accounts import Venue
from chatbot.domain.boards import Board, BoardStatus
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import BoardId, ChatId
from chatbot.domain.ticks import Tick
from chatbot.ports.boards import BoardStore
from chatbot.ports.clock import Clock
from chatbot.ports.messages import Outbox
from chatbot.ports.preferences import PreferenceStore
from chatbot.ports.spawner import Spawner
from chatbot.services.markets import Markets, Quote
from handlers.sender import ChatClosed, NotDelivered, NotYet, Sender
from handlers.views import boards as views
from handlers.views.format import read_by
from handlers.views.markets import price_rows
from handlers.views.screen import Screen

log = structlog.get_logger(__name__)

_LOOK = timedelta(seconds=2)
_PACE = timedelta(seconds=20)
"""Between two changes in one chat, whatever number of boards is there: three of the twenty messages and edits a minute
that a group has. Where there are several, they take turns.
"""
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
    """A listener to ticks, and a worker. What the boards show is only in memory: after a start all are drawn once.

    Whatever else is to be said goes first: while something waits for a chat, or nothing may go there yet, its boards
    stay as they are.
    """

    name = "boards"

    def __init__(
        self,
        *,
        store: BoardStore,
        outbox: Outbox,
        markets: Markets,
        preferences: PreferenceStore,
        sender: Sender,
        clock: Clock,
        spawner: Spawner,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._markets = markets
        self._preferences = preferences
        self._sender = sender
        self._clock = clock
        self._spawner = spawner
        self._ticks: dict[Venue, Tick] = {}
        self._drawn: dict[BoardId, _Drawn] = {}
        self._looked: dict[BoardId, datetime] = {}
        self._changed: dict[ChatId, datetime] = {}
        """When a board of a chat changed last."""
        self._painting: dict[BoardId, ChatId] = {}
        self.wake = asyncio.Event()

    async def on_tick(self, tick: Tick) -> None:
        self._ticks[tick.venue] = tick

    async def step(self) -> timedelta:
        """Begin to paint the boards whose turn it is; none waits for another."""
        boards = await self._store.to_paint()
        self._forget_others(boards)
        for board in (await self._in_turn(boards))[:_AT_ONCE]:
            self._painting[board.id] = board.place.chat
            self._spawner.spawn(self._paint(board), name="paint board")
        return _LOOK

    async def _in_turn(self, boards: Sequence[Board]) -> list[Board]:
        """One of each chat at most: what somebody waits for, or what was not looked at for longest."""
        first: dict[ChatId, Board] = {}
        for board in sorted(filter(self._is_due, boards), key=self._urgency):
            first.setdefault(board.place.chat, board)
        apart = {*self._painting.values(), *self._sender.resting()}
        free = first.keys() - apart
        busy = await self._outbox.with_due(free, now=self._clock.now()) if free else frozenset()
        return [board for chat, board in first.items() if chat in free and chat not in busy]

    def _urgency(self, board: Board) -> tuple[bool, datetime]:
        return not _is_awaited(board), self._looked.get(board.id, _NEVER)

    def _is_due(self, board: Board) -> bool:
        now, drawn = self._clock.now(), self._drawn.get(board.id)
        if drawn is not None and now - drawn.at < drawn.pause:
            return False
        return _is_awaited(board) or now - self._changed.get(board.place.chat, _NEVER) >= _PACE

    def _forget_others(self, boards: Sequence[Board]) -> None:
        there, now = {board.id for board in boards}, self._clock.now()
        self._drawn = {number: drawn for number, drawn in self._drawn.items() if number in there}
        self._looked = {number: at for number, at in self._looked.items() if number in there}
        self._changed = {chat: at for chat, at in self._changed.items() if now - at < _PACE}

    async def _paint(self, board: Board) -> None:
        try:
            if board.status is BoardStatus.ENDING:
                await self._end(board)
            else:
                await self._draw(board)
        except ChatClosed:
            log.info("board not painted, chat closed", board=board.id)
        except NotYet:
            return  # its turn comes again with the next look
        except (NotDelivered, TelegramError, ChatbotError) as fault:
            log.warning("board not painted", board=board.id, reason=str(fault))
            await self._back_off(board, is_refusal=isinstance(fault, TelegramError))
        finally:
            del self._painting[board.id]
        self._looked[board.id] = self._clock.now()

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
        elif not await self._sender.repaint(board.place.chat, board.message, screen, yielding=True):
            await self._store.vanished(board, now=self._clock.now())
        now = self._clock.now()
        self._drawn[board.id], self._changed[board.place.chat] = _Drawn(rows=rows, at=now, pause=timedelta(0)), now

    async def _post(self, board: Board, screen: Screen) -> None:
        """If it was ended while it was on its way, it says so.

        If Telegram's answer is lost, or the program ends before it is written down, it is posted again, and nobody
        knows of the first message: that one is not pinned, because pinning comes after, and its prices stay as old as
        they say they are. Better two than none.
        """
        message = await self._sender.push(board.place, screen, silent=True, gives_way=True)
        if await self._store.posted(board.id, message):
            await self._sender.pin(board.place.chat, message)
        else:
            await self._sender.edit(board.place.chat, message, views.over())

    async def _end(self, board: Board) -> None:
        if board.message is not None:
            chat = board.place.chat
            await self._sender.unpin(chat, board.message)
            with contextlib.suppress(TelegramError):  # it ends even where it cannot say so
                await self._sender.repaint(chat, board.message, views.over(), yielding=True)
        await self._store.over(board.id)

    async def _back_off(self, board: Board, *, is_refusal: bool) -> None:
        """Wait longer each time, and draw it whole after. What Telegram refuses again and again ends."""
        drawn = self._drawn.get(board.id)
        if drawn is not None and drawn.pause >= _LONGEST_PAUSE and is_refusal:
            await self._store.vanished(board, now=self._clock.now())
            return
        pause = _PACE if drawn is None else max(_PACE, min(drawn.pause * 2, _LONGEST_PAUSE))
        self._drawn[board.id] = _Drawn(rows="", at=self._clock.now(), pause=pause)


def _is_awaited(board: Board) -> bool:
    """Whether somebody who wrote /board waits for it to come, or to end."""
    return board.message is None or board.status is BoardStatus.ENDING
