"""Trades, orders and what was done through the bot as rows of a file."""

from decimal import Decimal
from typing import assert_never

from chatbot.domain.export_rows import Row
from chatbot.domain.history import Deal
from chatbot.domain.intents import Convert, CreateSwap, PlaceOrder, Withdraw
from chatbot.domain.money import ZERO, Amount, multiply, to_text
from chatbot.domain.orders import Order
from chatbot.domain.swaps import FollowedSwap, SwapStatus
from chatbot.domain.tickets import Placed, RefusedBy, Requested, Ticket, TicketState
from chatbot.domain.trade_totals import Pair
from chatbot.domain.trades import Trade


def trade_row(trade: Trade, pair: Pair, *, account: str) -> Row:
    role = "maker" if trade.is_maker else "taker"
    return Row(
        at=trade.at,
        type=str(trade.side),
        base=Amount(trade.amount, pair.base),
        quote=Amount(trade.total, pair.counter),
        fee=trade.fee,
        sender=account,
        receiver="",
        network="",
        id=str(trade.number),
        description=f"{trade.market} {role} at {to_text(trade.price)}, transaction {trade.transaction}",
    )


def order_row(order: Order, *, account: str) -> Row:
    """The amounts are what was executed of it."""
    price = "" if order.price == ZERO else f" at {to_text(order.price)}"
    wanted = f"{to_text(order.executed)} of {to_text(order.volume)} {order.base}{price}"
    status = order.status.value.replace("_", " ")
    return Row(
        at=order.placed_at,
        type=str(order.side),
        base=Amount(order.executed, order.base),
        quote=Amount(multiply(order.executed, order.average_price), order.counter),
        fee=None,
        sender=account,
        receiver="",
        network="",
        id=str(order.number),
        description=f"{order.type} order, {status}: {wanted}",
    )


def deal_row(deal: Deal) -> Row:
    """The amounts are what came of it, as far as it is known; what came to nothing has none."""
    ticket = deal.ticket
    match ticket.intent:
        case PlaceOrder() as intent:
            return _order_deal(deal, intent)
        case Withdraw() as intent:
            sent = Amount(intent.amount if _went_out(ticket) else ZERO, intent.currency)
            return _deal(deal, type_="send", base=sent, receiver=intent.alias, what="withdrawal")
        case CreateSwap() as intent:
            return _swap_deal(deal, intent)
        case Convert() as intent:
            return _conversion_deal(deal, intent)
        case _:
            raise TypeError("a ticket that is no deal")


def _order_deal(deal: Deal, intent: PlaceOrder) -> Row:
    order = deal.ticket.order
    executed, price = (ZERO, ZERO) if order is None else (order.executed, order.average_price)
    what = f"{intent.type} order" + ("" if order is None else f" {order.number}, {order.status.value}")
    return _deal(
        deal,
        type_=str(intent.side),
        base=Amount(executed, intent.base),
        quote=Amount(multiply(executed, price), intent.counter),
        what=what,
    )


def _swap_deal(deal: Deal, intent: CreateSwap) -> Row:
    """A swap sells what was deposited for what was paid out; both are nothing until it is completed."""
    deposit, withdraw = swap_amounts(deal.swap) if deal.swap is not None else (ZERO, ZERO)
    what = "swap" if deal.swap is None else f"swap {deal.swap.swap.reference}, {deal.swap.swap.status.value.lower()}"
    return _deal(
        deal,
        type_="sell",
        base=Amount(deposit, intent.deposit.symbol),
        quote=Amount(withdraw, intent.withdraw.symbol),
        receiver=intent.new.withdraw_address,
        network=intent.withdraw.network,
        what=what,
    )


def _conversion_deal(deal: Deal, intent: Convert) -> Row:
    """By its order, which says what was executed: a sale of the currency sold, or a purchase of the one bought."""
    order = deal.ticket.order
    what = "conversion" if order is None else f"conversion, order {order.number}, {order.status.value}"
    if order is None:
        sold = Amount(ZERO, intent.sell)
        return _deal(deal, type_="sell", base=sold, quote=Amount(ZERO, intent.buy), what=what)
    return _deal(
        deal,
        type_=str(order.side),
        base=Amount(order.executed, order.base),
        quote=Amount(multiply(order.executed, order.average_price), order.counter),
        what=what,
    )


def swap_amounts(followed: FollowedSwap) -> tuple[Decimal, Decimal]:
    """What a swap took and gave."""
    swap = followed.swap
    done = swap.status is SwapStatus.COMPLETED
    return (swap.deposit_amount, swap.withdraw_amount) if done else (ZERO, ZERO)


def _deal(
    deal: Deal,
    *,
    type_: str,
    base: Amount,
    quote: Amount | None = None,
    receiver: str = "",
    network: str = "",
    what: str,
) -> Row:
    ticket = deal.ticket
    return Row(
        at=deal.at,
        type=type_,
        base=base,
        quote=quote,
        fee=None,
        sender=ticket.account_label,
        receiver=receiver,
        network=network,
        id=_id_of(deal),
        description=f"{what} through the bot: {outcome_of(ticket)}",
    )


def _id_of(deal: Deal) -> str:
    """What the other side calls it; a withdrawal has no name there."""
    if deal.swap is not None:
        return deal.swap.swap.reference
    outcome = deal.ticket.outcome
    return str(outcome.number) if isinstance(outcome, Placed) else deal.ticket.id


def _went_out(ticket: Ticket) -> bool:
    return ticket.state is TicketState.DONE and isinstance(ticket.outcome, Requested)


def outcome_of(ticket: Ticket) -> str:
    """How it ended, in a word or two."""
    match ticket.state:
        case TicketState.DONE:
            return "done"
        case TicketState.REFUSED:
            return "refused" if isinstance(ticket.outcome, RefusedBy) else "not sent"
        case TicketState.CLAIMED:
            return "being sent"
        case TicketState.UNCERTAIN:
            return "outcome not known yet"
        case (
            TicketState.PENDING | TicketState.CONTINUED | TicketState.HELD | TicketState.DECLINED | TicketState.EXPIRED
        ):
            return "not sent"
        case _:
            assert_never(ticket.state)
