import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.aliases import LONGEST, read_alias
from chatbot.domain.errors import InputError


@pytest.mark.parametrize(
    "name", ["savings", "Savings 2", "кошелёк", "冷钱包", "a-b_c.d", "<b>x</b>", "x" * LONGEST, "🐻"]
)
def test_what_people_call_an_address_stays_as_it_was_typed(name: str) -> None:
    assert read_alias(f"  {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        "sav\u200bings",  # zero width space
        "sav\u200dings",  # zero width joiner
        "\u202esgnivas",  # right to left override
        "\u2066savings",
        "sav\ufeffings",
        "sav\x00ings",
        "sav\nings",
        "sav\tings",
        "sav\u00adings",  # soft hyphen
        "sav\u3164ings",  # Hangul filler
        "savings\ufe0f",  # variation selector
        "sav\u00a0ings",  # a space that is not the usual one
        "sav  ings",  # would be shown as one
        "sav\u2800ings",
        "sav\U000e0041ings",  # tag
        "sav\ud800ings",
        "sav\u2028ings",
    ],
)
def test_what_cannot_be_seen_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot be seen"):
        read_alias(name)


def test_too_long_and_empty_ones_are_refused() -> None:
    with pytest.raises(InputError, match="has 65"):
        read_alias("x" * (LONGEST + 1))
    for nothing in ("", "  ", "\n"):
        with pytest.raises(InputError, match="Which alias"):
            read_alias(nothing)


@given(st.text(max_size=80))
def test_whatever_comes_out_was_typed_and_can_be_seen(text: str) -> None:
    try:
        name = read_alias(text)
    except InputError:
        return
    assert name in text and 1 <= len(name) <= LONGEST
    assert all(mark == " " or unicodedata.category(mark)[0] not in "CZ" for mark in name)
