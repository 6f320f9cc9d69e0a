"""/history: orders, conversions, withdrawals and swaps made through the bot."""

from handlers.actions import ShowHistory
from handlers.commands import Button, Command, Route
from handlers.context import Context
from handlers.views import history as views
from handlers.views.screen import Screen


async def history(ctx: Context) -> None:
    await ctx.reply(await _page(ctx, 1))


async def turn(ctx: Context, action: ShowHistory) -> None:
    await ctx.edit(await _page(ctx, action.page))


async def _page(ctx: Context, number: int) -> Screen:
    page = await ctx.services.history.page(ctx.person.id, number=number)
    return views.history(page, now=ctx.clock.now())


ROUTES: tuple[Route, ...] = (
    Command(
        "history",
        "Orders, conversions, withdrawals and swaps made through this bot",
        handle=history,
        usage=("/history",),
        subject="Account",
        by_link=True,
    ),
    Button(ShowHistory, handle=turn),
)
