"""What is asked with a browser session: how it is signed, what the answers mean, and every way a call can end."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.conversions import NewConversion, Quote
from chatbot.domain.errors import (
    AccountOwnerDifferent,
    Cause,
    InputError,
    InsufficientBalance,
    NotSent,
    OutcomeUnknown,
    PriceMoved,
    Refused,
    SessionExpired,
    Unavailable,
)
from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.secrets import Secret, Session
from chatbot.domain.trades import Trade, TradePage, TradeSpan
from chatbot.exchange.andx.instant import AndxInstantTrade
from chatbot.exchange.andx.signing import TimestampUnit, session_headers, session_signature, timestamp
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Channel
from chatbot.ports.exchange import Priority
from tests.exchange.clock import HandClock
from tests.exchange.raw_server import RawServer, Reply, Then, http, ok, sample
from tests.fakes.exchange import permitted

SESSION = Session(username=Secret("alice"), token=Secret("tok_demo"))
NEW = NewConversion(sell="BTC", buy="USDT", sell_text="0.00007", buy_text="4.30", price_text="61463.13")
SPACED = b'{"buy_currency_code": "USDT", "sell_currency_code": "BTC", "sell_currency_amount": "0.00007"}'
COMPACT = SPACED.replace(b": ", b":").replace(b", ", b",")


@pytest.fixture
async def instant(server: RawServer, clock: HandClock, budget: Budget) -> AsyncIterator[AndxInstantTrade]:
    channel = Channel(url=server.url, budget=budget, clock=clock)
    yield AndxInstantTrade(channel=channel, clock=clock)
    await channel.aclose()


async def quote(instant: AndxInstantTrade, amount: str = "0.00007") -> Quote:
    return await instant.quote(SESSION, sell="BTC", buy="usdt", amount=Decimal(amount), priority=Priority.PERSON)


async def convert(instant: AndxInstantTrade, new: NewConversion = NEW) -> OrderNumber:
    return await instant.convert(SESSION, new=new, permit=permitted)


async def trades(instant: AndxInstantTrade, page: int = 1) -> TradePage:
    return await instant.trades(SESSION, span=TradeSpan.WEEK, page=page, account_name="Main", priority=Priority.PERSON)


CALLS: tuple[Callable[[AndxInstantTrade], Awaitable[object]], ...] = (quote, convert, trades)


def answer(name: str, **fields: object) -> Reply:
    """A recorded answer with some of its data changed; a field that is ... is left out."""
    said = json.loads(sample(name))
    said["data"] = {key: value for key, value in {**said["data"], **fields}.items() if value is not ...}
    return ok(json.dumps(said).encode())


def refusal(code: int, reason: str = "no") -> Reply:
    return ok(json.dumps({"status": "error", "reason": reason, "status_code": code, "data": {}}).encode())


async def read_trade(server: RawServer, instant: AndxInstantTrade, **fields: object) -> Trade:
    row: dict[str, Any] = json.loads(sample("trades"))["data"]["trades"][0] | fields
    server.will(answer("trades", trades=[{key: value for key, value in row.items() if value is not ...}]))
    return (await trades(instant)).trades[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SPACED, "33C06D83A43277D4EF1537033E7CF179A8D85CC6F36D20DAB6D9626805379769"),
        (COMPACT, "98FAEF23466C8A014950C05CCC61950A5142C8D38012FA6C4D6370BE9B784828"),
    ],
)
def test_signatures_are_those_of_the_reference(body: bytes, expected: str) -> None:
    assert session_signature(SESSION, at="1781124453421", body=body) == expected


def test_header_names_are_in_lower_case() -> None:
    names = [name for name, _ in session_headers(SESSION, at="1781124453421", body=COMPACT)]
    assert names == [b"access-user", b"access-timestamp", b"access-sign"]


async def test_a_request_has_the_headers_of_a_session_and_none_of_a_key(
    server: RawServer, instant: AndxInstantTrade, clock: HandClock
) -> None:
    server.will(ok(sample("quote")))
    at = timestamp(clock.now(), unit=TimestampUnit.MILLISECONDS)
    await quote(instant)
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/p/v1/order/get_depth_limits_and_amounts/")
    assert request.body == COMPACT
    assert request.headers["content-type"] == "application/json"
    access = {name: value for name, value in request.headers.items() if name.startswith("access-")}
    signed = session_signature(SESSION, at=at, body=COMPACT)
    assert access == {"access-user": "alice", "access-timestamp": at, "access-sign": signed}
    assert at.isdecimal() and len(at) == 13
    assert "tok_demo" not in str(request)


async def test_a_user_name_no_header_can_carry_is_not_sent(server: RawServer, instant: AndxInstantTrade) -> None:
    server.will(ok(sample("quote")))
    broken = Session(username=Secret("alice\r\nX: y"), token=Secret("tok"))
    with pytest.raises(InputError):
        await instant.quote(broken, sell="BTC", buy="USDT", amount=Decimal(1), priority=Priority.PERSON)
    assert server.requests == []


async def test_a_quote_is_read_with_its_own_texts_and_limits(
    server: RawServer, instant: AndxInstantTrade, clock: HandClock
) -> None:
    server.will(ok(sample("quote")))
    assert await quote(instant) == Quote(
        sell="BTC",
        buy="USDT",
        sell_text="0.00007000",
        buy_text="4.30",
        price_text="61463.13000000",
        least_sell=Decimal("0.00006579"),
        most_sell=Decimal("0.025"),
        least_buy=Decimal("4.04"),
        most_buy=Decimal("1536.58"),
        at=clock.now(),  # what is dated months ago was received now
    )


@pytest.mark.parametrize(("ago", "shown_ago"), [(0, 0), (59, 59), (61, 0), (-1, 0), (10**9, 0), (-2 * 10**11, 0)])
async def test_a_quote_is_as_old_as_it_says_unless_that_cannot_be(
    server: RawServer, instant: AndxInstantTrade, clock: HandClock, ago: int, shown_ago: int
) -> None:
    server.will(answer("quote", timestamp=clock.now().timestamp() - ago))
    assert (await quote(instant)).at == clock.now() - timedelta(seconds=shown_ago)


@pytest.mark.parametrize("sold", ["0.00007001", "0.9", "-0.00007", "0"])
async def test_a_quote_for_another_amount_is_none(server: RawServer, instant: AndxInstantTrade, sold: str) -> None:
    server.will(answer("quote", sell_currency_amount=sold))
    with pytest.raises(Unavailable) as caught:
        await quote(instant)
    assert caught.value.cause is Cause.UNREADABLE


@pytest.mark.parametrize(
    "odd",
    [
        {"buy_currency_amount": "-4.30"},
        {"visible_price": "0.00000000"},
        {"visible_price": "1e-99"},
        {"sell_currency_min_depth_order_amount": "-1"},
        {"sell_currency_min_depth_order_amount": "0.03"},
    ],
)
async def test_a_quote_with_numbers_that_none_can_have_is_none(
    server: RawServer, instant: AndxInstantTrade, odd: dict[str, str]
) -> None:
    server.will(answer("quote", **odd))
    with pytest.raises(Unavailable) as caught:
        await quote(instant)
    assert caught.value.cause is Cause.UNREADABLE


@pytest.mark.parametrize("field", ["sell_currency_code", "buy_currency_code"])
async def test_a_quote_for_other_currencies_is_none(server: RawServer, instant: AndxInstantTrade, field: str) -> None:
    server.will(answer("quote", **{field: "DOGE"}))
    with pytest.raises(Unavailable) as caught:
        await quote(instant)
    assert caught.value.cause is Cause.UNREADABLE


@pytest.mark.parametrize("written", ["NaN", "1,5", "", "1_0", " 1", None, True])
async def test_a_quote_with_what_is_no_number_is_none(
    server: RawServer, instant: AndxInstantTrade, written: object
) -> None:
    server.will(answer("quote", buy_currency_amount=written))
    with pytest.raises(Unavailable):
        await quote(instant)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN"])
async def test_nothing_is_asked_for_no_amount(server: RawServer, instant: AndxInstantTrade, amount: str) -> None:
    with pytest.raises(ValueError):
        await quote(instant, amount)
    assert server.requests == []


async def test_amounts_are_asked_for_in_plain_notation(server: RawServer, instant: AndxInstantTrade) -> None:
    server.will(ok(sample("quote")))
    await quote(instant, "7E-5")
    assert json.loads(server.requests[0].body)["sell_currency_amount"] == "0.00007"


@pytest.mark.parametrize(
    "written", ["4.30", "0.00007000", "61463.13000000", "007.50", "1E-16", "1e2", "5E+1", "1." + "3" * 18]
)
async def test_what_a_quote_says_is_sent_back_to_the_letter(
    server: RawServer, instant: AndxInstantTrade, written: str
) -> None:
    server.will(
        answer("quote", sell_currency_amount=written, buy_currency_amount=written, visible_price=written),
        ok(sample("converted")),
    )
    quoted = await quote(instant, written)
    new = NewConversion(
        sell=quoted.sell,
        buy=quoted.buy,
        sell_text=quoted.sell_text,
        buy_text=quoted.buy_text,
        price_text=quoted.price_text,
    )
    await convert(instant, new)
    assert (
        server.requests[1].body
        == (
            f'{{"buy_currency_code":"USDT","sell_currency_code":"BTC","sell_amount":"{written}","buy_amount":"{written}",'
            f'"visible_price":"{written}","depth_order":true,"with_bonus":false,"with_stake":false}}'
        ).encode()
    )


async def test_a_number_that_is_no_text_keeps_its_digits(server: RawServer, instant: AndxInstantTrade) -> None:
    body = sample("quote").replace(b'"61463.13000000"', b"61463.130000001234567890")
    server.will(ok(body))
    assert (await quote(instant)).price_text == "61463.130000001234567890"


async def test_a_conversion_gives_its_order(server: RawServer, instant: AndxInstantTrade) -> None:
    server.will(ok(sample("converted")))
    assert await convert(instant) == OrderNumber(12_345_678)
    assert server.requests[0].target == "/p/v1/order/instant_order/"
    assert "account_number" not in json.loads(server.requests[0].body)


async def test_a_conversion_whose_permit_is_gone_is_not_sent(server: RawServer, instant: AndxInstantTrade) -> None:
    def permit() -> None:
        raise NotSent(Cause.STOPPED)

    with pytest.raises(NotSent):
        await instant.convert(SESSION, new=NEW, permit=permit)
    assert server.requests == []


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("answer", [http(401, b"<html>no</html>"), http(403, b'{"status":"error","reason":"no"}')])
async def test_a_session_that_is_not_let_in_has_expired(
    server: RawServer, instant: AndxInstantTrade, call: Callable[[AndxInstantTrade], Awaitable[object]], answer: Reply
) -> None:
    server.will(answer)
    with pytest.raises(SessionExpired):
        await call(instant)
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [b"<html>no</html>", b"", b"[]", b'{"error":"blocked"}', b"\xff"])
async def test_a_403_from_something_on_the_way_says_nothing_about_the_session(
    server: RawServer, instant: AndxInstantTrade, body: bytes
) -> None:
    server.will(http(403, body))
    with pytest.raises(Unavailable) as caught:
        await trades(instant)
    assert caught.value.cause is Cause.FORBIDDEN
    with pytest.raises(OutcomeUnknown):
        await convert(instant)


@pytest.mark.parametrize(
    ("code", "kind"), [(1210, PriceMoved), (1103, InsufficientBalance), (1101, AccountOwnerDifferent), (9999, Refused)]
)
async def test_a_business_error_is_a_refusal(
    server: RawServer, instant: AndxInstantTrade, code: int, kind: type[Refused]
) -> None:
    server.will(refusal(code, "Price has changed too much"))
    with pytest.raises(Refused) as caught:
        await convert(instant)
    assert type(caught.value) is kind and caught.value.reason == "Price has changed too much"


@pytest.mark.parametrize(
    "reply",
    [http(500), http(429), http(404), ok(b"<html>"), http(200, then=Then.CLOSE), Reply(then=Then.CLOSE)],
)
async def test_a_lost_answer_leaves_a_conversion_open_and_a_read_without_anything(
    server: RawServer, instant: AndxInstantTrade, reply: Reply
) -> None:
    server.will(reply)
    with pytest.raises(OutcomeUnknown):
        await convert(instant)
    assert len(server.requests) == 1  # sent once
    with pytest.raises(Unavailable):
        await trades(instant)


async def test_trades_are_read_as_they_are_written(server: RawServer, instant: AndxInstantTrade) -> None:
    server.will(ok(sample("trades")))
    page = await trades(instant)
    assert page.trades[0] == Trade(
        number=12_345_671,
        transaction="10000001_10000002",
        market=MarketCode("BTCUSDT"),
        side=Side.SELL,
        is_maker=False,
        price=Decimal("77285.7142857142857"),
        amount=Decimal("0.00007"),
        total=Decimal("5.41"),
        fee=Amount(Decimal(0), "USDT"),
        at=datetime(2026, 5, 22, 13, 0, 7, 330979, tzinfo=UTC),
    )
    assert [trade.number for trade in page.trades] == [12_345_671, 12_345_673]
    (request,) = server.requests
    assert request.target == "/p/v1/order/trade_history/"
    assert request.body == b'{"filter_options":{"date_range":"WEEK","page_number":1,"account_name":"Main"}}'


@pytest.mark.parametrize("number", ["1;=1+1;2", "=1+1", "", "1" * 61, "<b>"])
async def test_a_transaction_that_is_not_made_of_numbers_is_none(
    server: RawServer, instant: AndxInstantTrade, number: str
) -> None:
    (first, *_) = json.loads(sample("trades"))["data"]["trades"]
    server.will(answer("trades", trades=[{**first, "transaction_number": number}]))
    assert (await trades(instant)).trades[0].transaction == ""


@pytest.mark.parametrize("said", [2, 17, "x", None, ...])
async def test_a_page_is_the_one_that_was_asked_for_whatever_it_says(
    server: RawServer, instant: AndxInstantTrade, said: object
) -> None:
    server.will(answer("trades", page_number=said))
    page = await trades(instant, page=1)
    assert page.number == 1 and page.has_next


async def test_an_empty_page_is_the_last_one_whatever_it_says(server: RawServer, instant: AndxInstantTrade) -> None:
    server.will(answer("trades", trades=[], has_next=True))
    assert await trades(instant, page=4) == TradePage(trades=(), number=4, has_next=False)


@pytest.mark.parametrize(("letter", "is_maker"), [("M", True), ("T", False), ("X", False), (..., False)])
async def test_an_unknown_letter_for_who_made_the_price_costs_no_page(
    server: RawServer, instant: AndxInstantTrade, letter: object, is_maker: bool
) -> None:
    assert (await read_trade(server, instant, maker_taker=letter)).is_maker is is_maker


async def test_fees_come_in_any_notation(server: RawServer, instant: AndxInstantTrade) -> None:
    assert (await read_trade(server, instant, fee="0E-16")).fee.value == 0
    assert (await read_trade(server, instant, fee="1.5E-7")).fee == Amount(Decimal("0.00000015"), "USDT")


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-05-22 13:00:07.330979+00:00", datetime(2026, 5, 22, 13, 0, 7, 330979, tzinfo=UTC)),
        ("2026-05-22 13:00:07+00:00", datetime(2026, 5, 22, 13, 0, 7, tzinfo=UTC)),
        ("2026-05-22 15:00:07+02:00", datetime(2026, 5, 22, 13, 0, 7, tzinfo=UTC)),
        ("2026-05-22 13:00:07", datetime(2026, 5, 22, 13, 0, 7, tzinfo=UTC)),
    ],
)
async def test_dates_are_moments(server: RawServer, instant: AndxInstantTrade, written: str, at: datetime) -> None:
    read = (await read_trade(server, instant, add_date=written)).at
    assert read == at and read.tzinfo is UTC


@pytest.mark.parametrize(
    "odd",
    [
        {"buy_sell": "X"},
        {"add_date": "yesterday"},
        {"add_date": "0001-01-01 00:00:00+14:00"},
        {"add_date": "9999-12-31 23:59:59-14:00"},
        {"add_date": "2026-W01-1"},
        {"add_date": "2008-12-31 00:00:00+00:00"},
        {"add_date": "2026-05-22"},
        {"add_date": "٢٠٢٦-05-22 13:00:07+00:00"},
        {"amount": "-1"},
        {"price": "-1"},
        {"total_price": "-0.01"},
        {"market_code": "<b>"},
        {"fee_currency_code": ""},
        {"trade_number": 0},
        {"fee": ...},
        {"amount": "NaN"},
    ],
)
async def test_a_page_with_a_trade_that_cannot_be_read_is_no_evidence(
    server: RawServer, instant: AndxInstantTrade, odd: dict[str, object]
) -> None:
    with pytest.raises(Unavailable):
        await read_trade(server, instant, **odd)
