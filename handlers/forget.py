"""/forget: erasing everything of a person."""

from chatbot.domain.protected import Forget
from handlers.actions import AskForget, KeepEverything
from handlers.commands import Button, Command, Needs, Protected, Route
from handlers.context import Context
from handlers.protection import protect
from handlers.shown_secrets import delete_shown
from handlers.views import forget as views


async def forget(ctx: Context) -> None:
    await ctx.reply(views.ask(await ctx.services.forgetting.outlook(ctx.person.id)))


async def keep(ctx: Context, _: KeepEverything) -> None:
    await ctx.edit(views.kept())


async def ask(ctx: Context, _: AskForget) -> None:
    """Looked at once more, because a question for a code should not come before a refusal."""
    await ctx.services.forgetting.outlook(ctx.person.id)
    await protect(ctx, Forget())


async def forget_now(ctx: Context, _: Forget) -> None:
    await delete_shown(ctx)
    off_the_disk = await ctx.services.forgetting.forget(ctx.person.id)
    await ctx.edit(views.forgotten(off_the_disk=off_the_disk))


ROUTES: tuple[Route, ...] = (
    Command(
        "forget",
        "Erase everything of yours here",
        handle=forget,
        usage=("/forget",),
        subject="Safety",
        needs=Needs.ROWS,
    ),
    Button(AskForget, handle=ask, needs=Needs.ROWS),
    Button(KeepEverything, handle=keep, needs=Needs.ROWS),
    Protected(Forget, handle=forget_now, needs=Needs.ROWS),
)
