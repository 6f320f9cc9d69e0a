"""How people write limits: `order 10000`, `orders 50k`, `withdrawals XRP 500`, `distance 5%`."""

from dataclasses import dataclass
from decimal import Decimal

from chatbot.domain.errors import InputError
from chatbot.domain.limits import VALUED_IN, LimitKind
from chatbot.domain.money import ZERO, divide, has_decimals, parse_decimal
from chatbot.domain.number_text import whole_numbers

_HUNDRED = Decimal(100)
_VALUE_DECIMALS = 2
_AMOUNT_DECIMALS = 8
_PERCENT_DECIMALS = 2
_MAY_BE_ZERO = (LimitKind.WITHDRAWAL, LimitKind.WITHDRAWALS, LimitKind.SWAP, LimitKind.SWAPS)
_NUMBER_STARTS = "0123456789.,$-+"
_FORMS = "/limits order 10000, /limits withdrawals XRP 500 or /limits distance 5%"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitWish:
    """A limit as far as it was said. `currency` is as it was typed; `value` is None if it is still to be asked for."""

    kind: LimitKind
    currency: str = ""
    value: Decimal | None = None


def parse_limit(text: str) -> LimitWish:
    """Read what follows `/limits`. Raises `InputError` with a sentence for what cannot be a limit."""
    name, *words = whole_numbers(text).split()
    try:
        kind = LimitKind(name.lower())
    except ValueError:
        known = ", ".join(LimitKind)
        raise InputError(f"The limits are {known}. Write it like {_FORMS}.") from None
    numbers = [word for word in words if word[0] in _NUMBER_STARTS]
    units = [word for word in words if word[0] not in _NUMBER_STARTS and word != "%"]
    if len(numbers) > 1 or len(units) > 1:
        raise InputError(f"A limit has one value. Write it like {_FORMS}.")
    currency = _currency(kind, units[0], after_number=words[0] in numbers) if units else ""
    value = _value(numbers[0], kind=kind, currency=currency) if numbers else None
    return LimitWish(kind=kind, currency=currency, value=value)


def _currency(kind: LimitKind, unit: str, *, after_number: bool) -> str:
    """The currency a limit is for; `USDT` after a number is only the unit of the others."""
    is_unit = unit.upper() == VALUED_IN
    if kind is not LimitKind.WITHDRAWALS:
        if is_unit and kind is not LimitKind.DISTANCE:
            return ""
        unit_of = "a percentage, like 5%" if kind is LimitKind.DISTANCE else f"given in {VALUED_IN}"
        raise InputError(f"This limit is {unit_of}: write a number. Only withdrawals a day have limits by currency.")
    if is_unit and after_number:
        raise InputError(
            f"Of every currency, or of {VALUED_IN} alone? Write /limits withdrawals 5000, "
            f"or /limits withdrawals {VALUED_IN} 5000."
        )
    return unit


def _value(text: str, *, kind: LimitKind, currency: str) -> Decimal:
    if text.startswith("-"):
        raise InputError("A limit cannot be less than nothing. Write it like 5000.")
    if kind is LimitKind.DISTANCE:
        return _fraction(text)
    value = parse_decimal(text)
    decimals = _AMOUNT_DECIMALS if currency else _VALUE_DECIMALS
    if not has_decimals(value, at_most=decimals):
        raise InputError(f"A limit here has at most {decimals} decimals. Please round it.")
    if not value and kind not in _MAY_BE_ZERO:
        raise InputError("A limit for orders must be more than 0. To stop everything, there is /lock.")
    return value


def _fraction(text: str) -> Decimal:
    percent = parse_decimal(text.removesuffix("%"))
    if not ZERO < percent <= _HUNDRED:
        raise InputError("The price distance must be above 0% and at most 100%.")
    if not has_decimals(percent, at_most=_PERCENT_DECIMALS):
        raise InputError(f"A percentage here has at most {_PERCENT_DECIMALS} decimals. Please round it.")
    return divide(percent, _HUNDRED)
