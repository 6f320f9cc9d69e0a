from dataclasses import replace
from datetime import time

import pytest

from chatbot.domain.chats import ChatType, KnownChat, Rights, Subscriptions, Topic
from chatbot.domain.ids import ChatId
from chatbot.domain.notices import ChatJoined
from chatbot.domain.preferences import Preferences, QuietHours, QuietMode
from handlers.views import groups
from handlers.views.groups import Spot
from handlers.views.screen import Copy, Press
from tests.handlers.views.examples import NOW

GROUP = KnownChat(id=ChatId(-7), type=ChatType.SUPERGROUP, title="Traders")
FORUM = replace(GROUP, is_forum=True)
CHANNEL = KnownChat(id=ChatId(-8), type=ChatType.CHANNEL, title="News", username="news")
MAY = Rights(is_in=True, may_write=True, may_pin=True)
SPOT = Spot(
    chat=GROUP,
    thread=None,
    topic=None,
    going_on=Subscriptions(alerts=2),
    in_topic=None,
    used=3,
    allowance=50,
    rights=MAY,
    preferences=Preferences(),
    now=NOW,
)


def test_the_group_reads_where_pushes_go_and_what_goes_on() -> None:
    assert groups.place(SPOT).text.plain.split("\n") == [
        "Pushes set here come into this chat.",
        "3 of 50 alerts.",
        "I may write and pin here.",
        "No quiet hours.",
        "Time zone: UTC",
        "Its admins set more: /alert BTC > 80000",
    ]


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"chat": FORUM}, "into the general topic"),
        ({"chat": FORUM, "thread": 12}, "into this topic"),
        ({"chat": FORUM, "thread": 12, "topic": Topic(name="Signals")}, "into the topic Signals"),
    ],
)
def test_topics_are_told_apart_and_named_where_their_name_is_known(changes: dict[str, object], first: str) -> None:
    spot = replace(SPOT, **changes)  # type: ignore[arg-type]
    assert groups.place(spot).text.plain.startswith(f"Pushes set here come {first}.\n")


def test_what_goes_on_in_the_topic_and_beside_alerts_is_counted() -> None:
    going_on = Subscriptions(alerts=2, boards=1, digests=2)
    in_topic = replace(SPOT, chat=FORUM, thread=12, going_on=going_on, in_topic=Subscriptions(alerts=1))
    assert "3 of 50 alerts (1 go on in this topic), 1 board, 2 digests." in groups.place(in_topic).text.plain


def test_a_closed_topic_is_said() -> None:
    spot = replace(SPOT, chat=FORUM, thread=12, topic=Topic(name="x", is_closed=True))
    assert "This topic is closed." in groups.place(spot).text.plain


@pytest.mark.parametrize(
    ("chat", "rights", "said"),
    [
        (GROUP, None, "Telegram does not say right now what I may do here."),
        (GROUP, Rights(is_in=False, may_write=False, may_pin=False), "I am not in this group any more"),
        (GROUP, replace(MAY, may_write=False), "I may not write in this group"),
        (GROUP, replace(MAY, may_pin=False), "not pin: for that I need the right to pin messages"),
        (CHANNEL, replace(MAY, may_pin=False), "not pin: for that I need the right to edit messages"),
    ],
)
def test_what_the_bot_lacks_is_said_with_the_right_it_needs(chat: KnownChat, rights: Rights | None, said: str) -> None:
    assert said in groups.place(replace(SPOT, chat=chat, rights=rights)).text.plain


@pytest.mark.parametrize(
    ("quiet", "said"),
    [
        (QuietHours(start=time(22), end=time(7, 30)), "Quiet hours 22:00–07:30: alerts wait."),
        (QuietHours(start=time(0), end=time(23, 59), mode=QuietMode.SILENT), "come without a sound; quiet now, until"),
    ],
)
def test_quiet_hours_are_said_and_whether_they_are_in_force(quiet: QuietHours, said: str) -> None:
    assert said in groups.place(replace(SPOT, preferences=Preferences(quiet=quiet))).text.plain


def test_a_channel_seen_from_private_comes_with_a_line_that_names_it() -> None:
    screen = groups.managed(replace(SPOT, chat=CHANNEL), CHANNEL)
    assert screen.text.plain.startswith("News · channel\n")
    [[copy], [back]] = screen.rows
    assert isinstance(copy, Copy) and copy.text == "/alert @news BTC > 80000"
    assert isinstance(back, Press) and back.label == "‹ All places"


def test_a_chat_without_a_name_is_named_by_its_title() -> None:
    titled = replace(CHANNEL, username="", title='The "big"\u202e  news')
    [[copy], _] = groups.managed(SPOT, titled).rows
    assert isinstance(copy, Copy) and copy.text == '/alert @"The big news" BTC > 80000'


def test_the_private_chat_lists_a_persons_groups_and_channels() -> None:
    screen = groups.private(replace(SPOT, chat=None, rights=None), (CHANNEL, GROUP))
    assert [key.label for row in screen.rows for key in row] == ["News", "Traders"]
    assert "Your groups and channels:" in screen.text.plain
    assert "Add me to a group" in groups.private(replace(SPOT, chat=None, rights=None), ()).text.plain


def test_the_bot_introduces_itself_in_two_lines() -> None:
    assert groups.joined(ChatJoined(chat=GROUP.id), GROUP).text.plain.split("\n") == [
        "I post prices here, and alerts when a price is reached.",
        "Only this group's admins set alerts: /alert BTC > 80000 · prices: /price BTC",
    ]
    assert "in the topic they write in" in groups.joined(ChatJoined(chat=GROUP.id), FORUM).text.plain


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (ChatJoined(chat=GROUP.id, alerts=3), "Back: 3 alerts go on."),
        (ChatJoined(chat=GROUP.id, digests=1), "Back: 1 digest goes on."),
        (ChatJoined(chat=GROUP.id, alerts=1, boards=1), "Back: 1 alert, 1 board go on."),
    ],
)
def test_back_in_a_group_it_says_in_one_line_what_goes_on(notice: ChatJoined, said: str) -> None:
    assert groups.joined(notice, GROUP).text.plain == said


def test_who_lets_it_into_a_channel_reads_how_to_manage_it() -> None:
    assert groups.joined(ChatJoined(chat=CHANNEL.id), CHANNEL).text.plain.split("\n") == [
        "I may post in News now.",
        "Manage it from here: /alert @news BTC > 80000",
    ]
    back = groups.joined(ChatJoined(chat=CHANNEL.id, alerts=2), CHANNEL)
    assert back.text.plain.startswith("I may post in News now: 2 alerts go on.")
