"""Whether an order at the exchange is the one a card asked for."""

from datetime import timedelta

from chatbot.domain.ids import ClientId
from chatbot.domain.intents import PlaceOrder
from chatbot.domain.orders import Order

SKEW = timedelta(seconds=60)
"""How far the exchange's clock may be behind ours."""


def is_like(order: Order, intent: PlaceOrder) -> bool:
    """Whether an order is on the market and side that were meant, however the exchange spells the market's code."""
    same_market = order.market == intent.market or (order.base, order.counter) == (intent.base, intent.counter)
    return same_market and order.side is intent.side


def is_ours(order: Order, intent: PlaceOrder, client_id: ClientId) -> bool:
    """Whether an order is the one a ticket sent: its mark, on the market and side that were meant."""
    return order.client_id == client_id and is_like(order, intent)
