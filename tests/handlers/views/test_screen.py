import pytest

from handlers.buttons import button
from handlers.views.html import bold, text
from handlers.views.screen import Copy, Link, Press, Screen


@button("tscr")
class Nudge:
    word: str


def test_a_button_that_does_not_fit_is_refused_when_it_is_built() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        Press("Go", Nudge(word="x" * 60))


def test_a_button_that_is_no_button_type_is_refused_when_it_is_built() -> None:
    with pytest.raises(TypeError):
        Press("Go", "tk:1")


@pytest.mark.parametrize("copied", ["", "x" * 257])
def test_a_copy_button_has_telegrams_limits(copied: str) -> None:
    with pytest.raises(ValueError, match="256"):
        Copy("Copy", copied)


def test_a_text_is_measured_as_it_is_read() -> None:
    Screen(bold("x" * 4096))
    for unfit in (text(""), text("x" * 4097)):
        with pytest.raises(ValueError, match="4096"):
            Screen(unfit)


def test_a_keyboard_has_telegrams_limits() -> None:
    key = Link("x", "https://x.example")
    Screen(text("x"), ((key,) * 8,) * 12)
    for rows in (((key,) * 9,), ((key,) * 8,) * 13, ((),)):
        with pytest.raises(ValueError, match="keyboard"):
            Screen(text("x"), rows)
