"""Alerts as people handle them: private chats, groups, other chats named in front; and what is told when they fire."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from chatbot.domain.alerts import Alert, AlertStatus
from chatbot.domain.chats import ChatType, KnownChat
from chatbot.domain.ids import AlertId, ChatId
from chatbot.domain.notices import Loss
from chatbot.domain.places import Place
from chatbot.domain.preferences import Preferences
from chatbot.services.alert_results import AlertSet
from chatbot.services.desk import Services
from handlers import alerts
from handlers.actions import (
    AskClearAlerts,
    ClearAlerts,
    DeleteAlert,
    EditAlert,
    ListAlerts,
    PauseAlert,
    ShowAlert,
    SnoozeAlert,
    WatchAlert,
)
from handlers.buttons import pack
from handlers.commands import Hearing
from handlers.views.screen import Picture, Screen, Shown
from handlers.wire import read_update
from tests.fakes.pictures import png
from tests.handlers.conversation import Conversation, keyboard
from tests.handlers.views.alert_examples import a_hit
from tests.services.house import ANNA, BORIS, CHAT, House

GROUP = ChatId(-1_000_000_000_070)
IN_TOPIC = Place(chat=GROUP, thread=12)


@pytest.fixture
async def group(house: House, anna: Conversation) -> ChatId:
    """A forum that Anna is an admin of, Boris a member."""
    await house.storage.chats.note(KnownChat(id=GROUP, type=ChatType.SUPERGROUP, title="Traders", is_forum=True))
    await house.storage.chats.vouch(GROUP, by=ANNA, now=house.clock.now())
    anna.chat.admins.add((GROUP, ANNA))
    return GROUP


async def say_in_group(talk: Conversation, words: str, *, by: int = ANNA) -> None:
    await _handle(talk, {"message": _in_group(number := next(talk._updates), talk) | _by(by) | {"text": words}}, number)


async def tap_in_group(talk: Conversation, action: object, *, by: int = ANNA) -> None:
    number = next(talk._updates)
    data = action if isinstance(action, str) else pack(action)
    card = _in_group(talk.last.id, talk) | {"reply_markup": keyboard(data)}
    query = {"id": str(number), "message": card, "data": data} | _by(by)
    await _handle(talk, {"callback_query": query}, number)


async def _handle(talk: Conversation, update: dict[str, Any], number: int) -> None:
    await talk.router.handle(read_update(msgspec.json.encode({"update_id": number, **update})))


def _by(person: int) -> dict[str, Any]:
    return {"from": {"id": person, "is_bot": False, "first_name": "M"}}


def _in_group(number: int, talk: Conversation) -> dict[str, Any]:
    chat = {"id": GROUP, "type": "supergroup", "title": "Traders"}
    topic = {"message_thread_id": 12, "is_topic_message": True}
    return {"message_id": number, "date": int(talk.house.clock.now().timestamp()), "chat": chat, **topic}


async def set_(house: House, words: str = "BTC > 80000", *, place: Place) -> Alert:
    done = await house.alerts.say(words, person=ANNA, chat=CHAT, place=place)
    assert isinstance(done, AlertSet)
    return done.seen.alert


async def of(house: House, chat: ChatId) -> list[Alert]:
    return [seen.alert for seen in (await house.alerts.see_all(Place(chat=chat))).alerts]


async def test_an_alert_is_set_in_a_line_and_lives_on_its_card(house: House, anna: Conversation) -> None:
    await anna.say("/alert BTC > 80000 every 2h note <b>sell</b>")
    assert anna.last.text.startswith("✅ BTC/USDT above 80,000, now 60,050, 33.22% away · every 2\u00a0h")
    assert "“<b>sell</b>”" in anna.last.text
    for label, status in (("Pause", "Paused"), ("Resume", "33.22%"), ("Snooze", "Rests until 13:00")):
        await anna.tap(label)
        assert status in anna.last.text
    await anna.tap("Watch now")
    assert "Rests" not in anna.last.text
    await anna.tap("Delete")
    assert anna.last.text.startswith("Deleted: BTC/USDT above 80,000") and await of(house, CHAT) == []


async def test_an_alert_is_put_together_with_taps_alone(house: House, anna: Conversation) -> None:
    await anna.say("/alert")
    for label in ("BTC/USDT", "Price below", "-2%", "Every 1 d"):
        await anna.tap(label)
    (alert,) = await of(house, CHAT)
    assert alert.rule.level == Decimal("58849") and alert.cooldown == timedelta(days=1)
    assert len(anna.shown) == 1, "one message, redrawn"


async def test_a_question_is_answered_by_typing_or_left(house: House, anna: Conversation) -> None:
    await anna.say("/alert ETH")
    await anna.say("-3% 1h every")
    assert "ETH/USDT -3% within 1\u00a0h" in anna.last.text
    await anna.say("/alert BTC")
    await anna.tap("Never mind")
    await anna.say("> 80000")
    assert len(await of(house, CHAT)) == 1


async def test_parts_of_an_alert_are_changed_from_its_card(house: House, anna: Conversation) -> None:
    await anna.say("/alert BTC > 80000")
    for part, answer in (("Level", "90000"), ("Until", "3d"), ("Note", "sell?"), ("Repeat", "2h")):
        await anna.tap("Edit")
        await anna.tap(part)
        await anna.say(answer)
    (alert,) = await of(house, CHAT)
    assert alert.rule.level == 90_000 and (alert.note, alert.cooldown) == ("sell?", timedelta(hours=2))
    assert alert.until == house.clock.at + timedelta(days=3)


async def test_the_list_leads_to_cards_and_clears_a_market(house: House, anna: Conversation) -> None:
    for level in (80_000, 90_000):
        await anna.say(f"/alert BTC > {level}")
    await anna.say("/alerts")
    assert "2 of 50" in anna.last.text
    await anna.tap("✕ BTC/USDT (2)")
    await anna.tap("Delete")
    assert "There are none yet" in anna.last.text and await of(house, CHAT) == []


async def test_in_a_group_an_admin_sets_the_groups_alerts_in_the_topic_they_write_in(
    house: House, anna: Conversation, group: ChatId
) -> None:
    await say_in_group(anna, "/alert BTC > 80000")
    assert [alert.place for alert in await of(house, group)] == [IN_TOPIC]
    assert anna.last.fields["message_thread_id"] == 12 and await of(house, CHAT) == []
    await say_in_group(anna, "/alert BTC")
    for label in ("Price above", "+1%", "Once"):
        await tap_in_group(anna, anna.last.data(label))
    assert len(await of(house, group)) == 2


async def test_only_admins_set_list_or_tap_in_a_group(house: House, anna: Conversation, group: ChatId) -> None:
    alert = await set_(house, place=IN_TOPIC)
    for words in ("/alert BTC > 70000", "/alerts"):
        await say_in_group(anna, words, by=BORIS)
    assert all("80,000" not in shown.text for shown in anna.shown)
    await say_in_group(anna, "/alerts")
    for action in (DeleteAlert(alert=alert.id, card=True), ClearAlerts(chat=None, code="BTCUSDT")):
        await tap_in_group(anna, action, by=BORIS)
    assert await of(house, group) == [alert] and len(anna.chat.alerts) == 2


async def test_another_chats_alert_cannot_be_touched_or_seen_by_forged_ids(
    house: House, anna: Conversation, group: ChatId
) -> None:
    """From Anna's chat: an alert of Boris's private chat, and one of a group where she is nobody."""
    elsewhere = Place(chat=ChatId(-555))
    theirs = [await set_(house, place=place) for place in (Place(chat=ChatId(BORIS)), elsewhere)]
    for alert in theirs:
        for action in (
            ShowAlert(alert=alert.id, anew=False),
            EditAlert(alert=alert.id, what=None),
            WatchAlert(alert=alert.id, card=True),
            SnoozeAlert(alert=alert.id, card=False),
            PauseAlert(alert=alert.id),
            DeleteAlert(alert=alert.id, card=False),
            ListAlerts(chat=alert.place.chat, page=1, anew=False),
            AskClearAlerts(chat=alert.place.chat, code=None),
            ClearAlerts(chat=alert.place.chat, code="BTCUSDT"),
        ):
            await anna.tap_forged(action)
        assert await house.alerts.get(alert.id) == alert
    assert anna.shown == [] and len(anna.chat.alerts) == 18


async def test_in_a_group_an_admins_own_alerts_stay_private(house: House, anna: Conversation, group: ChatId) -> None:
    mine = await set_(house, "BTC > 77777", place=Place(chat=CHAT))
    await say_in_group(anna, "/alerts")
    shown = len(anna.shown)
    await tap_in_group(anna, ShowAlert(alert=mine.id, anew=False))
    await tap_in_group(anna, ListAlerts(chat=CHAT, page=1, anew=False))
    await tap_in_group(anna, DeleteAlert(alert=mine.id, card=True))
    assert len(anna.shown) == shown and all("77,777" not in each.text for each in anna.shown)
    assert await house.alerts.get(mine.id) == mine


async def test_an_admin_manages_another_chat_from_private(house: House, anna: Conversation, group: ChatId) -> None:
    await anna.say('/alert @"traders" BTC > 80000')
    assert "for Traders" in anna.last.text
    assert [alert.place for alert in await of(house, group)] == [Place(chat=group)]
    await anna.tap("Pause")
    await anna.tap("All alerts")
    assert anna.last.text.startswith("Alerts of Traders") and "paused" in anna.last.text
    anna.chat.admins.clear()
    house.clock.pass_(61)
    await anna.tap("Refresh")
    assert anna.chat.alerts == ["Only the admins of that chat can do that."]


async def test_a_question_about_a_chat_ends_with_being_its_admin(
    house: House, anna: Conversation, group: ChatId
) -> None:
    await anna.say('/alert @"Traders" BTC 5%')
    anna.chat.admins.clear()
    house.clock.pass_(61)
    await anna.tap("+5%")
    assert anna.chat.alerts and await of(house, group) == []


async def test_an_alert_that_was_deleted_meanwhile_is_answered_kindly(house: House, anna: Conversation) -> None:
    await anna.tap_forged(ShowAlert(alert=AlertId(99), anew=False))
    assert anna.chat.alerts == ["This alert is not here any more. /alerts shows those there are."]


async def test_what_told_of_several_hits_stays_when_one_of_them_is_looked_at(house: House, anna: Conversation) -> None:
    alert = await set_(house, place=Place(chat=CHAT))
    await anna.say("/alerts")
    await anna._tap(anna.last.id, pack(ShowAlert(alert=alert.id, anew=True)))
    assert [shown.text.split(",")[0] for shown in anna.shown][1:] == ["BTC/USDT above 80"]
    assert anna.shown[0].text.startswith("Alerts")


async def test_what_told_of_a_hit_gets_the_buttons_that_still_do_something(house: House, anna: Conversation) -> None:
    alert = await set_(house, "BTC > 80000", place=Place(chat=CHAT))
    await anna.say("/alerts")
    words = anna.last.text

    def keys() -> list[str]:
        return [key["text"] for key in anna.last.keys]

    await anna._tap(anna.last.id, pack(SnoozeAlert(alert=alert.id, card=False)))
    assert keys() == ["Rests until 13:00 UTC", "Watch now", "Delete", "Buy BTC", "Sell BTC"]
    await anna.tap("Watch now")
    assert keys()[:3] == ["✓ Armed", "Snooze 1 h", "Delete"] and anna.last.text == words
    await anna.tap("Delete")
    assert keys() == ["Buy BTC", "Sell BTC", "All alerts"] and await of(house, CHAT) == []
    assert len(anna.shown) == 1


async def test_an_answered_question_loses_its_buttons(house: House, anna: Conversation) -> None:
    await anna.say("/alert BTC >")
    await anna.say("90000")
    asked, then = anna.shown
    assert asked.keys == [] and asked.text.endswith("At which level? 90000")
    assert "Once, or again" in then.text and [key["text"] for key in then.keys][3:6] == [
        "Until…",
        "Note…",
        "Picture: off",
    ]
    await anna.tap("Picture: off")
    await anna.tap("Until…")
    await anna.tap("1 d")
    await anna.tap("Once")
    (alert,) = await of(house, CHAT)
    assert alert.picture and alert.until == house.clock.at + timedelta(days=1)


async def test_an_alert_of_a_deleted_topic_goes_on_only_elsewhere(
    house: House, anna: Conversation, group: ChatId
) -> None:
    alert = await set_(house, place=IN_TOPIC)
    await house.storage.losses.lose(IN_TOPIC, Loss.TOPIC_DELETED, now=house.clock.at)
    await anna.say('/alerts @"Traders"')
    assert "topic deleted" in anna.last.text
    await anna.tap("1")
    await anna.tap_forged(WatchAlert(alert=alert.id, card=False))
    paused = await house.alerts.get(alert.id)
    assert paused is not None and paused.status is AlertStatus.PAUSED and "deleted" in anna.chat.alerts[-1]
    await anna.tap("Move to the general topic")
    moved = await house.alerts.get(alert.id)
    assert moved is not None and moved.status is AlertStatus.WATCHING and moved.place == Place(chat=group)


class Painter:
    """Draws charts for alerts, or cannot."""

    def __init__(self) -> None:
        self.broken = False

    async def for_alert(self, alert: Alert, **_: object) -> bytes | None:
        return None if self.broken else png()


def hearing(house: House, place: Place, painter: Painter | None = None) -> Hearing:
    services = SimpleNamespace(alerts=house.alerts, chats=house.storage.chats, charts=painter or Painter())
    return Hearing(place=place, preferences=Preferences(), services=cast(Services, services), now=house.clock.at)


async def told(house: House, ids: Sequence[int], place: Place, painter: Painter | None = None) -> Shown | None:
    hits = [a_hit(number, value=Decimal(80_000 + 1_000 * number)) for number in ids]
    return await alerts.fired(hearing(house, place, painter), hits)


def labels(shown: Shown | None) -> list[str]:
    assert shown is not None
    return [key.label for row in shown.rows for key in row]


async def test_a_hit_offers_to_trade_only_in_private(house: House) -> None:
    private = await set_(house, place=Place(chat=CHAT))
    public = await set_(house, place=IN_TOPIC)
    assert "Buy BTC" in labels(await told(house, [private.id], private.place))
    assert labels(await told(house, [public.id], public.place)) == ["✓ Armed", "Snooze 1 h", "Delete"]


async def test_a_hit_in_a_channel_has_no_buttons_because_nobody_can_tap_there(house: House) -> None:
    channel = KnownChat(id=ChatId(-7), type=ChatType.CHANNEL, title="Signals")
    await house.storage.chats.note(channel)
    place = Place(chat=channel.id)
    numbers = [(await set_(house, place=place)).id for _ in range(2)]
    assert labels(await told(house, numbers[:1], place)) == [] == labels(await told(house, numbers, place))


async def test_several_hits_are_one_message_nearest_first(house: House) -> None:
    place = Place(chat=CHAT)
    numbers = [(await set_(house, f"BTC > {level}", place=place)).id for level in (90_000, 82_000)]
    shown = await told(house, [*numbers, 99], place)
    assert isinstance(shown, Screen)
    assert labels(shown) == ["BTC/USDT above 82,000", "BTC/USDT above 90,000", "Buy BTC", "Sell BTC", "All alerts"]


async def test_a_picture_comes_with_its_alert_or_the_alert_without_it(house: House) -> None:
    place, painter = Place(chat=CHAT), Painter()
    alert = await set_(house, "BTC > 80000 picture", place=place)
    shown = await told(house, [alert.id], place, painter)
    assert isinstance(shown, Picture) and shown.caption is not None and "above 80,000" in shown.caption.plain
    painter.broken = True
    assert isinstance(await told(house, [alert.id], place, painter), Screen)


async def test_of_alerts_that_were_deleted_nothing_is_told(house: House) -> None:
    assert await told(house, [98, 99], replace(IN_TOPIC)) is None
