"""``chatbot paper`` as a program."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import httpx
import pytest

from tests.paper.setting import Client, Signer

PROGRAM = "from chatbot.paper.command import serve; serve(port=0, as_json={}, seed={})"


@contextmanager
def running(*, as_json: bool = True, seed: int | None = None) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """The program and its output."""
    command = [sys.executable, "-c", PROGRAM.format(as_json, seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout
        finally:
            process.kill()


def test_the_first_line_is_one_object_and_the_server_then_listens() -> None:
    with running() as (_, output):
        announced = json.loads(output.readline())
        assert list(announced) == ["url", "accounts", "aliases", "swap_keys"]
        assert len(announced["accounts"]) == 2
        with httpx.Client(base_url=announced["url"], trust_env=False) as http:
            for account in announced["accounts"]:
                assert list(account) == ["username", "passphrase", "api_key", "secret_key", "session"]
                client = Client(http, Signer(**account))
                answer = client.get("/api/v1/balance/Main/").json()
                assert answer["data"]["balances"]["USDT"]["balance"] == "100000"
                sale = {"sell_currency_code": "BTC", "buy_currency_code": "USDT", "sell_currency_amount": "0.01"}
                assert client.instant("get_depth_limits_and_amounts", **sale).json()["status"] == "success"
                for currency, aliases in announced["aliases"].items():
                    for alias in aliases:
                        answer = client.withdraw(currency_code=currency, amount="0.01", alias=alias).json()
                        assert answer["status"] == "success"
            assert len(announced["swap_keys"]) == 2
            for ready in announced["swap_keys"]:
                headers = {"Authorization": f"ApiKey {ready['api_key']}"}
                assert http.get("/en/api/v2/orders/", headers=headers).json()["count"] == 0


def test_the_ready_accounts_are_the_same_unless_a_seed_is_given() -> None:
    def secrets(seed: int | None) -> tuple[object, object]:
        with running(seed=seed) as (_, output):
            announced = json.loads(output.readline())
            return announced["accounts"], announced["swap_keys"]

    assert secrets(None) == secrets(None)
    assert all(one != other for one, other in zip(secrets(5), secrets(None), strict=True))


def test_people_are_told_the_address_and_the_credentials() -> None:
    with running(as_json=False) as (process, output):
        lines: list[str] = []
        while not lines or "Ctrl-C" not in lines[-1]:
            lines.append(output.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) == 0
    text = "".join(lines)
    assert "http://127.0.0.1:" in text
    for word in (
        "alice@practice.example",
        "bob@practice.example",
        "secret_key",
        "100000 USDT",
        "XRP: savings and cold",
        "/en/api/v2",
        "nx_",
    ):
        assert word in text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_whatever_clients_do(number: signal.Signals) -> None:
    with running() as (process, output):
        url = httpx.URL(json.loads(output.readline())["url"])
        fault = {"kind": "silent", "path": "/api/", "seconds": 600}
        httpx.post(url.join("/control/faults"), json=fault, trust_env=False)
        with (
            socket.create_connection((url.host, url.port or 80)) as idle,
            socket.create_connection((url.host, url.port or 80)) as hanging,
        ):
            idle.sendall(b"GET /api/v1")
            hanging.sendall(b"GET /api/v1/ticker/ HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.1)
            process.send_signal(number)
            assert process.wait(timeout=5) == 0
            assert hanging.recv(1024) == b""
