from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.money import Amount, round_half_up
from chatbot.domain.preferences import NumberStyle, Preferences
from handlers.views.format import (
    age,
    amount,
    bar,
    change,
    clock_time,
    exact_moment,
    number,
    percent,
    ratio,
    read_by,
    restyled,
    roughly,
    span,
    when,
)

decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=12)
NOW = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)


def read_back(shown: str) -> Decimal:
    return Decimal(shown.replace(",", ""))


@settings(max_examples=100)
@given(decimals)
def test_a_number_reads_back_as_itself(value: Decimal) -> None:
    assert read_back(number(value)) == value


@settings(max_examples=100)
@given(decimals, st.integers(min_value=0, max_value=8))
def test_a_number_with_fixed_decimals_reads_back_as_the_rounded_one(value: Decimal, places: int) -> None:
    assert read_back(number(value, decimals=places)) == round_half_up(value, decimals=places)


@settings(max_examples=100)
@given(decimals.filter(bool))
def test_a_rough_number_is_off_by_less_than_a_thousandth(value: Decimal) -> None:
    assert abs(read_back(roughly(value)) - value) * 1000 <= abs(value)


@settings(max_examples=100)
@given(decimals)
def test_nothing_ends_in_needless_zeros(value: Decimal) -> None:
    shown = number(value)
    assert "." not in shown or shown[-1] not in "0."


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("60000.50", "60,000.5"),
        ("0.00001234", "0.00001234"),
        ("1E+3", "1,000"),
        ("1E-12", "0.000000000001"),
        ("-0.00", "0"),
        ("1234567", "1,234,567"),
        ("-12.50", "-12.5"),
    ],
)
def test_every_order_of_magnitude_is_readable(value: str, shown: str) -> None:
    assert number(Decimal(value)) == shown


def test_prices_are_padded_to_the_markets_decimals() -> None:
    assert number(Decimal("60000.5"), decimals=2) == "60,000.50"
    assert number(Decimal("-0.001"), decimals=2) == "0.00"


def test_an_amount_names_its_currency() -> None:
    assert amount(Amount(Decimal("0.00001234"), "BTC")) == "0.00001234 BTC"


@pytest.mark.parametrize(
    ("value", "shown"), [("1.25", "▲ +1.25%"), ("-0.5", "▼ -0.50%"), ("0", "• 0.00%"), ("-0.001", "• 0.00%")]
)
def test_a_change_has_an_arrow_and_a_sign(value: str, shown: str) -> None:
    assert change(Decimal(value)) == shown


def test_fractions_are_shown_as_percents() -> None:
    assert ratio(Decimal("0.0025")) == "0.25%"
    assert percent(Decimal("12.5")) == "12.5%"


@pytest.mark.parametrize(("share", "full"), [("0", 0), ("0.999", 9), ("1", 10), ("1.5", 10), ("-1", 0), ("0.05", 0)])
def test_a_bar_is_full_only_when_all_is_done(share: str, full: int) -> None:
    assert bar(Decimal(share)) == "▰" * full + "▱" * (10 - full)


def test_a_moment_has_its_age() -> None:
    assert when(NOW - timedelta(minutes=2), now=NOW) == "14:03 UTC, 2 min ago"
    assert when(NOW - timedelta(days=2), now=NOW) == "1 May 14:05 UTC, 2 d ago"
    assert when(NOW - timedelta(days=365), now=NOW) == "3 May 2025 14:05 UTC, 365 d ago"


def test_what_just_happened_is_just_now() -> None:
    assert age(NOW, now=NOW) == "just now"
    assert age(NOW + timedelta(seconds=5), now=NOW) == "just now"


@pytest.mark.parametrize(("seconds", "shown"), [(45, "45 s"), (60, "1 min"), (7_199, "1 h"), (-3, "0 s")])
def test_a_span_is_told_in_its_largest_unit(seconds: int, shown: str) -> None:
    assert span(timedelta(seconds=seconds)) == shown


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        (NumberStyle.COMMA, ("76,519.57", "-1,234.5%", "0.00001234 BTC", "▲ +1,234.50%", "1.25%")),
        (NumberStyle.SPACE, ("76 519.57", "-1 234.5%", "0.00001234 BTC", "▲ +1 234.50%", "1.25%")),
        (NumberStyle.POINT, ("76.519,57", "-1.234,5%", "0,00001234 BTC", "▲ +1.234,50%", "1,25%")),
    ],
)
def test_all_numbers_are_in_the_readers_style(style: NumberStyle, shown: tuple[str, ...]) -> None:
    with read_by(Preferences(numbers=style)):
        written = (
            number(Decimal("76519.57")),
            percent(Decimal("-1234.5")),
            amount(Amount(Decimal("0.00001234"), "BTC")),
            change(Decimal("1234.5")),
            ratio(Decimal("0.0125")),
        )
    assert tuple(each.replace("\u00a0", " ") for each in written) == shown


def test_moments_are_by_the_readers_clock_also_about_midnight_and_summer_time() -> None:
    with read_by(Preferences(zone="Asia/Tokyo")):
        assert when(NOW - timedelta(hours=1), now=NOW) == "22:05 JST, 1 h ago"
        assert when(NOW - timedelta(hours=24), now=NOW) == "2 May 23:05 JST, 1 d ago"
        assert exact_moment(NOW + timedelta(hours=1)) == "4 May 00:05 JST"
    with read_by(Preferences(zone="Europe/Berlin")):
        assert clock_time(NOW) == "16:05:00 CEST"
        assert exact_moment(NOW - timedelta(days=120)) == "3 Jan 15:05 CET"


def test_who_reads_is_forgotten_after() -> None:
    with read_by(Preferences(numbers=NumberStyle.POINT)):
        pass
    assert number(Decimal("1234.5")) == "1,234.5"


def test_a_finished_sentence_is_read_in_ones_own_style_but_for_what_was_typed() -> None:
    sentence = "“1,234” can mean 1234 or 1,234.5; orders start at 1,000. At 09:05 v1.2 and 0.5%, /x 22:30-06:00."
    with read_by(Preferences(numbers=NumberStyle.POINT)):
        assert restyled(sentence) == (
            "“1,234” can mean 1234 or 1.234,5; orders start at 1.000. At 09:05 v1.2 and 0,5%, /x 22:30-06:00."
        )
    assert restyled(sentence) == sentence
