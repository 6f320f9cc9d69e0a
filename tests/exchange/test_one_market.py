"""Asking for one market: its rules, and its prices."""

from typing import Any

import pytest

from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.ids import MarketCode
from chatbot.exchange.andx.gateway import AndxGateway
from chatbot.ports.exchange import Priority
from tests.exchange.raw_server import RawServer, http, ok, sample

PERSON = Priority.PERSON


async def test_an_unknown_code_is_no_market_whether_it_is_answered_with_null_or_with_500(
    server: RawServer, gateway: AndxGateway
) -> None:
    server.will(ok(b'{"status":"success","data":null}'), http(500))
    assert await gateway.market(MarketCode("XXX"), priority=PERSON) is None
    assert await gateway.market(MarketCode("XXX"), priority=PERSON) is None
    assert len(server.requests) == 2, "it was not tried again"


@pytest.mark.parametrize("ask", [AndxGateway.market, AndxGateway.ticker])
async def test_another_market_is_no_answer(server: RawServer, gateway: AndxGateway, ask: Any) -> None:
    server.will(ok(sample("market" if ask is AndxGateway.market else "ticker")))
    with pytest.raises(Unavailable) as caught:
        await ask(gateway, MarketCode("ETHUSDT"), priority=PERSON)
    assert caught.value.cause is Cause.UNREADABLE
