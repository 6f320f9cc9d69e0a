from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from chatbot.paper.exchange import Exchange
from tests.paper.setting import Client, Hands, Signer, served, still_exchange
from tests.paper.swap_setting import Stage


@pytest.fixture(scope="session")
def venue() -> Iterator[str]:
    """The address of one practice exchange for the whole run."""
    with served() as url:
        yield url


@pytest.fixture
def client(venue: str) -> Iterator[Client]:
    """A fresh account at a still venue without a limit and without faults."""
    with httpx.Client(base_url=venue, trust_env=False, timeout=5) as http:
        http.delete("/control/faults").raise_for_status()
        credentials = http.post("/paper/accounts", json={"name": "tester"}).raise_for_status().json()
        client = Client(http, Signer(**credentials))
        client.control("limit", per_minute=None)
        client.control("freeze", frozen=True)
        client.control("cancel_delay", seconds=0)
        client.control("withdrawal_delay", seconds=None)
        client.control("price", market="BTCUSDT", price="76500")
        yield client
        http.delete("/control/faults").raise_for_status()


@pytest.fixture
def prompt(client: Client) -> None:
    """Every conversion ends at once."""
    client.control("instant", seconds=0, moved=None, reject=0)


@pytest.fixture(scope="session")
def still_markets() -> tuple[Exchange, Hands]:
    """Markets that stand still, made once: only the swaps in them are new for every test."""
    hands = Hands()
    return still_exchange(hands), hands


@pytest.fixture
async def stage(still_markets: tuple[Exchange, Hands]) -> AsyncIterator[Stage]:
    stage = Stage(*still_markets)
    async with stage.http:
        yield stage
