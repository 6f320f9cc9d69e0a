"""Boards: set by a line, painted as prices move, and what becomes of them."""

import asyncio
from collections.abc import Coroutine
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from telegram.error import BadRequest

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.notices import BoardEnded, Loss
from chatbot.domain.places import Place
from chatbot.domain.preferences import NumberStyle
from chatbot.domain.ticks import Tick
from handlers.board_painter import BoardPainter
from tests.fakes.clock import FakeClock
from tests.handlers.conversation import Conversation, Shown
from tests.services.house import ANNA, CHAT, House

PACE = 20
GROUP = ChatId(-100_5)


class Errands:
    """Runs what is begun when a test says so."""

    def __init__(self) -> None:
        self.begun: list[Coroutine[Any, Any, Any]] = []

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> Any:
        self.begun.append(work)

    async def run(self, clock: FakeClock) -> None:
        """Three seconds are enough for each to wait for its turn."""
        begun, self.begun = [asyncio.ensure_future(work) for work in self.begun], []
        await clock.advance(3)
        await asyncio.gather(*begun)


class Wall:
    """Anna's chat with a painter beside it."""

    def __init__(self, house: House, anna: Conversation) -> None:
        self.house, self.anna, self.errands = house, anna, Errands()
        self.painter = self.another()

    def another(self) -> BoardPainter:
        """As after a start."""
        self.painter = BoardPainter(
            store=self.house.storage.boards,
            outbox=self.house.storage.outbox,
            markets=self.house.markets,
            preferences=self.house.storage.preferences,
            sender=self.anna.sender,
            clock=self.house.clock,
            spawner=self.errands,
        )
        return self.painter

    async def look(self, *, after: float = 0, last: str | None = None) -> None:
        """Time goes by, a tick comes, and what is due is painted."""
        self.house.clock.pass_(after)
        if last is not None:
            self.house.exchange.move("BTCUSDT", to=Decimal(last))
        now = self.house.clock.now()
        await self.painter.on_tick(Tick(venue=Venue.PAPER, at=now, tickers=dict(self.house.exchange.tickers_now)))
        await self.painter.step()
        await self.errands.run(self.house.clock)

    @property
    def board(self) -> Shown:
        return next(each for each in self.anna.shown if "updated" in each.text or "This board ended" in each.text)


@pytest.fixture
async def wall(house: House, anna: Conversation) -> Wall:
    wall = Wall(house, anna)
    await anna.say("/board BTC ETH")
    await wall.look(after=2)
    return wall


async def test_it_is_posted_and_pinned(wall: Wall) -> None:
    assert "BTC/USDT" in wall.board.text and "ETH/USDT" in wall.board.text
    assert wall.anna.chat.pinned == [wall.board.id]


async def test_the_same_message_follows_the_price_no_faster_than_its_pace(wall: Wall) -> None:
    await wall.look(after=PACE - 5, last="61000")
    assert "61,000.00" not in wall.board.text
    await wall.look(after=5)
    assert "61,000.00" in wall.board.text and len(wall.anna.chat.pinned) == 1


async def test_nothing_is_edited_while_nothing_changes_but_for_a_sign_of_life(wall: Wall) -> None:
    before = wall.board.text
    await wall.look(after=4 * 60)
    assert wall.board.text == before
    await wall.look(after=60)
    assert wall.board.text != before


async def test_a_restart_goes_on_with_the_same_message(wall: Wall) -> None:
    number = wall.board.id
    wall.another()
    await wall.look(after=60, last="62000")
    assert wall.board.id == number and "62,000.00" in wall.board.text
    assert len([each for each in wall.anna.shown if "updated" in each.text]) == 1


async def test_it_is_drawn_in_the_chats_own_style(wall: Wall) -> None:
    await wall.anna.say("/settings")
    await wall.anna.tap("Numbers")
    await wall.anna.tap("76.519,57")
    assert wall.house.preferences.of_chat(CHAT).numbers is NumberStyle.POINT
    await wall.look(after=PACE)
    assert "60.050,00" in wall.board.text


async def test_a_deleted_message_ends_it_and_whoever_set_it_is_told_once(wall: Wall) -> None:
    wall.anna.chat.messages.pop(wall.board.id)
    for _ in range(2):
        await wall.look(after=PACE, last="63000")
    assert await wall.house.storage.boards.to_paint() == ()
    assert await wall.house.told() == [BoardEnded(chat=CHAT)]


async def test_off_ends_it_with_a_word_and_takes_it_down(wall: Wall) -> None:
    await wall.anna.say("/board off")
    await wall.look(after=PACE)
    assert "This board ended" in wall.board.text and wall.anna.chat.pinned == []
    assert await wall.house.storage.boards.to_paint() == ()
    assert await wall.house.told() == []


async def test_a_place_has_one_board(wall: Wall) -> None:
    await wall.anna.say("/board ETH")
    for _ in range(2):
        await wall.look(after=PACE)
    texts = [each.text for each in wall.anna.shown]
    assert sum("updated" in text for text in texts) == 1 and sum("This board ended" in text for text in texts) == 1
    assert len(wall.anna.chat.pinned) == 1


async def test_board_alone_posts_the_same_markets_anew(wall: Wall) -> None:
    await wall.anna.say("/board")
    board = await wall.house.boards.in_place(Place(chat=CHAT))
    assert board is not None and board.markets == ("BTCUSDT", "ETHUSDT") and board.message is None


async def test_a_fault_makes_it_wait_longer_each_time(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[float] = []
    now = wall.house.clock.now()

    async def refuse(method: str, **fields: object) -> bytes:
        tries.append((wall.house.clock.now() - now).total_seconds())
        raise BadRequest("Bad Request: something nobody foresaw")

    monkeypatch.setattr(wall.anna.chat, "call", refuse)
    for _ in range(14):
        await wall.look(after=10, last="64000")
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert len(pauses) >= 2 and pauses == sorted(pauses) and pauses[-1] > pauses[0]


async def test_a_closed_chat_is_left_alone_and_goes_on_when_it_is_open(wall: Wall) -> None:
    await wall.house.storage.losses.lose(Place(chat=CHAT), Loss.REMOVED, now=wall.house.clock.now())
    assert await wall.house.storage.boards.to_paint() == ()
    await wall.house.storage.chats.resume(CHAT)
    await wall.look(after=PACE, last="65000")
    assert "65,000.00" in wall.board.text


async def test_a_lost_topic_pauses_its_board_alone(house: House) -> None:
    group = ChatId(-100_5)
    for thread in (None, 7):
        await house.boards.set(Place(chat=group, thread=thread), ("BTC",), by=ANNA)
    await house.storage.losses.lose(Place(chat=group, thread=7), Loss.TOPIC_DELETED, now=house.clock.now())
    assert [board.place.thread for board in await house.storage.boards.to_paint()] == [None]


async def test_the_boards_of_one_chat_share_its_pace(house: House, anna: Conversation) -> None:
    wall, edits = Wall(house, anna), []
    for thread in range(8):
        await house.boards.set(Place(chat=GROUP, thread=thread + 1), ("BTC",), by=ANNA)
    for _ in range(60):
        await wall.look(after=2)
    assert len(wall.anna.shown) == 8
    for minute in range(5):
        for _ in range(12):
            before = [each.text for each in wall.anna.shown]
            await wall.look(after=2, last=str(61_000 + minute))
            edits.append(sum(new.text != old for new, old in zip(wall.anna.shown, before, strict=True)))
    assert max(edits) == 1 and 12 <= sum(edits) <= 16
    assert all("61,00" in each.text for each in wall.anna.shown)


async def test_a_board_lets_what_is_to_be_told_go_first(wall: Wall) -> None:
    before, notice = wall.board.text, BoardEnded(chat=CHAT)
    await wall.house.storage.outbox.add(notice, chat=CHAT, reply_to=None, now=wall.house.clock.now())
    for _ in range(3):
        await wall.look(after=PACE, last="61000")
    assert wall.board.text == before
    [entry] = await wall.house.storage.outbox.due(now=wall.house.clock.now(), limit=9)
    await wall.house.storage.outbox.sent(entry.id)
    await wall.look(after=2)
    assert "61,000.00" in wall.board.text


async def test_a_repaint_that_has_no_turn_takes_none_and_comes_with_the_next_look(wall: Wall) -> None:
    wall.house.clock.pass_(PACE)
    await wall.painter.on_tick(Tick(venue=Venue.PAPER, at=wall.house.clock.now(), tickers={}))
    await wall.painter.step()
    await wall.anna.say("/price BTC")  # an answer goes out between the look and the painting
    began = wall.house.clock.monotonic()
    [painting], wall.errands.begun = wall.errands.begun, []
    await painting
    assert wall.house.clock.monotonic() == began and "60,050.00" in wall.board.text
    await wall.look(after=2, last="61000")
    assert "61,000.00" in wall.board.text


async def test_what_telegram_refuses_again_and_again_ends_and_whoever_set_it_is_told(
    wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(method: str, **fields: object) -> bytes:
        raise BadRequest("Bad Request: something nobody foresaw")

    monkeypatch.setattr(wall.anna.chat, "call", refuse)
    for _ in range(8):
        await wall.look(after=601, last="64000")
    assert await wall.house.storage.boards.to_paint() == ()
    assert await wall.house.told() == [BoardEnded(chat=CHAT)]


async def test_too_many_markets_and_no_board_are_said(anna: Conversation) -> None:
    await anna.say("/board " + "BTC " * 13)
    assert "at most 12" in anna.last.text
    await anna.say("/board off")
    assert "There is no board" in anna.last.text


async def test_an_upgraded_group_gets_it_anew(house: House) -> None:
    group, supergroup = Place(chat=ChatId(-5)), Place(chat=ChatId(-100_5))
    await house.boards.set(group, ("BTC",), by=ANNA)
    (board,) = await house.storage.boards.to_paint()
    assert await house.storage.boards.posted(board.id, MessageId(9))
    await house.storage.chats.move(group.chat, supergroup.chat)
    moved = await house.boards.in_place(supergroup)
    assert moved is not None and moved.id == board.id and moved.message is None


async def test_many_boards_take_turns_and_none_is_forgotten(house: House, anna: Conversation) -> None:
    for number in range(25):
        await house.boards.set(Place(chat=ChatId(-100_5 - number)), ("BTC",), by=ANNA)
    wall, begun = Wall(house, anna), []
    for _ in range(3):
        house.clock.pass_(2)
        await wall.painter.step()
        begun.append(len(wall.errands.begun))
    for work in wall.errands.begun:
        work.close()
    assert begun == [10, 20, 25]
