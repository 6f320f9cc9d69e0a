from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chatbot.domain.accounts import Venue
from chatbot.domain.bars import MINUTE, QUARTER, Bar
from chatbot.domain.ids import MarketCode
from chatbot.storage.opening import Storage

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAPER, ANDX = Venue.PAPER, Venue.ANDX
BTC, SHIB = MarketCode("BTCUSDT"), MarketCode("SHIBUSDT")


def bar(minute: int, price: str = "76519.57") -> Bar:
    value = Decimal(price)
    start = NOON + minute * MINUTE
    return Bar(start=start, open=value, high=value, low=value, close=value, volume=Decimal("1234.56780000"))


async def add(storage: Storage, minute: int, *markets: MarketCode, price: str = "76519.57") -> None:
    bars = {market: bar(minute, price) for market in markets or (BTC,)}
    await storage.bars.add(PAPER, NOON + minute * MINUTE, bars, length=MINUTE)


async def read(storage: Storage, market: MarketCode = BTC, *, minutes: int = 10) -> tuple[Bar, ...]:
    until = NOON + minutes * MINUTE
    return await storage.bars.of(PAPER, market, length=MINUTE, since=NOON, until=until)


async def test_prices_come_back_as_they_were_to_the_last_digit(storage: Storage) -> None:
    await add(storage, 0, SHIB, price="0.00000602")
    (read_back,) = await read(storage, SHIB)
    assert read_back == bar(0, "0.00000602")
    assert str(read_back.close) == "0.00000602" and str(read_back.volume) == "1234.56780000"


async def test_a_markets_bars_are_found_among_all_and_gaps_are_gaps(storage: Storage) -> None:
    for minute in (0, 1, 5):
        await add(storage, minute, BTC, SHIB)
    await storage.bars.add(PAPER, NOON, {BTC: bar(0)}, length=QUARTER)
    await storage.bars.add(ANDX, NOON + 2 * MINUTE, {BTC: bar(2)}, length=MINUTE)
    assert [each.start for each in await read(storage)] == [NOON, NOON + MINUTE, NOON + 5 * MINUTE]
    assert len(await read(storage, minutes=5)) == 2
    assert set(await storage.bars.at(PAPER, NOON, length=MINUTE)) == {BTC, SHIB}


async def test_a_minute_that_a_run_before_began_is_continued(storage: Storage) -> None:
    await add(storage, 0, BTC, SHIB, price="10")
    await add(storage, 0, BTC, price="8")
    (continued,) = await read(storage)
    prices = (continued.open, continued.high, continued.low, continued.close)
    assert prices == (Decimal(10), Decimal(10), Decimal(8), Decimal(8))
    assert len(await read(storage, SHIB)) == 1


async def test_the_first_moment_a_market_was_seen_outlives_its_bars(storage: Storage) -> None:
    await add(storage, 0)
    await add(storage, 3, BTC, SHIB)
    while await storage.bars.prune(PAPER, length=MINUTE, before=NOON + 9 * MINUTE):
        pass
    assert await read(storage) == ()
    assert await storage.bars.known_since(PAPER, BTC) == NOON
    assert await storage.bars.known_since(PAPER, SHIB) == NOON + 3 * MINUTE
    assert await storage.bars.known_since(ANDX, BTC) is None


async def test_old_bars_are_deleted_a_few_at_a_time(storage: Storage) -> None:
    for minute in range(25):
        await add(storage, minute)
    steps = 1
    while await storage.bars.prune(PAPER, length=MINUTE, before=NOON + 21 * MINUTE):
        steps += 1
    assert steps == 3
    assert await storage.bars.next(PAPER, length=MINUTE, since=NOON) == NOON + 21 * MINUTE
    assert not await storage.bars.prune(PAPER, length=MINUTE, before=NOON + 21 * MINUTE)


async def test_the_newest_and_the_next_bar_are_known(storage: Storage) -> None:
    assert await storage.bars.newest(PAPER, length=MINUTE) is None
    for minute in (0, 4):
        await add(storage, minute)
    assert await storage.bars.newest(PAPER, length=MINUTE) == NOON + 4 * MINUTE
    assert await storage.bars.next(PAPER, length=MINUTE, since=NOON + MINUTE) == NOON + 4 * MINUTE
    assert await storage.bars.next(PAPER, length=MINUTE, since=NOON + timedelta(hours=1)) is None
