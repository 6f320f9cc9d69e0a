from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal

from chatbot.domain.ids import ChatId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.domain.preferences import NumberStyle, Preferences, QuietHours, QuietMode
from chatbot.services.zones import find_zones
from handlers.actions import SetNotices, SettingsPage, SetZone, ShowSettings
from handlers.views.screen import Press, Screen
from handlers.views.settings import NAMES, Chosen, page, zones

NOW = datetime(2026, 1, 15, 13, 3, tzinfo=UTC)
ANNA = Chosen(
    chat=ChatId(7),
    title=None,
    here=True,
    preferences=Preferences(
        zone="Europe/Berlin",
        numbers=NumberStyle.POINT,
        quiet=QuietHours(start=time(22), end=time(7)),
        dust=Decimal("2.5"),
    ),
    modes=dict.fromkeys(NoticeKind, NoticeMode.ON) | {NoticeKind.ORDER: NoticeMode.OFF},
    used=3,
    allowance=50,
    favourites=(("BTCUSDT", "BTC/USDT"), ("ETHUSDT", "ETH/USDT")),
)
GROUP = Chosen(chat=ChatId(-7), title="Signals", here=True, preferences=Preferences(), modes={}, used=0, allowance=50)


def actions(screen: Screen) -> list[object]:
    return [key.action for row in screen.rows for key in row if isinstance(key, Press)]


def test_everything_is_said_in_the_chats_own_style() -> None:
    assert page(SettingsPage.ALL, ANNA, now=NOW).text.plain.splitlines() == [
        "Settings",
        "Time zone: Europe/Berlin, 14:03 CET now",
        "Numbers: 76.519,57",
        "Charts: dark",
        "Quiet hours: 22:00–07:00, held back",
        "Notices: 1 off",
        "Favourites: BTC, ETH",
        "Alerts: 3 of 50",
        "Dust: what is worth less than 2,5 USDT",
        "Value of accounts in: USDT",
    ]


def test_a_group_has_only_what_applies_there() -> None:
    shown = page(SettingsPage.ALL, GROUP, now=NOW)
    assert "this group" in shown.text.plain and "Dust" not in shown.text.plain
    pages = {action.page for action in actions(shown) if isinstance(action, ShowSettings)}
    assert SettingsPage.DUST not in pages and SettingsPage.FAVOURITES in pages


def test_the_favourites_of_another_chat_are_written_with_its_name() -> None:
    there = replace(GROUP, here=False, prefix="@signals ")
    assert "/settings @signals favourites BTC ETH" in page(SettingsPage.FAVOURITES, there, now=NOW).text.plain


def test_a_group_is_told_the_command_and_a_person_asked_to_write() -> None:
    assert "/settings zone Berlin" in page(SettingsPage.ZONE, GROUP, now=NOW).text.plain
    assert "Write your city" in page(SettingsPage.ZONE, ANNA, now=NOW).text.plain
    assert "Write your city" in page(SettingsPage.ZONE, replace(GROUP, here=False), now=NOW).text.plain


def test_every_screen_has_a_way_back() -> None:
    for which in set(SettingsPage) - {SettingsPage.ALL}:
        assert ShowSettings(chat=ChatId(7), page=SettingsPage.ALL) in actions(page(which, ANNA, now=NOW))


def test_notices_offer_the_next_mode_of_each_kind_but_of_alarms() -> None:
    screen = page(SettingsPage.NOTICES, ANNA, now=NOW)
    assert "Alarms: always on" in screen.text.plain and f"{NAMES[NoticeKind.ORDER]}: off" in screen.text.plain
    offered = [action for action in actions(screen) if isinstance(action, SetNotices)]
    assert SetNotices(chat=ChatId(7), kind=NoticeKind.ORDER, mode=NoticeMode.ON) in offered
    assert SetNotices(chat=ChatId(7), kind=NoticeKind.ALERT, mode=NoticeMode.SILENT) in offered
    assert NoticeKind.ALARM not in {action.kind for action in offered}


def test_every_kind_of_notice_has_a_name() -> None:
    assert set(NAMES) == set(NoticeKind)


def test_what_happens_in_quiet_hours_is_offered_only_where_there_are_any() -> None:
    labels = [key.label for row in page(SettingsPage.QUIET, ANNA, now=NOW).rows for key in row]
    assert "✓ Held back until they end" in labels and "Without a sound" in labels
    none = replace(ANNA, preferences=replace(ANNA.preferences, quiet=None))
    assert "Without a sound" not in str(page(SettingsPage.QUIET, none, now=NOW).rows)
    silent = QuietHours(start=time(22), end=time(7), mode=QuietMode.SILENT)
    shown = page(SettingsPage.QUIET, replace(ANNA, preferences=Preferences(quiet=silent)), now=NOW)
    assert "22:00–07:00, silent" in shown.text.plain


def test_a_misspelt_city_is_offered_with_its_time() -> None:
    screen = zones(ChatId(7), "Sao Paolo", find_zones("Sao Paolo").near, now=NOW)
    assert [key.label for key in screen.rows[0]] == ["Sao Paulo · 10:03 UTC-3"]
    assert SetZone(chat=ChatId(7), zone="America/Sao_Paulo") in actions(screen)
