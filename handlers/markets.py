"""/price, /markets, /book: what everybody may know, in groups too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import InputError, UnknownMarket
from chatbot.services.markets import MOST_PRICES
from handlers.actions import (
    PriceList,
    RefreshPrices,
    ShowBook,
    ShowMarkets,
    ShowPrice,
    ShowPrices,
    ShowRules,
    ToggleFavourite,
)
from handlers.commands import Button, Command, Route, Where
from handlers.context import Context
from handlers.views import markets as views
from handlers.views.screen import Screen


async def price(ctx: Context) -> None:
    symbols = tuple(ctx.args.replace(",", " ").split())
    if len(symbols) > MOST_PRICES:
        raise InputError(f"That is a lot at once. Ask for at most {MOST_PRICES} markets.")
    if symbols:
        await show_prices(ctx, symbols)
    else:
        await ctx.reply(await _usual(ctx))


async def show_prices(ctx: Context, symbols: tuple[str, ...]) -> None:
    """Prices of the named markets. Raises `UnknownMarket`."""
    async with _offering_conversion(ctx):
        await ctx.reply(await _of(ctx, symbols))


async def refresh(ctx: Context, action: RefreshPrices) -> None:
    await ctx.edit(await _of(ctx, tuple(action.codes.split("."))[:MOST_PRICES]))


async def show_one(ctx: Context, action: ShowPrice) -> None:
    await ctx.reply(await _of(ctx, (action.code,)))


async def show_list(ctx: Context, action: ShowPrices) -> None:
    favourites = action.which is PriceList.FAVOURITES
    await ctx.edit(await _usual(ctx) if favourites else await _liveliest(ctx))


async def toggle_favourite(ctx: Context, action: ToggleFavourite) -> None:
    venue = await _venue(ctx)
    market = await ctx.services.markets.find(action.code, venue=venue)
    starred = await ctx.services.favourites.toggle(ctx.chat.id, market.code, now=ctx.clock.now())
    await ctx.answer(f"{market.pair} is {'now' if starred else 'no longer'} one of your favourites (/price).")
    await ctx.edit(await _of(ctx, (market.code,)))


async def markets(ctx: Context) -> None:
    if not ctx.args:
        await ctx.reply(await _markets(ctx, page=1))
        return
    await ctx.reply(await _rules(ctx, ctx.args))


async def turn_markets(ctx: Context, action: ShowMarkets) -> None:
    await ctx.edit(await _markets(ctx, page=action.page))


async def show_rules(ctx: Context, action: ShowRules) -> None:
    await ctx.edit(await _rules(ctx, action.code))


async def book(ctx: Context) -> None:
    if not ctx.args:
        raise InputError("Of which market? Write it like /book BTC.")
    async with _offering_conversion(ctx):
        await ctx.reply(await _book(ctx, ctx.args))


async def refresh_book(ctx: Context, action: ShowBook) -> None:
    await ctx.edit(await _book(ctx, action.code))


async def _usual(ctx: Context) -> Screen:
    """The chat's favourites; without any, the liveliest markets."""
    venue = await _venue(ctx)
    starred = await ctx.services.markets.favourites(ctx.chat.id, venue=venue)
    if not starred:
        return await _liveliest(ctx)
    title = "Your favourites" if ctx.is_private else "Favourites"
    again = views.refresh_named(PriceList.FAVOURITES)
    shown = views.prices(starred, title=title, again=again, venue=venue, now=ctx.clock.now())
    return views.with_liveliest(shown)


async def _liveliest(ctx: Context) -> Screen:
    venue = await _venue(ctx)
    quotes = await ctx.services.markets.liveliest(venue=venue)
    if not quotes:
        raise InputError("The exchange reports no prices right now. Please try again in a minute.")
    again = views.refresh_named(PriceList.LIVELIEST)
    return views.prices(quotes, title="Liveliest markets", again=again, venue=venue, now=ctx.clock.now())


async def _of(ctx: Context, symbols: tuple[str, ...]) -> Screen:
    venue = await _venue(ctx)
    quotes = await ctx.services.markets.quotes(symbols, venue=venue)
    now, private = ctx.clock.now(), ctx.is_private
    if len(quotes) > 1:
        again = views.refresh_prices([quote.market.code for quote in quotes])
        return views.prices(quotes, title="Prices", again=again, venue=venue, now=now)
    quote = quotes[0]
    starred = private and await ctx.services.markets.is_favourite(ctx.chat.id, quote.market.code)
    return views.price(quote, venue=venue, now=now, private=private, starred=starred)


async def _markets(ctx: Context, *, page: int) -> Screen:
    venue = await _venue(ctx)
    return views.markets(await ctx.services.markets.listed(venue), page=page, venue=venue)


async def _rules(ctx: Context, symbol: str) -> Screen:
    venue = await _venue(ctx)
    quote = await ctx.services.markets.rules(symbol, venue=venue)
    return views.rules(quote, venue=venue, now=ctx.clock.now(), private=ctx.is_private)


async def _book(ctx: Context, symbol: str) -> Screen:
    venue = await _venue(ctx)
    market, found = await ctx.services.markets.book(symbol, venue=venue)
    return views.book(market, found, venue=venue, now=ctx.clock.now(), private=ctx.is_private)


@asynccontextmanager
async def _offering_conversion(ctx: Context) -> AsyncIterator[None]:
    """Of a market that is not there, whoever has Instant Trade linked is told of that; nobody else hears who has it."""
    try:
        yield
    except UnknownMarket as error:
        error.converts = ctx.is_private and await ctx.services.sessions.is_on(ctx.person.id)
        raise


async def _venue(ctx: Context) -> Venue:
    """In private one's own venue; a group belongs to nobody."""
    return await ctx.services.markets.venue_in(ctx.place, person=ctx.person.id)


ROUTES: tuple[Route, ...] = (
    Command(
        "price",
        "Prices now",
        handle=price,
        usage=("/price", "/price MARKET …"),
        examples=("/price BTC", "/price btc/usdt", "/price BTC ETH", "btc?"),
        subject="Look",
        where=Where.ANYWHERE,
        by_link=True,
    ),
    Command(
        "markets",
        "All markets with limits, decimals and fees",
        handle=markets,
        usage=("/markets", "/markets MARKET"),
        examples=("/markets BTC", "/markets paxg/usdt"),
        subject="Look",
        where=Where.ANYWHERE,
        by_link=True,
    ),
    Command(
        "book",
        "The order book and the last trades",
        handle=book,
        usage=("/book MARKET",),
        examples=("/book BTC",),
        subject="Look",
        where=Where.ANYWHERE,
        by_link=True,
    ),
    Button(RefreshPrices, handle=refresh, where=Where.ANYWHERE),
    Button(ShowPrice, handle=show_one, where=Where.ANYWHERE),
    Button(ShowPrices, handle=show_list, where=Where.ANYWHERE),
    Button(ShowMarkets, handle=turn_markets, where=Where.ANYWHERE),
    Button(ShowRules, handle=show_rules, where=Where.ANYWHERE),
    Button(ShowBook, handle=refresh_book, where=Where.ANYWHERE),
    Button(ToggleFavourite, handle=toggle_favourite, answers=True),
)
