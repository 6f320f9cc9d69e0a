"""/buy and /sell: from a line, or question by question, to a card."""

from dataclasses import replace

from chatbot.domain.accounts import Venue
from chatbot.domain.alerts import target_price
from chatbot.domain.drafts import Dialogue, OrderDraft, OrderRequest
from chatbot.domain.errors import InputError
from chatbot.domain.order_questions import without_side
from chatbot.domain.orders import Side
from handlers.actions import Choose, StartOrder, TradeOnAlert
from handlers.aims import may_manage
from handlers.commands import Answer, Button, Command, Needs, Route
from handlers.context import Context
from handlers.shortcuts import reconsidered
from handlers.tickets import show

_OVER = "This question is over. /buy and /sell begin anew."


async def buy(ctx: Context) -> None:
    await _say(ctx, Side.BUY)


async def sell(ctx: Context) -> None:
    await _say(ctx, Side.SELL)


async def begin(ctx: Context, action: StartOrder) -> None:
    said = action.code or ""
    await show(ctx, await ctx.services.trading.say(said, side=action.side, person=ctx.person.id, chat=ctx.chat.id))


async def begin_on_alert(ctx: Context, action: TradeOnAlert) -> None:
    """The side and the market are known, and the alert's price is offered for a limit."""
    alert = await ctx.services.alerts.get(action.alert)
    request = OrderRequest(side=action.side, symbol=action.code)
    if alert is not None and alert.market == action.code and await may_manage(ctx, alert.place):
        await _check_venue(ctx, alert.venue)
        request = replace(request, symbol=alert.pair, at_hand=target_price(alert.rule))
    await show(ctx, await ctx.services.trading.advance(request, person=ctx.person.id, chat=ctx.chat.id, guided=True))


async def _check_venue(ctx: Context, venue: Venue) -> None:
    """Raises `InputError` where an order would go to another exchange than the one whose price was told."""
    active = await ctx.services.markets.venue_for(ctx.person.id)
    if active is not venue:
        live, practice = "the live exchange", "the practice exchange"
        told, used = (live, practice) if venue.is_live else (practice, live)
        raise InputError(
            f"This alert is about {told}, and your orders go to {used} now. Switch with /accounts, or write the order."
        )


async def choose(ctx: Context, action: Choose) -> None:
    chosen = await ctx.services.trading.choose(action.dialogue, action.choice, person=ctx.person.id, chat=ctx.chat.id)
    if chosen is None:
        await ctx.answer(_OVER, alert=True)
        return
    await ctx.answer()
    await show(ctx, chosen, in_place=True)


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    """A second thought replaces the question; an answer may say the order's own side once more."""
    if isinstance(dialogue.draft, OrderDraft):
        ctx.args = without_side(dialogue.draft, ctx.args)
    if await reconsidered(ctx, dialogue):
        return
    await show(ctx, await ctx.services.trading.answer(dialogue, ctx.args))


async def _say(ctx: Context, side: Side) -> None:
    await show(ctx, await ctx.services.trading.say(ctx.args, side=side, person=ctx.person.id, chat=ctx.chat.id))


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
        by_link=True,
    ),
    Command(
        "sell",
        "Sell, at the market or with a limit",
        handle=sell,
        usage=tuple(f"/sell {form}" for form in _FORMS),
        examples=("/sell 0.01 BTC", "/sell 25% ETH", "/sell all ETH @ 2500", "/sell 0.5 ETH @ 2500 post"),
        subject="Trade",
        needs=Needs.LINKED,
        by_link=True,
    ),
    Answer(OrderDraft, handle=answer, needs=Needs.LINKED),
    Button(StartOrder, handle=begin, needs=Needs.LINKED),
    Button(TradeOnAlert, handle=begin_on_alert, needs=Needs.LINKED),
    Button(Choose, handle=choose, needs=Needs.LINKED, answers=True),
)
