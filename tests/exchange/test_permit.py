"""Nothing is sent that may not be sent any more, however late that turns out."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chatbot.domain.errors import Cause, NotSent
from chatbot.domain.ids import OrderNumber
from chatbot.exchange.andx.gateway import AndxGateway
from chatbot.exchange.budget import WINDOW, Budget
from chatbot.exchange.request_log import RequestLog
from chatbot.ports.exchange import Permit, Priority
from tests.exchange.clock import HandClock, settle
from tests.exchange.conftest import ALICE, BUY, open_gateway
from tests.exchange.raw_server import RawServer, ok, sample
from tests.fakes.exchange import permitted

Change = Callable[[AndxGateway, Permit], Coroutine[Any, Any, object]]

CHANGES: dict[str, Change] = {
    "placed": lambda gateway, permit: gateway.place_order(ALICE, order=BUY, permit=permit),
    "cancelled": lambda gateway, permit: gateway.cancel_order(ALICE, number=OrderNumber(54264), permit=permit),
    "withdrawal": lambda gateway, permit: gateway.withdraw(
        ALICE, currency="XRP", amount=Decimal("100.25"), alias="savings", permit=permit
    ),
}
every_change = pytest.mark.parametrize("name", CHANGES)


@dataclass
class Lock:
    """A permit until `error` is set; counts how often it was asked."""

    error: NotSent | None = None
    asked: list[None] = field(default_factory=list)

    def __call__(self) -> None:
        self.asked.append(None)
        if self.error is not None:
            raise self.error

    def close(self) -> NotSent:
        self.error = NotSent(Cause.STOPPED)
        return self.error


@every_change
async def test_what_has_its_permit_is_sent(name: str, server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample(name)))
    lock = Lock()
    await CHANGES[name](gateway, lock)
    assert lock.asked and len(server.requests) == 1


@every_change
async def test_without_its_permit_nothing_leaves_and_no_connection_is_made(
    name: str, server: RawServer, gateway: AndxGateway
) -> None:
    lock = Lock()
    why = lock.close()
    with pytest.raises(NotSent) as caught:
        await CHANGES[name](gateway, lock)
    assert caught.value is why
    assert (server.connections, server.requests) == (0, [])


@every_change
async def test_the_permit_is_asked_after_the_wait_for_the_budget(name: str, server: RawServer) -> None:
    clock = HandClock()
    budget = Budget(limit=1, clock=clock)
    async with open_gateway(server.url, clock=clock, budget=budget) as gateway:
        budget.give_back(await budget.take(Priority.CANCEL))
        await clock.advance(WINDOW - 2)
        lock = Lock()
        waiting = asyncio.create_task(CHANGES[name](gateway, lock))
        await clock.advance(1)
        assert not waiting.done() and not lock.asked
        lock.close()
        await clock.advance(2)
        with pytest.raises(NotSent) as caught:
            await waiting
    assert caught.value.cause is Cause.STOPPED
    assert server.requests == []


@pytest.fixture
def lock_once_connected(monkeypatch: pytest.MonkeyPatch) -> Lock:
    """A permit that is withdrawn while the connection is being made."""
    lock = Lock()
    connect = aiohttp.TCPConnector.connect

    async def slowly(*args: Any, **kwargs: Any) -> Any:
        connection = await connect(*args, **kwargs)
        lock.close()
        return connection

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", slowly)
    return lock


@every_change
async def test_the_permit_is_asked_again_with_the_connection_at_hand(
    name: str, server: RawServer, gateway: AndxGateway, lock_once_connected: Lock
) -> None:
    with pytest.raises(NotSent) as caught:
        await CHANGES[name](gateway, lock_once_connected)
    assert caught.value is lock_once_connected.error
    await asyncio.sleep(0.02)
    assert (server.connections, server.requests) == (1, [])


async def test_a_request_without_a_permit_hinders_nobody_elses(
    server: RawServer, gateway: AndxGateway, lock_once_connected: Lock
) -> None:
    server.will(ok(sample("placed")))
    outcomes = await asyncio.gather(
        CHANGES["placed"](gateway, lock_once_connected),
        gateway.place_order(ALICE, order=BUY, permit=permitted),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [NotSent, int]
    assert len(server.requests) == 1


async def test_reads_need_no_permit(server: RawServer, gateway: AndxGateway) -> None:
    server.will(ok(sample("tickers")))
    with pytest.raises(NotSent):
        await CHANGES["withdrawal"](gateway, _closed())
    assert await gateway.tickers(priority=Priority.PERSON)


def _closed() -> Lock:
    lock = Lock()
    lock.close()
    return lock


@pytest.mark.parametrize("late", [False, True])
async def test_a_slot_that_was_not_used_is_free_for_the_next_at_once(
    late: bool, server: RawServer, clock: HandClock, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    lock = request.getfixturevalue("lock_once_connected") if late else _closed()
    log = RequestLog(tmp_path / "requests", slots=1)
    budget = Budget(limit=1, clock=clock, log=log)
    async with open_gateway(server.url, clock=clock, budget=budget) as gateway:
        for _ in range(3):
            with pytest.raises(NotSent):
                await CHANGES["withdrawal"](gateway, lock)
    assert budget.expected_wait(Priority.CANCEL) == timedelta(0)
    budget.close()
    restarted = Budget(limit=1, clock=clock, log=RequestLog(tmp_path / "requests", slots=1))
    assert restarted.expected_wait(Priority.CANCEL) == timedelta(0)
    restarted.close()


async def test_who_waits_in_line_gets_an_unused_slot_soon() -> None:
    clock = HandClock()
    budget = Budget(limit=1, clock=clock)
    slot = await budget.take(Priority.CANCEL)
    waiting = asyncio.create_task(budget.take(Priority.RECONCILE))
    await settle()
    budget.give_back(slot, used=False)
    await clock.advance(1)
    assert waiting.done() and await waiting == slot
