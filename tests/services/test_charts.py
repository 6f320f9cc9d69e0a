from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.charts import Span
from chatbot.domain.errors import Cause, NotDrawn, Unavailable, UnknownMarket
from chatbot.domain.ids import MarketCode, PersonId
from chatbot.domain.orders import Side
from chatbot.domain.preferences import ChartTheme, NumberStyle, Preferences
from chatbot.domain.ticks import Tick
from chatbot.services.charts import DrawnMarket
from tests.fakes.values import BTC
from tests.handlers.views.alert_examples import ABOVE, FALL, FIVE_UP, an_alert
from tests.services.house import ANNA, House, placed

PAPER = Venue.PAPER
LIGHT = Preferences(theme=ChartTheme.LIGHT, numbers=NumberStyle.POINT, zone="Asia/Tokyo")


async def seen(house: House) -> None:
    """The exchange's prices of this moment are in the bars."""
    await house.bars.on_tick(Tick(venue=PAPER, at=house.clock.at, tickers=house.exchange.tickers_now))


async def price(house: House, *, holder: PersonId | None = ANNA, symbol: str = "btc") -> DrawnMarket:
    return await house.charts.price(symbol, span=Span.DAY, venue=PAPER, preferences=LIGHT, holder=holder)


async def test_a_chart_is_drawn_as_the_chat_likes_it(house: House) -> None:
    await seen(house)
    drawn = await price(house, holder=None)
    (chart,) = house.drawer.charts
    assert drawn.picture and drawn.market == BTC
    assert (chart.title, chart.base, chart.span, chart.until) == ("BTC/USDT", "BTC", Span.DAY.length, house.clock.at)
    assert (chart.look.theme, chart.look.numbers, chart.look.zone) == (LIGHT.theme, LIGHT.numbers, LIGHT.zone)
    assert chart.look.badge == "PAPER"


async def test_the_last_price_is_that_of_this_moment(house: House) -> None:
    await seen(house)
    house.exchange.move("BTCUSDT", to=Decimal(61_234))
    house.clock.pass_(5)
    await price(house, holder=None)
    (bar,) = house.drawer.charts[0].history.bars
    assert (bar.open, bar.high, bar.close) == (Decimal(60_050), Decimal(61_234), Decimal(61_234))


async def test_the_first_moment_is_a_chart_already_and_nothing_known_is_nothing_drawn(house: House) -> None:
    assert (await price(house)).picture
    assert len(house.drawer.charts.pop().history.bars) == 1
    del house.exchange.tickers_now[BTC.code]
    assert (await price(house)).picture is None
    with pytest.raises(UnknownMarket):
        await price(house, symbol="nope")
    assert house.drawer.charts == []


async def test_ones_own_orders_and_fills_are_marked_and_nobody_elses(house: House, account: Account) -> None:
    await seen(house)
    waiting = await house.tap(await house.order_card(account, price=Decimal(50_000)))
    filled = await house.tap(await house.order_card(account, price=Decimal(49_000)))
    house.exchange.fill(placed(filled))
    assert placed(waiting) != placed(filled)
    await price(house)
    await price(house, holder=None)
    await price(house, holder=PersonId(77))
    mine, group, stranger = house.drawer.charts
    assert {(mark.side, mark.price, mark.at is None) for mark in mine.marks} == {
        (Side.BUY, Decimal(50_000), True),
        (Side.BUY, Decimal(49_000), False),
    }
    assert group.marks == stranger.marks == ()


async def test_taps_through_the_spans_do_not_read_the_orders_anew(house: House, account: Account) -> None:
    await seen(house)
    house.exchange.calls.clear()
    for _ in range(4):
        await price(house)
        house.clock.pass_(5)
    assert len([call for call in house.exchange.calls if call.startswith("orders")]) == 2
    house.clock.pass_(20)
    await price(house)
    assert len([call for call in house.exchange.calls if call.startswith("orders")]) == 4


async def test_a_chart_without_ones_orders_says_so(house: House, account: Account) -> None:
    await seen(house)
    house.exchange.fail("orders open", Unavailable(Cause.TIMEOUT))
    drawn = await price(house)
    assert drawn.without_orders and drawn.picture and house.drawer.charts[0].marks == ()
    assert not (await price(house)).without_orders


async def test_while_the_exchange_is_away_the_last_price_seen_will_do(house: House) -> None:
    await seen(house)
    house.exchange.fail("tickers", Unavailable(Cause.TIMEOUT))
    assert (await price(house, holder=None)).picture
    assert len(house.drawer.charts[0].history.bars) == 1


async def test_a_book_is_drawn_and_an_empty_one_is_not(house: House) -> None:
    assert (await house.charts.depth("btc", venue=PAPER, preferences=LIGHT)).picture
    assert house.drawer.books[0].book == house.exchange.books[BTC.code]
    house.exchange.books[BTC.code] = replace(house.exchange.books[BTC.code], bids=(), asks=())
    assert (await house.charts.depth("btc", venue=PAPER, preferences=LIGHT)).picture is None
    assert len(house.drawer.books) == 1


async def test_an_alert_comes_with_a_small_picture_of_its_level_or_without_one(house: House) -> None:
    alert = an_alert(rule=replace(ABOVE, level=Decimal(61_000)), venue=PAPER)
    now = house.clock.at
    assert await house.charts.for_alert(alert, preferences=LIGHT, now=now) is None
    await seen(house)
    assert await house.charts.for_alert(alert, preferences=LIGHT, now=now)
    assert await house.charts.for_alert(replace(alert, rule=FALL), preferences=LIGHT, now=now)
    of_price, of_fall = house.drawer.charts
    assert of_price.small and of_price.level == Decimal(61_000) and of_price.marks == ()
    assert of_fall.level is None
    assert await house.charts.for_alert(replace(alert, rule=FIVE_UP), preferences=LIGHT, now=now)
    assert house.drawer.charts[2].level == Decimal("80345.55")
    gone = replace(alert, market=MarketCode("GONEUSDT"))
    assert await house.charts.for_alert(gone, preferences=LIGHT, now=now) is None
    house.drawer.broken = True
    assert await house.charts.for_alert(alert, preferences=LIGHT, now=now) is None
    with pytest.raises(NotDrawn):
        await price(house, holder=None)


async def test_fills_older_than_the_span_are_not_marked(house: House, account: Account) -> None:
    filled = await house.tap(await house.order_card(account))
    house.exchange.fill(placed(filled))
    house.clock.pass_(timedelta(hours=25).total_seconds())
    await seen(house)
    await price(house)
    assert house.drawer.charts[0].marks == ()
