"""Which place a command is about: where it was said, or a channel or group named in front (`/alert @channel …`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.domain.chats import KnownChat, spoken
from chatbot.domain.errors import InputError
from chatbot.domain.places import Place
from handlers.context import ChatKind, Context

_NAMED = re.compile(
    r"@(?:(?P<name>[A-Za-z][A-Za-z0-9_]{3,31})|[\"“”„«](?P<title>[^\"“”„«»]{1,128})[\"“”»])(?:\s+(?P<rest>.*))?",
    re.DOTALL,
)
_ASKED_ABOUT = 40  # chats of a similar title that Telegram is asked about for one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """`args` is what is left of the line. `title` is the channel's or group's, None for the place where it was said.
    `prefix` is what its commands begin with: `@channel ` and a space, or nothing.
    """

    place: Place
    args: str
    title: str | None = None
    prefix: str = ""


async def aimed(ctx: Context) -> Aim:
    """Read the place off the beginning of `ctx.args`.

    A channel or group is named in the private chat of one of its admins: `@name`, or `@"part of its title"` if the bot
    is in it. Raises `InputError` with a sentence if there is no such one, the bot may not post there, or the speaker is
    no admin of it; `RightsUnknown` if Telegram does not say.
    """
    if not ctx.args.startswith("@"):
        return Aim(place=ctx.place, args=ctx.args)
    if ctx.chat.kind is ChatKind.GROUP:
        raise InputError("Name other chats only in our private chat.")
    match = _NAMED.fullmatch(ctx.args)
    if match is None:
        raise InputError('Name the channel first: @channel, or a part of its title in quotes: @"signals".')
    chat = await (_by_name(ctx, match["name"]) if match["name"] else _by_title(ctx, match["title"]))
    await _require_say(ctx, chat)
    await ctx.services.chats.note(chat)
    if ctx.person.role is not None and not await ctx.services.chats.is_vouched(chat.id):
        await ctx.services.chats.vouch(chat.id, by=ctx.person.id, now=ctx.clock.now())
    return Aim(
        place=Place(chat=chat.id), args=(match["rest"] or "").strip(), title=chat.title, prefix=f"{chat.handle} "
    )


async def may_manage(ctx: Context, place: Place) -> bool:
    """Whether the speaker may manage what is told in a place: their own private chat, the group they speak in as one of
    its admins, or, from their private chat, any chat they are an admin of. Raises `RightsUnknown`.

    For buttons whose record names a place: that may be another chat than the one they were tapped in.
    """
    if place.is_private:
        return place.chat == ctx.chat.id and int(place.chat) == int(ctx.person.id)
    if ctx.chat.kind is ChatKind.GROUP and place.chat != ctx.chat.id:
        return False
    return await ctx.admins.is_admin(ctx.person.id, place.chat)


async def _by_name(ctx: Context, name: str) -> KnownChat:
    """Telegram says who has a name now; it may have changed hands."""
    chat = await ctx.admins.look_up(f"@{name}")
    if chat is None:
        raise InputError(
            f"I see no channel or group @{name}. Check the name, and that I am in it. "
            'One without a public name is named by its title: @"Its title".'
        )
    return chat


async def _by_title(ctx: Context, part: str) -> KnownChat:
    """Only chats that the speaker is an admin of: nobody learns of others."""
    wanted = spoken(part).casefold()
    titled = {chat: spoken(chat.title).casefold() for chat in await _nearest_first(ctx)}
    exact = await _managed(ctx, [chat for chat, title in titled.items() if title == wanted])
    theirs = exact or await _managed(ctx, [chat for chat, title in titled.items() if wanted in title != wanted])
    if not theirs:
        raise InputError("I know no channel or group of that title of which you are an admin. /here lists yours.")
    if len(theirs) > 1:
        raise InputError("Several of your chats are called that. Write more of the title.")
    return theirs[0]


async def _nearest_first(ctx: Context) -> tuple[KnownChat, ...]:
    """Chats that somebody stands for, those in which the speaker set something before all others.

    Anybody may add the bot to groups of any title: those of strangers must not stand in the way of a real one.
    """
    chats, is_open = ctx.services.chats, ctx.services.people.open_to_all
    own = {chat.id for chat in await ctx.services.presence.chosen_by(ctx.person.id)}
    stood_for = [chat for chat in chats.all() if is_open or await chats.is_vouched(chat.id)]
    return tuple(sorted(stood_for, key=lambda chat: chat.id not in own))


async def _managed(ctx: Context, chats: Sequence[KnownChat]) -> list[KnownChat]:
    """Those of the first chats that the speaker is an admin of, two at the most: more would not be clearer."""
    found: list[KnownChat] = []
    for chat in chats[:_ASKED_ABOUT]:
        if await ctx.admins.is_admin(ctx.person.id, chat.id):
            found.append(chat)
        if len(found) > 1:
            break
    return found


async def _require_say(ctx: Context, chat: KnownChat) -> None:
    """The bot may write there, and the speaker is one of those in charge."""
    rights = await ctx.admins.rights(chat.id)
    kind = "channel" if chat.is_channel else "group"
    if not rights.is_in:
        raise InputError(f"I am not in that {kind}. Add me there{' as an admin' if chat.is_channel else ''} first.")
    if not await ctx.admins.is_admin(ctx.person.id, chat.id):
        raise InputError(f"Only the admins of that {kind} can do that.")
    if not rights.may_write:
        right = "give me the right to post messages" if chat.is_channel else "let me send messages"
        raise InputError(f"I may not write in that {kind}: {right} there first.")
