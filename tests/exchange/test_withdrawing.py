"""Withdrawals on the wire (API reference, A7)."""

import json
from decimal import Decimal

import msgspec
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.errors import InsufficientBalance, WithdrawAddressNotFound
from chatbot.exchange.andx import words
from chatbot.exchange.andx.gateway import AndxGateway
from chatbot.exchange.andx.signing import signature
from tests.exchange.conftest import ALICE
from tests.exchange.raw_server import RawServer, ok, sample
from tests.fakes.exchange import permitted

amounts = st.decimals(min_value=0, max_value=10**18, allow_nan=False, allow_infinity=False).filter(
    lambda each: each > 0
)


async def withdraw(gateway: AndxGateway, *, amount: str = "100.25", alias: str = "alias_name") -> None:
    await gateway.withdraw(ALICE, currency="XRP", amount=Decimal(amount), alias=alias, permit=permitted)


async def test_a_withdrawal_is_sent_as_the_reference_shows_and_signed_as_sent(
    server: RawServer, gateway: AndxGateway
) -> None:
    server.will(ok(sample("withdrawal")))
    await withdraw(gateway)
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/api/v1/withdrawal/request/")
    assert request.body == b'{"currency_code":"XRP","amount":"100.25","alias":"alias_name"}'
    at = request.headers["access-timestamp"]
    assert request.headers["access-sign"] == signature(ALICE, at=at, body=request.body)
    assert (request.headers["access-user"], request.headers["access-key"]) == ("alice", "ak_demo")
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("amount", "sent"),
    [("1E+3", "1000"), ("1E-8", "0.00000001"), ("0.10", "0.10"), ("5", "5"), ("123456789012.00000001",) * 2],
)
async def test_an_amount_is_sent_in_plain_notation(
    amount: str, sent: str, server: RawServer, gateway: AndxGateway
) -> None:
    server.will(ok(sample("withdrawal")))
    await withdraw(gateway, amount=amount)
    assert f'"amount":"{sent}"'.encode() in server.requests[0].body


@pytest.mark.parametrize(
    "alias", ["Kasa Şubesi", "冷钱包 1", 'a"b\\c', "tab\there", "🏦", "e\u0301", "\u202egnp.exe", " x "]
)
async def test_an_alias_arrives_as_it_was_written(alias: str, server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("withdrawal")))
    await withdraw(gateway, alias=alias)
    (request,) = server.requests
    assert json.loads(request.body)["alias"] == alias
    at = request.headers["access-timestamp"]
    assert request.headers["access-sign"] == signature(ALICE, at=at, body=request.body)


async def test_a_letter_of_another_alphabet_is_sent_as_utf_8(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("withdrawal")))
    await withdraw(gateway, alias="Şube")
    assert server.requests[0].body == '{"currency_code":"XRP","amount":"100.25","alias":"Şube"}'.encode()


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "-0"])
async def test_no_amount_is_not_sent(amount: str, server: RawServer, gateway: AndxGateway) -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        await withdraw(gateway, amount=amount)
    assert server.requests == []


async def test_an_alias_the_exchange_does_not_know_is_told_apart(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("withdrawal_refused")))
    with pytest.raises(WithdrawAddressNotFound) as caught:
        await withdraw(gateway)
    assert (caught.value.code, caught.value.reason) == (1319, "Withdraw address not found")


async def test_too_little_is_told_apart(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(b'{"status":"error","reason":"balance_insufficient","status_code":1103,"data":{}}'))
    with pytest.raises(InsufficientBalance):
        await withdraw(gateway)


async def test_the_log_says_neither_where_nor_how_much(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("withdrawal")))
    with structlog.testing.capture_logs() as entries:
        await withdraw(gateway, alias="canary")
    (entry,) = entries
    assert (entry["endpoint"], entry["status"]) == ("withdraw", 200)
    assert set(entry) == {"event", "endpoint", "status", "ms", "log_level"}


@given(amount=amounts, alias=st.text(), currency=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1))
def test_what_was_meant_is_what_is_sent(amount: Decimal, alias: str, currency: str) -> None:
    body = words.withdrawal_body(currency=currency, amount=amount, alias=alias)
    sent = json.loads(msgspec.json.encode(body))
    assert (sent["currency_code"], Decimal(sent["amount"]), sent["alias"]) == (currency, amount, alias)
    assert set(sent["amount"]) <= set("0123456789.")
