"""Trades, orders and what was done through the bot as rows of a file. What moved nothing (yet) has no amounts."""

from typing import assert_never

from chatbot.domain.export_rows import Row
from chatbot.domain.history import Deal
from chatbot.domain.intents import Convert, CreateSwap, PlaceOrder, Withdraw
from chatbot.domain.money import ZERO, Amount, to_text
from chatbot.domain.orders import Order, Side
from chatbot.domain.swaps import SwapStatus
from chatbot.domain.tickets import NotFound, Placed, PriceRefused, RefusedBy, Requested, Ticket, TicketState
from chatbot.domain.trade_totals import Pair
from chatbot.domain.trades import Trade


def trade_row(trade: Trade, pair: Pair, *, account: str) -> Row:
    role = "maker" if trade.is_maker else "taker"
    transaction = f", transaction {trade.transaction}" if trade.transaction else ""
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
        description=f"{trade.market} {role} at {to_text(trade.price)}{transaction}",
    )


def order_row(order: Order, *, account: str) -> Row:
    """The amounts are what was executed of it."""
    base, quote, fee = _executed(order)
    return Row(
        at=order.placed_at,
        type=str(order.side),
        base=base,
        quote=quote,
        fee=fee,
        sender=account,
        receiver="",
        network="",
        id=str(order.number),
        description=f"{order.type} order, {_status(order)}: {_how_far(order)}",
    )


def deal_row(deal: Deal) -> Row:
    """The amounts are what came of it, as far as it is known."""
    ticket = deal.ticket
    match ticket.intent:
        case PlaceOrder() as intent:
            return _order_deal(deal, intent)
        case Withdraw() as intent:
            return _withdrawal_deal(deal, intent)
        case CreateSwap() as intent:
            return _swap_deal(deal, intent)
        case Convert() as intent:
            return _conversion_deal(deal, intent)
        case _:
            raise TypeError("a ticket that is no deal")


def outcome_of(deal: Deal) -> str:
    """How it ended, in a few words."""
    ticket = deal.ticket
    if deal.swap is not None:
        return deal.swap.swap.status.value.lower()
    match ticket.state:
        case TicketState.DONE:
            return "done" if ticket.order is None else _status(ticket.order)
        case TicketState.REFUSED:
            return _refusal(ticket)
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


def _refusal(ticket: Ticket) -> str:
    match ticket.outcome:
        case RefusedBy():
            return "refused"
        case PriceRefused():
            return "refused, the price had moved"
        case NotFound():
            return "sent, not placed"
        case _:
            return "not sent"


def _order_deal(deal: Deal, intent: PlaceOrder) -> Row:
    base, quote, fee = (None, None, None) if deal.ticket.order is None else _executed(deal.ticket.order)
    price = "at the market" if intent.price is None else f"at {to_text(intent.price)}"
    what = f"{intent.type} order, {intent.side} {to_text(intent.volume)} {intent.base} {price} {intent.counter}"
    return _deal(deal, type_=str(intent.side), base=base, quote=quote, fee=fee, what=what)


def _withdrawal_deal(deal: Deal, intent: Withdraw) -> Row:
    ticket, asked = deal.ticket, Amount(intent.amount, intent.currency)
    went_out = ticket.state is TicketState.DONE and isinstance(ticket.outcome, Requested)
    what = f"withdrawal of {_text(asked)}"
    return _deal(deal, type_="send", base=asked if went_out else None, receiver=intent.alias, what=what)


def _swap_deal(deal: Deal, intent: CreateSwap) -> Row:
    """A swap sells what was deposited for what was paid out; both are nothing until it is completed."""
    swap = None if deal.swap is None else deal.swap.swap
    done = swap is not None and swap.status is SwapStatus.COMPLETED
    return _deal(
        deal,
        type_="sell",
        base=Amount(swap.deposit_amount, intent.deposit.symbol) if swap is not None and done else None,
        quote=Amount(swap.withdraw_amount, intent.withdraw.symbol) if swap is not None and done else None,
        receiver=intent.new.withdraw_address,
        network=intent.withdraw.network,
        what=f"swap of {intent.deposit.symbol} to {intent.withdraw.symbol}",
    )


def _conversion_deal(deal: Deal, intent: Convert) -> Row:
    """By its order, which says what was executed: a sale of the currency sold, or a purchase of the one bought."""
    order = deal.ticket.order
    what = f"conversion of {_text(intent.sold)} to {_text(intent.bought)}"
    if order is None:
        return _deal(deal, type_="sell", what=what)
    base, quote, fee = _executed(order)
    wanted, for_it = (intent.sold, intent.bought) if order.side is Side.SELL else (intent.bought, intent.sold)
    if quote is None and base == wanted and order.counter == for_it.currency:
        quote = for_it  # all of it was executed, and the exchange holds to its quotes
    return _deal(deal, type_=str(order.side), base=base, quote=quote, fee=fee, what=what)


def _executed(order: Order) -> tuple[Amount | None, Amount | None, Amount | None]:
    """Base, counter and fee; None of what is not known to the last digit. Of nothing, nothing."""
    if not order.executed:
        return None, None, None
    total = order.executed_total
    return (
        Amount(order.executed, order.base),
        None if total is None else Amount(total, order.counter),
        order.charged,
    )


def _how_far(order: Order) -> str:
    limit = "" if order.price == ZERO else f" at {to_text(order.price)}"
    average = f", {to_text(order.average_price)} on average" if order.executed and order.average_price else ""
    return f"{to_text(order.executed)} of {to_text(order.volume)} {order.base}{limit}{average}"


def _status(order: Order) -> str:
    return order.status.value.replace("_", " ")


def _text(amount: Amount) -> str:
    return f"{to_text(amount.value)} {amount.currency}"


def _deal(
    deal: Deal,
    *,
    type_: str,
    base: Amount | None = None,
    quote: Amount | None = None,
    fee: Amount | None = None,
    receiver: str = "",
    network: str = "",
    what: str,
) -> Row:
    return Row(
        at=deal.at,
        type=type_,
        base=base,
        quote=quote,
        fee=fee,
        sender=deal.ticket.account_label,
        receiver=receiver,
        network=network,
        id=_id_of(deal),
        description=f"{what}, through the bot: {outcome_of(deal)}",
    )


def _id_of(deal: Deal) -> str:
    """What the other side calls it; a withdrawal has no name there."""
    if deal.swap is not None:
        return deal.swap.swap.reference
    outcome = deal.ticket.outcome
    return str(outcome.number) if isinstance(outcome, Placed) else deal.ticket.id
