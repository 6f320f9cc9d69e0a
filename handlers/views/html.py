"""Telegram's HTML, escaped by default.

Sentences are composed of parts: a plain `str` is escaped, an `Html` is taken as it is. Only the functions below make
`Html`, so a `<` that somebody typed can never become a tag.
"""

import html
import re
from collections.abc import Iterable
from typing import final

# Control characters, zero-width marks, direction marks and overrides, tags, lone surrogates: they hide or reorder text.
# What joins letters and emoji (zero-width joiners, variation selectors) stays.
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_TAG = re.compile(r"<[^>]*>")
_WORD_JOINER = "\u2060"
# What makes links, mentions, commands and tags of words, unless something stands behind it.
# Numbers (0.02), times (13:45) and pairs (BTC/USDT) are none of these and stay as they are.
_LINKING = re.compile(r"([@#$]|(?<![A-Za-z0-9_])/|:(?=/)|\.(?![0-9]+(?![0-9.])))(?=\S)")

# Telegram makes a command of the first word alone, and a tap on that half would ask about something else: the API key.
_COMMAND_OF_TWO = re.compile(r"/(?:un)?link (?:instant|nexchange|paper)(?: [A-Z_]{2,}\b)*")
_HOST_AS_NAME = re.compile(r"(?<![@\w/.-])n\.(?=exchange\b)")


@final
class Html:
    """Finished markup. Compare by value; `str()` is what is sent, `plain` what is read."""

    __slots__ = ("_markup",)

    def __init__(self, markup: str) -> None:
        self._markup = markup

    @property
    def plain(self) -> str:
        """What a reader sees, without tags and entities."""
        return html.unescape(_TAG.sub("", self._markup)).replace(_WORD_JOINER, "")

    def __str__(self) -> str:
        return self._markup

    def __repr__(self) -> str:
        return f"Html({self._markup!r})"

    def __add__(self, other: "Part") -> "Html":
        return Html(self._markup + _markup(other))

    def __radd__(self, other: str) -> "Html":
        return Html(_markup(other) + self._markup)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Html) and self._markup == other._markup

    def __hash__(self) -> int:
        return hash(self._markup)

    def __bool__(self) -> bool:
        return bool(self._markup)


Part = Html | str


def clean(text: str) -> str:
    """The text without invisible and reordering characters; newlines stay."""
    return _INVISIBLE.sub("", text)


def text(*parts: Part) -> Html:
    """The parts, one after the other."""
    return Html("".join(map(_markup, parts)))


def lines(*parts: Part | None) -> Html:
    """The parts, each on its own line; None is left out, an empty part makes an empty line."""
    return join("\n", (part for part in parts if part is not None))


def join(separator: Part, parts: Iterable[Part]) -> Html:
    return Html(_markup(separator).join(map(_markup, parts)))


def bold(*parts: Part) -> Html:
    return _tagged("b", parts)


def italic(*parts: Part) -> Html:
    return _tagged("i", parts)


def code(*parts: Part) -> Html:
    """Monospace within a line; a tap copies it."""
    return _copied("code", parts)


def pre(*parts: Part) -> Html:
    """A monospace block, for tables."""
    return _copied("pre", parts)


def quote(*parts: Part, expandable: bool = False) -> Html:
    """A quotation; an expandable one is folded after three lines."""
    opening = "blockquote expandable" if expandable else "blockquote"
    return Html(f"<{opening}>{text(*parts)}</blockquote>")


def link(label: Part, url: str) -> Html:
    return Html(f'<a href="{html.escape(url)}">{_markup(label)}</a>')


def outside(words: str, *, limit: int = 200, goes_on: bool = False) -> Html:
    """Text that came from outside (a name, an exchange's reason): on one line, cut to so many characters.

    Telegram makes whatever looks like a link, a mention or a command one to be tapped. Here, where the bot lends its
    voice to others, something that nobody sees keeps it from that; `code` and `pre`, which are copied, do without.
    Where it `goes_on`, other words stand right behind these and could make a link of both.
    """
    flat = " ".join(clean(words[: limit * 8].replace("\n", " ")).split())
    cut = flat if len(flat) <= limit else flat[: limit - 1] + "…"
    behind = "x" if goes_on else ""
    return Html(_LINKING.sub(rf"\1{_WORD_JOINER}", _escaped(cut) + behind).removesuffix(behind))


def _tagged(tag: str, parts: tuple[Part, ...]) -> Html:
    return Html(f"<{tag}>{text(*parts)}</{tag}>")


def _copied(tag: str, parts: tuple[Part, ...]) -> Html:
    """Inside these nothing becomes a link anyway."""
    inside = "".join(part._markup if isinstance(part, Html) else _escaped(part) for part in parts)
    return Html(f"<{tag}>{inside.replace(_WORD_JOINER, '')}</{tag}>")


def _markup(part: Part) -> str:
    """A command of two words is copied whole by a tap, instead of sent by half."""
    if isinstance(part, Html):
        return part._markup
    return _COMMAND_OF_TWO.sub(r"<code>\g<0></code>", _escaped(part))


def _escaped(words: str) -> str:
    """A service's name that is a host's, too, is no link; its address for letters is."""
    return _HOST_AS_NAME.sub(rf"n.{_WORD_JOINER}", html.escape(clean(words), quote=False))
