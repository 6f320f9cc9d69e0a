"""ANDX behind the port. The same class talks to the practice exchange: only the address differs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

import msgspec
import structlog

from chatbot.domain.errors import UnknownMarket
from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.market import Market, OrderBook, Ticker
from chatbot.domain.orders import Balances, NewOrder, Order, OrderFilter, OrderPage
from chatbot.domain.secrets import Credentials
from chatbot.exchange.andx import endpoints, wire, words
from chatbot.exchange.andx.endpoints import Endpoint
from chatbot.exchange.andx.errors import OF_MARKET, PRIVATE, PUBLIC
from chatbot.exchange.andx.signing import TimestampUnit, signed_headers, timestamp
from chatbot.exchange.andx.words import MarketBuyVolume
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Call, Channel, Headers, Unreadable
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Permit, Priority

log = structlog.get_logger(__name__)

T = TypeVar("T")
D = TypeVar("D")

_EMPTY = b"{}"
"""The body of a POST without parameters, sent and signed."""


class AndxGateway:
    """`chatbot.ports.exchange.Exchange` over ANDX's REST API."""

    def __init__(
        self,
        *,
        channel: Channel,
        budget: Budget,
        clock: Clock,
        timestamps: TimestampUnit,
        market_buy_volume: MarketBuyVolume,
    ) -> None:
        self._channel = channel
        self._budget = budget
        self._clock = clock
        self._timestamps = timestamps
        self._market_buy_volume = market_buy_volume

    async def markets(self, *, priority: Priority) -> tuple[Market, ...]:
        call = self._call(endpoints.MARKETS, parse=lambda body: _markets(endpoints.MARKETS.read(body)))
        return await self._channel.read(call, priority=priority)

    async def market(self, code: MarketCode, *, priority: Priority) -> Market | None:
        """None also for any HTTP 500, which is how an unknown code is answered."""

        def parse(body: bytes) -> Market | None:
            data = endpoints.MARKET.read.or_none(body)
            market = words.market(data.markets) if data is not None and data.markets is not None else None
            if market is not None and market.code != code.upper():
                raise Unreadable("another market")
            return market

        call = self._call(endpoints.MARKET, parse=parse, path=endpoints.MARKET.at(market=code.upper()))
        try:
            return await self._channel.read(replace(call, statuses=OF_MARKET), priority=priority)
        except UnknownMarket:
            return None

    async def tickers(self, *, priority: Priority, within: timedelta | None = None) -> Mapping[MarketCode, Ticker]:
        """Always fresh: `within` is for whoever keeps answers."""
        call = self._call(endpoints.TICKERS, parse=lambda body: _tickers(endpoints.TICKERS.read(body)))
        return await self._channel.read(call, priority=priority)

    async def ticker(self, market: MarketCode, *, priority: Priority) -> Ticker | None:
        def parse(body: bytes) -> Ticker | None:
            data = endpoints.TICKER.read.or_none(body)
            ticker = words.ticker(data.ticker) if data is not None and data.ticker is not None else None
            if ticker is not None and ticker.market != market.upper():
                raise Unreadable("another market")
            return ticker

        call = self._call(endpoints.TICKER, parse=parse, path=endpoints.TICKER.at(market=market.upper()))
        return await self._channel.read(call, priority=priority)

    async def order_book(
        self, market: MarketCode, *, priority: Priority, within: timedelta | None = None
    ) -> OrderBook | None:
        def parse(body: bytes) -> OrderBook | None:
            data = endpoints.ORDER_BOOK.read.or_none(body)
            return words.order_book(data) if data is not None else None

        call = self._call(endpoints.ORDER_BOOK, parse=parse, path=endpoints.ORDER_BOOK.at(market=market.upper()))
        return await self._channel.read(call, priority=priority)

    def expected_wait(self, priority: Priority) -> timedelta:
        return self._budget.expected_wait(priority)

    async def balances(self, credentials: Credentials, *, account_name: str, priority: Priority) -> Balances:
        def parse(body: bytes) -> Balances:
            listed = endpoints.BALANCES.read(body).balances
            named = {currency: info for currency, info in listed.items() if words.is_code(info.currency_code)}
            balances = {currency: words.balance(info) for currency, info in named.items()}
            return Balances(by_currency=balances, at=self._clock.now())

        call = self._call(
            endpoints.BALANCES, parse=parse, credentials=credentials, path=endpoints.BALANCES.at(account=account_name)
        )
        return await self._channel.read(call, priority=priority)

    async def orders(
        self,
        credentials: Credentials,
        *,
        account_name: str,
        which: OrderFilter,
        market: MarketCode | None,
        page: int,
        priority: Priority,
    ) -> OrderPage:
        letter = words.FILTERS[which]
        if market is None:
            endpoint = endpoints.ORDERS
            path = endpoint.at(account=account_name, which=letter, page=page)
        else:
            endpoint = endpoints.MARKET_ORDERS
            path = endpoint.at(account=account_name, which=letter, market=market.upper(), page=page)
        call = self._call(
            endpoint,
            parse=lambda body: _order_page(endpoint.read(body), number=page),
            credentials=credentials,
            path=path,
        )
        return await self._channel.read(call, priority=priority)

    async def order(self, credentials: Credentials, *, number: OrderNumber, priority: Priority) -> Order:
        def parse(body: bytes) -> Order:
            order = words.order(endpoints.ORDER.read(body).order)
            if order.number != number:
                raise Unreadable("another order")
            return order

        call = self._call(endpoints.ORDER, parse=parse, credentials=credentials, path=endpoints.ORDER.at(number=number))
        return await self._channel.read(call, priority=priority)

    async def place_order(self, credentials: Credentials, *, order: NewOrder, permit: Permit) -> OrderNumber:
        body = msgspec.json.encode(words.new_order_body(order, market_buy_volume=self._market_buy_volume))
        call = self._call(
            endpoints.PLACE_ORDER,
            parse=lambda answer: OrderNumber(endpoints.PLACE_ORDER.read(answer).order_number),
            credentials=credentials,
            body=body,
        )
        return await self._channel.change(call, priority=Priority.MONEY, permit=permit)

    async def cancel_order(self, credentials: Credentials, *, number: OrderNumber, permit: Permit) -> None:
        call = self._call(
            endpoints.CANCEL_ORDER,
            parse=endpoints.CANCEL_ORDER.read,
            credentials=credentials,
            body=_EMPTY,
            path=endpoints.CANCEL_ORDER.at(number=number),
        )
        await self._channel.change(call, priority=Priority.CANCEL, permit=permit)

    async def withdraw(
        self, credentials: Credentials, *, currency: str, amount: Decimal, alias: str, permit: Permit
    ) -> None:
        call = self._call(
            endpoints.WITHDRAW,
            parse=endpoints.WITHDRAW.read,
            credentials=credentials,
            body=msgspec.json.encode(words.withdrawal_body(currency=currency, amount=amount, alias=alias)),
        )
        await self._channel.change(call, priority=Priority.MONEY, permit=permit)

    def _call(
        self,
        endpoint: Endpoint[D],
        *,
        parse: Callable[[bytes], T],
        credentials: Credentials | None = None,
        body: bytes = b"",
        path: str | None = None,
    ) -> Call[T]:
        assert endpoint.private is (credentials is not None)
        return Call(
            name=endpoint.name,
            method=endpoint.method,
            path=endpoint.path if path is None else path,
            body=body,
            sign=self._signer(credentials, body) if credentials is not None else None,
            parse=parse,
            statuses=PRIVATE if endpoint.private else PUBLIC,
        )

    def _signer(self, credentials: Credentials, body: bytes) -> Callable[[], Headers]:
        def sign() -> Headers:
            at = timestamp(self._clock.now(), unit=self._timestamps)
            return signed_headers(credentials, at=at, body=body)

        return sign


def _markets(data: wire.MarketsData) -> tuple[Market, ...]:
    """Raises `Unreadable` if not one of them can be read."""
    markets = tuple(market for raw in data.markets if (market := _or_left_out(_market, raw)) is not None)
    if data.markets and not markets:
        raise Unreadable("no market")
    return markets


def _tickers(data: wire.TickersData) -> dict[MarketCode, Ticker]:
    tickers = {MarketCode(code.upper()): _or_left_out(_ticker, raw) for code, raw in data.ticker.items()}
    return {code: ticker for code, ticker in tickers.items() if ticker is not None}


def _market(raw: msgspec.Raw) -> Market:
    return words.market(wire.market_info(raw))


def _ticker(raw: msgspec.Raw) -> Ticker | None:
    info = wire.ticker_info(raw)
    return words.ticker(info) if info is not None else None


def _or_left_out(read: Callable[[msgspec.Raw], T | None], raw: msgspec.Raw) -> T | None:
    try:
        return read(raw)
    except Unreadable:
        log.debug("an entry that cannot be read is left out")
        return None


def _order_page(data: wire.OrdersData, *, number: int) -> OrderPage:
    """`number` is the page asked for; an empty page is the last one, whatever it says."""
    return OrderPage(
        orders=tuple(words.order(info) for info in data.orders),
        number=number,
        has_next=data.has_next and bool(data.orders),
        pages=data.total_page_count,
        rows=data.total_row_count,
        cut_off=data.has_next and not data.orders,
    )
