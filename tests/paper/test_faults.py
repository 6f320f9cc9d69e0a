"""Each fault as a real client meets it, and what it left behind."""

import json
import socket
import time
from collections.abc import Callable

import httpx
import pytest

from tests.paper.setting import ORDER, Client

ORDERS = "/api/v1/orders/"


def install(client: Client, kind: str, *, path: str = ORDERS, **fields: object) -> None:
    client.control("faults", kind=kind, path=path, **fields)


def raw(client: Client, *, seconds: float = 2) -> bytes:
    """Place an order over a bare socket; every byte the server sent until it closed or fell silent."""
    body = json.dumps(ORDER)
    headers = {**client.signer.headers(body), "Host": "x", "Content-Length": str(len(body))}
    head = f"POST {ORDERS} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    url = client.http.base_url
    received = b""
    with socket.create_connection((url.host, url.port or 80), timeout=seconds) as wire:
        wire.sendall(f"{head}\r\n{body}".encode())
        while chunk := wire.recv(65536):
            received += chunk
    return received


def test_a_dropped_request_sends_no_byte_and_changes_nothing(client: Client) -> None:
    install(client, "drop_request")
    assert raw(client) == b""
    assert client.orders() == []


def test_a_dropped_answer_sends_no_byte_but_the_order_stands(client: Client) -> None:
    install(client, "drop_answer")
    assert raw(client) == b""
    assert [order["client_id"] for order in client.orders()] == [7]


def test_half_a_body_announces_more_than_it_sends(client: Client) -> None:
    install(client, "half_body")
    head, _, body = raw(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    announced = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert 0 < len(body) == announced // 2
    assert len(client.orders()) == 1


@pytest.mark.parametrize("kind", ["drop_request", "drop_answer", "half_body"])
def test_a_client_library_sees_a_broken_connection(client: Client, kind: str) -> None:
    install(client, kind)
    with pytest.raises(httpx.RemoteProtocolError):
        client.place()


@pytest.mark.parametrize("apply", [True, False])
def test_silence_lasts_and_may_hide_an_order(client: Client, apply: bool) -> None:
    install(client, "silent", seconds=0.15, apply=apply)
    started = time.monotonic()
    assert raw(client) == b""
    assert time.monotonic() - started >= 0.15
    assert len(client.orders()) == apply


def test_a_client_that_gives_up_on_silence_hurts_nobody(client: Client) -> None:
    install(client, "silent", seconds=30)
    with pytest.raises(TimeoutError):
        raw(client, seconds=0.05)
    assert client.place().json()["status"] == "success"


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize(("kind", "orders"), [("status", 0), ("status_after", 1)])
def test_any_status_with_html_before_or_after_the_order(client: Client, status: int, kind: str, orders: int) -> None:
    install(client, kind, status=status)
    response = client.place()
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert len(client.orders()) == orders


def test_a_429_may_say_how_long_to_wait(client: Client) -> None:
    install(client, "status", status=429, retry_after=7)
    response = client.place()
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")


def test_garbage_comes_with_200_and_the_order_stands(client: Client) -> None:
    install(client, "garbage")
    response = client.place()
    assert response.status_code == 200
    with pytest.raises(ValueError):
        response.json()
    assert len(client.orders()) == 1


def test_a_refusal_on_demand_reads_like_the_exchange(client: Client) -> None:
    install(client, "refuse", reason="balance_insufficient", status_code=1103)
    assert client.place().json() == {
        "status": "error",
        "reason": "balance_insufficient",
        "status_code": 1103,
        "data": {},
    }
    assert client.orders() == []


def test_a_delayed_request_is_applied_after_the_delay(client: Client) -> None:
    install(client, "delay", seconds=0.1)
    started = time.monotonic()
    assert client.place().json()["status"] == "success"
    assert time.monotonic() - started >= 0.1


def test_a_delayed_order_is_placed_though_its_client_has_gone(client: Client) -> None:
    install(client, "delay", seconds=0.1)
    with pytest.raises(TimeoutError):
        raw(client, seconds=0.02)
    assert client.orders() == []
    wait_until(lambda: len(client.orders()) == 1)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 2
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_stale_lists_show_the_past_as_often_as_told(client: Client) -> None:
    before = client.place().json()["data"]["order_number"]
    client.control("faults", kind="stale_lists", times=3)
    client.post(f"/api/v1/cancel_order/{before}/", "{}")
    after = client.place().json()["data"]["order_number"]

    def listed(status: str) -> list[int]:
        answer = client.get(f"/api/v1/orders/Main/{status}/").json()
        return [order["order_number"] for order in answer["data"]["orders"]]

    assert listed("O") == [before]
    assert client.get(f"/api/v1/order_status/{before}/").json()["data"]["order"]["status"] == "N"
    assert client.get(f"/api/v1/order_status/{after}/").json()["status_code"] == 1201
    assert listed("O") == [after]
    assert listed("C") == [before]


def test_stale_lists_end_with_their_time(client: Client) -> None:
    client.control("faults", kind="stale_lists", seconds=0.05)
    client.place()
    path = "/api/v1/orders/Main/O/"
    assert client.get(path).json()["data"]["orders"] == []
    assert client.get(path).json()["data"]["orders"] == []
    time.sleep(0.05)
    assert len(client.get(path).json()["data"]["orders"]) == 1


class TestAim:
    def codes(self, client: Client, count: int) -> list[int]:
        return [client.place().status_code for _ in range(count)]

    def test_a_fault_strikes_as_often_as_told(self, client: Client) -> None:
        install(client, "status", status=503, times=2)
        assert self.codes(client, 3) == [503, 503, 200]

    def test_without_end_it_strikes_until_removed(self, client: Client) -> None:
        install(client, "status", status=503, times=None)
        assert self.codes(client, 3) == [503] * 3
        client.http.delete("/control/faults")
        assert self.codes(client, 1) == [200]

    def test_faults_strike_in_the_order_of_their_installation(self, client: Client) -> None:
        install(client, "status", status=500)
        install(client, "status", status=502)
        assert self.codes(client, 3) == [500, 502, 200]

    def test_method_and_path_decide_whom_it_concerns(self, client: Client) -> None:
        install(client, "status", status=500, method="POST")
        assert client.get("/api/v1/orders/Main/O/").status_code == 200
        assert client.http.get("/api/v1/ticker/").status_code == 200
        assert self.codes(client, 2) == [500, 200]

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"kind": "storm", "path": "/"},
            {"kind": "delay"},
            {"kind": "delay", "path": "/", "seconds": "1"},
            {"kind": "delay", "path": "/", "seconds": -1},
            {"kind": "status", "path": "/", "status": "500"},
            {"kind": "status", "path": "/", "times": 0},
        ],
    )
    def test_nonsense_is_answered_with_a_sentence(self, client: Client, fields: dict[str, object]) -> None:
        response = client.http.post("/control/faults", json=fields)
        assert response.status_code == 400
        assert response.json()["error"]
        assert self.codes(client, 1) == [200]
