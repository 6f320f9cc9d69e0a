"""Trouble on demand reaches swaps too, in their own manner."""

import asyncio

import httpx
import pytest

from tests.paper.setting import Client
from tests.paper.swap_setting import API, ORDER, Stage

ORDERS = f"{API}/orders/"


async def install(stage: Stage, kind: str, *, path: str = ORDERS, **fields: object) -> None:
    await stage.control("faults", kind=kind, path=path, **fields)


class TestLimit:
    async def test_above_the_limit_429_tells_when_to_come_again(self, stage: Stage) -> None:
        await stage.control("swaps/limit", per_minute=2)
        assert [(await stage.get("/orders/")).status_code for _ in range(3)] == [200, 200, 429]
        stage.hands.pass_(17.5)
        response = await stage.get("/orders/")
        assert response.json() == {"detail": "Request was throttled. Expected available in 43 seconds."}
        assert response.headers["retry-after"] == "43"
        stage.hands.pass_(42.5)
        assert (await stage.get("/orders/")).status_code == 200

    async def test_it_is_not_the_limit_of_the_markets(self, stage: Stage) -> None:
        await stage.control("swaps/limit", per_minute=0)
        assert (await stage.get("/orders/")).headers["retry-after"] == "60"
        assert (await stage.http.get("/api/v1/ticker/BTCUSDT/")).status_code == 200
        await stage.control("limit", per_minute=0)
        await stage.control("swaps/limit", per_minute=None)
        assert (await stage.get("/orders/")).status_code == 200


class TestFaults:
    async def test_a_refusal_has_the_form_that_was_seen_in_production(self, stage: Stage) -> None:
        await install(stage, "refuse", method="POST", reason="User's IP has risk.")
        assert (await stage.get("/orders/")).status_code == 200
        assert await stage.refused() == {"non_field_errors": ["User's IP has risk."]}
        assert (await stage.post(ORDER)).status_code == 201

    @pytest.mark.parametrize("status", [401, 403, 404, 451])
    async def test_a_refusal_may_have_another_status_and_then_a_detail(self, stage: Stage, status: int) -> None:
        await install(stage, "refuse", reason="Not for this key.", status_code=status)
        response = await stage.get("/orders/")
        assert (response.status_code, response.json()) == (status, {"detail": "Not for this key."})

    @pytest.mark.parametrize(("kind", "orders"), [("status", 0), ("status_after", 1)])
    async def test_any_status_with_html_before_or_after_the_order(self, stage: Stage, kind: str, orders: int) -> None:
        await install(stage, kind, status=502, retry_after=3)
        response = await stage.post(ORDER)
        assert (response.status_code, response.headers["retry-after"]) == (502, "3")
        assert response.text.startswith("<html>")
        assert len(stage.venue.all()) == orders

    async def test_garbage_comes_though_the_order_stands(self, stage: Stage) -> None:
        await install(stage, "garbage")
        with pytest.raises(ValueError):
            (await stage.post(ORDER)).json()
        assert len(stage.venue.all()) == 1

    async def test_a_delayed_request_is_applied_though_nobody_waits(self, stage: Stage) -> None:
        await install(stage, "delay", seconds=0)
        assert (await asyncio.wait_for(stage.post(ORDER), 5)).status_code == 201

    async def test_stale_lists_show_lists_and_orders_as_they_were(self, stage: Stage) -> None:
        before = await stage.create()
        await stage.control("faults", kind="stale_lists", times=3)
        after = await stage.create()
        await stage.put(before, "CANCELED")
        assert (await stage.get("/orders/")).json()["count"] == 1
        assert await stage.status(before) == "INITIAL"
        assert (await stage.get(f"/orders/{after['unique_reference']}/")).status_code == 404
        assert (await stage.get("/orders/")).json()["count"] == 2
        assert await stage.status(before) == "CANCELED"

    @pytest.mark.parametrize(("kind", "orders"), [("drop_request", 0), ("drop_answer", 1), ("half_body", 1)])
    def test_connections_break_before_and_after_the_order(self, client: Client, kind: str, orders: int) -> None:
        key = client.http.post("/paper/swap_keys").json()["api_key"]
        client.control("faults", kind=kind, path=ORDERS, method="POST")
        headers = {"Authorization": f"ApiKey {key}"}
        with pytest.raises(httpx.RemoteProtocolError):
            client.http.post(ORDERS, headers=headers, json=ORDER)
        assert client.http.get(ORDERS, headers=headers).json()["count"] == orders
