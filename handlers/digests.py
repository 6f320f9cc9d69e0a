"""/digest: a daily summary of prices."""

from collections.abc import Sequence
from datetime import timedelta

from chatbot.domain.charts import Span
from chatbot.domain.digests import Digest
from chatbot.domain.errors import ChatbotError, InputError
from chatbot.domain.notices import DigestDue
from chatbot.domain.time_text import parse_time
from chatbot.services.digests import Summary
from handlers.aims import Aim, aimed
from handlers.commands import Command, Hearing, Needs, Route, Telling, Where
from handlers.context import Context
from handlers.views import digests as views
from handlers.views.format import read_by
from handlers.views.screen import Picture, Screen

_OFF = ("off", "stop", "none")
_STALE = timedelta(days=1)


async def digest(ctx: Context) -> None:
    """`/digest` shows what is set, `/digest 09:00 BTC ETH` sets it, `/digest off` ends it."""
    aim = await aimed(ctx)
    first, *symbols = aim.args.replace(",", " ").split() or [""]
    if not first:
        await _show(ctx, aim)
    elif first.lower() in _OFF and not symbols:
        await _end(ctx, aim)
    else:
        at = parse_time(first)
        if at is None:
            line = f"/digest {aim.prefix}09:00"
            raise InputError(f"At what time? Write it like {line}, or {line} BTC ETH.")
        chosen = await ctx.services.digests.set(aim.place, at, tuple(symbols), by=ctx.person.id)
        await ctx.reply(await _chosen(ctx, aim, chosen))


async def _show(ctx: Context, aim: Aim) -> None:
    chosen = await ctx.services.digests.in_place(aim.place)
    if chosen is None:
        await ctx.reply(views.none_yet(title=aim.title, prefix=aim.prefix))
    else:
        await ctx.reply(await _chosen(ctx, aim, chosen))


async def _chosen(ctx: Context, aim: Aim, chosen: Digest) -> Screen:
    """By the clock of the place it is told in."""
    pairs = await ctx.services.digests.pairs(chosen)
    with read_by(ctx.services.preferences.of_chat(aim.place.chat)):
        return views.chosen(chosen, pairs=pairs, title=aim.title, prefix=aim.prefix, now=ctx.clock.now())


async def _end(ctx: Context, aim: Aim) -> None:
    if not await ctx.services.digests.delete(aim.place):
        raise InputError(f"There is no daily digest. Write /digest {aim.prefix}09:00 to get one.")
    await ctx.reply(views.gone(title=aim.title))


async def _tell(hearing: Hearing, notices: Sequence[DigestDue]) -> Picture | Screen | None:
    """Quiet hours may hold it for a while; yesterday's is worth nothing any more."""
    [notice] = notices
    if hearing.now - notice.at >= _STALE:
        return None
    summary = await hearing.services.digests.summary(notice, hearing.place)
    picture = await _picture(hearing, notice, summary)
    return views.digest(summary, notice, picture=picture, now=hearing.now)


async def _picture(hearing: Hearing, notice: DigestDue, summary: Summary) -> bytes | None:
    """Of the first market's day. A digest does not wait for a picture that cannot be had."""
    if not summary.quotes:
        return None
    try:
        drawn = await hearing.services.charts.price(
            summary.quotes[0].market.code,
            span=Span.DAY,
            venue=notice.venue,
            preferences=hearing.preferences,
            holder=None,
        )
    except ChatbotError:
        return None
    return drawn.picture


ROUTES: tuple[Route, ...] = (
    Command(
        "digest",
        "A daily summary: prices, movers, a chart",
        handle=digest,
        usage=("/digest", "/digest TIME", "/digest TIME MARKET …", "/digest off"),
        examples=("/digest 09:00", "/digest 09:00 BTC ETH", "/digest @channel 9:00"),
        subject="Look",
        where=Where.ANYWHERE,
        needs=Needs.ADMIN,
    ),
)

TELLINGS = (Telling(DigestDue, say=_tell),)
