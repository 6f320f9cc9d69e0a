"""The programs from the outside: what they print, how they end, what they refuse."""

import json
import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from tests.harness import Program, Stack, eventually, run_command

TEN_SECONDS = 10.0


# chatbot paper


def test_paper_says_address_and_two_accounts_on_its_first_line(tmp_path: Path) -> None:
    program = Program.start("chatbot", "paper", "--port", "0", "--json", folder=tmp_path, tether=False)
    try:
        said = json.loads(program.first_line())
        assert set(said) == {"url", "accounts", "aliases", "swap_keys"} and len(said["accounts"]) == 2
        for account in said["accounts"]:
            assert set(account) == {"username", "passphrase", "api_key", "secret_key", "session"}
            assert all(account.values()) and all(account["session"].values())
        ticker = httpx.get(f"{said['url']}/api/v1/ticker/BTCUSDT/", trust_env=False).json()
        assert ticker["status"] == "success"
        assert program.stop(timeout=TEN_SECONDS) == 0
    finally:
        program.kill()


def test_the_ready_accounts_are_the_same_every_time_unless_a_seed_is_given(stack: Stack, tmp_path: Path) -> None:
    command = ("chatbot", "paper", "--port", "0", "--json", "--seed", "7")
    program = Program.start(*command, folder=tmp_path)
    try:
        seeded = [account["api_key"] for account in json.loads(program.first_line())["accounts"]]
    finally:
        program.kill()
    assert seeded != [account.api_key for account in stack.ready]


# chatbot run


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_ends_in_order_on_a_signal(own: Stack, number: signal.Signals) -> None:
    assert own.bot.stop(number, timeout=TEN_SECONDS) == 0
    own.bot.start()


def test_run_ends_in_time_while_the_exchange_is_silent(own: Stack) -> None:
    person = own.person("Dora", linked=True)
    own.exchange.fault("silent", "/api/v1/balance/", seconds=60)
    mark = own.exchange.mark
    person.say("/balance")
    own.exchange.wait_for_request("/api/v1/balance/", since=mark)
    assert own.bot.stop(timeout=TEN_SECONDS) == 0
    own.exchange.clear_faults()
    own.bot.start()


def test_a_second_bot_on_the_same_database_refuses_with_a_sentence(own: Stack) -> None:
    ended = run_command("run", folder=own.folder, settings=own.bot.settings)
    assert ended.returncode == 1
    assert "Another bot is running on" in ended.stderr and "Traceback" not in ended.stderr
    assert own.bot.program.is_running and "BTC/USDT" in own.person("Dora").ask("/price BTC").text


def test_all_bad_settings_are_reported_at_once_by_name_without_their_values(tmp_path: Path) -> None:
    bad = {
        "ANDX_URL": "http://canary.example.org",
        "ANDX_TIMESTAMP": "canary-hours",
        "ANDX_REQUESTS_PER_MINUTE": "canary-many",
        "NEXCHANGE_URL": "http://canary.example.org",
        "NEXCHANGE_AUTH_SCHEME": "canary-word",
        "NEXCHANGE_SIDE": "canary-side",
        "NEXCHANGE_TIME_ZONE": "canary-zone",
        "NEXCHANGE_REFERRAL_TOKEN": "canary token",
        "NEXCHANGE_REQUESTS_PER_MINUTE": "canary-many",
        "DATABASE_URL": "postgres://canary:canary@db",
        "OWNER_IDS": "canary",
        "ACCESS": "canary-everybody",
        "LOG_LEVEL": "canary-loud",
        "LOG_FORMAT": "canary-xml",
    }
    ended = run_command("run", folder=tmp_path, settings=bad)
    assert ended.returncode == 1
    for name in bad:
        assert f"{name}:" in ended.stderr, name
    assert "canary" not in ended.stderr + ended.stdout and "Traceback" not in ended.stderr


@pytest.mark.parametrize("token", ["", "canary-token", "12:34 56"])
def test_a_missing_or_impossible_token_is_named_and_not_shown(tmp_path: Path, token: str) -> None:
    ended = run_command("run", folder=tmp_path, settings={"TELEGRAM_BOT_TOKEN": token})
    assert ended.returncode == 1 and "TELEGRAM_BOT_TOKEN:" in ended.stderr
    assert "canary" not in ended.stderr and "Traceback" not in ended.stderr


def test_a_token_telegram_does_not_know_ends_run_with_a_sentence(own: Stack, tmp_path: Path) -> None:
    settings = own.bot.settings | {
        "TELEGRAM_BOT_TOKEN": "123456:canary-token-of-nobody",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}",
        "MASTER_KEY_FILE": str(tmp_path / "other.key"),
    }
    ended = run_command("run", folder=tmp_path, settings=settings)
    assert ended.returncode == 1 and "does not accept TELEGRAM_BOT_TOKEN" in ended.stderr
    assert "canary" not in ended.stderr + ended.stdout and "Traceback" not in ended.stderr


def test_a_master_key_that_others_can_read_is_refused(own: Stack, tmp_path: Path) -> None:
    key = tmp_path / "open.key"
    key.write_text("0" * 64 + "\n")
    key.chmod(0o644)
    settings = own.bot.settings | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}",
        "MASTER_KEY_FILE": str(key),
    }
    ended = run_command("run", folder=tmp_path, settings=settings)
    assert ended.returncode == 1 and "can be read by others" in ended.stderr and "Traceback" not in ended.stderr


# chatbot check


def test_check_says_one_line_each_and_ends_with_0_when_all_is_well(own: Stack) -> None:
    swaps = {"NEXCHANGE_URL": f"{own.exchange.url}/en/api/v2"}
    ended = run_command("check", folder=own.folder, settings=own.bot.settings | swaps)
    lines = ended.stdout.splitlines()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert all(line.startswith("ok ") for line in lines)
    assert any(line.startswith("ok   inline mode on: @") for line in lines)
    for what in ("token", "inline mode", "paper", "clock", "nexchange", "database", "master key"):
        assert sum(line.split(maxsplit=1)[1].startswith(what) for line in lines) == 1, what
    assert own.chat.token not in ended.stdout + ended.stderr


def test_check_names_every_fault_and_ends_with_1(own: Stack, tmp_path: Path) -> None:
    key = tmp_path / "open.key"
    key.write_text("0" * 64 + "\n")
    key.chmod(0o644)
    (tmp_path / "other.db").write_text("no database at all, but longer than a header of one hundred bytes " * 3)
    settings = own.bot.settings | {
        "PAPER_URL": "http://127.0.0.1:9",
        "TELEGRAM_BOT_TOKEN": "123456:canary-token-of-nobody",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}",
        "MASTER_KEY_FILE": str(key),
    }
    ended = run_command("check", folder=tmp_path, settings=settings)
    bad = {line.split()[1] for line in ended.stdout.splitlines() if line.startswith("BAD")}
    assert ended.returncode == 1 and bad == {"token", "paper", "database", "master"}
    assert "canary" not in ended.stdout + ended.stderr and "Traceback" not in ended.stderr


# chatbot demo


def _demo(folder: Path) -> tuple[Program, str, float]:
    """The running demo, the page's address, and the seconds it took until the page answered."""
    began = time.monotonic()
    environment = {"TMPDIR": str(folder), "ANDX_URL": "https://operators.own", "TELEGRAM_BOT_TOKEN": "1:operators-own"}
    program = Program.start("chatbot", "demo", "--port", "0", folder=folder, environment=environment, tether=False)
    line = program.wait_for_line("http://", output_only=True)
    address = next(word for word in line.split() if word.startswith("http://")).rstrip(".,")
    eventually(lambda: httpx.get(address, trust_env=False).status_code == 200)
    return program, address, time.monotonic() - began


def _children(parent: int) -> list[int]:
    children = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            children.append(int(status.parent.name))
    return children


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_demo_answers_soon_and_ends_in_order(tmp_path: Path) -> None:
    program, address, seconds = _demo(tmp_path)
    try:
        children = _children(program.pid)
        assert seconds < 10  # 5 s are promised; this shares the machine with other tests
        assert len(children) == 2
        send = {"user": 1001, "chat": 1001, "text": "/price BTC"}
        httpx.post(f"{address}/control/send", json=send, trust_env=False)
        shown = eventually(
            lambda: [
                message
                for message in httpx.get(f"{address}/control/chat/1001", trust_env=False).json()["messages"]
                if "BTC/USDT" in message.get("text", "")
            ]
        )
        assert shown
        assert program.stop(timeout=TEN_SECONDS) == 0
        assert not any(map(_is_alive, children)) and not list(tmp_path.glob("chatbot-demo-*"))
    finally:
        program.kill()


def test_killing_the_demo_leaves_no_children(tmp_path: Path) -> None:
    program, _, _ = _demo(tmp_path)
    children = _children(program.pid)
    assert len(children) == 2
    program.kill()
    eventually(lambda: not any(map(_is_alive, children)))
