"""Numbers as people write them in the style they chose to read them in.

Which style that is, `written_in` says, for all that is read within; a line keeps everything else as it was typed. What
could mean two things is asked back, whatever the style.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.preferences import NumberStyle

_style: ContextVar[NumberStyle] = ContextVar("number_style", default=NumberStyle.COMMA)

_GAP = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"  # all but the plain space: nobody sets words apart by them
_UNBROKEN = re.compile(rf"(?<![\w.,])[1-9][0-9]{{0,2}}(?:{_GAP}[0-9]{{3}})+(?![0-9])")
_BROKEN_OFF = re.compile(rf"[0-9] *{_GAP}(?:{_GAP}| )*[0-9]+")
_SPACED = re.compile(r"(?<![\w.,])[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9])(?:\.[0-9]+)?")
_BEFORE_LEVEL = re.compile(r"(?:[<>=≥≤]|\b(?:above|over|exceeds|below|under|crosses|crossing|reaches|hits))\s*$", re.I)
_AMOUNT = r"(?:^|\s)(?:\$?(?:[0-9]*[.,][0-9]+|[0-9]+[km%]?(?=\s))|(?:all|max|everything)\b)"
_BEFORE_PRICE = re.compile(rf"{_AMOUNT}.*(?:@|\sat\s)\s*$", re.I)

_POINTS_AND_COMMA = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+")
_POINTS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}")
_ROUND = re.compile(r"[1-9][0-9]{0,2}\.000")
_POINT = re.compile(r"(?:[1-9][0-9]{0,2}|0[0-9]{1,2})\.[0-9]{3}")
_COMMA = re.compile(r"[0-9]*,[0-9]+")


@contextmanager
def written_in(style: NumberStyle) -> Iterator[None]:
    """Numbers read within were written by somebody who writes them like this."""
    before = _style.set(style)
    try:
        yield
    finally:
        _style.reset(before)


def whole_numbers(line: str) -> str:
    """The line with every number in one word: `> 90 000` is `> 90000` to whoever sets thousands apart like that.

    Raises `InputError` for `1 234` where that may be two numbers. Any space but the plain one is never
    between two numbers, whatever the style.
    """
    line = _UNBROKEN.sub(_without_spaces, line)
    if broken := _BROKEN_OFF.search(line):
        raise InputError(f"“{broken[0]}” is not a number I can use. Write it like 0.01 or 1500.")
    return _SPACED.sub(_spaced, line) if _style.get() is NumberStyle.SPACE else line


def plain_digits(digits: str) -> str:
    """One number's digits and marks, without the points that set thousands apart and with a point for a comma.

    Raises `AmbiguousNumber` for `1.234` (a thousand and more, or one and a bit?); where a point is no mark of
    thousands, for `1.000` only, which hardly anybody means one by.
    """
    if _style.get() is not NumberStyle.POINT:
        if _ROUND.fullmatch(digits):
            raise _ambiguous(digits, few=digits)
        return digits
    if _POINT.fullmatch(digits):
        raise _ambiguous(digits, few=f"{digits}0")
    if _POINTS_AND_COMMA.fullmatch(digits) or _POINTS.fullmatch(digits) or _COMMA.fullmatch(digits):
        return digits.replace(".", "").replace(",", ".")
    return digits


def _ambiguous(digits: str, *, few: str) -> AmbiguousNumber:
    """`few` is how less than a thousand is written."""
    rounded = digits.removesuffix(".000")
    return AmbiguousNumber(typed=digits, meanings=(digits.replace(".", ""), few if rounded == digits else rounded))


def spoken(meaning: str) -> str:
    """One reading of a number in words that nobody reads otherwise: `5 thousand: 5000`, `1 point 234: 1.234`, `5`."""
    whole, _, fraction = meaning.partition(".")
    fraction = fraction.rstrip("0")
    if fraction:
        return f"{int(whole)} point {fraction}: {whole}.{fraction}"
    thousands, rest = divmod(int(whole), 1000)
    if not thousands:
        return f"{rest}"
    return f"{thousands} thousand{f' {rest}' if rest else ''}: {whole}"


def _spaced(found: re.Match[str]) -> str:
    """Behind what one number follows, and alone on a line, it is one; elsewhere it may be several."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    whole = _without_spaces(found)
    alone = not (before.strip() or after.strip(" %"))
    if alone or _BEFORE_LEVEL.search(before) or _BEFORE_PRICE.search(before):
        return whole
    raise InputError(f"“{found[0]}” can be one number or several. If it is one, write it without the space: {whole}")


def _without_spaces(found: re.Match[str]) -> str:
    return "".join(found[0].split())
