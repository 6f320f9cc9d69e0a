import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.views.html import Html, bold, code, italic, join, lines, link, outside, pre, quote, text


@settings(max_examples=50)
@given(st.text())
def test_typed_text_never_becomes_a_tag(typed: str) -> None:
    assert "<" not in str(text(typed))
    assert ">" not in str(text(typed))


@settings(max_examples=50)
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_gives_back_what_was_written(typed: str) -> None:
    assert bold(code(typed)).plain == typed


def test_markup_is_not_escaped_twice() -> None:
    assert str(text("a < b ", bold("x & y"))) == "a &lt; b <b>x &amp; y</b>"


@pytest.mark.parametrize(
    ("made", "markup"),
    [
        (italic("x"), "<i>x</i>"),
        (pre("1\n2"), "<pre>1\n2</pre>"),
        (quote("x"), "<blockquote>x</blockquote>"),
        (quote("x", expandable=True), "<blockquote expandable>x</blockquote>"),
        (
            link("a<b", 'https://x.example/?a="1"&b=2'),
            '<a href="https://x.example/?a=&quot;1&quot;&amp;b=2">a&lt;b</a>',
        ),
        (join(", ", ["<", bold("y")]), "&lt;, <b>y</b>"),
        (lines("a", None, "", bold("b")), "a\n\n<b>b</b>"),
        ("<" + bold("x") + ">", "&lt;<b>x</b>&gt;"),
    ],
)
def test_constructors_write_telegrams_html(made: Html, markup: str) -> None:
    assert str(made) == markup


@pytest.mark.parametrize("trick", ["\u202e", "\u2066", "\u200b", "\x00", "\x07", "\ud800", "\ufeff", "\u061c"])
def test_characters_that_hide_or_reorder_are_dropped(trick: str) -> None:
    assert text(f"to{trick}tal").plain == "total"


def test_words_from_outside_stay_on_one_line_and_are_cut() -> None:
    assert outside("Not\nenough\t <b>funds</b>").plain == "Not enough <b>funds</b>"
    assert outside("x" * 300, limit=10).plain == "x" * 9 + "…"


def test_joined_emoji_survive() -> None:
    assert outside("👩‍🚀").plain == "👩‍🚀"


def test_services_name_is_no_link_and_its_address_for_letters_is() -> None:
    said = text("n.exchange has it: ", "https://n.exchange/order/A", " or support@n.exchange")
    assert str(said) == "n.\u2060exchange has it: https://n.exchange/order/A or support@n.exchange"
    assert said.plain.startswith("n.exchange has it") and str(code("n.exchange")) == "<code>n.exchange</code>"
