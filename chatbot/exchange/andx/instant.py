"""Instant Trade and the history of trades: the part of ANDX that is asked with a browser session (api: 6).

Its requests go over the same channel, and count against the same budget, as those with a key.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

import msgspec

from chatbot.domain.conversions import NewConversion, Quote
from chatbot.domain.ids import OrderNumber
from chatbot.domain.secrets import Session
from chatbot.domain.trades import TradePage, TradeSpan
from chatbot.exchange.andx import endpoints, wire, words
from chatbot.exchange.andx.endpoints import Endpoint
from chatbot.exchange.andx.errors import OF_SESSION
from chatbot.exchange.andx.signing import TimestampUnit, session_headers, timestamp
from chatbot.exchange.http import Call, Channel, Headers, Unreadable
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Permit, Priority

T = TypeVar("T")
D = TypeVar("D")


class AndxInstantTrade:
    """`chatbot.ports.instant.InstantTrade` over ANDX's REST API, or whatever speaks like it."""

    def __init__(self, *, channel: Channel, clock: Clock) -> None:
        self._channel = channel
        self._clock = clock

    async def quote(self, session: Session, *, sell: str, buy: str, amount: Decimal, priority: Priority) -> Quote:
        body = words.quote_body(sell=sell, buy=buy, amount=amount)

        def parse(answer: bytes) -> Quote:
            told = words.quote(endpoints.QUOTE.read(answer), now=self._clock.now())
            asked = (body.sell_currency_code, body.buy_currency_code, amount)
            if (told.sell, told.buy, told.sell_amount) != asked:
                raise Unreadable("another quote")
            return told

        return await self._channel.read(self._call(endpoints.QUOTE, session, body=body, parse=parse), priority=priority)

    async def convert(self, session: Session, *, new: NewConversion, permit: Permit) -> OrderNumber:
        call = self._call(
            endpoints.CONVERT,
            session,
            body=words.convert_body(new),
            parse=lambda answer: OrderNumber(endpoints.CONVERT.read(answer).order_number),
        )
        return await self._channel.change(call, priority=Priority.MONEY, permit=permit)

    async def trades(
        self, session: Session, *, span: TradeSpan, page: int, account_name: str, priority: Priority
    ) -> TradePage:
        call = self._call(
            endpoints.TRADES,
            session,
            body=words.trades_body(span=span, page=page, account_name=account_name),
            parse=lambda answer: _trade_page(endpoints.TRADES.read(answer), number=page),
        )
        return await self._channel.read(call, priority=priority)

    def _call(
        self, endpoint: Endpoint[D], session: Session, *, body: msgspec.Struct, parse: Callable[[bytes], T]
    ) -> Call[T]:
        """The body is written once: what is signed is what is sent."""
        written = msgspec.json.encode(body)

        def sign() -> Headers:
            at = timestamp(self._clock.now(), unit=TimestampUnit.MILLISECONDS)
            return session_headers(session, at=at, body=written)

        return Call(
            name=endpoint.name,
            method=endpoint.method,
            path=endpoint.path,
            body=written,
            sign=sign,
            parse=parse,
            statuses=OF_SESSION,
        )


def _trade_page(data: wire.TradesData, *, number: int) -> TradePage:
    """`number` is the page asked for; an empty page is the last one, whatever it says."""
    trades = tuple(map(words.trade, data.trades))
    return TradePage(trades=trades, number=number, has_next=data.has_next and bool(trades))
