"""Histories and books to be drawn, made by chance with a seed."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from chatbot.domain.bars import Bar, History, start_of
from chatbot.domain.charts import BookPicture, Look, PriceChart
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Level, OrderBook
from chatbot.domain.preferences import ChartTheme, NumberStyle

NOW = datetime(2026, 11, 21, 15, 47, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOOK = Look(theme=ChartTheme.DARK, numbers=NumberStyle.COMMA, zone="Europe/Berlin", badge="PAPER")


def history(
    count: int = 96,
    *,
    length: timedelta = 15 * MINUTE,
    price: str = "76519.57",
    decimals: int = 2,
    moves: int = 20,
    seed: int = 1,
) -> History:
    """A walk in which each price moves up to so many thousandths; with 0 it is flat."""
    chance, now, step = random.Random(seed), Decimal(price), Decimal(1).scaleb(-decimals)
    begin = start_of(NOW, length=length) - (count - 1) * length
    bars = []
    for index in range(count):
        seen = [now]
        for _ in range(4):
            now = max(step, (now * (1000 + chance.randint(-moves, moves)) / 1000).quantize(step))
            seen.append(now)
        bars.append(
            Bar(
                start=begin + index * length,
                open=seen[0],
                high=max(seen),
                low=min(seen),
                close=seen[-1],
                volume=Decimal(chance.randint(1, 10**7)) / 1000,
            )
        )
    return History(bars=tuple(bars), length=length, since=begin)


def chart(of: History, *, span: timedelta = timedelta(hours=24), decimals: int = 2, **more: object) -> PriceChart:
    said: dict[str, object] = {"title": "BTC/USDT", "base": "BTC", "look": LOOK, **more}
    return PriceChart(history=of, span=span, until=NOW, decimals=decimals, **said)  # type: ignore[arg-type]


def book(*, middle: str = "76519.57", decimals: int = 2, levels: int = 30, seed: int = 1) -> OrderBook:
    chance, step = random.Random(seed), Decimal(1).scaleb(-decimals)

    def side(sign: int) -> tuple[Level, ...]:
        price, found = Decimal(middle), []
        for _ in range(levels):
            price += sign * step * chance.randint(1, 900)
            if price > 0:
                found.append(Level(price=price, volume=Decimal(chance.randint(1, 10**6)) / 1000))
        return tuple(found)

    return OrderBook(market=MarketCode("BTCUSDT"), bids=side(-1), asks=side(1), trades=(), ticker=None, at=NOW)


def picture(of: OrderBook, *, decimals: int = 2, **more: object) -> BookPicture:
    said: dict[str, object] = {"title": "BTC/USDT", "base": "BTC", "look": LOOK, **more}
    return BookPicture(book=of, decimals=decimals, **said)  # type: ignore[arg-type]
