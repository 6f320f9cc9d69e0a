"""What an account is worth: read, kept over time, and what its trades brought."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.bars import Bar
from chatbot.domain.charts import Span
from chatbot.domain.errors import Cause, NotLinked, Refused, Unavailable
from chatbot.domain.ids import MarketCode, SubAccountId
from chatbot.domain.money import Amount, divide
from chatbot.domain.orders import Side
from chatbot.domain.portfolio import Origin
from chatbot.domain.preferences import Preferences, ValueCurrency
from chatbot.domain.results import NoResult
from chatbot.domain.secrets import Session
from chatbot.services.last_prices import FRESH, MOST
from chatbot.services.portfolio import Portfolio
from tests.fakes.instant import trade
from tests.fakes.values import ticker
from tests.services.house import ANNA, BORIS, CHAT, House

HOUR = 3600.0
USUAL = Preferences()


async def read(house: House, named: str = "", **chosen: object) -> Portfolio:
    preferences = replace(USUAL, **chosen)  # type: ignore[arg-type]  # as tests name them
    return await house.portfolio.of(ANNA, named, preferences=preferences)


def price(house: House, last: str) -> None:
    house.exchange.tickers_now[MarketCode("BTCUSDT")] = ticker(last=last)


async def test_the_value_is_that_of_all_that_has_a_price(house: House) -> None:
    await house.link(BTC="1", USDT="10000", XYZ="7")
    price(house, "60000")
    found = await read(house)
    assert found.value == 70_000 and found.shares == (Amount(Decimal(60_000), "BTC"), Amount(Decimal(10_000), "USDT"))
    assert found.unpriced == (Amount(Decimal(7), "XYZ"),)
    assert (await read(house, currency=ValueCurrency.BTC)).value == divide(Decimal(7), Decimal(6))


def hold(house: House, **totals: str) -> None:
    (holder,) = house.exchange.holders.values()
    holder.totals |= {currency: Decimal(total) for currency, total in totals.items()}


async def traded(house: House, account: Account, market: str, at: str, *, ago: timedelta) -> None:
    done = trade(house.clock, len(market) + ago.days, ago=ago, market=MarketCode(market), price=Decimal(at))
    await house.storage.trades.keep(account.id, [done])


@pytest.fixture
async def session(house: House, account: Account) -> Session:
    opened = house.instant.open_session()
    await house.storage.accounts.put_session(account, opened, now=house.clock.now())
    return opened


async def test_a_coin_without_a_book_counts_by_the_last_own_trade_of_it(house: House, account: Account) -> None:
    price(house, "60000")
    hold(house, AAVE="10", XYZ="7")
    await traded(house, account, "AAVEUSDT", "90", ago=timedelta(days=9))
    await traded(house, account, "AAVEUSDT", "100", ago=timedelta(days=2))
    found = await read(house)
    assert found.value == 71_000 and Amount(Decimal(1_000), "AAVE") in found.shares
    ((amount, last),) = found.last_prices
    assert amount == Amount(Decimal(10), "AAVE") and last.origin is Origin.TRADE
    assert last.at == house.clock.now() - timedelta(days=2) and found.unpriced == (Amount(Decimal(7), "XYZ"),)


async def test_a_quote_says_it_better_and_is_not_asked_for_again_for_minutes(house: House, session: Session) -> None:
    price(house, "60000")
    hold(house, AAVE="10")
    house.instant.prices["AAVE"] = Decimal(110)
    for _ in range(2):
        found = await read(house)
        assert found.value == 71_100 and [last.origin for _, last in found.last_prices] == [Origin.QUOTE]
    assert house.instant.calls.count("quote") == 1
    house.clock.pass_(FRESH.total_seconds())
    house.instant.fail("quote", Unavailable(cause=Cause.TIMEOUT))
    assert (await read(house)).value == 71_100, "the last one stays known"
    assert house.instant.calls.count("quote") == 2


async def test_only_the_most_valuable_coins_are_asked_for_and_the_others_the_next_time(
    house: House, account: Account, session: Session
) -> None:
    coins = [f"C{number}" for number in range(MOST + 2)]
    hold(house, **dict.fromkeys(coins, "1"))
    for number, coin in enumerate(coins):
        house.instant.prices[coin] = Decimal(1 + number)
        await traded(house, account, f"{coin}USDT", str(1 + number), ago=timedelta(days=1 + number))
    by_quote = [
        {amount.currency for amount, last in (await read(house)).last_prices if last.origin is Origin.QUOTE}
        for _ in range(2)
    ]
    assert by_quote == [set(coins[2:]), set(coins)]


async def test_a_coin_that_is_not_converted_keeps_nobody_from_the_others_prices(house: House, session: Session) -> None:
    hold(house, AAVE="10")
    house.instant.prices["AAVE"] = Decimal(110)
    hold(house, AAAA="10")
    found = await read(house)
    assert [amount.currency for amount, _ in found.last_prices] == ["AAVE"]


async def test_a_change_counts_what_a_coin_without_a_book_did(house: House, session: Session) -> None:
    hold(house, AAVE="10")
    house.instant.prices["AAVE"] = Decimal(110)
    await read(house)
    house.clock.pass_(24 * HOUR)
    house.instant.prices["AAVE"] = Decimal(120)
    day = (await read(house)).changes[Span.DAY]
    assert day is not None and day.gain == 100


async def test_whoever_watches_asks_for_no_quote_and_keeps_the_last_known_price(
    house: House, account: Account, session: Session
) -> None:
    hold(house, AAVE="10")
    await traded(house, account, "AAVEUSDT", "100", ago=timedelta(days=2))
    await house.follow_ups.look(account)
    kept = await house.storage.samples.latest(account.id, "Main")
    assert kept is not None and kept.prices["AAVE"] == 100 and "quote" not in house.instant.calls


async def test_markets_that_cannot_be_read_fail_no_portfolio(
    house: House, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unread(_: Account) -> None:
        raise Unavailable(cause=Cause.UNREACHABLE)

    monkeypatch.setattr(house.portfolio._ledgers, "of", unread)
    found = await read(house)
    assert found.value > 0 and found.realised is not None and found.realised.result is NoResult.NO_MARKETS


async def test_a_currency_that_no_market_prices_is_said(house: House, account: Account) -> None:
    found = await read(house, currency=ValueCurrency.EUR)
    assert (found.wanted, found.currency) == (ValueCurrency.EUR, ValueCurrency.USDT) and found.value > 0


async def test_changes_reach_back_as_far_as_there_are_readings(house: House, account: Account) -> None:
    price(house, "60000")
    await read(house)
    house.clock.pass_(24 * HOUR)
    price(house, "66000")
    found = await read(house)
    day = found.changes[Span.DAY]
    assert day is not None and day.gain == 6_000
    assert found.changes[Span.WEEK] is None and found.begin == house.clock.now() - timedelta(days=1)
    assert [value for _, value in house.drawer.portfolios[-1].line] == [70_000, 76_000]


async def test_a_deposit_is_no_gain(house: House, account: Account) -> None:
    price(house, "60000")
    await read(house)
    house.clock.pass_(12 * HOUR)
    (holder,) = house.exchange.holders.values()
    holder.totals["USDT"] += 5_000
    await read(house)
    house.clock.pass_(12 * HOUR)
    found = await read(house)
    day = found.changes[Span.DAY]
    assert found.value == 75_000 and day is not None and day.gain == 0


async def test_whoever_watches_an_account_feeds_the_line_without_a_request_of_its_own(
    house: House, account: Account
) -> None:
    await house.follow_ups.look(account)
    before = house.exchange.calls.count("balances")
    for _ in range(3):
        house.clock.pass_(24 * HOUR)
        await house.follow_ups.look(account)
    assert house.exchange.calls.count("balances") == before + 3
    line = await house.storage.samples.since(account.id, "Main", house.clock.now() - timedelta(days=9))
    assert len(line) == 4


async def test_balances_without_prices_wait_for_the_next_reading(house: House, account: Account) -> None:
    house.exchange.fail("tickers", Unavailable(cause=Cause.UNREACHABLE))
    await house.follow_ups.look(account)
    assert await house.storage.samples.latest(account.id, "Main") is None


async def test_a_name_the_exchange_told_of_is_remembered_and_one_it_refused_is_not(
    house: House, account: Account
) -> None:
    second = await read(house, "Second")
    assert second.account_name == "Second" and second.open_orders is None
    house.exchange.fail("balances", Refused(code=1101, reason="account_owner_different"))
    with pytest.raises(Refused):
        await read(house, "Third")
    (name,) = (await read(house)).others
    assert name.name == "Second"
    assert (await house.portfolio.again(ANNA, account.id, name.id, preferences=USUAL)).account_name == "Second"


async def test_nobody_elses_account_or_sub_account_is_read(house: House, account: Account) -> None:
    with pytest.raises(NotLinked):
        await house.portfolio.again(ANNA, account.id, SubAccountId(9), preferences=USUAL)
    await house.link(BORIS)
    for ask in (
        house.portfolio.again(BORIS, account.id, None, preferences=USUAL),
        house.portfolio.results(BORIS, account.id),
    ):
        with pytest.raises(NotLinked):
            await ask


async def test_held_amounts_and_open_orders_are_told_and_a_key_without_that_right_is_no_error(
    house: House, account: Account
) -> None:
    ticket = await house.tap(await house.order_card(account))
    assert ticket.outcome is not None
    found = await read(house)
    assert found.held == (Amount(Decimal(5_000), "USDT"),) and found.open_orders and found.open_orders.count == 1
    house.exchange.fail("orders open", Refused(code=1, reason="no right"))
    assert (await read(house)).open_orders is None


async def test_what_cannot_be_drawn_is_told_without_a_picture(house: House, account: Account) -> None:
    house.drawer.broken = True
    assert (await read(house)).picture is None


async def test_results_are_of_the_trades_that_are_known(house: House, account: Account) -> None:
    assert (await house.portfolio.results(ANNA, account.id)).reach is None
    fee = Amount(Decimal(0), "USDT")
    bought = trade(
        house.clock, 1, ago=timedelta(hours=9), side=Side.BUY, amount=Decimal(2), total=Decimal(100), fee=fee
    )
    sold = trade(house.clock, 2, ago=timedelta(hours=8), amount=Decimal(1), total=Decimal(80), fee=fee)
    await house.storage.trades.keep(account.id, [sold, bought])
    found = await house.portfolio.results(ANNA, account.id)
    (btc,) = found.results
    assert btc.realised == 30 and btc.average == 50 and found.trades == 2 and found.reach == (bought.at, sold.at)
    assert found.holds["BTC"] == 1


async def test_a_trade_of_two_coins_is_valued_by_the_price_that_was_kept_of_its_moment(
    house: House, account: Account
) -> None:
    eth = trade(
        house.clock, 1, ago=timedelta(hours=3), side=Side.BUY, market=MarketCode("ETHBTC"), amount=Decimal(10),
        total=Decimal("0.5"), fee=Amount(Decimal(0), "BTC"),
    )  # fmt: skip
    await house.storage.trades.keep(account.id, [eth])
    assert (await house.portfolio.results(ANNA, account.id)).unvalued == 1
    start = eth.at.replace(second=0, microsecond=0)
    seen = Decimal(60_000)
    bar = Bar(start=start, open=seen, high=seen, low=seen, close=seen, volume=Decimal(1))
    await house.storage.bars.add(Venue.PAPER, start, {MarketCode("BTCUSDT"): bar}, length=timedelta(minutes=1))
    found = await house.portfolio.results(ANNA, account.id)
    assert found.unvalued == 0 and {each.currency: each.average for each in found.results}["ETH"] == 3_000


async def test_samples_are_taken_at_the_persons_own_midnight(house: House, account: Account) -> None:
    await house.preferences.change(CHAT, lambda usual: replace(usual, zone="Asia/Tokyo"))
    house.clock.at = house.clock.at.replace(hour=14, minute=50)  # 23:50 in Tokyo
    await read(house)
    house.clock.pass_(HOUR / 2)
    await read(house)
    line = await house.storage.samples.since(account.id, "Main", house.clock.now() - timedelta(days=9))
    assert len(line) == 2
