"""/route: the same amount on every way there is, best first; a button opens the card of one."""

from chatbot.domain.convert_drafts import ConvertDraft
from chatbot.domain.drafts import Dialogue
from chatbot.domain.errors import InputError, TicketError, TicketProblem
from chatbot.domain.intents import Convert, OrderTerms, PlaceOrder
from chatbot.domain.orders import Side
from chatbot.domain.route_drafts import RouteDraft, RouteKind
from chatbot.domain.routes import RouteRequest, conversion_for, order_for, read_route, spending_of, swap_for
from chatbot.domain.tickets import Ticket
from handlers.actions import CompareConversion, CompareTicket, SecondOrder, TakeRoute
from handlers.commands import Answer, Button, Command, Route
from handlers.context import Context
from handlers.shortcuts import answer_by_word
from handlers.tickets import Result, show
from handlers.views import routes as views

_OVER = "This comparison is over. /route compares anew."


async def route(ctx: Context) -> None:
    await _compare(ctx, read_route(ctx.args))


async def compare_conversion(ctx: Context, action: CompareConversion) -> None:
    dialogue = await ctx.services.questions.find(action.dialogue, person=ctx.person.id, chat=ctx.chat.id)
    draft = None if dialogue is None else dialogue.draft
    wanted = spending_of(draft) if isinstance(draft, ConvertDraft) else None
    if wanted is None:
        await ctx.answer(_OVER, alert=True)
        return
    await ctx.answer()
    await _compare(ctx, wanted)


async def compare_ticket(ctx: Context, action: CompareTicket) -> None:
    ticket = await ctx.services.tickets.get(action.ticket, person=ctx.person.id)
    if ticket is None:
        raise TicketError(TicketProblem.UNKNOWN)
    await _compare(ctx, _spending_of(ticket))


async def go_on(ctx: Context, action: SecondOrder) -> None:
    ticket = await ctx.services.tickets.get(action.ticket, person=ctx.person.id)
    if ticket is None:
        raise TicketError(TicketProblem.UNKNOWN)
    await show(ctx, await ctx.services.trading.second(ticket))


async def _compare(ctx: Context, request: RouteRequest) -> None:
    found = await ctx.services.routes.compare(request, person=ctx.person.id, chat=ctx.chat.id)
    message = await ctx.reply(views.compared(found))
    if found.dialogue is not None:
        await ctx.services.questions.shown(found.dialogue, message)


def _spending_of(ticket: Ticket) -> RouteRequest:
    """What a card spends, and on what. Raises `InputError` for one that turns nothing into something else."""
    intent, terms = ticket.intent, ticket.terms
    if isinstance(intent, Convert):
        return RouteRequest(amount=intent.sold.value, sell=intent.sell, buy=intent.buy)
    if not isinstance(intent, PlaceOrder) or not isinstance(terms, OrderTerms):
        raise InputError("Only an order or a conversion can be compared.")
    if intent.side is Side.BUY:
        return RouteRequest(amount=terms.total, sell=intent.counter, buy=intent.base)
    return RouteRequest(amount=intent.volume, sell=intent.base, buy=intent.counter)


async def take(ctx: Context, action: TakeRoute) -> None:
    dialogue = await ctx.services.questions.find(action.dialogue, person=ctx.person.id, chat=ctx.chat.id)
    draft = None if dialogue is None else dialogue.draft
    if not isinstance(draft, RouteDraft) or action.kind not in draft.kinds:
        await ctx.answer(_OVER, alert=True)
        return
    await _open(ctx, draft, action.kind)


async def answer(ctx: Context, dialogue: Dialogue) -> None:
    draft = dialogue.draft
    if not isinstance(draft, RouteDraft):
        raise TypeError("not a comparison's dialogue")

    async def take_way(kind: RouteKind) -> None:
        await _open(ctx, draft, kind)

    await answer_by_word(ctx, dialogue, draft.kinds, take=take_way, otherwise=views.not_said(draft))


async def _open(ctx: Context, draft: RouteDraft, kind: RouteKind) -> None:
    """Show the card of a way, or its next question. Raises what the desks raise; the comparison then stays open."""
    person, chat = ctx.person.id, ctx.chat.id
    if kind is RouteKind.BOOK and draft.order is not None:
        order = order_for(draft.order, draft)
        result: Result = await ctx.services.trading.advance(order, person=person, chat=chat, guided=False)
    elif kind is RouteKind.SWAP and draft.swap is not None:
        result = await ctx.services.swaps.advance(swap_for(draft.swap, draft), person=person, chat=chat)
    elif kind is RouteKind.INSTANT and draft.instant:
        result = await ctx.services.conversions.advance(conversion_for(draft), person=person, chat=chat)
    else:
        raise ValueError("no such way is offered")
    await ctx.answer()
    await show(ctx, result, in_place=True)


ROUTES: tuple[Route, ...] = (
    Command(
        "route",
        "Which way is cheaper: order book, Instant Trade or n.exchange",
        handle=route,
        usage=("/route AMOUNT COIN to COIN",),
        examples=("/route 100 USDT to ETH", "/route 0.01 BTC to XRP", "/route 500 USDT on Tron to BTC"),
        subject="Trade",
        by_link=True,
    ),
    Answer(RouteDraft, handle=answer, addresses=True),
    Button(TakeRoute, handle=take, answers=True),
    Button(CompareTicket, handle=compare_ticket),
    Button(SecondOrder, handle=go_on),
    Button(CompareConversion, handle=compare_conversion, answers=True),
)
