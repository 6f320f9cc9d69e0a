"""Markets as pictures, drawn by the process beside the bot."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.harness import Message, Persona, Stack
from tests.harness.stack import GROUP


def _is_picture(message: Message) -> bool:
    return message.photo is not None


def test_a_chart_comes_as_a_picture_and_a_span_redraws_it_in_place(stack: Stack, dora: Persona) -> None:
    chart = dora.ask("/chart BTC")
    assert chart.photo and (chart.photo.width, chart.photo.height) == (1200, 900)
    assert chart.text.startswith("BTC/USDT  24h") and "PAPER" in chart.text
    dora.tap("1h", chart)
    redrawn = dora.wait_for("BTC/USDT  1h", message=chart)
    assert redrawn.photo and redrawn.rows[0] == ("• 1h •", "24h", "7d", "30d")
    depth = stack.owner.ask("/depth BTC", chat=GROUP)
    assert depth.photo and "order book" in depth.text
    assert "matplotlib" not in _mapped(stack)
    assert [reply for reply in dora.replies() if _is_picture(reply)] == [redrawn]


def test_what_was_seen_before_a_restart_is_known_after_it(stack: Stack) -> None:
    stack.bot.stop()
    with closing(sqlite3.connect(stack.folder / "chatbot.db")) as database:
        (written,) = database.execute("SELECT count(*) FROM bars WHERE market = 'BTCUSDT' AND minutes = 1").fetchone()
    stack.bot.start()
    assert written >= 1


def _mapped(stack: Stack) -> str:
    """What the bot's own process has loaded from disk."""
    return Path(f"/proc/{stack.bot.program.pid}/maps").read_text()
