"""What a swap is worth where limits are held against it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Obstacle, Stopped
from chatbot.domain.money import Amount
from chatbot.services.markets import Markets
from chatbot.services.values import SwapWorth, Values
from tests.fakes.clock import FakeClock
from tests.fakes.exchange import FakeExchange
from tests.fakes.values import BTC, ticker

_NOBODY: Any = None


def values(*venues: Venue, **asks: str) -> Values:
    """At each venue a BTC costs what is said under its name, or 60,000."""
    exchanges = {venue: FakeExchange(FakeClock()) for venue in venues}
    for venue, exchange in exchanges.items():
        price = asks.get(venue.value, "60000")
        exchange.tickers_now[BTC.code] = ticker(BTC, price, price, price, average=Decimal(price))
    return Values(
        markets=Markets(exchanges=exchanges, accounts=_NOBODY, favourites=_NOBODY),
        balances=_NOBODY,
    )


async def weighed(of: Values, deposit: str, withdraw: str, *, is_live: bool = False) -> SwapWorth:
    sent, received = (Amount(Decimal(value), currency) for value, currency in map(str.split, (deposit, withdraw)))
    return await of.of_swap(sent, received, is_live=is_live)


async def worth(of: Values, deposit: str, withdraw: str, *, is_live: bool = False) -> Decimal | None:
    return (await weighed(of, deposit, withdraw, is_live=is_live)).counted


@pytest.mark.parametrize(
    ("deposit", "withdraw", "expected"),
    [
        ("500 USDT", "0.008 BTC", 500),  # 480
        ("500 USDT", "0.01 BTC", 600),
        ("0.01 BTC", "100 USDT", 600),
        ("0.01 BTC", "700 USDT", 700),
        ("0.01 BTC", "5 XMR", 600),
        ("500 USDC", "0.0005 BTC", 500),  # 30
        ("5 XMR", "0.01 BTC", None),
        ("5 XMR", "7 ZEC", None),
    ],
)
async def test_the_deposits_own_price_counts_and_what_comes_back_if_that_is_more(
    deposit: str, withdraw: str, expected: int | None
) -> None:
    assert await worth(values(Venue.PAPER), deposit, withdraw) == expected


@pytest.mark.parametrize(
    ("venues", "is_live", "expected"),
    [
        ((Venue.ANDX, Venue.PAPER), True, 700),
        ((Venue.PAPER, Venue.ANDX), True, 700),
        ((Venue.ANDX, Venue.PAPER), False, 600),
        ((Venue.ANDX,), False, 700),
        ((Venue.PAPER,), True, None),
        ((), True, None),
    ],
)
async def test_prices_of_play_money_never_value_a_live_swap(
    venues: tuple[Venue, ...], is_live: bool, expected: int | None
) -> None:
    prices = values(*venues, andx="70000", paper="60000")
    assert await worth(prices, "0.01 BTC", "1 XMR", is_live=is_live) == expected


async def test_what_is_lost_is_known_where_both_prices_are() -> None:
    prices = values(Venue.PAPER)
    assert (await weighed(prices, "600 USDC", "0.009 BTC")).loss == Decimal("0.1")
    assert (await weighed(prices, "600 USDC", "0.011 BTC")).loss == Decimal("-0.1")
    assert (await weighed(prices, "600 USDC", "5 XMR")).loss is None
    assert await prices.can_weigh("USDC", is_live=True) and not await prices.can_weigh("BTC", is_live=True)


async def test_strange_prices_of_either_coin_stop_it() -> None:
    prices = values(Venue.PAPER)
    exchange = prices._markets._exchanges[Venue.PAPER]
    assert isinstance(exchange, FakeExchange)
    exchange.tickers_now[BTC.code] = replace(exchange.tickers_now[BTC.code], last=Decimal("0.01"))
    for sides in (("0.01 BTC", "500 USDT"), ("500 USDT", "0.01 BTC")):
        with pytest.raises(Stopped) as stopped:
            await worth(prices, *sides)
        assert (stopped.value.obstacle, stopped.value.currency) == (Obstacle.PRICE_UNCLEAR, "BTC")
