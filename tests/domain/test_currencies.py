import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.currencies import ascii_codes, read_currency
from chatbot.domain.errors import InputError

KNOWN = frozenset({"XRP", "BTC", "USDT", "ETH", "1INCH", "SOL"})


@pytest.mark.parametrize("text", ["XRP", "xrp", " Xrp ", "1inch"])
def test_a_code_is_read_in_capitals_or_not(text: str) -> None:
    assert read_currency(text, KNOWN) == text.strip().upper()


@pytest.mark.parametrize(
    "text",
    [
        "ХRР",  # Cyrillic
        "хrр",
        "ΧRΡ",  # Greek
        "ＸＲＰ",  # wide
        "𝐗𝐑𝐏",  # styled
        "X\u200bRP",  # with something invisible
        "XRP\u0301",  # with an accent
        "ᎡRP".replace("Ꭱ", "Х"),
    ],
)
def test_look_alikes_are_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match="looks like XRP but is written with other letters"):
        read_currency(text, KNOWN)


def test_an_unknown_code_is_told_with_those_that_come_close() -> None:
    with pytest.raises(InputError, match="Did you mean XRP"):
        read_currency("XPR", KNOWN)
    with pytest.raises(InputError, match="Write its code"):
        read_currency("QQQQ", KNOWN)


@given(st.text(max_size=40))
def test_nothing_but_a_known_ascii_code_ever_comes_out(text: str) -> None:
    try:
        assert read_currency(text, KNOWN) in KNOWN and text.isascii()
    except InputError as error:
        assert len(error.sentence) < 160


def test_codes_that_cannot_be_typed_safely_are_left_out() -> None:
    assert ascii_codes({"XRP", "ХRР", "BTC ", "eth", "A/B", ""}) == {"XRP"}
