"""Numbers as people write them in the style they chose to read them in.

Parsers know one way to write a number. Before they see a line, what means one thing in its writer's style is written
that way; what could mean two things is asked back.
"""

import re

from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.preferences import NumberStyle

_GAP = "[\u00a0\u2009\u202f]"  # no-break and thin spaces, which stand within numbers only
_UNBROKEN = re.compile(rf"(?<![\w.,])[1-9][0-9]{{0,2}}(?:{_GAP}[0-9]{{3}})+(?![0-9])")
_BROKEN_OFF = re.compile(rf"[0-9]{_GAP}+[0-9]+")

_WRITTEN = re.compile(r"(?<![\w.,])[0-9](?:[0-9.,]*[0-9])?")
_POINTS_AND_COMMA = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+")
_POINTS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}")
_POINT = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_COMMA = re.compile(r"[0-9]+,[0-9]+")

_SPACED = re.compile(r"(?<![\w.,])[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9])(?:\.[0-9]+)?")
_BEFORE_ONE = re.compile(r"[@<>=$]\s*$")


def plain_numbers(line: str, style: NumberStyle) -> str:
    """The line with its numbers as the parsers read them: `1.234,5` is `1234.5` to whoever reads numbers like that.

    Raises `AmbiguousNumber` for `1.234` (a thousand and more, or one and a bit?), and `InputError` for `1 234` where
    that may be two numbers. A no-break space is never between two numbers, whatever the style.
    """
    line = _UNBROKEN.sub(_without_spaces, line)
    if broken := _BROKEN_OFF.search(line):
        raise InputError(f"“{broken[0]}” is not a number I can use. Write it like 0.01 or 1500.")
    if style is NumberStyle.POINT:
        return _WRITTEN.sub(_with_points, line)
    if style is NumberStyle.SPACE:
        return _SPACED.sub(_spaced, line)
    return line


def _with_points(found: re.Match[str]) -> str:
    """Points for thousands, a comma for the rest."""
    written = found[0]
    if _POINTS_AND_COMMA.fullmatch(written) or _POINTS.fullmatch(written) or _COMMA.fullmatch(written):
        return written.replace(".", "").replace(",", ".")
    if _POINT.fullmatch(written):
        raise AmbiguousNumber(typed=written, meanings=(written.replace(".", ""), f"{written}0"))
    return written


def _spaced(found: re.Match[str]) -> str:
    """Behind a sign that one number follows, and alone on a line, it is one; elsewhere it may be several."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    whole = _without_spaces(found)
    if _BEFORE_ONE.search(before) or not (before.strip() or after.strip(" %")):
        return whole
    raise InputError(f"“{found[0]}” can be one number or several. If it is one, write it without the space: {whole}")


def _without_spaces(found: re.Match[str]) -> str:
    return "".join(found[0].split())
