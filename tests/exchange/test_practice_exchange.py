"""The same client against the practice exchange: real sockets, verified signatures."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from chatbot.domain.errors import (
    Cause,
    KeyRejected,
    OrderNotFound,
    OutcomeUnknown,
    Refused,
    Unavailable,
    WithdrawAddressNotFound,
)
from chatbot.domain.ids import ClientId, MarketCode, OrderNumber
from chatbot.domain.orders import NewOrder, Order, OrderFilter, OrderStatus
from chatbot.domain.secrets import Credentials, Secret
from chatbot.exchange.opening import OpenExchange, open_exchange
from chatbot.paper.server import Paper, listening
from chatbot.ports.exchange import Priority
from chatbot.system import SystemClock
from tests.exchange.conftest import BUY
from tests.exchange.raw_server import RawServer, http, ok
from tests.fakes.exchange import permitted

PERSON = Priority.PERSON
BTC = MarketCode("BTCUSDT")


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with listening(Paper()) as url:
        yield url


@pytest.fixture
async def opened(url: str, tmp_path: Path) -> AsyncIterator[OpenExchange]:
    opened = _open(url, request_log=tmp_path / "requests")
    yield opened
    await opened.aclose()


def _open(url: str, *, request_log: Path | None = None) -> OpenExchange:
    return open_exchange(
        url=url,
        timestamp="seconds",
        requests_per_minute=60,
        market_buy_volume="base",
        request_log=request_log,
        clock=SystemClock(),
    )


@pytest.fixture
async def credentials(opened: OpenExchange) -> Credentials:
    return await opened.desk.open_account()


async def settled(opened: OpenExchange, credentials: Credentials, number: OrderNumber) -> Order:
    while True:
        order = await opened.exchange.order(credentials, number=number, priority=PERSON)
        if order.status.is_final:
            return order
        await asyncio.sleep(0.05)


async def far_from_the_market(opened: OpenExchange, *, client_id: int) -> NewOrder:
    tickers = await opened.exchange.tickers(priority=PERSON)
    price = (tickers[BTC].last * Decimal("0.7")).quantize(Decimal("0.01"))
    return replace(BUY, price=price, client_id=ClientId(client_id))


async def test_every_market_that_has_a_book_has_prices(opened: OpenExchange) -> None:
    markets = await opened.exchange.markets(priority=PERSON)
    tickers = await opened.exchange.tickers(priority=PERSON)
    assert {market.code for market in markets if not market.instant_only} == set(tickers)
    assert BTC in tickers


async def test_an_order_is_placed_found_cancelled_and_read_back(opened: OpenExchange, credentials: Credentials) -> None:
    exchange = opened.exchange
    number = await exchange.place_order(
        credentials, order=await far_from_the_market(opened, client_id=4711), permit=permitted
    )
    page = await exchange.orders(
        credentials, account_name="Main", which=OrderFilter.OPEN, market=BTC, page=1, priority=PERSON
    )
    assert [(order.number, order.client_id, order.cancelable) for order in page.orders] == [(number, 4711, True)]
    held = await exchange.balances(credentials, account_name="Main", priority=PERSON)
    assert held.of("USDT").held > 0
    await exchange.cancel_order(credentials, number=number, permit=permitted)
    assert (await settled(opened, credentials, number)).status is OrderStatus.CANCELLED


async def test_a_book_has_two_sides(opened: OpenExchange) -> None:
    book = await opened.exchange.order_book(BTC, priority=PERSON)
    assert book is not None
    assert book.bids[0].price < book.asks[0].price


async def test_refusals_come_through(opened: OpenExchange, credentials: Credentials) -> None:
    with pytest.raises(OrderNotFound):
        await opened.exchange.cancel_order(credentials, number=OrderNumber(999_999), permit=permitted)
    with pytest.raises(Refused):
        await opened.exchange.place_order(
            credentials, order=replace(BUY, volume=Decimal("0.00000001")), permit=permitted
        )


async def test_a_wrong_secret_is_a_rejected_key(opened: OpenExchange, credentials: Credentials) -> None:
    wrong = replace(credentials, secret_key=Secret("wrong"))
    with pytest.raises(KeyRejected):
        await opened.exchange.balances(wrong, account_name="Main", priority=PERSON)
    with pytest.raises(KeyRejected):
        await opened.exchange.place_order(wrong, order=BUY, permit=permitted)


LOSSES: list[tuple[dict[str, object], Cause]] = [
    ({"kind": "drop_answer"}, Cause.BROKEN),
    ({"kind": "half_body"}, Cause.BROKEN),
    ({"kind": "garbage"}, Cause.UNREADABLE),
    ({"kind": "status_after", "status": 502}, Cause.SERVER_FAULT),
    ({"kind": "status_after", "status": 429}, Cause.RATE_LIMITED),
]


@pytest.mark.parametrize(("fault", "cause"), LOSSES)
async def test_an_order_whose_answer_was_lost_is_uncertain_and_stands_there_once(
    fault: dict[str, object], cause: Cause, url: str, opened: OpenExchange, credentials: Credentials
) -> None:
    order = await far_from_the_market(opened, client_id=815)
    async with httpx.AsyncClient(base_url=url, verify=False) as control:
        await control.post("/control/faults", json={"path": "/api/v1/orders/", "method": "POST", "times": 1, **fault})
        with pytest.raises(OutcomeUnknown) as caught:
            await opened.exchange.place_order(credentials, order=order, permit=permitted)
        listed = (await control.get("/control/orders")).json()["orders"]
    assert caught.value.cause is cause
    assert [entry["client_id"] for entry in listed] == [815]


async def test_a_withdrawal_leaves_and_an_unknown_alias_does_not(
    url: str, opened: OpenExchange, credentials: Credentials
) -> None:
    async def ask(alias: str) -> None:
        await opened.exchange.withdraw(
            credentials, currency="XRP", amount=Decimal("100.25"), alias=alias, permit=permitted
        )

    async with httpx.AsyncClient(base_url=url, verify=False) as control:
        username = credentials.username.reveal()
        fields = {"currency": "XRP", "alias": "Kasa Şubesi 🏦"}
        await control.post(f"/control/accounts/{username}/aliases", json=fields)
        await ask("Kasa Şubesi 🏦")
        with pytest.raises(WithdrawAddressNotFound):
            await ask("kasa Şubesi 🏦")
        listed = (await control.get("/control/withdrawals")).json()["withdrawals"]
    assert [(entry["amount"], entry["alias"]) for entry in listed] == [("100.25", "Kasa Şubesi 🏦")]
    balances = await opened.exchange.balances(credentials, account_name="Main", priority=PERSON)
    assert balances.of("XRP").held == Decimal("100.25")


@pytest.mark.parametrize(("fault", "cause"), LOSSES)
async def test_a_withdrawal_whose_answer_was_lost_is_uncertain_and_stands_there_once(
    fault: dict[str, object], cause: Cause, url: str, opened: OpenExchange, credentials: Credentials
) -> None:
    async with httpx.AsyncClient(base_url=url, verify=False) as control:
        await control.post("/control/faults", json={"path": "/api/v1/withdrawal/", "method": "POST", **fault})
        with pytest.raises(OutcomeUnknown) as caught:
            await opened.exchange.withdraw(
                credentials, currency="XRP", amount=Decimal("100.25"), alias="cold", permit=permitted
            )
        listed = (await control.get("/control/withdrawals")).json()["withdrawals"]
    assert caught.value.cause is cause
    assert [entry["alias"] for entry in listed] == ["cold"]


async def test_only_the_practice_exchange_opens_accounts(server: RawServer) -> None:
    opened = _open(server.url)
    server.will(http(404), ok(b"{}"))
    for cause in (Cause.SERVER_FAULT, Cause.UNREADABLE):
        with pytest.raises(Unavailable) as caught:
            await opened.desk.open_account()
        assert not isinstance(caught.value, OutcomeUnknown)
        assert caught.value.cause is cause
    await opened.aclose()
