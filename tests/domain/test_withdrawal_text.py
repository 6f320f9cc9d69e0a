"""What people write behind /withdraw."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.drafts import Quantity, QuantityKind, WithdrawalRequest
from chatbot.domain.errors import InputError
from chatbot.domain.withdrawal_text import parse_quantity, parse_withdrawal


def volume(value: str) -> Quantity:
    return Quantity(kind=QuantityKind.VOLUME, value=Decimal(value))


def share(percent: str) -> Quantity:
    return Quantity(kind=QuantityKind.PERCENT, value=Decimal(percent))


def request(currency: str | None = None, quantity: Quantity | None = None, alias: str | None = None) -> object:
    return WithdrawalRequest(currency=currency, quantity=quantity, alias=alias)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", request()),
        ("   ", request()),
        ("XRP", request("XRP")),
        ("xrp 100.25", request("xrp", volume("100.25"))),
        ("XRP 100.25 savings", request("XRP", volume("100.25"), "savings")),
        ("100.25 XRP savings", request("XRP", volume("100.25"), "savings")),
        ("100.25", request(None, volume("100.25"))),
        ("XRP max savings", request("XRP", share("100"), "savings")),
        ("all XRP", request("XRP", share("100"))),
        ("25% XRP savings", request("XRP", share("25"), "savings")),
        ("XRP 25% my cold wallet", request("XRP", share("25"), "my cold wallet")),
        ("  XRP   1.5k   savings  ", request("XRP", volume("1500"), "savings")),
        ("XRP 0,01 savings", request("XRP", volume("0.01"), "savings")),
        ("1INCH 5 savings", request("1INCH", volume("5"), "savings")),
        ("5 1INCH savings", request("1INCH", volume("5"), "savings")),
        ("XRP 10 max", request("XRP", volume("10"), "max")),
        ("XRP 10 100", request("XRP", volume("10"), "100")),
        ("ХRР 10 savings", request("ХRР", volume("10"), "savings")),
    ],
)
def test_ways_of_saying_it(text: str, expected: object) -> None:
    assert parse_withdrawal(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "XRP savings",
        "XRP savings 100",
        "XRP -1 savings",
        "XRP +1 savings",
        "XRP 0 savings",
        "XRP 0.000 savings",
        "XRP 1e5 savings",
        "XRP 0x10 savings",
        "XRP 1_000 savings",
        "XRP ١٠ savings",
        "XRP nan savings",
        "XRP inf savings",
        "XRP 0% savings",
        "XRP 101% savings",
        "XRP 10\tsavings",
        "XRP " + "9" * 300,
    ],
)
def test_what_cannot_be_an_amount_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_withdrawal(text)
    assert 0 < len(caught.value.sentence) < 300


@pytest.mark.parametrize("text", ["max", "MAX", "all", "Everything", " 100% "])
def test_everything_is_a_share(text: str) -> None:
    assert parse_quantity(text) == share("100")


@given(
    st.decimals(min_value="0.00000001", max_value=10**9, places=8),
    st.sampled_from(["XRP", "BTC", "1INCH"]),
    st.from_regex(r"[A-Za-z][A-Za-z0-9 ._-]{0,30}[A-Za-z0-9]", fullmatch=True),
)
def test_amounts_are_read_to_the_last_digit_in_either_order(amount: Decimal, currency: str, alias: str) -> None:
    plain = format(amount, "f")
    expected = request(currency, Quantity(kind=QuantityKind.VOLUME, value=amount), alias)
    assert parse_withdrawal(f"{currency} {plain} {alias}") == expected
    assert parse_withdrawal(f"{plain} {currency} {alias}") == expected


@given(st.text(max_size=250))
def test_whatever_is_written_is_understood_or_refused_in_a_sentence(text: str) -> None:
    try:
        said = parse_withdrawal(text)
    except InputError:
        return
    assert said.quantity is None or said.quantity.value > 0
