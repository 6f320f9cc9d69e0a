"""How people write alerts: one line in, an `AlertRequest` out, as complete as the line was.

BTC > 80000 · BTC crosses 80k · BTC +5% · ETH -3% 1h · BTC spread > 0.5% · BTC volume > 100
… once | every | every 2h · until friday | for 3d · note "sell?" · picture
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from chatbot.domain.alert_drafts import ONCE, AlertKind, AlertQuestion, AlertRequest
from chatbot.domain.alerts import Crossing
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.money import ZERO, parse_decimal
from chatbot.domain.number_text import whole_numbers
from chatbot.domain.stray_secrets import said_back
from chatbot.domain.until_text import check_ahead, join_lengths, moment_words, names_day, read_length, read_until

USUAL_COOLDOWN = timedelta(hours=1)
"""How long a repeating alert rests after a hit if nothing is said."""
LONGEST_NOTE = 200

_COOLDOWNS = (timedelta(minutes=5), timedelta(days=30))
_WINDOWS = (timedelta(minutes=5), timedelta(days=7))
_LONGEST = 400
_ADVICE = "Write it like BTC > 80000, BTC +5% or ETH -3% 1h."
_RESTS = "An alert rests 5 min to 30 d between two hits, like every 2h."
_SPANS = "A move is watched within 5 min to 7 d, like ETH -3% 1h."
_MOST_COMPLAINTS = 2

_ASKED_AGAIN = (
    AlertQuestion.WAY,
    AlertQuestion.WINDOW,
    AlertQuestion.REPEAT,
    AlertQuestion.UNTIL,
    AlertQuestion.NOTE,
)
"""What is asked about though the rest may do without it, in this order."""

_COMPARISONS = {
    **dict.fromkeys((">", ">=", "=>", "≥", "above", "over", "exceeds"), Crossing.UP),
    **dict.fromkeys(("<", "<=", "=<", "≤", "below", "under"), Crossing.DOWN),
    **dict.fromkeys(("crosses", "cross", "crossing", "reaches", "hits", "at", "="), Crossing.EITHER),
}
_WAYS = {
    **dict.fromkeys(("up", "rises", "rise", "gains"), Crossing.UP),
    **dict.fromkeys(("down", "falls", "fall", "drops", "drop", "loses"), Crossing.DOWN),
}
_KINDS = {
    "price": AlertKind.PRICE,
    **dict.fromkeys(("moves", "move"), AlertKind.MOVE),
    "spread": AlertKind.SPREAD,
    **dict.fromkeys(("volume", "vol"), AlertKind.VOLUME),
}
_FILLERS = frozenset(
    {"a", "and", "by", "goes", "if", "in", "is", "of", "please", "tell", "the", "to", "when", "with", "within"}
)

_NOTE = re.compile(r"(?:^|\s)note\b[:=]?\s*(.*)", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r"(?:\"([^\"]*)\"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»|'([^']*)')(?=\s|$)(.*)", re.DOTALL)
_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_COMPARATOR = re.compile(r"(>=|<=|=>|=<|[<>≥≤=])")
_SIGN_APART = re.compile(r"([+-])\s+(?=[0-9.,])")
_SIGN_GLUED = re.compile(r"(?<=[A-Za-z])([+-])(?=[0-9.,]+\s*%)")
_LONE_PERCENT = re.compile(r"\s+%")
_SYMBOL = re.compile(r"(?=[0-9/_-]*[A-Za-z])[A-Za-z0-9]{1,15}(?:[/_-][A-Za-z0-9]{1,15})?")
_NUMBER = re.compile(r"[+-]?\$?(?:[0-9][0-9.,]*|[.,][0-9]+)[kKmM]?%?")


class AlertUnread(InputError):
    """A line that cannot be used as it is; `known` is what was understood of it, and says what is to be asked again."""

    def __init__(self, sentence: str, *, known: AlertRequest) -> None:
        super().__init__(sentence)
        self.known = known


class _Unclear(InputError):
    """`part` is what has to be said again; None for what is merely too much."""

    def __init__(self, sentence: str, part: AlertQuestion | None = None) -> None:
        super().__init__(sentence)
        self.part = part


@dataclass(slots=True)
class _Line:
    """The line while it is read: what was understood so far, in order."""

    now: datetime
    zone: ZoneInfo
    words: list[str]
    understood: list[str] = field(default_factory=list)
    symbol: str | None = None
    kind: AlertKind | None = None
    crossing: Crossing | None = None
    compared: bool = False
    level: Decimal | None = None
    percent: bool = False
    unit: str = ""
    window: timedelta | None = None
    cooldown: timedelta | None = None
    until: datetime | None = None
    note: str = ""
    picture: bool = False

    @property
    def awaits_number(self) -> bool:
        return self.level is None and (self.crossing is not None or self.kind not in (None, AlertKind.MOVE))


def parse_alert(text: str, *, now: datetime, zone: ZoneInfo) -> AlertRequest:
    """Read what follows `/alert`. Nothing at all is fine: everything is then asked for. Days and times are `zone`'s.

    Raises `AmbiguousNumber`, and `AlertUnread` with what was understood of a line that cannot be used.
    """
    if len(text) > _LONGEST:
        raise InputError(f"That is too long for an alert. {_ADVICE}")
    rest, note = _take_note(text)
    line = _Line(now=now, zone=zone, words=_words(whole_numbers(rest)), note=_on_one_line(note))
    complaints = [*_read_words(line), *_contradictions(line)]
    kind = _kind(line)
    if not complaints:
        return _request(line, kind=kind)
    known = _without(line, {complaint.part for complaint in complaints}, kind=kind)
    sentences = dict.fromkeys(complaint.sentence for complaint in complaints)
    advice = [_ADVICE] if known.level is None else []
    raise AlertUnread(" ".join([*list(sentences)[:_MOST_COMPLAINTS], *advice]), known=known)


def read_note(text: str) -> str:
    """A note on one line. Raises `InputError` for one that is too long."""
    note = _on_one_line(text)
    if len(note) > LONGEST_NOTE:
        raise InputError(_too_long(note))
    return note


def _on_one_line(text: str) -> str:
    return " ".join(_UNSTORABLE.sub(" ", text).split())


def read_cooldown(word: str) -> timedelta | None:
    """`once`, `every`, `2h`; None for anything else. Raises `InputError` for one that is too short or long."""
    low = word.lower()
    if low == "once":
        return ONCE
    if low in ("every", "repeat", "always"):
        return USUAL_COOLDOWN
    length = read_length(low)
    if length is not None and not _is_within(length, _COOLDOWNS):
        raise InputError(_RESTS)
    return length


def read_window(word: str) -> timedelta | None:
    """`1h`, `3d`: within which time a move is meant; None for anything else. Raises `InputError` as `read_cooldown`."""
    length = read_length(word)
    if length is not None and not _is_within(length, _WINDOWS):
        raise InputError(_SPANS)
    return length


def _take_note(text: str) -> tuple[str, str]:
    """The line without its note, and the note: in quotes, or else the rest of the line."""
    found = _NOTE.search(text)
    if found is None:
        return text, ""
    before, after = text[: found.start()], found[1].strip()
    quoted = _QUOTED.match(after)
    if quoted is None:
        return before, after
    note = next(group for group in quoted.groups()[:-1] if group is not None)
    return f"{before} {quoted[quoted.lastindex or 0]}", note


def _words(text: str) -> list[str]:
    """Split at spaces; `BTC>80000` and `BTC+5%` are taken apart, `+ 5 %` and `2 hours` put together."""
    plain = text.replace("\u2212", "-").replace("–", "-")
    joined = _LONE_PERCENT.sub("%", _SIGN_APART.sub(r"\1", join_lengths(plain)))
    return _SIGN_GLUED.sub(r" \1", _COMPARATOR.sub(r" \1 ", joined)).split()


def _read_words(line: _Line) -> list[_Unclear]:
    """Read on to the end, whatever is not understood; all complaints. Raises `AmbiguousNumber`."""
    complaints = []
    while line.words:
        try:
            _read_word(line, line.words.pop(0))
        except _Unclear as complaint:
            complaints.append(complaint)
    return complaints


def _read_word(line: _Line, word: str) -> None:
    low, ahead = word.lower(), list(line.words)
    option = _OPTIONS.get(low)
    if option is not None:
        option(line)
    elif low in _COMPARISONS or low in _WAYS:
        _read_crossing(line, word)
    elif low in _KINDS and line.kind in (None, _KINDS[low]):
        line.kind = _KINDS[low]
    elif _NUMBER.fullmatch(word) and (line.awaits_number or read_length(low) is None) and line.level is None:
        _read_level(line, word)
    elif read_length(low) is not None and line.window is None:
        line.window = read_length(low)
    elif _SYMBOL.fullmatch(word) and low not in _FILLERS and (line.symbol is None or _may_be_unit(line)):
        _read_symbol(line, word)
    elif low not in _FILLERS:
        rivals = line.level is not None and _NUMBER.fullmatch(word) is not None
        raise _not_understood(line, word, AlertQuestion.LEVEL if rivals else None)
    line.understood += [word, *ahead[: len(ahead) - len(line.words)]]


def _read_crossing(line: _Line, word: str) -> None:
    """`above`, `rises`, `crosses above`: several may be said, if they do not contradict each other."""
    low = word.lower()
    crossing = _COMPARISONS.get(low) or _WAYS[low]
    if line.crossing in (None, Crossing.EITHER):
        line.crossing = crossing
    elif crossing not in (line.crossing, Crossing.EITHER):
        raise _not_understood(line, word, AlertQuestion.WAY)
    line.compared |= low in _COMPARISONS


def _read_level(line: _Line, word: str) -> None:
    digits = word.lstrip("+-")
    sign = word[: len(word) - len(digits)]
    line.percent = digits.endswith("%")
    if sign and not line.percent:
        raise _Unclear(f"“{word[:40]}” has a sign: a move is in percent, like +5%.", AlertQuestion.LEVEL)
    if sign:
        _read_crossing(line, "up" if sign == "+" else "down")
    try:
        line.level = parse_decimal(digits.removesuffix("%"))
    except AmbiguousNumber:
        raise
    except InputError as error:
        raise _Unclear(error.sentence, AlertQuestion.LEVEL) from None


def _read_symbol(line: _Line, word: str) -> None:
    if line.symbol is None:
        line.symbol = word.upper()
    else:
        line.unit = word.upper()


def _may_be_unit(line: _Line) -> bool:
    """A currency directly behind a number that is no percentage: `80000 USDT`."""
    behind = bool(line.understood) and _NUMBER.fullmatch(line.understood[-1]) is not None
    return behind and line.level is not None and not line.percent and not line.unit


def _read_once(line: _Line) -> None:
    line.cooldown = ONCE


def _read_every(line: _Line) -> None:
    line.cooldown = USUAL_COOLDOWN
    word = line.words[0] if line.words else ""
    length = read_length(word)
    if length is None and not names_day(word):
        return
    line.words.pop(0)
    line.cooldown = None
    if length is None:
        raise _Unclear(f"I cannot repeat it by the day. {_RESTS}", AlertQuestion.REPEAT)
    if not _is_within(length, _COOLDOWNS):
        raise _Unclear(_RESTS, AlertQuestion.REPEAT)
    line.cooldown = length


def _read_until(line: _Line) -> None:
    if line.words and read_length(line.words[0]) is not None:
        _read_for(line)
        return
    if not line.words:
        raise _Unclear("After until comes a day or a time, like until friday or until 18:00.", AlertQuestion.UNTIL)
    try:
        line.until, used = read_until(line.words, now=line.now, zone=line.zone)
    except InputError as error:
        del line.words[: moment_words(line.words)]
        raise _Unclear(error.sentence, AlertQuestion.UNTIL) from None
    del line.words[:used]


def _read_for(line: _Line) -> None:
    length = read_length(line.words.pop(0) if line.words else "")
    if not length:
        raise _Unclear("After for comes how long, like for 3d.", AlertQuestion.UNTIL)
    try:
        line.until = check_ahead(line.now + length, now=line.now)
    except InputError as error:
        raise _Unclear(error.sentence, AlertQuestion.UNTIL) from None


def _read_picture(line: _Line) -> None:
    line.picture = True


_OPTIONS: Mapping[str, Callable[[_Line], None]] = {
    "once": _read_once,
    **dict.fromkeys(("every", "each", "repeat", "always"), _read_every),
    **dict.fromkeys(("until", "till"), _read_until),
    "for": _read_for,
    **dict.fromkeys(("picture", "chart"), _read_picture),
}


def _contradictions(line: _Line) -> Iterator[_Unclear]:
    """Parts that do not belong together, or cannot be."""
    kind, level = _kind(line), line.level
    if kind is AlertKind.PRICE and line.percent:
        sentence = "A price is no percentage. Write +5% for a move from now, or a price like > 80000."
        yield _Unclear(sentence, AlertQuestion.LEVEL)
    if kind is AlertKind.VOLUME and line.percent:
        yield _Unclear("A volume is an amount, no percentage. Write it like BTC volume > 100.", AlertQuestion.LEVEL)
    if line.window is not None and kind is not AlertKind.MOVE:
        yield _Unclear("A time like 1h belongs to a move: write it like ETH -3% 1h.")
    if kind is AlertKind.MOVE and level is not None and not line.percent:
        yield _Unclear("A move is in percent. Write it like +5%, or ETH -3% 1h.", AlertQuestion.LEVEL)
    if level is not None and level <= ZERO:
        yield _Unclear("An alert needs a number above zero.", AlertQuestion.LEVEL)
    if line.window is not None and kind is AlertKind.MOVE and not _is_within(line.window, _WINDOWS):
        yield _Unclear(_SPANS, AlertQuestion.WINDOW)
    if len(line.note) > LONGEST_NOTE:
        yield _Unclear(_too_long(line.note), AlertQuestion.NOTE)


def _kind(line: _Line) -> AlertKind | None:
    if line.kind is not None or line.compared:
        return line.kind or AlertKind.PRICE
    if line.window is not None or line.percent:
        return AlertKind.MOVE
    return None if line.level is None and line.crossing is None else AlertKind.PRICE


def _without(line: _Line, parts: set[AlertQuestion | None], *, kind: AlertKind | None) -> AlertRequest:
    """What was understood of a line that went wrong, without the parts that did: these are asked for again."""
    if AlertQuestion.LEVEL in parts:
        line.level = None
        kind = line.kind or (AlertKind.PRICE if line.compared else None)
    if AlertQuestion.WAY in parts:
        line.crossing = None
    if AlertQuestion.WINDOW in parts:
        line.window = None
    if AlertQuestion.NOTE in parts:
        line.note = ""
    return replace(_request(line, kind=kind), to_ask=tuple(part for part in _ASKED_AGAIN if part in parts))


def _request(line: _Line, *, kind: AlertKind | None) -> AlertRequest:
    return AlertRequest(
        symbol=line.symbol,
        kind=kind,
        crossing=None if kind is None else line.crossing,
        level=line.level,
        unit=line.unit if line.level is not None else "",
        window=line.window if kind is AlertKind.MOVE else None,
        cooldown=line.cooldown,
        until=line.until,
        note=line.note,
        picture=line.picture,
    )


def _is_within(length: timedelta, bounds: tuple[timedelta, timedelta]) -> bool:
    least, most = bounds
    return least <= length <= most


def _too_long(note: str) -> str:
    return f"A note has at most {LONGEST_NOTE} characters; this one has {len(note)}."


def _not_understood(line: _Line, word: str, part: AlertQuestion | None) -> _Unclear:
    known = f"I understood “{' '.join(line.understood)}”, but not" if line.understood else "I do not understand"
    return _Unclear(f"{known} {said_back(word)}.", part)
