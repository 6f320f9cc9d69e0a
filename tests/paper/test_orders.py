"""Placing, matching and cancelling, by hand on a venue that stands still."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.paper.exchange import Exchange
from chatbot.paper.ledger import HOUSE
from chatbot.paper.orders import Order, Side, State
from chatbot.paper.refusals import Refusal, Refused
from tests.paper.setting import BTCUSDT, Hands, at_market, limit, still_exchange


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def exchange(hands: Hands) -> Exchange:
    return still_exchange(hands)


def best(exchange: Exchange, side: Side) -> Decimal:
    price = exchange.markets["BTCUSDT"].book.half(side).best_price()
    assert price is not None
    return price


def owned(exchange: Exchange, currency: str, *, who: int = 0) -> tuple[Decimal, Decimal]:
    purse = exchange.ledger.purse(exchange.ready[who].number, currency)
    return purse.total, purse.available


def test_a_resting_buy_holds_exactly_its_cost(exchange: Exchange) -> None:
    order = exchange.place(limit(exchange.ready[0], Side.BUY, "0.1", "70000.01"))
    assert order.state is State.NEW
    assert owned(exchange, "USDT") == (Decimal(100_000), Decimal("92999.999"))


def test_a_resting_buy_fills_at_its_own_price_when_the_market_reaches_it(exchange: Exchange) -> None:
    order = exchange.place(limit(exchange.ready[0], Side.BUY, "0.1", "76000.00"))
    exchange.set_price("BTCUSDT", Decimal("76000.01"))
    assert order.is_open
    exchange.set_price("BTCUSDT", Decimal("76000"))
    assert order.state is State.FILLED
    assert order.total == Decimal(7600)
    assert order.fee == Decimal("0.1") * BTCUSDT.maker_fee
    assert owned(exchange, "USDT") == (Decimal(92_400), Decimal(92_400))
    assert owned(exchange, "BTC")[0] == Decimal(1) + Decimal("0.1") - Decimal("0.00015")


def test_a_crossing_buy_takes_the_best_price_and_pays_the_taker_fee(exchange: Exchange) -> None:
    ask = best(exchange, Side.SELL)
    order = exchange.place(limit(exchange.ready[0], Side.BUY, "0.001", "76900.00"))
    assert (order.state, order.total) == (State.FILLED, ask * Decimal("0.001"))
    assert order.fee == Decimal("0.001") * BTCUSDT.taker_fee
    assert owned(exchange, "USDT") == (Decimal(100_000) - order.total,) * 2


def test_a_seller_pays_the_fee_in_the_counter_currency(exchange: Exchange) -> None:
    bid = best(exchange, Side.BUY)
    order = exchange.place(at_market(exchange.ready[0], Side.SELL, "0.001"))
    assert order.fee == bid * Decimal("0.001") * BTCUSDT.taker_fee
    assert owned(exchange, "USDT")[0] == Decimal(100_000) + order.total - order.fee
    assert owned(exchange, "BTC") == (Decimal("0.999"),) * 2


def test_a_buy_larger_than_the_first_level_fills_partly_and_rests(exchange: Exchange) -> None:
    ask, volume = next(exchange.markets["BTCUSDT"].book.half(Side.SELL).levels())
    wanted = volume + Decimal("0.01")
    order = exchange.place(limit(exchange.ready[0], Side.BUY, str(wanted), str(ask)))
    assert (order.state, order.executed, order.remaining) == (State.PARTIAL, volume, Decimal("0.01"))
    assert best(exchange, Side.BUY) == ask
    total, available = owned(exchange, "USDT")
    assert total - available == ask * Decimal("0.01")


def test_equal_prices_fill_in_order_of_arrival_and_better_prices_first(exchange: Exchange) -> None:
    first, second = (exchange.place(limit(a, Side.BUY, "0.01", "76490.00")) for a in exchange.ready)
    better = exchange.place(limit(exchange.ready[1], Side.BUY, "0.01", "76495.00"))
    exchange.place(at_market(exchange.ready[0], Side.SELL, "0.015"))
    assert [order.executed for order in (better, first, second)] == [
        Decimal("0.01"),
        Decimal("0.005"),
        Decimal(0),
    ]


def test_the_remainder_of_a_market_order_without_liquidity_is_cancelled(exchange: Exchange) -> None:
    exchange.ledger.set_balance(exchange.ready[0].number, "BTC", Decimal(100))
    book = exchange.markets["BTCUSDT"].book
    for _ in range(200):
        if book.half(Side.BUY).best_price() is None:
            break
        order = exchange.place(at_market(exchange.ready[0], Side.SELL, "0.12"))
    assert order.state is State.CANCELLED
    assert Decimal(0) < order.executed < order.terms.volume
    total, available = owned(exchange, "BTC")
    assert total == available


def test_post_only_rests_or_is_refused_but_never_takes(exchange: Exchange) -> None:
    ask = best(exchange, Side.SELL)
    with pytest.raises(Refused) as refused:
        exchange.place(limit(exchange.ready[0], Side.BUY, "0.01", str(ask), post_only=True))
    assert refused.value.refusal is Refusal.POST_ONLY_WOULD_TRADE
    resting = limit(exchange.ready[0], Side.BUY, "0.01", str(ask - BTCUSDT.price_step), post_only=True)
    assert exchange.place(resting).state is State.NEW


@pytest.mark.parametrize(
    ("volume", "price", "refusal"),
    [
        ("0.00006", "76000", Refusal.AMOUNT_BELOW_MINIMUM),
        ("0.14", "76000", Refusal.AMOUNT_ABOVE_MAXIMUM),
        ("0.000100001", "76000", Refusal.VOLUME_DECIMALS),
        ("0.01", "76000.001", Refusal.PRICE_DECIMALS),
        ("0.001", "45899.99", Refusal.PRICE_OUT_OF_BAND),
        ("0.001", "229500.01", Refusal.PRICE_OUT_OF_BAND),
        ("0", "76000", Refusal.PARAMETER_INVALID),
        ("0.01", "0", Refusal.PARAMETER_INVALID),
    ],
)
def test_what_breaks_a_rule_is_refused_and_changes_nothing(
    exchange: Exchange, volume: str, price: str, refusal: Refusal
) -> None:
    with pytest.raises(Refused) as refused:
        exchange.place(limit(exchange.ready[0], Side.BUY, volume, price))
    assert refused.value.refusal is refusal
    assert owned(exchange, "USDT") == (Decimal(100_000),) * 2
    assert not exchange.history(exchange.ready[0])


@pytest.mark.parametrize(("volume", "price"), [("0.00010000", "45900"), ("0.0001", "229500.00")])
def test_the_limits_themselves_are_allowed(exchange: Exchange, volume: str, price: str) -> None:
    if price.startswith("4"):
        volume = "0.00010894"  # 5.000346 at the lowest price
    exchange.place(limit(exchange.ready[0], Side.SELL, volume, price))


def test_an_order_beyond_the_balance_is_refused(exchange: Exchange) -> None:
    account = exchange.ready[0]
    exchange.ledger.set_balance(account.number, "USDT", Decimal("759.99"))
    for terms in (limit(account, Side.BUY, "0.01", "76000"), at_market(account, Side.BUY, "0.01")):
        with pytest.raises(Refused) as refused:
            exchange.place(terms)
        assert refused.value.refusal is Refusal.BALANCE_INSUFFICIENT


def test_money_held_by_an_order_cannot_be_spent_twice(exchange: Exchange) -> None:
    account = exchange.ready[0]
    exchange.ledger.set_balance(account.number, "BTC", Decimal("0.1"))
    exchange.place(limit(account, Side.SELL, "0.1", "90000"))
    with pytest.raises(Refused):
        exchange.place(at_market(account, Side.SELL, "0.001"))


class TestCancel:
    def place(self, exchange: Exchange) -> Order:
        return exchange.place(limit(exchange.ready[0], Side.BUY, "0.1", "76000.00"))

    def test_takes_effect_a_moment_later(self, exchange: Exchange, hands: Hands) -> None:
        order = self.place(exchange)
        exchange.request_cancel(exchange.ready[0], order.number)
        exchange.tick()
        assert order.is_open
        hands.pass_(exchange.cancel_delay.total_seconds())
        exchange.tick()
        assert order.state is State.CANCELLED
        assert owned(exchange, "USDT") == (Decimal(100_000),) * 2

    def test_may_come_too_late(self, exchange: Exchange, hands: Hands) -> None:
        order = self.place(exchange)
        exchange.request_cancel(exchange.ready[0], order.number)
        exchange.set_price("BTCUSDT", Decimal(75_000))
        hands.pass_(10)
        exchange.tick()
        assert order.state is State.FILLED

    def test_does_not_wait_for_slower_ones(self, exchange: Exchange, hands: Hands) -> None:
        slow, quick = self.place(exchange), exchange.place(limit(exchange.ready[0], Side.BUY, "0.01", "75000"))
        exchange.cancel_delay = timedelta(hours=1)
        exchange.request_cancel(exchange.ready[0], slow.number)
        exchange.cancel_delay = timedelta(seconds=1)
        exchange.request_cancel(exchange.ready[0], quick.number)
        hands.pass_(1)
        exchange.tick()
        assert slow.is_open
        assert not quick.is_open

    def test_asked_twice_happens_once(self, exchange: Exchange, hands: Hands) -> None:
        order = self.place(exchange)
        for _ in range(2):
            exchange.request_cancel(exchange.ready[0], order.number)
        hands.pass_(10)
        exchange.tick()
        assert owned(exchange, "USDT") == (Decimal(100_000),) * 2

    def test_of_a_foreign_unknown_or_final_order_is_refused(self, exchange: Exchange) -> None:
        order = self.place(exchange)
        exchange.set_price("BTCUSDT", Decimal(75_000))
        alice, bob = exchange.ready
        for account, number, refusal in (
            (bob, order.number, Refusal.ORDER_NOT_FOUND),
            (alice, 1, Refusal.ORDER_NOT_FOUND),
            (alice, order.number, Refusal.ORDER_NOT_CANCELABLE),
        ):
            with pytest.raises(Refused) as refused:
                exchange.request_cancel(account, number)
            assert refused.value.refusal is refusal


def test_two_people_trade_with_each_other(exchange: Exchange) -> None:
    alice, bob = exchange.ready
    offer = exchange.place(limit(alice, Side.SELL, "0.1", "76500"))
    taken = exchange.place(limit(bob, Side.BUY, "0.1", "76500"))
    assert offer.state is taken.state is State.FILLED
    assert owned(exchange, "USDT")[0] == Decimal(100_000) + 7650 * (1 - BTCUSDT.maker_fee)
    assert owned(exchange, "BTC", who=1)[0] == 1 + Decimal("0.1") * (1 - BTCUSDT.taker_fee)
    assert exchange.ledger.purse(HOUSE, "USDT").total == 7650 * BTCUSDT.maker_fee


def test_the_living_market_fills_a_resting_order(hands: Hands) -> None:
    exchange = still_exchange(hands)
    exchange.frozen = False
    order = exchange.place(limit(exchange.ready[0], Side.BUY, "0.1", "76499.00"))
    for _ in range(21 * 120):
        hands.pass_(0.05)
        exchange.tick()
    assert order.executed > 0
