"""/here: where pushes go, and what goes on there; and what is said when the bot comes to a chat."""

import asyncio
from collections.abc import Sequence

from chatbot.domain.chats import KnownChat, Rights
from chatbot.domain.errors import InputError, RightsUnknown
from chatbot.domain.ids import ChatId
from chatbot.domain.notices import ChatJoined
from chatbot.domain.places import Place
from handlers.actions import ShowHere
from handlers.aims import aimed, may_manage
from handlers.commands import Button, Command, Hearing, Route, Telling, Where
from handlers.context import Context
from handlers.views import groups as views
from handlers.views.screen import Screen


async def here(ctx: Context) -> None:
    """`/here`; in private also `/here @channel`, for its admins."""
    aim = await aimed(ctx)
    if aim.args:
        raise InputError("Write /here alone; or /here @channel in our private chat, to see what goes on there.")
    if aim.title is not None:
        await ctx.reply(await _managed(ctx, aim.place.chat))
        return
    if ctx.is_private:
        await ctx.reply(await _private(ctx))
        return
    chat = ctx.services.chats.get(ctx.chat.id) or await ctx.admins.look_up(ctx.chat.id)
    await ctx.reply(views.place(await _spot(ctx, ctx.place, chat)))


async def show_here(ctx: Context, action: ShowHere) -> None:
    """From the private chat: another chat, or back to all of them."""
    if action.group is None:
        await ctx.edit(await _private(ctx))
        return
    await ctx.edit(await _managed(ctx, action.group))


async def _managed(ctx: Context, group: ChatId) -> Screen:
    chat = ctx.services.chats.get(group)
    if chat is None or not await may_manage(ctx, Place(chat=group)):
        raise InputError("I am not in that chat, or you are not one of its admins.")
    return views.managed(await _spot(ctx, Place(chat=group), chat), chat)


async def _private(ctx: Context) -> Screen:
    chosen = await ctx.services.presence.chosen_by(ctx.person.id)
    theirs = await asyncio.gather(*(_is_theirs(ctx, chat) for chat in chosen))
    others = tuple(chat for chat, is_theirs in zip(chosen, theirs, strict=True) if is_theirs)
    return views.private(await _spot(ctx, ctx.place, None), others)


async def _is_theirs(ctx: Context, chat: KnownChat) -> bool:
    """Whether they are in charge there still: who is not should not read how a private group is called by now."""
    try:
        return await ctx.admins.is_admin(ctx.person.id, chat.id)
    except RightsUnknown:
        return False


async def _spot(ctx: Context, place: Place, chat: KnownChat | None) -> views.Spot:
    presence, thread = ctx.services.presence, place.thread
    used, allowance = await ctx.services.alerts.room(place.chat)
    return views.Spot(
        chat=chat,
        thread=thread,
        topic=ctx.services.chats.topic(place),
        going_on=await presence.subscriptions(place.chat),
        in_topic=None if thread is None else await presence.subscriptions(place.chat, thread=thread),
        used=used,
        allowance=allowance,
        rights=None if chat is None else await _rights(ctx, place.chat),
        preferences=ctx.services.preferences.of_chat(place.chat),
        now=ctx.clock.now(),
    )


async def _rights(ctx: Context, chat: ChatId) -> Rights | None:
    """None if Telegram does not say; the rest is worth showing."""
    try:
        return await ctx.admins.rights(chat)
    except RightsUnknown:
        return None


async def _joined(hearing: Hearing, notices: Sequence[ChatJoined]) -> Screen | None:
    (notice,) = notices
    chat = hearing.services.chats.get(notice.chat)
    return None if chat is None else views.joined(notice, chat)


ROUTES: tuple[Route, ...] = (
    Command(
        "here",
        "Where pushes go, and what goes on here",
        handle=here,
        usage=("/here", "/here @channel"),
        where=Where.ANYWHERE,
        by_link=True,
    ),
    Button(ShowHere, handle=show_here),
)

TELLINGS = (Telling(ChatJoined, say=_joined),)
