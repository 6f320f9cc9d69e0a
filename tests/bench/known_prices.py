"""A day of prices that a bot knows before it is measured."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from chatbot.domain.accounts import Venue
from chatbot.domain.bars import MINUTE, QUARTER, Bar, start_of
from chatbot.domain.ids import MarketCode
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import open_storage
from chatbot.system import SystemClock

_LAST = Decimal("76519.57")
_STEP, _WICK = Decimal("9.05"), Decimal("12.5")
_DAY = timedelta(hours=24)
_LATELY = timedelta(minutes=45)
"""What is not put together to longer bars yet is not older."""


async def know_a_day(url: str, *, master_key: Path, markets: int) -> None:
    """Make a database that knows the last 24 hours of so many markets; the first one is BTCUSDT."""
    clock = SystemClock()
    storage = await open_storage(url=url, master_key=KeyFile(master_key), clock=clock)
    codes = [MarketCode("BTCUSDT"), *(MarketCode(f"COIN{number}USDT") for number in range(1, markets))]
    now = clock.now()
    for length, back in ((QUARTER, _DAY), (MINUTE, _LATELY)):
        start, over = start_of(now - back, length=length), start_of(now, length=length)
        while start < over:
            await storage.bars.add(Venue.ANDX, start, dict.fromkeys(codes, _bar(start, length)), length=length)
            start += length
    await storage.aclose()


def _bar(start: datetime, length: timedelta) -> Bar:
    """Up and down again, so that there is something to see."""
    opening, closing = _price_at(start), _price_at(start + length)
    return Bar(
        start=start,
        open=opening,
        high=max(opening, closing) + _WICK,
        low=min(opening, closing) - _WICK,
        close=closing,
        volume=Decimal("1.5"),
    )


def _price_at(moment: datetime) -> Decimal:
    minute = int(moment.timestamp()) // 60 % 120
    return _LAST + _STEP * min(minute, 120 - minute)
