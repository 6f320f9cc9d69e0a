"""/settings: how a chat wants to be spoken to. In a group its admins choose, for a channel from their private chat."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import time
from decimal import Decimal
from typing import TypeVar

from chatbot.domain.accounts import Venue
from chatbot.domain.drafts import Dialogue, Setting, SettingDraft
from chatbot.domain.errors import InputError
from chatbot.domain.ids import ChatId, MarketCode, MessageId
from chatbot.domain.money import parse_decimal
from chatbot.domain.notice_text import parse_notice
from chatbot.domain.notices import NoticeKind
from chatbot.domain.people import Role
from chatbot.domain.places import Place
from chatbot.domain.preferences import ChartTheme, NumberStyle, Preferences, QuietHours, QuietMode, ValueCurrency
from chatbot.domain.time_text import parse_quiet
from chatbot.domain.zones import is_zone
from chatbot.services.zones import find_zones
from handlers.actions import (
    DropFavourite,
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
from handlers.aims import aimed, may_manage
from handlers.commands import Answer, Button, Command, Needs, Route, Where
from handlers.context import ChatKind, Context
from handlers.views import settings as views
from handlers.views.screen import Screen

_WORDS = {
    **dict.fromkeys(("zone", "timezone", "time", "city"), SettingsPage.ZONE),
    **dict.fromkeys(("numbers", "number"), SettingsPage.NUMBERS),
    **dict.fromkeys(("charts", "chart", "theme"), SettingsPage.CHARTS),
    "quiet": SettingsPage.QUIET,
    **dict.fromkeys(("notices", "notify", "notifications"), SettingsPage.NOTICES),
    **dict.fromkeys(("favourites", "favorites", "stars"), SettingsPage.FAVOURITES),
    "dust": SettingsPage.DUST,
    **dict.fromkeys(("currency", "value"), SettingsPage.CURRENCY),
}
_PAGES = {Setting.ZONE: SettingsPage.ZONE, Setting.QUIET: SettingsPage.QUIET, Setting.DUST: SettingsPage.DUST}
_ASKED = {page: setting for setting, page in _PAGES.items()}
_IN_GROUPS = (NoticeKind.ALERT, NoticeKind.DIGEST, NoticeKind.SERVICE)
_MOST_DUST = Decimal(100_000)
_MOST_FAVOURITES = 40  # what a screen of buttons holds
_NONE = ("none", "off")
_PRIVATE = (SettingsPage.DUST, SettingsPage.CURRENCY)
_Choice = TypeVar("_Choice", NumberStyle, ChartTheme, ValueCurrency)


async def settings(ctx: Context) -> None:
    """`/settings`, `/settings zone Berlin`, `/settings @channel quiet 22-7`."""
    aim = await aimed(ctx)
    word, _, value = aim.args.strip().partition(" ")
    page = _WORDS.get(word.lower()) if word else SettingsPage.ALL
    if page is None:
        raise InputError(
            "There is zone, numbers, quiet, notices, charts, favourites and, in private, dust and currency. "
            "Write for example /settings numbers or /settings zone Berlin."
        )
    if page in _PRIVATE and not aim.place.is_private:
        raise InputError(f"Balances are shown in private only, and so is their {word}: choose it in our private chat.")
    await _open(ctx, aim.place.chat, page, value.strip())


async def notify(ctx: Context) -> None:
    """`/notify`, `/notify alerts off`."""
    aim = await aimed(ctx)
    await _open(ctx, aim.place.chat, SettingsPage.NOTICES, aim.args)


async def _open(ctx: Context, chat: ChatId, page: SettingsPage, value: str) -> None:
    """Show a page, or take what is written behind its name."""
    if not value:
        await _reply(ctx, chat, page)
    elif page in _ASKED:
        await _take(ctx, chat, _ASKED[page], value)
    else:
        await _TAKEN[page](ctx, chat, value)
        await _reply(ctx, chat, page)


async def _take_numbers(ctx: Context, chat: ChatId, value: str) -> None:
    style = _chosen_of(NumberStyle, value.lower())
    await _change(ctx, chat, lambda chosen: replace(chosen, numbers=style))


async def _take_theme(ctx: Context, chat: ChatId, value: str) -> None:
    theme = _chosen_of(ChartTheme, value.lower())
    await _change(ctx, chat, lambda chosen: replace(chosen, theme=theme))


async def _take_currency(ctx: Context, chat: ChatId, value: str) -> None:
    currency = _chosen_of(ValueCurrency, value.upper())
    await _change(ctx, chat, lambda chosen: replace(chosen, currency=currency))


async def _take_notice(ctx: Context, chat: ChatId, value: str) -> None:
    await _require(ctx, chat)
    private = Place(chat=chat).is_private
    kind, mode = parse_notice(value, [kind for kind in NoticeKind if _is_told(ctx, kind, private=private)])
    await ctx.services.preferences.choose(chat, kind, mode, by=ctx.person.id)


async def _take_favourites(ctx: Context, chat: ChatId, value: str) -> None:
    """These, in this order."""
    await _require(ctx, chat)
    symbols = () if value.lower() in _NONE else tuple(value.replace(",", " ").split())
    if len(symbols) > _MOST_FAVOURITES:
        raise InputError(f"That is a lot. There can be {_MOST_FAVOURITES} favourites.")
    quotes = await ctx.services.markets.quotes(symbols, venue=await _venue(ctx, chat))
    codes = tuple(quote.market.code for quote in quotes)
    await ctx.services.favourites.put(chat, codes, now=ctx.clock.now())


_TAKEN: Mapping[SettingsPage, Callable[[Context, ChatId, str], Awaitable[None]]] = {
    SettingsPage.NUMBERS: _take_numbers,
    SettingsPage.CHARTS: _take_theme,
    SettingsPage.CURRENCY: _take_currency,
    SettingsPage.NOTICES: _take_notice,
    SettingsPage.FAVOURITES: _take_favourites,
}


async def show(ctx: Context, action: ShowSettings) -> None:
    await _redraw(ctx, action.chat, action.page)


async def set_zone(ctx: Context, action: SetZone) -> None:
    if not is_zone(action.zone):
        raise InputError("There is no such time zone. Write your city.")
    await _change(ctx, action.chat, lambda chosen: replace(chosen, zone=action.zone))
    await _redraw(ctx, action.chat, SettingsPage.ZONE)


async def set_numbers(ctx: Context, action: SetNumbers) -> None:
    await _change(ctx, action.chat, lambda chosen: replace(chosen, numbers=action.style))
    await _redraw(ctx, action.chat, SettingsPage.NUMBERS)


async def set_theme(ctx: Context, action: SetTheme) -> None:
    await _change(ctx, action.chat, lambda chosen: replace(chosen, theme=action.theme))
    await _redraw(ctx, action.chat, SettingsPage.CHARTS)


async def set_quiet(ctx: Context, action: SetQuiet) -> None:
    hours = parse_quiet(action.hours.value)
    await _change(ctx, action.chat, lambda chosen: _with_quiet(chosen, hours))
    await _redraw(ctx, action.chat, SettingsPage.QUIET)


async def set_quiet_mode(ctx: Context, action: SetQuietMode) -> None:
    def how(chosen: Preferences) -> Preferences:
        return chosen if chosen.quiet is None else replace(chosen, quiet=replace(chosen.quiet, mode=action.mode))

    await _change(ctx, action.chat, how)
    await _redraw(ctx, action.chat, SettingsPage.QUIET)


async def set_notices(ctx: Context, action: SetNotices) -> None:
    await _require(ctx, action.chat)
    if not action.kind.can_be_changed:
        raise InputError("Alarms cannot be switched off.")
    await ctx.services.preferences.choose(action.chat, action.kind, action.mode, by=ctx.person.id)
    await _redraw(ctx, action.chat, SettingsPage.NOTICES)


async def set_dust(ctx: Context, action: SetDust) -> None:
    await _change(ctx, ctx.chat.id, lambda chosen: replace(chosen, dust=Decimal(action.below.value)))
    await _redraw(ctx, ctx.chat.id, SettingsPage.DUST)


async def set_currency(ctx: Context, action: SetCurrency) -> None:
    await _change(ctx, ctx.chat.id, lambda chosen: replace(chosen, currency=action.currency))
    await _redraw(ctx, ctx.chat.id, SettingsPage.CURRENCY)


async def raise_favourite(ctx: Context, action: RaiseFavourite) -> None:
    await _require(ctx, action.chat)
    starred = await ctx.services.favourites.of(action.chat)
    await ctx.services.favourites.put(action.chat, _raised(starred, action.code), now=ctx.clock.now())
    await _redraw(ctx, action.chat, SettingsPage.FAVOURITES)


async def drop_favourite(ctx: Context, action: DropFavourite) -> None:
    await _require(ctx, action.chat)
    if action.code in await ctx.services.favourites.of(action.chat):
        await ctx.services.favourites.toggle(action.chat, action.code, now=ctx.clock.now())
    await _redraw(ctx, action.chat, SettingsPage.FAVOURITES)


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """What was asked for; if it cannot be used, the question stays open."""
    draft = dialogue.draft
    if not isinstance(draft, SettingDraft):
        raise TypeError("not a setting's dialogue")
    await _take(ctx, draft.about, draft.setting, ctx.args)


async def _take(ctx: Context, chat: ChatId, setting: Setting, typed: str) -> None:
    if setting is Setting.ZONE and find_zones(typed).exact is None:
        await ctx.reply(_which_zone(ctx, chat, typed))
        return
    await _change(ctx, chat, _reading(setting, typed))
    await _forget_question(ctx)
    await ctx.reply(await _page(ctx, chat, _PAGES[setting]))


async def _change(ctx: Context, chat: ChatId, how: Callable[[Preferences], Preferences]) -> None:
    await _require(ctx, chat)
    before = ctx.services.preferences.of_chat(chat)
    chosen = await ctx.services.preferences.change(chat, how)
    if chosen.zone != before.zone:
        await ctx.services.digests.clock_changed(chat)


async def _require(ctx: Context, chat: ChatId) -> None:
    if not await may_manage(ctx, Place(chat=chat)):
        raise InputError("Only the admins of a chat change its settings.")


async def _reply(ctx: Context, chat: ChatId, page: SettingsPage) -> None:
    await _forget_question(ctx)
    await _ask_about(ctx, chat, page, await ctx.reply(await _page(ctx, chat, page)))


async def _redraw(ctx: Context, chat: ChatId, page: SettingsPage) -> None:
    await _require(ctx, chat)
    await _forget_question(ctx)
    await _ask_about(ctx, chat, page, await ctx.edit(await _page(ctx, chat, page)))


async def _ask_about(ctx: Context, chat: ChatId, page: SettingsPage, message: MessageId) -> None:
    """While a page is shown on which something can be typed, that is what the next message answers."""
    if page in _ASKED and ctx.is_private:
        draft = SettingDraft(about=chat, setting=_ASKED[page])
        asked = await ctx.services.questions.ask(draft, person=ctx.person.id, chat=ctx.chat.id)
        await ctx.services.questions.shown(asked, message)


async def _forget_question(ctx: Context) -> None:
    """Who turned to another page does not answer this one any more; what else was asked stays open."""
    if ctx.chat.kind is not ChatKind.PRIVATE:
        return
    found = await ctx.services.questions.open_in(ctx.chat.id, person=ctx.person.id)
    if found is not None and isinstance(found.draft, SettingDraft):
        await ctx.services.questions.close(found)


async def _page(ctx: Context, chat: ChatId, page: SettingsPage) -> Screen:
    private = Place(chat=chat).is_private
    known = None if private else ctx.services.chats.get(chat)
    modes = await ctx.services.preferences.modes(chat)
    used, allowance = await ctx.services.alerts.room(chat)
    chosen = views.Chosen(
        chat=chat,
        title=None if known is None else known.title,
        prefix="" if known is None or chat == ctx.chat.id else f"{known.handle} ",
        here=chat == ctx.chat.id,
        preferences=ctx.services.preferences.of_chat(chat),
        modes={kind: mode for kind, mode in modes.items() if _is_told(ctx, kind, private=private)},
        favourites=await _favourites(ctx, chat),
        used=used,
        allowance=allowance,
    )
    return views.page(page, chosen, now=ctx.clock.now())


def _is_told(ctx: Context, kind: NoticeKind, *, private: bool) -> bool:
    """Only owners invite, so only they are told of people."""
    if not private:
        return kind in _IN_GROUPS
    return kind is not NoticeKind.PEOPLE or ctx.person.role is Role.OWNER


async def _favourites(ctx: Context, chat: ChatId) -> tuple[tuple[str, str], ...]:
    """Codes and pairs; a market that is not listed any more is called by its code."""
    starred = await ctx.services.favourites.of(chat)
    if not starred:
        return ()
    listed = await ctx.services.markets.listed(await _venue(ctx, chat))
    pairs = {market.code: market.pair for market in listed}
    return tuple((code, pairs.get(MarketCode(code), code)) for code in starred)


async def _venue(ctx: Context, chat: ChatId) -> Venue:
    return await ctx.services.markets.venue_in(Place(chat=chat), person=ctx.person.id)


def _which_zone(ctx: Context, chat: ChatId, typed: str) -> Screen:
    near = find_zones(typed).near
    if not near:
        raise InputError("I know no such place. Write a larger city nearby, or a zone such as Europe/Berlin.")
    return views.zones(chat, typed, near, now=ctx.clock.now())


def _reading(setting: Setting, typed: str) -> Callable[[Preferences], Preferences]:
    """What was typed, as a change. Raises `InputError`."""
    match setting:
        case Setting.ZONE:
            found = find_zones(typed).exact
            return lambda chosen: chosen if found is None else replace(chosen, zone=found.zone)
        case Setting.QUIET:
            hours = parse_quiet(typed)
            return lambda chosen: _with_quiet(chosen, hours)
        case Setting.DUST:
            dust = _dust(typed)
            return lambda chosen: replace(chosen, dust=dust)


def _chosen_of(words: type[_Choice], typed: str) -> _Choice:
    """Raises `InputError`, naming what there is."""
    try:
        return words(typed)
    except ValueError:
        raise InputError(f"There is {', '.join(words)}: write one of these, or tap one.") from None


def _with_quiet(chosen: Preferences, hours: tuple[time, time] | None) -> Preferences:
    """What happens in them stays as it was chosen before."""
    if hours is None:
        return replace(chosen, quiet=None)
    start, end = hours
    mode = QuietMode.HOLD if chosen.quiet is None else chosen.quiet.mode
    return replace(chosen, quiet=QuietHours(start=start, end=end, mode=mode))


def _dust(typed: str) -> Decimal:
    dust = parse_decimal(typed.upper().removesuffix("USDT"))
    if dust > _MOST_DUST:
        raise InputError("That would sum up everything. Write an amount of USDT such as 2.5.")
    return dust


def _raised(starred: tuple[str, ...], code: str) -> tuple[str, ...]:
    """One place further up."""
    if code not in starred or starred[0] == code:
        return starred
    at = starred.index(code)
    return (*starred[: at - 1], code, starred[at - 1], *starred[at + 1 :])


ROUTES: tuple[Route, ...] = (
    Command(
        "settings",
        "Time zone, quiet hours, numbers, notices",
        handle=settings,
        usage=(
            "/settings",
            "/settings zone CITY",
            "/settings quiet HOURS",
            "/settings numbers STYLE",
            "/settings notices KIND MODE",
            "/settings favourites MARKET …",
            "/settings dust AMOUNT",
            "/settings currency USDT|BTC|USD|EUR",
        ),
        examples=(
            "/settings zone Berlin",
            "/settings quiet 22-7",
            "/settings notices alerts silent",
            "/settings @channel",
        ),
        subject="More",
        where=Where.ANYWHERE,
        needs=Needs.ADMIN,
    ),
    Command(
        "notify",
        "Which notices come, and how",
        handle=notify,
        usage=("/notify", "/notify KIND on|silent|off"),
        examples=("/notify alerts off",),
        subject="Safety",
        by_link=True,
    ),
    Answer(SettingDraft, handle=answer),
    Button(ShowSettings, handle=show, where=Where.ANYWHERE, needs=Needs.ADMIN),
    Button(SetZone, handle=set_zone, where=Where.ANYWHERE, needs=Needs.ADMIN),
    Button(SetNumbers, handle=set_numbers, where=Where.ANYWHERE, needs=Needs.ADMIN),
    Button(SetTheme, handle=set_theme, where=Where.ANYWHERE, needs=Needs.ADMIN),
    Button(SetQuiet, handle=set_quiet, where=Where.ANYWHERE, needs=Needs.ADMIN),
    Button(SetQuietMode, handle=set_quiet_mode, where=Where.ANYWHERE, needs=Needs.ADMIN),
    Button(SetNotices, handle=set_notices, where=Where.ANYWHERE, needs=Needs.ADMIN),
    Button(SetDust, handle=set_dust),
    Button(SetCurrency, handle=set_currency),
    Button(RaiseFavourite, handle=raise_favourite, where=Where.ANYWHERE, needs=Needs.ADMIN),
    Button(DropFavourite, handle=drop_favourite, where=Where.ANYWHERE, needs=Needs.ADMIN),
)
