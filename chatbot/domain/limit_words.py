"""Limits in words, for notices, the audit log and screens alike."""

from decimal import Decimal

from chatbot.domain.limits import VALUED_IN, LimitKind
from chatbot.domain.money import grouped, multiply

_NAMES = {
    LimitKind.ORDER: "largest order",
    LimitKind.ORDERS: "orders a day",
    LimitKind.WITHDRAWAL: "largest withdrawal",
    LimitKind.WITHDRAWALS: "withdrawals a day",
    LimitKind.DISTANCE: "price distance",
    LimitKind.SWAP: "largest swap",
    LimitKind.SWAPS: "swaps a day",
}


def name_of(kind: LimitKind, currency: str = "") -> str:
    """`orders a day`; `XRP withdrawals a day` for a currency's own."""
    return f"{currency} {_NAMES[kind]}".strip()


def value_in_words(kind: LimitKind, currency: str, value: Decimal) -> str:
    """`5,000 USDT`, `500 XRP`, `10%`."""
    if kind is LimitKind.DISTANCE:
        return f"{grouped(multiply(value, Decimal(100)))}%"
    if not value:
        return "none at all"
    return f"{grouped(value)} {currency or VALUED_IN}"


def limit_in_words(kind: LimitKind, currency: str, value: Decimal) -> str:
    """`largest order: 5,000 USDT`."""
    return f"{name_of(kind, currency)}: {value_in_words(kind, currency, value)}"
