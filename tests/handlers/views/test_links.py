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


def test_a_command_of_two_words_is_copied_whole_and_no_half_of_it_can_be_tapped() -> None:
    said = text("Send /unlink instant and /lock now, or /link nexchange KEY.")
    shown = sent(str(said), parse_mode="HTML", entities=None)
    spans = [(each["type"], each["offset"], each["length"]) for each in shown.entities]
    marked = [(kind, shown.text[begin : begin + length]) for kind, begin, length in spans]
    assert marked == [("code", "/unlink instant"), ("bot_command", "/lock"), ("code", "/link nexchange KEY")]
    assert str(code("/link instant")) == "<code>/link instant</code>"
    assert str(outside("/link instant")) == "/\u2060link instant", "of somebody else it is no command at all"
