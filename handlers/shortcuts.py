"""Plain texts in the private chat that mean something though nothing was asked: `domain.shortcuts` says what.

They do what a command does and never more: prices are shown, and what moves money opens its card, or a question.
"""

from chatbot.domain.convert_drafts import ConvertRequest
from chatbot.domain.drafts import AmountDraft, Dialogue, OrderRequest, Quantity, QuantityKind, SwapRequest
from chatbot.domain.errors import InputError, UnknownMarket
from chatbot.domain.money import ZERO, parse_decimal
from chatbot.domain.orders import Side
from chatbot.domain.shortcuts import (
    AmountUse,
    AskedPrice,
    LooseAmount,
    Shortcut,
    SpokenCommand,
    currency_named,
    understood,
    uses_of,
)
from handlers.actions import UseAmount
from handlers.commands import Answer, Button, Route, Stray
from handlers.context import Context
from handlers.markets import show_prices
from handlers.tickets import Result, show
from handlers.views import shortcuts as views
from handlers.views.door import not_understood

_OVER = "This question is over. Please write the amount again."


def _is_shortcut(ctx: Context) -> bool:
    return understood(ctx.args) is not None


async def stray(ctx: Context) -> None:
    meant = understood(ctx.args)
    if meant is not None:
        await _carry_out(ctx, meant)


async def _carry_out(ctx: Context, meant: Shortcut) -> None:
    match meant:
        case SpokenCommand():
            ctx.args = meant.args
            await ctx.commands[meant.name].handle(ctx)
        case AskedPrice():
            await _show_prices(ctx, meant.symbols)
        case LooseAmount():
            await _ask(ctx, meant)


async def _show_prices(ctx: Context, symbols: tuple[str, ...]) -> None:
    """A question may be about something else altogether: then nothing of it is said back."""
    try:
        await show_prices(ctx, symbols)
    except UnknownMarket as error:
        if len(symbols) == 1 and error.nearest:
            raise
        await ctx.reply(not_understood())


async def _ask(ctx: Context, meant: LooseAmount) -> None:
    """Ask what should become of it. What is no currency is not understood."""
    found = await _currency(ctx, meant.unit)
    if found is None:
        await ctx.reply(not_understood())
        return
    amount = parse_decimal(meant.number)
    if amount <= ZERO:
        raise InputError("An amount must be more than zero.")
    draft = AmountDraft(amount=amount, currency=found)
    dialogue = await ctx.services.questions.ask(draft, person=ctx.person.id, chat=ctx.chat.id)
    message = await ctx.reply(views.question(dialogue, draft, await _uses(ctx, found)))
    await ctx.services.questions.shown(dialogue, message)


async def _currency(ctx: Context, unit: str) -> str | None:
    """The code of the currency that is called so, at the exchange or for swaps."""
    venue = await ctx.services.markets.venue_for(ctx.person.id)
    known = currency_named(unit, await ctx.services.markets.listed(venue))
    if known is None and await ctx.services.swaps.lists(unit, person=ctx.person.id):
        return unit.upper()
    return known


async def _uses(ctx: Context, currency: str) -> tuple[AmountUse, ...]:
    venue = await ctx.services.markets.venue_for(ctx.person.id)
    uses = uses_of(currency, await ctx.services.markets.listed(venue))
    swaps = await ctx.services.swaps.lists(currency, person=ctx.person.id)
    converts = await ctx.services.sessions.is_on(ctx.person.id)
    return (*uses, *((AmountUse.CONVERT,) if converts else ()), *((AmountUse.SWAP,) if swaps else ()))


async def take(ctx: Context, action: UseAmount) -> None:
    dialogue = await ctx.services.questions.find(action.dialogue, person=ctx.person.id, chat=ctx.chat.id)
    if dialogue is None or not isinstance(dialogue.draft, AmountDraft):
        await ctx.answer(_OVER, alert=True)
        return
    result = await _use(ctx, dialogue.draft, action.use)
    await ctx.answer()
    await show(ctx, result, in_place=True)


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """One of the uses, by its word. A text that is a shortcut itself is a second thought, and replaces the question."""
    draft = dialogue.draft
    if not isinstance(draft, AmountDraft):
        raise TypeError("not an amount's dialogue")
    uses = await _uses(ctx, draft.currency)
    use = next((use for use in uses if use.value == ctx.args.strip().lower()), None)
    meant = understood(ctx.args)
    if use is not None:
        await show(ctx, await _use(ctx, draft, use))
    elif meant is not None:
        await ctx.services.questions.close(dialogue)
        await _carry_out(ctx, meant)
    else:
        await ctx.reply(views.not_said(draft, uses))


async def _use(ctx: Context, draft: AmountDraft, use: AmountUse) -> Result:
    """The card, or the next question. Raises what the desks raise; the question then stays open."""
    person, chat = ctx.person.id, ctx.chat.id
    if use is AmountUse.SWAP:
        request = SwapRequest(deposit_text=draft.currency, amount=draft.amount)
        return await ctx.services.swaps.advance(request, person=person, chat=chat)
    if use is AmountUse.CONVERT:
        conversion = ConvertRequest(sell=draft.currency, amount=draft.amount)
        return await ctx.services.conversions.advance(conversion, person=person, chat=chat)
    return await ctx.services.trading.advance(_order(draft, use), person=person, chat=chat, guided=False)


def _order(draft: AmountDraft, use: AmountUse) -> OrderRequest:
    if use is AmountUse.SPEND:
        total = Quantity(kind=QuantityKind.TOTAL, value=draft.amount)
        return OrderRequest(side=Side.BUY, quantity=total, total_currency=draft.currency)
    volume = Quantity(kind=QuantityKind.VOLUME, value=draft.amount)
    side = Side.SELL if use is AmountUse.SELL else Side.BUY
    return OrderRequest(side=side, symbol=draft.currency, quantity=volume)


ROUTES: tuple[Route, ...] = (
    Answer(AmountDraft, handle=answer),
    Button(UseAmount, handle=take, answers=True),
    Stray(_is_shortcut, handle=stray),
)
