"""/convert: from a line, or question by question, to a quote's card. What follows is every card's; see `tickets`."""

from chatbot.domain.convert_drafts import ConvertDraft, ConvertRequest
from chatbot.domain.convert_questions import takes_amount
from chatbot.domain.drafts import Dialogue
from chatbot.domain.shortcuts import AskedWay, LooseAmount, understood
from handlers.actions import ChooseForConversion, StartConversion, TurnConversion, TurnConversionCard
from handlers.commands import Answer, Button, Command, Needs, Route
from handlers.context import Context
from handlers.shortcuts import replaced
from handlers.tickets import Result, show

_OVER = "This question is over. /convert begins anew."


async def convert(ctx: Context) -> None:
    await show(ctx, await ctx.services.conversions.say(ctx.args, person=ctx.person.id, chat=ctx.chat.id))


async def begin(ctx: Context, action: StartConversion) -> None:
    request = ConvertRequest(sell=action.sell)
    await show(ctx, await ctx.services.conversions.advance(request, person=ctx.person.id, chat=ctx.chat.id))


async def choose(ctx: Context, action: ChooseForConversion) -> None:
    desk = ctx.services.conversions
    await _go_on(ctx, await desk.choose(action.dialogue, action.choice, person=ctx.person.id, chat=ctx.chat.id))


async def turn(ctx: Context, action: TurnConversion) -> None:
    await _go_on(ctx, await ctx.services.conversions.turn(action.dialogue, person=ctx.person.id, chat=ctx.chat.id))


async def turn_card(ctx: Context, action: TurnConversionCard) -> None:
    """The question comes below: the card stays, and says that it was closed."""
    asked = await ctx.services.conversions.turn_card(action.ticket, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.answer()
    await show(ctx, asked)


async def _go_on(ctx: Context, asked: Result | None) -> None:
    if asked is None:
        await ctx.answer(_OVER, alert=True)
        return
    await ctx.answer()
    await show(ctx, asked, in_place=True)


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """A shortcut replaces the question, unless it is the amount that was asked for, or the whole conversion anew."""
    draft, meant = dialogue.draft, understood(ctx.args)
    is_amount = isinstance(meant, LooseAmount) and isinstance(draft, ConvertDraft) and takes_amount(draft)
    asked_for = is_amount or isinstance(meant, AskedWay)
    if asked_for or not await replaced(ctx, dialogue):
        await show(ctx, await ctx.services.conversions.answer(dialogue, ctx.args))


ROUTES: tuple[Route, ...] = (
    Command(
        "convert",
        "Turn one currency into another at ANDX at a quoted price",
        handle=convert,
        usage=("/convert AMOUNT CURRENCY to CURRENCY", "/convert CURRENCY to get AMOUNT CURRENCY", "/convert"),
        examples=(
            "/convert 0.00007 BTC to USDT",
            "/convert BTC to get 100 USDT",
            "/convert 25% ETH to USDT",
            "/convert all DOGE to USDT",
            "/convert",
        ),
        subject="Trade",
        needs=Needs.LINKED,
        by_link=True,
    ),
    Answer(ConvertDraft, handle=answer, needs=Needs.LINKED),
    Button(StartConversion, handle=begin, needs=Needs.LINKED),
    Button(ChooseForConversion, handle=choose, needs=Needs.LINKED, answers=True),
    Button(TurnConversion, handle=turn, needs=Needs.LINKED, answers=True),
    Button(TurnConversionCard, handle=turn_card, needs=Needs.LINKED, answers=True),
)
