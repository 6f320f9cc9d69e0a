"""How a chat wants to be spoken to, screen by screen; each has its way back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chatbot.domain.ids import ChatId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.domain.preferences import ChartTheme, NumberStyle, Preferences, QuietHours, QuietMode, ValueCurrency
from chatbot.domain.zones import zone_named
from chatbot.services.zones import NamedZone
from handlers.actions import (
    DropFavourite,
    DustPreset,
    QuietPreset,
    RaiseFavourite,
    SetCurrency,
    SetDust,
    SetNotices,
    SetNumbers,
    SetQuiet,
    SetQuietMode,
    SetTheme,
    SettingsPage,
    SetZone,
    ShowSettings,
)
from handlers.views.format import local_time, number, read_by
from handlers.views.html import Html, bold, code, lines, outside, text
from handlers.views.screen import Press, Rows, Screen

NAMES: Mapping[NoticeKind, str] = {
    NoticeKind.ALARM: "Alarms",
    NoticeKind.OUTCOME: "Outcome found",
    NoticeKind.ORDER: "Order filled or ended",
    NoticeKind.BALANCE: "Balance changed",
    NoticeKind.SWAP: "Swap went on or ended",
    NoticeKind.KEY: "Key works again",
    NoticeKind.PEOPLE: "People joined",
    NoticeKind.ALERT: "Price alerts",
    NoticeKind.DIGEST: "Daily digest",
    NoticeKind.SERVICE: "Bot away or back",
}
_MODES = {NoticeMode.ON: "on", NoticeMode.SILENT: "silent", NoticeMode.OFF: "off"}
_NEXT = {NoticeMode.ON: NoticeMode.SILENT, NoticeMode.SILENT: NoticeMode.OFF, NoticeMode.OFF: NoticeMode.ON}
_THEMES = {ChartTheme.DARK: "Dark", ChartTheme.LIGHT: "Light"}
_QUIET_MODES = {QuietMode.HOLD: "Held back until they end", QuietMode.SILENT: "Without a sound"}
_QUIET_PRESETS = {
    QuietPreset.EVENING: "22–7",
    QuietPreset.LATE: "23–8",
    QuietPreset.NIGHT: "0–6",
    QuietPreset.OFF: "Off",
}
_EXAMPLE = Decimal("76519.57")
_ZONES = ("UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Dubai",
          "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo")  # fmt: skip
_COIN = "USDT"
_HOW_NUMBERS = "How they are written. What you write is read the same way; where it could mean two things, I ask."
_MOST_FAVOURITES = 40  # buttons a screen holds, two for each


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a chat chose. `title` is that of a group or channel; `modes` are of the kinds that are told there;
    `favourites` are codes and pairs, in their order. Of the `allowance` of alerts so many are `used`. `prefix` names
    another chat in front of a line about it.
    """

    chat: ChatId
    title: str | None
    here: bool
    preferences: Preferences
    modes: Mapping[NoticeKind, NoticeMode]
    used: int
    allowance: int
    favourites: tuple[tuple[str, str], ...] = ()
    prefix: str = ""

    @property
    def is_private(self) -> bool:
        return self.chat > 0


def page(which: SettingsPage, chosen: Chosen, *, now: datetime) -> Screen:
    """One of the screens, as the chat itself would read it."""
    with read_by(chosen.preferences):
        if which is SettingsPage.ALL:
            return _all(chosen, now=now)
        if which is SettingsPage.ZONE:
            return _zone(chosen, now=now)
        return _DRAWN[which](chosen)


def zones(chat: ChatId, typed: str, near: Iterable[NamedZone], *, now: datetime) -> Screen:
    """Which of these is meant?"""
    buttons = [(Press(_zone_button(zone, now=now), SetZone(chat=chat, zone=zone.zone)),) for zone in near]
    asked = text("I know no place called “", outside(typed, limit=40), "”.")
    return Screen(lines(asked, bold("Is it one of these?")), (*buttons, (_back(chat),)))


def _all(chosen: Chosen, *, now: datetime) -> Screen:
    preferences = chosen.preferences
    said = [
        text("Time zone: ", bold(_zone_name(preferences.zone)), f", {local_time(now)} now"),
        text("Numbers: ", bold(number(_EXAMPLE))),
        text("Charts: ", bold(_THEMES[preferences.theme].lower())),
        text("Quiet hours: ", bold(_quiet_in_words(preferences.quiet))),
        text("Notices: ", bold(_modes_in_words(chosen.modes))),
        text("Favourites: ", bold(_names(chosen.favourites) or "none yet")),
        text("Alerts: ", bold(f"{chosen.used} of {chosen.allowance}")),
    ]
    if chosen.is_private:
        said.append(text("Dust: ", bold(_dust_in_words(preferences.dust))))
        said.append(text("Value of accounts in: ", bold(preferences.currency)))
    return Screen(lines(_title(chosen, "Settings"), *said), _ways_on(chosen))


def _ways_on(chosen: Chosen) -> Rows:
    labels = [
        ("Time zone", SettingsPage.ZONE),
        ("Numbers", SettingsPage.NUMBERS),
        ("Quiet hours", SettingsPage.QUIET),
        ("Notices", SettingsPage.NOTICES),
        ("Charts", SettingsPage.CHARTS),
        ("Favourites", SettingsPage.FAVOURITES),
    ]
    if chosen.is_private:
        labels += [("Dust", SettingsPage.DUST), ("Currency", SettingsPage.CURRENCY)]
    presses = [Press(label, ShowSettings(chat=chosen.chat, page=to)) for label, to in labels]
    return tuple(tuple(presses[at : at + 2]) for at in range(0, len(presses), 2))


def _zone(chosen: Chosen, *, now: datetime) -> Screen:
    presses = [
        Press(_ticked(_city(zone), zone == chosen.preferences.zone), SetZone(chat=chosen.chat, zone=zone))
        for zone in _ZONES
    ]
    rows = tuple(tuple(presses[at : at + 3]) for at in range(0, len(presses), 3))
    return Screen(
        lines(
            _title(chosen, "Time zone"),
            text(bold(_zone_name(chosen.preferences.zone)), f": it is {local_time(now)}."),
            _how(chosen, "Write your city, such as Berlin, São Paulo, New York or Kyiv.", "zone Berlin"),
        ),
        (*rows, (_back(chosen.chat),)),
    )


def _numbers(chosen: Chosen) -> Screen:
    rows = []
    for style in NumberStyle:
        with read_by(Preferences(numbers=style)):
            label = number(_EXAMPLE)
        chose = style is chosen.preferences.numbers
        rows.append((Press(_ticked(label, chose), SetNumbers(chat=chosen.chat, style=style)),))
    return Screen(
        lines(_title(chosen, "Numbers"), _HOW_NUMBERS),
        (*rows, (_back(chosen.chat),)),
    )


def _charts(chosen: Chosen) -> Screen:
    row = tuple(
        Press(_ticked(label, theme is chosen.preferences.theme), SetTheme(chat=chosen.chat, theme=theme))
        for theme, label in _THEMES.items()
    )
    return Screen(lines(_title(chosen, "Charts"), "What pictures look like."), (row, (_back(chosen.chat),)))


def _quiet(chosen: Chosen) -> Screen:
    quiet, chat = chosen.preferences.quiet, chosen.chat
    presets = tuple(Press(label, SetQuiet(chat=chat, hours=hours)) for hours, label in _QUIET_PRESETS.items())
    modes: Rows = ()
    if quiet is not None:
        modes = tuple(
            (Press(_ticked(label, mode is quiet.mode), SetQuietMode(chat=chat, mode=mode)),)
            for mode, label in _QUIET_MODES.items()
        )
    return Screen(
        lines(
            _title(chosen, "Quiet hours"),
            bold(_quiet_in_words(quiet)),
            f"By the clock of {_city(chosen.preferences.zone)}. Alarms and outcomes of your money always come at once."
            if chosen.is_private
            else f"By the clock of {_city(chosen.preferences.zone)}.",
            _how(chosen, "Write other hours like 22-7 or 22:30-06:00.", "quiet 22-7"),
        ),
        (presets, *modes, (_back(chat),)),
    )


def _notices(chosen: Chosen) -> Screen:
    """A line per kind, and a button per kind that can be changed, which names what a tap makes of it."""
    modes = chosen.modes
    rows = tuple(
        (_notice_button(chosen.chat, kind, _NEXT[mode]),) for kind, mode in modes.items() if kind.can_be_changed
    )
    alarms = " Alarms cannot be switched off." if NoticeKind.ALARM in modes else ""
    return Screen(
        lines(
            _title(chosen, "What I tell unasked"),
            *(text(f"{NAMES[kind]}: ", bold(_mode_in_words(kind, mode))) for kind, mode in modes.items()),
            f"Silent ones come without a sound.{alarms}",
        ),
        (*rows, (_back(chosen.chat),)),
    )


def _dust(chosen: Chosen) -> Screen:
    row = tuple(Press(_ticked(each.value, Decimal(each) == chosen.preferences.dust), SetDust(below=each))
                for each in DustPreset)  # fmt: skip
    return Screen(
        lines(
            _title(chosen, "Dust"),
            text("Summed up in one line of /balance: ", bold(_dust_in_words(chosen.preferences.dust)), "."),
            f"Write another amount of {_COIN}, such as 2.5; 0 shows every balance by itself.",
        ),
        (row, (_back(chosen.chat),)),
    )


def _currency(chosen: Chosen) -> Screen:
    row = tuple(
        Press(_ticked(each.value, each is chosen.preferences.currency), SetCurrency(currency=each))
        for each in ValueCurrency
    )
    return Screen(
        lines(
            _title(chosen, "Currency"),
            text("/portfolio gives values in ", bold(chosen.preferences.currency), "."),
            f"Where no market prices one of these, values are in {_COIN}.",
        ),
        (row, (_back(chosen.chat),)),
    )


def _favourites(chosen: Chosen) -> Screen:
    how = text("Write ", code(f"/settings {chosen.prefix}favourites BTC ETH"), " to choose them.")
    if not chosen.favourites:
        star = "The star under a price, as /price BTC shows it, makes one, too." if chosen.is_private else None
        return Screen(lines(_title(chosen, "Favourites"), "None yet.", how, star), ((_back(chosen.chat),),))
    shown = chosen.favourites[:_MOST_FAVOURITES]
    rows = tuple(
        (
            Press(f"↑ {pair}", RaiseFavourite(chat=chosen.chat, code=market)),
            Press("✕", DropFavourite(chat=chosen.chat, code=market)),
        )
        for market, pair in shown
    )
    return Screen(
        lines(
            _title(chosen, "Favourites"),
            *(text(f"{at}. ", code(pair)) for at, (_, pair) in enumerate(shown, start=1)),
            "/price, /board and /digest show them, in this order.",
            how,
        ),
        (*rows, (_back(chosen.chat),)),
    )


def _names(favourites: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(pair.partition("/")[0] for _, pair in favourites[:6])


def _title(chosen: Chosen, words: str) -> Html:
    if chosen.is_private:
        return bold(words)
    return bold(words, " · ", "this group" if chosen.here else outside(chosen.title or "another chat", limit=60))


def _how(chosen: Chosen, in_private: str, typed: str) -> Html:
    """In a group there is no question to answer; there it is a command."""
    if chosen.here and not chosen.is_private:
        return text("Or write ", code(f"/settings {typed}"), ".")
    return text(in_private)


def _back(chat: ChatId) -> Press:
    return Press("‹ All settings", ShowSettings(chat=chat, page=SettingsPage.ALL))


def _ticked(label: str, chosen: bool) -> str:
    return f"✓ {label}" if chosen else label


def _zone_button(zone: NamedZone, *, now: datetime) -> str:
    with read_by(Preferences(zone=zone.zone)):
        return f"{zone.name} · {local_time(now)}"


def _zone_name(zone: str) -> str:
    return zone_named(zone).key.replace("_", " ")


def _city(zone: str) -> str:
    return _zone_name(zone).rpartition("/")[2]


def _quiet_in_words(quiet: QuietHours | None) -> str:
    if quiet is None:
        return "off"
    how = {QuietMode.HOLD: "held back", QuietMode.SILENT: "silent"}[quiet.mode]
    return f"{quiet.start:%H:%M}–{quiet.end:%H:%M}, {how}"


def _modes_in_words(modes: Mapping[NoticeKind, NoticeMode]) -> str:
    counts = {mode: sum(each is mode for each in modes.values()) for mode in (NoticeMode.SILENT, NoticeMode.OFF)}
    said = [f"{count} {_MODES[mode]}" for mode, count in counts.items() if count]
    return ", ".join(said) or "all on"


def _mode_in_words(kind: NoticeKind, mode: NoticeMode) -> str:
    return _MODES[mode] if kind.can_be_changed else "always on"


def _notice_button(chat: ChatId, kind: NoticeKind, mode: NoticeMode) -> Press:
    return Press(f"{NAMES[kind]} → {_MODES[mode]}", SetNotices(chat=chat, kind=kind, mode=mode))


def _dust_in_words(dust: Decimal) -> str:
    return f"what is worth less than {number(dust)} {_COIN}" if dust else "nothing"


_DRAWN: Mapping[SettingsPage, Callable[[Chosen], Screen]] = {
    SettingsPage.NUMBERS: _numbers,
    SettingsPage.CHARTS: _charts,
    SettingsPage.QUIET: _quiet,
    SettingsPage.NOTICES: _notices,
    SettingsPage.DUST: _dust,
    SettingsPage.CURRENCY: _currency,
    SettingsPage.FAVOURITES: _favourites,
}
