from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Unavailable, UnknownMarket
from chatbot.domain.ids import MarketCode
from chatbot.services.markets import MOST_PRICES, Markets, Quote
from tests.fakes.exchange import FakeExchange
from tests.fakes.values import BTC, ETH, ticker
from tests.services.house import ANNA, CHAT, House

PAPER = Venue.PAPER


@pytest.mark.parametrize(
    ("typed", "first"), [("BTX", "BTCUSDT"), ("bitcion", "BTCUSDT"), ("ethusd", "ETHUSDT"), ("etherium", "ETHUSDT")]
)
async def test_an_unknown_symbol_gets_the_nearest_ones(house: House, typed: str, first: str) -> None:
    with pytest.raises(UnknownMarket) as caught:
        await house.markets.find(typed, venue=PAPER)
    nearest = caught.value.nearest
    assert nearest[0] == first and len(set(nearest)) == len(nearest) <= 6


@pytest.mark.parametrize(
    ("names", "named", "near"),
    [
        (("btc", "ETH"), ["BTCUSDT", "ETHUSDT"], []),
        (("e", "btc"), ["BTCUSDT"], ["ETHUSDT"]),
        (("bt", "btc"), ["BTCUSDT"], []),
        (("etherium",), [], ["ETHUSDT"]),
        (("zzqq",), [], []),
    ],
)
async def test_names_that_are_not_complete_find_what_they_may_become(
    house: House, names: tuple[str, ...], named: list[str], near: list[str]
) -> None:
    found = await house.markets.matching(names, venue=PAPER)
    assert [quote.market.code for quote in found.named] == named
    assert [quote.market.code for quote in found.near][: len(near) or None] == near


async def test_a_market_without_a_book_is_not_listed(house: House) -> None:
    house.exchange.listed.append(replace(BTC, code=MarketCode("DOGEUSDT"), base="DOGE", instant_only=True))
    assert "DOGEUSDT" not in {market.code for market in await house.markets.listed(PAPER)}
    with pytest.raises(UnknownMarket):
        await house.markets.find("DOGE", venue=PAPER)


@pytest.mark.parametrize("typed", ["paxg", "PAXGUSDT", " paxg/usdt "])
async def test_rules_are_also_had_of_a_market_that_no_list_names(house: House, typed: str) -> None:
    gold = replace(BTC, code=MarketCode("PAXGUSDT"), base="PAXG", instant_only=True)
    house.exchange.described["PAXGUSDT"] = gold
    assert await house.markets.rules(typed, venue=PAPER) == Quote(market=gold, ticker=None)


async def test_rules_are_what_the_exchange_says_now_and_not_what_the_list_said(house: House) -> None:
    now = replace(BTC, minimum=Decimal(7))
    house.exchange.described["BTCUSDT"] = now
    assert await house.markets.rules("bitcoin", venue=PAPER) == Quote(market=now, ticker=ticker())


async def test_the_exchange_is_asked_before_a_market_is_called_unknown(house: House) -> None:
    with pytest.raises(UnknownMarket) as caught:
        await house.markets.rules("BTX", venue=PAPER)
    assert house.exchange.calls == ["markets", "market", "markets"] and caught.value.nearest[0] == "BTCUSDT"


@pytest.mark.parametrize("typed", ["btc/../x", "ＢＴＣ", "B" * 30, "/"])
async def test_what_can_be_no_code_is_never_asked_for(house: House, typed: str) -> None:
    with pytest.raises(UnknownMarket):
        await house.markets.rules(typed, venue=PAPER)
    assert "market" not in house.exchange.calls


async def test_a_listed_market_without_rules_is_the_exchanges_fault(house: House) -> None:
    house.exchange.described["BTCUSDT"] = None
    with pytest.raises(Unavailable):
        await house.markets.rules("BTC", venue=PAPER)


async def test_quotes_come_in_the_order_asked_each_once_and_tell_missing_prices(house: House) -> None:
    del house.exchange.tickers_now[BTC.code]
    quotes = await house.markets.quotes(("eth", "BTC", "ETHUSDT"), venue=PAPER)
    assert [(quote.market.code, quote.ticker is None) for quote in quotes] == [("ETHUSDT", False), ("BTCUSDT", True)]
    assert house.exchange.calls.count("tickers") == 1


async def test_the_liveliest_have_the_largest_turnover(house: House) -> None:
    # 12.5 BTC at 60,000 on average against 300 ETH at 2,500, then 400
    for eth, first in (("299", "BTCUSDT"), ("301", "ETHUSDT")):
        house.exchange.tickers_now[ETH.code] = ticker(ETH, volume=Decimal(eth), average=Decimal(2500))
        assert (await house.markets.liveliest(venue=PAPER))[0].market.code == first


async def test_favourites_are_those_this_venue_lists(house: House) -> None:
    for code in ("GONEUSDT", "ETHUSDT", *(f"X{number}USDT" for number in range(MOST_PRICES)), "BTCUSDT"):
        await house.storage.favourites.toggle(CHAT, code, now=house.clock.at)
        house.clock.pass_(1)
    found = await house.markets.favourites(CHAT, venue=PAPER)
    assert [quote.market.code for quote in found] == ["ETHUSDT", "BTCUSDT"]
    assert await house.markets.is_favourite(CHAT, ETH.code)


async def test_everybody_looks_at_the_first_venue_and_an_account_holder_at_its_own(
    house: House, account: Account
) -> None:
    exchanges = {Venue.ANDX: FakeExchange(house.clock), PAPER: house.exchange}
    markets = Markets(exchanges=exchanges, accounts=house.storage.accounts, favourites=house.storage.favourites)
    assert await markets.venue_for(None) is Venue.ANDX
    assert await markets.venue_for(12345) is Venue.ANDX  # type: ignore[arg-type]
    assert await markets.venue_for(ANNA) is PAPER


async def test_waiting_for_the_budget_is_known(house: House) -> None:
    house.exchange.wait = timedelta(seconds=7)
    assert house.markets.expected_wait(PAPER) == timedelta(seconds=7)
