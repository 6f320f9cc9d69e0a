"""Executed trades, as the exchange's history tells them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from chatbot.domain.ids import MarketCode
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side


class TradeSpan(StrEnum):
    """How far back the exchange's history is asked for; it offers no other (api: I3)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One execution. `amount` is in the base currency, `total` and `price` in the counter currency. `number` names it
    but does not say when it was; `transaction` joins the numbers of both sides.
    """

    number: int
    transaction: str
    market: MarketCode
    side: Side
    is_maker: bool
    price: Decimal
    amount: Decimal
    total: Decimal
    fee: Amount
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TradePage:
    """One page, newest first, counted from 1 by what was asked for: the exchange's own number of it is not to be
    trusted.
    """

    trades: tuple[Trade, ...]
    number: int
    has_next: bool
