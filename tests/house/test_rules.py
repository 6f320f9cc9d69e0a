"""The rules of the house that a machine can watch, beside the import contracts in pyproject.toml."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from chatbot.exchange.andx import endpoints

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE, LONGEST_FUNCTION = 400, 50  # lines
MONEY = ("chatbot/domain", "chatbot/services", "chatbot/exchange", "chatbot/paper", "chatbot/storage", "handlers/views")
# In money code a float is a moment or a length of time, and its line says so.
TIME = re.compile(
    r"(?:^|[^a-z])(?:at|now|unix|interval|since|until|waits?|patience|pause|delay|fresh|stamps?|clock|moments?|age"
    r"|seconds|timeout|window|again|retry|retry_after|monotonic|ends?|date|skew|milliseconds|hold|safety|margin"
    r"|per_minute|length|span|closed|spacing)(?![a-z])|_at\b",
    re.IGNORECASE,
)


def texts(*folders: str) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text()


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for name, text in texts(*folders):
        yield name, _tree(text)


@cache
def _tree(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def calls(tree: ast.Module) -> tuple[tuple[str, int], ...]:
    """Dotted names of what is called, such as `asyncio.create_task`, with their lines."""
    return tuple((ast.unparse(node.func), node.lineno) for node in ast.walk(tree) if isinstance(node, ast.Call))


def floats(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        name = isinstance(node, ast.Name) and node.id == "float"
        if literal or name:
            yield node.lineno  # type: ignore[attr-defined]  # both kinds of node have a line


def said(line: str) -> str:
    """The line's code; of its comment only a unit counts, such as `# seconds`."""
    code, _, comment = line.partition("  # ")
    return line if comment.startswith(("seconds", "moment", "with the moment")) else code


@pytest.mark.parametrize("line", ["total = float(price) * 0.5  # at the market", "fee: float = 0.0015  # now"])
def test_a_comment_makes_no_excuse_for_a_float(line: str) -> None:
    assert not TIME.search(said(line))


def test_no_float_touches_money() -> None:
    found = [
        f"{name}:{line}: {text.strip()}"
        for name, tree in sources(*MONEY)
        for line in floats(tree)
        if not TIME.search(said(text := (ROOT / name).read_text().splitlines()[line - 1]))
    ]
    assert found == []


def test_only_the_supervisor_creates_tasks() -> None:
    makers = ("create_task", "ensure_future", "TaskGroup")
    found = [
        f"{name}:{line}"
        for name, tree in sources("chatbot", "handlers")
        if not name.startswith(("chatbot/demo", "chatbot/paper")) and name != "chatbot/workers/supervisor.py"
        for called, line in calls(tree)
        if called.rpartition(".")[2] in makers
    ]
    assert found == []


def test_time_and_chance_come_through_their_ports() -> None:
    banned = ("time.time", "time.monotonic", "datetime.now", "datetime.utcnow", "asyncio.sleep", "uuid.uuid4")
    chance = ("random.", "secrets.")
    found = [
        f"{name}:{line} {called}"
        for name, tree in sources("chatbot", "handlers")
        if not name.startswith(("chatbot/demo", "chatbot/paper")) and name != "chatbot/system.py"
        for called, line in calls(tree)
        if called in banned or called.startswith(chance)
    ]
    # Keys and nonces are the vault's own business; nothing in a test ever needs to choose them.
    assert [line for line in found if not line.startswith("chatbot/storage/")] == []


@pytest.mark.parametrize("name", ["os.environ", "os.getenv"])
def test_only_settings_read_the_environment(name: str) -> None:
    found = [
        path
        for path, text in texts("chatbot", "handlers")
        if name in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == name
    ]
    assert [path for path in found if not path.startswith("chatbot/demo/")] == []


def test_no_file_is_longer_than_can_be_kept_in_mind() -> None:
    long = {
        name: lines
        for name, text in texts("chatbot", "handlers", "tests/prove")
        if (lines := len(text.splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in sources("chatbot", "handlers")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_nothing_is_left_to_do() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3 + " ")
    found = [
        str(path.relative_to(ROOT))
        for folder in ("chatbot", "handlers", "tests", "deploy")
        for path in (ROOT / folder).rglob("*.py")
        if any(mark in path.read_text() for mark in marks)
    ]
    assert found == []


def test_a_browser_session_is_used_for_instant_trade_and_the_history_of_trades_and_for_nothing_else() -> None:
    """It is a whole login: only one service can open it, and what sends conversions; only one class at the exchange
    signs with it, and that one knows three paths. The type checker sees that nothing else has a way to it.
    """
    code = dict(texts("chatbot", "handlers"))
    may_open = {name for name, text in code.items() if re.search(r"ports\.accounts import .*\bSessions\b", text)}
    assert may_open == {
        "chatbot/services/sessions.py",
        "chatbot/services/execution/executor.py",
        "chatbot/services/execution/executors.py",
    }
    inside = ("chatbot/storage/", "chatbot/paper/")  # who keeps them, and the exchange whose they are
    opens = {name for name, text in code.items() if not name.startswith(inside) and re.search(r"\.session\(", text)}
    assert opens == {"chatbot/services/sessions.py", "chatbot/services/execution/conversions.py"}
    signs = {name for name, text in code.items() if re.search(r"\bsession_(headers|signature)\(", text)}
    assert signs == {"chatbot/exchange/andx/instant.py", "chatbot/exchange/andx/signing.py"}
    asked = re.findall(r"endpoints\.([A-Z_]+)", (ROOT / "chatbot/exchange/andx/instant.py").read_text())
    assert {getattr(endpoints, name).path for name in asked} == {
        "/p/v1/order/get_depth_limits_and_amounts/",
        "/p/v1/order/instant_order/",
        "/p/v1/order/trade_history/",
    }
