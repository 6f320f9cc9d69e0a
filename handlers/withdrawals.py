"""/withdraw: from a line, or question by question, to a card of two steps."""

from chatbot.domain.drafts import Dialogue, Question, WithdrawalDraft
from handlers.actions import ChooseForWithdrawal, StartWithdrawal
from handlers.commands import Answer, Button, Command, Needs, Route
from handlers.context import Context
from handlers.shortcuts import reconsidered
from handlers.tickets import show

_OVER = "This question is over. /withdraw begins anew."


async def withdraw(ctx: Context) -> None:
    await show(ctx, await ctx.services.withdrawals.say(ctx.args, person=ctx.person.id, chat=ctx.chat.id))


async def begin(ctx: Context, _: StartWithdrawal) -> None:
    await show(ctx, await ctx.services.withdrawals.say("", person=ctx.person.id, chat=ctx.chat.id))


async def choose(ctx: Context, action: ChooseForWithdrawal) -> None:
    chosen = await ctx.services.withdrawals.choose(
        action.dialogue, action.choice, person=ctx.person.id, chat=ctx.chat.id
    )
    if chosen is None:
        await ctx.answer(_OVER, alert=True)
        return
    await ctx.answer()
    await show(ctx, chosen, in_place=True)


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """A second thought replaces the question, unless it is the name of an alias that is offered."""
    draft = dialogue.draft
    if not isinstance(draft, WithdrawalDraft):
        raise TypeError("not a withdrawal's dialogue")
    is_name = draft.asking is Question.ALIAS
    offered = is_name and any(choice.label == ctx.args.strip() for choice in draft.choices)
    if offered or not await reconsidered(ctx, dialogue, free=is_name):
        await show(ctx, await ctx.services.withdrawals.answer(dialogue, ctx.args))


ROUTES: tuple[Route, ...] = (
    Command(
        "withdraw",
        "Send coins to an address saved at ANDX",
        handle=withdraw,
        usage=("/withdraw CURRENCY AMOUNT ALIAS", "/withdraw CURRENCY", "/withdraw"),
        examples=("/withdraw XRP 100.25 savings", "/withdraw BTC max cold", "/withdraw"),
        subject="Withdraw",
        needs=Needs.LINKED,
        addresses=True,
        by_link=True,
    ),
    Answer(WithdrawalDraft, handle=answer, needs=Needs.LINKED, addresses=True),
    Button(StartWithdrawal, handle=begin, needs=Needs.LINKED),
    Button(ChooseForWithdrawal, handle=choose, needs=Needs.LINKED, answers=True),
)
