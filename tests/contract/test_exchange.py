"""Laws of `ports.exchange.Exchange`: what the services rely on, whoever stands behind the port."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.errors import (
    Cause,
    InsufficientBalance,
    KeyRejected,
    NotSent,
    OrderNotFound,
    OutcomeUnknown,
    Refused,
    WithdrawAddressNotFound,
)
from chatbot.domain.ids import ClientId, MarketCode, OrderNumber
from chatbot.domain.orders import NewOrder, Order, OrderFilter, OrderPage, OrderStatus, OrderType, Side
from chatbot.domain.secrets import Credentials, Secret
from chatbot.ports.exchange import Permit, Priority
from tests.contract.conftest import Venue
from tests.fakes.exchange import permitted

BTC = MarketCode("BTCUSDT")
PERSON = Priority.PERSON
RESTING = NewOrder(
    market=BTC,
    side=Side.BUY,
    type=OrderType.LIMIT,
    volume=Decimal("0.01"),
    price=Decimal("50000.00"),
    post_only=False,
    client_id=ClientId(4711),
    account_name="Main",
)
AT_MARKET = replace(RESTING, type=OrderType.MARKET, price=None, volume=Decimal("0.001"))


@pytest.fixture
async def anna(venue: Venue) -> Credentials:
    return await venue.open_account()


async def listed(
    venue: Venue, who: Credentials, which: OrderFilter, *, market: MarketCode | None = BTC, page: int = 1
) -> OrderPage:
    return await venue.exchange.orders(who, account_name="Main", which=which, market=market, page=page, priority=PERSON)


async def read(venue: Venue, who: Credentials, number: OrderNumber) -> Order:
    return await venue.exchange.order(who, number=number, priority=PERSON)


async def available(venue: Venue, who: Credentials, currency: str) -> Decimal:
    balances = await venue.exchange.balances(who, account_name="Main", priority=PERSON)
    return balances.of(currency).available


async def test_every_ticker_belongs_to_a_market_and_every_market_has_rules(venue: Venue) -> None:
    markets = {market.code: market for market in await venue.exchange.markets(priority=PERSON)}
    tickers = await venue.exchange.tickers(priority=PERSON)
    assert BTC in tickers and set(tickers) <= set(markets)
    assert all(code == ticker.market for code, ticker in tickers.items())
    assert all(0 < market.minimum < market.maximum and market.base_decimals >= 0 for market in markets.values())


async def test_one_market_is_described_as_the_list_does_and_an_unknown_one_not_at_all(venue: Venue) -> None:
    (listed,) = [market for market in await venue.exchange.markets(priority=PERSON) if market.code == BTC]
    assert await venue.exchange.market(BTC, priority=PERSON) == listed
    assert await venue.exchange.market(MarketCode("NOPEUSDT"), priority=PERSON) is None
    ticker = await venue.exchange.ticker(BTC, priority=PERSON)
    assert ticker is not None and ticker.market == BTC
    assert await venue.exchange.ticker(MarketCode("NOPEUSDT"), priority=PERSON) is None


async def test_a_book_is_sorted_best_first_and_its_sides_do_not_cross(venue: Venue) -> None:
    book = await venue.exchange.order_book(BTC, priority=PERSON)
    assert book is not None and book.market == BTC
    bids, asks = [level.price for level in book.bids], [level.price for level in book.asks]
    assert bids == sorted(bids, reverse=True) and asks == sorted(asks) and bids[0] < asks[0]


async def test_a_placed_order_is_the_order_that_was_sent(venue: Venue, anna: Credentials) -> None:
    number = await venue.exchange.place_order(anna, order=RESTING, permit=permitted)
    order = await read(venue, anna, number)
    sent = (RESTING.market, RESTING.side, RESTING.type, RESTING.volume, RESTING.price, RESTING.client_id)
    assert (order.market, order.side, order.type, order.volume, order.price, order.client_id) == sent
    assert (order.number, order.status, order.executed, order.remaining) == (
        number,
        OrderStatus.NEW,
        Decimal(0),
        RESTING.volume,
    )
    assert order.cancelable and (order.base, order.counter) == ("BTC", "USDT")


async def test_an_open_order_is_listed_as_open_and_under_all_but_not_as_closed(venue: Venue, anna: Credentials) -> None:
    number = await venue.exchange.place_order(anna, order=RESTING, permit=permitted)
    for which, there in ((OrderFilter.OPEN, True), (OrderFilter.ALL, True), (OrderFilter.CLOSED, False)):
        for market in (BTC, None):
            page = await listed(venue, anna, which, market=market)
            assert ([order.number for order in page.orders] == [number]) is there
    assert (await listed(venue, anna, OrderFilter.OPEN, market=MarketCode("ETHUSDT"))).orders == ()


async def test_a_resting_order_holds_its_money_and_a_cancelled_one_gives_it_back(
    venue: Venue, anna: Credentials
) -> None:
    before = await available(venue, anna, "USDT")
    number = await venue.exchange.place_order(anna, order=RESTING, permit=permitted)
    assert await available(venue, anna, "USDT") <= before - Decimal(500)
    await venue.exchange.cancel_order(anna, number=number, permit=permitted)
    order = await read(venue, anna, number)
    assert order.status is OrderStatus.CANCELLED and not order.cancelable
    assert await available(venue, anna, "USDT") == before
    closed = await listed(venue, anna, OrderFilter.CLOSED)
    assert [order.number for order in closed.orders] == [number]


async def test_an_order_at_the_market_is_executed_in_the_base_currency(venue: Venue, anna: Credentials) -> None:
    for side, sign in ((Side.BUY, 1), (Side.SELL, -1)):
        before = await available(venue, anna, "BTC")
        number = await venue.exchange.place_order(anna, order=replace(AT_MARKET, side=side), permit=permitted)
        order = await read(venue, anna, number)
        assert (order.status, order.executed) == (OrderStatus.FILLED, AT_MARKET.volume)
        gained = sign * (await available(venue, anna, "BTC") - before)
        assert Decimal("0.0009") < gained <= AT_MARKET.volume  # a fee may be taken from what is received
        assert order.average_price > 0


async def test_a_resting_order_is_filled_when_the_price_comes_to_it(venue: Venue, anna: Credentials) -> None:
    number = await venue.exchange.place_order(anna, order=RESTING, permit=permitted)
    await venue.set_price(Decimal(49_000))
    order = await read(venue, anna, number)
    assert (order.status, order.remaining) == (OrderStatus.FILLED, Decimal(0))
    assert order.average_price <= Decimal(50_000)


async def test_lists_have_twenty_a_page_newest_first_and_end(venue: Venue, anna: Credentials) -> None:
    small = replace(RESTING, volume=Decimal("0.001"))
    numbers = [
        await venue.exchange.place_order(anna, order=replace(small, client_id=ClientId(at + 1)), permit=permitted)
        for at in range(21)
    ]
    first, second = [await listed(venue, anna, OrderFilter.OPEN, page=page) for page in (1, 2)]
    assert [order.number for order in (*first.orders, *second.orders)] == numbers[::-1]
    assert (len(first.orders), first.has_next, second.has_next) == (20, True, False)
    beyond = await listed(venue, anna, OrderFilter.OPEN, page=3)
    assert (beyond.orders, beyond.has_next) == ((), False)


@pytest.mark.parametrize("call", ["place_order", "cancel_order"])
async def test_a_lost_answer_raises_outcome_unknown_and_the_change_stands_once(
    venue: Venue, anna: Credentials, call: str
) -> None:
    if call == "cancel_order":
        number = await venue.exchange.place_order(anna, order=RESTING, permit=permitted)
    await venue.lose_next_answer(call)
    with pytest.raises(OutcomeUnknown):
        if call == "place_order":
            await venue.exchange.place_order(anna, order=RESTING, permit=permitted)
        else:
            await venue.exchange.cancel_order(anna, number=number, permit=permitted)
    (order,) = (await listed(venue, anna, OrderFilter.ALL)).orders
    assert order.client_id == RESTING.client_id
    assert order.status is (OrderStatus.NEW if call == "place_order" else OrderStatus.CANCELLED)


async def test_more_than_there_is_is_refused_and_nothing_stands(venue: Venue, anna: Credentials) -> None:
    first = await venue.exchange.place_order(anna, order=replace(RESTING, volume=Decimal("0.19")), permit=permitted)
    with pytest.raises(InsufficientBalance):
        await venue.exchange.place_order(anna, order=replace(RESTING, volume=Decimal("0.05")), permit=permitted)
    assert [order.number for order in (await listed(venue, anna, OrderFilter.ALL)).orders] == [first]


async def test_an_order_that_does_not_exist_or_has_ended_cannot_be_cancelled(venue: Venue, anna: Credentials) -> None:
    with pytest.raises(OrderNotFound):
        await venue.exchange.cancel_order(anna, number=OrderNumber(999_999_999), permit=permitted)
    number = await venue.exchange.place_order(anna, order=AT_MARKET, permit=permitted)
    with pytest.raises(Refused):
        await venue.exchange.cancel_order(anna, number=number, permit=permitted)


async def test_orders_are_their_owners_alone(venue: Venue, anna: Credentials) -> None:
    number = await venue.exchange.place_order(anna, order=RESTING, permit=permitted)
    boris = await venue.open_account()
    with pytest.raises(Refused):
        await read(venue, boris, number)
    with pytest.raises(Refused):
        await venue.exchange.cancel_order(boris, number=number, permit=permitted)
    assert (await listed(venue, boris, OrderFilter.ALL)).orders == ()


async def withdraw(
    venue: Venue, who: Credentials, *, amount: str = "0.25", alias: str = "savings", permit: Permit = permitted
) -> None:
    await venue.exchange.withdraw(who, currency="BTC", amount=Decimal(amount), alias=alias, permit=permit)


async def bitcoin(venue: Venue, who: Credentials) -> tuple[Decimal, Decimal]:
    """Total, and what is available of it."""
    balance = (await venue.exchange.balances(who, account_name="Main", priority=PERSON)).of("BTC")
    return balance.total, balance.available


async def test_a_withdrawal_holds_its_amount_at_once_and_takes_it_later(venue: Venue, anna: Credentials) -> None:
    await withdraw(venue, anna)
    assert await bitcoin(venue, anna) == (Decimal(1), Decimal("0.75"))
    await venue.process_withdrawals()
    assert await bitcoin(venue, anna) == (Decimal("0.75"), Decimal("0.75"))


async def test_a_withdrawal_may_take_all_there_is_and_not_more(venue: Venue, anna: Credentials) -> None:
    with pytest.raises(InsufficientBalance):
        await withdraw(venue, anna, amount="1.00000001")
    await withdraw(venue, anna, amount="1")
    with pytest.raises(InsufficientBalance):
        await withdraw(venue, anna, amount="0.00000001")
    assert await bitcoin(venue, anna) == (Decimal(1), Decimal(0))


async def test_what_a_withdrawal_holds_no_order_can_spend(venue: Venue, anna: Credentials) -> None:
    await withdraw(venue, anna, amount="0.9999")
    with pytest.raises(InsufficientBalance):
        await venue.exchange.place_order(anna, order=replace(AT_MARKET, side=Side.SELL), permit=permitted)


@pytest.mark.parametrize("alias", ["nowhere", "Savings", "savings ", ""])
async def test_an_alias_that_is_not_saved_letter_by_letter_is_refused(
    venue: Venue, anna: Credentials, alias: str
) -> None:
    with pytest.raises(WithdrawAddressNotFound):
        await withdraw(venue, anna, alias=alias)
    assert await bitcoin(venue, anna) == (Decimal(1), Decimal(1))


async def test_a_saved_alias_is_its_owners_and_its_currencys(venue: Venue, anna: Credentials) -> None:
    await venue.save_alias(anna, "BTC", "冷钱包 Şube")
    await withdraw(venue, anna, alias="冷钱包 Şube")
    boris = await venue.open_account()
    with pytest.raises(WithdrawAddressNotFound):
        await withdraw(venue, boris, alias="冷钱包 Şube")
    with pytest.raises(WithdrawAddressNotFound):
        await venue.exchange.withdraw(anna, currency="USDT", amount=Decimal(5), alias="冷钱包 Şube", permit=permitted)


async def test_a_withdrawal_whose_answer_was_lost_is_unknown_and_stands_once(venue: Venue, anna: Credentials) -> None:
    await venue.lose_next_answer("withdraw")
    with pytest.raises(OutcomeUnknown):
        await withdraw(venue, anna)
    assert await bitcoin(venue, anna) == (Decimal(1), Decimal("0.75"))


async def test_what_lost_its_permit_is_not_sent(venue: Venue, anna: Credentials) -> None:
    def locked() -> None:
        raise NotSent(Cause.STOPPED)

    number = await venue.exchange.place_order(anna, order=RESTING, permit=permitted)
    for refused in (
        venue.exchange.place_order(anna, order=RESTING, permit=locked),
        venue.exchange.cancel_order(anna, number=number, permit=locked),
        withdraw(venue, anna, permit=locked),
    ):
        with pytest.raises(NotSent) as caught:
            await refused
        assert caught.value.cause is Cause.STOPPED
    assert [order.number for order in (await listed(venue, anna, OrderFilter.OPEN)).orders] == [number]
    assert await bitcoin(venue, anna) == (Decimal(1), Decimal(1))


@pytest.mark.parametrize("field", ["username", "passphrase", "api_key", "secret_key"])
async def test_a_wrong_key_is_rejected_by_every_private_call(venue: Venue, anna: Credentials, field: str) -> None:
    wrong = replace(anna, **{field: Secret("wrong")})
    calls = (
        lambda: venue.exchange.balances(wrong, account_name="Main", priority=PERSON),
        lambda: listed(venue, wrong, OrderFilter.OPEN),
        lambda: read(venue, wrong, OrderNumber(1)),
        lambda: venue.exchange.place_order(wrong, order=RESTING, permit=permitted),
        lambda: venue.exchange.cancel_order(wrong, number=OrderNumber(1), permit=permitted),
        lambda: withdraw(venue, wrong),
    )
    for call in calls:
        with pytest.raises(KeyRejected):
            await call()
    assert (await listed(venue, anna, OrderFilter.ALL)).orders == ()
