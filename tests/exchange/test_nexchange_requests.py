"""What leaves for n.exchange: paths, headers and bodies, each as the API's reference shows it."""

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog

from chatbot.domain.errors import ChatbotError, InputError, OutcomeUnknown
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.domain.swaps import Currency, NewSwap
from chatbot.exchange.budget import Budget
from chatbot.exchange.nexchange.gateway import Manners, NexchangeGateway
from chatbot.exchange.nexchange.headers import AuthScheme
from chatbot.ports.exchange import Priority
from tests.exchange.clock import HandClock
from tests.exchange.raw_server import RawServer, Reply, Then, http, ok, sample
from tests.exchange.swapping import CREATED, KEY, MANNERS, NEW, REFERENCE, offer, open_swaps, order
from tests.fakes.exchange import permitted
from tests.fakes.swap_service import PAYOUT

PERSON = Priority.PERSON
CANARY = SwapKey(api_key=Secret("canary-key"))
Ask = Callable[[NexchangeGateway], Awaitable[object]]

CALLS: dict[str, tuple[Ask, bytes, str, str]] = {
    "list": (
        lambda swaps: swaps.swaps(KEY, page=3, size=50, priority=PERSON),
        sample("nexchange/orders"),
        "GET",
        "/orders/?page=3&page_size=50",
    ),
    "create": (lambda swaps: swaps.create(KEY, new=NEW, permit=permitted), CREATED, "POST", "/orders/"),
    "details": (
        lambda swaps: swaps.swap(KEY, reference=REFERENCE, priority=PERSON),
        order(),
        "GET",
        f"/orders/{REFERENCE}/",
    ),
    "update": (
        lambda swaps: swaps.set_payout(KEY, reference=REFERENCE, address=PAYOUT, extra_id="", permit=permitted),
        order(),
        "PATCH",
        f"/orders/{REFERENCE}/",
    ),
    "rate": (
        lambda swaps: swaps.rate(KEY, pair="BTCUSDC", priority=PERSON),
        offer(),
        "GET",
        "/rate/?pairs=BTCUSDC",
    ),
    "pairs": (lambda swaps: swaps.pairs(KEY, priority=PERSON), sample("nexchange/pairs"), "GET", "/pair/"),
    "pair": (
        lambda swaps: swaps.pair(KEY, name="most_traded", priority=PERSON),
        sample("nexchange/pairs"),
        "GET",
        "/pair/most_traded/",
    ),
}


@pytest.mark.parametrize("name", CALLS)
async def test_every_endpoint_is_asked_as_documented_and_with_the_key(
    name: str, server: RawServer, swaps: NexchangeGateway
) -> None:
    ask, answer, method, path = CALLS[name]
    server.will(ok(answer))
    assert await ask(swaps) is not None
    (request,) = server.requests
    assert (request.method, request.target) == (method, f"/en/api/v2{path}")
    assert request.headers["authorization"] == "ApiKey nx_demo"
    assert request.headers["accept"] == "application/json"


@pytest.mark.parametrize("name", CALLS)
async def test_headers_of_the_creation_go_with_the_creation_only(
    name: str, server: RawServer, clock: HandClock, budget: Budget
) -> None:
    ask, answer, *_ = CALLS[name]
    server.will(ok(answer))
    async with open_swaps(
        server.url, clock=clock, budget=budget, manners=replace(MANNERS, referral_token=Secret("partner-7"))
    ) as swaps:
        await ask(swaps)
    headers = server.requests[0].headers
    creates = name == "create"
    assert headers.get("x-user-timezone") == ("GMT +04:00 (Asia/Dubai)" if creates else None)
    assert headers.get("x-referral-token") == ("partner-7" if creates else None)


async def test_currencies_are_asked_for_without_a_key(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(sample("nexchange/currencies")))
    await swaps.coins(priority=PERSON)
    (request,) = server.requests
    assert (request.method, request.target) == ("GET", "/en/api/v2/currency/")
    assert "authorization" not in request.headers


async def test_no_referral_token_is_sent_where_there_is_none(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(CREATED))
    await swaps.create(KEY, new=NEW, permit=permitted)
    assert "x-referral-token" not in server.requests[0].headers


async def test_the_word_before_the_key_is_a_setting(server: RawServer, clock: HandClock, budget: Budget) -> None:
    server.will(ok(order()))
    async with open_swaps(server.url, clock=clock, budget=budget, manners=Manners(scheme=AuthScheme.BEARER)) as bearer:
        await bearer.swap(KEY, reference=REFERENCE, priority=PERSON)
    (request,) = server.requests
    assert request.headers["authorization"] == "Bearer nx_demo"
    assert request.target == f"/orders/{REFERENCE}/"


ZONES = {
    "UTC": "GMT +00:00 (UTC)",
    "Asia/Dubai": "GMT +04:00 (Asia/Dubai)",
    "Europe/Berlin": "GMT +01:00 (Europe/Berlin)",
    "America/St_Johns": "GMT -03:30 (America/St_Johns)",
    "Asia/Kathmandu": "GMT +05:45 (Asia/Kathmandu)",
}


@pytest.mark.parametrize("zone", ZONES)
async def test_the_time_zone_is_told_with_its_offset(
    zone: str, server: RawServer, clock: HandClock, budget: Budget
) -> None:
    server.will(ok(CREATED))
    async with open_swaps(server.url, clock=clock, budget=budget, manners=Manners(zone=ZoneInfo(zone))) as swaps:
        await swaps.create(KEY, new=NEW, permit=permitted)
    assert server.requests[0].headers["x-user-timezone"] == ZONES[zone]


async def test_the_offset_is_that_of_the_moment(server: RawServer, clock: HandClock, budget: Budget) -> None:
    server.will(ok(CREATED))
    manners = Manners(zone=ZoneInfo("Europe/Berlin"))
    async with open_swaps(server.url, clock=clock, budget=budget, manners=manners) as swaps:
        await swaps.create(KEY, new=NEW, permit=permitted)
        clock.seconds += 180 * 86_400  # from November to May
        await swaps.create(KEY, new=NEW, permit=permitted)
    told = [request.headers["x-user-timezone"] for request in server.requests]
    assert told == ["GMT +01:00 (Europe/Berlin)", "GMT +02:00 (Europe/Berlin)"]


BODIES: dict[str, tuple[NewSwap, bytes]] = {
    "a deposit amount": (
        NEW,
        b'{"side":"BUY","deposit_amount":"500","deposit_currency":"USDC","withdraw_currency":"BTC",'
        b'"withdraw_address":"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}',
    ),
    "a withdraw amount": (
        replace(NEW, deposit_amount=None, withdraw_amount=Decimal("0.01000000")),
        b'{"side":"BUY","withdraw_amount":"0.01000000","deposit_currency":"USDC","withdraw_currency":"BTC",'
        b'"withdraw_address":"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}',
    ),
    "networks, a rate and a memo of the refund": (
        replace(
            NEW,
            deposit=Currency(code="USDT", network="ETH"),
            withdraw=Currency(code="BTC", network="BTC"),
            withdraw_address="",
            refund_address="rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
            refund_extra_id="12345",
            rate_id="waq1T39kPFn9LOETpzTnX6by7Yc-001ABB",
        ),
        b'{"side":"BUY","deposit_amount":"500","deposit_currency":{"code":"USDT","network":"ETH"},'
        b'"withdraw_currency":{"code":"BTC","network":"BTC"},"refund_address":"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",'
        b'"refund_extra_id":"12345","rate_id":"waq1T39kPFn9LOETpzTnX6by7Yc-001ABB"}',
    ),
    "a contract, and a network's own coin": (
        replace(
            NEW,
            deposit=Currency(contract="0xdAC1", network="ETH"),
            withdraw=Currency(network="XRP"),
            withdraw_extra_id="104 729",
        ),
        b'{"side":"BUY","deposit_amount":"500","deposit_currency":{"contract_address":"0xdAC1","network":"ETH"},'
        b'"withdraw_currency":{"contract_address":null,"network":"XRP"},'
        b'"withdraw_address":"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa","withdraw_extra_id":"104 729"}',
    ),
    "an amount that Python would write with an exponent": (
        replace(NEW, deposit_amount=Decimal("1E-8"), withdraw_address=""),
        b'{"side":"BUY","deposit_amount":"0.00000001","deposit_currency":"USDC","withdraw_currency":"BTC"}',
    ),
}


@pytest.mark.parametrize("name", BODIES)
async def test_what_is_asked_for_is_sent_and_nothing_else(
    name: str, server: RawServer, swaps: NexchangeGateway
) -> None:
    new, body = BODIES[name]
    server.will(http(201, CREATED))
    await swaps.create(KEY, new=new, permit=permitted)
    assert server.requests[0].body == body
    assert server.requests[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize(("side", "sent"), [("BUY", b'{"side":"BUY",'), ("SELL", b'{"side":"SELL",'), ("", b"{")])
async def test_the_side_is_a_setting_and_turns_nothing_round(
    side: str, sent: bytes, server: RawServer, clock: HandClock, budget: Budget
) -> None:
    server.will(ok(CREATED))
    async with open_swaps(server.url, clock=clock, budget=budget, manners=Manners(side=side)) as swaps:
        await swaps.create(KEY, new=NEW, permit=permitted)
    assert server.requests[0].body == BODIES["a deposit amount"][1].replace(b'{"side":"BUY",', sent)


@pytest.mark.parametrize(
    "amounts",
    [{"deposit_amount": None}, {"withdraw_amount": Decimal(1)}]
    + [{"deposit_amount": Decimal(amount)} for amount in ("0", "-1", "NaN", "Infinity")],
)
async def test_exactly_one_amount_above_zero_is_sent_or_nothing(
    amounts: dict[str, Any], server: RawServer, swaps: NexchangeGateway
) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        await swaps.create(KEY, new=replace(NEW, **amounts), permit=permitted)
    assert server.requests == []


async def test_nothing_is_created_without_a_currency(server: RawServer, swaps: NexchangeGateway) -> None:
    with pytest.raises(ValueError, match="currency"):
        await swaps.create(KEY, new=replace(NEW, deposit=Currency(contract="0x1")), permit=permitted)
    assert server.requests == []


UPDATES: dict[str, tuple[Ask, bytes]] = {
    "withdraw_address": (
        lambda swaps: swaps.set_payout(KEY, reference=REFERENCE, address=PAYOUT, extra_id="", permit=permitted),
        b'{"withdraw_address":"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}',
    ),
    "withdraw_address with its withdraw_extra_id": (
        lambda swaps: swaps.set_payout(KEY, reference=REFERENCE, address=PAYOUT, extra_id="7", permit=permitted),
        b'{"withdraw_address":"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa","withdraw_extra_id":"7"}',
    ),
    "marked_as_paid": (
        lambda swaps: swaps.mark(KEY, reference=REFERENCE, paid=True, transaction="", permit=permitted),
        b'{"marked_as_paid":true}',
    ),
    "marked_as_paid with its deposit_transaction": (
        lambda swaps: swaps.mark(KEY, reference=REFERENCE, paid=True, transaction="a1b2c3", permit=permitted),
        b'{"marked_as_paid":true,"deposit_transaction":"a1b2c3"}',
    ),
    "the mark taken back": (
        lambda swaps: swaps.mark(KEY, reference=REFERENCE, paid=False, transaction="a1b2c3", permit=permitted),
        b'{"marked_as_paid":false}',
    ),
}


@pytest.mark.parametrize("name", UPDATES)
async def test_an_update_sends_its_field_and_no_other(name: str, server: RawServer, swaps: NexchangeGateway) -> None:
    ask, body = UPDATES[name]
    server.will(ok(order()))
    await ask(swaps)
    assert server.requests[0].body == body


async def test_a_page_has_a_hundred_orders_at_most(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(sample("nexchange/orders")))
    await swaps.swaps(KEY, page=1, size=500, priority=PERSON)
    assert server.requests[0].target == "/en/api/v2/orders/?page=1&page_size=100"


@pytest.mark.parametrize("reference", ["", ".", "..", "a b", "a/b", "ä", "x" * 65, "A\n"])
async def test_what_cannot_be_a_reference_is_not_asked_for(
    reference: str, server: RawServer, swaps: NexchangeGateway
) -> None:
    with pytest.raises(InputError):
        await swaps.swap(KEY, reference=reference, priority=PERSON)
    with pytest.raises(InputError):
        await swaps.mark(KEY, reference=reference, paid=True, transaction="", permit=permitted)
    assert server.requests == []


async def test_a_pairs_name_stays_one_value_of_the_query(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(b"[]"))
    await swaps.rate(KEY, pair="BTC&x=/?#", priority=PERSON)
    assert server.requests[0].target == "/en/api/v2/rate/?pairs=BTC%26x%3D/?%23"


@pytest.mark.parametrize("key", ["", "a b", "a\r\nX: y", "schlüssel", "a\x00"])
async def test_a_key_no_header_can_carry_is_not_sent(key: str, server: RawServer, swaps: NexchangeGateway) -> None:
    with pytest.raises(InputError) as caught:
        await swaps.create(SwapKey(api_key=Secret(key)), new=NEW, permit=permitted)
    assert server.requests == [] and (not key or key not in str(caught.value))


async def test_one_connection_serves_many_people(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(order()))
    for number in range(5):
        key = SwapKey(api_key=Secret(f"key-{number}"))
        await swaps.swap(key, reference=REFERENCE, priority=PERSON)
    assert server.connections == 1


@pytest.mark.parametrize("reply", [http(500), http(401), http(403, b'"no"'), Reply(then=Then.CLOSE), ok(b"{")])
async def test_no_secret_in_errors_logs_or_objects(
    reply: Reply, server: RawServer, clock: HandClock, budget: Budget
) -> None:
    server.will(reply)
    manners = Manners(referral_token=Secret("canary-token"))
    async with open_swaps(server.url, clock=clock, budget=budget, manners=manners) as swaps:
        with structlog.testing.capture_logs() as entries, pytest.raises(ChatbotError) as caught:
            await swaps.create(CANARY, new=NEW, permit=permitted)
        shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        kept = repr(vars(swaps)) + repr(vars(swaps._channel)) + repr(vars(swaps._channel._transport))
    assert server.requests[0].headers["x-referral-token"] == "canary-token"
    assert entries and "canary" not in shown + kept + repr(entries) + repr(CANARY)


async def test_a_redirect_is_not_followed(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(http(307, headers=f"Location: {server.url}/en/api/v2/orders/\r\n"))
    with pytest.raises(OutcomeUnknown):
        await swaps.create(KEY, new=NEW, permit=permitted)
    assert len(server.requests) == 1


@pytest.mark.parametrize("cut", [Then.CLOSE, Then.RESET])
async def test_an_update_on_a_kept_connection_that_dies_is_not_sent_twice(
    cut: Then, server: RawServer, swaps: NexchangeGateway
) -> None:
    server.will(ok(order()), Reply(then=cut), ok(order()))
    for ending in (None, OutcomeUnknown):
        marking = swaps.mark(KEY, reference=REFERENCE, paid=True, transaction="", permit=permitted)
        if ending is None:
            await marking
        else:
            with pytest.raises(ending):
                await marking
    assert len(server.requests) == 2
