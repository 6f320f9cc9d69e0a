"""What the exchange's words mean, from the reference's own answers and from what clients have seen."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.errors import (
    AccountOwnerDifferent,
    Cause,
    InsufficientBalance,
    Refused,
    Unavailable,
    WithdrawAddressNotFound,
)
from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.market import Level, Market, PublicTrade, Ticker
from chatbot.domain.orders import NewOrder, Order, OrderFilter, OrderStatus, OrderType, Side
from chatbot.exchange.andx.errors import reason_in, refusal
from chatbot.exchange.andx.gateway import AndxGateway
from chatbot.exchange.andx.words import MarketBuyVolume
from chatbot.exchange.budget import Budget
from chatbot.exchange.decoding import clean
from chatbot.ports.exchange import Priority
from tests.exchange.clock import HandClock
from tests.exchange.conftest import ALICE, BUY, open_gateway
from tests.exchange.raw_server import RawServer, ok, sample
from tests.fakes.exchange import permitted

BTC = MarketCode("BTCUSDT")
PERSON = Priority.PERSON


def changed(name: str, change: Callable[[Any], None]) -> bytes:
    """A recorded answer, with its data changed."""
    answer = json.loads(sample(name))
    change(answer["data"])
    return json.dumps(answer).encode()


async def read_order(server: RawServer, gateway: AndxGateway, **fields: object) -> Order:
    """The recorded order with some fields changed; a field that is ... is left out."""

    def change(data: Any) -> None:
        data["order"].update(fields)
        data["order"] = {name: value for name, value in data["order"].items() if value is not ...}

    server.will(ok(changed("order", change)))
    return await gateway.order(ALICE, number=OrderNumber(54259), priority=PERSON)


BTCUSDT = Market(
    code=BTC,
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


async def test_all_markets_are_an_array(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("markets")))
    btc, eth = await gateway.markets(priority=PERSON)
    assert btc == BTCUSDT
    assert (str(eth.code), eth.maximum) == ("ETHUSDT", Decimal(1_000_000))


async def test_one_market_is_an_object(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("market")))
    assert await gateway.market(MarketCode("btcusdt"), priority=PERSON) == BTCUSDT
    assert server.requests[0].target == "/api/v1/market_info/BTCUSDT/"


async def test_a_resell_market_is_for_instant_trades_only(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(changed("market", lambda data: data["markets"].update(resell_market=True))))
    market = await gateway.market(BTC, priority=PERSON)
    assert market is not None
    assert market.instant_only


async def test_a_market_that_cannot_be_read_does_not_hide_the_others(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(changed("markets", lambda data: data["markets"][0].update(minimum_order_amount=None))))
    assert [market.code for market in await gateway.markets(priority=PERSON)] == ["ETHUSDT"]


async def test_a_list_without_one_readable_market_is_no_list(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(b'{"status":"success","data":{"markets":[{}]}}'))
    with pytest.raises(Unavailable) as caught:
        await gateway.markets(priority=PERSON)
    assert caught.value.cause is Cause.UNREADABLE


async def test_all_tickers_are_keyed_by_market(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("tickers")))
    tickers = await gateway.tickers(priority=PERSON)
    assert set(tickers) == {"BTCUSDT", "ETHUSDT"}
    assert tickers[MarketCode("ETHUSDT")] == Ticker(
        market=MarketCode("ETHUSDT"),
        bid=Decimal("2115.33"),
        ask=Decimal("2117.46"),
        last=Decimal("2103.95"),
        last_size=Decimal("0.02531377"),
        volume=Decimal("1.31"),
        change=Decimal("-0.48"),
        low=Decimal("2091.37"),
        high=Decimal("2148.15"),
        average=Decimal("2122.15"),
        at=datetime(2026, 5, 19, 16, 9, 45, 910192, tzinfo=UTC),
    )


@pytest.mark.parametrize("odd", [None, {}, {"bid": None}, 5])
async def test_a_market_without_a_readable_ticker_is_missing(
    odd: object, server: RawServer, gateway: AndxGateway
) -> None:
    server.will(ok(changed("tickers", lambda data: data["ticker"].update(BTCUSDT=odd))))
    assert set(await gateway.tickers(priority=PERSON)) == {"ETHUSDT"}


async def test_one_ticker_stands_alone(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("ticker")))
    ticker = await gateway.ticker(BTC, priority=PERSON)
    assert ticker is not None
    assert (ticker.last, ticker.spread) == (Decimal("40683.54"), Decimal("16.46"))


async def test_an_unknown_market_has_no_ticker_and_no_book(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(b'{"status":"success","data":{"ticker":null}}'), ok(b'{"status":"success","data":null}'))
    assert await gateway.ticker(MarketCode("XXX"), priority=PERSON) is None
    assert await gateway.order_book(MarketCode("XXX"), priority=PERSON) is None


async def test_a_book_has_levels_trades_and_a_ticker(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("order_book")))
    book = await gateway.order_book(MarketCode("btcusdt"), priority=PERSON)
    assert server.requests[0].target == "/api/v1/order_book/BTCUSDT/"
    assert book is not None
    assert book.bids == (Level(price=Decimal("76377.77"), volume=Decimal("0.89599893")),)
    assert book.asks == (Level(price=Decimal("76530.00"), volume=Decimal("0.00200000")),)
    assert book.trades == (
        PublicTrade(
            price=Decimal("76519.57"),
            volume=Decimal("0.05630107"),
            side=Side.BUY,
            at=datetime(2018, 5, 9, 20, 27, 13, 968654, tzinfo=UTC),
        ),
    )
    assert book.ticker is not None
    assert book.ticker.ask == Decimal("76530.70")
    assert book.at == datetime(2018, 5, 10, 7, 32, 52, 523331, tzinfo=UTC)


async def test_a_book_is_best_first_whatever_order_it_came_in(server: RawServer, gateway: AndxGateway) -> None:
    levels = [{"orders_total_amount": "1", "orders_price": price} for price in ("2", "3", "1")]
    server.will(ok(changed("order_book", lambda data: data.update(buyers=levels, sellers=levels, ticker=None))))
    book = await gateway.order_book(BTC, priority=PERSON)
    assert book is not None
    assert [level.price for level in book.bids] == [3, 2, 1]
    assert [level.price for level in book.asks] == [1, 2, 3]


async def test_a_missing_currency_counts_as_zero(server: RawServer, gateway: AndxGateway, clock: HandClock) -> None:
    holding = {"BTC": {"currency_code": "BTC", "balance": "1.50", "available_balance": "1.2"}}
    server.will(ok(changed("balances", lambda data: data.update(balances=holding))))
    balances = await gateway.balances(ALICE, account_name="Main", priority=PERSON)
    assert (balances.of("BTC").total, balances.of("BTC").held) == (Decimal("1.50"), Decimal("0.3"))
    assert balances.of("DOGE").total == 0
    assert balances.at == clock.now()


async def test_one_order_has_every_field(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("order")))
    assert await gateway.order(ALICE, number=OrderNumber(54259), priority=PERSON) == Order(
        number=OrderNumber(54259),
        market=BTC,
        base="BTC",
        counter="USDT",
        type=OrderType.LIMIT,
        side=Side.SELL,
        status=OrderStatus.FILLED,
        price=Decimal("40683.54"),
        volume=Decimal("0.01"),
        executed=Decimal("0.01"),
        remaining=Decimal(0),
        total=Decimal("406.83"),
        average_price=Decimal("40683.54"),
        client_id=0,  # type: ignore[arg-type]
        post_only=False,
        cancelable=False,
        placed_at=datetime(2018, 5, 10, 11, 23, 22, 710724, tzinfo=UTC),
        updated_at=datetime(2018, 5, 10, 11, 23, 23, 710724, tzinfo=UTC),
        fee=Decimal("0E-16"),
    )


async def test_an_answer_about_another_order_is_not_believed(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("order")))
    with pytest.raises(Unavailable):
        await gateway.order(ALICE, number=OrderNumber(1), priority=PERSON)


async def test_a_page_of_orders_tells_whether_more_follow(server: RawServer, gateway: AndxGateway) -> None:
    more = changed("orders", lambda data: data.update(has_next=True, page_number=9, total_page_count=7))
    empty = changed("orders", lambda data: data.update(has_next=True, orders=[]))
    server.will(ok(sample("orders")), ok(more), ok(empty))
    pages = [
        await gateway.orders(ALICE, account_name="Main", which=OrderFilter.ALL, market=None, page=2, priority=PERSON)
        for _ in range(3)
    ]
    assert [(len(page.orders), page.number, page.has_next, page.pages) for page in pages] == [
        (1, 2, False, 1),
        (1, 2, True, 7),
        (0, 2, False, 1),
    ]


async def test_a_page_with_one_order_that_cannot_be_read_is_no_evidence(
    server: RawServer, gateway: AndxGateway
) -> None:
    server.will(ok(changed("orders", lambda data: data["orders"].append({"order_number": 5}))))
    with pytest.raises(Unavailable) as caught:
        await gateway.orders(ALICE, account_name="Main", which=OrderFilter.ALL, market=None, page=1, priority=PERSON)
    assert caught.value.cause is Cause.UNREADABLE


PART = {"volume": "1", "volume_executed": "0.4", "volume_remaining": "0.6"}
NONE = {"volume": "1", "volume_executed": "0", "volume_remaining": "1"}
FULL = {"volume": "1", "volume_executed": "1", "volume_remaining": "0"}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "N", "cancelable": True, **NONE}, OrderStatus.NEW),
        ({"status": "P", "cancelable": True, **PART}, OrderStatus.PARTIALLY_FILLED),
        ({"status": "F", "cancelable": False, **FULL}, OrderStatus.FILLED),
        ({"status": "C", "cancelable": False, **PART}, OrderStatus.CANCELLED),
        ({"status": "R", "cancelable": False, **NONE}, OrderStatus.REJECTED),
        ({"status": "O", "cancelable": True, **NONE}, OrderStatus.NEW),
        ({"status": "O", "cancelable": True, **PART}, OrderStatus.PARTIALLY_FILLED),
        ({"status": "C", "cancelable": False, **FULL}, OrderStatus.FILLED),  # the filter's letter: closed
        ({"status": "X", "cancelable": False, **NONE}, OrderStatus.UNKNOWN),
        ({"status": "X", "cancelable": False, **PART}, OrderStatus.UNKNOWN),
        ({"status": "X", "cancelable": True, **PART}, OrderStatus.PARTIALLY_FILLED),
        ({"status": "X", "cancelable": True, **NONE}, OrderStatus.NEW),
        ({"status": "X", "cancelable": False, **FULL}, OrderStatus.FILLED),
        ({"status": "", "cancelable": None, **NONE}, OrderStatus.UNKNOWN),
    ],
)
async def test_an_order_state_is_read_strictly(
    fields: dict[str, object], status: OrderStatus, server: RawServer, gateway: AndxGateway
) -> None:
    assert (await read_order(server, gateway, **fields)).status is status


@pytest.mark.parametrize(("status", "cancelable"), [("N", True), ("P", True), ("C", False), ("X", True)])
async def test_what_is_not_said_to_be_cancelable_is_while_it_lives(
    status: str, cancelable: bool, server: RawServer, gateway: AndxGateway
) -> None:
    order = await read_order(server, gateway, status=status, cancelable=..., **NONE)
    assert order.cancelable is cancelable


@pytest.mark.parametrize("channel", ["A", "API", None, ...])
async def test_labels_may_be_anything(channel: object, server: RawServer, gateway: AndxGateway) -> None:
    assert (await read_order(server, gateway, channel_code=channel)).number == 54259


@pytest.mark.parametrize("side", ["X", "b", None, ...])
async def test_a_side_may_not(side: object, server: RawServer, gateway: AndxGateway) -> None:
    with pytest.raises(Unavailable):
        await read_order(server, gateway, buy_sell=side)


@pytest.mark.parametrize("missing", [None, ...])
async def test_an_order_without_a_client_id_is_nobodys(
    missing: object, server: RawServer, gateway: AndxGateway
) -> None:
    assert (await read_order(server, gateway, client_id=missing)).client_id == 0


async def test_fields_an_unfilled_market_order_lacks_are_zero(server: RawServer, gateway: AndxGateway) -> None:
    order = await read_order(
        server, gateway, order_type="market", price=None, avg_price=None, total=None, fee_amount=None, **NONE
    )
    assert order.price == order.average_price == order.total == 0
    assert order.fee is None


async def test_an_order_from_the_site_of_another_type_is_still_shown(server: RawServer, gateway: AndxGateway) -> None:
    assert (await read_order(server, gateway, order_type="stop_limit")).type is OrderType.LIMIT
    assert (await read_order(server, gateway, order_type="stop", price="0")).type is OrderType.MARKET


@pytest.mark.parametrize("written", ['"0.1"', "0.1", "1e-1", '"1E-1"', "0.10000000000000000000000000000000001"])
async def test_numbers_are_exact_in_every_notation(written: str, server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("order").replace(b'"406.83"', written.encode())))
    order = await gateway.order(ALICE, number=OrderNumber(54259), priority=PERSON)
    assert order.total == Decimal(written.strip('"'))


@pytest.mark.parametrize(
    "written",
    ['"NaN"', '"Infinity"', '"1e999999"', '"1_000"', '"١٢"', '" 1"', '"1,5"', '"+1"', '""', "true", "[]", '"0x1"',
     "1e999"],
)  # fmt: skip
async def test_what_is_no_plain_number_is_not_taken_for_one(
    written: str, server: RawServer, gateway: AndxGateway
) -> None:
    server.will(ok(sample("order").replace(b'"406.83"', written.encode())))
    with pytest.raises(Unavailable):
        await gateway.order(ALICE, number=OrderNumber(54259), priority=PERSON)


@pytest.mark.parametrize("field", ["volume", "volume_executed", "volume_remaining", "price", "total", "avg_price"])
async def test_an_order_of_less_than_nothing_is_unreadable(field: str, server: RawServer, gateway: AndxGateway) -> None:
    with pytest.raises(Unavailable):
        await read_order(server, gateway, **{field: "-5"})


@pytest.mark.parametrize("date", ["yesterday", "", "2018-13-40 00:00:00+00:00", "0001-01-01 00:00:00+14:00"])
async def test_a_date_that_is_none_makes_an_order_unreadable(
    date: str, server: RawServer, gateway: AndxGateway
) -> None:
    with pytest.raises(Unavailable):
        await read_order(server, gateway, add_date=date)


MARKET_BUY = NewOrder(
    market=MarketCode("btcusdt"),
    side=Side.BUY,
    type=OrderType.MARKET,
    volume=Decimal("0.00000001"),
    price=None,
    post_only=False,
    client_id=BUY.client_id,
    account_name="Main",
    total=Decimal("100.00"),
)


async def sent_order(server: RawServer, gateway: AndxGateway, order: NewOrder) -> dict[str, object]:
    server.will(ok(sample("placed")))
    await gateway.place_order(ALICE, order=order, permit=permitted)
    sent: dict[str, object] = json.loads(server.requests[-1].body)
    return sent


async def test_a_market_order_has_price_zero_and_a_plain_volume(server: RawServer, gateway: AndxGateway) -> None:
    sent = await sent_order(server, gateway, MARKET_BUY)
    assert (sent["price"], sent["volume"], sent["order_type"]) == ("0", "0.00000001", "market")
    assert sent["market_code"] == "BTCUSDT"


async def test_a_market_buy_counted_in_the_counter_currency_sends_its_total(
    server: RawServer, clock: HandClock, budget: Budget
) -> None:
    unit = MarketBuyVolume.COUNTER
    async with open_gateway(server.url, clock=clock, budget=budget, market_buy_volume=unit) as gateway:
        assert (await sent_order(server, gateway, MARKET_BUY))["volume"] == "100.00"
        assert (await sent_order(server, gateway, BUY))["volume"] == "0.01"
        with pytest.raises(ValueError, match="total"):
            await gateway.place_order(ALICE, order=NewOrder(**{**_fields(MARKET_BUY), "total": None}), permit=permitted)
    assert len(server.requests) == 2


def _fields(order: NewOrder) -> dict[str, Any]:
    return {name: getattr(order, name) for name in order.__dataclass_fields__}


def test_known_codes_have_their_class_and_unknown_ones_are_plain_refusals() -> None:
    assert type(refusal(1101, reason="")) is AccountOwnerDifferent
    assert type(refusal(1103, reason="")) is InsufficientBalance
    assert type(refusal(1319, reason="")) is WithdrawAddressNotFound
    assert type(refusal(77, reason="")) is Refused


def test_a_reason_is_one_short_visible_line() -> None:
    assert clean("no\x00t \u202eenough\r\n\tmoney\u2028") == "no t enough money"
    assert len(clean("x" * 10_000)) == 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b'{"reason": "ip\\u0007"}', "ip"), (b"<html>", ""), (b"", ""), (b"[]", ""), (b"\xff", ""), (b'{"reason":1}', "")],
)
def test_the_reason_of_a_rejected_key_is_found_where_there_is_one(body: bytes, reason: str) -> None:
    assert reason_in(body) == reason
