from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.drafts import OrderRequest
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.money import parse_decimal
from chatbot.domain.number_text import spoken, whole_numbers, written_in
from chatbot.domain.order_text import parse_order
from chatbot.domain.orders import Side
from chatbot.domain.preferences import NumberStyle, Preferences
from chatbot.domain.withdrawal_text import parse_withdrawal
from handlers.views.format import number, read_by, restyled

values = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**12, places=8)
MARKS = {NumberStyle.COMMA: (",", "."), NumberStyle.SPACE: (" ", "."), NumberStyle.POINT: (".", ",")}


def read(written: str, style: NumberStyle) -> Decimal:
    with written_in(style):
        return parse_decimal(written)


def ordered(written: str, style: NumberStyle) -> OrderRequest:
    with written_in(style):
        return parse_order(written, side=Side.BUY)


def in_style(written: str, style: NumberStyle) -> Decimal | None:
    """Read independently: the last mark that is the style's own for decimals ends the whole part."""
    group, point = MARKS[style]
    whole, _, cents = written.rpartition(point) if point in written else (written, "", "")
    groups = whole.split(group)
    if len(groups) > 1 and (len(groups[0]) > 3 or not all(len(each) == 3 for each in groups[1:])):
        return None
    if not all(each.isdigit() for each in (*groups, cents or "0")):
        return None
    return Decimal(f"{''.join(groups)}.{cents or '0'}")


@settings(max_examples=150)
@given(values, st.sampled_from(NumberStyle))
def test_what_is_shown_reads_back_as_itself_or_is_asked_back(value: Decimal, style: NumberStyle) -> None:
    with read_by(Preferences(numbers=style)):
        shown = number(value)
    try:
        assert read(shown, style) == value
    except AmbiguousNumber as doubt:
        assert value in map(Decimal, doubt.meanings)


@settings(max_examples=300)
@given(st.from_regex(r"[1-9][0-9]{0,3}([., ][0-9]{1,3}){0,3}", fullmatch=True), st.sampled_from(NumberStyle))
def test_a_number_in_ones_own_style_is_never_read_as_another(written: str, style: NumberStyle) -> None:
    meant = in_style(written, style)
    try:
        found = read(written, style)
    except InputError:
        return
    if meant is not None:
        assert found == meant
    else:  # written in another way, and in none but that one
        others = {in_style(written, other) for other in (NumberStyle.COMMA, NumberStyle.SPACE, NumberStyle.POINT)}
        assert found in others


@settings(max_examples=150)
@given(values.filter(lambda value: value >= Decimal("0.001")), st.sampled_from(NumberStyle))
def test_an_order_in_ones_own_style_is_never_of_another_price(price: Decimal, style: NumberStyle) -> None:
    with read_by(Preferences(numbers=style)):
        shown = number(price).replace("\u00a0", " ")
    try:
        order = ordered(f"2 BTC @ {shown}", style)
    except InputError:
        return
    assert (order.price, order.quantity and order.quantity.value) == (price, Decimal(2))


@settings(max_examples=150)
@given(values.filter(bool), st.sampled_from(NumberStyle))
def test_a_withdrawal_in_ones_own_style_is_never_of_another_amount_or_to_another_alias(
    amount: Decimal, style: NumberStyle
) -> None:
    with read_by(Preferences(numbers=style)):
        shown = number(amount).replace("\u00a0", " ")
    try:
        with written_in(style):
            said = parse_withdrawal(f"XRP {shown} box 1.500,5")
    except InputError:
        return
    assert (said.quantity and said.quantity.value, said.alias) == (amount, "box 1.500,5")


@pytest.mark.parametrize(
    ("style", "written", "meant"),
    [
        ("point", "1.234,5", "1234.5"),
        ("point", "1.234.567", "1234567"),
        ("point", "1,234", "1.234"),
        ("point", ",5", "0.5"),
        ("point", "0.5", "0.5"),
        ("point", "1234.567", "1234.567"),
        ("point", "1,234.5", "1234.5"),
        ("point", "1,5k", "1500"),
        ("space", "1 234.5", "1234.5"),
        ("comma", "60\u00a0000.5", "60000.5"),
        ("comma", "60\u2007000", "60000"),
    ],
)
def test_a_number_is_read_in_its_writers_style(style: str, written: str, meant: str) -> None:
    assert read(written, NumberStyle(style)) == Decimal(meant)


@pytest.mark.parametrize(
    ("written", "in_words"),
    [
        ("BTC > 80 000 every 2h", "BTC > 80000 every 2h"),
        ("BTC above 90 000", "BTC above 90000"),
        ("volume under 1 234 567.5", "volume under 1234567.5"),
        ("0.1 BTC at 60 000", "0.1 BTC at 60000"),
        ("all ETH @ 2 500", "all ETH @ 2500"),
        ("54259 123", "54259 123"),
    ],
)
def test_spaces_within_a_number_are_no_gaps_behind_what_one_number_follows(written: str, in_words: str) -> None:
    with written_in(NumberStyle.SPACE):
        assert whole_numbers(written) == in_words
    assert whole_numbers(written) == written


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("space", "0.1 BTC 60 000"),
        ("space", "1 234.5 BTC"),
        ("space", "XRP @ 2 100"),  # at 2,100, or 100 of it at 2?
        ("comma", "6\u00a00"),
        ("comma", "1 \u00a0234 BTC"),
    ],
)
def test_what_could_be_two_numbers_is_asked_back(style: str, written: str) -> None:
    with pytest.raises(InputError), written_in(NumberStyle(style)):
        whole_numbers(written)


def test_both_ways_out_of_a_doubt_can_be_written_as_they_are_shown() -> None:
    with pytest.raises(AmbiguousNumber) as doubt:
        read("60.000", NumberStyle.POINT)
    with read_by(Preferences(numbers=NumberStyle.POINT)):
        shown = [restyled(meaning) for meaning in doubt.value.meanings]
    assert [read(each, NumberStyle.POINT) for each in shown] == [Decimal(60_000), Decimal(60)]


@pytest.mark.parametrize("style", [NumberStyle.COMMA, NumberStyle.SPACE])
def test_a_round_thousand_with_a_point_is_not_taken_for_one(style: NumberStyle) -> None:
    with pytest.raises(AmbiguousNumber) as doubt:
        read("5.000", style)
    assert doubt.value.meanings == ("5000", "5")
    assert read("1.234", style) == Decimal("1.234")


@pytest.mark.parametrize(
    ("meaning", "told"), [("5000", "5 thousand: 5000"), ("1234", "1 thousand 234: 1234"), ("01.2340", "1 point 234")]
)
def test_a_reading_is_said_in_words_that_nobody_reads_otherwise(meaning: str, told: str) -> None:
    assert spoken(meaning).startswith(told)
