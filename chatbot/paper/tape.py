"""What was traded: the latest trades and the rolling 24-hour figures."""

from collections import deque
from dataclasses import dataclass
from decimal import Decimal

from chatbot.paper.ledger import ZERO
from chatbot.paper.orders import Side

BUCKET_SECONDS = 600
BUCKETS_A_DAY = 144


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One trade; ``side`` is the taker's. ``at`` in Unix seconds."""

    price: Decimal
    volume: Decimal
    side: Side
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The last 24 hours: prices, base volume, change in percent."""

    low: Decimal
    high: Decimal
    average: Decimal
    change: Decimal
    volume: Decimal


@dataclass(slots=True)
class Bucket:
    """Trades of ten minutes, summed."""

    number: int
    first: Decimal
    low: Decimal
    high: Decimal
    volume: Decimal = ZERO
    turnover: Decimal = ZERO

    def add(self, trade: Trade) -> None:
        self.low = min(self.low, trade.price)
        self.high = max(self.high, trade.price)
        self.volume += trade.volume
        self.turnover += trade.price * trade.volume


class Tape:
    """The last 50 trades and 24 hours of buckets; never empty once the market opened."""

    def __init__(self, first: Trade) -> None:
        self.trades: deque[Trade] = deque(maxlen=50)
        self._buckets: deque[Bucket] = deque()
        self.record(first)

    @property
    def last(self) -> Trade:
        return self.trades[-1]

    def record(self, trade: Trade) -> None:
        self.trades.append(trade)
        number = int(trade.at) // BUCKET_SECONDS
        if not self._buckets or self._buckets[-1].number < number:
            self._buckets.append(Bucket(number, trade.price, trade.price, trade.price))
        self._buckets[-1].add(trade)

    def day(self, *, now: float) -> Day:
        oldest = int(now) // BUCKET_SECONDS - BUCKETS_A_DAY
        while len(self._buckets) > 1 and self._buckets[0].number <= oldest:
            self._buckets.popleft()
        volume = sum((bucket.volume for bucket in self._buckets), ZERO)
        turnover = sum((bucket.turnover for bucket in self._buckets), ZERO)
        first = self._buckets[0].first
        return Day(
            low=min(bucket.low for bucket in self._buckets),
            high=max(bucket.high for bucket in self._buckets),
            average=turnover / volume,
            change=(self.last.price - first) / first * 100,
            volume=volume,
        )
