"""Every documented field of n.exchange's rates, pairs and currencies, and what is made of what is odd."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.errors import Unavailable
from chatbot.domain.swaps import Coin, Pair, Rate
from chatbot.exchange.nexchange.gateway import NexchangeGateway
from chatbot.ports.exchange import Priority
from tests.exchange.clock import START, HandClock
from tests.exchange.raw_server import RawServer, ok, sample
from tests.exchange.swapping import KEY, offer

PERSON = Priority.PERSON
HOUR = timedelta(hours=1)


async def test_a_rate_is_read_field_by_field(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(offer()))
    assert await swaps.rate(KEY, pair="BTCUSDC", priority=PERSON) == Rate(
        pair="BTCUSDC",
        deposit="USDC",
        withdraw="BTC",
        price=Decimal("45000.00"),
        withdrawal_fee=Decimal("0.00050000"),
        rate_id="abc123-000000",
        least_deposit=Decimal("50.00"),
        most_deposit=Decimal("500000.00"),
        least_withdraw=Decimal("0.00100000"),
        most_withdraw=Decimal("10.00000000"),
        expires_at=START + HOUR,
    )


LIMITS = {
    "min_deposit_amount": "least_deposit",
    "max_deposit_amount": "most_deposit",
    "min_withdraw_amount": "least_withdraw",
    "max_withdraw_amount": "most_withdraw",
}


@pytest.mark.parametrize("name", LIMITS)
async def test_an_offer_may_leave_a_limit_out(name: str, server: RawServer, swaps: NexchangeGateway) -> None:
    for written in (..., None, ""):
        server.will(ok(offer(**{name: written})))
        rate = await swaps.rate(KEY, pair="BTCUSDC", priority=PERSON)
        assert rate is not None and getattr(rate, LIMITS[name]) is None


async def test_a_nested_array_of_rates_is_flattened(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(b" [" + offer() + b"]\n"))
    rate = await swaps.rate(KEY, pair="btcusdc", priority=PERSON)
    assert rate is not None and rate.price == 45_000


async def test_of_many_rates_the_one_asked_for_is_taken(server: RawServer, swaps: NexchangeGateway) -> None:
    rows = [offer(pair="BTCETH", rate="oops"), offer(pair="ETHBTC", rate="17"), offer(), offer(rate="1")]
    server.will(ok(b"[" + b",".join(row[1:-1] for row in rows) + b"]"))
    rate = await swaps.rate(KEY, pair="BTCUSDC", priority=PERSON)
    assert rate is not None and rate.price == 45_000


@pytest.mark.parametrize("body", [b"[]", b"[[]]", offer(pair="BTCETH")])
async def test_a_pair_without_an_offer_has_none(body: bytes, server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(body))
    assert await swaps.rate(KEY, pair="BTCUSDC", priority=PERSON) is None


@pytest.mark.parametrize("changes", [{"rate": "0"}, {"rate": ...}, {"expiration_time_unix": "1697365800000"},
                                     {"expiration_time_unix": None}, {"rate_id": "a b"}])  # fmt: skip
async def test_an_offer_that_makes_no_sense_is_unreadable(
    changes: dict[str, Any], server: RawServer, swaps: NexchangeGateway
) -> None:
    server.will(ok(offer(**changes)))
    with pytest.raises(Unavailable):
        await swaps.rate(KEY, pair="BTCUSDC", priority=PERSON)


async def test_an_expired_offer_is_asked_for_once_more(
    server: RawServer, swaps: NexchangeGateway, clock: HandClock
) -> None:
    expired = str(int(clock.now().timestamp()))
    server.will(ok(offer(expiration_time_unix=expired)), ok(offer(rate="44000")))
    rate = await swaps.rate(KEY, pair="BTCUSDC", priority=PERSON)
    assert rate is not None and rate.price == 44_000 and len(server.requests) == 2


async def test_an_offer_that_has_expired_twice_is_none(
    server: RawServer, swaps: NexchangeGateway, clock: HandClock
) -> None:
    server.will(ok(offer(expiration_time_unix=int(clock.now().timestamp()) - 1)))
    assert await swaps.rate(KEY, pair="BTCUSDC", priority=PERSON) is None
    assert len(server.requests) == 2


async def test_pairs_are_read(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(sample("nexchange/pairs")))
    assert await swaps.pairs(KEY, priority=PERSON) == (
        Pair(name="BTCUSDC", deposit="USDC", withdraw="BTC", is_disabled=False),
        Pair(name="BTCETH", deposit="ETH", withdraw="BTC", is_disabled=True),
    )


@pytest.mark.parametrize("body", [b'{"name": "BTCUSDC", "to": "BTC", "from": "USDC", "disabled": false}',
                                  b'[{"name": "BTCUSDC", "to": "BTC", "from": "USDC"}]'])  # fmt: skip
async def test_one_pair_is_read(body: bytes, server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(body))
    pair = await swaps.pair(KEY, name="BTCUSDC", priority=PERSON)
    assert pair == Pair(name="BTCUSDC", deposit="USDC", withdraw="BTC", is_disabled=False)


async def test_currencies_are_read_without_the_money_of_states(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(sample("nexchange/currencies")))
    assert await swaps.coins(priority=PERSON) == (
        Coin(code="BTC", symbol="BTC", name="Bitcoin", network="BTC", decimals=8),
        Coin(
            code="USDTERC",
            symbol="USDT",
            name="Tether USD",
            network="ETH",
            contract="0xdAC17F958D2ee523a2206206994597C13D831ec7",
            decimals=6,
        ),
    )


async def test_a_currency_may_leave_out_all_but_its_code(server: RawServer, swaps: NexchangeGateway) -> None:
    nulls = (
        b'{"code":"B","name":null,"is_fiat":null,"network":null,"contract_address":null,"common_symbol":"",'
        b'"decimals":null}'
    )
    server.will(ok(b'[{"code":"A"},' + nulls + b"]"))
    coins = await swaps.coins(priority=PERSON)
    assert coins == tuple(Coin(code=code, symbol=code, name=code, network="", decimals=None) for code in "AB")


@pytest.mark.parametrize("written", [b"18", b'"18"'])
async def test_decimals_are_a_number_or_a_text(written: bytes, server: RawServer, swaps: NexchangeGateway) -> None:
    odd = b",".join(b'{"code":"X","decimals":%s}' % other for other in (b"-1", b"37", b'""', b"1.5", b'"08"', b"true"))
    server.will(ok(b'[{"code":"ETH","decimals":%s},%s]' % (written, odd)))
    assert [(coin.code, coin.decimals) for coin in await swaps.coins(priority=PERSON)] == [("ETH", 18)]


async def test_one_odd_currency_does_not_hide_the_others(server: RawServer, swaps: NexchangeGateway) -> None:
    server.will(ok(b'[{"code":"<b>"},{"name":"x"},7,null,{"code":"BTC","name":"Bit\\u202ecoin","decimals":8}]'))
    assert [(coin.code, coin.name) for coin in await swaps.coins(priority=PERSON)] == [("BTC", "Bit coin")]


@pytest.mark.parametrize("body", [b'[{"name":"x"}]', b'{"detail":"x"}', b"null", b"7", b"<html>", b"[[[[]]]]", b""])
async def test_a_list_of_which_nothing_can_be_read_is_unreadable(
    body: bytes, server: RawServer, swaps: NexchangeGateway
) -> None:
    server.will(ok(body))
    with pytest.raises(Unavailable):
        await swaps.coins(priority=PERSON)
    with pytest.raises(Unavailable):
        await swaps.pairs(KEY, priority=PERSON)
