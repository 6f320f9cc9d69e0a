"""/alias and /aliases: the names of saved addresses, and how long a new one waits."""

from chatbot.domain.errors import InputError
from chatbot.domain.protected import AddAlias
from handlers.actions import AskRemoveAlias, RemoveAlias, ShowAliases
from handlers.commands import Button, Command, Needs, Protected, Route
from handlers.context import Context
from handlers.protection import protect
from handlers.views import aliases as views
from handlers.views.screen import Screen


async def alias(ctx: Context) -> None:
    word, _, rest = ctx.args.strip().partition(" ")
    if not word:
        await ctx.reply(await _aliases(ctx, page=1))
    elif word.lower() == "add":
        said = await ctx.services.aliases.say(rest, person=ctx.person.id)
        if isinstance(said, AddAlias):
            await protect(ctx, said)
        else:
            await ctx.reply(views.added(said, now=ctx.clock.now()))
    else:
        raise InputError("Write it like /alias add XRP savings. /aliases lists and removes them.")


async def add(ctx: Context, action: AddAlias) -> None:
    """What was asked for once the second factor was given."""
    added = await ctx.services.aliases.add(action, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.reply(views.added(added, now=ctx.clock.now()))


async def aliases(ctx: Context) -> None:
    await ctx.reply(await _aliases(ctx, page=1))


async def show(ctx: Context, action: ShowAliases) -> None:
    await ctx.edit(await _aliases(ctx, page=action.page))


async def ask_remove(ctx: Context, action: AskRemoveAlias) -> None:
    known = await ctx.services.aliases.find(action.alias, person=ctx.person.id)
    await ctx.edit(views.ask_remove(known, hold=ctx.services.aliases.hold))


async def remove(ctx: Context, action: RemoveAlias) -> None:
    removed = await ctx.services.aliases.remove(action.alias, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.edit(views.removed(removed))


async def _aliases(ctx: Context, *, page: int) -> Screen:
    return views.aliases(await ctx.services.aliases.of(ctx.person.id), page=page, now=ctx.clock.now())


ROUTES: tuple[Route, ...] = (
    Command(
        "alias",
        "Add an alias to withdraw to",
        handle=alias,
        usage=("/alias add CURRENCY NAME",),
        examples=("/alias add XRP savings",),
        subject="Withdraw",
        needs=Needs.LINKED,
        addresses=True,
    ),
    Command(
        "aliases",
        "Your aliases, and removing one",
        handle=aliases,
        usage=("/aliases",),
        subject="Withdraw",
        needs=Needs.LINKED,
        by_link=True,
    ),
    Button(ShowAliases, handle=show, needs=Needs.LINKED),
    Button(AskRemoveAlias, handle=ask_remove, needs=Needs.LINKED),
    Button(RemoveAlias, handle=remove, needs=Needs.LINKED),
    Protected(AddAlias, handle=add),
)
