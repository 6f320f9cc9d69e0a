import pytest

from chatbot.demo import entities
from chatbot.demo.refusals import Refusal


def found(text: str) -> list[tuple[str, str]]:
    """Kind and text of every entity in what a person types (ASCII, or one unit a character)."""
    said = entities.typed(text)
    return [(e["type"], said.text[e["offset"] : e["offset"] + e["length"]]) for e in said.entities]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/price BTC", [("bot_command", "/price")]),
        ("/price@andx_practice_bot BTC", [("bot_command", "/price@andx_practice_bot")]),
        ("see /orders now", [("bot_command", "/orders")]),
        ("btc/usdt is no command", []),
        ("hello @alice!", [("mention", "@alice")]),
        ("https://example.com/a?b=c.", [("url", "https://example.com/a?b=c")]),
        ("t.me/some_bot and example.com", [("url", "t.me/some_bot"), ("url", "example.com")]),
        ("mail me@example.com", [("email", "me@example.com")]),
        ("#fun and #1", [("hashtag", "#fun")]),
        ("$BTC at $5", [("cashtag", "$BTC")]),
        ("0.01 BTC @ 60000", []),
    ],
)
def test_looking_finds_what_telegram_finds(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_offsets_after_an_emoji_count_it_twice() -> None:
    assert entities.typed("😀 /price").entities[0]["offset"] == 3


def test_blanks_around_go_and_entities_move_with_the_text() -> None:
    said = entities.sent("  \n <b>now</b> /price \n", parse_mode="HTML", entities=None)
    assert said.text == "now /price"
    places = [(e["type"], e["offset"], e["length"]) for e in said.entities]
    assert places == [("bold", 0, 3), ("bot_command", 4, 6)]


def test_nothing_is_found_inside_code() -> None:
    said = entities.sent("<code>/price</code> /book", parse_mode="HTML", entities=None)
    assert [(e["type"], e["offset"]) for e in said.entities] == [("code", 0), ("bot_command", 7)]


def test_outer_entities_come_before_inner_ones() -> None:
    said = entities.sent("<blockquote><b>a <i>b</i></b></blockquote>", parse_mode="HTML", entities=None)
    assert [e["type"] for e in said.entities] == ["blockquote", "bold", "italic"]


def test_explicit_entities_are_taken_and_cut_to_the_text() -> None:
    given = [{"type": "bold", "offset": 0, "length": 99}, {"type": "text_link", "offset": 1, "length": 1, "url": "x"}]
    said = entities.sent("abc", parse_mode="", entities=given)
    assert [dict(e) for e in said.entities] == [
        {"offset": 0, "length": 3, "type": "bold"},
        {"offset": 1, "length": 1, "type": "text_link", "url": "x"},
    ]


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("", "Bad Request: message text is empty"),
        (" \n ", "Bad Request: text must be non-empty"),
        ("<b></b>", "Bad Request: text must be non-empty"),
        ("x" * 4097, "Bad Request: message is too long"),
        ("😀" * 2049, "Bad Request: message is too long"),
    ],
)
def test_too_little_and_too_much_text_is_refused(text: str, description: str) -> None:
    with pytest.raises(Refusal) as caught:
        entities.sent(text, parse_mode="HTML", entities=None)
    assert caught.value.description == description


def test_length_is_counted_after_parsing() -> None:
    html = "<b>" + "&amp;" * 4096 + "</b>"
    assert len(entities.sent(html, parse_mode="html", entities=None).text) == 4096


def test_unknown_parse_mode_is_refused() -> None:
    with pytest.raises(Refusal, match="unsupported parse_mode"):
        entities.sent("x", parse_mode="BBCode", entities=None)
