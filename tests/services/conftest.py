from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from chatbot.domain.accounts import Account
from chatbot.domain.secrets import Session
from chatbot.domain.tickets import Ticket
from chatbot.storage.opening import Storage
from tests.fakes.clock import FakeClock, FakeEntropy
from tests.fakes.exchange import FakeExchange
from tests.fakes.storing import storage_in
from tests.services.house import ANNA, House


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Drawing tracebacks of planted bugs takes longer than everything else here."""
    with capture_logs():
        yield


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def storage(tmp_path: Path, clock: FakeClock, empty_storage: Path) -> AsyncIterator[Storage]:
    opened = await storage_in(tmp_path / "data", clock, copied_from=empty_storage)
    yield opened
    await opened.aclose()


@pytest.fixture
def exchange(clock: FakeClock) -> FakeExchange:
    return FakeExchange(clock)


@pytest.fixture
def house(storage: Storage, clock: FakeClock, exchange: FakeExchange) -> House:
    return House(storage, clock, exchange=exchange, entropy=FakeEntropy())


@pytest.fixture
async def account(house: House) -> Account:
    return await house.link()


@pytest.fixture
async def session(house: House, account: Account) -> Session:
    """The one that is linked with the account."""
    opened = house.instant.open_session()
    await house.sessions.link(ANNA, opened)
    return opened


@pytest.fixture
async def nothing_is_sent_by_looking(house: House) -> AsyncIterator[None]:
    """Counts what reaches the exchange during every single look."""
    look, sent_by_looks = house.settling.look, []

    async def watched(ticket: Ticket) -> None:
        before = house.exchange.changes
        await look(ticket)
        sent_by_looks.append(house.exchange.changes - before)

    house.settling.look = watched  # type: ignore[method-assign]
    yield
    assert sum(sent_by_looks) == 0
