"""What leaves, how often, and over which connections."""

import asyncio
import gzip
import traceback

import httpx
import pytest
import structlog

from chatbot.domain.errors import ChatbotError, InputError, OutcomeUnknown
from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.orders import OrderFilter
from chatbot.domain.secrets import Credentials, Secret
from chatbot.exchange.andx.gateway import AndxGateway
from chatbot.exchange.andx.signing import TimestampUnit, signature
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Channel
from chatbot.ports.exchange import Priority
from tests.exchange.clock import HandClock
from tests.exchange.conftest import ALICE, BUY, open_gateway
from tests.exchange.raw_server import RawServer, Reply, Then, http, ok, sample
from tests.fakes.exchange import permitted

CANARIES = Credentials(
    username=Secret("canary-user"),
    passphrase=Secret("canary-phrase"),
    api_key=Secret("canary-key"),
    secret_key=Secret("canary-secret"),
)


async def test_an_order_is_sent_as_the_reference_shows_and_signed_as_sent(
    server: RawServer, gateway: AndxGateway
) -> None:
    server.will(ok(sample("placed")))
    await gateway.place_order(ALICE, order=BUY, permit=permitted)
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/api/v1/orders/")
    assert request.body == (
        b'{"order_type":"limit","market_code":"BTCUSDT","volume":"0.01","buy_sell":"B","price":"40775.44",'
        b'"client_id":7,"post_only":false,"account_name":"Main"}'
    )
    at = request.headers["access-timestamp"]
    assert at == "1795176000.000000"
    assert request.headers["access-sign"] == signature(ALICE, at=at, body=request.body)
    assert (request.headers["access-user"], request.headers["access-key"]) == ("alice", "ak_demo")
    assert request.headers["access-passphrase"] == "pp_demo"
    assert request.headers["content-type"] == "application/json"


async def test_milliseconds_are_a_setting(server: RawServer, clock: HandClock, budget: Budget) -> None:
    server.will(ok(sample("placed")))
    async with open_gateway(server.url, clock=clock, budget=budget, timestamps=TimestampUnit.MILLISECONDS) as gateway:
        await gateway.place_order(ALICE, order=BUY, permit=permitted)
    assert server.requests[0].headers["access-timestamp"] == "1795176000000"


async def test_a_cancellation_sends_and_signs_two_braces(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("cancelled")))
    await gateway.cancel_order(ALICE, number=OrderNumber(54264), permit=permitted)
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("POST", "/api/v1/cancel_order/54264/", b"{}")
    at = request.headers["access-timestamp"]
    assert request.headers["access-sign"] == signature(ALICE, at=at, body=b"{}")


async def test_a_private_read_sends_no_body_and_signs_two_braces(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("balances")))
    await gateway.balances(ALICE, account_name="Main", priority=Priority.PERSON)
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("GET", "/api/v1/balance/Main/", b"")
    at = request.headers["access-timestamp"]
    assert request.headers["access-sign"] == signature(ALICE, at=at, body=b"{}")


async def test_a_public_read_carries_no_key(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("tickers")))
    await gateway.tickers(priority=Priority.PERSON)
    assert not [name for name in server.requests[0].headers if name.startswith("access-")]


async def test_every_attempt_is_signed_anew(server: RawServer, gateway: AndxGateway) -> None:
    server.will(http(429), ok(sample("balances")))
    await gateway.balances(ALICE, account_name="Main", priority=Priority.PERSON)
    first, second = (request.headers["access-timestamp"] for request in server.requests)
    assert first < second


@pytest.mark.parametrize(
    ("account", "segment"),
    [("Main", "Main"), ("My account", "My%20account"), ("a/b?c#d%", "a%2Fb%3Fc%23d%25"), ("Ç", "%C3%87")],
)
async def test_an_account_name_stays_one_segment_of_the_path(
    account: str, segment: str, server: RawServer, gateway: AndxGateway
) -> None:
    server.will(ok(sample("balances")))
    await gateway.balances(ALICE, account_name=account, priority=Priority.PERSON)
    assert server.requests[0].target == f"/api/v1/balance/{segment}/"


@pytest.mark.parametrize("account", ["", ".", ".."])
async def test_a_name_that_would_vanish_from_the_path_is_not_sent(
    account: str, server: RawServer, gateway: AndxGateway
) -> None:
    with pytest.raises(InputError):
        await gateway.balances(ALICE, account_name=account, priority=Priority.PERSON)
    assert server.requests == []


async def test_lists_of_orders_have_their_two_forms(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("orders")))
    for market in (None, MarketCode("btcusdt")):
        await gateway.orders(
            ALICE, account_name="Main", which=OrderFilter.OPEN, market=market, page=2, priority=Priority.PERSON
        )
    targets = [request.target for request in server.requests]
    assert targets == ["/api/v1/orders/Main/O/2/", "/api/v1/orders/Main/O/BTCUSDT/2/"]


async def test_a_credential_no_header_can_carry_is_not_sent(server: RawServer, gateway: AndxGateway) -> None:
    broken = Credentials(
        username=Secret("alice"), passphrase=Secret("a\r\nX: y"), api_key=Secret("k"), secret_key=Secret("s")
    )
    with pytest.raises(InputError):
        await gateway.place_order(broken, order=BUY, permit=permitted)
    assert server.requests == []


async def test_credentials_in_other_alphabets_arrive_as_utf_8(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("placed")))
    foreign = Credentials(
        username=Secret("alice"), passphrase=Secret("şifre"), api_key=Secret("k"), secret_key=Secret("s")
    )
    await gateway.place_order(foreign, order=BUY, permit=permitted)
    assert server.requests[0].headers["access-passphrase"] == "şifre"


async def test_one_connection_serves_many_people(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("placed")))
    for _ in range(5):
        await gateway.place_order(ALICE, order=BUY, permit=permitted)
    assert server.connections == 1


@pytest.mark.parametrize("cut", [Then.CLOSE, Then.RESET])
async def test_a_change_on_a_kept_connection_that_dies_is_not_sent_twice(
    cut: Then, server: RawServer, gateway: AndxGateway
) -> None:
    server.will(ok(sample("placed")), Reply(then=cut), ok(sample("placed")))
    await gateway.place_order(ALICE, order=BUY, permit=permitted)
    with pytest.raises(OutcomeUnknown):
        await gateway.place_order(ALICE, order=BUY, permit=permitted)
    await asyncio.sleep(0.02)
    assert (server.connections, len(server.requests)) == (1, 2)


async def test_a_read_on_a_kept_connection_that_dies_counts_every_sending(
    server: RawServer, gateway: AndxGateway, budget: Budget
) -> None:
    server.will(ok(sample("tickers")), Reply(then=Then.CLOSE), ok(sample("tickers")))
    slots = count_slots(budget)
    await gateway.tickers(priority=Priority.PERSON)
    await gateway.tickers(priority=Priority.PERSON)
    assert len(server.requests) == len(slots) == 3


def count_slots(budget: Budget) -> list[int]:
    """The slots that calls give back from now on."""
    slots: list[int] = []
    give_back = budget.give_back

    def noted(slot: int, *, used: bool = True) -> None:
        slots.append(slot)
        give_back(slot, used=used)

    budget.give_back = noted  # type: ignore[method-assign]
    return slots


async def test_a_connection_closed_while_idle_is_replaced(server: RawServer, gateway: AndxGateway) -> None:
    server.will(http(200, sample("placed"), then=Then.CLOSE))
    await gateway.place_order(ALICE, order=BUY, permit=permitted)
    await asyncio.sleep(0.02)
    await gateway.place_order(ALICE, order=BUY, permit=permitted)
    assert (server.connections, len(server.requests)) == (2, 2)


async def test_a_redirect_is_not_followed(server: RawServer, gateway: AndxGateway) -> None:
    server.will(http(307, headers=f"Location: {server.url}/api/v1/orders/\r\n"))
    with pytest.raises(OutcomeUnknown):
        await gateway.place_order(ALICE, order=BUY, permit=permitted)
    assert len(server.requests) == 1


async def test_no_cookie_is_kept(server: RawServer, clock: HandClock, budget: Budget) -> None:
    server.will(http(200, sample("placed"), headers="Set-Cookie: session=alice; Path=/\r\n"))
    by_name = server.url.replace("127.0.0.1", "localhost")
    channel = Channel(url=by_name, budget=budget, clock=clock)
    async with open_gateway(by_name, clock=clock, budget=budget, channel=channel) as gateway:
        await gateway.place_order(ALICE, order=BUY, permit=permitted)
        await gateway.place_order(CANARIES, order=BUY, permit=permitted)
    assert "cookie" not in server.requests[1].headers


async def test_a_proxy_in_the_environment_is_not_used(
    monkeypatch: pytest.MonkeyPatch, server: RawServer, clock: HandClock, budget: Budget
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.will(ok(sample("placed")))
    async with open_gateway(server.url, clock=clock, budget=budget) as gateway:
        assert await gateway.place_order(ALICE, order=BUY, permit=permitted) == 54264


async def test_compressed_answers_are_read(server: RawServer, gateway: AndxGateway) -> None:
    server.will(http(200, gzip.compress(sample("tickers")), headers="Content-Encoding: gzip\r\n"))
    assert set(await gateway.tickers(priority=Priority.PERSON)) == {"BTCUSDT", "ETHUSDT"}


@pytest.mark.parametrize(
    "url",
    ["http://platform.andx.one", "ftp://127.0.0.1", "http://10.0.0.1", "platform.andx.one", "https://", "",
     "https://user:pw@platform.andx.one", "https://platform.andx.one/?a=b", "http://localhost.example.org"],
)  # fmt: skip
async def test_an_address_that_would_leak_keys_is_refused(url: str, clock: HandClock, budget: Budget) -> None:
    with pytest.raises(ValueError, match="address"):
        Channel(url=url, budget=budget, clock=clock)


@pytest.mark.parametrize(
    "url", ["https://platform.andx.one/", "http://127.0.0.1:8900", "http://[::1]:1", "http://localhost"]
)
async def test_https_and_this_machine_are_fine(url: str, clock: HandClock, budget: Budget) -> None:
    await Channel(url=url, budget=budget, clock=clock).aclose()


@pytest.mark.parametrize("reply", [http(500), http(401), Reply(then=Then.CLOSE), ok(b"{")])
async def test_no_secret_in_errors(reply: Reply, server: RawServer, gateway: AndxGateway) -> None:
    server.will(reply)
    with pytest.raises(ChatbotError) as caught:
        await gateway.place_order(CANARIES, order=BUY, permit=permitted)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "canary" not in shown
    error: BaseException | None = caught.value
    while error is not None:
        assert not isinstance(error, httpx.RequestError), "it would carry the request, and the request the headers"
        error = error.__context__


async def test_no_secret_in_logs(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("placed")), http(500))
    with structlog.testing.capture_logs() as entries:
        await gateway.place_order(CANARIES, order=BUY, permit=permitted)
        with pytest.raises(OutcomeUnknown):
            await gateway.place_order(CANARIES, order=BUY, permit=permitted)
    assert [(entry["endpoint"], entry["status"], entry["log_level"]) for entry in entries] == [
        ("place_order", 200, "debug"),
        ("place_order", 500, "debug"),
    ]
    assert set(entries[0]) == {"event", "endpoint", "status", "ms", "log_level"}
    assert "canary" not in repr(entries)


async def test_no_client_object_remembers_a_secret(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("placed")))
    await gateway.place_order(CANARIES, order=BUY, permit=permitted)
    assert "canary" not in repr(vars(gateway._channel)) + repr(vars(gateway._channel._transport))
