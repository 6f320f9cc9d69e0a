from datetime import datetime, timedelta

import pytest

from chatbot.domain.absences import SHORTEST
from chatbot.domain.accounts import Venue
from chatbot.domain.bars import MINUTE
from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.ticks import Tick
from chatbot.workers.bars import BarKeeper
from chatbot.workers.market_watch import MarketWatch
from tests.fakes.values import BTC
from tests.services.house import House


class Listening:
    def __init__(self, *, fails: bool = False) -> None:
        self.heard: list[Tick] = []
        self.fails = fails

    async def on_tick(self, tick: Tick) -> None:
        self.heard.append(tick)
        if self.fails:
            raise LookupError


def watch(house: House, *listeners: Listening, per_minute: int = 60, away_since: datetime | None = None) -> MarketWatch:
    return MarketWatch(
        venue=Venue.PAPER,
        exchange=house.exchange,
        listeners=(house.bars, *listeners),
        per_minute=per_minute,
        away_since=away_since,
        clock=house.clock,
    )


async def test_one_request_serves_all_listeners_and_one_that_fails_stops_no_other(house: House) -> None:
    listeners = (Listening(), Listening(fails=True), Listening())
    await watch(house, *listeners).step()
    assert house.exchange.calls == ["tickers", "markets"]
    assert [[tick.at for tick in each.heard] for each in listeners] == [[house.clock.at]] * 3
    assert listeners[2].heard[0].tickers[BTC.code].last == house.exchange.tickers_now[BTC.code].last


async def test_prices_are_looked_at_also_while_the_list_of_markets_cannot_be_read(house: House) -> None:
    house.exchange.fail("markets", Unavailable(Cause.TIMEOUT))
    listener = Listening()
    await watch(house, listener).step()
    assert len(listener.heard) == 1


async def test_an_outage_is_told_with_its_beginning_and_told_once(house: House) -> None:
    listener = Listening()
    watching = watch(house, listener)
    await watching.step()
    before = house.clock.at
    house.exchange.fail("tickers", Unavailable(Cause.TIMEOUT))
    house.clock.pass_(60)
    with pytest.raises(Unavailable):
        await watching.step()
    house.clock.pass_(SHORTEST.total_seconds())
    await watching.step()
    await watching.step()
    assert [tick.since for tick in listener.heard] == [None, before, None]


async def test_a_pause_that_is_short_enough_is_none(house: House) -> None:
    listener = Listening()
    watching = watch(house, listener)
    await watching.step()
    house.clock.pass_(SHORTEST.total_seconds() - 1)
    await watching.step()
    assert [tick.since for tick in listener.heard] == [None, None]


async def test_the_first_look_after_an_absence_says_since_when_nobody_looked(house: House) -> None:
    listener, since = Listening(), house.clock.at - timedelta(minutes=10)
    watching = watch(house, listener, away_since=since)
    await watching.step()
    await watching.step()
    assert [tick.since for tick in listener.heard] == [since, None]


@pytest.mark.parametrize(("per_minute", "pace"), [(60, 5), (600, 5), (30, 10), (10, 30)])
async def test_it_takes_a_fifth_of_what_the_exchange_allows(house: House, per_minute: int, pace: int) -> None:
    assert await watch(house, per_minute=per_minute).step() == timedelta(seconds=pace)


async def test_the_keeper_writes_each_minute_when_it_is_over(house: House) -> None:
    keeper = BarKeeper(history=house.bars, venues=(Venue.PAPER,), clock=house.clock)
    house.clock.pass_(20)
    await watch(house).step()
    assert await keeper.step() == timedelta(seconds=40)
    assert await house.storage.bars.newest(Venue.PAPER, length=MINUTE) is None
    house.clock.pass_(40)
    assert await keeper.step() == MINUTE
    (bar,) = await house.storage.bars.of(
        Venue.PAPER, BTC.code, length=MINUTE, since=house.clock.at - MINUTE, until=house.clock.at
    )
    assert bar.close == house.exchange.tickers_now[BTC.code].last
