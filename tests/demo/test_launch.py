"""The demo's process tree, with stand-ins for the practice exchange and the bot."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import orjson
import pytest

from chatbot.demo.server import listen

PROJECT = Path(__file__).parents[2]
STAND_IN = """
import json, os, sys, time, urllib.request
from pathlib import Path
Path(os.environ["PYTHONPATH"].split(":")[-1], sys.argv[1] + ".json").write_text(
    json.dumps({"pid": os.getpid(), "environment": dict(os.environ), "folder": os.getcwd()}))
if sys.argv[1] == "paper":
    print(json.dumps({"url": "http://127.0.0.1:9", "accounts": []}), flush=True)
    time.sleep(60)
api = os.environ["TELEGRAM_API_URL"] + "/bot" + os.environ["TELEGRAM_BOT_TOKEN"]
while not Path(os.environ["PYTHONPATH"].split(":")[-1], "die").exists():
    urllib.request.urlopen(api + "/getUpdates?timeout=0").read()
    time.sleep(0.05)
print("I cannot go on", file=sys.stderr)
sys.exit(3)
"""
# Whether a child still runs is read from /proc.
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
START = """
import sys
from chatbot.demo import launch
launch.PROGRAM, launch.MODULES = "stand_in", launch.MODULES + ":" + sys.argv[1]
sys.exit(launch.demo(port=int(sys.argv[2])))
"""


async def _start(folder: Path, *, port: int = 0) -> asyncio.subprocess.Process:
    (folder / "stand_in.py").write_text(STAND_IN)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", START, str(folder), str(port)),
        cwd=PROJECT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(folder), "ANDX_URL": "https://operators.own"},
        stdout=pipe,
        stderr=pipe,
    )


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The demo with its stand-ins, once it has said where its page is: process and address."""
    process = await _start(folder)
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        line = (await process.stdout.readline()).decode()
        yield process, next(word for word in line.split() if word.startswith("http"))
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _gone(folder: Path) -> None:
    """Until both children have ended."""
    pids = [orjson.loads((folder / f"{name}.json").read_bytes())["pid"] for name in ("paper", "run")]
    async with asyncio.timeout(5):
        while any(map(_is_alive, pids)):  # noqa: ASYNC110  # other processes set no events here
            await asyncio.sleep(0.02)


def _is_alive(pid: int) -> bool:
    """A zombie that nobody has buried yet counts as gone."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def _exists(path: str) -> bool:
    return Path(path).exists()


async def _ended(ending: Awaitable[int]) -> int:
    async with asyncio.timeout(10):
        return await ending


async def test_the_page_is_up_and_the_children_get_only_their_settings(tmp_path: Path) -> None:
    async with _running(tmp_path) as (process, url):
        async with httpx.AsyncClient(base_url=url) as http:
            assert (await http.get("/control/world")).json()["bot_online"] is True
        seen = orjson.loads((tmp_path / "run.json").read_bytes())
        settings = seen["environment"]
        assert settings["TELEGRAM_API_URL"] == url
        assert settings["PAPER_URL"] == "http://127.0.0.1:9"
        assert (settings["ANDX_URL"], settings["NEXCHANGE_URL"]) == ("", "")
        assert (settings["OWNER_IDS"], settings["ACCESS"]) == ("1001", "open")
        assert settings["DATABASE_URL"] == f"sqlite:///{seen['folder']}/chatbot.db"
        assert "PATH" not in settings
        process.send_signal(signal.SIGTERM)
        assert await _ended(process.wait()) == 0
        await _gone(tmp_path)
        assert not _exists(seen["folder"])


async def test_a_dead_child_ends_everything_with_its_last_words(tmp_path: Path) -> None:
    async with _running(tmp_path) as (process, _):
        (tmp_path / "die").touch()
        assert await _ended(process.wait()) == 1
        assert process.stderr is not None
        complaint = (await process.stderr.read()).decode()
        assert complaint.startswith("The bot stopped by itself (exit code 3). Its last words:")
        assert "I cannot go on" in complaint
        await _gone(tmp_path)


async def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    async with _running(tmp_path) as (process, _):
        process.kill()
        await process.wait()
        await _gone(tmp_path)


async def test_a_busy_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        process = await _start(tmp_path, port=port)
        _, complaint = await process.communicate()
    assert process.returncode == 1
    assert complaint.decode() == (f"Port {port} cannot be used (Address already in use). Choose another with --port.\n")


async def test_the_chat_alone_says_its_address_first_and_ends_on_sigterm() -> None:
    command = [sys.executable, "-m", "chatbot.demo", "--port", "0", "--token", "42:abc"]
    process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    said = orjson.loads(await process.stdout.readline())
    async with httpx.AsyncClient(base_url=said["url"]) as http:
        assert (await http.get("/bot42:abc/getMe")).json()["result"]["id"] == 42
        assert (await http.get("/control/world")).json()["bot_online"] is False
    process.terminate()
    assert await _ended(process.wait()) == 0
