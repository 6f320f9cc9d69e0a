"""/chart and /depth as they are typed and tapped."""

from types import SimpleNamespace
from typing import cast

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.charts import Span
from chatbot.domain.errors import InputError
from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.people import Role
from chatbot.domain.ticks import Tick
from chatbot.services.charts import DrawnMarket
from chatbot.services.desk import Services
from handlers import charts
from handlers.actions import DrawChart, DrawDepth
from handlers.admins import Admins
from handlers.context import BotName, ChatKind, Context, Room, Speaker
from handlers.views import charts as views
from handlers.views.screen import Picture, Press, Rows, Screen, Shown
from tests.fakes.values import BTC
from tests.services.house import ANNA, CHAT, House


class Mouth:
    """Keeps what was sent and what was put in its place; a tapped message that is `gone` cannot be redrawn."""

    def __init__(self) -> None:
        self.sent: list[Shown] = []
        self.redrawn: list[Shown] = []
        self.gone = False

    async def send(self, room: Room, shown: Shown, *, reply_to: MessageId | None = None) -> MessageId:
        self.sent.append(shown)
        return MessageId(100 + len(self.sent))

    async def edit(self, chat: ChatId, message: MessageId, screen: Screen) -> bool:
        return False  # a picture cannot become a text

    async def redraw(self, chat: ChatId, message: MessageId, picture: Picture) -> bool:
        if not self.gone:
            self.redrawn.append(picture)
        return not self.gone

    async def change_keys(self, chat: ChatId, message: MessageId, rows: Rows) -> bool:
        raise NotImplementedError

    async def answer(self, tap: str, text: str | None, *, alert: bool) -> None:
        raise NotImplementedError

    async def delete(self, chat: ChatId, message: MessageId) -> bool:
        raise NotImplementedError


@pytest.fixture
async def house(house: House) -> House:
    """Where the exchange's prices were seen."""
    await house.bars.on_tick(Tick(venue=Venue.PAPER, at=house.clock.at, tickers=house.exchange.tickers_now))
    return house


@pytest.fixture
def mouth() -> Mouth:
    return Mouth()


def context(
    house: House, mouth: Mouth, args: str = "", *, kind: ChatKind = ChatKind.PRIVATE, tapped: bool = False
) -> Context:
    services = SimpleNamespace(markets=house.markets, charts=house.charts, preferences=house.preferences)
    return Context(
        person=Speaker(id=ANNA, name="Anna", role=Role.OWNER),
        chat=Room(id=CHAT, kind=kind),
        message=MessageId(1),
        args=args,
        tap="tap" if tapped else None,
        bot=BotName(id=1, username="bot"),
        clock=house.clock,
        services=cast(Services, services),
        commands={},
        protected={},
        mouth=mouth,
        admins=cast(Admins, None),
    )


@pytest.mark.parametrize(
    ("typed", "span"), [("BTC", Span.DAY), ("btc 7d", Span.WEEK), ("1H BTC/USDT", Span.HOUR), ("BTC 30d", Span.MONTH)]
)
async def test_market_and_span_are_read_in_any_order(house: House, mouth: Mouth, typed: str, span: Span) -> None:
    await charts.chart(context(house, mouth, typed))
    (shown,) = mouth.sent
    assert isinstance(shown, Picture) and shown.caption
    assert shown.caption.plain.startswith(f"BTC/USDT  {span.value}\n") and "PAPER" in shown.caption.plain
    assert house.drawer.charts[0].span == span.length
    assert [key.label for key in shown.rows[0]] == [
        f"• {each.value} •" if each is span else each.value for each in Span
    ]


@pytest.mark.parametrize("typed", ["", "7d", "BTC ETH", "BTC 1h 7d", "BTC 3y"])
async def test_what_cannot_be_read_is_answered_with_how_to_write_it(house: House, mouth: Mouth, typed: str) -> None:
    with pytest.raises(InputError, match="Write it like /chart BTC 7d"):
        await charts.chart(context(house, mouth, typed))


async def test_a_tap_on_a_span_redraws_the_picture_and_a_lost_one_is_sent_anew(house: House, mouth: Mouth) -> None:
    week = DrawChart(code="BTCUSDT", span=Span.WEEK, anew=False)
    await charts.draw_chart(context(house, mouth, tapped=True), week)
    assert (len(mouth.redrawn), len(mouth.sent)) == (1, 0)
    mouth.gone = True
    await charts.draw_chart(context(house, mouth, tapped=True), week)
    assert (len(mouth.redrawn), len(mouth.sent)) == (1, 1)


async def test_from_another_card_a_picture_comes_as_a_message_of_its_own(house: House, mouth: Mouth) -> None:
    await charts.draw_chart(context(house, mouth, tapped=True), DrawChart(code="BTCUSDT", span=Span.DAY, anew=True))
    await charts.draw_depth(context(house, mouth, tapped=True), DrawDepth(code="BTCUSDT", anew=True))
    assert all(isinstance(shown, Picture) for shown in mouth.sent) and len(mouth.sent) == 2
    assert mouth.redrawn == []


async def test_where_nothing_is_known_there_is_a_sentence(house: House, mouth: Mouth) -> None:
    again = house.restarted()
    again.exchange.tickers_now.clear()
    await charts.chart(context(again, mouth, "BTC"))
    (shown,) = mouth.sent
    assert isinstance(shown, Screen) and shown.text.plain.startswith("No prices of BTC/USDT are known of the last 24h.")
    assert isinstance(shown.rows[0][0], Press)


async def test_a_group_never_sees_anybodys_orders(house: House, mouth: Mouth) -> None:
    account = await house.link()
    await house.tap(await house.order_card(account))
    house.exchange.calls.clear()
    await charts.chart(context(house, mouth, "BTC", kind=ChatKind.GROUP))
    assert not [call for call in house.exchange.calls if call.startswith("orders")]
    assert house.drawer.charts[0].marks == ()
    await charts.chart(context(house, mouth, "BTC"))
    assert len(house.drawer.charts[1].marks) == 1


@pytest.mark.parametrize("latest", [None, 60])
def test_where_not_all_of_ones_orders_are_in_a_picture_its_caption_says_so(house: House, latest: int | None) -> None:
    drawn = DrawnMarket(market=BTC, picture=b"png", latest_orders=latest)
    shown = views.chart(drawn, span=Span.DAY, venue=Venue.PAPER, now=house.clock.at)
    assert isinstance(shown, Picture) and shown.caption
    said = "Of your own orders, only the latest 60 are in it." in shown.caption.plain.splitlines()
    assert said is (latest is not None)


async def test_the_depth_of_one_market_is_drawn(house: House, mouth: Mouth) -> None:
    await charts.depth(context(house, mouth, "BTC"))
    assert isinstance(mouth.sent[0], Picture) and len(house.drawer.books) == 1
    with pytest.raises(InputError, match="Of which market"):
        await charts.depth(context(house, mouth, ""))
