"""What an exchange trades, and what it says of the price right now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chatbot.domain.currencies import USUAL_COUNTER
from chatbot.domain.ids import MarketCode
from chatbot.domain.money import EXACT, ZERO, divide, multiply
from chatbot.domain.orders import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """A market and its rules.

    `minimum` and `maximum` bound price × volume in the counter currency; `base_decimals` bound volumes,
    `counter_decimals` prices and totals; fees are fractions of a trade (0.0025 is 0.25 %); the multipliers bound a
    limit price relative to the last one. `instant_only` markets have no order book.
    """

    code: MarketCode
    base: str
    counter: str
    base_name: str
    counter_name: str
    minimum: Decimal
    maximum: Decimal
    base_decimals: int
    counter_decimals: int
    presentation_decimals: int
    min_multiplier: Decimal
    max_multiplier: Decimal
    maker_fee: Decimal
    taker_fee: Decimal
    instant_only: bool = False

    @property
    def pair(self) -> str:
        return f"{self.base}/{self.counter}"

    def band(self, last: Decimal) -> tuple[Decimal, Decimal]:
        """The lowest and the highest limit price while the last price is `last`.

        That is our reading of the multipliers, which the exchange's page does not describe: warn, and refuse nothing.
        """
        return multiply(last, self.min_multiplier), multiply(last, self.max_multiplier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticker:
    """A market's prices over the last 24 hours. `volume` is in the base currency, `change` in percent, signed."""

    market: MarketCode
    bid: Decimal
    ask: Decimal
    last: Decimal
    last_size: Decimal
    volume: Decimal
    change: Decimal
    low: Decimal
    high: Decimal
    average: Decimal
    at: datetime

    @property
    def spread(self) -> Decimal:
        return self.ask - self.bid

    @property
    def turnover(self) -> Decimal:
        """The 24 h volume's worth in the counter currency, by the average price."""
        return multiply(self.volume, self.average or self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Base currency resting at a price."""

    price: Decimal
    volume: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTrade:
    """A trade that happened; `side` is the taker's."""

    price: Decimal
    volume: Decimal
    side: Side | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBook:
    """Resting orders, best price first on each side, with the latest trades, newest first."""

    market: MarketCode
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    trades: tuple[PublicTrade, ...]
    ticker: Ticker | None
    at: datetime

    def opposite(self, side: Side) -> tuple[Level, ...]:
        """The levels an order of this side trades against."""
        return self.asks if side is Side.BUY else self.bids


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What taking from a book would give. `complete` says whether the book holds enough."""

    volume: Decimal
    total: Decimal
    worst: Decimal
    complete: bool

    @property
    def average(self) -> Decimal:
        return divide(self.total, self.volume) if self.volume else ZERO


def walk_volume(levels: Iterable[Level], *, volume: Decimal) -> Walk:
    """Take `volume` of the base currency from the best level on."""
    taken, total, worst = ZERO, ZERO, ZERO
    for level in levels:
        part = min(level.volume, EXACT.subtract(volume, taken))
        taken = EXACT.add(taken, part)
        total = EXACT.add(total, multiply(part, level.price))
        worst = level.price
        if taken == volume:
            return Walk(volume=taken, total=total, worst=worst, complete=True)
    return Walk(volume=taken, total=total, worst=worst, complete=False)


def walk_total(levels: Iterable[Level], *, total: Decimal) -> Walk:
    """Take as much as `total` of the counter currency pays for, from the best level on."""
    taken, spent, worst = ZERO, ZERO, ZERO
    for level in levels:
        worst = level.price
        cost = multiply(level.volume, level.price)
        if EXACT.add(spent, cost) >= total:
            last = divide(EXACT.subtract(total, spent), level.price)
            return Walk(volume=EXACT.add(taken, last), total=total, worst=worst, complete=True)
        taken = EXACT.add(taken, level.volume)
        spent = EXACT.add(spent, cost)
    return Walk(volume=taken, total=spent, worst=worst, complete=False)


_COUNTERS_FIRST = ("USDT", "USD", "USDC", "BTC")
_BETWEEN = str.maketrans("", "", "/-_ :")
"""What may stand between two currencies."""
_LONGEST_CODE = 24


def resolve_symbol(symbol: str, markets: Iterable[Market]) -> Market | None:
    """Find the market that `BTC`, `btcusdt`, `btc/usdt`, `BTC-USDT` or `btc_usdt` names; None if none does.

    A lone currency, by its code or its name, names its market against the most usual counter currency.
    """
    wanted = symbol.strip().upper()
    code = wanted.translate(_BETWEEN)
    listed = list(markets)
    for market in listed:
        if market.code == code or wanted == market.pair:
            return market
    of_base = [market for market in listed if market.base == wanted]
    of_base = of_base or [market for market in listed if wanted == market.base_name.upper()]
    return min(of_base, key=_counter_rank, default=None)


def unlisted_code(symbol: str) -> MarketCode | None:
    """The code that a symbol gives a market which no list names, as those for Instant Trade only are; None if it cannot
    be a code. A lone currency stands for its market against USDT.
    """
    wanted = symbol.strip().upper()
    code = wanted.translate(_BETWEEN)
    if code == wanted and not (code.endswith(USUAL_COUNTER) and code != USUAL_COUNTER):
        code += USUAL_COUNTER
    return MarketCode(code) if code.isascii() and code.isalnum() and len(code) <= _LONGEST_CODE else None


def _counter_rank(market: Market) -> int:
    return _COUNTERS_FIRST.index(market.counter) if market.counter in _COUNTERS_FIRST else len(_COUNTERS_FIRST)


def value_in(
    amount: Decimal,
    *,
    currency: str,
    counter: str,
    markets: Iterable[Market],
    tickers: Mapping[MarketCode, Ticker],
) -> Decimal | None:
    """What an amount is worth in `counter` at the last price of a market of the two; None where there is none."""
    if currency == counter:
        return amount
    for market in markets:
        ticker = tickers.get(market.code)
        if ticker is None or not ticker.last:
            continue
        if (market.base, market.counter) == (currency, counter):
            return multiply(amount, ticker.last)
        if (market.base, market.counter) == (counter, currency):
            return divide(amount, ticker.last)
    return None
