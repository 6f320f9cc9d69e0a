"""The questions of a guided alert: what is missing, what is offered to choose from, what a typed answer means."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from chatbot.domain.alert_drafts import ONCE, AlertChoice, AlertKind, AlertQuestion, AlertRequest
from chatbot.domain.alert_text import AlertUnread, parse_alert, read_cooldown, read_note, read_window
from chatbot.domain.alerts import Alert, Crossing, Gauge
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.market import Market, Ticker
from chatbot.domain.money import ZERO, divide, multiply, round_down, round_half_up, to_text
from chatbot.domain.number_text import whole_numbers
from chatbot.domain.order_questions import read_as
from chatbot.domain.until_text import join_lengths, read_length, read_until

EDITABLE = (
    AlertQuestion.LEVEL,
    AlertQuestion.REPEAT,
    AlertQuestion.UNTIL,
    AlertQuestion.NOTE,
    AlertQuestion.PICTURE,
)
"""The parts of an alert that can be changed; another market is another alert."""

_HUNDRED = Decimal(100)
_STEPS = (Decimal(1), Decimal(2), Decimal(5))
_SPREADS = (Decimal("0.1"), Decimal("0.5"), Decimal(1))
_TIMES = (2, 5, 10)
_USUAL_WINDOW = timedelta(hours=1)
_REPEATS = {"Once": ONCE, "Every 1 h": timedelta(hours=1), "Every 1 d": timedelta(days=1)}
_LASTING = {"1 d": timedelta(days=1), "1 week": timedelta(weeks=1), "30 d": timedelta(days=30)}
_WINDOWS = {"5 min": timedelta(minutes=5), "1 h": _USUAL_WINDOW, "1 d": timedelta(days=1), "From now": None}
_NEVER = ("never", "none", "no end", "no")
_KIND_WORDS = {AlertKind.SPREAD: "spread", AlertKind.VOLUME: "volume"}
_WAYS = {Crossing.UP: "+", Crossing.DOWN: "-"}
_SIDES = {"Above": Crossing.UP, "Below": Crossing.DOWN, "Either way": Crossing.EITHER}
_OPTIONS = {AlertQuestion.UNTIL: "Until…", AlertQuestion.NOTE: "Note…"}
_PICTURES = {"With a picture": True, "Without": False}
_YES = ("yes", "ok", "set it", "on", "with", "with a picture")
_NO = ("no", "off", "without", "without a picture")


def missing(request: AlertRequest, *, guided: bool) -> AlertQuestion | None:
    """What has to be asked next. Somebody `guided` is asked whether it repeats, too."""
    if request.symbol is None:
        return AlertQuestion.MARKET
    if request.kind is None:
        return AlertQuestion.KIND
    if request.level is None:
        return AlertQuestion.LEVEL
    if request.kind is AlertKind.MOVE and request.crossing not in _WAYS:
        return AlertQuestion.WAY
    if request.to_ask:
        return request.to_ask[0]
    return AlertQuestion.REPEAT if guided and request.cooldown is None else None


def offered_markets(request: AlertRequest, markets: Iterable[Market]) -> tuple[AlertChoice, ...]:
    return tuple(AlertChoice(label=market.pair, request=replace(request, symbol=market.code)) for market in markets)


def offered(
    question: AlertQuestion,
    request: AlertRequest,
    *,
    market: Market,
    ticker: Ticker,
    now: datetime,
    options: Iterable[AlertQuestion] = (),
) -> tuple[AlertChoice, ...]:
    """The answers offered once the market is settled; with the question whether it repeats, `options` to say more."""
    settled = _settled(request, question)
    match question:
        case AlertQuestion.KIND:
            return _kinds(settled)
        case AlertQuestion.LEVEL:
            return _levels(settled, market, ticker)
        case AlertQuestion.WAY:
            return _sides(settled)
        case AlertQuestion.REPEAT:
            repeats = (
                AlertChoice(label=label, request=replace(settled, cooldown=rest)) for label, rest in _REPEATS.items()
            )
            return (*repeats, *_options(request, options))
        case _:
            return _rest(question, settled, now=now)


def offered_meanings(
    text: str, error: AmbiguousNumber, read: Callable[[str], AlertRequest]
) -> tuple[tuple[AlertChoice, ...], str]:
    """Both readings of a number that can be read in two ways, and what else is wrong with the line, if anything.

    `read` is how the text is read. Raises `InputError` if nothing of it can be used.
    """
    choices, problem = [], ""
    for meaning in error.meanings:
        try:
            request = read(read_as(meaning, error.typed, text))
        except AlertUnread as unread:
            request, problem = unread.known, unread.sentence
        choices.append(AlertChoice(label=meaning, request=request))
    return tuple(choices), problem


def answered(
    request: AlertRequest, question: AlertQuestion, text: str, *, now: datetime, zone: ZoneInfo
) -> AlertRequest:
    """The request after a typed answer to a question. Raises `InputError`."""
    request = _settled(request, question)
    match question:
        case AlertQuestion.NOTE:
            return replace(request, note=read_note(text))
        case AlertQuestion.REPEAT:
            return replace(request, cooldown=_typed_cooldown(text))
        case AlertQuestion.UNTIL:
            return replace(request, until=_typed_until(text, now=now, zone=zone))
        case AlertQuestion.WINDOW:
            return replace(request, window=_typed_window(text))
        case AlertQuestion.PICTURE:
            return replace(request, picture=_typed_word(text, yes="with a picture", no="without"))
        case AlertQuestion.CHECK:
            return _checked(request, text)
        case AlertQuestion.MARKET:
            said = parse_alert(text, now=now, zone=zone)
            if said.symbol is None:
                raise InputError("Which market? Write its name, like BTC or BTC/USDT, or tap one.")
            return _merged(request, said)
        case _:
            return _merged(request, _in_context(request, question, text, now=now, zone=zone))


def request_of(alert: Alert) -> AlertRequest:
    """An alert as it would be said."""
    rule = alert.rule
    kinds = {
        Gauge.PRICE: AlertKind.PRICE if rule.move is None else AlertKind.MOVE,
        Gauge.SPREAD: AlertKind.SPREAD,
        Gauge.VOLUME: AlertKind.VOLUME,
    }
    fall = rule.gauge is Gauge.FALL or (rule.move is not None and rule.move < 0)
    kind = kinds.get(rule.gauge, AlertKind.MOVE)
    way = (Crossing.DOWN if fall else Crossing.UP) if kind is AlertKind.MOVE else rule.crossing
    return AlertRequest(
        symbol=alert.market,
        kind=kind,
        crossing=way,
        level=rule.level if rule.move is None else abs(rule.move),
        window=rule.window,
        cooldown=alert.cooldown or ONCE,
        until=alert.until,
        note=alert.note,
        picture=alert.picture,
    )


def line_of(alert: Alert) -> str:
    """What to write behind `/alert` to set it again; without its end, which may be over by then."""
    request = request_of(alert)
    level = _unmistakable(request.level or ZERO)
    comparison = {Crossing.UP: ">", Crossing.DOWN: "<", Crossing.EITHER: "crosses"}
    words = [alert.pair]
    if request.kind is AlertKind.MOVE:
        words.append(f"{'-' if request.crossing is Crossing.DOWN else '+'}{level}%")
        words += [] if request.window is None else [_length(request.window)]
    else:
        word = _KIND_WORDS.get(request.kind) if request.kind else None
        percent = "%" if request.kind is AlertKind.SPREAD else ""
        words += [word] if word else []
        words += [comparison[request.crossing or Crossing.EITHER], level + percent]
    words += ["every", _length(alert.cooldown)] if alert.cooldown else []
    words += ["picture"] if alert.picture else []
    return " ".join(words) + (f" note {alert.note}" if alert.note else "")


def _unmistakable(level: Decimal) -> str:
    """Three decimals look like thousands where a point groups them; four do not."""
    text = to_text(level)
    return f"{text}0" if len(text.partition(".")[2]) == len("000") else text


def _length(length: timedelta) -> str:
    return f"{int(length.total_seconds()) // 60}m"


def _kinds(request: AlertRequest) -> tuple[AlertChoice, ...]:
    price, move = AlertKind.PRICE, AlertKind.MOVE
    requests = {
        "Price above…": replace(request, kind=price, crossing=Crossing.UP),
        "Price below…": replace(request, kind=price, crossing=Crossing.DOWN),
        "Moves by… from now": replace(request, kind=move),
        "Moves by… in 1 h": replace(request, kind=move, window=_USUAL_WINDOW),
        "Spread above…": replace(request, kind=AlertKind.SPREAD, crossing=Crossing.UP),
        "24 h volume above…": replace(request, kind=AlertKind.VOLUME, crossing=Crossing.UP),
    }
    return tuple(AlertChoice(label=label, request=said) for label, said in requests.items())


def _sides(request: AlertRequest) -> tuple[AlertChoice, ...]:
    if request.kind is AlertKind.MOVE:
        return tuple(_move(request, way, request.level) for way in _WAYS if request.level is not None)
    return tuple(AlertChoice(label=label, request=replace(request, crossing=way)) for label, way in _SIDES.items())


def _options(request: AlertRequest, options: Iterable[AlertQuestion]) -> list[AlertChoice]:
    """What may be said, too, but need not: buttons that lead there and back."""
    unsaid = {AlertQuestion.UNTIL: request.until is None, AlertQuestion.NOTE: not request.note}
    choices = [
        AlertChoice(label=_OPTIONS[each], request=replace(request, to_ask=(*request.to_ask, each)))
        for each in options
        if unsaid.get(each)
    ]
    if AlertQuestion.PICTURE in options:
        label = f"Picture: {'on' if request.picture else 'off'}"
        choices.append(AlertChoice(label=label, request=replace(request, picture=not request.picture)))
    return choices


def _rest(question: AlertQuestion, request: AlertRequest, *, now: datetime) -> tuple[AlertChoice, ...]:
    """The answers to what has nothing to do with the market."""
    requests: dict[str, AlertRequest] = {}
    match question:
        case AlertQuestion.WINDOW:
            requests = {label: replace(request, window=window) for label, window in _WINDOWS.items()}
        case AlertQuestion.UNTIL:
            requests = {label: replace(request, until=now + lasting) for label, lasting in _LASTING.items()}
            requests["No end"] = replace(request, until=None)
        case AlertQuestion.NOTE:
            requests = {"No note": replace(request, note="")}
        case AlertQuestion.PICTURE:
            requests = {label: replace(request, picture=wanted) for label, wanted in _PICTURES.items()}
        case AlertQuestion.CHECK:
            requests = {"Set it": request}
    return tuple(AlertChoice(label=label, request=said) for label, said in requests.items())


def _settled(request: AlertRequest, question: AlertQuestion) -> AlertRequest:
    """A question that is answered is not asked again."""
    return replace(request, to_ask=tuple(part for part in request.to_ask if part is not question))


def _levels(request: AlertRequest, market: Market, ticker: Ticker) -> tuple[AlertChoice, ...]:
    ways = [way for way in _WAYS if request.crossing in (way, Crossing.EITHER, None)]
    match request.kind:
        case AlertKind.MOVE:
            return tuple(_move(request, way, step) for step in _STEPS for way in ways)
        case AlertKind.SPREAD:
            return tuple(
                AlertChoice(label=f"{to_text(spread)}%", request=replace(request, level=spread)) for spread in _SPREADS
            )
        case AlertKind.VOLUME:
            return tuple(_volume(request, times, ticker) for times in _TIMES if ticker.volume > ZERO)
        case _:
            prices = (_price(request, way, step, market, ticker) for step in _STEPS for way in ways)
            return tuple(choice for choice in prices if choice.request.level not in (ZERO, ticker.last))


def _move(request: AlertRequest, way: Crossing, percent: Decimal) -> AlertChoice:
    label = f"{_WAYS[way]}{to_text(percent)}%"
    return AlertChoice(label=label, request=replace(request, crossing=way, level=percent))


def _price(request: AlertRequest, way: Crossing, percent: Decimal, market: Market, ticker: Ticker) -> AlertChoice:
    """A price so many percent from now, as the market writes it."""
    away = _HUNDRED + percent if way is Crossing.UP else _HUNDRED - percent
    price = round_half_up(divide(multiply(ticker.last, away), _HUNDRED), decimals=market.counter_decimals)
    label = f"{_WAYS[way]}{to_text(percent)}%"
    return AlertChoice(label=label, request=replace(request, level=price, unit=""), with_level=True)


def _volume(request: AlertRequest, times: int, ticker: Ticker) -> AlertChoice:
    """So many times the volume of now, in three digits."""
    exact = multiply(ticker.volume, Decimal(times))
    volume = round_down(exact, decimals=max(0, 2 - exact.adjusted()))
    return AlertChoice(label=f"{times} × now", request=replace(request, level=volume, unit=""), with_level=True)


def _typed_cooldown(text: str) -> timedelta:
    words = join_lengths(text).lower().split()
    rest = read_cooldown(words[-1]) if words and words[:-1] in ([], ["every"]) else None
    if rest is None:
        raise InputError("Write once, or how long it rests after a hit, like 2h.")
    return rest


def _typed_window(text: str) -> timedelta | None:
    words = join_lengths(text).lower().split()
    if words in (["now"], ["from", "now"]):
        return None
    window = read_window(words[-1]) if words and words[:-1] in ([], ["within"], ["in"]) else None
    if window is None:
        raise InputError("Write within which time, like 1h, or tap one.")
    return window


def _typed_word(text: str, *, yes: str, no: str) -> bool:
    said = " ".join(text.lower().split())
    if said not in (*_YES, *_NO):
        raise InputError(f"Write {yes} or {no}, or tap one.")
    return said in _YES


def _checked(request: AlertRequest, text: str) -> AlertRequest:
    if not _typed_word(text, yes="yes", no="no"):
        raise InputError("Then write the whole line again, like /alert BTC > 80000.")
    return request


def _typed_until(text: str, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    words = join_lengths(text).split()
    if words and words[0].lower() in ("until", "for"):
        words.pop(0)
    if " ".join(words).lower() in _NEVER:
        return None
    length = read_length(words[0]) if len(words) == 1 else None
    if length is not None:
        words = ["for", words[0]]
        return parse_alert(" ".join(words), now=now, zone=zone).until
    moment, used = read_until(words, now=now, zone=zone)
    if used < len(words):
        raise InputError("Write only the day or time it ends, like friday, 25 Dec, 18:00 or 3d.")
    return moment


def _in_context(
    request: AlertRequest, question: AlertQuestion, text: str, *, now: datetime, zone: ZoneInfo
) -> AlertRequest:
    """What an answer says, read as the end of the line that is known: `5` for a move is 5 %."""
    text, known = whole_numbers(text), [request.symbol or ""]
    if question is not AlertQuestion.KIND and request.kind is not None:
        known.append(_KIND_WORDS.get(request.kind, ""))
        if request.kind is AlertKind.MOVE and "%" not in text and question is AlertQuestion.LEVEL:
            text = f"{text}%"
    said = parse_alert(" ".join([*known, text]), now=now, zone=zone)
    if question is AlertQuestion.LEVEL and said.level is None:
        raise InputError("Write a number, like 80000 or 5%, or tap one.")
    if question is AlertQuestion.WAY and said.crossing is None:
        raise InputError("Which way? Tap one.")
    if question is AlertQuestion.WAY:
        return replace(request, crossing=said.crossing)
    return said


def _merged(request: AlertRequest, said: AlertRequest) -> AlertRequest:
    """What was known, with what is said now; a move within a window stays one."""
    kind = said.kind or request.kind
    window = (said.window or request.window) if kind is AlertKind.MOVE else None
    return AlertRequest(
        symbol=said.symbol or request.symbol,
        kind=kind,
        crossing=said.crossing or request.crossing,
        level=request.level if said.level is None else said.level,
        unit=said.unit or (request.unit if said.level is None else ""),
        window=window,
        cooldown=request.cooldown if said.cooldown is None else said.cooldown,
        until=said.until or request.until,
        note=said.note or request.note,
        picture=said.picture or request.picture,
        to_ask=request.to_ask,
    )
