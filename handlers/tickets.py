"""Taps on cards, whatever they are for: confirm, continue, cancel, repeat, refresh; and /pending."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from chatbot.domain.errors import FactorMissing, InputError, TicketError, TicketProblem
from chatbot.domain.intents import Convert, CreateSwap, Intent, PlaceOrder, Withdraw
from chatbot.domain.protected import CloseUncertain, ConfirmWithdrawal
from chatbot.domain.tickets import Moved, PriceRefused, Ticket
from chatbot.services.conversions import AskedConversion
from chatbot.services.swap_payouts import AskedPayout
from chatbot.services.swaps import AskedSwap
from chatbot.services.trading import Asked
from chatbot.services.withdrawals import AskedWithdrawal
from handlers.actions import (
    ConfirmTicket,
    ContinueTicket,
    DeclineTicket,
    RefreshTicket,
    RepeatTicket,
    SettleByWord,
    ShowPending,
    ShowTicket,
)
from handlers.commands import Button, Command, Needs, Protected, Route
from handlers.context import Context
from handlers.protection import protect
from handlers.views import conversions, swap_asking, trading, withdrawals
from handlers.views import tickets as cards
from handlers.views.screen import Screen

_HEAD_START = 0.001  # seconds by which an order goes before the answer to its tap

Result = Asked | AskedWithdrawal | AskedSwap | AskedPayout | AskedConversion | Ticket
"""What a desk makes of what a person said: the next question, or the card."""


async def confirm(ctx: Context, action: ConfirmTicket) -> None:
    """The tap that moves money. The claim is durable before anything else happens; then the order leaves at once."""
    ticket = await ctx.services.tickets.claim(
        action.ticket, person=ctx.person.id, chat=ctx.chat.id, message=ctx.message
    )
    done, _ = await asyncio.gather(ctx.services.tickets.execute(ticket), acknowledge(ctx, "Sending…"))
    await offer_again(ctx, done)


async def proceed(ctx: Context, action: ContinueTicket) -> None:
    """The first step of two: asks for the second. The card shows what to type."""
    services = ctx.services
    await services.tickets.check_waits(action.ticket, person=ctx.person.id)  # a second tap would replace the question
    challenge = await services.protection.ask(
        ConfirmWithdrawal(ticket=action.ticket), person=ctx.person.id, chat=ctx.chat.id
    )
    if challenge is None:
        raise FactorMissing  # a withdrawal always takes a second step
    try:
        ticket = await services.tickets.proceed(
            action.ticket,
            person=ctx.person.id,
            chat=ctx.chat.id,
            message=ctx.message,
            number=challenge.number or "",
        )
    except Exception:
        await services.questions.close(challenge.dialogue)
        raise
    await ctx.answer()
    await ctx.edit(cards.card(ticket, now=ctx.clock.now()))


async def confirm_withdrawal(ctx: Context, action: ConfirmWithdrawal) -> None:
    """The second step was right. The card shows what follows."""
    await offer_again(ctx, await ctx.services.tickets.confirm(action.ticket, person=ctx.person.id))


async def decline(ctx: Context, action: DeclineTicket) -> None:
    await ctx.services.tickets.decline(action.ticket, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.services.protection.drop(action.ticket, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.answer("Nothing was sent.")


async def repeat(ctx: Context, action: RepeatTicket) -> None:
    ticket = await ctx.services.tickets.get(action.ticket, person=ctx.person.id)
    if ticket is None:
        await ctx.answer("This card is not known here any more.", alert=True)
        return
    await ctx.answer()
    await show(ctx, await _again(ctx, ticket))


async def refresh(ctx: Context, action: RefreshTicket) -> None:
    await ctx.services.tickets.look_now(action.ticket, person=ctx.person.id)


async def settle(ctx: Context, action: SettleByWord) -> None:
    await protect(ctx, CloseUncertain(ticket=action.ticket, was_sent=action.was_sent))


async def close_uncertain(ctx: Context, action: CloseUncertain) -> None:
    await ctx.services.tickets.settle_by_word(action.ticket, person=ctx.person.id, was_sent=action.was_sent)


async def show_ticket(ctx: Context, action: ShowTicket) -> None:
    """The card anew, below everything else; it lives on there."""
    ticket = await ctx.services.tickets.get(action.ticket, person=ctx.person.id)
    if ticket is None:
        raise TicketError(TicketProblem.UNKNOWN)
    await show(ctx, ticket)


async def pending(ctx: Context) -> None:
    await ctx.reply(await _pending(ctx))


async def refresh_pending(ctx: Context, action: ShowPending) -> None:
    await ctx.edit(await _pending(ctx))


async def show(ctx: Context, result: Result, *, in_place: bool = False) -> None:
    """Show the next question, or the card; and remember which message it is."""
    screen = _screen(ctx, result)
    message = await (ctx.edit(screen) if in_place else ctx.reply(screen))
    if isinstance(result, Ticket):
        await ctx.services.tickets.attach(result.id, message)
    else:
        await ctx.services.questions.shown(result.dialogue, message)


def _screen(ctx: Context, result: Result) -> Screen:
    match result:
        case Ticket():
            return cards.card(result, now=ctx.clock.now())
        case Asked():
            return trading.question(result)
        case AskedWithdrawal():
            return withdrawals.question(result)
        case AskedSwap():
            return swap_asking.question(result)
        case AskedPayout():
            return swap_asking.payout_question(result)
        case AskedConversion():
            return conversions.question(result)


async def offer_again(ctx: Context, ticket: Ticket) -> None:
    """What moved before it was sent, or was refused because it had, is shown as it is now."""
    if isinstance(ticket.outcome, Moved | PriceRefused):
        await show(ctx, await _again(ctx, ticket))


async def _again(ctx: Context, ticket: Ticket) -> Result:
    again = _AGAIN.get(type(ticket.intent))
    if again is None:
        raise InputError("This cannot be repeated; please ask for it anew.")
    return await again(ctx, ticket)


async def _order_again(ctx: Context, ticket: Ticket) -> Result:
    return await ctx.services.trading.again(ticket)


async def _withdraw_again(ctx: Context, ticket: Ticket) -> Result:
    return await ctx.services.withdrawals.again(ticket)


async def _swap_again(ctx: Context, ticket: Ticket) -> Result:
    return await ctx.services.swaps.again(ticket)


async def _convert_again(ctx: Context, ticket: Ticket) -> Result:
    return await ctx.services.conversions.again(ticket)


_AGAIN: Mapping[type[Intent], Callable[[Context, Ticket], Awaitable[Result]]] = {
    PlaceOrder: _order_again,
    Withdraw: _withdraw_again,
    CreateSwap: _swap_again,
    Convert: _convert_again,
}


async def acknowledge(ctx: Context, words: str) -> None:
    """Answer a tap that sends something, right after that."""
    await ctx.clock.sleep(_HEAD_START)
    await ctx.answer(words)


async def _pending(ctx: Context) -> Screen:
    return cards.pending(await ctx.services.tickets.unsettled_of(ctx.person.id), now=ctx.clock.now())


ROUTES: tuple[Route, ...] = (
    Command(
        "pending",
        "What waits, or has no known outcome yet",
        handle=pending,
        usage=("/pending",),
        subject="Trade",
        needs=Needs.ROWS,
        by_link=True,
    ),
    Button(ConfirmTicket, handle=confirm, answers=True),
    Button(ContinueTicket, handle=proceed, answers=True),
    Button(DeclineTicket, handle=decline, needs=Needs.ROWS, answers=True),
    Button(RepeatTicket, handle=repeat, answers=True),
    Button(RefreshTicket, handle=refresh),
    Button(SettleByWord, handle=settle),
    Button(ShowTicket, handle=show_ticket, needs=Needs.ROWS),
    Button(ShowPending, handle=refresh_pending, needs=Needs.ROWS),
    Protected(ConfirmWithdrawal, handle=confirm_withdrawal),
    Protected(CloseUncertain, handle=close_uncertain),
)
