"""A way over two orders, after the first one: what that brought, and the second order for it."""

from collections.abc import Iterable

from chatbot.domain.drafts import OrderRequest
from chatbot.domain.errors import InputError
from chatbot.domain.intents import OrderTerms
from chatbot.domain.market import Market
from chatbot.domain.money import EXACT, ZERO, Amount, multiply, round_down
from chatbot.domain.orders import Order, Side
from chatbot.domain.route_drafts import FirstOrder, RouteDraft
from chatbot.domain.routes import order_for, steps_between
from chatbot.domain.tickets import Ticket


def brought(ticket: Ticket) -> Amount | None:
    """What the first order of a way brought, less its fee: what the second can spend. None for any other ticket, and
    where it brought nothing or has not ended.
    """
    order, terms = ticket.order, ticket.terms
    if order is None or not isinstance(terms, OrderTerms) or not terms.onward or not order.status.is_final:
        return None
    received, decimals = _received(order, terms)
    fee = multiply(received.value, terms.fee_ratio) if order.fee is None else order.fee
    net = round_down(EXACT.subtract(received.value, fee), decimals=decimals)
    return Amount(net, received.currency) if net > ZERO else None


def _received(order: Order, terms: OrderTerms) -> tuple[Amount, int]:
    """Before the fee, and the decimals of its currency; by the average price where the exchange gives no total."""
    if order.side is Side.BUY:
        return Amount(order.executed, order.base), terms.volume_decimals
    total = order.executed_total
    about = multiply(order.executed, order.average_price)
    return Amount(about if total is None else total, order.counter), terms.price_decimals


def second_order(spent: Amount, onward: str, markets: Iterable[Market]) -> OrderRequest:
    """The order at the market that makes one currency of another. Raises `InputError` where no market has both."""
    ways = steps_between(spent.currency, onward, markets)
    step = next((way[0] for way in ways if len(way) == 1), None)
    if step is None:
        raise InputError(f"No order book has both {spent.currency} and {onward} now. /route compares anew.")
    second = FirstOrder(market=step.market.code, side=step.side, amount=spent.value)
    return order_for(second, RouteDraft(amount=spent.value, sell=spent.currency, buy=onward))
