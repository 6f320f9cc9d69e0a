"""Whether an order or a trade at the exchange is what came of a conversion. It carries no mark of ours (api: I2)."""

from datetime import datetime

from chatbot.domain.intents import Convert
from chatbot.domain.orders import Order, Side
from chatbot.domain.trades import Trade


def is_between(order: Order, intent: Convert) -> bool:
    """Whether an order sells what was to be sold for what was to be bought."""
    pair = (order.base, order.counter) if order.side is Side.SELL else (order.counter, order.base)
    return pair == (intent.sell, intent.buy)


def may_be(order: Order, intent: Convert, *, since: datetime) -> bool:
    """Whether an order could be the conversion's: unmarked, the same way, and not from before the tap."""
    return not order.client_id and is_between(order, intent) and order.placed_at >= since


def has_amount(order: Order, intent: Convert) -> bool:
    """Whether its volume, which is in the base currency, is the one that was to be sold, or bought."""
    wanted = intent.sold.value if order.side is Side.SELL else intent.bought.value
    return order.volume == wanted


def may_be_traded(trade: Trade, intent: Convert, *, since: datetime) -> bool:
    """Whether an execution could be part of it: the same way, and not from before the tap.

    A trade names its market by its code alone, which is the base currency's followed by the counter currency's.
    """
    base, counter = (intent.sell, intent.buy) if trade.side is Side.SELL else (intent.buy, intent.sell)
    return trade.market == f"{base}{counter}" and trade.at >= since
