import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.money import (
    Amount,
    CurrencyMismatch,
    divide,
    has_decimals,
    multiply,
    parse_decimal,
    parse_percent,
    round_down,
    round_half_up,
    round_up,
    sum_exactly,
    to_text,
)

values = st.decimals(min_value=0, max_value=10**12, places=10)
signed = st.decimals(min_value=-(10**12), max_value=10**12, places=10)
decimals = st.integers(0, 12)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0.01", "0.01"),
        ("0,01", "0.01"),
        (".5", "0.5"),
        (",5", "0.5"),
        (" 60000 ", "60000"),
        ("1.5k", "1500"),
        ("2M", "2000000"),
        ("$100", "100"),
        ("$1.5K", "1500"),
        ("1,000,000", "1000000"),
        ("1,234,567.89", "1234567.89"),
        ("60,000.5", "60000.5"),
        ("0,001", "0.001"),
        ("1234,5", "1234.5"),
        ("00.10", "0.1"),
        ("0", "0"),
    ],
)
def test_what_people_type_is_understood(typed: str, meant: str) -> None:
    assert parse_decimal(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "NaN", "sNaN", "Infinity", "-inf", "1e5", "1E-5", "1_000", "0x10", "+1", "-1", "--1", "1-"),
        *("٣", "１２", "½", "1 000", "1'000", "$", "k", "1kk", "1.2.3", "1,2,3", "12,34,567", "1.", "$$1", "1k$"),
        *("1,000,00", "0,001,000", "0,001.5", ",", ".", "1" * 41, "9" * 19, "10" * 9 + "k", "0\u200b1", "1\n2"),
    ],
)
def test_what_cannot_be_meant_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        parse_decimal(typed)


@pytest.mark.parametrize(("typed", "both"), [("60,000", ("60000", "60")), ("1,500k", ("1500", "1.500"))])
def test_an_ambiguous_number_is_asked_back_with_both_meanings(typed: str, both: tuple[str, str]) -> None:
    with pytest.raises(AmbiguousNumber) as caught:
        parse_decimal(typed)
    digits = typed.removesuffix("k")
    assert (caught.value.typed, caught.value.meanings) == (digits, both)
    assert caught.value.sentence == (
        f"“{digits}” can mean {both[0]} or {both[1]}. Please write it one of these two ways."
    )
    assert parse_decimal(both[0]) == 1000 * parse_decimal(both[1])


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_an_input_error(text: str) -> None:
    try:
        value = parse_decimal(text)
    except InputError:
        return
    assert value.is_finite() and 0 <= value < 10**18
    assert re.fullmatch(r"\s*\$?[0-9.,]+[kKmM]?\s*", text)


@given(values)
def test_plain_notation_reads_back_exactly(value: Decimal) -> None:
    assert parse_decimal(to_text(value)) == value
    assert "e" not in to_text(value).lower()


@given(values, decimals)
def test_rounding_down_gives_the_largest_value_that_is_not_above(value: Decimal, places: int) -> None:
    cut, step = round_down(value, decimals=places), Decimal(1).scaleb(-places)
    assert cut <= value < cut + step
    assert has_decimals(cut, at_most=places)


@given(values, decimals)
def test_rounding_up_gives_the_smallest_value_that_is_not_below(value: Decimal, places: int) -> None:
    raised, step = round_up(value, decimals=places), Decimal(1).scaleb(-places)
    assert raised - step < value <= raised


@given(values, decimals)
def test_rounding_for_showing_is_the_nearest(value: Decimal, places: int) -> None:
    assert abs(round_half_up(value, decimals=places) - value) * 2 <= Decimal(1).scaleb(-places)


def test_a_cent_is_never_lost_to_width() -> None:
    large = Decimal("123456789012345678.12345678")
    assert multiply(large, Decimal("1.00000001")) == Decimal("123456790246913568.2469135612345678")
    assert sum_exactly([large, Decimal("1e-20")]) == Decimal("123456789012345678.12345678000000000001")
    assert multiply(divide(Decimal(1), Decimal(4)), Decimal(4)) == 1


@given(signed, signed)
def test_amounts_of_one_currency_add_and_subtract_exactly(a: Decimal, b: Decimal) -> None:
    first, second = Amount(a, "BTC"), Amount(b, "BTC")
    assert (first + second) - second == first
    assert (first < second) == (a < b) and (first <= second) == (a <= b)


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__"])
def test_amounts_of_two_currencies_never_meet(operation: str) -> None:
    with pytest.raises(CurrencyMismatch):
        getattr(Amount(Decimal(1), "BTC"), operation)(Amount(Decimal(1), "USDT"))


def test_trailing_zeros_are_not_decimals() -> None:
    assert has_decimals(Decimal("1.500"), at_most=1)
    assert not has_decimals(Decimal("1.501"), at_most=2)


@pytest.mark.parametrize(("typed", "meant"), [("25%", "25"), ("100 %", "100"), ("0.5%", "0.5"), ("12,5%", "12.5")])
def test_shares_are_understood(typed: str, meant: str) -> None:
    assert parse_percent(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["0%", "100.01%", "-5%", "%", "25%%", "all%"])
def test_impossible_shares_are_refused(typed: str) -> None:
    with pytest.raises(InputError):
        parse_percent(typed)
