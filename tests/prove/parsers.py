"""Random texts into the parsers: they complain, or they understood what an independent reading understands."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from chatbot.domain.alert_drafts import AlertKind
from chatbot.domain.alert_text import LONGEST_NOTE, parse_alert
from chatbot.domain.drafts import OrderRequest, Quantity, QuantityKind
from chatbot.domain.errors import InputError
from chatbot.domain.money import parse_decimal, to_text
from chatbot.domain.order_text import parse_order
from chatbot.domain.orders import Side
from chatbot.domain.shortcuts import AskedPrice, LooseAmount, SpokenCommand, understood
from handlers.features import ROUTES
from handlers.routing import Routes
from tests.prove.proof import Proof, Run

_LONGEST = 40
_PIECES = (
    *"0123456789.,$%@kKmMeE+-_ ",
    *("nan", "inf", "Infinity", "1e5", "0x1f", "1_000", "60000", "0.01", "1,000", "1.000,5", "25%", "max", "all", "at"),
    *("BTC", "btc/usdt", "USDT", "of", "post", "market", "limit", "buy", "sNaN", "e10", "\n", "\t"),
    *("٣", "½", "²", "०", "１", "，", "\u00a0", "\u2212", "\x00", "🙂", "́"),
)
_WORDS = ("BTC", "eth", "BTC/USDT", "btc-usdt", "of", "at", "@", "post", "market", "limit", "all", "max", "USDT")


_ALERT_WORDS = (
    *("BTC", "eth", "BTC/USDT", ">", "<", ">=", "above", "crosses", "falls", "+5%", "-3%", "5 %", "1h", "30 min", "5m"),
    *("spread", "volume", "every", "2h", "once", "until", "friday", "25", "Dec", "18:00", "for", "3d", "picture"),
    *("note", '"', "USDT", "80k", "$", "٣", "\x00", "29 feb", "2026-02-30"),
)
_PLAIN_WORDS = (
    *("btc", "ETH", "usdt", "btc/usdt", "$BTC", "1INCH", "buy", "Sell", "SWAP", "price", "of", "to", "balance", "all"),
    *("7K4QM-2XTB9", "123456", "123 456", "0x52908400098527886E", "bc1qar0srrr7xf", "how", "hunter2", "\u0663"),
)
_NUMBER = re.compile(r"[$]?[0-9.,]+[kKmM]?")
_CODE = re.compile(r"[0-9 ]+|[A-Za-z0-9]{5}-[A-Za-z0-9]{5}")
_COMMANDS = frozenset(Routes(ROUTES).commands)
_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_ZONE = ZoneInfo("Europe/Berlin")


def prove(run: Run) -> None:
    for case, chance in run.cases():
        try:
            _try_decimal(_text(chance))
            _try_order(_text(chance) if chance.random() < 0.5 else _line(chance))
            _try_alert(_text(chance) if chance.random() < 0.3 else _alert(chance))
            _try_shortcut(_text(chance) if chance.random() < 0.5 else _plain_text(chance))
        except AssertionError as error:
            run.fail(case, str(error))
        except Exception as error:
            run.fail(case, f"raised {error!r}")


def _text(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return _number(chance)
    return "".join(chance.choice(_PIECES) for _ in range(chance.randint(0, 8)))


def _number(chance: random.Random) -> str:
    """Digits as somebody may type them, right or nearly."""
    whole, cents = str(chance.randrange(10 ** chance.randint(1, 12))), str(chance.randrange(10 ** chance.randint(1, 9)))
    return chance.choice(("", "$")) + chance.choice(
        (whole, f"{whole}.{cents}", f"{whole},{cents}", f"{int(whole):,}", f"{int(whole):,}.{cents}", f".{cents}")
    ) + chance.choice(("", "", "k", "M"))  # fmt: skip


def _line(chance: random.Random) -> str:
    words = [chance.choice(_WORDS) if chance.random() < 0.6 else _number(chance) for _ in range(chance.randint(1, 6))]
    return " ".join(words)


def _try_decimal(text: str) -> None:
    try:
        value = parse_decimal(text)
    except InputError:
        return
    _check_plain(value, text)
    assert _independently(text) == Fraction(value), f"{text!r} was read as {value}"
    again = to_text(value)
    if len(again) <= _LONGEST and not _has_grouping_doubt(again):
        assert parse_decimal(again) == value, f"{text!r} gave {again}, which reads otherwise"


def _check_plain(value: Decimal, text: str) -> None:
    assert value.is_finite() and not value.is_signed(), f"{text!r} was read as {value}"
    typed = text.strip().lower().removeprefix("$").rstrip("km")
    assert typed and set(typed) <= set("0123456789.,"), f"{text!r} was accepted as {value}"


def _has_grouping_doubt(text: str) -> bool:
    """Or a round thousand: `1.000`."""
    return "," in text or text.endswith(".000")


def _independently(text: str) -> Fraction:
    """What the text means, read another way: a point is a point, commas group if there are three digits behind each."""
    body = text.strip().lower().removeprefix("$")
    factor = {"k": 1_000, "m": 1_000_000}.get(body[-1], 1)
    body = body.rstrip("km")
    if "." in body or body.count(",") > 1:
        body = body.replace(",", "")
    whole, _, cents = body.replace(",", ".").partition(".")
    return Fraction(int(whole or "0") * 10 ** len(cents) + int(cents or "0"), 10 ** len(cents)) * factor


def _try_order(text: str) -> None:
    side = Side.BUY
    try:
        request = parse_order(text, side=side)
    except InputError:
        return
    for number in (request.price, request.quantity.value if request.quantity else None):
        if number is not None:
            assert number.is_finite() and number > 0, f"{text!r} gave {number}"
    if request.quantity is not None and request.quantity.kind is QuantityKind.PERCENT:
        assert request.quantity.value <= 100, f"{text!r} gave {request.quantity.value} %"
    assert not (request.post_only and request.type == "market"), f"{text!r} is post-only at the market"
    said = _say(request)
    if said is not None:
        again = parse_order(said, side=side)
        assert _same(again) == _same(request), f"{text!r} means {said!r}, which is read otherwise: {again}"


def _try_alert(text: str) -> None:
    try:
        said = parse_alert(text, now=_NOW, zone=_ZONE)
    except InputError:
        return
    if said.level is not None:
        assert said.level.is_finite() and said.level > 0, f"{text!r} gave {said.level}"
        written = [_number_of(word) for word in _NUMBER.findall(text)]
        assert said.level in written, f"{text!r} was read as {said.level}"
    assert said.until is None or said.until > _NOW, f"{text!r} ends at {said.until}"
    assert said.window is None or said.kind is AlertKind.MOVE, f"{text!r} has a window"
    assert len(said.note) <= LONGEST_NOTE and "\0" not in said.note, f"{text!r} has the note {said.note!r}"


def _try_shortcut(text: str) -> None:
    """What is made of a text is a part of it, and nothing that may be a code is taken for anything."""
    meant = understood(text)
    if _CODE.fullmatch(text.strip()) or "\n" in text.strip():
        assert meant is None, f"{text!r} was taken for {meant}"
    match meant:
        case SpokenCommand():
            assert meant.name in _COMMANDS and meant.args in text, f"{text!r} was taken for {meant}"
            assert meant.args == "" or text.strip().lower().startswith(meant.name), f"{text!r} is no {meant.name}"
        case AskedPrice():
            assert 1 <= len(meant.symbols) <= 8, f"{text!r} asks for {len(meant.symbols)} markets"
            assert all(symbol.isascii() and symbol in text for symbol in meant.symbols), f"{text!r} asks for {meant}"
        case LooseAmount():
            said = ("".join(each.split()) for each in (meant.number + meant.unit, meant.unit + meant.number))
            assert "".join(text.split()) in said, f"{text!r} was read as {meant}"
            value = _number_of(meant.number)
            assert value is None or value.is_finite(), f"{text!r} gave {value}"


def _plain_text(chance: random.Random) -> str:
    """What somebody may write who leaves the slash out, or pastes by mistake."""
    words = [
        chance.choice(_PLAIN_WORDS) if chance.random() < 0.6 else _number(chance) for _ in range(chance.randint(1, 4))
    ]
    return chance.choice((" ", "", "\u00a0")).join(words) + chance.choice(("", "", "?", " ?", "???", "\n", "\u202e"))


def _number_of(word: str) -> Decimal | None:
    try:
        return parse_decimal(word)
    except InputError:
        return None


def _alert(chance: random.Random) -> str:
    return " ".join(
        chance.choice(_ALERT_WORDS) if chance.random() < 0.7 else _number(chance) for _ in range(chance.randint(1, 8))
    )


def _same(request: OrderRequest) -> OrderRequest:
    """`$100 of BTC` and `100 USDT of BTC` differ in what they name, `max` and `100%` do not."""
    return replace(request, total_currency=None)


def _say(request: OrderRequest) -> str | None:
    """The request in the canonical form; None where a lone number or nothing was said, which has none."""
    if request.symbol is None or request.quantity is None:
        return None
    words = [_say_quantity(request.quantity), request.symbol]
    if request.price is not None:
        words += ["@", _plain(request.price)]
    if any(len(word) > _LONGEST for word in words):
        return None
    if request.post_only:
        words.append("post")
    elif request.type is not None and request.price is None:
        words.append(request.type.value)
    return " ".join(words)


def _say_quantity(quantity: Quantity) -> str:
    amount = _plain(quantity.value)
    match quantity.kind:
        case QuantityKind.PERCENT:
            return f"{amount}%"
        case QuantityKind.TOTAL:
            return f"${amount} of"
        case QuantityKind.VOLUME:
            return amount


def _plain(value: Decimal) -> str:
    """As short as it can be written: `1.000` would be asked back."""
    written = to_text(value)
    return written.rstrip("0").rstrip(".") if "." in written else written


PROOF = Proof(
    name="parsers",
    claim="any text: a complaint, or exactly the number that was written",
    required=200_000,
    sample=4_000,
    prove=prove,
)
