"""How people write withdrawals: `XRP 100.25 savings`, `100.25 XRP savings`, `XRP max savings`, `25% XRP savings`.

What follows amount and currency is the alias, spaces and all.
"""

import re
from decimal import Decimal

from chatbot.domain.drafts import Quantity, QuantityKind, WithdrawalRequest
from chatbot.domain.errors import InputError
from chatbot.domain.money import ZERO, parse_decimal, parse_percent
from chatbot.domain.number_text import whole_numbers

_LONGEST = 200
_AMOUNT_START = re.compile(r"[-+$.,0-9]")
_EVERYTHING = ("all", "max", "everything")
_EXAMPLE = "Write it like /withdraw XRP 100.25 savings."


def parse_withdrawal(text: str) -> WithdrawalRequest:
    """Read what follows `/withdraw`. Nothing at all is fine: everything is then asked for.

    Raises `InputError` for an amount that cannot be one. The currency is as it was typed, to be looked up.
    """
    if len(text) > _LONGEST:
        raise InputError(f"That is too long for a withdrawal. {_EXAMPLE}")
    words = whole_numbers(text).split(maxsplit=1)
    if not words:
        return WithdrawalRequest()
    first, rest = words[0], words[1] if len(words) > 1 else ""
    if _is_amount(first):
        currency, _, alias = rest.partition(" ")
        return WithdrawalRequest(currency=currency or None, quantity=parse_quantity(first), alias=alias.strip() or None)
    amount, _, alias = rest.partition(" ")
    if not amount:
        return WithdrawalRequest(currency=first)
    if not _is_amount(amount):
        raise InputError(f"After {first} comes the amount, not “{amount[:40]}”. {_EXAMPLE}")
    return WithdrawalRequest(currency=first, quantity=parse_quantity(amount), alias=alias.strip() or None)


def parse_quantity(text: str) -> Quantity:
    """`100.25`, `25%`, `max`. Raises `InputError`."""
    typed = text.strip()
    if typed.lower() in _EVERYTHING:
        return Quantity(kind=QuantityKind.PERCENT, value=Decimal(100))
    if typed.endswith("%"):
        return Quantity(kind=QuantityKind.PERCENT, value=parse_percent(typed))
    value = parse_decimal(typed)
    if value <= ZERO:
        raise InputError(f"“{typed[:40]}” must be more than zero.")
    return Quantity(kind=QuantityKind.VOLUME, value=value)


def _is_amount(word: str) -> bool:
    """Whether a word is meant as an amount: no currency begins with a sign, and those with a digit have letters."""
    low = word.lower()
    if low in _EVERYTHING or low.endswith("%"):
        return True
    return bool(_AMOUNT_START.match(word)) and not re.fullmatch(r"[0-9]+[A-Za-z]{2,}[0-9A-Za-z]*", word)
