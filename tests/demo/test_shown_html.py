from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.demo import entities
from chatbot.demo.shown_html import to_html


def shown(html: str) -> str:
    said = entities.sent(html, parse_mode="HTML", entities=None)
    return to_html(said.text, said.entities)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b>a <i>b</i></b> c", "<b>a <i>b</i></b> c"),
        ("1 &lt; 2 &amp; 3", "1 &lt; 2 &amp; 3"),
        ("😀<code>x</code>😀<u>y</u>", "😀<code>x</code>😀<u>y</u>"),
        ("<blockquote expandable>a\nb</blockquote>c", '<blockquote class="expandable">a\nb</blockquote>c'),
        ("<tg-spoiler>a</tg-spoiler>", '<span class="spoiler">a</span>'),
        (
            '<pre><code class="language-py">x</code></pre>',
            '<pre><code class="language-py">x</code></pre>',
        ),
        ("/price now", '<a class="command" data-command="/price">/price</a> now'),
        ("@alice", '<a class="mention" data-mention="@alice">@alice</a>'),
        (
            '<tg-time unix="0" format="wDT">then</tg-time>',
            '<time datetime="1970-01-01T00:00:00+00:00" data-unix="0" data-format="wDT">then</time>',
        ),
        (
            '<a href="https://e.com/?a=&quot;&amp;b">x</a>',
            '<a class="link" href="https://e.com/?a=&quot;&amp;b" target="_blank" rel="noopener noreferrer">x</a>',
        ),
    ],
)
def test_entities_come_out_as_harmless_html(html: str, expected: str) -> None:
    assert shown(html) == expected


def test_script_links_are_not_links() -> None:
    given = [{"type": "text_link", "offset": 0, "length": 1, "url": "javascript:alert(1)"}]
    assert to_html("x", given) == "x"


def test_crossing_entities_are_cut_to_nest() -> None:
    crossing = [{"type": "bold", "offset": 0, "length": 3}, {"type": "italic", "offset": 2, "length": 3}]
    assert to_html("abcde", crossing) == "<b>ab<i>c</i></b>de"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


_entity = st.builds(
    lambda kind, offset, length: {"type": kind, "offset": offset, "length": length},
    st.sampled_from(["bold", "italic", "code", "blockquote", "bot_command"]),
    st.integers(0, 12),
    st.integers(1, 12),
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.text(alphabet="ab<>&\"'😀é\n", min_size=1, max_size=12), st.lists(_entity, max_size=5))
def test_any_entities_give_balanced_html_with_the_same_text(text: str, listed: list[dict[str, object]]) -> None:
    ordered = sorted(listed, key=lambda e: (e["offset"], -int(str(e["length"]))))
    reader = _Reader()
    reader.feed(to_html(text, ordered))
    reader.close()
    assert reader.text == text
    assert reader.open == []
