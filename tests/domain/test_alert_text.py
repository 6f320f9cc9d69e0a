"""Alerts in one line: understood exactly, or complained about with what was understood."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.alert_drafts import ONCE, AlertKind, AlertQuestion, AlertRequest
from chatbot.domain.alert_questions import answered, line_of, missing, offered, offered_meanings, request_of
from chatbot.domain.alert_text import USUAL_COOLDOWN, AlertUnread, parse_alert
from chatbot.domain.alerts import Alert, Crossing, Gauge, Rule
from chatbot.domain.errors import AmbiguousNumber, InputError
from tests.fakes.values import BTC, ticker
from tests.handlers.views.alert_examples import an_alert

UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
UP, DOWN, EITHER = Crossing.UP, Crossing.DOWN, Crossing.EITHER
PRICE, MOVE, SPREAD, VOLUME = AlertKind
HOUR = timedelta(hours=1)


def parse(text: str) -> AlertRequest:
    return parse_alert(text, now=NOW, zone=UTC_ZONE)


def request(symbol: str | None, kind: AlertKind, crossing: Crossing | None, level: str, **more: object) -> AlertRequest:
    made = AlertRequest(symbol=symbol, kind=kind, crossing=crossing, level=Decimal(level))
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("BTC > 80000", request("BTC", PRICE, UP, "80000")),
        ("btc/usdt>=80k", request("BTC/USDT", PRICE, UP, "80000")),
        ("> $80,000.50 BTC", request("BTC", PRICE, UP, "80000.50")),
        ("BTC under 0,5", request("BTC", PRICE, DOWN, "0.5")),
        ("BTC falls below 50000 USDT", request("BTC", PRICE, DOWN, "50000", unit="USDT")),
        ("when BTC crosses above 80000", request("BTC", PRICE, UP, "80000")),
        ("BTC drops to 50k and crosses", request("BTC", PRICE, DOWN, "50000")),
        ("BTC crosses 80000", request("BTC", PRICE, EITHER, "80000")),
        ("BTC 80000", request("BTC", PRICE, None, "80000")),
        ("1INCH < .25", request("1INCH", PRICE, DOWN, "0.25")),
        ("BTC +5%", request("BTC", MOVE, UP, "5")),
        ("BTC+5%", request("BTC", MOVE, UP, "5")),
        ("BTC − 5 %", request("BTC", MOVE, DOWN, "5")),
        ("BTC 5%", request("BTC", MOVE, None, "5")),
        ("ETH -3% 1h", request("ETH", MOVE, DOWN, "3", window=HOUR)),
        ("ETH drops 3% within 90 min", request("ETH", MOVE, DOWN, "3", window=timedelta(minutes=90))),
        ("BTC spread > 0.5%", request("BTC", SPREAD, UP, "0.5")),
        ("BTC spread > 0.5", request("BTC", SPREAD, UP, "0.5")),
        ("BTC volume > 5m", request("BTC", VOLUME, UP, "5000000")),
        ("BTC volume < 100 BTC", request("BTC", VOLUME, DOWN, "100", unit="BTC")),
    ],
)
def test_what_is_watched_is_read_as_it_is_meant(text: str, meant: AlertRequest) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("BTC > 5 once", {"cooldown": ONCE}),
        ("every BTC > 5", {"cooldown": USUAL_COOLDOWN}),
        ("every 2 hours BTC > 5", {"cooldown": 2 * HOUR}),
        ("BTC > 5 for 3d every 30m", {"cooldown": HOUR / 2, "until": NOW + timedelta(days=3)}),
        ("BTC until 18:00 > 5", {"until": datetime(2026, 11, 20, 18, tzinfo=UTC)}),
        ("BTC > 5 picture", {"picture": True}),
        ('BTC note "sell? > 6" > 5 once', {"note": "sell? > 6", "cooldown": ONCE}),
        ("BTC > 5 note until friday it's", {"note": "until friday it's"}),
        ("BTC > 5 note “a\u0000b\n c” picture", {"note": "a b c", "picture": True}),
        ('BTC > 5 note "no end', {"note": '"no end'}),
    ],
)
def test_options_stand_anywhere(text: str, options: dict[str, object]) -> None:
    assert parse(text) == request("BTC", PRICE, UP, "5", **options)


WAY, WINDOW, REPEAT, UNTIL, NOTE = (
    AlertQuestion.WAY,
    AlertQuestion.WINDOW,
    AlertQuestion.REPEAT,
    AlertQuestion.UNTIL,
    AlertQuestion.NOTE,
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("BTC > 5%", "no percentage"),
        ("BTC volume > 5%", "no percentage"),
        ("BTC moves 5", "in percent"),
        ("BTC 80000 1h", "in percent"),
        ("BTC -500", "in percent"),
        ("BTC > -5", "in percent"),
        ("BTC > 0", "above zero"),
        ("BTC > 3 4", "but not “4”"),
        ("BTC > 1e5", "but not “1e5”"),
        ("BTC > NaN", "but not “NaN”"),
        ("BTC > \u0663", "but not"),
    ],
)
def test_a_number_that_is_wrong_or_has_a_rival_is_asked_for_again(text: str, said: str) -> None:
    with pytest.raises(AlertUnread) as caught:
        parse(text)
    known = caught.value.known
    assert said in caught.value.sentence and "Write it like BTC > 80000" in caught.value.sentence
    assert known.symbol == "BTC" and known.level is None and known.to_ask == ()


@pytest.mark.parametrize(
    ("text", "said", "known"),
    [
        ("BTC > 5 1h", "belongs to a move", request("BTC", PRICE, UP, "5")),
        ("BTC above < 5", "but not “<”", request("BTC", PRICE, None, "5", to_ask=(WAY,))),
        ("BTC foo > 5", "I understood “BTC”, but not “foo”", request("BTC", PRICE, UP, "5")),
        ("BTC > 5 until", "After until", request("BTC", PRICE, UP, "5", to_ask=(UNTIL,))),
        ("BTC > 5 until 25:00", "“25:00” is no day", request("BTC", PRICE, UP, "5", to_ask=(UNTIL,))),
        ("BTC until 32 Dec > 5 once", "32 Dec", request("BTC", PRICE, UP, "5", to_ask=(UNTIL,), cooldown=ONCE)),
        ("BTC > 5 for ever", "for 3d", request("BTC", PRICE, UP, "5", to_ask=(UNTIL,))),
        ("BTC > 5 for 900d", "two years", request("BTC", PRICE, UP, "5", to_ask=(UNTIL,))),
        ("BTC > 5 every 1m", "5 min to 30 d", request("BTC", PRICE, UP, "5", to_ask=(REPEAT,))),
        ("every friday BTC > 5", "like every 2h", request("BTC", PRICE, UP, "5", to_ask=(REPEAT,))),
        ("BTC +5% 1m", "5 min to 7 d", request("BTC", MOVE, UP, "5", to_ask=(WINDOW,))),
        ("BTC -5% 8d", "5 min to 7 d", request("BTC", MOVE, DOWN, "5", to_ask=(WINDOW,))),
        ("BTC > 5 note " + "x" * 201, "at most 200", request("BTC", PRICE, UP, "5", to_ask=(NOTE,))),
        (
            "BTC +5% 1m every 1m until 25:00",
            "5 min to 30 d",
            request("BTC", MOVE, UP, "5", to_ask=(WINDOW, REPEAT, UNTIL)),
        ),
    ],
)
def test_only_what_is_wrong_is_asked_for_again(text: str, said: str, known: AlertRequest) -> None:
    with pytest.raises(AlertUnread) as caught:
        parse(text)
    assert said in caught.value.sentence and caught.value.known == known


def test_what_was_not_understood_is_asked_for_part_by_part() -> None:
    known = request("BTC", MOVE, UP, "5", to_ask=(WINDOW, REPEAT, UNTIL, NOTE))
    for question, answer in ((WINDOW, "1h"), (REPEAT, "every 2h"), (UNTIL, "3d"), (NOTE, "sell?")):
        assert missing(known, guided=True) is question
        assert offered(question, known, market=BTC, ticker=ticker(), now=NOW)
        known = answered(known, question, answer, now=NOW, zone=UTC_ZONE)
    said = {"window": HOUR, "cooldown": 2 * HOUR, "until": NOW + timedelta(days=3), "note": "sell?"}
    assert known == request("BTC", MOVE, UP, "5", **said) and missing(known, guided=True) is None


def test_more_may_be_said_with_a_tap_before_an_alert_is_set() -> None:
    known = parse("BTC > 5")
    options = (UNTIL, NOTE, AlertQuestion.PICTURE)
    choices = offered(REPEAT, known, market=BTC, ticker=ticker(), now=NOW, options=options)
    led = {choice.label: choice.request for choice in choices}
    assert list(led)[3:] == ["Until…", "Note…", "Picture: off"]
    assert missing(led["Until…"], guided=True) is UNTIL and missing(led["Note…"], guided=True) is NOTE
    assert led["Picture: off"] == replace(known, picture=True)


def test_a_number_that_can_mean_two_things_is_asked_about() -> None:
    with pytest.raises(AmbiguousNumber) as caught:
        parse("BTC > 80,000 once")
    choices, problem = offered_meanings("BTC > 80,000 once", caught.value, parse)
    assert problem == ""
    assert [(choice.label, choice.request.level) for choice in choices] == [
        ("80000", Decimal(80_000)),
        ("80", Decimal(80)),
    ]
    _, problem = offered_meanings("BTC > 80,000 until 25:00", caught.value, parse)
    assert "no day or time" in problem


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", AlertQuestion.MARKET),
        ("> 80000", AlertQuestion.MARKET),
        ("BTC", AlertQuestion.KIND),
        ("BTC >", AlertQuestion.LEVEL),
        ("BTC spread", AlertQuestion.LEVEL),
        ("BTC 5m", AlertQuestion.LEVEL),
        ("BTC 5%", AlertQuestion.WAY),
        ("BTC crosses 80000 every", None),
    ],
)
def test_what_is_missing_is_asked_for(text: str, asked: AlertQuestion | None) -> None:
    assert missing(parse(text), guided=False) is asked


def test_only_who_is_guided_is_asked_whether_it_repeats() -> None:
    whole = parse("BTC > 80000")
    assert missing(whole, guided=False) is None and missing(whole, guided=True) is AlertQuestion.REPEAT


def levels_offered(text: str) -> list[str]:
    choices = offered(AlertQuestion.LEVEL, parse(text), market=BTC, ticker=ticker(last="60000"), now=NOW)
    return [f"{choice.request.crossing} {choice.request.level}" for choice in choices]


def test_levels_are_offered_around_the_price_of_now() -> None:
    assert levels_offered("BTC >") == ["up 60600.00", "up 61200.00", "up 63000.00"]
    assert levels_offered("BTC <") == ["down 59400.00", "down 58800.00", "down 57000.00"]
    assert len(levels_offered("BTC crosses")) == 6
    assert levels_offered("BTC moves")[:2] == ["up 1", "down 1"]
    assert levels_offered("BTC volume >") == ["up 25.0", "up 62.5", "up 125"]


def test_a_step_too_small_for_the_market_is_not_offered() -> None:
    cheap = replace(ticker(), last=Decimal("0.01"))
    choices = offered(AlertQuestion.LEVEL, parse("BTC <"), market=BTC, ticker=cheap, now=NOW)
    assert choices == ()


@pytest.mark.parametrize(
    ("known", "question", "text", "meant"),
    [
        ("BTC >", AlertQuestion.LEVEL, "80k", request("BTC", PRICE, UP, "80000")),
        ("BTC >", AlertQuestion.LEVEL, "< 70000", request("BTC", PRICE, DOWN, "70000")),
        ("BTC >", AlertQuestion.LEVEL, "80000 USDT", request("BTC", PRICE, UP, "80000", unit="USDT")),
        ("BTC >", AlertQuestion.LEVEL, "+5%", request("BTC", MOVE, UP, "5")),
        ("BTC spread >", AlertQuestion.LEVEL, "0.5%", request("BTC", SPREAD, UP, "0.5")),
        ("BTC down", AlertQuestion.KIND, "-3% 1h", request("BTC", MOVE, DOWN, "3", window=HOUR)),
        ("BTC moves 1h", AlertQuestion.LEVEL, "5", request("BTC", MOVE, None, "5", window=HOUR)),
        ("BTC 5%", AlertQuestion.WAY, "down", request("BTC", MOVE, DOWN, "5")),
        ("> 5", AlertQuestion.MARKET, "ETH", request("ETH", PRICE, UP, "5")),
        ("BTC > 5", AlertQuestion.REPEAT, "every 2 hours", request("BTC", PRICE, UP, "5", cooldown=2 * HOUR)),
        ("BTC > 5", AlertQuestion.UNTIL, "3d", request("BTC", PRICE, UP, "5", until=NOW + timedelta(days=3))),
        ("BTC > 5 for 3d", AlertQuestion.UNTIL, "never", request("BTC", PRICE, UP, "5")),
        ("BTC +5% 1h", AlertQuestion.WINDOW, "from now", request("BTC", MOVE, UP, "5")),
        ("BTC > 5", AlertQuestion.PICTURE, "Yes", request("BTC", PRICE, UP, "5", picture=True)),
        ("BTC > 5", AlertQuestion.CHECK, "ok", request("BTC", PRICE, UP, "5")),
        ("BTC > 5 note a", AlertQuestion.NOTE, "until friday", request("BTC", PRICE, UP, "5", note="until friday")),
    ],
)
def test_typed_answers_complete_what_is_known(
    known: str, question: AlertQuestion, text: str, meant: AlertRequest
) -> None:
    assert answered(parse(known), question, text, now=NOW, zone=UTC_ZONE) == meant


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (AlertQuestion.MARKET, "80000"),
        (AlertQuestion.LEVEL, "above"),
        (AlertQuestion.LEVEL, "-5"),
        (AlertQuestion.REPEAT, "sometimes"),
        (AlertQuestion.UNTIL, "friday or so"),
        (AlertQuestion.NOTE, "x" * 201),
        (AlertQuestion.WINDOW, "2m"),
        (AlertQuestion.WINDOW, "soon"),
        (AlertQuestion.PICTURE, "perhaps"),
        (AlertQuestion.CHECK, "no"),
    ],
)
def test_answers_that_are_none_are_refused(question: AlertQuestion, text: str) -> None:
    with pytest.raises(InputError):
        answered(parse("BTC > 5"), question, text, now=NOW, zone=UTC_ZONE)


PERCENTS = st.decimals("0.01", "999", places=2)
NUMBERS = st.decimals("0.00000001", "1e9", places=8)


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    crossing = draw(st.sampled_from(Crossing))
    rule = draw(
        st.one_of(
            NUMBERS.map(lambda level: Rule(gauge=Gauge.PRICE, crossing=crossing, level=level)),
            NUMBERS.map(lambda level: Rule(gauge=Gauge.VOLUME, crossing=crossing, level=level)),
            PERCENTS.map(lambda level: Rule(gauge=Gauge.SPREAD, crossing=crossing, level=level)),
            PERCENTS.map(lambda move: Rule(gauge=Gauge.PRICE, crossing=UP, level=Decimal(1), move=move, anchor=move)),
            PERCENTS.map(
                lambda move: Rule(gauge=Gauge.PRICE, crossing=DOWN, level=Decimal(1), move=-move, anchor=move)
            ),
            PERCENTS.map(lambda level: Rule(gauge=Gauge.FALL, crossing=UP, level=level, window=HOUR)),
        )
    )
    cooldown = draw(st.sampled_from([None, timedelta(minutes=90), timedelta(days=2)]))
    return an_alert(rule=rule, cooldown=cooldown, note=draw(st.sampled_from(["", 'say "no" until 5'])), picture=True)


@settings(max_examples=50, deadline=None)
@given(alerts())
def test_the_line_that_sets_an_alert_again_means_the_same(alert: Alert) -> None:
    again = parse(line_of(alert))
    meant = request_of(alert)
    assert replace(again, symbol=None, cooldown=again.cooldown or ONCE) == replace(meant, symbol=None)


WORDS = [
    "BTC",
    ">",
    "<",
    "+5%",
    "-3%",
    "1h",
    "80k",
    "5m",
    "every",
    "until",
    "note",
    "spread",
    "friday",
    "25",
    "Dec",
    "%",
    "-",
    "½",
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS)))
def test_any_line_is_understood_or_complained_about(words: list[str]) -> None:
    try:
        said = parse(" ".join(words))
    except InputError:
        return
    assert said.level is None or said.level > 0
    assert said.window is None or said.kind is MOVE
