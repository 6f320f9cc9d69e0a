import random
import string
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.ids import OrderNumber, TicketId
from handlers.buttons import button, pack, unpack


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@button("tone")
class One:
    ticket: TicketId
    page: int
    colour: Colour
    order: OrderNumber | None = None
    open: bool = False


@button("tnone")
class Bare:
    pass


words = st.text(alphabet=string.ascii_letters + string.digits + "_-./+@", min_size=1, max_size=22)
ones = st.builds(
    One,
    ticket=words,
    page=st.integers(min_value=-(10**9), max_value=10**9),
    colour=st.sampled_from(Colour),
    order=st.none() | st.integers(min_value=0, max_value=10**9).map(OrderNumber),
    open=st.booleans(),
)


@given(ones)
def test_a_button_comes_back_as_it_was_sent(action: One) -> None:
    assert unpack(pack(action)) == action


def test_a_button_without_fields_is_its_prefix() -> None:
    assert pack(Bare()) == "tnone"
    assert unpack("tnone") == Bare()


@pytest.mark.parametrize(
    "forged",
    [
        "", ":", "tone", "unknown:1", "tone:x:1:red::0:more", "tone:x:1:red:0", "tone:x:01:red::0", "tone:x:+1:red::0",
        "tone:x:１:red::0", "tone:x:1:green::0", "tone:x:1:red::2", "tone::1:red::0", "tone:a b:1:red::0", "tnone:",
        "tone:x:1:red::0\n", "tone:x:-0:red::0", "tone:" + "x" * 70 + ":1:red::0", "TONE:x:1:red::0",
    ],
)  # fmt: skip
def test_forged_data_is_no_button(forged: str) -> None:
    assert unpack(forged) is None


def test_random_and_mutated_data_is_no_button_or_exactly_what_we_would_send() -> None:
    chance = random.Random(7)
    honest = pack(One(ticket=TicketId("abc"), page=3, colour=Colour.BLUE))
    for _ in range(5_000):
        letters = list(honest)
        for _ in range(chance.randint(1, 4)):
            letters[chance.randrange(len(letters))] = chr(chance.choice([*range(33, 127), 0x660, 0x202E]))
        forged = "".join(letters)
        action = unpack(forged)
        assert action is None or pack(action) == forged


def test_more_than_64_bytes_are_refused_when_packed() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        pack(One(ticket=TicketId("x" * 60), page=1, colour=Colour.RED))


@pytest.mark.parametrize("word", ["", "a:b", "a b", "ä", "a\n"])
def test_a_word_that_could_be_misread_is_refused_when_packed(word: str) -> None:
    with pytest.raises(ValueError, match="word"):
        pack(One(ticket=TicketId(word), page=1, colour=Colour.RED))


def test_only_button_types_are_packed() -> None:
    with pytest.raises(TypeError):
        pack("tone:x")


def test_a_prefix_belongs_to_one_type() -> None:
    with pytest.raises(ValueError, match="One"):

        @button("tone")
        class Other:
            pass


@pytest.mark.parametrize("prefix", ["", "UPPER", "a:b", "toolongprefix"])
def test_a_prefix_is_short_and_plain(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        button(prefix)


@pytest.mark.parametrize("hint", [dict, object, list[int], int | str])
def test_a_field_a_button_cannot_carry_is_refused_when_declared(hint: Any) -> None:
    with pytest.raises(TypeError):
        button("tbad")(type("Bad", (), {"__annotations__": {"field": hint}}))
