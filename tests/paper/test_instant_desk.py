"""Quotes and conversions by hand, with a clock that stands still."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.paper.exchange import Exchange
from chatbot.paper.instant.coins import COINS
from chatbot.paper.instant.quotes import CENT, Pair, quote
from chatbot.paper.market import MARKETS, MARKETS_BY_CODE, Market
from chatbot.paper.orders import Side, State
from tests.paper.setting import Hands, still_exchange, taking

BTC_SALE = Pair(market=MARKETS_BY_CODE["BTCUSDT"], side=Side.SELL)
PAXG = MARKETS_BY_CODE["PAXGUSDT"]


@pytest.fixture(scope="module")
def prompt_exchange() -> Exchange:
    """Where every order ends at once."""
    exchange = still_exchange()
    exchange.instant.behaviour.wait = timedelta(0)
    return exchange


@pytest.mark.parametrize(
    ("price", "amount", "bought"),
    [("61463.13", "0.00007", "4.30"), ("61463.13", "0.00006579", "4.04"), ("61463.13", "0.025", "1536.58")],
)
def test_amounts_are_rounded_as_in_the_documented_example(price: str, amount: str, bought: str) -> None:
    assert BTC_SALE.received(Decimal(amount), price=Decimal(price)) == Decimal(bought)


def test_about_120_coins_are_converted_of_which_most_have_no_book() -> None:
    against_usdt = [market for market in MARKETS if market.counter == "USDT"]
    assert len(against_usdt) == len({market.base for market in against_usdt}) == 122
    assert sum(market.instant_only for market in against_usdt) == len(COINS) == 102


def test_there_and_back_costs_six_to_ten_permille_whatever_the_coin() -> None:
    for market in MARKETS:
        buying, selling = (Pair(market=market, side=side) for side in Side)
        coins = quote(buying, Decimal(1000), fair=market.start_price, at=0).buy_amount
        back = quote(selling, coins, fair=market.start_price, at=0).buy_amount
        assert Decimal("0.0055") < 1 - back / 1000 < Decimal("0.0105"), market.code


markets = st.sampled_from(MARKETS)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(markets, st.sampled_from(Side), st.integers(5, 2000))
def test_limits_are_amounts_that_can_be_sold_and_are_worth_what_they_say(
    market: Market, side: Side, percent: int
) -> None:
    pair = Pair(market=market, side=side)
    fair = (market.start_price * percent / 100).quantize(market.price_step.scaleb(-4))
    offer = quote(pair, Decimal(1000 if side is Side.BUY else 1), fair=fair, at=0)
    for limit, received, worth in (
        (offer.least_sell, offer.least_buy, Decimal(4)),
        (offer.most_sell, offer.most_buy, Decimal(1500)),
    ):
        assert limit == limit.quantize(pair.sold_step) > 0
        assert received == pair.received(limit, price=offer.price) > 0
        in_counter = limit if side is Side.BUY else limit * offer.price
        assert abs(in_counter - worth) <= worth / 100 + offer.price * pair.market.volume_step
    assert offer.least_sell < offer.most_sell


def test_coins_without_a_book_live() -> None:
    exchange = Exchange(clock=Hands().clock(), seed=4)
    before = {market.code: exchange.fair_price(market) for market in MARKETS}
    for _ in range(3 * len(COINS)):
        exchange.tick()
    assert all(exchange.fair_price(market) != before[market.code] for market in MARKETS)


def test_a_held_and_a_frozen_coin_stand_still() -> None:
    exchange = Exchange(clock=Hands().clock(), seed=4)
    exchange.hold("PAXGUSDT", held=True)
    price = exchange.fair_price(PAXG)
    for _ in range(2 * len(COINS)):
        exchange.tick()
    assert exchange.fair_price(PAXG) == price
    exchange.hold("PAXGUSDT", held=False)
    exchange.frozen = True
    for _ in range(2 * len(COINS)):
        exchange.tick()
    assert exchange.fair_price(PAXG) == price


def test_one_order_in_four_takes_a_second() -> None:
    hands = Hands()
    exchange = still_exchange(hands)
    orders = []
    for _ in range(200):
        orders.append(
            exchange.instant.convert(taking(exchange.ready[0], exchange.instant.quote(BTC_SALE, Decimal("0.001"))))
        )
    waiting = [order for order in orders if order.is_open]
    assert 30 < len(waiting) < 70
    assert len(exchange.instant.waiting()) == len(waiting)
    hands.pass_(0.99)
    exchange.tick()
    assert all(order.is_open for order in waiting)
    hands.pass_(0.01)
    exchange.tick()
    assert all(order.state is State.FILLED and order.updated_at > order.added_at for order in waiting)


def test_money_that_a_slow_order_holds_is_not_spent_twice() -> None:
    hands = Hands()
    exchange = still_exchange(hands)
    exchange.instant.behaviour.wait = timedelta(seconds=5)
    purse = exchange.ledger.purse(exchange.ready[0].number, "BTC")
    exchange.ledger.set_balance(exchange.ready[0].number, "BTC", Decimal("0.0015"))
    order = exchange.instant.convert(taking(exchange.ready[0], exchange.instant.quote(BTC_SALE, Decimal("0.001"))))
    assert (purse.total, purse.available) == (Decimal("0.0015"), Decimal("0.0005"))
    hands.pass_(5)
    exchange.catch_up()
    assert order.state is State.FILLED
    assert (purse.total, purse.held) == (Decimal("0.0005"), Decimal(0))


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(markets, st.sampled_from(Side), st.integers(5, 1400))
def test_an_order_moves_exactly_what_was_quoted(
    prompt_exchange: Exchange, market: Market, side: Side, worth: int
) -> None:
    exchange, pair = prompt_exchange, Pair(market=market, side=side)
    owner, fair = exchange.ready[1], exchange.fair_price(market)
    account = owner.number
    sold = Decimal(worth) if side is Side.BUY else (worth / fair).quantize(market.volume_step)
    exchange.ledger.set_balance(account, pair.sold, sold)
    exchange.ledger.set_balance(account, pair.bought, Decimal(0))
    offer = exchange.instant.quote(pair, sold)
    order = exchange.instant.convert(taking(owner, offer))
    assert exchange.ledger.purse(account, pair.sold).total == 0
    assert exchange.ledger.purse(account, pair.bought).total == offer.buy_amount
    counter, base = (sold, offer.buy_amount) if side is Side.BUY else (offer.buy_amount, sold)
    assert (order.state, order.total, order.executed) == (State.FILLED, counter, base)
    fact = exchange.executions.of(account)[-1].fact
    assert (fact.side, fact.total, fact.amount, fact.fee_currency) == (side, counter, base, pair.bought)
    assert abs(fact.price * base - counter) < CENT / 10**6
