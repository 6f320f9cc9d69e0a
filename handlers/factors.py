"""/2fa: the second factor."""

from chatbot.domain import protected
from chatbot.domain.drafts import Dialogue, SetUpDraft
from chatbot.domain.factors import SETUP_LIFETIME
from chatbot.domain.people import Role
from handlers.actions import (
    BeginFactor,
    DeleteShown,
    EndSetUp,
    RenewRecoveryCodes,
    RequireFactor,
    ShowFactor,
    TurnOffFactor,
)
from handlers.commands import Answer, Button, Command, Needs, Protected, Route
from handlers.context import Context
from handlers.protection import delete_code, protect
from handlers.shown_secrets import delete_shown, show_secret
from handlers.views import factors as views
from handlers.views.screen import Screen

_CODES_LIFETIME = SETUP_LIFETIME  # how long recovery codes stand in the chat


async def factor(ctx: Context) -> None:
    await ctx.reply(await _status(ctx))


async def show_factor(ctx: Context, _: ShowFactor) -> None:
    await ctx.edit(await _status(ctx))


async def begin(ctx: Context, _: BeginFactor) -> None:
    """A new secret takes the place of one that still waits, in the chat, too."""
    made = await ctx.services.factors.begin(ctx.person.id, bot=ctx.bot.username)
    await delete_shown(ctx)
    await ctx.services.questions.ask(SetUpDraft(), person=ctx.person.id, chat=ctx.chat.id)
    await show_secret(ctx, views.set_up(made, now=ctx.clock.now()), lifetime=SETUP_LIFETIME)


async def confirm(ctx: Context, _: Dialogue) -> None:
    """The first code puts the factor in force."""
    await delete_code(ctx)
    codes = await ctx.services.factors.confirm(ctx.person.id, ctx.args, chat=ctx.chat.id)
    await ctx.services.questions.forget(person=ctx.person.id, chat=ctx.chat.id)
    await delete_shown(ctx)
    await show_secret(ctx, views.turned_on(codes, lifetime=_CODES_LIFETIME), lifetime=_CODES_LIFETIME)


async def end(ctx: Context, _: EndSetUp) -> None:
    await ctx.services.questions.forget(person=ctx.person.id, chat=ctx.chat.id)
    if await ctx.services.factors.abandon(ctx.person.id):
        await delete_shown(ctx)
    await ctx.reply(await _status(ctx) if ctx.services.factors.has(ctx.person.id) else views.set_up_ended())


async def turn_off(ctx: Context, _: TurnOffFactor) -> None:
    await protect(ctx, protected.TurnOffFactor(), in_place=True)


async def turn_off_now(ctx: Context, _: protected.TurnOffFactor) -> None:
    await ctx.services.factors.turn_off(ctx.person.id, chat=ctx.chat.id)
    await delete_shown(ctx)
    await ctx.edit(views.turned_off())


async def renew(ctx: Context, _: RenewRecoveryCodes) -> None:
    await protect(ctx, protected.RenewRecoveryCodes(), in_place=True)


async def renew_now(ctx: Context, _: protected.RenewRecoveryCodes) -> None:
    codes = await ctx.services.factors.renew(ctx.person.id, chat=ctx.chat.id)
    await delete_shown(ctx)
    await show_secret(ctx, views.renewed(codes, lifetime=_CODES_LIFETIME), lifetime=_CODES_LIFETIME)


async def require(ctx: Context, action: RequireFactor) -> None:
    await protect(ctx, protected.RequireFactor(required=action.required), in_place=True)


async def require_now(ctx: Context, action: protected.RequireFactor) -> None:
    await ctx.services.factors.require(action.required, by=ctx.person.id, chat=ctx.chat.id)
    await ctx.edit(views.required_now(action.required))


async def delete(ctx: Context, _: DeleteShown) -> None:
    await delete_shown(ctx)


async def _status(ctx: Context) -> Screen:
    factors = ctx.services.factors
    return views.status(
        await factors.get(ctx.person.id),
        required=factors.required,
        owner=ctx.person.role is Role.OWNER,
        now=ctx.clock.now(),
    )


ROUTES: tuple[Route, ...] = (
    Command(
        "2fa",
        "Second factor: codes for what matters most",
        handle=factor,
        usage=("/2fa",),
        subject="Safety",
    ),
    Answer(SetUpDraft, handle=confirm, secret=True),
    Button(ShowFactor, handle=show_factor),
    Button(BeginFactor, handle=begin),
    Button(EndSetUp, handle=end),
    Button(TurnOffFactor, handle=turn_off),
    Button(RenewRecoveryCodes, handle=renew),
    Button(RequireFactor, handle=require, needs=Needs.OWNER),
    Button(DeleteShown, handle=delete),
    Protected(protected.TurnOffFactor, handle=turn_off_now),
    Protected(protected.RenewRecoveryCodes, handle=renew_now),
    Protected(protected.RequireFactor, handle=require_now, needs=Needs.OWNER),
)
