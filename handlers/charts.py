"""/chart and /depth: markets as pictures, in groups too."""

from chatbot.domain.accounts import Venue
from chatbot.domain.charts import Span
from chatbot.domain.errors import InputError
from handlers.actions import DrawChart, DrawDepth
from handlers.commands import Button, Command, Route, Where
from handlers.context import Context
from handlers.views import charts as views
from handlers.views.screen import Picture, Screen

_SPANS = {span.value: span for span in Span} | {"1d": Span.DAY, "1w": Span.WEEK}


async def chart(ctx: Context) -> None:
    words = ctx.args.split()
    spans = [span for word in words if (span := _SPANS.get(word.lower())) is not None]
    symbols = [word for word in words if word.lower() not in _SPANS]
    if len(symbols) != 1 or len(spans) > 1:
        raise InputError(f"Write it like /chart BTC 7d. The spans are {', '.join(Span)}.")
    await ctx.reply(await _chart(ctx, symbols[0], spans[0] if spans else Span.DAY))


async def draw_chart(ctx: Context, action: DrawChart) -> None:
    await _show(ctx, await _chart(ctx, action.code, action.span), anew=action.anew)


async def depth(ctx: Context) -> None:
    symbols = ctx.args.split()
    if len(symbols) != 1:
        raise InputError("Of which market? Write it like /depth BTC.")
    await ctx.reply(await _depth(ctx, symbols[0]))


async def draw_depth(ctx: Context, action: DrawDepth) -> None:
    await _show(ctx, await _depth(ctx, action.code), anew=action.anew)


async def _chart(ctx: Context, symbol: str, span: Span) -> Picture | Screen:
    venue = await _venue(ctx)
    drawn = await ctx.services.charts.price(
        symbol,
        span=span,
        venue=venue,
        preferences=ctx.services.preferences.of_chat(ctx.chat.id),
        holder=ctx.person.id if ctx.is_private else None,
    )
    return views.chart(drawn, span=span, venue=venue, now=ctx.clock.now())


async def _depth(ctx: Context, symbol: str) -> Picture | Screen:
    venue = await _venue(ctx)
    preferences = ctx.services.preferences.of_chat(ctx.chat.id)
    drawn = await ctx.services.charts.depth(symbol, venue=venue, preferences=preferences)
    return views.depth(drawn, venue=venue, now=ctx.clock.now())


async def _show(ctx: Context, shown: Picture | Screen, *, anew: bool) -> None:
    if anew:
        await ctx.reply(shown)
    elif isinstance(shown, Picture):
        await ctx.redraw(shown)
    else:
        await ctx.edit(shown)


async def _venue(ctx: Context) -> Venue:
    return await ctx.services.markets.venue_in(ctx.place, person=ctx.person.id)


ROUTES: tuple[Route, ...] = (
    Command(
        "chart",
        "Prices over time, as a picture",
        handle=chart,
        usage=("/chart MARKET", "/chart MARKET 1h|24h|7d|30d"),
        examples=("/chart BTC", "/chart ETH 7d"),
        subject="Look",
        where=Where.ANYWHERE,
        by_link=True,
    ),
    Command(
        "depth",
        "The order book as a picture",
        handle=depth,
        usage=("/depth MARKET",),
        examples=("/depth BTC",),
        subject="Look",
        where=Where.ANYWHERE,
        by_link=True,
    ),
    Button(DrawChart, handle=draw_chart, where=Where.ANYWHERE),
    Button(DrawDepth, handle=draw_depth, where=Where.ANYWHERE),
)
