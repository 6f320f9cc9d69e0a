"""The life of a group, a topic and a channel: who manages them, and what they survive."""

from collections.abc import Iterator

import pytest

from tests.harness import Persona, Stack
from tests.harness.stack import ALERTS, CHANNEL, FORUM, GROUP, OWNER

INTRODUCTION = "I post prices here, and alerts when a price is reached."


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A product whose time can be moved, and whose groups nobody else needs."""
    with Stack.running(tmp_path_factory.mktemp("groups"), leaping=True) as stack:
        yield stack


def move_price(stack: Stack, market: str, price: str) -> None:
    """At once, and the bot looks at the prices again."""
    stack.exchange.price(market, price)
    stack.leap(30)


@pytest.fixture
def carol(own: Stack) -> Persona:
    """A member of the groups, and nothing else."""
    return own.persona(1003, "Carol")


def test_a_group_survives_removal_return_and_upgrade(own: Stack, carol: Persona) -> None:
    alice, chat = own.owner, own.chat
    alice.ask("/start")
    chat.kick(GROUP, by=OWNER)
    chat.add(GROUP, by=OWNER)
    assert alice.wait_for(INTRODUCTION, chat=GROUP).text.count("\n") == 1
    assert "above 900,000" in alice.ask("/alert BTC > 900000", chat=GROUP).text
    assert carol.ask("/alert BTC > 1", chat=GROUP).text == "Only this group's admins can do that."

    chat.kick(GROUP, by=OWNER)
    assert "Trading Corner" in alice.wait_for("Trading Corner").text  # who set something there hears of it in private
    chat.add(GROUP, by=OWNER)
    assert alice.wait_for("Back: ", chat=GROUP).text == "Back: 1 alert goes on."

    new = chat.upgrade(GROUP, by=OWNER)
    assert "900,000" in alice.ask("/alerts", chat=new).text
    assert "1 of " in carol.ask("/here", chat=new).text
    move_price(own, "BTCUSDT", "950000")
    assert "900,000" in alice.wait_for("🔔", chat=new).text


def test_a_topic_and_a_channel_are_managed_by_their_admin(own: Stack, carol: Persona) -> None:
    alice = own.owner
    set_here = alice.ask("/alert ETH > 9000", chat=FORUM, thread=ALERTS)
    assert set_here.thread == ALERTS and "above 9,000" in set_here.text
    assert "the topic Alerts" in alice.ask("/here", chat=FORUM, thread=ALERTS).text

    assert "Only the admins" in carol.ask("/alert @corner_news ETH > 9000").text
    assert "above 9,000" in alice.ask("/alert @corner_news ETH > 9000").text
    alice.ask("/here")
    alice.tap("Corner News")
    assert "/alert @corner_news" in alice.wait_for("1 of ").text
    move_price(own, "ETHUSDT", "9500")
    assert alice.wait_for("🔔", chat=FORUM).thread == ALERTS
    assert alice.wait_for("🔔", chat=CHANNEL).buttons == ()
