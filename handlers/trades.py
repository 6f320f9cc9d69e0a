"""/trades."""

from chatbot.domain.trade_text import TradeQuery, read_query
from handlers.actions import ShowTrades
from handlers.commands import Button, Command, Needs, Route
from handlers.context import Context
from handlers.views import trades as views


async def trades(ctx: Context) -> None:
    listed = await ctx.services.trades.page(ctx.person.id, read_query(ctx.args))
    await ctx.reply(views.trade_list(listed, now=ctx.clock.now()))


async def turn(ctx: Context, action: ShowTrades) -> None:
    query = TradeQuery(symbol=action.code or "", window=action.window)
    listed = await ctx.services.trades.page(
        ctx.person.id, query, page=action.page, back=action.back, account=action.account
    )
    await ctx.edit(views.trade_list(listed, now=ctx.clock.now()))


ROUTES: tuple[Route, ...] = (
    Command(
        "trades",
        "Your executed trades, with fees and totals",
        handle=trades,
        usage=("/trades", "/trades MARKET", "/trades MARKET day|week|month|all"),
        examples=("/trades", "/trades BTC month"),
        subject="Account",
        needs=Needs.LINKED,
        by_link=True,
    ),
    Button(ShowTrades, handle=turn, needs=Needs.LINKED),
)
