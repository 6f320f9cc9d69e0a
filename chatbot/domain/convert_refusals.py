"""Why Instant Trade gives no quote, in words of ours. The exchange publishes no list of its reasons."""

import re
from enum import StrEnum

from chatbot.domain.currencies import USUAL_COUNTER
from chatbot.domain.errors import InsufficientBalance, Refused


class RefusalOf(StrEnum):
    """What a quote was refused for: the two currencies, the amount, its decimals, the balance; or nobody knows."""

    PAIR = "pair"
    AMOUNT = "amount"
    DECIMALS = "decimals"
    BALANCE = "balance"
    UNKNOWN = "unknown"


_SIGNS = {
    RefusalOf.DECIMALS: re.compile(r"decimal|precision"),
    RefusalOf.BALANCE: re.compile(r"balance|insufficient"),
    RefusalOf.AMOUNT: re.compile(r"amount|minimum|maximum|volume"),
    RefusalOf.PAIR: re.compile(r"market|currency|pair|symbol"),
}
"""Words of a reason that tell, the surest first."""


def refusal_of(error: Refused) -> RefusalOf:
    if isinstance(error, InsufficientBalance):
        return RefusalOf.BALANCE
    reason = error.reason.lower()
    return next((kind for kind, sign in _SIGNS.items() if sign.search(reason)), RefusalOf.UNKNOWN)


def in_words(error: Refused, *, sell: str, buy: str) -> str:
    """What Instant Trade does instead of quoting, to be said behind its name; where nobody knows why, with the
    exchange's own word.
    """
    match refusal_of(error):
        case RefusalOf.PAIR if USUAL_COUNTER not in (sell, buy):
            return f"converts coins to {USUAL_COUNTER} and back, not {sell} to {buy}."
        case RefusalOf.PAIR:
            return f"does not convert {sell} to {buy}."
        case RefusalOf.DECIMALS:
            return f"does not take so many decimals of {sell}."
        case RefusalOf.BALANCE:
            return f"says that your balance of {sell} is not enough."
        case RefusalOf.AMOUNT:
            return f"does not take this amount of {sell}: {_too(error.reason)}."
        case RefusalOf.UNKNOWN:
            own = f" ({error.reason})" if error.reason else ""
            return f"gives no quote for {sell} to {buy} now.{own}"


def _too(reason: str) -> str:
    """What is wrong with the amount, as far as the exchange tells."""
    said = reason.lower()
    if "min" in said:
        return "too little"
    return "too much" if "max" in said else "try another"
