"""Every way a call can end, and what is concluded from it."""

import asyncio
import gzip
import socket
from dataclasses import dataclass
from decimal import Decimal
from unittest.mock import MagicMock

import aiohttp
import pytest

from chatbot.domain.errors import (
    AccountOwnerDifferent,
    Cause,
    ChatbotError,
    KeyRejected,
    NotSent,
    OrderNotFound,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from chatbot.domain.ids import OrderNumber
from chatbot.exchange import http as channel
from chatbot.exchange.andx.gateway import AndxGateway
from chatbot.exchange.budget import Budget
from chatbot.ports.exchange import Priority
from tests.exchange.clock import HandClock
from tests.exchange.conftest import ALICE, BUY, open_gateway
from tests.exchange.raw_server import RawServer, Reply, Then, http, ok, sample
from tests.fakes.exchange import permitted


@dataclass(frozen=True, kw_only=True)
class Case:
    """A reply, and what a change and a read make of it. `tries` is how often a read asks."""

    reply: Reply
    change: type[ChatbotError]
    read: type[ChatbotError]
    cause: Cause | None = None
    tries: int = 1


def unknown(reply: Reply, cause: Cause, *, tries: int = 1) -> Case:
    return Case(reply=reply, change=OutcomeUnknown, read=Unavailable, cause=cause, tries=tries)


def refused(reply: Reply, kind: type[ChatbotError]) -> Case:
    return Case(reply=reply, change=kind, read=kind)


PLACED = sample("placed")
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 80\r\n\r\n" + PLACED[:20]
CHUNKED_HALF = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" + PLACED[:32]

CASES = {
    "a documented error": refused(ok(sample("place_refused")), AccountOwnerDifferent),
    "an unknown code": refused(ok(b'{"status":"error","reason":"x","status_code":9999,"data":{}}'), Refused),
    "401": refused(http(401, b"<html>no</html>"), KeyRejected),
    "403": refused(http(403, b'{"reason": "ip"}'), KeyRejected),
    "301": unknown(http(301, headers="Location: /elsewhere/\r\n"), Cause.REDIRECT),
    "307": unknown(http(307, headers="Location: /elsewhere/\r\n"), Cause.REDIRECT),
    "400": unknown(http(400, b"bad"), Cause.SERVER_FAULT),
    "404": unknown(http(404, b"<html>"), Cause.SERVER_FAULT),
    "405": unknown(http(405), Cause.SERVER_FAULT),
    "408": unknown(http(408), Cause.SERVER_FAULT, tries=3),
    "418": unknown(http(418), Cause.SERVER_FAULT),
    "429": unknown(http(429), Cause.RATE_LIMITED, tries=3),
    "500": unknown(http(500), Cause.SERVER_FAULT, tries=3),
    "502 in HTML": unknown(http(502, b"<html>bad gateway</html>"), Cause.SERVER_FAULT, tries=3),
    "503": unknown(http(503), Cause.SERVER_FAULT, tries=3),
    "503 for an hour": unknown(http(503, headers="Retry-After: 3600\r\n"), Cause.SERVER_FAULT),
    "201": unknown(http(201, PLACED), Cause.UNREADABLE),
    "204": unknown(http(204), Cause.UNREADABLE),
    "HTML with 200": unknown(ok(b"<html>maintenance</html>"), Cause.UNREADABLE),
    "no body": unknown(ok(b""), Cause.UNREADABLE),
    "not UTF-8": unknown(ok(b'{"status":"\xff"}'), Cause.UNREADABLE),
    "an array": unknown(ok(b"[]"), Cause.UNREADABLE),
    "no data": unknown(ok(b'{"status":"success","data":null}'), Cause.UNREADABLE),
    "data of another shape": unknown(ok(b'{"status":"success","data":{"number":1}}'), Cause.UNREADABLE),
    "neither success nor error": unknown(ok(b'{"status":"queued","data":{"order_number":1}}'), Cause.UNREADABLE),
    "an error without its code": unknown(ok(b'{"status":"error","reason":"busy"}'), Cause.UNREADABLE),
    "an impossible number": unknown(ok(b'{"status":"success","data":{"order_number":0}}'), Cause.UNREADABLE),
    "JSON cut short": unknown(ok(PLACED[:30]), Cause.UNREADABLE),
    "nested too deep": unknown(ok(b'{"x":' + b"[" * 100_000), Cause.UNREADABLE),
    "gzip bomb": unknown(
        http(200, gzip.compress(b"0" * 20_000_000), headers="Content-Encoding: gzip\r\n"), Cause.UNREADABLE
    ),
    "bad gzip": unknown(http(200, b"junk", headers="Content-Encoding: gzip\r\n"), Cause.UNREADABLE),
    "half a body": unknown(Reply(data=HALF, then=Then.CLOSE), Cause.BROKEN, tries=3),
    "half a chunked body": unknown(Reply(data=CHUNKED_HALF, then=Then.CLOSE), Cause.BROKEN, tries=3),
    "half a body, then reset": unknown(Reply(data=HALF, then=Then.RESET), Cause.BROKEN, tries=3),
    "closed without a word": unknown(Reply(then=Then.CLOSE), Cause.BROKEN, tries=3),
    "reset without a word": unknown(Reply(then=Then.RESET), Cause.BROKEN, tries=3),
    "half a head": unknown(Reply(data=b"HTTP/1.1 200 OK\r\nConte", then=Then.CLOSE), Cause.BROKEN, tries=3),
    "not HTTP": unknown(Reply(data=b"220 mail.example ESMTP\r\n\r\n", then=Then.CLOSE), Cause.BROKEN, tries=3),
    "silence": unknown(Reply(then=Then.HANG), Cause.TIMEOUT),
    "half a body, then silence": unknown(Reply(data=HALF, then=Then.HANG), Cause.TIMEOUT),
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "_SECONDS", {"connect": 5.0, "pool": 5.0, "read": 0.1, "write": 0.1})


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("name", CASES)
async def test_a_change_is_sent_once_and_its_end_is_told_exactly(
    name: str, server: RawServer, gateway: AndxGateway
) -> None:
    case = CASES[name]
    server.will(case.reply)
    with pytest.raises(ChatbotError) as caught:
        await gateway.place_order(ALICE, order=BUY, permit=permitted)
    assert type(caught.value) is case.change
    assert getattr(caught.value, "cause", None) == case.cause
    assert len(server.requests) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("name", CASES)
async def test_a_read_tries_again_only_where_that_may_help(name: str, server: RawServer, gateway: AndxGateway) -> None:
    case = CASES[name]
    server.will(case.reply)
    with pytest.raises(ChatbotError) as caught:
        await gateway.order(ALICE, number=OrderNumber(54264), priority=Priority.PERSON)
    assert type(caught.value) is case.read
    assert getattr(caught.value, "cause", None) == case.cause
    assert len(server.requests) == case.tries


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("name", CASES)
async def test_a_cancellation_ends_as_every_change_does(name: str, server: RawServer, gateway: AndxGateway) -> None:
    case = CASES[name]
    server.will(case.reply)
    with pytest.raises(ChatbotError) as caught:
        await gateway.cancel_order(ALICE, number=OrderNumber(1), permit=permitted)
    assert type(caught.value) is case.change
    assert len(server.requests) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("name", CASES)
async def test_a_withdrawal_is_sent_once_and_ends_as_every_change_does(
    name: str, server: RawServer, gateway: AndxGateway
) -> None:
    case = CASES[name]
    server.will(case.reply)
    with pytest.raises(ChatbotError) as caught:
        await gateway.withdraw(ALICE, currency="XRP", amount=Decimal("100.25"), alias="savings", permit=permitted)
    assert type(caught.value) is case.change
    assert getattr(caught.value, "cause", None) == case.cause
    assert len(server.requests) == 1


async def test_a_placed_order_has_its_number(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(PLACED))
    assert await gateway.place_order(ALICE, order=BUY, permit=permitted) == 54264


async def test_cancelling_an_unknown_order_is_told_apart(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("cancel_refused")))
    with pytest.raises(OrderNotFound) as caught:
        await gateway.cancel_order(ALICE, number=OrderNumber(1), permit=permitted)
    assert (caught.value.code, caught.value.reason) == (1201, "order_not_found")


def _unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_nothing_was_sent_where_nobody_listens(clock: HandClock, budget: Budget) -> None:
    async with open_gateway(f"http://127.0.0.1:{_unused_port()}", clock=clock, budget=budget) as gateway:
        with pytest.raises(NotSent) as caught:
            await gateway.place_order(ALICE, order=BUY, permit=permitted)
        assert caught.value.cause is Cause.UNREACHABLE
        with pytest.raises(Unavailable) as read:
            await gateway.tickers(priority=Priority.PERSON)
        assert (type(read.value), read.value.cause) == (Unavailable, Cause.UNREACHABLE)


async def test_nothing_was_sent_where_the_name_is_unknown(clock: HandClock, budget: Budget) -> None:
    async with open_gateway("https://exchange.invalid", clock=clock, budget=budget) as gateway:
        with pytest.raises(NotSent):
            await gateway.place_order(ALICE, order=BUY, permit=permitted)


async def test_nothing_was_sent_to_a_server_without_tls(
    monkeypatch: pytest.MonkeyPatch, server: RawServer, clock: HandClock, budget: Budget
) -> None:
    monkeypatch.setattr(channel, "_SECONDS", {"connect": 0.1, "pool": 0.1, "read": 5.0, "write": 5.0})
    async with open_gateway(server.url.replace("http:", "https:"), clock=clock, budget=budget) as gateway:
        with pytest.raises(NotSent):
            await gateway.place_order(ALICE, order=BUY, permit=permitted)
    assert server.requests == []


async def test_nothing_was_sent_while_no_connection_can_be_made(
    monkeypatch: pytest.MonkeyPatch, clock: HandClock, budget: Budget
) -> None:
    monkeypatch.setattr(channel, "_SECONDS", {"connect": 0.05, "pool": 0.1, "read": 5.0, "write": 5.0})
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        with socket.create_connection(address), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(address)
            async with open_gateway(f"http://127.0.0.1:{address[1]}", clock=clock, budget=budget) as gateway:
                with pytest.raises(NotSent) as caught:
                    await gateway.place_order(ALICE, order=BUY, permit=permitted)
    assert caught.value.cause is Cause.UNREACHABLE


async def test_nothing_is_sent_after_closing(server: RawServer, clock: HandClock, budget: Budget) -> None:
    async with open_gateway(server.url, clock=clock, budget=budget) as gateway:
        pass
    with pytest.raises(NotSent) as caught:
        await gateway.place_order(ALICE, order=BUY, permit=permitted)
    assert caught.value.cause is Cause.SHUTDOWN


async def test_an_answer_that_never_ends_is_given_up(
    monkeypatch: pytest.MonkeyPatch, server: RawServer, gateway: AndxGateway
) -> None:
    monkeypatch.setattr(channel, "LONGEST_CALL", 0.1)
    server.will(Reply(data=HALF, then=Then.HANG))
    async with asyncio.timeout(2):
        with pytest.raises(OutcomeUnknown) as caught:
            await gateway.place_order(ALICE, order=BUY, permit=permitted)
    assert caught.value.cause is Cause.TIMEOUT


BEFORE_THE_FIRST_BYTE = (
    aiohttp.ClientConnectorError(MagicMock(), OSError(111, "refused")),
    aiohttp.ClientConnectorDNSError(MagicMock(), OSError(-2, "unknown name")),
    aiohttp.ConnectionTimeoutError(),
)
PERHAPS_AFTER_IT = (
    aiohttp.ClientConnectionError("failed to send bytes"),
    aiohttp.ClientConnectionResetError("cannot write to closing transport"),
    aiohttp.ClientOSError(104, "reset"),
    aiohttp.ServerDisconnectedError(),
    aiohttp.SocketTimeoutError(),
    aiohttp.ClientPayloadError(),
    ConnectionResetError(),
    ValueError("anything"),
)


@pytest.mark.parametrize("error", [*BEFORE_THE_FIRST_BYTE, *PERHAPS_AFTER_IT], ids=lambda error: type(error).__name__)
async def test_only_a_connection_that_could_not_be_made_is_proof_that_nothing_was_sent(
    error: Exception, monkeypatch: pytest.MonkeyPatch, server: RawServer, gateway: AndxGateway
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise error

    before = error in BEFORE_THE_FIRST_BYTE
    monkeypatch.setattr(
        aiohttp.TCPConnector if before else aiohttp.ClientRequest, "connect" if before else "send", fail
    )
    with pytest.raises(NotSent if before else OutcomeUnknown):
        await gateway.place_order(ALICE, order=BUY, permit=permitted)


async def test_a_cancelled_change_says_nothing_and_is_not_sent_again(server: RawServer, gateway: AndxGateway) -> None:
    server.will(Reply(then=Then.HANG))
    task = asyncio.create_task(gateway.place_order(ALICE, order=BUY, permit=permitted))
    await server.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(server.requests) == 1


async def test_a_429_pauses_everybody_for_five_seconds(
    server: RawServer, gateway: AndxGateway, clock: HandClock
) -> None:
    server.will(http(429), ok(sample("tickers")))
    began = clock.seconds
    await gateway.tickers(priority=Priority.PERSON)
    assert 5 <= clock.seconds - began < 6


async def test_a_429_pauses_as_long_as_the_exchange_says(
    server: RawServer, gateway: AndxGateway, clock: HandClock
) -> None:
    server.will(http(429, headers="Retry-After: 17\r\n"), ok(sample("tickers")))
    began = clock.seconds
    await gateway.tickers(priority=Priority.PERSON)
    assert 17 <= clock.seconds - began < 18


async def test_a_429_pauses_until_the_date_the_exchange_names(
    server: RawServer, gateway: AndxGateway, clock: HandClock
) -> None:
    server.will(http(429, headers="Retry-After: Fri, 20 Nov 2026 12:00:30 GMT\r\n"), ok(sample("tickers")))
    await gateway.tickers(priority=Priority.PERSON)
    assert 30 <= clock.seconds < 31


@pytest.mark.parametrize("value", ["soon", "-3", "1e9", "²", "Fri, 99 Nov 2026"])
async def test_a_retry_after_that_makes_no_sense_is_ignored(
    value: str, server: RawServer, gateway: AndxGateway, clock: HandClock
) -> None:
    server.will(http(429, headers=f"Retry-After: {value}\r\n"), ok(sample("tickers")))
    await gateway.tickers(priority=Priority.PERSON)
    assert 5 <= clock.seconds < 6


async def test_money_is_not_sent_during_a_long_pause(server: RawServer, gateway: AndxGateway, clock: HandClock) -> None:
    server.will(http(429, headers="Retry-After: 30\r\n"))
    with pytest.raises(OutcomeUnknown):
        await gateway.place_order(ALICE, order=BUY, permit=permitted)
    before = clock.seconds
    with pytest.raises(NotSent) as caught:
        await gateway.place_order(ALICE, order=BUY, permit=permitted)
    assert caught.value.cause is Cause.BUDGET
    assert clock.seconds == before
    assert len(server.requests) == 1
