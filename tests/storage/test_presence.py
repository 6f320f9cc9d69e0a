"""Coming to chats, being lost to them, and what goes on meanwhile."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.alerts import Alert, AlertStatus, Crossing, Gauge, Position, Rule
from chatbot.domain.chats import ChatType, KnownChat, Subscriptions, Topic
from chatbot.domain.ids import AlertId, ChatId, MarketCode
from chatbot.domain.notices import ChatJoined, Loss, Notice, PlaceLost
from chatbot.domain.places import Place
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, GROUP, NOW

TRADERS = KnownChat(id=GROUP, type=ChatType.SUPERGROUP, title="Traders", is_forum=True)
NEWS = KnownChat(id=ChatId(-1_000_000_000_077), type=ChatType.CHANNEL, title="news", username="news")
TOPIC = Place(chat=GROUP, thread=12)

_ALERT = Alert(
    id=AlertId(0),
    venue=Venue.ANDX,
    market=MarketCode("BTCUSDT"),
    base="BTC",
    counter="USDT",
    rule=Rule(gauge=Gauge.PRICE, crossing=Crossing.UP, level=Decimal(80_000)),
    place=TOPIC,
    set_by=ANNA,
    cooldown=None,
    until=None,
    note="",
    picture=False,
    status=AlertStatus.WATCHING,
    position=Position.BELOW,
    rests_until=None,
    created_at=NOW,
    fired_at=None,
    hits=0,
)


async def put(storage: Storage, alert: Alert = _ALERT) -> None:
    await storage.alerts.add(alert, asked_in=None, allowance=100, then=lambda _: None)


async def told(storage: Storage, chat: ChatId = GROUP) -> list[Notice]:
    """What waits to be told in a chat."""
    return [entry.notice for entry in await storage.outbox.due(now=NOW, limit=50) if entry.chat == chat]


async def test_the_bot_introduces_itself_once_per_joining_and_waiting_once_at_most(storage: Storage) -> None:
    await storage.presence.arrived(TRADERS, tell=GROUP, now=NOW)
    await storage.presence.arrived(TRADERS, tell=GROUP, now=NOW)  # the same update again, after a crash
    assert await told(storage) == [ChatJoined(chat=GROUP)]
    await storage.presence.lost(GROUP, is_in=False, now=NOW)
    await storage.presence.arrived(TRADERS, tell=GROUP, now=NOW)
    assert await told(storage) == [ChatJoined(chat=GROUP)]
    for entry in await storage.outbox.due(now=NOW, limit=9):
        await storage.outbox.sent(entry.id)
    await storage.presence.lost(GROUP, is_in=False, now=NOW)
    await storage.presence.arrived(TRADERS, tell=GROUP, now=NOW)
    assert await told(storage) == [ChatJoined(chat=GROUP)]


async def test_where_nobody_stands_for_a_group_nothing_is_said(storage: Storage) -> None:
    await storage.presence.arrived(TRADERS, tell=None, now=NOW)
    assert await told(storage) == []


async def test_coming_back_says_what_goes_on_and_leaves_out_what_does_not(storage: Storage) -> None:
    await storage.presence.arrived(TRADERS, tell=None, now=NOW)
    for status in AlertStatus:
        await put(storage, replace(_ALERT, status=status))
    await storage.presence.lost(GROUP, is_in=False, now=NOW)
    await storage.presence.arrived(TRADERS, tell=GROUP, now=NOW)
    assert await told(storage) == [ChatJoined(chat=GROUP, alerts=2)]


@pytest.mark.parametrize(("is_in", "why"), [(False, Loss.REMOVED), (True, Loss.SILENCED)])
async def test_who_set_something_is_told_once_in_private_when_the_chat_is_lost(
    storage: Storage, is_in: bool, why: Loss
) -> None:
    await storage.presence.arrived(TRADERS, tell=None, now=NOW)
    await put(storage)
    await put(storage, replace(_ALERT, set_by=BORIS, status=AlertStatus.ENDED))
    for _ in range(2):
        await storage.presence.lost(GROUP, is_in=is_in, now=NOW)
    assert await told(storage, ANNAS_CHAT) == [PlaceLost(why=why, title="Traders", at=NOW)]
    assert await told(storage, ChatId(BORIS)) == []


async def test_a_lost_chat_hears_nothing_until_it_is_back(storage: Storage) -> None:
    await storage.presence.arrived(TRADERS, tell=None, now=NOW)
    await storage.outbox.add(ChatJoined(chat=GROUP), chat=GROUP, reply_to=None, now=NOW)
    await storage.presence.lost(GROUP, is_in=True, now=NOW)
    assert await told(storage) == []
    await storage.presence.arrived(TRADERS, tell=None, now=NOW)
    assert await told(storage) == [ChatJoined(chat=GROUP)]


async def test_what_goes_on_is_counted_by_chat_and_by_topic(storage: Storage) -> None:
    await put(storage)
    await put(storage, replace(_ALERT, place=Place(chat=GROUP)))
    await put(storage, replace(_ALERT, place=Place(chat=NEWS.id)))
    assert await storage.presence.subscriptions(GROUP) == Subscriptions(alerts=2)
    assert await storage.presence.subscriptions(GROUP, thread=12) == Subscriptions(alerts=1)


async def test_people_find_the_chats_they_chose_and_no_others(storage: Storage) -> None:
    for chat in (TRADERS, NEWS, replace(NEWS, id=ChatId(-9), title="elsewhere")):
        await storage.chats.note(chat)
    await storage.chats.vouch(NEWS.id, by=ANNA, now=NOW)
    await put(storage)
    await put(storage, replace(_ALERT, place=Place(chat=ANNAS_CHAT)))
    assert await storage.presence.chosen_by(ANNA) == (NEWS, TRADERS)
    assert await storage.presence.chosen_by(BORIS) == ()


async def test_names_of_chats_and_topics_outlive_a_restart(reopen: Reopen) -> None:
    storage = await reopen()
    await storage.chats.note(replace(TRADERS, title="before"))
    await storage.chats.note(TRADERS)
    await storage.presence.arrived(NEWS, tell=None, now=NOW)
    await storage.chats.note_topic(TOPIC, Topic(name="before"))
    await storage.chats.note_topic(TOPIC, Topic(name="Signals", is_closed=True))
    await storage.aclose()
    storage = await reopen()
    assert storage.chats.all() == (NEWS, TRADERS)
    assert storage.chats.topic(TOPIC) == Topic(name="Signals", is_closed=True)
    assert storage.chats.topic(Place(chat=GROUP)) is None
    await storage.aclose()


async def test_an_upgrade_takes_everything_along_and_the_new_chat_is_a_supergroup(reopen: Reopen) -> None:
    old, new = ChatId(-5), GROUP
    storage = await reopen()
    await storage.presence.arrived(replace(TRADERS, id=old, type=ChatType.GROUP), tell=None, now=NOW)
    await put(storage, replace(_ALERT, place=Place(chat=old)))
    await storage.chats.move(old, new)
    moved = replace(TRADERS, id=new)
    assert (storage.chats.get(old), storage.chats.get(new)) == (None, moved)
    assert await storage.presence.subscriptions(new) == Subscriptions(alerts=1)
    await storage.presence.arrived(moved, tell=new, now=NOW)
    assert await told(storage, new) == []  # it was there before
    await storage.aclose()
    storage = await reopen()
    assert storage.chats.all() == (moved,)
    await storage.aclose()


async def test_news_of_an_upgrade_that_come_again_change_nothing(storage: Storage) -> None:
    old = ChatId(-5)
    await storage.chats.note(replace(TRADERS, id=old, type=ChatType.GROUP))
    await storage.chats.move(old, GROUP)
    await storage.presence.lost(GROUP, is_in=True, now=NOW)
    await storage.outbox.add(ChatJoined(chat=GROUP), chat=GROUP, reply_to=None, now=NOW)
    await storage.chats.move(old, GROUP)
    assert await told(storage) == []
