"""Public data is fetched once for everybody: answers serve for a while, and equal questions share one request."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Generic, TypeVar

from chatbot.domain.errors import AccessError, ChatbotError, InputError, NotPermitted
from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.market import Market, OrderBook, Ticker
from chatbot.domain.orders import Balances, NewOrder, Order, OrderFilter, OrderPage
from chatbot.domain.secrets import Credentials
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Permit, Priority

T = TypeVar("T")
Ask = Callable[[Priority], Awaitable[T]]

MARKETS_FRESH = timedelta(minutes=5)
TICKERS_FRESH = timedelta(seconds=3)
ORDER_BOOK_FRESH = timedelta(seconds=2)
_AFTER_FAILURE = timedelta(seconds=15)
"""How long an old list serves on before the exchange, which just failed, is asked again."""


class _Flight(Generic[T]):
    """A request under way, which others may join. It ends with a value, an error, or neither: its asker went away."""

    def __init__(self, priority: Priority) -> None:
        self.priority = priority
        self.landed = asyncio.Event()
        self.value: T | None = None
        self.error: ChatbotError | None = None
        self.abandoned = True

    def bring(self, value: T) -> None:
        self.value = value
        self.abandoned = False

    def fail(self, error: ChatbotError) -> None:
        self.error = error
        self.abandoned = False


class SharedRead(Generic[T]):
    """One question to the exchange, its last answer, and the request for the next one.

    Whoever asks first makes the request; those who come while it is under way wait for it. If the first asker is
    cancelled, or if only that asker's key was turned away, one of the others makes the request anew. Any other failure
    reaches all who waited and is not kept; with `keep_old`, the old answer serves instead, at once to those who did not
    have to make the request. `ask` is None where everybody asks with a key of their own.
    """

    def __init__(self, ask: Ask[T] | None, *, fresh: timedelta, clock: Clock, keep_old: bool = False) -> None:
        self._ask = ask
        self._fresh = fresh.total_seconds()
        self._clock = clock
        self._keep_old = keep_old
        self._answer: tuple[T, float] | None = None  # with the moment it was asked for
        self._flight: _Flight[T] | None = None

    def kept(self, *, within: timedelta | None = None) -> T | None:
        """The last answer, if it is still fresh; None otherwise. Costs a look at the clock."""
        if self._answer is None:
            return None
        value, asked_at = self._answer
        fresh = self._fresh if within is None else within.total_seconds()
        return value if self._clock.monotonic() - asked_at < fresh else None

    async def get(self, *, priority: Priority, within: timedelta | None = None, ask: Ask[T] | None = None) -> T:
        """A fresh answer, asked for by `ask` if it has to be; may raise what the exchange's call raises."""
        while True:
            kept = self.kept(within=within)
            if kept is not None:
                return kept
            flight = self._flight
            if flight is None or flight.priority > priority:  # never wait in a line behind somebody less urgent
                return await self._fly(priority, _either(ask, self._ask))
            if self._keep_old and self._answer is not None:
                return self._answer[0]
            await flight.landed.wait()
            if not flight.abandoned:
                return _outcome(flight)

    async def _fly(self, priority: Priority, ask: Ask[T]) -> T:
        flight = self._flight = _Flight[T](priority)
        asked_at = self._clock.monotonic()
        try:
            flight.bring(await ask(priority))
            self._keep(_outcome(flight), asked_at)
        except (AccessError, InputError, NotPermitted):  # of this asker's key
            raise
        except ChatbotError as error:
            self._settle_for_old(flight, error)
        finally:
            if self._flight is flight:
                self._flight = None
            flight.landed.set()
        return _outcome(flight)

    def _keep(self, value: T, asked_at: float) -> None:
        """Keep an answer, counted old from when it was asked for; never in place of a later one."""
        if self._answer is None or self._answer[1] <= asked_at:
            self._answer = (value, asked_at)

    def _settle_for_old(self, flight: _Flight[T], error: ChatbotError) -> None:
        if not self._keep_old or self._answer is None:
            flight.fail(error)
            return
        old = self._answer[0]
        flight.bring(old)
        self._answer = (old, self._clock.monotonic() - self._fresh + _AFTER_FAILURE.total_seconds())


def _outcome(flight: _Flight[T]) -> T:
    if flight.error is not None:
        raise flight.error
    return flight.value  # type: ignore[return-value]  # it landed: T itself, which may include None


def _either(own: Ask[T] | None, usual: Ask[T] | None) -> Ask[T]:
    ask = own or usual
    assert ask is not None
    return ask


class SharedReads:
    """An exchange whose public data is shared; everything that belongs to somebody passes straight through."""

    def __init__(self, exchange: Exchange, *, clock: Clock) -> None:
        self._exchange = exchange
        self._clock = clock
        self._markets = SharedRead(
            lambda priority: exchange.markets(priority=priority), fresh=MARKETS_FRESH, clock=clock, keep_old=True
        )
        self._tickers = SharedRead(
            lambda priority: exchange.tickers(priority=priority), fresh=TICKERS_FRESH, clock=clock
        )
        self._order_books: dict[MarketCode, SharedRead[tuple[OrderBook | None]]] = {}

    async def markets(self, *, priority: Priority) -> tuple[Market, ...]:
        return self._markets.kept() or await self._markets.get(priority=priority)

    async def tickers(self, *, priority: Priority, within: timedelta | None = None) -> Mapping[MarketCode, Ticker]:
        return self._tickers.kept(within=within) or await self._tickers.get(priority=priority, within=within)

    async def market(self, code: MarketCode, *, priority: Priority) -> Market | None:
        return await self._exchange.market(code, priority=priority)

    async def ticker(self, market: MarketCode, *, priority: Priority) -> Ticker | None:
        return await self._exchange.ticker(market, priority=priority)

    async def order_book(
        self, market: MarketCode, *, priority: Priority, within: timedelta | None = None
    ) -> OrderBook | None:
        shared = self._order_books.get(market)
        if shared is None:
            shared = self._order_books[market] = self._shared_book(market)
        (book,) = await shared.get(priority=priority, within=within)
        return book

    def _shared_book(self, market: MarketCode) -> SharedRead[tuple[OrderBook | None]]:
        async def ask(priority: Priority) -> tuple[OrderBook | None]:
            return (await self._exchange.order_book(market, priority=priority),)

        return SharedRead(ask, fresh=ORDER_BOOK_FRESH, clock=self._clock)

    def expected_wait(self, priority: Priority) -> timedelta:
        return self._exchange.expected_wait(priority)

    async def balances(self, credentials: Credentials, *, account_name: str, priority: Priority) -> Balances:
        return await self._exchange.balances(credentials, account_name=account_name, priority=priority)

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
        return await self._exchange.orders(
            credentials, account_name=account_name, which=which, market=market, page=page, priority=priority
        )

    async def order(self, credentials: Credentials, *, number: OrderNumber, priority: Priority) -> Order:
        return await self._exchange.order(credentials, number=number, priority=priority)

    async def place_order(self, credentials: Credentials, *, order: NewOrder, permit: Permit) -> OrderNumber:
        return await self._exchange.place_order(credentials, order=order, permit=permit)

    async def cancel_order(self, credentials: Credentials, *, number: OrderNumber, permit: Permit) -> None:
        await self._exchange.cancel_order(credentials, number=number, permit=permit)

    async def withdraw(
        self, credentials: Credentials, *, currency: str, amount: Decimal, alias: str, permit: Permit
    ) -> None:
        await self._exchange.withdraw(credentials, currency=currency, amount=amount, alias=alias, permit=permit)
