"""Trades added up, and by day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final

from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Market
from chatbot.domain.money import Amount, sum_exactly
from chatbot.domain.orders import Side
from chatbot.domain.trades import Trade
from chatbot.domain.zones import zone_named

_COUNTERS: Final = ("USDT", "USDC", "TUSD", "USD", "EUR", "TRY", "BTC", "ETH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The two currencies of a market. `counter` is empty where nothing tells it from the base."""

    base: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketTotal:
    """What was traded in one market: amounts in its base currency, `paid` and `received` in its counter currency; the
    fees by their currency. Nothing is rounded.
    """

    market: MarketCode
    bought: Decimal
    paid: Decimal
    sold: Decimal
    received: Decimal
    fees: tuple[Amount, ...]


def pair_of(code: MarketCode, markets: Iterable[Market]) -> Pair:
    """The currencies of a market. Instant Trade names markets that are in no list; there the code's end tells.

    Where it can be read in several ways (`USDTUSD`), that counts which leaves a currency that is known.
    """
    known = set(_COUNTERS)
    for market in markets:
        if market.code == code:
            return Pair(base=market.base, counter=market.counter)
        known |= {market.base, market.counter}
    fitting = [each for each in _COUNTERS if code.endswith(each) and code != each]
    sound = [each for each in fitting if code.removesuffix(each) in known]
    counter = min(sound, key=len, default=fitting[0] if fitting else "")
    return Pair(base=code.removesuffix(counter), counter=counter)


def newest_first(trades: Iterable[Trade]) -> tuple[Trade, ...]:
    """By date: the exchange's numbers do not say when it was."""
    return tuple(sorted(trades, key=lambda trade: (trade.at, trade.number), reverse=True))


def by_day(trades: Iterable[Trade], *, zone: str) -> tuple[tuple[date, tuple[Trade, ...]], ...]:
    """The days of a time zone, newest first, each with its trades."""
    where = zone_named(zone)

    def day(trade: Trade) -> date:
        return trade.at.astimezone(where).date()

    return tuple((each, tuple(of)) for each, of in groupby(newest_first(trades), key=day))


def totals(trades: Sequence[Trade]) -> tuple[MarketTotal, ...]:
    """Per market, by its code."""
    markets: dict[MarketCode, list[Trade]] = {}
    for trade in trades:
        markets.setdefault(trade.market, []).append(trade)
    return tuple(_total(market, markets[market]) for market in sorted(markets))


def _total(market: MarketCode, trades: Sequence[Trade]) -> MarketTotal:
    bought = [trade for trade in trades if trade.side is Side.BUY]
    sold = [trade for trade in trades if trade.side is Side.SELL]
    return MarketTotal(
        market=market,
        bought=sum_exactly(trade.amount for trade in bought),
        paid=sum_exactly(trade.total for trade in bought),
        sold=sum_exactly(trade.amount for trade in sold),
        received=sum_exactly(trade.total for trade in sold),
        fees=_fees(trades),
    )


def _fees(trades: Sequence[Trade]) -> tuple[Amount, ...]:
    """By currency; those of nothing are none (the exchange writes `0E-16`)."""
    fees: Mapping[str, list[Decimal]] = {trade.fee.currency: [] for trade in trades}
    for trade in trades:
        fees[trade.fee.currency].append(trade.fee.value)
    summed = (Amount(sum_exactly(values), currency) for currency, values in sorted(fees.items()))
    return tuple(fee for fee in summed if fee.value)
