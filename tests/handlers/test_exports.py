"""/trades, /history and /export, as they are typed and tapped; and the message that says how far a file is."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, PriceMoved, Refused, Unavailable
from chatbot.domain.exports import Export, ExportState, Failure
from chatbot.domain.ids import ExportId
from chatbot.domain.secrets import Session
from handlers.actions import CancelExport
from handlers.export_painter import ExportPainter
from tests.fakes.instant import trade
from tests.handlers.conversation import Conversation, Shown
from tests.handlers.swapping import Errands
from tests.services.conftest import account, clock, exchange, house, storage  # noqa: F401
from tests.services.house import ANNA, CHAT, House

# ruff: noqa: F811 - fixtures are handed in by name


@pytest.fixture
async def session(house: House, account: Account) -> Session:
    opened = house.instant.open_session()
    await house.storage.accounts.put_session(account, opened, now=house.clock.now())
    house.instant.put(opened, *(trade(house.clock, n, ago=timedelta(hours=n), amount=Decimal(n)) for n in range(1, 46)))
    return opened


@dataclass
class Desk:
    """Anna's chat, with what works behind it. `contents` are those of files, read while they were sent."""

    house: House
    anna: Conversation
    errands: Errands
    contents: list[bytes]

    def __post_init__(self) -> None:
        self.painter = self.painter_of(self.house)

    async def export(self) -> Export | None:
        return await self.house.storage.exports.of(ANNA)

    async def gather(self, *, times: int = 99) -> None:
        for _ in range(times):
            if (running := await self.export()) is None or not running.is_under_way:
                return
            await self.house.exporting.advance(running)

    def painter_of(self, house: House) -> ExportPainter:
        return ExportPainter(
            exports=house.exports,
            preferences=house.storage.preferences,
            sender=self.anna.sender,
            clock=house.clock,
            spawner=self.errands,
        )

    async def paint(self, painter: ExportPainter | None = None) -> None:
        """Let time go by, and a round of the painter with it, in which messages take their turn."""
        self.house.clock.pass_(5)
        await (painter or self.painter).step()
        begun, self.errands.begun = self.errands.begun, []
        done = asyncio.gather(*begun)
        while not done.done():
            await self.house.clock.advance(0.1)
            await asyncio.sleep(0.001)  # for the database and the files, which live in threads
        await done

    @property
    def files(self) -> list[Shown]:
        return [shown for shown in self.anna.shown if shown.method == "sendDocument"]


@pytest.fixture
async def desk(house: House, account: Account) -> Desk:
    anna, errands = Conversation(house), Errands()
    made = Desk(house, anna, errands, [])
    send = anna.chat.send

    async def reading(method: str, **fields: object) -> int:
        upload = fields.get("upload")
        if method == "sendDocument" and isinstance(path := getattr(upload, "content", None), Path):
            made.contents.append(path.read_bytes())
        return await send(method, **fields)

    anna.chat.send = reading  # type: ignore[method-assign]
    return made


@pytest.mark.usefixtures("session")
async def test_trades_are_shown_by_day_with_totals_and_turned(desk: Desk) -> None:
    await desk.anna.say("/trades month")
    text = desk.anna.last.text
    assert "Trades · the last month · page 1" in text and "Friday, 20 November 2026" in text
    assert "11:00 sold 1 BTC @ 77,285.71 = 5.41 USDT · taker · fee 0.0135 USDT" in text
    summed = "In the last month\nBTC: sold 1,035 for 243.45 USDT · fees 0.6075 USDT"
    assert summed in text
    await desk.anna.tap("Next")
    assert "page 2" in desk.anna.last.text and "sold 21 BTC" in desk.anna.last.text and summed in desk.anna.last.text
    await desk.anna.tap("Day")
    assert "the last day" in desk.anna.last.text and "sold 21 BTC" not in desk.anna.last.text


@pytest.mark.usefixtures("session")
async def test_trades_of_a_market_that_was_not_traded_are_none_and_no_page(desk: Desk) -> None:
    await desk.anna.say("/trades ETH month")
    assert "No ETH trades in the last month." in desk.anna.last.text and "page" not in desk.anna.last.text
    assert [key["text"] for key in desk.anna.last.keys] == ["↻ Refresh", "Day", "Week", "• Month", "All kept"]


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(("typed", "named"), [("foo", "foo"), ("2026", "2026"), ("all foo/usdt", "foo/usdt")])
async def test_of_a_market_that_nobody_knows_it_is_said_that_nobody_does(desk: Desk, typed: str, named: str) -> None:
    await desk.anna.say(f"/trades {typed}")
    assert f"No market “{named}” is known, and no trade of yours there either." in desk.anna.last.text
    assert "/trades BTC" in desk.anna.last.text


@pytest.mark.usefixtures("session")
async def test_of_a_market_that_may_be_known_no_trade_is_none(desk: Desk) -> None:
    await desk.anna.say("/trades month")
    desk.house.exchange.fail("markets", Unavailable(Cause.UNREACHABLE), times=9)
    await desk.anna.say("/trades foo")
    assert "No FOOUSDT trades in the last week." in desk.anna.last.text


async def test_trades_that_are_not_all_known_have_totals_of_the_page(desk: Desk, session: Session) -> None:
    desk.house.instant.put(session, *(trade(desk.house.clock, n, ago=timedelta(hours=n)) for n in range(100, 200)))
    await desk.anna.say("/trades month")
    assert "On this page\nBTC: sold 210 for 108.2 USDT" in desk.anna.last.text


@pytest.mark.usefixtures("session")
async def test_trades_of_markets_nobody_knows_are_shown_by_their_codes(desk: Desk) -> None:
    desk.house.exchange.fail("markets", Unavailable(Cause.UNREACHABLE), times=9)
    await desk.anna.say("/trades day")
    assert "11:00 sold 1 BTCUSDT @ 77,285.71 = 5.41 · taker" in desk.anna.last.text


async def test_trades_without_a_session_say_how_to_link_one(desk: Desk) -> None:
    await desk.anna.say("/trades")
    assert "/link instant" in desk.anna.last.text


async def test_trades_of_an_ended_session_are_the_kept_ones_and_say_so(desk: Desk, session: Session) -> None:
    await desk.anna.say("/trades")
    desk.house.instant.expire(session)
    await desk.anna.tap("Refresh")
    assert "session ended" in desk.anna.last.text and "sold 1 BTC" in desk.anna.last.text


async def test_history_opens_the_card_of_each_row(desk: Desk, account: Account) -> None:
    await desk.anna.say("/history")
    assert "Nothing yet" in desk.anna.last.text
    for price in range(11):
        await desk.house.tap(await desk.house.order_card(account, price=Decimal(40_000 + price)))
        desk.house.clock.pass_(60)
    await desk.anna.say("/history")
    assert "1. Buy 0.1 BTC at 40,010 USDT" in desk.anna.last.text and "10. " in desk.anna.last.text
    await desk.anna.tap("Next")
    assert "11. Buy 0.1 BTC at 40,000 USDT" in desk.anna.last.text
    await desk.anna.tap("11")
    assert "40,000" in desk.anna.last.text and desk.anna.last.method == "sendMessage"
    assert "Done through this bot" not in desk.anna.last.text


@pytest.mark.usefixtures("session")
async def test_a_file_says_how_far_it_is_comes_and_leaves_nothing(desk: Desk) -> None:
    await desk.anna.say("/export trades 2026-11-01 2026-11-20")
    message = desk.anna.last.id
    assert "Asking the exchange" in desk.anna.last.text and "1 Nov 2026 to 20 Nov 2026" in desk.anna.last.text
    await desk.gather(times=1)
    await desk.paint()
    assert "Read so far: 20 trades on 1 page." in desk.anna.chat.messages[message].text
    await desk.gather(times=1)
    await desk.paint()
    assert "Read so far: 40 trades on 2 pages" in desk.anna.chat.messages[message].text
    await desk.gather()
    await desk.paint()
    (file,) = desk.files
    assert "45 trades, oldest first" in file.text and "trades-2026-11-01-2026-11-20.csv" in str(file.fields["upload"])
    assert len(desk.contents[0].splitlines()) == 46
    assert "Your file is below" in desk.anna.chat.messages[message].text
    assert desk.anna.chat.messages[message].keys == []
    assert await desk.export() is None
    assert await desk.house.storage.export_files.present() == frozenset()


@pytest.mark.usefixtures("session")
async def test_a_tap_gives_a_file_up(desk: Desk) -> None:
    await desk.anna.say("/export")
    await desk.anna.tap("Trades")
    await desk.gather(times=1)
    await desk.anna.tap("Cancel")
    assert "Given up" in desk.anna.last.text and await desk.export() is None
    await desk.gather()
    await desk.paint()
    assert desk.files == [] and "Given up" in desk.anna.last.text


@pytest.mark.usefixtures("session")
async def test_a_second_file_waits_and_the_first_is_shown_again(desk: Desk) -> None:
    await desk.anna.say("/export trades")
    first = desk.anna.last.id
    await desk.anna.say("/export orders")
    assert "Another file" in desk.anna.last.text
    await desk.anna.say("/export")
    assert "Putting your file together" in desk.anna.last.text and desk.anna.last.id != first
    await desk.gather(times=1)
    await desk.paint()
    assert "20 trades" in desk.anna.last.text


async def test_what_was_asked_for_wrongly_is_explained(desk: Desk) -> None:
    await desk.anna.say("/export money")
    assert "“money”" in desk.anna.last.text and "/export trades 2026-01-01 2026-06-30" in desk.anna.last.text
    assert await desk.export() is None


async def test_nothing_typed_after_a_menu_answers_an_older_question(desk: Desk) -> None:
    for menu in ("/export", "/cancel"):
        await desk.anna.say("/buy BTC")
        assert await desk.house.questions.open_in(CHAT, person=ANNA) is not None
        await desk.anna.say(menu)
        assert await desk.house.questions.open_in(CHAT, person=ANNA) is None, menu


async def test_history_says_of_what_was_sent_that_it_was(desk: Desk, account: Account) -> None:
    for error in (PriceMoved(code=1210, reason="moved"), Refused(code=1103, reason="no")):
        desk.house.exchange.fail("place_order", error)
        await desk.house.tap(await desk.house.order_card(account))
        desk.house.clock.pass_(60)
    await desk.anna.say("/history")
    assert "refused, the price had moved" in desk.anna.last.text and "not sent" not in desk.anna.last.text


async def test_what_stands_in_the_way_is_said_until_it_does_not(desk: Desk, account: Account) -> None:
    await desk.anna.say("/export orders")
    message = desk.anna.last.id
    desk.house.exchange.fail("orders all", Unavailable(Cause.UNREACHABLE))
    await desk.gather(times=1)
    await desk.paint()
    shown = desk.anna.chat.messages[message]
    assert "The exchange cannot be read since 12:00 UTC. I try again." in shown.text
    await desk.gather()
    await desk.paint()
    assert "cannot be read" not in desk.anna.chat.messages[message].text


@pytest.mark.parametrize(
    ("failure", "words"),
    [(Failure.AWAY, "could not be read for a day"), (Failure.NO_ROOM, "disk is full"), (Failure.FAULT, "not work")],
)
async def test_why_there_is_no_file_is_said_once(desk: Desk, failure: Failure, words: str) -> None:
    await desk.anna.say("/export history")
    running = await desk.export()
    assert running is not None
    await desk.house.storage.exports.save(replace(running, state=ExportState.FAILED, failure=failure))
    await desk.paint()
    assert words in desk.anna.last.text and await desk.export() is None


async def test_which_file_is_for_taxes_is_said(desk: Desk, account: Account) -> None:
    await desk.anna.say("/export")
    assert "For taxes take trades alone" in desk.anna.last.text
    await desk.house.tap(await desk.house.order_card(account))
    desk.house.clock.pass_(1)
    await desk.anna.say("/export history")
    await desk.gather()
    await desk.paint()
    assert "For taxes use the file of trades alone" in desk.files[0].text
    assert "What moved nothing, or not yet, has no amounts" in desk.files[0].text


@pytest.mark.usefixtures("session")
async def test_whoever_lost_access_meanwhile_gets_no_file(desk: Desk) -> None:
    await desk.anna.say("/export trades")
    await desk.gather()
    shown = len(desk.anna.shown)
    painter = desk.painter_of(desk.house.restarted(let_in=()))
    await desk.paint(painter)
    assert desk.files == [] and len(desk.anna.shown) == shown and await desk.export() is None
    assert await desk.house.storage.export_files.present() == frozenset()


async def test_a_forged_tap_gives_up_nobodys_file(desk: Desk) -> None:
    await desk.anna.say("/export history")
    await desk.anna.tap_forged(CancelExport(export=ExportId(99)))
    assert await desk.export() is not None


@pytest.mark.usefixtures("session")
async def test_what_is_missing_stands_with_the_file(desk: Desk) -> None:
    await desk.anna.say("/export trades json")
    await desk.gather()
    await desk.paint()
    assert "The exchange tells of a month" in desk.files[0].text and "21 Oct 2026" in desk.files[0].text


async def test_nothing_found_is_said_and_over(desk: Desk) -> None:
    await desk.anna.say("/export orders")
    await desk.gather()
    await desk.paint()
    assert "nothing to put into a file" in desk.anna.last.text and await desk.export() is None


@pytest.mark.usefixtures("session")
async def test_a_file_that_could_not_be_sent_is_sent_with_the_next_round(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.anna.say("/export trades")
    await desk.gather()
    with monkeypatch.context() as lost:
        lost.setattr(desk.anna.chat, "send", _failing(NetworkError("the answer is lost")))
        await desk.paint()
    assert await desk.export() is not None
    await desk.paint()
    assert len(desk.files) == 1 and await desk.export() is None


@pytest.mark.usefixtures("session")
async def test_whoever_blocked_the_bot_gets_no_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.anna.say("/export trades")
    await desk.gather()
    monkeypatch.setattr(desk.anna.chat, "send", _failing(Forbidden("bot was blocked by the user")))
    await desk.paint()
    assert await desk.export() is None and await desk.house.storage.export_files.present() == frozenset()


@pytest.mark.usefixtures("session")
async def test_a_file_telegram_does_not_take_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.anna.say("/export trades")
    await desk.gather()
    monkeypatch.setattr(desk.anna.chat, "send", _failing(BadRequest("Request Entity Too Large")))
    for _ in range(2):
        await desk.paint()
    assert "Telegram did not take it" in desk.anna.last.text and await desk.export() is None


@pytest.mark.usefixtures("session")
async def test_a_file_that_vanished_is_written_again(desk: Desk) -> None:
    await desk.anna.say("/export trades")
    await desk.gather()
    running = await desk.export()
    assert running is not None and running.state is ExportState.READY
    await desk.house.storage.export_files.drop({running.id})
    await desk.paint()
    await desk.gather()
    await desk.paint()
    assert len(desk.files) == 1 and len(desk.contents[0].splitlines()) == 46


def _failing(error: Exception) -> object:
    async def send(method: str, **fields: object) -> int:
        raise error

    return send
