from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.money import parse_decimal
from chatbot.domain.number_text import plain_numbers
from chatbot.domain.preferences import NumberStyle, Preferences
from handlers.views.format import number, read_by

values = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**12, places=8)


@settings(max_examples=150)
@given(values, st.sampled_from(NumberStyle))
def test_what_is_shown_reads_back_as_itself_or_is_asked_back(value: Decimal, style: NumberStyle) -> None:
    with read_by(Preferences(numbers=style)):
        shown = number(value)
    try:
        assert parse_decimal(plain_numbers(shown, style)) == value
    except AmbiguousNumber as doubt:
        assert value in map(parse_decimal, doubt.meanings)


@settings(max_examples=150)
@given(st.from_regex(r"[1-9][0-9]{0,3}([., ][0-9]{1,3}){0,3}", fullmatch=True), st.sampled_from(NumberStyle))
def test_a_number_in_ones_own_style_is_never_read_as_another(written: str, style: NumberStyle) -> None:
    """Read independently: the last mark that is the style's own for decimals ends the whole part."""
    marks = {NumberStyle.COMMA: (",", "."), NumberStyle.SPACE: (" ", "."), NumberStyle.POINT: (".", ",")}
    group, point = marks[style]
    whole, mark, cents = written.rpartition(point) if point in written else (written, "", "")
    groups = whole.split(group)
    if len(groups) < 2 or not all(len(each) == 3 for each in groups[1:]) or len(groups[0]) > 3:
        return  # not written in this style with its thousands set apart
    if not all(each.isdigit() for each in (*groups, cents or "0")):
        return
    try:
        read = parse_decimal(plain_numbers(written, style))
    except InputError:
        return
    assert read == Decimal(f"{''.join(groups)}.{cents or '0'}"), mark


@pytest.mark.parametrize(
    ("style", "written", "plain"),
    [
        ("point", "0,5 BTC @ 1.234,5", "0.5 BTC @ 1234.5"),
        ("point", "BTC > 1.234.567", "BTC > 1234567"),
        ("point", "1,234", "1.234"),
        ("point", "0.5 BTC at 12.5, 1234.567 or 1,234.5", "0.5 BTC at 12.5, 1234.567 or 1,234.5"),
        ("space", "BTC > 80 000", "BTC > 80000"),
        ("space", "1 234.5", "1234.5"),
        ("space", "54259 123", "54259 123"),
        ("comma", "1 234.5 BTC", "1 234.5 BTC"),
        ("comma", "0.1 BTC @ 60\u00a0000.5", "0.1 BTC @ 60000.5"),
        ("point", "note v1.234 of @channel.123", "note v1.234 of @channel.123"),
    ],
)
def test_numbers_are_read_in_their_writers_style(style: str, written: str, plain: str) -> None:
    assert plain_numbers(written, NumberStyle(style)) == plain


@pytest.mark.parametrize(
    ("style", "written"),
    [("point", "60.000"), ("space", "0.1 BTC 60 000"), ("space", "1 234.5 BTC"), ("comma", "6\u00a00")],
)
def test_what_could_mean_two_things_is_asked_back(style: str, written: str) -> None:
    with pytest.raises(InputError):
        plain_numbers(written, NumberStyle(style))


def test_both_ways_out_of_a_doubt_can_be_written() -> None:
    with pytest.raises(AmbiguousNumber) as doubt:
        plain_numbers("60.000", NumberStyle.POINT)
    read = [parse_decimal(plain_numbers(each, NumberStyle.POINT)) for each in doubt.value.meanings]
    assert read == [Decimal(60_000), Decimal(60)]
