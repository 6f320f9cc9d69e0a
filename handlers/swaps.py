"""/swap and /swaps: from a line, or question by question, to an order at n.exchange; and the cards of orders."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from chatbot.domain import protected
from chatbot.domain.drafts import Dialogue, PayoutDraft, SwapDraft, SwapQuestion, TransactionDraft
from chatbot.domain.errors import InputError, SwapNotFound, TicketError, TicketProblem
from chatbot.domain.ids import SwapId
from chatbot.domain.intents import CreateSwap
from chatbot.domain.notices import SwapMoved
from chatbot.domain.receiver_text import read_transaction
from chatbot.domain.swap_life import can_be_paid
from chatbot.domain.swap_text import is_reference
from chatbot.domain.swaps import FollowedSwap, Marking
from chatbot.services.swaps import AskedSwap
from handlers.actions import (
    ChooseForSwap,
    ConfirmSwap,
    GiveTransaction,
    MarkSwapPaid,
    RefreshSwap,
    SetSwapPayout,
    ShowSwap,
    ShowSwapPicture,
    ShowSwaps,
    StartSwap,
    SwapHelp,
    TurnSwap,
    UnmarkSwap,
)
from handlers.commands import Answer, Button, Command, Hearing, Protected, Route, Telling
from handlers.context import Context
from handlers.protection import protect
from handlers.shortcuts import reconsidered
from handlers.tickets import Result, acknowledge, offer_again, show
from handlers.views import swap_asking, swap_help
from handlers.views import swaps as views
from handlers.views.screen import Screen

_OVER = "This question is over. /swap begins anew."
_OF_COINS = (SwapQuestion.DEPOSIT, SwapQuestion.WITHDRAW, SwapQuestion.AMOUNT, None)
_ASKS_FOR_HELP = ("help", "?", "cancel")


async def swap(ctx: Context) -> None:
    """A new swap, or one that there is: a single word that is no coin may be its reference."""
    word = ctx.args.strip().removeprefix("#")
    if word.lower() in _ASKS_FOR_HELP:
        await ctx.reply(swap_help.answers())
        return
    try:
        asked = await ctx.services.swaps.say(ctx.args, person=ctx.person.id, chat=ctx.chat.id)
    except InputError:
        if await _is_there(ctx, word):
            return
        raise
    if isinstance(asked, AskedSwap) and _is_no_coin(asked):
        if await _is_there(ctx, word):
            await ctx.services.questions.close(asked.dialogue)
            return
        if is_reference(word) and asked.problem:
            asked = replace(asked, problem=f"{asked.problem} Nor is it the reference of one of your swaps.")
    await show(ctx, asked)


def _is_no_coin(asked: AskedSwap) -> bool:
    """Whether a single word may be understood as no coin, or as an amount alone."""
    said = bool(asked.problem) or asked.draft.request.amount is not None
    return said and asked.draft.asking is SwapQuestion.DEPOSIT and asked.draft.request.withdraw_text is None


async def _is_there(ctx: Context, word: str) -> bool:
    """Show the swap with this reference, if there is one; letters of either case will do."""
    if not is_reference(word):
        return False
    followed = await ctx.services.followed_swaps.open_of(ctx.person.id)
    alike = [each.swap.reference for each in followed if each.swap.reference.upper() == word.upper()]
    for reference in dict.fromkeys((word, *alike, word.upper())):
        with suppress(SwapNotFound):
            await _follow(ctx, reference)
            return True
    return False


async def begin(ctx: Context, _: StartSwap) -> None:
    await show(ctx, await ctx.services.swaps.say("", person=ctx.person.id, chat=ctx.chat.id))


async def choose(ctx: Context, action: ChooseForSwap) -> None:
    chosen = await ctx.services.swaps.choose(action.dialogue, action.choice, person=ctx.person.id, chat=ctx.chat.id)
    await _go_on(ctx, chosen)


async def turn(ctx: Context, action: TurnSwap) -> None:
    await _go_on(ctx, await ctx.services.swaps.turn(action.dialogue, person=ctx.person.id, chat=ctx.chat.id))


async def _go_on(ctx: Context, asked: Result | None) -> None:
    if asked is None:
        await ctx.answer(_OVER, alert=True)
        return
    await ctx.answer()
    await show(ctx, asked, in_place=True)


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """A second thought replaces the question; addresses and memos may look like one, and `swap 500` is an answer."""
    free = isinstance(dialogue.draft, SwapDraft) and dialogue.draft.asking not in _OF_COINS
    is_own = ctx.args.lower().split()[:1] == ["swap"]
    if not is_own and await reconsidered(ctx, dialogue, free=free):
        return
    await show(ctx, await ctx.services.swaps.answer(dialogue, ctx.args))


async def confirm(ctx: Context, action: ConfirmSwap) -> None:
    """The tap that creates an order, or sets its payout address: at once, or after the code of a second factor."""
    if ctx.services.factors.has(ctx.person.id):
        await _check_waits(ctx, action)
    await protect(ctx, protected.ConfirmSwap(ticket=action.ticket))


async def _check_waits(ctx: Context, action: ConfirmSwap) -> None:
    """No code is asked for what the tap cannot confirm; and a second tap would replace the question."""
    ticket = await ctx.services.tickets.get(action.ticket, person=ctx.person.id)
    if ticket is None or ticket.message not in (None, ctx.message):
        raise TicketError(TicketProblem.UNKNOWN)
    await ctx.services.tickets.check_waits(action.ticket, person=ctx.person.id)


async def confirmed(ctx: Context, action: protected.ConfirmSwap) -> None:
    """The claim is durable before anything else happens; then the order leaves at once. Its card shows what follows."""
    card = ctx.message
    if ctx.tap is None:  # a code was typed: the tap was checked before
        ticket = await ctx.services.tickets.get(action.ticket, person=ctx.person.id)
        card = ctx.message if ticket is None or ticket.message is None else ticket.message
    claimed = await ctx.services.tickets.claim(
        action.ticket, person=ctx.person.id, chat=ctx.chat.id, message=card, with_factor=True
    )
    words = "Creating…" if isinstance(claimed.intent, CreateSwap) else "Setting it…"
    done, _ = await asyncio.gather(ctx.services.tickets.execute(claimed), acknowledge(ctx, words))
    await offer_again(ctx, done)


async def swaps(ctx: Context) -> None:
    await ctx.reply(await _page(ctx, 1))


async def turn_page(ctx: Context, action: ShowSwaps) -> None:
    await ctx.edit(await _page(ctx, max(1, action.page)))


async def _page(ctx: Context, number: int) -> Screen:
    listed = await ctx.services.followed_swaps.page(ctx.person.id, page=number)
    return views.swaps(listed, now=ctx.clock.now())


async def show_swap(ctx: Context, action: ShowSwap) -> None:
    await _follow(ctx, action.reference)


async def _follow(ctx: Context, reference: str) -> None:
    """Its card comes anew, below; the one that was there before goes."""
    await ctx.services.followed_swaps.show(reference, person=ctx.person.id, chat=ctx.chat.id)


async def refresh(ctx: Context, action: RefreshSwap) -> None:
    await ctx.services.followed_swaps.refresh(action.swap, person=ctx.person.id)
    await ctx.answer("Up to date.")


async def mark(ctx: Context, action: MarkSwapPaid) -> None:
    await _mark(ctx, action.swap, paid=True)


async def unmark(ctx: Context, action: UnmarkSwap) -> None:
    await _mark(ctx, action.swap, paid=False)


async def ask_transaction(ctx: Context, action: GiveTransaction) -> None:
    followed = await _own(ctx, action.swap)
    dialogue = await ctx.services.questions.ask(
        TransactionDraft(swap=action.swap), person=ctx.person.id, chat=ctx.chat.id
    )
    message = await ctx.reply(swap_asking.transaction_question(dialogue, followed))
    await ctx.services.questions.shown(dialogue, message)


async def take_transaction(ctx: Context, dialogue: Dialogue) -> None:
    draft = dialogue.draft
    if not isinstance(draft, TransactionDraft):
        raise TypeError("not a transaction's dialogue")
    if await reconsidered(ctx, dialogue, free=True):
        return
    transaction = read_transaction(ctx.args)
    await ctx.services.questions.close(dialogue)
    if not transaction:
        await ctx.reply(swap_asking.no_transaction())
        return
    said = await _say(ctx, draft.swap, paid=True, transaction=transaction)
    await ctx.reply(swap_asking.transaction_taken(transaction, is_known=said.marking is not Marking.UNSURE))


async def ask_payout(ctx: Context, action: SetSwapPayout) -> None:
    await show(ctx, await ctx.services.swaps.ask_payout(action.swap, person=ctx.person.id, chat=ctx.chat.id))


async def take_payout(ctx: Context, dialogue: Dialogue) -> None:
    if not await reconsidered(ctx, dialogue, free=True):
        await show(ctx, await ctx.services.swaps.answer_payout(dialogue, ctx.args))


async def show_picture(ctx: Context, action: ShowSwapPicture) -> None:
    """The picture anew, in the place of the one that may be there still."""
    if can_be_paid(await _own(ctx, action.swap), now=ctx.clock.now()):
        await ctx.answer()
        await ctx.services.followed_swaps.want_picture(action.swap, person=ctx.person.id)
    else:
        await ctx.answer("It is not to be paid now; its card says why.", alert=True)


async def explain(ctx: Context, _: SwapHelp) -> None:
    await ctx.reply(swap_help.answers())


async def _say(ctx: Context, swap_id: SwapId, *, paid: bool, transaction: str = "") -> FollowedSwap:
    """Say to the service that the deposit was sent, or was not; the card shows it from then on."""
    return await ctx.services.followed_swaps.mark(
        swap_id, person=ctx.person.id, chat=ctx.chat.id, paid=paid, transaction=transaction
    )


async def _mark(ctx: Context, swap_id: SwapId, *, paid: bool) -> None:
    said = await _say(ctx, swap_id, paid=paid)
    if said.marking is Marking.UNSURE:
        await ctx.answer("No answer came: whether the service noted it is not known. Its card says so.", alert=True)
    else:
        await ctx.answer("Noted. I tell you when your deposit is seen." if paid else "Taken back.")


async def _own(ctx: Context, swap_id: SwapId) -> FollowedSwap:
    followed = await ctx.services.followed_swaps.get(swap_id, person=ctx.person.id)
    if followed is None:
        raise InputError("This swap is not known here. /swaps lists yours.")
    return followed


async def _moved(hearing: Hearing, notices: Sequence[SwapMoved]) -> Screen:
    return views.moved(notices, now=hearing.now)


ROUTES: tuple[Route, ...] = (
    Command(
        "swap",
        "Turn one coin into another at n.exchange",
        handle=swap,
        usage=(
            "/swap AMOUNT COIN to COIN",
            "/swap COIN to AMOUNT COIN",
            "/swap AMOUNT COIN on NETWORK to COIN",
            "/swap AMOUNT COIN to COIN ADDRESS MEMO",
            "/swap",
            "/swap REFERENCE",
        ),
        examples=("/swap 500 USDC to BTC", "/swap USDT on Tron to 0.01 BTC", "/swap", "/swap ABCDEF"),
        subject="Swap",
        addresses=True,
        by_link=True,
    ),
    Command(
        "swaps",
        "All your swaps, page by page",
        handle=swaps,
        usage=("/swaps",),
        subject="Swap",
        by_link=True,
    ),
    Answer(SwapDraft, handle=answer, addresses=True),
    Answer(PayoutDraft, handle=take_payout, addresses=True),
    Answer(TransactionDraft, handle=take_transaction, addresses=True),
    Button(StartSwap, handle=begin),
    Button(ChooseForSwap, handle=choose, answers=True),
    Button(TurnSwap, handle=turn, answers=True),
    Button(ConfirmSwap, handle=confirm, answers=True),
    Button(ShowSwap, handle=show_swap),
    Button(ShowSwaps, handle=turn_page),
    Button(RefreshSwap, handle=refresh, answers=True),
    Button(MarkSwapPaid, handle=mark, answers=True),
    Button(UnmarkSwap, handle=unmark, answers=True),
    Button(GiveTransaction, handle=ask_transaction),
    Button(SetSwapPayout, handle=ask_payout),
    Button(ShowSwapPicture, handle=show_picture, answers=True),
    Button(SwapHelp, handle=explain),
    Protected(protected.ConfirmSwap, handle=confirmed),
)

TELLINGS = (Telling(SwapMoved, say=_moved, together=True),)
