"""Amounts: exact decimals that know their currency, how people type them, and the one place that rounds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from functools import reduce

from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.number_text import plain_digits, whole_numbers

ZERO = Decimal(0)
EXACT = Context(prec=60)
"""Wide enough that products and quotients of anything an exchange lists lose nothing that matters."""

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_COMMA_DECIMAL = re.compile(r"[0-9]*,[0-9]+")
_FACTORS = {"k": Decimal(1000), "m": Decimal(1_000_000)}
_LONGEST = 40
_TOO_LARGE = Decimal(10) ** 18
"""Beyond any amount or price there is; products of two such numbers still fit `EXACT`."""


class CurrencyMismatch(TypeError):
    """Two amounts of different currencies met. That is a bug, never a person's mistake."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of one currency. Adding or comparing different currencies raises `CurrencyMismatch`."""

    value: Decimal
    currency: str

    def _same(self, other: "Amount") -> Decimal:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} met {other.currency}")
        return other.value

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(EXACT.add(self.value, self._same(other)), self.currency)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(EXACT.subtract(self.value, self._same(other)), self.currency)

    def __lt__(self, other: "Amount") -> bool:
        return self.value < self._same(other)

    def __le__(self, other: "Amount") -> bool:
        return self.value <= self._same(other)


def multiply(a: Decimal, b: Decimal) -> Decimal:
    return EXACT.multiply(a, b)


def divide(a: Decimal, b: Decimal) -> Decimal:
    return EXACT.divide(a, b)


def sum_exactly(values: Iterable[Decimal]) -> Decimal:
    """The sum, with nothing rounded away."""
    return reduce(EXACT.add, values, ZERO)


def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def round_down(value: Decimal, *, decimals: int) -> Decimal:
    """Cut to so many decimals. Everything sent to an exchange passes here: never more than was meant."""
    return value.quantize(_step(decimals), rounding=ROUND_DOWN, context=EXACT)


def round_up(value: Decimal, *, decimals: int) -> Decimal:
    """The smallest value of so many decimals that is not below; for "at least" in messages."""
    return value.quantize(_step(decimals), rounding=ROUND_CEILING, context=EXACT)


def round_half_up(value: Decimal, *, decimals: int) -> Decimal:
    """For showing only."""
    return value.quantize(_step(decimals), rounding=ROUND_HALF_UP, context=EXACT)


def decimals_of(value: Decimal) -> int:
    """How many decimals a value is written with, trailing zeros too."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError("not a number")
    return max(0, -exponent)


def has_decimals(value: Decimal, *, at_most: int) -> bool:
    """Whether the value can be written with so many decimals (trailing zeros do not count)."""
    return value == round_down(value, decimals=at_most)


def to_text(value: Decimal) -> str:
    """The plain notation for wires and storage: no exponent, trailing zeros as they are."""
    return format(value, "f")


def grouped(value: Decimal) -> str:
    """For sentences: thousands grouped, without trailing zeros, without an exponent."""
    text = format(value, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_decimal(text: str) -> Decimal:
    """Read a positive number as people type it: `0.01`, `0,01`, `.5`, `1.5k`, `2m`, `1,000,000`, `$100`; in the style
    of whoever wrote it (`number_text.written_in`).

    Raises `InputError` with a sentence for signs, exponents, NaN, infinities, underscores, non-ASCII digits,
    for `60,000` and `60.000` (sixty, or sixty thousand?), and for anything longer than 40 characters or too large to be
    meant.
    """
    written = whole_numbers(text).strip()
    if not written or len(written) > _LONGEST or not written.isascii():
        raise _not_a_number(text)
    body = written.removeprefix("$").lower()
    factor = _FACTORS.get(body[-1:])
    digits = body[:-1] if factor else body
    value = EXACT.multiply(_read_digits(digits, typed=text), factor or Decimal(1))
    if value >= _TOO_LARGE:
        raise InputError(f"“{written}” is more than there can be. Please check the number.")
    return value


def _read_digits(digits: str, *, typed: str) -> Decimal:
    digits = plain_digits(digits)
    if _PLAIN.fullmatch(digits):
        return Decimal(digits)
    if _AMBIGUOUS.fullmatch(digits):
        few = digits.replace(",", ".").removesuffix(".000")
        raise AmbiguousNumber(typed=digits, meanings=(digits.replace(",", ""), few))
    if _GROUPED.fullmatch(digits):
        return Decimal(digits.replace(",", ""))
    if _COMMA_DECIMAL.fullmatch(digits):
        return Decimal("0" + digits.replace(",", "."))
    raise _not_a_number(typed)


def _not_a_number(text: str) -> InputError:
    shown = text.strip()[:_LONGEST]
    return InputError(f"“{shown}” is not a number I can use. Write it like 0.01 or 1500.")


def parse_percent(text: str) -> Decimal:
    """Read `25%` (above 0, at most 100) as `Decimal("25")`."""
    value = parse_decimal(text.strip().removesuffix("%"))
    if not ZERO < value <= 100:
        raise InputError("A share must be above 0% and at most 100%.")
    return value
