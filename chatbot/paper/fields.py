"""Reading the fields of a request to the control panel. Everything raises ``ValueError`` with a sentence."""

from decimal import Decimal, InvalidOperation
from typing import Any

from chatbot.paper import wire
from chatbot.paper.accounts import Account
from chatbot.paper.exchange import Exchange
from chatbot.paper.market import MARKETS_BY_CODE
from chatbot.paper.refusals import Refused

Fields = dict[str, Any]

LONGEST_WAIT_SECONDS = 3600


def read_seconds(fields: Fields, name: str) -> float:
    value: object = fields.get(name)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= LONGEST_WAIT_SECONDS:
        return value
    raise ValueError(f"{name}: from 0 to {LONGEST_WAIT_SECONDS}")


def read_limit(fields: Fields) -> int | None:
    """How many requests a minute; None for as many as come."""
    per_minute = fields.get("per_minute")
    if per_minute is not None and (type(per_minute) is not int or per_minute < 0):
        raise ValueError("per_minute: a whole number or null")
    return per_minute


def read_flag(fields: Fields, name: str, *, default: bool | None = None) -> bool:
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise ValueError(f"{name}: true or false")
    return value


def read_decimal(value: object, name: str) -> Decimal:
    """Zero or more, from text."""
    try:
        return wire.read_number(value)
    except Refused:
        raise ValueError(f"{name}: a decimal as text") from None


def read_percent(value: object, name: str) -> Decimal:
    """A change, from text: ``"-5"``."""
    try:
        change = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        change = Decimal("NaN")
    if not change.is_finite() or not -100 < change <= 1000:
        raise ValueError(f"{name}: per cent as text, above -100")
    return change


def find_account(exchange: Exchange, username: str) -> Account:
    account = exchange.accounts.by_username(username)
    if account is None:
        raise ValueError("no such account")
    return account


def read_market(fields: Fields) -> str:
    """The code of a market, with a book or without."""
    code = fields.get("market")
    if not isinstance(code, str) or code not in MARKETS_BY_CODE:
        raise ValueError("market: the code of a market")
    return code


def read_price(code: str, value: object) -> Decimal:
    """A price a market can have, on its step."""
    price = read_decimal(value, "price")
    step = MARKETS_BY_CODE[code].price_step
    if not step <= price < 10**9:
        raise ValueError(f"price: from {step} to below 10^9")
    return price.quantize(step)
