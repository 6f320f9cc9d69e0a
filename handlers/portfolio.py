"""/portfolio: what an account is worth, how that came about, and what its trades brought."""

from handlers.actions import ShowPortfolio, ShowResults
from handlers.commands import Button, Command, Needs, Route
from handlers.context import Context
from handlers.views import portfolio as views
from handlers.views.screen import Picture


async def portfolio(ctx: Context) -> None:
    preferences = ctx.services.preferences.of_chat(ctx.chat.id)
    read = await ctx.services.portfolio.of(ctx.person.id, ctx.args.strip(), preferences=preferences)
    await ctx.reply(views.portfolio(read, now=ctx.clock.now()))


async def show(ctx: Context, action: ShowPortfolio) -> None:
    preferences = ctx.services.preferences.of_chat(ctx.chat.id)
    read = await ctx.services.portfolio.again(ctx.person.id, action.account, action.sub, preferences=preferences)
    shown = views.portfolio(read, now=ctx.clock.now())
    if action.anew:
        await ctx.reply(shown)
    elif isinstance(shown, Picture):
        await ctx.redraw(shown)
    else:
        await ctx.edit(shown)


async def results(ctx: Context, action: ShowResults) -> None:
    brought = await ctx.services.portfolio.results(ctx.person.id, action.account)
    shown = views.results(brought, now=ctx.clock.now())
    await (ctx.reply(shown) if action.anew else ctx.edit(shown))


ROUTES: tuple[Route, ...] = (
    Command(
        "portfolio",
        "What your account is worth, as a picture",
        handle=portfolio,
        usage=("/portfolio", "/portfolio ACCOUNT"),
        examples=("/portfolio", "/portfolio Savings", "/portfolio andx-1"),
        subject="Account",
        needs=Needs.LINKED,
        by_link=True,
    ),
    Button(ShowPortfolio, handle=show, needs=Needs.LINKED),
    Button(ShowResults, handle=results, needs=Needs.LINKED),
)
