"""/orders, /order, /cancel."""

from chatbot.domain.errors import InputError
from chatbot.domain.ids import AccountId, OrderNumber
from chatbot.domain.orders import OrderFilter
from chatbot.domain.tickets import Ticket
from handlers.actions import CancelAll, CancelOrder, ShowOrder, ShowOrders
from handlers.commands import Button, Command, Needs, Route
from handlers.context import Context
from handlers.tickets import show
from handlers.views import orders as views
from handlers.views.screen import Screen

_MOST_DIGITS = 18


async def orders(ctx: Context) -> None:
    which, symbol = read_filter(ctx.args)
    listed = await ctx.services.orders.page(ctx.person.id, which=which, symbol=symbol)
    await ctx.reply(views.order_list(listed, now=ctx.clock.now()))


async def turn(ctx: Context, action: ShowOrders) -> None:
    listed = await ctx.services.orders.page(
        ctx.person.id, which=action.which, symbol=action.code or "", page=max(1, action.page), account=action.account
    )
    await ctx.edit(views.order_list(listed, now=ctx.clock.now()))


async def order(ctx: Context) -> None:
    if not ctx.args:
        raise InputError("Which order? Write it like /order 54259; /orders lists them.")
    await ctx.reply(await _order(ctx, read_number(ctx.args)))


async def show_order(ctx: Context, action: ShowOrder) -> None:
    await ctx.edit(await _order(ctx, action.number, account=action.account))


async def cancel(ctx: Context) -> None:
    """`/cancel` picks, `/cancel 54259`, `/cancel BTC`, `/cancel all`."""
    word = ctx.args.strip()
    if not word:
        listed = await ctx.services.orders.page(ctx.person.id)
        await ctx.offer(views.order_list(listed, now=ctx.clock.now(), picking=True))
    elif word.lstrip("#").isdigit():
        await show(ctx, await _cancel_one(ctx, read_number(word)))
    else:
        await show(ctx, await _cancel_open(ctx, "" if word.lower() == "all" else word))


async def cancel_order(ctx: Context, action: CancelOrder) -> None:
    await show(ctx, await _cancel_one(ctx, action.number, account=action.account))


async def cancel_all(ctx: Context, action: CancelAll) -> None:
    await show(ctx, await _cancel_open(ctx, action.code or "", account=action.account))


def read_filter(text: str) -> tuple[OrderFilter, str]:
    """`closed`, `all`, `open`, a market, or a state and a market. Raises `InputError`."""
    which, symbol = OrderFilter.OPEN, ""
    for word in text.split():
        if word.lower() in set(OrderFilter):
            which = OrderFilter(word.lower())
        elif not symbol:
            symbol = word
        else:
            raise InputError("Write it like /orders, /orders closed or /orders all BTC.")
    return which, symbol


def read_number(text: str) -> OrderNumber:
    """An order's number, `#54259` or `54259`. Raises `InputError`."""
    digits = text.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS and int(digits)):
        raise InputError("An order has a number, like 54259; /orders lists yours.")
    return OrderNumber(int(digits))


async def _order(ctx: Context, number: OrderNumber, *, account: AccountId | None = None) -> Screen:
    holder, found = await ctx.services.orders.order(ctx.person.id, number, account=account)
    return views.order(holder, found, now=ctx.clock.now())


async def _cancel_one(ctx: Context, number: OrderNumber, *, account: AccountId | None = None) -> Ticket:
    return await ctx.services.orders.cancel_one(ctx.person.id, number, chat=ctx.chat.id, account=account)


async def _cancel_open(ctx: Context, symbol: str, *, account: AccountId | None = None) -> Ticket:
    return await ctx.services.orders.cancel_open(ctx.person.id, chat=ctx.chat.id, symbol=symbol, account=account)


ROUTES: tuple[Route, ...] = (
    Command(
        "orders",
        "Your orders, each with a cancel button",
        handle=orders,
        usage=("/orders", "/orders closed", "/orders all", "/orders MARKET"),
        examples=("/orders", "/orders closed BTC"),
        subject="Trade",
        needs=Needs.LINKED,
        by_link=True,
    ),
    Command(
        "order",
        "One order in full",
        handle=order,
        usage=("/order NUMBER",),
        examples=("/order 54259",),
        subject="Trade",
        needs=Needs.LINKED,
    ),
    Command(
        "cancel",
        "Cancel orders",
        handle=cancel,
        usage=("/cancel", "/cancel NUMBER", "/cancel MARKET", "/cancel all"),
        examples=("/cancel 54259", "/cancel BTC"),
        subject="Trade",
        needs=Needs.LINKED,
    ),
    Button(ShowOrders, handle=turn, needs=Needs.LINKED),
    Button(ShowOrder, handle=show_order, needs=Needs.LINKED),
    Button(CancelOrder, handle=cancel_order, needs=Needs.LINKED),
    Button(CancelAll, handle=cancel_all, needs=Needs.LINKED),
)
