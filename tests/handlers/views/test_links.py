"""What others wrote is no link, mention or command in the bot's messages; what is copied is copied as it stands."""

import pytest

from chatbot.demo.entities import sent
from handlers.views.html import code, outside, pre, text

LEADING = [
    "https://evil.example",
    "evil.com",
    "t.me/evil",
    "@victim",
    "/panic",
    "#tag",
    "$USDT",
    "a@b.example",
    "1.2.3.4",
]


@pytest.mark.parametrize("words", LEADING)
def test_words_from_outside_lead_nowhere(words: str) -> None:
    assert sent(str(outside(words)), parse_mode="HTML", entities=None).entities == ()
    assert outside(words).plain == words


@pytest.mark.parametrize("words", LEADING)
def test_what_is_copied_is_what_was_written(words: str) -> None:
    for copied in (code(outside(words)), pre("To ", outside(words))):
        assert sent(str(copied), parse_mode="HTML", entities=None).text.endswith(words)


def test_a_blank_behind_a_sign_needs_nothing() -> None:
    assert outside("Refused. Why? 5 / 6") == text("Refused. Why? 5 / 6")
