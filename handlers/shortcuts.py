"""Plain texts in the private chat that mean something though nothing was asked: `domain.shortcuts` says what.

They do what a command does and never more: prices are shown, and what moves money opens its card, or a question.
"""

from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from chatbot.domain.convert_drafts import ConvertRequest
from chatbot.domain.drafts import AmountDraft, Dialogue, OrderRequest, Quantity, QuantityKind, SwapRequest
from chatbot.domain.errors import InputError, UnknownMarket
from chatbot.domain.money import ZERO, parse_decimal
from chatbot.domain.orders import Side
from chatbot.domain.shortcuts import (
    AmountUse,
    AskedPrice,
    AskedWay,
    LooseAmount,
    Shortcut,
    SpokenCommand,
    currency_named,
    second_thought,
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
from handlers.views.screen import Screen

T = TypeVar("T", bound=StrEnum)

_OVER = "This question is over. Please write the amount again."


def _is_shortcut(ctx: Context) -> bool:
    return understood(ctx.args) is not None


def _may_name_address(ctx: Context) -> bool:
    """Whether it does what a command does that takes addresses."""
    meant = understood(ctx.args)
    return isinstance(meant, SpokenCommand) and ctx.commands[meant.name].addresses


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
        case AskedWay():
            await _compare(ctx, meant)


async def _show_prices(ctx: Context, symbols: tuple[str, ...]) -> None:
    """A question may be about something else altogether: then nothing of it is said back."""
    try:
        await show_prices(ctx, symbols)
    except UnknownMarket as error:
        names, person = ctx.services.balances.names, ctx.person.id
        if len(symbols) == 1 and (error.nearest or (error.converts and await names(symbols[0], person=person))):
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


async def _compare(ctx: Context, meant: AskedWay) -> None:
    """Show every way there is; each has its button. What is between no currencies is not understood."""
    if await _currency(ctx, meant.sell) is None or await _currency(ctx, meant.buy) is None:
        await ctx.reply(not_understood())
        return
    ctx.args = f"{meant.number} {meant.sell} to {meant.buy}"
    await ctx.commands["route"].handle(ctx)


async def _currency(ctx: Context, unit: str) -> str | None:
    """The code of the currency that is called so, at the exchange, for Instant Trade or for swaps."""
    venue = await ctx.services.markets.venue_for(ctx.person.id)
    known = currency_named(unit, await ctx.services.markets.listed(venue))
    if known is not None:
        return known
    person = ctx.person.id
    converts = await ctx.services.sessions.is_on(person) and await ctx.services.balances.names(unit, person=person)
    return unit.upper() if converts or await ctx.services.swaps.lists(unit, person=person) else None


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
    draft = dialogue.draft
    if not isinstance(draft, AmountDraft):
        raise TypeError("not an amount's dialogue")
    uses = await _uses(ctx, draft.currency)

    async def use(chosen: AmountUse) -> None:
        await show(ctx, await _use(ctx, draft, chosen))

    await answer_by_word(ctx, dialogue, uses, take=use, otherwise=views.not_said(draft, uses))


async def answer_by_word(
    ctx: Context, dialogue: Dialogue, words: Iterable[T], *, take: Callable[[T], Awaitable[None]], otherwise: Screen
) -> None:
    """Go on with the offered word that was typed; `otherwise` is for what is neither that nor a second thought."""
    said = ctx.args.strip().lower()
    chosen = next((word for word in words if word.value == said), None)
    if chosen is not None:
        await take(chosen)
    elif not await replaced(ctx, dialogue):
        await ctx.reply(otherwise)


async def replaced(ctx: Context, dialogue: Dialogue) -> bool:
    """Whether the answer is a shortcut itself: a second thought, which replaces the question and is carried out.

    A look at a price leaves the question open; what names no market is no look at a price.
    """
    return await _carry_out_instead(ctx, dialogue, understood(ctx.args))


async def reconsidered(ctx: Context, dialogue: Dialogue, *, free: bool = False) -> bool:
    """As `replaced`, where amounts and lone words are answers; `free` as in `second_thought`."""
    return await _carry_out_instead(ctx, dialogue, second_thought(ctx.args, free=free))


async def _carry_out_instead(ctx: Context, dialogue: Dialogue, meant: Shortcut | None) -> bool:
    if meant is None:
        return False
    if isinstance(meant, AskedPrice):
        return await _glanced(ctx, meant.symbols)
    await ctx.services.questions.close(dialogue)
    await _carry_out(ctx, meant)
    return True


async def _glanced(ctx: Context, symbols: tuple[str, ...]) -> bool:
    """Show prices beside an open question, if these are markets."""
    try:
        await show_prices(ctx, symbols)
    except UnknownMarket:
        return False
    return True


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
    Stray(_may_name_address, handle=stray, addresses=True),
    Stray(_is_shortcut, handle=stray),
)
