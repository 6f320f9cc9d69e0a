"""/balance: what an account holds."""

from handlers.actions import ShowBalance
from handlers.commands import Button, Command, Needs, Route
from handlers.context import Context
from handlers.views import balances as views


async def balance(ctx: Context) -> None:
    held = await ctx.services.balances.holdings(ctx.person.id, named=ctx.args)
    await ctx.reply(views.holdings(held, now=ctx.clock.now()))


async def refresh(ctx: Context, action: ShowBalance) -> None:
    held = await ctx.services.balances.holdings_of(ctx.person.id, action.account)
    await ctx.edit(views.holdings(held, now=ctx.clock.now()))


ROUTES: tuple[Route, ...] = (
    Command(
        "balance",
        "What your account holds",
        handle=balance,
        usage=("/balance", "/balance ACCOUNT"),
        examples=("/balance", "/balance Main", "/balance andx-1"),
        subject="Look",
        needs=Needs.LINKED,
        by_link=True,
    ),
    Button(ShowBalance, handle=refresh, needs=Needs.LINKED),
)
