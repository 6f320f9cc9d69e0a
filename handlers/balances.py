"""/balance: what an account holds."""

from decimal import Decimal

from handlers.actions import ShowBalance, ShowSubBalance
from handlers.commands import Button, Command, Needs, Route
from handlers.context import Context
from handlers.views import balances as views


async def balance(ctx: Context) -> None:
    held = await ctx.services.balances.holdings(ctx.person.id, named=ctx.args, dust_below=_dust(ctx))
    await ctx.reply(views.holdings(held, now=ctx.clock.now()))


async def refresh(ctx: Context, action: ShowBalance) -> None:
    held = await ctx.services.balances.holdings_of(ctx.person.id, action.account, dust_below=_dust(ctx))
    await ctx.edit(views.holdings(held, now=ctx.clock.now()))


async def refresh_sub(ctx: Context, action: ShowSubBalance) -> None:
    held = await ctx.services.balances.holdings_of(ctx.person.id, action.account, sub=action.sub, dust_below=_dust(ctx))
    await ctx.edit(views.holdings(held, now=ctx.clock.now()))


def _dust(ctx: Context) -> Decimal:
    return ctx.services.preferences.of_chat(ctx.chat.id).dust


ROUTES: tuple[Route, ...] = (
    Command(
        "balance",
        "What your account holds",
        handle=balance,
        usage=("/balance", "/balance ACCOUNT"),
        examples=("/balance", "/balance Savings", "/balance andx-1"),
        subject="Look",
        needs=Needs.LINKED,
        by_link=True,
    ),
    Button(ShowBalance, handle=refresh, needs=Needs.LINKED),
    Button(ShowSubBalance, handle=refresh_sub, needs=Needs.LINKED),
)
