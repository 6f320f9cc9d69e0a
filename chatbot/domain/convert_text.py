"""How people write conversions: one line in, a `ConvertRequest` out, as complete as the line was.

0.00007 BTC to USDT · 100 USDT BTC · BTC to 100 USDT · to get 100 USDT from BTC · 25% ETH to USDT · all BTC → USDT
get 0.01 BTC for USDT · pay 100 USDT get BTC · half of my ETH to USDT · sell 100 USDT worth of BTC

Whether a number is of what is given or of what is got, the words have to say: where they do not, it is asked back.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chatbot.domain.convert_drafts import AmountOf, ConvertRequest
from chatbot.domain.errors import InputError
from chatbot.domain.money import ZERO, grouped, parse_decimal, parse_percent
from chatbot.domain.number_text import whole_numbers
from chatbot.domain.stray_secrets import said_back

_LONGEST = 200
_EXAMPLE = "Write it like 0.01 BTC to USDT, or BTC to get 100 USDT."
_FOR = "for"
_INTO = frozenset(("to", _FOR, "into", "in", "->", "→", "=>", ">"))
_GET = frozenset(("get", "receive", "buy"))
_OUT_OF = frozenset(("from", "with", "using", "sell", "send", "pay", "give", "spend"))
_FILLERS = frozenset(("convert", "of", "my", "the", "i", "want", "please", "pls"))
_WORTH = "worth"
_EVERYTHING = frozenset(("all", "max", "everything"))
_HALF_OF = re.compile(r"\bhalf\s+(?:of|my)\b", re.IGNORECASE)
_HALF_A = re.compile(r"\bhalf\s+an?\b", re.IGNORECASE)
_HALF = re.compile(r"\bhalf\b", re.IGNORECASE)
_SPACED = re.compile(r"(?<![\w.,])[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9])")
_NUMBER = re.compile(r"\$?(?:[0-9][0-9.,]*|[.,][0-9]+)[kKmM]?")
_LOOKS_LIKE_A_NUMBER = re.compile(r"[-+$.,0-9][-+$.,0-9eE_]*|nan|inf|infinity", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{1,14}|[0-9]{1,4}[A-Za-z][A-Za-z0-9]{1,14}")
_GLUED = re.compile(r"(\$?[0-9]*[.,]?[0-9]+)([A-Za-z]{2,15})")
_COINED_NUMBER = re.compile(r"[0-9]{1,4}[A-Za-z][A-Za-z0-9]{1,14}")


class ConversionUnclear(InputError):
    """What was written can be meant in more than one way; `readings` are these."""

    def __init__(self, question: str, readings: tuple[ConvertRequest, ...]) -> None:
        super().__init__(question)
        self.readings = readings


@dataclass(slots=True)
class _Side:
    coin: str | None = None
    amount: Decimal | None = None


@dataclass(slots=True)
class _Line:
    """The line while it is read. `loose` is a number whose side is not clear before the next word; `strays` are the
    currencies without a number before them. The side spoken about is the one that is got; `by_word`: a verb says so.
    """

    sold: _Side = field(default_factory=_Side)
    bought: _Side = field(default_factory=_Side)
    share: Decimal | None = None
    loose: Decimal | None = None
    dollars: bool = False
    is_got: bool = False
    by_word: bool = False
    of_either: bool = False
    is_worth: bool = False
    strays: list[str] = field(default_factory=list)

    @property
    def here(self) -> _Side:
        return self.bought if self.is_got else self.sold


def parse_conversion(text: str, *, is_known: Callable[[str], bool] = lambda code: True) -> ConvertRequest:
    """Read what follows `/convert`. Nothing at all is fine: everything is then asked for.

    Whether there is such a currency is for the exchange to say; `is_known` tells which of too many is none.
    Raises `InputError`; of these, `ConversionUnclear` is to be asked back.
    """
    if len(text) > _LONGEST:
        raise InputError(f"That is too long for a conversion. {_EXAMPLE}")
    text = _HALF_A.sub("0.5", _HALF_OF.sub("50%", text))
    if _HALF.search(text):
        ways = tuple(parse_conversion(_HALF.sub(half, text), is_known=is_known) for half in ("50%", "0.5"))
        raise ConversionUnclear("Half of what you have, or half a coin?", ways)
    line = _Line()
    for word in _words(text):
        _read(line, word, is_known)
    _settle(line)
    return _request(line)


def named_side(text: str) -> AmountOf | None:
    """The side that a line's own words say: `get 100 USDT` is bought, `with 100 USDT` is sold; None where none does.

    Raises `InputError`.
    """
    words = {word.lower() for word in _words(text)}
    if words & (_INTO | _GET):
        return AmountOf.BOUGHT
    return AmountOf.SOLD if words & _OUT_OF else None


def _words(text: str) -> list[str]:
    """Split at spaces and slashes; `100USDT` is taken apart, `1INCH` is not. `1 000` is one number: no two of them
    stand side by side in a conversion.
    """
    words: list[str] = []
    text = _SPACED.sub(lambda found: found[0].replace(" ", ""), text)
    spaced = re.sub(r"\s+%", "%", whole_numbers(text)).replace("/", " ").replace("→", " → ").replace("->", " -> ")
    for word in spaced.split():
        glued = _GLUED.fullmatch(word)
        digits = "" if glued is None else glued[1]
        is_amount = glued is not None and (len(digits) > 1 or not _COINED_NUMBER.fullmatch(word))
        words.extend(glued.groups() if glued is not None and is_amount else (word,))
    return words


def _read(line: _Line, word: str, is_known: Callable[[str], bool]) -> None:
    low = word.lower()
    if low in _FILLERS:
        return
    if low in _INTO | _GET:
        _turn_to_got(line, low)
    elif low in _OUT_OF:
        _turn_to_given(line)
    elif low == _WORTH:
        _take_worth(line)
    elif low in _EVERYTHING:
        _take_share(line, Decimal(100), word)
    elif low.endswith("%"):
        _take_share(line, parse_percent(word), word)
    elif _NUMBER.fullmatch(word):
        _take_number(line, word)
    elif _CODE.fullmatch(word) and low not in ("nan", "inf", "infinity"):
        _take_coin(line, word.upper(), is_known)
    elif _LOOKS_LIKE_A_NUMBER.fullmatch(word):
        raise InputError(f"“{word[:40]}” is not a number I can use. Write it like 0.01 or 1500.")
    else:
        raise _not_understood(word)


def _turn_to_got(line: _Line, word: str) -> None:
    """What follows is got; but behind what is got, `for` leads to what is given."""
    _settle(line)
    line.is_got = not (word == _FOR and line.bought.coin is not None and line.sold.coin is None)
    line.by_word = word in _GET


def _turn_to_given(line: _Line) -> None:
    """What follows is given. A currency that came before, without a word of its own, is then what is got."""
    _settle(line)
    if line.sold.coin is not None and not line.by_word and line.bought.coin is None and line.share is None:
        line.sold, line.bought = _Side(), line.sold
    line.is_got, line.by_word = False, True


def _take_worth(line: _Line) -> None:
    """`100 USDT worth of BTC` is what is to be got, or to be given. Nothing but a word before it tells which."""
    there = line.sold if line.is_got else line.bought
    if line.here.coin is None or line.here.amount is None or there.coin is not None:
        raise _not_understood(_WORTH)
    priced = line.here
    line.sold, line.bought = (_Side(), priced) if line.by_word and not line.is_got else (priced, _Side())
    line.is_worth = not line.by_word
    line.is_got = line.bought.coin is None


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
    if line.is_got and line.bought.coin is not None and not line.by_word:
        line.of_either = True
    line.loose, line.dollars = value, line.dollars or word.startswith("$")


def _take_coin(line: _Line, code: str, is_known: Callable[[str], bool]) -> None:
    """A second currency without a word between is what is bought; a number between the two may be of either."""
    if line.loose is None:
        line.strays.append(code)
    if line.here.coin is not None:
        if line.is_got or line.bought.coin is not None:
            raise _not_understood(next((stray for stray in line.strays if not is_known(stray)), code))
        line.is_got, line.by_word = True, False
        line.of_either = line.loose is not None
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
    request = ConvertRequest(sell=line.sold.coin, buy=line.bought.coin, amount=said[0] if said else None, of=of)
    if request.sell is None or request.buy is None or request.amount is None:
        return request
    if line.is_worth:
        other = ConvertRequest(sell=request.buy, buy=request.sell, amount=request.amount, of=AmountOf.BOUGHT)
        raise _which_way(request, other)
    return _of_one(line, request) if line.of_either else request


def _of_one(line: _Line, request: ConvertRequest) -> ConvertRequest:
    """A number that may be of either currency; dollars are of the one that stands for them."""
    given, got = (replace(request, of=of) for of in (AmountOf.SOLD, AmountOf.BOUGHT))
    if line.dollars and "USD" not in f"{request.sell}":
        return got
    if line.dollars and "USD" not in f"{request.buy}":
        return given
    raise _which_way(given, got)


def _which_way(given: ConvertRequest, got: ConvertRequest) -> ConversionUnclear:
    amount = grouped(given.amount or ZERO)
    return ConversionUnclear(f"{amount} {given.sell} out, or {amount} {got.buy} in?", (given, got))


def _not_understood(word: str) -> InputError:
    return InputError(f"I did not understand {said_back(word)}. {_EXAMPLE}")
