"""What a chat chooses, where it is said, and what comes of it."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest

from chatbot.domain.chats import ChatType, KnownChat
from chatbot.domain.ids import ChatId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.domain.preferences import ChartTheme, NumberStyle, Preferences, QuietHours, QuietMode
from handlers.actions import SetNotices, SetNumbers, SettingsPage, SetZone, ShowSettings
from tests.handlers.conversation import Conversation
from tests.services.house import ANNA, CHAT, House

GROUP = ChatId(-100_777)


def chosen(house: House) -> Preferences:
    return house.restarted().preferences.of_chat(CHAT)


async def test_a_city_is_typed_and_its_clock_is_used(anna: Conversation, house: House) -> None:
    await anna.say("/settings")
    await anna.tap("Time zone")
    await anna.say("são paulo")
    assert chosen(house).zone == "America/Sao_Paulo"
    assert "America/Sao Paulo" in anna.last.text and "UTC-3" in anna.last.text
    await anna.say("Berlin")
    assert chosen(house).zone == "America/Sao_Paulo", "nothing was asked any more"


async def test_a_misspelt_city_is_offered(anna: Conversation, house: House) -> None:
    await anna.say("/settings zone")
    await anna.say("Kolkatta")
    await anna.tap("Kolkata")
    assert chosen(house).zone == "Asia/Kolkata"


async def test_a_city_nobody_knows_leaves_the_question_open(anna: Conversation, house: House) -> None:
    await anna.say("/settings zone")
    await anna.say("Xyzzyville")
    assert "no such place" in anna.last.text
    await anna.say("Kyiv")
    assert chosen(house).zone == "Europe/Kyiv"


async def test_turning_to_another_page_drops_the_question(anna: Conversation, house: House) -> None:
    await anna.say("/settings zone")
    await anna.tap("All settings")
    await anna.say("Berlin")
    assert chosen(house).zone == "UTC"


async def test_quiet_hours_are_typed_and_what_they_do_is_kept(anna: Conversation, house: House) -> None:
    await anna.say("/settings quiet 22:30-6")
    await anna.tap("Without a sound")
    await anna.say("/settings quiet 23-7")
    assert chosen(house).quiet == QuietHours(start=time(23), end=time(7), mode=QuietMode.SILENT)
    await anna.tap("Off")
    assert chosen(house).quiet is None


async def test_numbers_are_shown_and_read_in_the_chosen_style(anna: Conversation, house: House) -> None:
    await anna.say("/settings")
    await anna.tap("Numbers")
    await anna.tap("76.519,57")
    assert chosen(house).numbers is NumberStyle.POINT
    await anna.say("/price BTC")
    assert "60.000,00" in anna.last.text
    await anna.say("/settings dust 2,5")
    assert chosen(house).dust == Decimal("2.5")
    await anna.say("/settings dust 1.500")
    assert "can mean 1500 or 1,5000" in anna.last.text and chosen(house).dust == Decimal("2.5")


async def test_theme_and_notices_are_tapped(anna: Conversation, house: House) -> None:
    await anna.say("/settings")
    await anna.tap("Charts")
    await anna.tap("Light")
    assert chosen(house).theme is ChartTheme.LIGHT
    await anna.say("/notify")
    await anna.tap("Price alerts → silent")
    assert (await house.preferences.modes(CHAT))[NoticeKind.ALERT] is NoticeMode.SILENT


async def test_favourites_are_arranged_and_dropped(anna: Conversation, house: House) -> None:
    for market in ("BTCUSDT", "ETHUSDT"):
        await house.storage.favourites.toggle(CHAT, market, now=house.clock.now())
    await anna.say("/settings")
    await anna.tap("Favourites")
    await anna.tap("↑ ETH/USDT")
    assert await house.storage.favourites.of(CHAT) == ("ETHUSDT", "BTCUSDT")
    await anna.tap("✕")
    assert await house.storage.favourites.of(CHAT) == ("BTCUSDT",)


async def test_favourites_are_written_for_any_chat_one_manages(anna: Conversation, house: House) -> None:
    anna.chat.admins.add((GROUP, ANNA))
    await house.storage.chats.note(KnownChat(id=GROUP, type=ChatType.SUPERGROUP, title="Traders"))
    await house.storage.chats.vouch(GROUP, by=ANNA, now=house.clock.now())
    await anna.say('/settings @"Traders" favourites eth, BTC')
    assert '/settings @"Traders" favourites BTC ETH' in anna.last.text
    assert (await house.storage.favourites.of(GROUP), await house.storage.favourites.of(CHAT)) == (
        ("ETHUSDT", "BTCUSDT"),
        (),
    )
    await anna.tap("↑ BTC/USDT")
    assert await house.storage.favourites.of(GROUP) == ("BTCUSDT", "ETHUSDT")
    await anna.say("/settings favourites none")
    assert "None yet" in anna.last.text


async def test_every_page_can_be_named_and_what_is_written_behind_it_is_taken(anna: Conversation, house: House) -> None:
    await anna.say("/settings numbers")
    assert anna.last.text.startswith("Numbers")
    await anna.say("/settings numbers space")
    await anna.say("/settings theme light")
    assert (chosen(house).numbers, chosen(house).theme) == (NumberStyle.SPACE, ChartTheme.LIGHT)
    await anna.say("/settings notices alerts silent")
    await anna.say("/notify digests off")
    modes = await house.preferences.modes(CHAT)
    assert (modes[NoticeKind.ALERT], modes[NoticeKind.DIGEST]) == (NoticeMode.SILENT, NoticeMode.OFF)


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("/settings nonsense", "There is zone, numbers, quiet, notices, charts, favourites"),
        ("/settings numbers roman", "There is comma, space, point"),
        ("/notify off", "There are outcome, order, balance, swap, key, people, alert, digest, service"),
        ("/notify alarms off", "Alarms cannot be switched off."),
    ],
)
async def test_what_there_is_is_named_to_whoever_writes_something_else(
    anna: Conversation, line: str, known: str
) -> None:
    await anna.say(line)
    assert known in anna.last.text


@pytest.mark.parametrize(
    ("style", "line", "noted"),
    [
        (NumberStyle.POINT, "/alert BTC > 90000 note buy 0,5 or 1.234,5 or 1.500", "buy 0,5 or 1.234,5 or 1.500"),
        (NumberStyle.SPACE, "/alert BTC above 90 000 note sell 1 000 or 2", "sell 1 000 or 2"),
    ],
)
async def test_a_note_is_kept_as_it_was_written(
    anna: Conversation, house: House, style: NumberStyle, line: str, noted: str
) -> None:
    await house.preferences.change(CHAT, lambda usual: replace(usual, numbers=style))
    await anna.say(line)
    [alert] = await house.engine.in_chat(CHAT)
    assert (alert.rule.level, alert.note) == (Decimal(90_000), noted)


@pytest.mark.usefixtures("account")
async def test_an_order_in_points_asks_which_number_was_meant(anna: Conversation, house: House) -> None:
    await house.preferences.change(CHAT, lambda usual: replace(usual, numbers=NumberStyle.POINT))
    await anna.say("/buy 0,01 BTC @ 60.000")
    assert "“60.000” can mean 60000 or 60" in anna.last.text
    assert [key["text"] for key in anna.last.keys][:2] == ["Use 60 thousand: 60000", "Use 60"]


@pytest.mark.usefixtures("account")
async def test_dust_is_what_was_chosen(anna: Conversation) -> None:
    await anna.say("/settings dust 20000")
    await anna.say("/balance")
    assert "Dust, each under 20,000 USDT: 10,000 USDT" in anna.last.text


@pytest.mark.parametrize(
    "action",
    [
        SetZone(chat=GROUP, zone="Europe/Berlin"),
        SetNumbers(chat=GROUP, style=NumberStyle.POINT),
        SetNotices(chat=GROUP, kind=NoticeKind.ALERT, mode=NoticeMode.OFF),
    ],
)
async def test_forged_chat_of_others_changes_nothing(anna: Conversation, house: House, action: object) -> None:
    await anna.tap_forged(action)
    assert house.preferences.of_chat(GROUP) == Preferences()
    assert set((await house.preferences.modes(GROUP)).values()) == {NoticeMode.ON}


async def test_a_channel_is_managed_by_its_admin_from_the_private_chat(anna: Conversation, house: House) -> None:
    anna.chat.admins.add((GROUP, ANNA))
    await anna.tap_forged(ShowSettings(chat=GROUP, page=SettingsPage.QUIET))
    await anna.say("22-7")
    assert house.preferences.of_chat(GROUP).quiet == QuietHours(start=time(22), end=time(7))
    assert chosen(house).quiet is None
    await anna.tap_forged(ShowSettings(chat=GROUP, page=SettingsPage.ZONE))
    anna.chat.admins.clear()
    house.clock.pass_(120)
    await anna.say("Berlin")
    assert house.preferences.of_chat(GROUP).zone == "UTC"


async def test_a_zone_that_is_none_is_refused(anna: Conversation, house: House) -> None:
    await anna.tap_forged(SetZone(chat=CHAT, zone="Nowhere/City"))
    assert chosen(house).zone == "UTC"


async def test_another_clock_moves_the_digest(anna: Conversation, house: House) -> None:
    await anna.say("/digest 09:00")
    before = await house.storage.digests.next_at()
    await anna.say("/settings zone Tokyo")
    after = await house.storage.digests.next_at()
    assert before is not None and after is not None
    assert (before - after) % timedelta(days=1) == timedelta(hours=9)
