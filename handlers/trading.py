"""/buy and /sell: from a line, or question by question, to a card; and the taps on that card."""

import asyncio

from chatbot.domain.drafts import Dialogue, OrderDraft
from chatbot.domain.ids import PersonId
from chatbot.domain.orders import Side
from chatbot.domain.tickets import Moved, Ticket
from chatbot.services.trading import Asked
from handlers.actions import (
    Choose,
    ConfirmTicket,
    DeclineTicket,
    DropDialogue,
    RefreshTicket,
    RepeatTicket,
    ShowPending,
    StartOrder,
)
from handlers.commands import Answer, Button, Command, Needs, Route
from handlers.context import Context
from handlers.views import tickets as cards
from handlers.views import trading as views
from handlers.views.html import text
from handlers.views.screen import Screen

_HEAD_START = 0.001  # seconds by which an order goes before the answer to its tap
_OVER = "This question is over. /buy and /sell begin anew."


async def buy(ctx: Context) -> None:
    await _say(ctx, Side.BUY)


async def sell(ctx: Context) -> None:
    await _say(ctx, Side.SELL)


async def begin(ctx: Context, action: StartOrder) -> None:
    said = action.code or ""
    await show(ctx, await ctx.services.trading.say(said, side=action.side, person=ctx.person.id, chat=ctx.chat.id))


async def choose(ctx: Context, action: Choose) -> None:
    chosen = await ctx.services.trading.choose(action.dialogue, action.choice, person=ctx.person.id, chat=ctx.chat.id)
    if chosen is None:
        await ctx.answer(_OVER, alert=True)
        return
    await ctx.answer()
    await show(ctx, chosen, in_place=True)


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    await show(ctx, await ctx.services.trading.answer(dialogue, ctx.args))


async def drop(ctx: Context, action: DropDialogue) -> None:
    await ctx.services.questions.drop(action.dialogue, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.edit(Screen(text("Never mind. Nothing was sent.")))


async def confirm(ctx: Context, action: ConfirmTicket) -> None:
    """The tap that moves money. The claim is durable before anything else happens; then the order leaves at once."""
    ticket = await ctx.services.tickets.claim(
        action.ticket, person=ctx.person.id, chat=ctx.chat.id, message=ctx.message
    )
    done, _ = await asyncio.gather(ctx.services.tickets.execute(ticket), _acknowledge(ctx))
    if isinstance(done.outcome, Moved):
        await show(ctx, await ctx.services.trading.again(done))


async def _acknowledge(ctx: Context) -> None:
    await ctx.clock.sleep(_HEAD_START)
    await ctx.answer("Sending…")


async def decline(ctx: Context, action: DeclineTicket) -> None:
    await ctx.services.tickets.decline(action.ticket, person=ctx.person.id, chat=ctx.chat.id)
    await ctx.answer("Nothing was sent.")


async def repeat(ctx: Context, action: RepeatTicket) -> None:
    ticket = await ctx.services.tickets.get(action.ticket, person=ctx.person.id)
    if ticket is None:
        await ctx.answer("This card is not known here any more.", alert=True)
        return
    await ctx.answer()
    await show(ctx, await ctx.services.trading.again(ticket))


async def refresh(ctx: Context, action: RefreshTicket) -> None:
    await ctx.services.tickets.look_now(action.ticket, person=ctx.person.id)


async def pending(ctx: Context) -> None:
    await ctx.reply(await _pending(ctx, ctx.person.id))


async def refresh_pending(ctx: Context, action: ShowPending) -> None:
    await ctx.edit(await _pending(ctx, ctx.person.id))


async def show(ctx: Context, result: Asked | Ticket, *, in_place: bool = False) -> None:
    """Show the next question, or the card; and remember which message it is."""
    if isinstance(result, Ticket):
        screen = cards.card(result, now=ctx.clock.now())
        message = await (ctx.edit(screen) if in_place else ctx.reply(screen))
        await ctx.services.tickets.attach(result.id, message)
    else:
        screen = views.question(result)
        message = await (ctx.edit(screen) if in_place else ctx.reply(screen))
        await ctx.services.trading.shown(result, message)


async def _say(ctx: Context, side: Side) -> None:
    await show(ctx, await ctx.services.trading.say(ctx.args, side=side, person=ctx.person.id, chat=ctx.chat.id))


async def _pending(ctx: Context, person: PersonId) -> Screen:
    return cards.pending(await ctx.services.tickets.unsettled_of(person), now=ctx.clock.now())


_FORMS = ("AMOUNT MARKET", "AMOUNT MARKET @ PRICE", "MARKET AMOUNT PRICE", "SUM CURRENCY of MARKET", "… post")

ROUTES: tuple[Route, ...] = (
    Command(
        "buy",
        "Buy, at the market or with a limit",
        handle=buy,
        usage=tuple(f"/buy {form}" for form in _FORMS),
        examples=(
            "/buy 0.01 BTC",
            "/buy 0.01 BTC @ 60000",
            "/buy BTCUSDT 0.01 60k",
            "/buy 100 USDT of BTC",
            "/buy BTC",
        ),
        subject="Trade",
        needs=Needs.LINKED,
    ),
    Command(
        "sell",
        "Sell, at the market or with a limit",
        handle=sell,
        usage=tuple(f"/sell {form}" for form in _FORMS),
        examples=("/sell 0.01 BTC", "/sell 25% ETH", "/sell all ETH @ 2500", "/sell 0.5 ETH @ 2500 post"),
        subject="Trade",
        needs=Needs.LINKED,
    ),
    Command(
        "pending",
        "What has no known outcome yet",
        handle=pending,
        usage=("/pending",),
        subject="Trade",
        needs=Needs.ACCESS,
    ),
    Answer(OrderDraft, handle=answer, needs=Needs.LINKED),
    Button(StartOrder, handle=begin, needs=Needs.LINKED),
    Button(Choose, handle=choose, needs=Needs.LINKED, answers=True),
    Button(DropDialogue, handle=drop),
    Button(ConfirmTicket, handle=confirm, answers=True),
    Button(DeclineTicket, handle=decline, answers=True),
    Button(RepeatTicket, handle=repeat, needs=Needs.LINKED, answers=True),
    Button(RefreshTicket, handle=refresh),
    Button(ShowPending, handle=refresh_pending),
)
