"""What a ticket takes out of its account's limits."""

from decimal import Decimal

from chatbot.domain.intents import (
    CancelOrders,
    Convert,
    ConvertTerms,
    CreateSwap,
    OrderTerms,
    PlaceOrder,
    SetPayout,
    SwapTerms,
    Withdraw,
    WithdrawTerms,
)
from chatbot.domain.limits import Spend, SpendKind
from chatbot.domain.money import ZERO, divide, multiply
from chatbot.domain.orders import Order
from chatbot.domain.tickets import SwapCreated, Ticket


def spend_of(ticket: Ticket) -> Spend | None:
    """An order counts whole until it has ended, and then by what was executed of it; a swap until it ended unpaid.

    None: it takes nothing.
    """
    match ticket.intent, ticket.terms:
        case PlaceOrder() as intent, OrderTerms() as terms:
            share = _share(ticket.order)
            return Spend(
                kind=SpendKind.ORDER,
                currency=intent.counter,
                amount=multiply(terms.total, share),
                value=None if terms.value is None else multiply(terms.value, share),
            )
        case Withdraw() as intent, WithdrawTerms() as terms:
            return Spend(kind=SpendKind.WITHDRAWAL, currency=intent.currency, amount=intent.amount, value=terms.value)
        case CreateSwap(), SwapTerms() as terms:
            if isinstance(ticket.outcome, SwapCreated) and ticket.outcome.unpaid:
                return None
            sent = terms.deposit
            return Spend(kind=SpendKind.SWAP, currency=sent.currency, amount=sent.value, value=terms.value)
        case Convert() as intent, ConvertTerms() as terms:
            share = _share(ticket.order)
            return Spend(
                kind=SpendKind.ORDER,
                currency=intent.sell,
                amount=multiply(intent.sold.value, share),
                value=None if terms.value is None else multiply(terms.value, share),
            )
        case ((CancelOrders() | SetPayout()), _):
            return None
        case _:
            raise TypeError("an intent that is not counted, or another intent's terms")


def _share(order: Order | None) -> Decimal:
    """How much of an order counts, 0 to 1, whatever the exchange says of it."""
    if order is None or not order.status.is_final or order.volume <= ZERO:
        return Decimal(1)
    return min(max(divide(order.executed, order.volume), ZERO), Decimal(1))
