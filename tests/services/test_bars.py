from datetime import timedelta
from decimal import Decimal

from chatbot.domain.accounts import Venue
from chatbot.domain.bars import KEPT, MINUTE, QUARTER, TWO_HOURS, Bar, History
from chatbot.domain.ticks import Tick
from chatbot.services.bars import PriceHistory
from tests.fakes.values import BTC, ETH, ticker
from tests.services.house import House

PAPER = Venue.PAPER
DAY = timedelta(hours=24)


async def see(house: House, price: object, *, volume: object = 12, history: PriceHistory | None = None) -> None:
    """A tick with this price of BTC."""
    seen = ticker(last=str(price), volume=Decimal(str(volume)))
    tick = Tick(venue=PAPER, at=house.clock.at, tickers={BTC.code: seen})
    await (history or house.bars).on_tick(tick)


async def keep(house: House) -> None:
    await house.bars.keep((PAPER,), now=house.clock.at)


async def run(house: House, *, minutes: int, first: int = 0) -> None:
    """Two looks a minute: up by one, and down by half."""
    for minute in range(first, first + minutes):
        await see(house, 1000 + minute)
        house.clock.pass_(30)
        await see(house, f"{1000 + minute}.5")
        house.clock.pass_(30)
        await keep(house)


async def known(house: House, span: timedelta = DAY) -> History:
    return await house.bars.of(BTC.code, venue=PAPER, span=span, now=house.clock.at)


async def test_a_minute_has_its_first_highest_lowest_and_last_price(house: House) -> None:
    for price in ("100", "103.25", "98", "101"):
        await see(house, price, volume=price)
        house.clock.pass_(15)
    (bar,) = (await known(house)).bars
    assert bar == Bar(
        start=house.clock.at - MINUTE,
        open=Decimal(100),
        high=Decimal("103.25"),
        low=Decimal(98),
        close=Decimal(101),
        volume=Decimal(101),
    )


async def test_nothing_is_known_of_a_market_that_was_not_seen_and_none_without_a_price_is_kept(house: House) -> None:
    await see(house, 0)
    house.clock.pass_(60)
    await keep(house)
    assert await known(house) == History(bars=(), length=MINUTE, since=None)
    await see(house, 5)
    assert (await house.bars.of(ETH.code, venue=PAPER, span=DAY, now=house.clock.at)).bars == ()


async def test_what_was_seen_is_there_at_once_and_the_same_after_it_was_written(house: House) -> None:
    await see(house, 100)
    house.clock.pass_(61)
    before = await known(house)
    await keep(house)
    assert await known(house) == before and len(before.bars) == 1
    assert before.since == before.bars[0].start


async def test_a_crash_loses_no_minute_that_was_over_and_a_stop_loses_nothing(house: House) -> None:
    await run(house, minutes=3)
    await see(house, 7777)
    crashed, ended = house.restarted().bars, house.restarted().bars
    assert len((await crashed.of(BTC.code, venue=PAPER, span=DAY, now=house.clock.at)).bars) == 3
    await house.bars.flush()
    house.clock.pass_(20)
    await see(house, 8888, history=ended)
    *_, last = (await ended.of(BTC.code, venue=PAPER, span=DAY, now=house.clock.at)).bars
    assert (last.open, last.close) == (Decimal(7777), Decimal(8888))


async def test_longer_bars_say_the_same_as_the_minutes_they_are_made_of(house: House) -> None:
    await run(house, minutes=150)
    quarters = await house.storage.bars.of(
        PAPER, BTC.code, length=QUARTER, since=house.clock.at - 150 * MINUTE, until=house.clock.at
    )
    assert [(bar.open, bar.close) for bar in quarters] == [
        (Decimal(1000 + first), Decimal(f"{1014 + first}.5")) for first in range(0, 150, 15)
    ]
    (hours,) = await house.storage.bars.of(
        PAPER, BTC.code, length=TWO_HOURS, since=house.clock.at - 150 * MINUTE, until=house.clock.at
    )
    assert (hours.low, hours.high) == (Decimal(1000), Decimal("1119.5"))


async def test_a_span_is_shown_up_to_this_moment_in_bars_of_one_length(house: House) -> None:
    await run(house, minutes=150)
    await see(house, 5000)
    day = await known(house)
    assert day.length == timedelta(minutes=5) and len(day.bars) == 31
    assert day.bars[-1].close == 5000 and day.bars[0].open == 1000
    hour = await known(house, timedelta(hours=1))
    assert hour.length == MINUTE and len(hour.bars) == 61
    assert day.since == hour.since == day.bars[0].start


async def test_what_a_run_before_did_not_put_together_is_put_together_after_a_restart(house: House) -> None:
    await run(house, minutes=7)
    house.clock.pass_(3600)
    again = house.restarted().bars
    await again.keep((PAPER,), now=house.clock.at)
    quarters = await house.storage.bars.of(
        PAPER, BTC.code, length=QUARTER, since=house.clock.at - 67 * MINUTE, until=house.clock.at
    )
    assert [(bar.open, bar.close) for bar in quarters] == [(Decimal(1000), Decimal("1006.5"))]


async def test_minutes_go_after_their_time_and_what_is_known_stays_known(house: House) -> None:
    await run(house, minutes=2)
    begin = house.clock.at - 2 * MINUTE
    house.clock.pass_((KEPT[MINUTE] + MINUTE).total_seconds())
    await keep(house)
    assert await house.storage.bars.newest(PAPER, length=MINUTE) is None
    week = await known(house, timedelta(days=7))
    assert week.since == begin and week.bars[0].start == begin
    assert (week.bars[0].open, week.bars[0].close) == (Decimal(1000), Decimal("1001.5"))
