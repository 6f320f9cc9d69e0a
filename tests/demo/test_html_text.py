import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.demo import utf16
from chatbot.demo.html_text import parse_html
from chatbot.demo.refusals import Refusal
from chatbot.demo.values import Json


def parsed(html: str) -> tuple[str, list[Json]]:
    text, entities = parse_html(html)
    return text, [dict(entity) for entity in entities]


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<b>x</b>", "bold"),
        ("<strong>x</strong>", "bold"),
        ("<i>x</i>", "italic"),
        ("<em>x</em>", "italic"),
        ("<u>x</u>", "underline"),
        ("<ins>x</ins>", "underline"),
        ("<s>x</s>", "strikethrough"),
        ("<strike>x</strike>", "strikethrough"),
        ("<del>x</del>", "strikethrough"),
        ("<code>x</code>", "code"),
        ("<pre>x</pre>", "pre"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
        ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<blockquote>x</blockquote>", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
        ("<B>x</B>", "bold"),
    ],
)
def test_every_simple_tag_becomes_its_entity(html: str, kind: str) -> None:
    assert parsed(html) == ("x", [{"offset": 0, "length": 1, "type": kind}])


def test_link_keeps_its_address() -> None:
    html = '<a href="https://example.com/?a=1&amp;b=2">here</a>'
    link = {"offset": 0, "length": 4, "type": "text_link", "url": "https://example.com/?a=1&b=2"}
    assert parsed(html) == ("here", [link])


def test_code_filling_a_pre_gives_it_its_language() -> None:
    text, entities = parsed('<pre><code class="language-python">x = 1</code></pre>')
    assert (text, entities) == ("x = 1", [{"offset": 0, "length": 5, "type": "pre", "language": "python"}])


def test_time_keeps_moment_and_format() -> None:
    _, entities = parsed('<tg-time unix="1647531900" format="wDT">22:45 tomorrow</tg-time>')
    moment = {"type": "date_time", "unix_time": 1647531900, "date_time_format": "wDT"}
    assert entities == [{"offset": 0, "length": 14} | moment]


def test_offsets_count_utf16_units() -> None:
    text, entities = parsed("😀é <b>😀</b><i>x</i>")
    assert text == "😀é 😀x"
    assert [(entity["offset"], entity["length"]) for entity in entities] == [(4, 2), (6, 1)]


def test_only_telegrams_character_names_are_characters() -> None:
    assert parsed("&lt;&gt;&amp;&quot;&#65;&#x42; &nbsp; &hearts; AT&T")[0] == '<>&"AB &nbsp; &hearts; AT&T'


def test_empty_tags_leave_nothing() -> None:
    assert parsed("a<b></b>c") == ("ac", [])


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("é<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é</b>", "Unexpected end tag at byte offset 2"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("5 < 6", "Unclosed start tag at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_html_is_refused_with_its_place(html: str, complaint: str) -> None:
    with pytest.raises(Refusal, match=re.escape(f"Bad Request: can't parse entities: {complaint}")) as caught:
        parse_html(html)
    assert caught.value.status == 400


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(["b", "i", "u", "code"]), st.text(min_size=1, max_size=8)), max_size=6))
def test_escaped_text_survives_and_entities_lie_inside(pieces: list[tuple[str, str]]) -> None:
    def escape(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    text, entities = parsed("".join(f"<{tag}>{escape(content)}</{tag}>" for tag, content in pieces))
    assert text == "".join(content for _, content in pieces)
    assert sum(entity["length"] for entity in entities) == utf16.length(text)
