"""How people write conversions: one line in, a `ConvertRequest` out, as complete as the line was.

0.00007 BTC to USDT · 100 USDT BTC · BTC to 100 USDT · to get 100 USDT from BTC · 25% ETH to USDT · all BTC → USDT
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from chatbot.domain.convert_drafts import AmountOf, ConvertRequest
from chatbot.domain.errors import InputError
from chatbot.domain.money import ZERO, parse_decimal, parse_percent
from chatbot.domain.number_text import whole_numbers

_LONGEST = 200
_EXAMPLE = "Write it like 0.01 BTC to USDT, or BTC to get 100 USDT."
_INTO = frozenset(("to", "for", "into", "in", "->", "→", "=>", ">"))
_GET = frozenset(("get", "receive", "buy"))
_OUT_OF = frozenset(("from", "with", "using", "sell", "send"))
_FILLERS = frozenset(("convert", "of", "my", "the", "i", "want"))
_EVERYTHING = frozenset(("all", "max", "everything"))
_NUMBER = re.compile(r"\$?(?:[0-9][0-9.,]*|[.,][0-9]+)[kKmM]?")
_LOOKS_LIKE_A_NUMBER = re.compile(r"[-+$.,0-9][-+$.,0-9eE_]*|nan|inf|infinity", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{1,14}|[0-9]{1,4}[A-Za-z][A-Za-z0-9]{1,14}")
_GLUED = re.compile(r"(\$?[0-9]*[.,]?[0-9]+)([A-Za-z]{2,15})")
_COINED_NUMBER = re.compile(r"[0-9]{1,4}[A-Za-z][A-Za-z0-9]{1,14}")


@dataclass(slots=True)
class _Side:
    coin: str | None = None
    amount: Decimal | None = None


@dataclass(slots=True)
class _Line:
    """The line while it is read. `loose` is a number whose side is not clear before the next word."""

    sold: _Side = field(default_factory=_Side)
    bought: _Side = field(default_factory=_Side)
    share: Decimal | None = None
    loose: Decimal | None = None
    dollars: bool = False
    is_got: bool = False

    @property
    def here(self) -> _Side:
        return self.bought if self.is_got else self.sold


def parse_conversion(text: str) -> ConvertRequest:
    """Read what follows `/convert`. Nothing at all is fine: everything is then asked for.

    Whether there is such a currency is for the exchange to say. Raises `InputError`.
    """
    if len(text) > _LONGEST:
        raise InputError(f"That is too long for a conversion. {_EXAMPLE}")
    line = _Line()
    for word in _words(text):
        _read(line, word)
    _settle(line)
    return _request(line)


def _words(text: str) -> list[str]:
    """Split at spaces and slashes; `100USDT` is taken apart, `1INCH` is not."""
    words: list[str] = []
    spaced = re.sub(r"\s+%", "%", whole_numbers(text)).replace("/", " ").replace("→", " → ").replace("->", " -> ")
    for word in spaced.split():
        glued = _GLUED.fullmatch(word)
        digits = "" if glued is None else glued[1]
        is_amount = glued is not None and (len(digits) > 1 or not _COINED_NUMBER.fullmatch(word))
        words.extend(glued.groups() if glued is not None and is_amount else (word,))
    return words


def _read(line: _Line, word: str) -> None:
    low = word.lower()
    if low in _FILLERS:
        return
    if low in _INTO | _GET:
        _turn_to(line, is_got=True)
    elif low in _OUT_OF:
        _turn_to(line, is_got=False)
    elif low in _EVERYTHING:
        _take_share(line, Decimal(100), word)
    elif low.endswith("%"):
        _take_share(line, parse_percent(word), word)
    elif _NUMBER.fullmatch(word):
        _take_number(line, word)
    elif _CODE.fullmatch(word) and low not in ("nan", "inf", "infinity"):
        _take_coin(line, word.upper())
    elif _LOOKS_LIKE_A_NUMBER.fullmatch(word):
        raise InputError(f"“{word[:40]}” is not a number I can use. Write it like 0.01 or 1500.")
    else:
        raise _not_understood(word)


def _turn_to(line: _Line, *, is_got: bool) -> None:
    _settle(line)
    line.is_got = is_got


def _take_share(line: _Line, share: Decimal, word: str) -> None:
    if line.share is not None or line.is_got:
        raise InputError(f"“{word[:40]}” goes with what you sell: 25% BTC to USDT.")
    line.share = share


def _take_number(line: _Line, word: str) -> None:
    value = parse_decimal(word)
    if value <= ZERO:
        raise InputError(f"“{word}” must be more than zero.")
    if line.loose is not None:
        raise _not_understood(word)
    line.loose, line.dollars = value, line.dollars or word.startswith("$")


def _take_coin(line: _Line, code: str) -> None:
    """A second currency without a word between is what is bought."""
    if line.here.coin is not None:
        if line.is_got or line.bought.coin is not None:
            raise _not_understood(code)
        line.is_got = True
    line.here.coin = code
    if line.dollars and line.loose is not None and "USD" not in code:
        raise InputError("Dollars go with a currency that stands for dollars. Say the amount in a currency.")
    _settle(line)


def _settle(line: _Line) -> None:
    """A number that waits is of the side that was spoken about."""
    if line.loose is None:
        return
    if line.here.amount is not None:
        raise InputError(f"Say one amount for each side at most. {_EXAMPLE}")
    line.here.amount, line.loose = line.loose, None


def _request(line: _Line) -> ConvertRequest:
    said = [value for value in (line.sold.amount, line.bought.amount, line.share) if value is not None]
    if len(said) > 1:
        raise InputError("Say one amount, of what you sell or of what you get. The other follows from the price.")
    if line.sold.coin is not None and line.sold.coin == line.bought.coin:
        raise InputError(f"{line.sold.coin} is what you sell already. Say another currency to get.")
    of = AmountOf.SHARE if line.share is not None else AmountOf.SOLD if line.bought.amount is None else AmountOf.BOUGHT
    return ConvertRequest(sell=line.sold.coin, buy=line.bought.coin, amount=said[0] if said else None, of=of)


def _not_understood(word: str) -> InputError:
    return InputError(f"I did not understand “{word[:40]}”. {_EXAMPLE}")
