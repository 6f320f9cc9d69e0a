import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import cast

import pytest

from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Market, OrderBook, Ticker
from chatbot.exchange.shared import MARKETS_FRESH, ORDER_BOOK_FRESH, TICKERS_FRESH, SharedRead, SharedReads
from chatbot.ports.exchange import Exchange, Priority
from tests.exchange.clock import HandClock, settle

BTC = MarketCode("BTCUSDT")


class Asked:
    """An exchange that notes who asked, and answers when it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Priority]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def _answer(self, name: str, priority: Priority) -> object:
        self.calls.append((name, priority))
        number = len(self.calls)
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return number

    async def markets(self, *, priority: Priority) -> tuple[Market, ...]:
        return cast("tuple[Market, ...]", (await self._answer("markets", priority),))

    async def tickers(self, *, priority: Priority, within: timedelta | None = None) -> Mapping[MarketCode, Ticker]:
        return cast("Mapping[MarketCode, Ticker]", {BTC: await self._answer("tickers", priority)})

    async def order_book(
        self, market: MarketCode, *, priority: Priority, within: timedelta | None = None
    ) -> OrderBook | None:
        await self._answer(market, priority)
        return None

    def expected_wait(self, priority: Priority) -> timedelta:
        return timedelta(seconds=priority)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def shared(asked: Asked, clock: HandClock) -> SharedReads:
    return SharedReads(cast(Exchange, asked), clock=clock)


async def tickers(shared: SharedReads, priority: Priority = Priority.PERSON) -> object:
    return (await shared.tickers(priority=priority))[BTC]


async def test_fresh_prices_cost_no_request(shared: SharedReads, asked: Asked, clock: HandClock) -> None:
    assert await tickers(shared) == 1
    clock.seconds += TICKERS_FRESH.total_seconds() - 0.1
    assert await tickers(shared) == 1
    clock.seconds += 0.2
    assert await tickers(shared) == 2


async def test_an_asker_may_want_fresher_prices(shared: SharedReads, asked: Asked, clock: HandClock) -> None:
    await tickers(shared)
    clock.seconds += 1
    await shared.tickers(priority=Priority.MONEY, within=timedelta(seconds=2))
    assert len(asked.calls) == 1
    await shared.tickers(priority=Priority.MONEY, within=timedelta(seconds=1))
    assert len(asked.calls) == 2


async def test_prices_are_as_old_as_their_question(shared: SharedReads, asked: Asked, clock: HandClock) -> None:
    asked.gate.clear()
    first = asyncio.create_task(tickers(shared))
    await settle()
    clock.seconds += TICKERS_FRESH.total_seconds()
    asked.gate.set()
    await first
    assert await tickers(shared) == 2


async def test_markets_and_books_have_their_own_freshness(shared: SharedReads, asked: Asked, clock: HandClock) -> None:
    for _ in range(2):
        await shared.markets(priority=Priority.PERSON)
        await shared.order_book(BTC, priority=Priority.PERSON)
        await shared.order_book(MarketCode("ETHUSDT"), priority=Priority.PERSON)
    assert [name for name, _ in asked.calls] == ["markets", "BTCUSDT", "ETHUSDT"]
    clock.seconds += ORDER_BOOK_FRESH.total_seconds()
    await shared.order_book(BTC, priority=Priority.PERSON)
    clock.seconds += MARKETS_FRESH.total_seconds()
    await shared.markets(priority=Priority.PERSON)
    assert [name for name, _ in asked.calls[3:]] == ["BTCUSDT", "markets"]


async def test_many_askers_share_one_request(shared: SharedReads, asked: Asked) -> None:
    asked.gate.clear()
    askers = [asyncio.create_task(tickers(shared)) for _ in range(50)]
    await settle()
    asked.gate.set()
    assert await asyncio.gather(*askers) == [1] * 50
    assert len(asked.calls) == 1


async def test_a_failure_reaches_everybody_who_asked_and_is_forgotten(shared: SharedReads, asked: Asked) -> None:
    asked.gate.clear()
    asked.error = Unavailable(Cause.TIMEOUT)
    askers = [asyncio.create_task(tickers(shared)) for _ in range(3)]
    await settle()
    asked.gate.set()
    assert [type(error) for error in await asyncio.gather(*askers, return_exceptions=True)] == [Unavailable] * 3
    assert len(asked.calls) == 1
    asked.error = None
    assert await tickers(shared) == 2


async def test_an_asker_who_leaves_takes_nothing_from_the_others(shared: SharedReads, asked: Asked) -> None:
    asked.gate.clear()
    askers = [asyncio.create_task(tickers(shared)) for _ in range(3)]
    await settle()
    askers[0].cancel()
    await settle()
    asked.gate.set()
    outcomes = await asyncio.gather(*askers, return_exceptions=True)
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert outcomes[1] == outcomes[2] == 2
    assert len(asked.calls) == 2


async def test_a_waiting_asker_who_leaves_disturbs_nobody(shared: SharedReads, asked: Asked) -> None:
    asked.gate.clear()
    askers = [asyncio.create_task(tickers(shared)) for _ in range(3)]
    await settle()
    askers[1].cancel()
    await settle()
    asked.gate.set()
    outcomes = await asyncio.gather(*askers, return_exceptions=True)
    assert (outcomes[0], outcomes[2]) == (1, 1)
    assert len(asked.calls) == 1


async def test_nobody_waits_in_a_line_behind_somebody_less_urgent(shared: SharedReads, asked: Asked) -> None:
    asked.gate.clear()
    alert = asyncio.create_task(tickers(shared, Priority.ALERT))
    await settle()
    person = asyncio.create_task(tickers(shared, Priority.PERSON))
    await settle()
    watcher = asyncio.create_task(tickers(shared, Priority.WATCHER))
    await settle()
    assert [priority for _, priority in asked.calls] == [Priority.ALERT, Priority.PERSON]
    asked.gate.set()
    outcomes = await asyncio.gather(alert, person, watcher)
    assert list(outcomes) == [1, 2, 2]


async def test_a_late_answer_does_not_replace_a_newer_one(clock: HandClock) -> None:
    answers: list[asyncio.Future[str]] = [asyncio.get_running_loop().create_future() for _ in range(2)]
    waiting = iter(answers)
    shared = SharedRead(lambda _: next(waiting), fresh=timedelta(seconds=3), clock=clock)
    slow = asyncio.create_task(shared.get(priority=Priority.ALERT))
    await settle()
    clock.seconds += 1
    quick = asyncio.create_task(shared.get(priority=Priority.PERSON))
    await settle()
    answers[1].set_result("new")
    assert await quick == "new"
    answers[0].set_result("old")
    assert await slow == "old"
    assert await shared.get(priority=Priority.PERSON) == "new"


async def test_the_old_list_serves_on_when_it_cannot_be_renewed(
    shared: SharedReads, asked: Asked, clock: HandClock
) -> None:
    old = await shared.markets(priority=Priority.PERSON)
    clock.seconds += MARKETS_FRESH.total_seconds()
    asked.error = Unavailable(Cause.SERVER_FAULT)
    for _ in range(3):
        assert await shared.markets(priority=Priority.PERSON) == old
    assert len(asked.calls) == 2, "a failed exchange is left alone for a moment"
    asked.error = None
    clock.seconds += 16
    assert await shared.markets(priority=Priority.PERSON) != old


async def test_the_old_list_serves_while_a_slow_exchange_is_asked(
    shared: SharedReads, asked: Asked, clock: HandClock
) -> None:
    old = await shared.markets(priority=Priority.PERSON)
    clock.seconds += MARKETS_FRESH.total_seconds()
    asked.gate.clear()
    renewing = asyncio.create_task(shared.markets(priority=Priority.PERSON))
    await settle()
    assert await shared.markets(priority=Priority.PERSON) == old
    asked.gate.set()
    assert await renewing != old


async def test_without_an_old_list_a_failure_is_a_failure(shared: SharedReads, asked: Asked) -> None:
    asked.error = Unavailable(Cause.SERVER_FAULT)
    with pytest.raises(Unavailable):
        await shared.markets(priority=Priority.PERSON)


async def test_the_wait_is_the_exchanges(shared: SharedReads) -> None:
    assert shared.expected_wait(Priority.PERSON) == timedelta(seconds=Priority.PERSON)
