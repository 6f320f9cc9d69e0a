"""/start and /help."""

from chatbot.domain.people import Role
from handlers.actions import ShowHelp
from handlers.commands import Button, Command, Needs, Route, Where
from handlers.context import ChatKind, Context
from handlers.locks import standing
from handlers.views import people
from handlers.views import start as views
from handlers.views.screen import Screen


async def start(ctx: Context) -> None:
    """The first screen. `/start claim_…` and `/start inv_…` are one-time links and let somebody in."""
    greeting = ""
    payload = ctx.args.strip()
    if payload.startswith(("claim_", "inv_")):
        role = await ctx.services.people.open_link(payload, person=ctx.person.id, name=ctx.person.name)
        greeting = people.welcome(role, paused=await ctx.services.presence.paused_in(ctx.chat.id))
    _, active = await ctx.services.accounts.of(ctx.person.id)
    practice = ctx.services.accounts.has_practice
    await ctx.reply(views.start(active, practice=practice, greeting=greeting, standing=standing(ctx)))


async def help_(ctx: Context) -> None:
    await ctx.reply(_help(ctx, ctx.args.strip().removeprefix("/").lower()))


async def show_help(ctx: Context, action: ShowHelp) -> None:
    await ctx.edit(_help(ctx, action.command or ""))


def _help(ctx: Context, name: str) -> Screen:
    usable = {command.name: command for command in ctx.commands.values() if _may_use(ctx, command)}
    if not name:
        return views.overview(usable)
    command = usable.get(name)
    return views.usage(command) if command is not None else views.no_such_command(name)


def _may_use(ctx: Context, command: Command) -> bool:
    """Whether to list a command: what works in this chat, for this person."""
    if ctx.chat.kind is ChatKind.GROUP:
        return command.where is Where.ANYWHERE
    return command.needs is not Needs.OWNER or ctx.person.role is Role.OWNER


ROUTES: tuple[Route, ...] = (
    Command(
        "start",
        "What this is, and the next step",
        handle=start,
        subject="More",
        needs=Needs.NOTHING,
        addresses=True,  # the codes that links carry
    ),
    Command(
        "help",
        "All commands, or one in detail",
        handle=help_,
        usage=("/help", "/help COMMAND"),
        examples=("/help buy",),
        subject="More",
        where=Where.ANYWHERE,
        by_link=True,
    ),
    Button(ShowHelp, handle=show_help, where=Where.ANYWHERE),
)
