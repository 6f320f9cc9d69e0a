"""/notify: which notices come, and how."""

from chatbot.domain.errors import InputError
from chatbot.domain.notices import NoticeKind
from chatbot.domain.people import Role
from handlers.actions import SetNotices
from handlers.commands import Button, Command, Route
from handlers.context import Context
from handlers.views import notify as views
from handlers.views.screen import Screen


async def notify(ctx: Context) -> None:
    await ctx.reply(await _notices(ctx))


async def set_notices(ctx: Context, action: SetNotices) -> None:
    if not action.kind.can_be_changed:
        raise InputError("Alarms cannot be switched off.")
    await ctx.services.preferences.choose(ctx.person.id, action.kind, action.mode, chat=ctx.chat.id)
    await ctx.edit(await _notices(ctx))


async def _notices(ctx: Context) -> Screen:
    """Only owners invite, so only they are told of people."""
    modes = await ctx.services.preferences.of(ctx.person.id)
    owns = ctx.person.role is Role.OWNER
    return views.notices({kind: mode for kind, mode in modes.items() if owns or kind is not NoticeKind.PEOPLE})


ROUTES: tuple[Route, ...] = (
    Command("notify", "Which notices come, and how", handle=notify, usage=("/notify",), subject="Safety", by_link=True),
    Button(SetNotices, handle=set_notices),
)
