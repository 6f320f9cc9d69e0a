"""The price process, the house's quotes, the 24-hour figures and scripts."""

import random
from datetime import timedelta
from decimal import Decimal

from chatbot.paper.exchange import Exchange
from chatbot.paper.house import LEVELS, ladder
from chatbot.paper.orders import Side
from chatbot.paper.price import Walk
from chatbot.paper.tape import BUCKET_SECONDS, BUCKETS_A_DAY, Tape, Trade
from tests.paper.setting import BTCUSDT, Hands, still_exchange


def live(hands: Hands, *, seed: int, beats: int = 21 * 20) -> Exchange:
    exchange = Exchange(clock=hands.clock(), seed=seed)
    for _ in range(beats):
        hands.pass_(0.05)
        exchange.tick()
    return exchange


def test_a_seed_tells_the_whole_life_of_the_market() -> None:
    def tell(seed: int) -> list[tuple[object, ...]]:
        exchange = live(Hands(), seed=seed)
        return [(*t.tape.trades, *t.book.half(Side.BUY).levels()) for t in exchange.markets.values()]

    assert tell(1) == tell(1)
    assert tell(1) != tell(2)


def test_every_book_has_depth_and_a_spread() -> None:
    for code, trading in live(Hands(), seed=3).markets.items():
        bids, asks = (list(trading.book.half(side).levels()) for side in Side)
        assert len(bids) == len(asks) == LEVELS >= 15, code
        assert bids[0][0] < asks[0][0], code
        assert [price for price, _ in bids] == sorted((price for price, _ in bids), reverse=True)
        assert [price for price, _ in asks] == sorted(price for price, _ in asks)
        assert all(price == price.quantize(trading.market.price_step) for price, _ in bids + asks)
        assert all(volume == volume.quantize(trading.market.volume_step) and volume > 0 for _, volume in bids + asks)


def test_levels_stay_apart_and_positive_where_steps_are_coarse() -> None:
    dice = random.Random(1)
    bids = [price for price, _ in ladder(BTCUSDT, Decimal("0.055"), Side.BUY, dice)]
    asks = [price for price, _ in ladder(BTCUSDT, Decimal("0.055"), Side.SELL, dice)]
    assert bids == [Decimal(f"0.0{cents}") for cents in (5, 4, 3, 2, 1)]
    assert asks == sorted(set(asks))
    assert len(asks) == LEVELS


def test_every_market_moves_within_seconds() -> None:
    hands = Hands()
    exchange = Exchange(clock=hands.clock(), seed=4)
    before = {code: list(trading.book.half(Side.BUY).levels()) for code, trading in exchange.markets.items()}
    for _ in range(21 * 3):
        exchange.tick()
    for code, trading in exchange.markets.items():
        assert list(trading.book.half(Side.BUY).levels()) != before[code], code


def test_a_frozen_market_stands_still() -> None:
    exchange = still_exchange()
    before = [list(trading.book.half(Side.SELL).levels()) for trading in exchange.markets.values()]
    for _ in range(100):
        exchange.tick()
    assert before == [list(trading.book.half(Side.SELL).levels()) for trading in exchange.markets.values()]


def test_the_walk_stays_near_its_start_for_a_day() -> None:
    walk = Walk(BTCUSDT, seed=5)
    prices = [walk.step() for _ in range(20_000)]
    assert Decimal("0.9") < min(prices) / BTCUSDT.start_price <= max(prices) / BTCUSDT.start_price < Decimal("1.1")
    assert len(set(prices)) > 15_000


def test_a_set_price_is_the_last_price_and_lies_inside_the_spread() -> None:
    exchange = still_exchange()
    exchange.set_price("BTCUSDT", Decimal("70000.00"))
    trading = exchange.markets["BTCUSDT"]
    bid, ask = (trading.book.half(side).best_price() for side in Side)
    assert trading.last_price == 70_000
    assert bid is not None
    assert ask is not None
    assert bid < 70_000 < ask


def test_a_script_is_followed_to_its_end_even_when_frozen() -> None:
    hands = Hands()
    exchange = still_exchange(hands)
    prices = [Decimal(70_000), Decimal(71_000), Decimal(72_000)]
    exchange.scripts.start("BTCUSDT", prices, interval=timedelta(seconds=2), now=hands.now)
    seen = []
    for _ in range(5):
        exchange.tick()
        seen.append(exchange.markets["BTCUSDT"].last_price)
        hands.pass_(1)
    assert seen == [70_000, 70_000, 71_000, 71_000, 72_000]
    assert "BTCUSDT" not in exchange.scripts


def test_a_script_that_was_slept_through_is_made_up_in_order() -> None:
    hands = Hands()
    exchange = still_exchange(hands)
    prices = [Decimal(70_000), Decimal(80_000), Decimal(75_000)]
    exchange.scripts.start("BTCUSDT", prices, interval=timedelta(seconds=1), now=hands.now)
    hands.pass_(60)
    exchange.tick()
    day = exchange.markets["BTCUSDT"].tape.day(now=hands.now)
    assert [day.low, day.high] == [70_000, 80_000]
    assert exchange.markets["BTCUSDT"].last_price == 75_000


def trade(price: int, *, at: float, volume: int = 1) -> Trade:
    return Trade(price=Decimal(price), volume=Decimal(volume), side=Side.BUY, at=at)


def test_the_day_sums_its_trades() -> None:
    tape = Tape(trade(100, at=0))
    tape.record(trade(130, at=700, volume=2))
    tape.record(trade(110, at=80_000))
    tape.record(trade(90, at=80_001))
    day = tape.day(now=80_000)
    assert [day.low, day.high, day.volume, day.change] == [90, 130, 5, -10]
    assert day.average == 112


def test_the_day_forgets_what_is_older() -> None:
    tape = Tape(trade(500, at=0))
    tape.record(trade(100, at=50_000))
    tape.record(trade(110, at=90_000))
    day = tape.day(now=90_000)
    assert [day.high, day.change] == [110, 10]


def test_a_day_has_144_buckets_the_running_one_included() -> None:
    tape = Tape(trade(500, at=0))
    tape.record(trade(100, at=BUCKET_SECONDS))
    assert tape.day(now=BUCKET_SECONDS * BUCKETS_A_DAY - 1).high == 500
    assert tape.day(now=BUCKET_SECONDS * BUCKETS_A_DAY).high == 100


def test_a_quiet_day_keeps_the_last_price() -> None:
    day = Tape(trade(100, at=0)).day(now=10_000_000)
    assert [day.low, day.high, day.average, day.change] == [100, 100, 100, 0]
