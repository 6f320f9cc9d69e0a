from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.errors import InputError
from chatbot.domain.limit_text import LimitWish, parse_limit
from chatbot.domain.limit_words import limit_in_words, name_of, value_in_words
from chatbot.domain.limits import LimitKind


@pytest.mark.parametrize(
    ("text", "kind", "currency", "value"),
    [
        ("order 10000", LimitKind.ORDER, "", "10000"),
        ("ORDERS 50k", LimitKind.ORDERS, "", "50000"),
        ("order 10000 USDT", LimitKind.ORDER, "", "10000"),
        ("order $10,000.50", LimitKind.ORDER, "", "10000.50"),
        ("withdrawal 2000", LimitKind.WITHDRAWAL, "", "2000"),
        ("withdrawal 0", LimitKind.WITHDRAWAL, "", "0"),
        ("withdrawals 5000", LimitKind.WITHDRAWALS, "", "5000"),
        ("withdrawals XRP 500", LimitKind.WITHDRAWALS, "XRP", "500"),
        ("withdrawals 500 xrp", LimitKind.WITHDRAWALS, "xrp", "500"),
        ("withdrawals USDT 500", LimitKind.WITHDRAWALS, "USDT", "500"),
        ("withdrawals BTC 0.00000001", LimitKind.WITHDRAWALS, "BTC", "0.00000001"),
        ("withdrawals XRP 0", LimitKind.WITHDRAWALS, "XRP", "0"),
        ("distance 5%", LimitKind.DISTANCE, "", "0.05"),
        ("distance 5 %", LimitKind.DISTANCE, "", "0.05"),
        ("distance 2.25", LimitKind.DISTANCE, "", "0.0225"),
        ("distance 100%", LimitKind.DISTANCE, "", "1"),
        ("swap 2000", LimitKind.SWAP, "", "2000"),
        ("swaps 5k USDT", LimitKind.SWAPS, "", "5000"),
        ("swap 0", LimitKind.SWAP, "", "0"),
    ],
)
def test_a_limit_is_read_from_one_line(text: str, kind: LimitKind, currency: str, value: str) -> None:
    assert parse_limit(text) == LimitWish(kind=kind, currency=currency, value=Decimal(value))


@pytest.mark.parametrize("kind", list(LimitKind))
def test_without_a_number_the_value_is_still_to_be_asked_for(kind: LimitKind) -> None:
    assert parse_limit(kind) == LimitWish(kind=kind)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("budget 5", "The limits are order, orders, withdrawal, withdrawals, distance"),
        ("order -5", "cannot be less than nothing"),
        ("order 0", "must be more than 0"),
        ("orders 0.00", "must be more than 0"),
        ("order 1e5", "not a number"),
        ("order +5", "not a number"),
        ("order 10 20", "one value"),
        ("order 1.005", "at most 2 decimals"),
        ("withdrawals BTC 0.000000001", "at most 8 decimals"),
        ("withdrawals 5000 USDT", "Of every currency, or of USDT alone"),
        ("withdrawals XRP ADA 5", "one value"),
        ("withdrawal XRP 5", "Only withdrawals a day have limits by currency"),
        ("order NaN", "given in USDT"),
        ("distance 0", "above 0%"),
        ("distance 101%", "at most 100%"),
        ("distance 1.005%", "at most 2 decimals"),
        ("distance XRP 5", "a percentage"),
        ("order 60,000", "can mean"),
        ("order 9999999999999999999", "more than there can be"),
        ("order ５", "given in USDT"),
    ],
)
def test_nonsense_is_told_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_limit(text)
    assert told in caught.value.sentence and caught.value.sentence.rstrip()[-1] in ".%"


@given(st.text(min_size=1).filter(str.strip))
def test_whatever_is_typed_is_read_or_told(text: str) -> None:
    for line in (text, f"withdrawals {text}", f"distance {text}"):
        try:
            wish = parse_limit(line)
        except InputError as error:
            assert error.sentence
        else:
            assert wish.value is None or wish.value >= 0


@pytest.mark.parametrize(
    ("kind", "currency", "value", "words"),
    [
        (LimitKind.ORDER, "", "25000", "largest order: 25,000 USDT"),
        (LimitKind.WITHDRAWALS, "XRP", "0.50", "XRP withdrawals a day: 0.5 XRP"),
        (LimitKind.WITHDRAWAL, "", "0", "largest withdrawal: none at all"),
        (LimitKind.DISTANCE, "", "0.0225", "price distance: 2.25%"),
        (LimitKind.SWAPS, "", "0", "swaps a day: none at all"),
    ],
)
def test_limits_read_as_people_say_them(kind: LimitKind, currency: str, value: str, words: str) -> None:
    assert limit_in_words(kind, currency, Decimal(value)) == words
    assert words == f"{name_of(kind, currency)}: {value_in_words(kind, currency, Decimal(value))}"
