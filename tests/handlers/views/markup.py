"""A strict reader of the HTML that Telegram takes: what it does not know, it refuses."""

import html
import re
import unicodedata

_TOKEN = re.compile(r"<(/?)([a-z]+)((?: [^<>]*)?)>|([^<>&]+)|&(?:lt|gt|amp|quot|#x27|#39);")
_TAGS = {"b", "i", "u", "s", "code", "pre", "blockquote", "a"}
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, direction marks, surrogates, line separators
_JOINERS = "\n\u200c\u200d\u2060"  # emoji and scripts need these; the last keeps words from becoming links
# Format characters that are seen: number signs of Arabic, Syriac and Kaithi, and hieroglyphs' joiners.
_SEEN = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]")


def read(markup: str) -> str:
    """The visible text. `ValueError` for unknown or crossed tags, stray brackets, and text that hides or reorders."""
    opened: list[str] = []
    text: list[str] = []
    at = 0
    while at < len(markup):
        match = _TOKEN.match(markup, at)
        if match is None:
            raise ValueError(f"not markup: {markup[at : at + 20]!r}")
        closing, tag, _, words = match.groups()
        if tag is None:
            text.append(html.unescape(words or match[0]))
        elif tag not in _TAGS:
            raise ValueError(f"unknown tag {tag}")
        elif not closing:
            opened.append(tag)
        elif not opened or opened.pop() != tag:
            raise ValueError(f"crossed tag {tag}")
        at = match.end()
    if opened:
        raise ValueError(f"left open: {opened}")
    visible = "".join(text)
    marks = _SEEN.sub("", visible)
    hidden = [mark for mark in marks if unicodedata.category(mark) in _HIDDEN and mark not in _JOINERS]
    if hidden:
        raise ValueError(f"hidden characters: {hidden!r}")
    return visible.replace("\u2060", "")
