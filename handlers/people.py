"""/invite and /people: who has access."""

from chatbot.domain import protected
from chatbot.domain.errors import InputError
from handlers.actions import AskRemovePerson, Invite, RemovePerson, ShowPeople
from handlers.commands import Button, Command, Needs, Protected, Route
from handlers.context import Context
from handlers.protection import protect
from handlers.views import people as views
from handlers.views.screen import Screen


async def invite(ctx: Context) -> None:
    await protect(ctx, protected.Invite())


async def invite_now(ctx: Context, _: protected.Invite) -> None:
    link = await ctx.services.people.invite(ctx.person.id)
    await ctx.reply(views.invitation(link, url=ctx.bot.private_chat(link.payload), now=ctx.clock.now()))


async def invite_by_button(ctx: Context, _: Invite) -> None:
    await invite(ctx)


async def people(ctx: Context) -> None:
    await ctx.reply(await _people(ctx, page=1))


async def show_people(ctx: Context, action: ShowPeople) -> None:
    await ctx.edit(await _people(ctx, page=action.page))


async def ask_remove(ctx: Context, action: AskRemovePerson) -> None:
    for person in await ctx.services.people.everybody():
        if person.id == action.person:
            await ctx.edit(views.ask_remove(person))
            return
    raise InputError("They have no access any more.")


async def remove(ctx: Context, action: RemovePerson) -> None:
    await protect(ctx, protected.RemovePerson(person=action.person), in_place=True)


async def remove_now(ctx: Context, action: protected.RemovePerson) -> None:
    silenced = await ctx.services.people.remove(action.person, by=ctx.person.id)
    await ctx.edit(await _people(ctx, page=1, silenced=silenced))


async def _people(ctx: Context, *, page: int, silenced: int = 0) -> Screen:
    return views.people(
        await ctx.services.people.everybody(),
        you=ctx.person.id,
        page=page,
        open_to_all=ctx.services.people.open_to_all,
        silenced=silenced,
        now=ctx.clock.now(),
    )


ROUTES: tuple[Route, ...] = (
    Command("invite", "A one-time link for somebody", handle=invite, subject="People", needs=Needs.OWNER),
    Command("people", "Who has access, and removing it", handle=people, subject="People", needs=Needs.OWNER),
    Button(Invite, handle=invite_by_button, needs=Needs.OWNER),
    Button(ShowPeople, handle=show_people, needs=Needs.OWNER),
    Button(AskRemovePerson, handle=ask_remove, needs=Needs.OWNER),
    Button(RemovePerson, handle=remove, needs=Needs.OWNER),
    Protected(protected.Invite, handle=invite_now, needs=Needs.OWNER),
    Protected(protected.RemovePerson, handle=remove_now, needs=Needs.OWNER),
)
