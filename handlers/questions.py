"""Ending a question: its own Cancel, and /stop."""

from handlers.actions import DropDialogue
from handlers.commands import Button, Command, Route
from handlers.context import Context
from handlers.shown_secrets import delete_shown
from handlers.views.html import lines, text
from handlers.views.screen import Screen

_STOPPED = lines(
    "Stopped. Whatever I was asking is forgotten.",
    "A card with Confirm on it is no question: it works until it runs out, or until you tap its Cancel.",
)


async def drop(ctx: Context, action: DropDialogue) -> None:
    await ctx.services.questions.drop(action.dialogue, person=ctx.person.id, chat=ctx.chat.id)
    await _abandon_set_up(ctx)
    await ctx.edit(Screen(text("Never mind. Nothing was changed.")))


async def stop(ctx: Context) -> None:
    await _abandon_set_up(ctx)
    await ctx.services.questions.forget(person=ctx.person.id, chat=ctx.chat.id)
    await ctx.reply(Screen(_STOPPED))


async def _abandon_set_up(ctx: Context) -> None:
    """The set-up of a second factor is a question as well."""
    if await ctx.services.factors.abandon(ctx.person.id):
        await delete_shown(ctx)


ROUTES: tuple[Route, ...] = (
    Command("stop", "End a question I asked", handle=stop, usage=("/stop",), subject="More"),
    Button(DropDialogue, handle=drop),
)
