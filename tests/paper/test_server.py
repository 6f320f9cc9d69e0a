"""Serving inside another program."""

import asyncio
import socket

import httpx
import pytest

from chatbot.paper.exchange import Exchange
from chatbot.paper.origin import REFUSAL
from chatbot.paper.server import Paper, listening


async def ticker(url: str) -> object:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        return (await http.get("/api/v1/ticker/BTCUSDT/")).json()["status"]


async def test_two_venues_live_side_by_side_in_one_program() -> None:
    async with listening(Paper()) as one, listening(Paper(exchange=Exchange(seed=2))) as two:
        assert one != two
        assert [await ticker(one), await ticker(two)] == ["success", "success"]


async def test_the_market_lives_while_it_is_served() -> None:
    paper = Paper()
    before = paper.exchange.markets["BTCUSDT"].quoted_at
    async with listening(paper):
        async with asyncio.timeout(5):
            while paper.exchange.markets["BTCUSDT"].quoted_at == before:  # noqa: ASYNC110 - the market tells nobody
                await asyncio.sleep(0.02)


async def test_a_cancelled_host_leaves_nothing_behind() -> None:
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def host() -> None:
        async with listening(Paper()) as url:
            address.set_result(url)
            await asyncio.Event().wait()

    hosting = asyncio.ensure_future(host())
    await address
    hosting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hosting
    assert asyncio.all_tasks() == {asyncio.current_task()}
    with pytest.raises(httpx.ConnectError):
        await ticker(address.result())


async def test_a_taken_address_is_an_os_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with listening(Paper(), port=taken.getsockname()[1]):
            pass


@pytest.mark.parametrize("path", ["/control/faults", "/paper/accounts", "/control/swaps/deposit", "/api/v1/orders/"])
def test_a_page_from_elsewhere_cannot_steer_the_practice_exchange(venue: str, path: str) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        answer = httpx.post(venue + path, content=b"{}", headers={"Origin": origin, "Content-Type": "text/plain"})
        assert (answer.status_code, answer.text) == (403, bytes(REFUSAL.body).decode())
    own = httpx.post(venue + path, content=b"{}", headers={"Origin": venue})
    assert own.text != bytes(REFUSAL.body).decode()
