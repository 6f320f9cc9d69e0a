"""Trades are read as the exchange pages them, kept, and told from what was kept where it cannot be asked."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause, InputError, NoSession, SessionExpired, Unavailable
from chatbot.domain.ids import MarketCode
from chatbot.domain.secrets import Session
from chatbot.domain.trade_text import TradeQuery, TradeWindow
from chatbot.domain.trade_totals import Pair
from chatbot.domain.trades import TradeSpan
from chatbot.ports.exchange import Priority
from chatbot.services.trades import CaughtUp, Source, Trades
from tests.fakes.instant import trade
from tests.services.house import ANNA, House

ETH = MarketCode("ETHUSDT")
MONTH = TradeQuery(window=TradeWindow.MONTH)
ETH_MONTH = TradeQuery(symbol="ETH", window=TradeWindow.MONTH)


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
    assert pages[0].page.trades[0].number == 1 and {each.source for each in pages} == {Source.EXCHANGE}


async def test_totals_are_those_of_the_whole_window_on_every_page(house: House, session: Session) -> None:
    put(house, session, 50)
    for page in (1, 2, 3):
        (summed,) = (await house.trades.page(ANNA, MONTH, page=page)).summed or ()
        assert summed.sold == 50 * Decimal("0.00007")
    (day,) = (await house.trades.page(ANNA, TradeQuery(window=TradeWindow.DAY))).summed or ()
    assert day.sold == 24 * Decimal("0.00007")


async def test_totals_of_what_is_not_known_whole_are_not_told(house: House, session: Session) -> None:
    put(house, session, 120)
    assert (await house.trades.page(ANNA, MONTH)).summed is None
    house.instant.expire(session)
    assert (await house.trades.page(ANNA, MONTH)).summed is None
    every = await house.trades.page(ANNA, TradeQuery(window=TradeWindow.ALL))
    assert every.summed is not None and every.summed[0].sold == 100 * Decimal("0.00007")


async def test_a_refresh_sees_what_was_just_traded(house: House, session: Session) -> None:
    put(house, session, 3)
    await house.trades.page(ANNA, MONTH)
    put(house, session, 1, first=9, at=house.clock.now())
    assert (await house.trades.page(ANNA, MONTH)).page.trades[0].number == 9


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


async def test_one_market_is_shown_alone(house: House, session: Session) -> None:
    put(house, session, 45)
    put(house, session, 2, first=46, market=ETH)
    listed = await house.trades.page(ANNA, TradeQuery(symbol="eth", window=TradeWindow.MONTH))
    assert listed.market == ETH and (listed.page.number, listed.page.has_next) == (1, False)
    assert [each.market for each in listed.page.trades] == [ETH, ETH] and listed.others == 0
    assert listed.pairs[ETH] == Pair(base="ETH", counter="USDT")


async def test_a_market_that_was_not_traded_has_one_empty_page(house: House, session: Session) -> None:
    put(house, session, 48)
    listed = await house.trades.page(ANNA, ETH_MONTH)
    assert (listed.page.trades, listed.page.number, listed.page.has_next) == ((), 1, False) and listed.summed == ()


async def test_of_a_history_that_is_not_known_pages_without_the_market_are_turned_both_ways(
    house: House, session: Session
) -> None:
    put(house, session, 20, market=ETH)
    put(house, session, 80, first=21)
    put(house, session, 20, first=101, market=ETH)
    first = await house.trades.page(ANNA, ETH_MONTH)
    assert (first.page.number, first.page.has_next, first.summed) == (1, True, None)
    then = await house.trades.page(ANNA, ETH_MONTH, page=2)
    assert then.page.number == 6 and then.page.trades[0].number == 101
    before = await house.trades.page(ANNA, ETH_MONTH, page=5, back=True)
    assert before.page.number == 1 and before.page.trades[0].number == 1


async def test_a_tap_reads_no_more_than_a_few_pages(house: House, session: Session) -> None:
    put(house, session, 400)
    listed = await house.trades.page(ANNA, ETH_MONTH)
    assert len(house.instant.asked) == 6 and listed.page.has_next and listed.page.trades == ()
    for page, back, shown in ((2, False, 6), (12, True, 8)):
        house.instant.asked.clear()
        listed = await house.trades.page(ANNA, ETH_MONTH, page=page, back=back)
        assert len(house.instant.asked) == 5 and listed.page.number == shown


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
    assert (await house.trades.page(ANNA, TradeQuery())).pairs == {"BTCUSDT": Pair(base="BTCUSDT", counter="")}
    with pytest.raises(InputError):  # and not guessed at where it matters
        await house.trades.pairs(Venue.PAPER, {MarketCode("USDTUSD")})


async def known(house: House, account: Account) -> list[int]:
    batch = await house.storage.trades.batch(account.id, since=None, until=house.clock.now(), after=None, limit=999)
    return sorted(each.number for each in batch)


async def test_catching_up_reads_all_once_and_then_what_is_new(
    house: House, account: Account, session: Session
) -> None:
    put(house, session, 50)
    caught_up = await house.trades.catch_up(account)
    assert caught_up.source is Source.EXCHANGE and caught_up.coverage is not None
    assert caught_up.coverage.until - caught_up.coverage.since == timedelta(days=30)
    assert await known(house, account) == list(range(1, 51)) and len(house.instant.asked) == 3
    assert await house.trades.catch_up(account) == caught_up and len(house.instant.asked) == 3
    house.clock.pass_(9 * 3600)
    put(house, session, 1, first=99, at=house.clock.now())
    again = await house.trades.catch_up(account)
    assert len(house.instant.asked) == 5, "until a page has nothing new"
    assert again.coverage is not None and again.coverage.since == caught_up.coverage.since
    house.clock.pass_(1)
    assert await known(house, account) == [*range(1, 51), 99]


async def test_a_page_that_was_looked_at_does_not_hide_what_is_behind_it(
    house: House, account: Account, session: Session
) -> None:
    put(house, session, 45)
    await house.trades.page(ANNA, MONTH)
    assert (await house.trades.catch_up(account)).source is Source.EXCHANGE
    assert await known(house, account) == list(range(1, 46))


async def test_trades_made_while_the_list_is_read_push_none_out_of_it(
    house: House, account: Account, session: Session
) -> None:
    put(house, session, 50)
    sweep = await house.trades.turn(await house.trades.begin(account), priority=Priority.ALERT)
    made = [trade(house.clock, number, ago=timedelta(0)) for number in range(100, 120)]
    house.instant.put(session, *made)
    while sweep is not None:
        sweep = await house.trades.turn(sweep, priority=Priority.ALERT)
    assert await known(house, account) == list(range(1, 51))
    house.clock.pass_(60)
    await house.trades.catch_up(account)
    assert await known(house, account) == [*range(1, 51), *range(100, 120)]


async def test_a_month_in_which_nothing_was_read_is_a_gap(house: House, account: Account, session: Session) -> None:
    first = await house.trades.catch_up(account)
    house.clock.pass_(20 * 24 * 3600)
    joined = await house.trades.catch_up(account)
    house.clock.pass_(40 * 24 * 3600)
    apart = await house.trades.catch_up(account)
    assert first.coverage and joined.coverage and apart.coverage
    assert joined.coverage.since == first.coverage.since
    assert apart.coverage.since == house.clock.now() - timedelta(days=30)


async def test_whoever_waits_waits_for_a_few_pages_and_is_told_that_it_is_not_all(
    house: House, account: Account, session: Session
) -> None:
    put(house, session, 300)
    assert await house.trades.catch_up(account) == CaughtUp(source=Source.KEPT, coverage=None)
    assert len(house.instant.asked) == 5 and await known(house, account) == list(range(1, 101))


async def test_whoever_waits_does_not_wait_for_an_exchange_that_is_silent(
    house: House, account: Account, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(house.instant, "trades", never)
    hasty = Trades(
        exchanges={},
        accounts=house.accounts,
        sessions=house.sessions,
        kept=house.storage.trades,
        clock=house.clock,
        patience=timedelta(milliseconds=1),
    )
    assert (await hasty.catch_up(account)).source is Source.KEPT


async def test_what_stands_in_the_way_is_told_and_no_error(house: House, account: Account) -> None:
    assert (await house.trades.catch_up(account)).source is Source.NO_SESSION
    opened = house.instant.open_session()
    await house.storage.accounts.put_session(account, opened, now=house.clock.now())
    house.instant.fail("trades", Unavailable(Cause.UNREACHABLE))
    assert (await house.trades.catch_up(account)).source is Source.KEPT
    house.instant.expire(opened)
    assert (await house.trades.catch_up(account)).source is Source.SESSION_ENDED
