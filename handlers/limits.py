"""/limits: how much the account may move. Lowering is done at once; raising is protected, and waits a day."""

from chatbot.domain.drafts import Dialogue, LimitDraft
from chatbot.domain.errors import InputError
from chatbot.domain.protected import RaiseLimit
from chatbot.services.limits import LimitAsked, LimitSet
from handlers.actions import ChangeLimit, KeepLimit, ShowLimits
from handlers.commands import Answer, Button, Command, Protected, Route
from handlers.context import Context
from handlers.protection import protect
from handlers.views import limits as views


async def limits(ctx: Context) -> None:
    if ctx.args.strip():
        await _show(ctx, await ctx.services.limits.say(ctx.args, person=ctx.person.id, chat=ctx.chat.id))
    else:
        await ctx.reply(views.overview(await ctx.services.limits.overview(ctx.person.id), now=ctx.clock.now()))


async def show(ctx: Context, action: ShowLimits) -> None:
    overview = await ctx.services.limits.overview(ctx.person.id, action.account)
    await ctx.edit(views.overview(overview, now=ctx.clock.now()))


async def change(ctx: Context, action: ChangeLimit) -> None:
    await _show(
        ctx,
        await ctx.services.limits.ask(action.kind, person=ctx.person.id, chat=ctx.chat.id, account=action.account),
    )


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    await _show(ctx, await ctx.services.limits.answer(dialogue, ctx.args))


async def keep(ctx: Context, action: KeepLimit) -> None:
    kept = await ctx.services.limits.keep(action.change, person=ctx.person.id, chat=ctx.chat.id)
    if kept is None:
        raise InputError("This raise does not wait any more. /limits shows what holds.")
    await ctx.edit(views.kept(kept))


async def raise_(ctx: Context, action: RaiseLimit) -> None:
    """What was asked for once the second factor was given."""
    done = await ctx.services.limits.raise_(action, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.reply(views.changed(done, now=ctx.clock.now()))


async def _show(ctx: Context, result: LimitAsked | LimitSet | RaiseLimit) -> None:
    match result:
        case RaiseLimit():
            await protect(ctx, result)
        case LimitSet():
            await ctx.reply(views.changed(result, now=ctx.clock.now()))
        case LimitAsked():
            await ctx.services.limits.shown(result, await ctx.reply(views.asking(result)))


ROUTES: tuple[Route, ...] = (
    Command(
        "limits",
        "How much this account may move",
        handle=limits,
        usage=("/limits", "/limits LIMIT VALUE", "/limits withdrawals CURRENCY AMOUNT"),
        examples=(
            "/limits order 10000",
            "/limits orders 50k",
            "/limits withdrawal 2000",
            "/limits withdrawals 5000",
            "/limits withdrawals XRP 500",
            "/limits distance 5%",
            "/limits swap 2000",
            "/limits swaps 5k",
        ),
        subject="Safety",
        by_link=True,
    ),
    Answer(LimitDraft, handle=answer),
    Button(ShowLimits, handle=show),
    Button(ChangeLimit, handle=change),
    Button(KeepLimit, handle=keep),
    Protected(RaiseLimit, handle=raise_),
)
