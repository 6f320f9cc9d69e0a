"""Asking for the second factor before something protected is done, and doing it once the answer was right."""

from chatbot.domain.drafts import CodeDraft, Dialogue
from chatbot.domain.errors import NotAllowed
from chatbot.domain.people import Role
from chatbot.domain.protected import Protected
from handlers.commands import Answer, Needs, Route, Stray
from handlers.context import Context
from handlers.views import protection as views


async def protect(ctx: Context, action: Protected, *, in_place: bool = False) -> None:
    """Ask what the action asks for; without anything to ask, carry it out, which is its type's `Protected` route.

    With `in_place`, the question takes the place of the tapped card, which has served: it goes with the question.
    Raises `FactorMissing` and `FactorLocked`.
    """
    challenge = await ctx.services.protection.ask(action, person=ctx.person.id, chat=ctx.chat.id)
    if challenge is None:
        await carry_out(ctx, action)
        return
    screen = views.question(challenge)
    message = await (ctx.edit(screen) if in_place else ctx.reply(screen))
    await ctx.services.questions.shown(challenge.dialogue, message)


async def carry_out(ctx: Context, action: Protected) -> None:
    """Whoever asked may have lost the right to it while the question was open."""
    route = ctx.protected[type(action)]
    if not _may(ctx, route.needs):
        raise NotAllowed
    await route.handle(ctx, action)


def _may(ctx: Context, needs: Needs) -> bool:
    """The question itself is open to everybody with something here; what it was about need not be."""
    if needs is Needs.OWNER:
        return ctx.person.role is Role.OWNER
    return needs is Needs.ROWS or ctx.person.role is not None or ctx.services.people.open_to_all


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """The code goes first of all; the question goes once it is over, however it ended."""
    await delete_code(ctx)
    try:
        action = await ctx.services.protection.answer(dialogue, ctx.args)
    finally:
        await _delete_if_over(ctx, dialogue)
    await carry_out(ctx, action)


async def stray(ctx: Context) -> None:
    """What looks like a code that came too late, or out of the blue."""
    await ctx.reply(views.stray(deleted=await ctx.delete_incoming()))


async def burn(ctx: Context) -> bool:
    """Take a right code that the open question does not ask for out of the chat, used up; False for all else."""
    if not await ctx.services.protection.burn(ctx.args, person=ctx.person.id, chat=ctx.chat.id):
        return False
    await ctx.reply(views.burnt(deleted=await ctx.delete_incoming()))
    return True


async def delete_code(ctx: Context) -> None:
    """Delete the message at once; say so if Telegram would not."""
    if not await ctx.delete_incoming():
        await ctx.reply(views.code_kept(), quoting=True)


async def _delete_if_over(ctx: Context, dialogue: Dialogue) -> None:
    still_open = await ctx.services.questions.find(dialogue.id, person=dialogue.person, chat=dialogue.chat)
    if dialogue.message is not None and still_open is None:
        await ctx.delete(dialogue.message)


def _is_code(ctx: Context) -> bool:
    return ctx.services.protection.expects(ctx.person.id, ctx.args)


ROUTES: tuple[Route, ...] = (
    Answer(CodeDraft, handle=answer, needs=Needs.ROWS, secret=True),
    Stray(_is_code, handle=stray, secret=True),
)
