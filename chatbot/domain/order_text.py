"""How people write orders: one line in, an `OrderRequest` out, as complete as the line was.

0.01 BTC · 0.01 BTC @ 60000 · 0.01 BTC at 60k · BTCUSDT 0.01 60000 · 100 USDT of BTC · 25% ETH · all ETH @ 2500 · … post
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from chatbot.domain.drafts import OrderRequest, Quantity, QuantityKind
from chatbot.domain.errors import InputError
from chatbot.domain.money import ZERO, parse_decimal, parse_percent
from chatbot.domain.number_text import whole_numbers
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.stray_secrets import said_back

_SYMBOL = re.compile(r"(?:[A-Za-z][A-Za-z0-9]{0,14}|[0-9]{1,4}[A-Za-z][A-Za-z0-9]{1,14})(?:[/_-][A-Za-z0-9]{1,15})?")
_NUMBER_START = re.compile(r"\$?[0-9.,]")
_NUMBER = re.compile(r"\$?(?:[0-9][0-9.,]*|[.,][0-9]+)[kKmM]?")
_GLUED_UNIT = re.compile(r"(\$?[0-9]*(?:[.,][0-9]+)+)([A-Za-z]{2,15})")
_NEVER_A_SYMBOL = re.compile(r"[0-9.]+e[0-9]+|nan|inf|infinity", re.IGNORECASE)
_LONE_PERCENT = re.compile(r"\s+%")
_EVERYTHING = ("all", "max", "everything")
_POST_ONLY = ("post", "post-only", "postonly", "maker")
_LONGEST = 200


@dataclass(slots=True)
class _Line:
    """The line while it is read: what was understood so far, in order."""

    numbers: list[Decimal]
    symbols: list[str]
    understood: list[str]
    quantity: Quantity | None = None
    price: Decimal | None = None
    type: OrderType | None = None
    post_only: bool = False
    dollars: bool = False
    of: bool = False


def parse_order(text: str, *, side: Side) -> OrderRequest:
    """Read what follows `/buy` or `/sell`. Nothing at all is fine: everything is then asked for.

    Raises `InputError`, saying what was understood and what was not.
    """
    if len(text) > _LONGEST:
        raise InputError("That is too long for an order. Write it like 0.01 BTC @ 60000.")
    line = _Line(numbers=[], symbols=[], understood=[])
    words = iter(_words(whole_numbers(text)))
    for word in words:
        _read_word(line, word, words, side=side)
    return _to_request(line, side=side)


def _words(text: str) -> list[str]:
    """Split at spaces; `@60000` and `of`-free forms become words of their own; `0.01BTC` is taken apart."""
    words: list[str] = []
    for word in _LONE_PERCENT.sub("%", text).replace("@", " @ ").split():
        glued = _GLUED_UNIT.fullmatch(word)
        words.extend(glued.groups() if glued else (word,))
    return words


def _read_word(line: _Line, word: str, rest: Iterator[str], *, side: Side) -> None:
    low = word.lower()
    if low in ("@", "at"):
        _read_price(line, next(rest, None), side=side)
    elif low == "of":
        line.of = True
    elif low in _POST_ONLY:
        line.post_only = True
        line.understood.append("post-only")
    elif low in (OrderType.MARKET, OrderType.LIMIT):
        line.type = OrderType(low)
        line.understood.append(low)
    elif low in _EVERYTHING:
        _read_quantity(line, Quantity(kind=QuantityKind.PERCENT, value=Decimal(100)), word, side=side)
    elif low.endswith("%"):
        _read_quantity(line, Quantity(kind=QuantityKind.PERCENT, value=parse_percent(word)), word, side=side)
    elif _NUMBER.fullmatch(word) or _NEVER_A_SYMBOL.fullmatch(word):
        line.numbers.append(_positive(word))
        line.dollars |= word.startswith("$") and len(line.numbers) == 1
        line.understood.append(word)
    elif _SYMBOL.fullmatch(word) and len(line.symbols) < (2 if line.of else 1):
        line.symbols.append(word)
        line.understood.append(word)
    else:
        raise _not_understood(line, word, side=side)


def _read_price(line: _Line, word: str | None, *, side: Side) -> None:
    if word is None:
        raise InputError("After @ comes the price, like 0.01 BTC @ 60000.")
    if line.price is not None or not _NUMBER_START.match(word):
        raise _not_understood(line, word, side=side)
    line.price = _positive(word)
    line.understood.append(f"@ {word}")


def _read_quantity(line: _Line, quantity: Quantity, word: str, *, side: Side) -> None:
    if line.quantity is not None:
        raise _not_understood(line, word, side=side)
    line.quantity = quantity
    line.understood.append(word)


def _positive(word: str) -> Decimal:
    value = parse_decimal(word)
    if value <= ZERO:
        raise InputError(f"“{word}” must be more than zero.")
    return value


def _to_request(line: _Line, *, side: Side) -> OrderRequest:
    numbers = list(line.numbers)
    quantity, price = line.quantity, line.price
    if quantity is None and numbers:
        quantity = Quantity(kind=QuantityKind.VOLUME, value=numbers.pop(0))
    if price is None and numbers:
        price = numbers.pop(0)
    if numbers:
        raise _not_understood(line, str(numbers[0]), side=side)
    request = _with_symbols(line, quantity, side=side)
    if line.post_only and line.type is OrderType.MARKET:
        raise InputError("Post-only goes with a limit price; a market order always takes.")
    if price is not None and line.type is OrderType.MARKET:
        raise InputError("A market order has no price. Leave out the price, or the word market.")
    kind = OrderType.LIMIT if price is not None or line.post_only else line.type
    return replace(request, price=price, type=kind, post_only=line.post_only)


def _with_symbols(line: _Line, quantity: Quantity | None, *, side: Side) -> OrderRequest:
    """Tell `0.01 BTC` from `100 USDT of BTC` and `$100 of BTC`."""
    if len(line.symbols) == 2:
        unit, symbol = line.symbols
        if quantity is None or quantity.kind is not QuantityKind.VOLUME:
            raise _not_understood(line, symbol, side=side)
        total = Quantity(kind=QuantityKind.TOTAL, value=quantity.value)
        return OrderRequest(side=side, symbol=symbol.upper(), quantity=total, total_currency=unit.upper())
    wanted = line.symbols[0].upper() if line.symbols else None
    if line.dollars and quantity is not None:
        quantity = Quantity(kind=QuantityKind.TOTAL, value=quantity.value)
    elif line.of and quantity is not None and quantity.kind is QuantityKind.VOLUME:
        raise InputError("Say of which currency the amount is, like 100 USDT of BTC.")
    return OrderRequest(side=side, symbol=wanted, quantity=quantity)


def _not_understood(line: _Line, word: str, *, side: Side) -> InputError:
    known = f"I understood “{' '.join([side.value, *line.understood])}”, but not {said_back(word)}."
    return InputError(f"{known} Write it like 0.01 BTC, 0.01 BTC @ 60000 or 100 USDT of BTC.")
