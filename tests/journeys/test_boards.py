"""A board and a digest in a forum's topic, set up by its admin, over a crash and a night."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.harness import Persona, Stack
from tests.harness.stack import ALERTS, FORUM, GROUP


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A product whose time can be moved."""
    with Stack.running(tmp_path_factory.mktemp("boards"), leaping=True) as stack:
        yield stack


@pytest.fixture
def alice(own: Stack) -> Persona:
    own.owner.ask("/start")
    return own.owner


def test_a_board_follows_the_price_in_its_topic_also_after_a_crash(own: Stack, alice: Persona) -> None:
    assert "keeps itself up to date" in alice.ask("/board BTC ETH", chat=FORUM, thread=ALERTS).text
    board = alice.wait_for("updated ", chat=FORUM)
    assert board.thread == ALERTS and board.silent
    assert own.chat.wait(FORUM, lambda seen: seen.is_service and seen.id > board.id, after=0), "not pinned"
    assert [pinned.id for pinned in own.chat.pins(FORUM)] == [board.id]

    own.bot.kill()
    own.exchange.price("BTCUSDT", "81234.5")
    own.bot.start()
    own.leap(30)
    assert "81,234.50" in alice.wait_for("81,234.50", chat=FORUM, message=board).text

    alice.say("/board off", chat=FORUM, thread=ALERTS)
    alice.wait_for("This board ended", chat=FORUM, message=board)
    assert own.chat.pins(FORUM) == []


def test_a_digest_comes_once_a_day_by_the_groups_own_clock(own: Stack, alice: Persona) -> None:
    zone = alice.ask("/settings zone Kathmandu", chat=GROUP).text
    shown = re.search(r"it is (\d\d:\d\d) UTC\+5:45", zone)
    assert shown is not None
    soon = (datetime.strptime(shown[1], "%H:%M").replace(tzinfo=UTC) + timedelta(minutes=30)).strftime("%H:%M")
    assert f"every day at {soon}" in alice.ask(f"/digest {soon} BTC ETH", chat=GROUP).text
    own.leap(31 * 60)
    digest = alice.wait_for(f"Daily digest, {soon} UTC+5:45", chat=GROUP)
    assert "ETH/USDT" in digest.text
    own.leap(600)
    alice.ask("/digest", chat=GROUP)
    assert [reply.id for reply in alice.replies(chat=GROUP) if "Daily digest," in reply.text] == [digest.id]
