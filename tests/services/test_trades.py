"""Trades are read as the exchange pages them, kept, and told from what was kept where it cannot be asked."""

from datetime import timedelta

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import InputError, NoSession, SessionExpired
from chatbot.domain.ids import MarketCode
from chatbot.domain.secrets import Session
from chatbot.domain.trade_text import TradeQuery, TradeWindow
from chatbot.domain.trade_totals import Pair
from chatbot.domain.trades import TradeSpan
from chatbot.services.trades import Source
from tests.fakes.instant import trade
from tests.services.house import ANNA, House

ETH = MarketCode("ETHUSDT")
MONTH = TradeQuery(window=TradeWindow.MONTH)


@pytest.fixture
async def session(house: House, account: Account) -> Session:
    opened = house.instant.open_session()
    await house.storage.accounts.put_session(account, opened, now=house.clock.now())
    return opened


def put(house: House, session: Session, count: int, *, first: int = 1, **changes: object) -> None:
    """Trades an hour apart, the newest an hour ago."""
    made = (
        trade(house.clock, number, ago=timedelta(hours=number), **changes) for number in range(first, first + count)
    )
    house.instant.put(session, *made)


async def test_pages_are_those_of_the_exchange(house: House, session: Session) -> None:
    put(house, session, 50)
    pages = [await house.trades.page(ANNA, MONTH, page=page) for page in (1, 2, 3)]
    assert [len(listed.page.trades) for listed in pages] == [20, 20, 10]
    assert [listed.page.has_next for listed in pages] == [True, True, False]
    assert house.instant.asked == [(TradeSpan.MONTH, 1), (TradeSpan.MONTH, 2), (TradeSpan.MONTH, 3)]
    assert pages[0].page.trades[0].number == 1 and pages[0].source is Source.EXCHANGE


async def test_what_was_read_is_kept_once(house: House, account: Account, session: Session) -> None:
    put(house, session, 3)
    for _ in range(2):
        await house.trades.page(ANNA, TradeQuery())
    kept = await house.trades.page(ANNA, TradeQuery(window=TradeWindow.ALL))
    assert [each.number for each in kept.page.trades] == [1, 2, 3] and kept.source is Source.KEPT


async def test_kept_trades_reach_beyond_the_exchanges_month(house: House, session: Session) -> None:
    put(house, session, 2)
    await house.trades.page(ANNA, MONTH)
    house.clock.pass_(40 * 24 * 3600)
    assert (await house.trades.page(ANNA, MONTH)).page.trades == ()
    assert len((await house.trades.page(ANNA, TradeQuery(window=TradeWindow.ALL))).page.trades) == 2


async def test_one_market_is_looked_for_page_by_page(house: House, session: Session) -> None:
    put(house, session, 45)
    put(house, session, 2, first=46, market=ETH)
    listed = await house.trades.page(ANNA, TradeQuery(symbol="eth", window=TradeWindow.MONTH))
    assert listed.market == ETH and listed.page.number == 3
    assert [each.market for each in listed.page.trades] == [ETH, ETH] and listed.others == 5
    assert listed.pairs[ETH] == Pair(base="ETH", counter="USDT")


async def test_a_tap_reads_no_more_than_a_few_pages(house: House, session: Session) -> None:
    put(house, session, 300)
    listed = await house.trades.page(ANNA, TradeQuery(symbol="ETH", window=TradeWindow.MONTH))
    assert len(house.instant.asked) == 5 and listed.page.has_next and listed.page.trades == ()


async def test_a_coin_of_instant_trade_alone_is_known_too(house: House, session: Session) -> None:
    put(house, session, 1, market=MarketCode("SOLUSDT"))
    for symbol in ("SOL", "sol/usdt"):
        listed = await house.trades.page(ANNA, TradeQuery(symbol=symbol))
        assert listed.pairs[MarketCode("SOLUSDT")] == Pair(base="SOL", counter="USDT") and listed.page.trades
    with pytest.raises(InputError):
        await house.trades.page(ANNA, TradeQuery(symbol="<b>"))


async def test_an_ended_session_is_said_and_what_was_kept_shown(house: House, session: Session) -> None:
    put(house, session, 2)
    await house.trades.page(ANNA, TradeQuery())
    house.instant.expire(session)
    for _ in range(2):
        listed = await house.trades.page(ANNA, TradeQuery())
        assert listed.source is Source.SESSION_ENDED and len(listed.page.trades) == 2


async def test_without_a_session_and_anything_kept_it_is_asked_for(house: House, account: Account) -> None:
    with pytest.raises(NoSession):
        await house.trades.page(ANNA, TradeQuery())
    opened = house.instant.open_session()
    await house.storage.accounts.put_session(account, opened, now=house.clock.now())
    house.instant.expire(opened)
    with pytest.raises(SessionExpired):
        await house.trades.page(ANNA, TradeQuery())


async def test_a_forged_page_is_brought_into_range(house: House, account: Account, session: Session) -> None:
    put(house, session, 1)
    await house.trades.page(ANNA, TradeQuery())
    for page in (-5, 10**18):
        listed = await house.trades.page(ANNA, TradeQuery(window=TradeWindow.ALL), page=page)
        assert listed.page.number in (1, 100_000)


async def test_trades_are_shown_while_the_list_of_markets_cannot_be_read(house: House, session: Session) -> None:
    put(house, session, 1)
    house.exchange.fail("markets", InputError("away"), times=9)
    assert (await house.trades.page(ANNA, TradeQuery())).pairs == {"BTCUSDT": Pair(base="BTC", counter="USDT")}
