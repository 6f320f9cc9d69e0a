from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatbot.domain.accounts import Account
from tests.fakes.clock import FakeClock, FakeEntropy
from tests.fakes.exchange import FakeExchange
from tests.fakes.storing import storage_in
from tests.handlers.conversation import Conversation
from tests.handlers.stage import Stage, staged
from tests.handlers.swapping import Desk
from tests.handlers.withdrawing import Phone, turned_on
from tests.services.house import House


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as stage:
        yield stage


@pytest.fixture
async def house(tmp_path: Path, empty_storage: Path) -> AsyncIterator[House]:
    clock = FakeClock()
    storage = await storage_in(tmp_path / "data", clock, copied_from=empty_storage)
    yield House(storage, clock, exchange=FakeExchange(clock), entropy=FakeEntropy())
    await storage.aclose()


@pytest.fixture
def anna(house: House) -> Conversation:
    return Conversation(house)


@pytest.fixture
async def account(house: House) -> Account:
    """Where “savings” and “cold” were added for BTC so long ago that nothing waits."""
    account = await house.link()
    await house.know(account, "BTC", "savings")
    await house.know(account, "BTC", "cold")
    return account


@pytest.fixture
async def desk(house: House, anna: Conversation) -> Desk:
    """Where Anna has a key for swaps."""
    desk = Desk(house, anna)
    await desk.link()
    return desk


@pytest.fixture
async def phone(house: House) -> Phone:
    return await turned_on(house)


@pytest.fixture(params=[False, True], ids=["number", "code"])
async def factor(house: House, request: pytest.FixtureRequest) -> Phone | None:
    """Without a second factor, and with one."""
    return await turned_on(house) if request.param else None
