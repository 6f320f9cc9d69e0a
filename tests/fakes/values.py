"""A market, its prices and its book: plain numbers that are easy to reckon with."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Level, Market, OrderBook, Ticker
from chatbot.domain.orders import Balance
from chatbot.domain.secrets import Credentials, Secret
from chatbot.domain.sizing import Situation
from tests.fakes.clock import START

BTC = Market(
    code=MarketCode("BTCUSDT"),
    base="BTC",
    counter="USDT",
    base_name="Bitcoin",
    counter_name="Tether",
    minimum=Decimal("5.00"),
    maximum=Decimal("10000.00"),
    base_decimals=8,
    counter_decimals=2,
    presentation_decimals=2,
    min_multiplier=Decimal("0.60"),
    max_multiplier=Decimal("3.00"),
    maker_fee=Decimal("0.0015"),
    taker_fee=Decimal("0.0025"),
)
ETH = replace(BTC, code=MarketCode("ETHUSDT"), base="ETH", base_name="Ethereum", maximum=Decimal("1000000.00"))
TETHER = replace(
    BTC,
    code=MarketCode("USDTUSD"),
    base="USDT",
    counter="USD",
    base_name="Tether",
    counter_name="US Dollar",
    base_decimals=2,
    counter_decimals=4,
)


def ticker(market: Market = BTC, bid: str = "60000", ask: str = "60100", last: str = "60050", **more: Any) -> Ticker:
    values: dict[str, Any] = {
        "market": market.code,
        "bid": Decimal(bid),
        "ask": Decimal(ask),
        "last": Decimal(last),
        "last_size": Decimal("0.01"),
        "volume": Decimal("12.5"),
        "change": Decimal("1.25"),
        "low": Decimal("59000"),
        "high": Decimal("61000"),
        "average": Decimal("60000"),
        "at": START,
    }
    return Ticker(**(values | more))


def levels(*rows: tuple[str, str]) -> tuple[Level, ...]:
    """(price, volume) pairs, best first."""
    return tuple(Level(price=Decimal(price), volume=Decimal(volume)) for price, volume in rows)


def book(
    bids: tuple[Level, ...] = levels(("60000", "1"), ("59000", "10")),
    asks: tuple[Level, ...] = levels(("60100", "1"), ("61000", "10")),
    *,
    market: Market = BTC,
    at: datetime = START,
) -> OrderBook:
    return OrderBook(market=market.code, bids=bids, asks=asks, trades=(), ticker=None, at=at)


def balance(currency: str, available: str, *, total: str | None = None) -> Balance:
    return Balance(currency=currency, total=Decimal(total or available), available=Decimal(available))


def situation(**changes: Any) -> Situation:
    values: dict[str, Any] = {
        "market": BTC,
        "ticker": ticker(),
        "book": book(),
        "base": balance("BTC", "0.5"),
        "counter": balance("USDT", "1000"),
    }
    return Situation(**(values | changes))


def credentials(mark: str) -> Credentials:
    return Credentials(
        username=Secret(f"user-{mark}"),
        passphrase=Secret(f"pass-{mark}"),
        api_key=Secret(f"key-{mark}"),
        secret_key=Secret(f"secret-{mark}"),
    )
