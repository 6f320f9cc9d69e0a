"""HTML as the bot sends it → text and entities (https://core.telegram.org/bots/api#html-style)."""

import re
from dataclasses import dataclass
from html import unescape

from chatbot.demo import refusals, utf16
from chatbot.demo.refusals import Refusal
from chatbot.demo.values import Entity, Json

_PLAIN_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
}
_TAGS = frozenset(_PLAIN_TAGS) | {"a", "span", "blockquote", "tg-emoji", "tg-time"}

# Only these four names and numbers are characters; anything else after "&" stays as it is written.
_SPECIAL = re.compile(r"<|&(?:(?:lt|gt|amp|quot)(?![A-Za-z0-9]);?|#(?:[0-9]{1,7}|x[0-9A-Fa-f]{1,6});?)")
_END_TAG = re.compile(r"</([^\s>]*)\s*>")
_START_TAG = re.compile(r"""<([^\s>]+)((?:\s+[A-Za-z0-9_-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?)*)\s*>""")
_ATTRIBUTE = re.compile(r"""([A-Za-z0-9_-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_LANGUAGE_PREFIX = "language-"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Open:
    """A tag whose end has not come yet; `offset` in UTF-16 units, `index` into the pieces of text."""

    tag: str
    attributes: dict[str, str]
    offset: int
    index: int


class _Parser:
    def __init__(self, html: str) -> None:
        self._html = html
        self._pieces: list[str] = []
        self._offset = 0
        self._stack: list[_Open] = []
        self._entities: list[Json] = []

    def parse(self) -> tuple[str, list[Entity]]:
        at = 0
        while (special := _SPECIAL.search(self._html, at)) is not None:
            self._add(self._html[at : special.start()])
            if special.group() == "<":
                at = self._tag(special.start())
            else:
                self._add(unescape(special.group().removesuffix(";") + ";"))
                at = special.end()
        self._add(self._html[at:])
        if self._stack:
            raise refusals.bad_entities(f'Can\'t find end tag corresponding to start tag "{self._stack[-1].tag}"')
        return "".join(self._pieces), list(self._entities)

    def _add(self, text: str) -> None:
        if text:
            self._pieces.append(text)
            self._offset += utf16.length(text)

    def _tag(self, at: int) -> int:
        """Read the tag at `at`; returns where the text goes on."""
        is_end = self._html.startswith("</", at)
        found = (_END_TAG if is_end else _START_TAG).match(self._html, at)
        if found is None:
            raise self._complain(at, "Unclosed end tag" if is_end else "Unclosed start tag")
        if is_end:
            self._close(found.group(1).lower(), at)
        else:
            self._open(found.group(1).lower(), found.group(2), at)
        return found.end()

    def _open(self, tag: str, attributes: str, at: int) -> None:
        if tag not in _TAGS:
            raise self._complain(at, f'Unsupported start tag "{tag}"')
        values = {name.lower(): unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(attributes)}
        if tag == "span" and values.get("class") != "tg-spoiler":
            raise self._complain(at, 'Tag "span" must have class "tg-spoiler"')
        if tag == "tg-emoji" and not values.get("emoji-id", "").isdecimal():
            raise self._complain(at, 'Tag "tg-emoji" must have valid attribute "emoji-id"')
        if tag == "tg-time" and not values.get("unix", "").isdecimal():
            raise self._complain(at, 'Tag "tg-time" must have valid attribute "unix"')
        self._stack.append(_Open(tag=tag, attributes=values, offset=self._offset, index=len(self._pieces)))

    def _close(self, tag: str, at: int) -> None:
        if not self._stack:
            raise self._complain(at, "Unexpected end tag")
        opened = self._stack.pop()
        if tag not in ("", opened.tag):
            complaint = f'expected "</{opened.tag}>", found "</{tag}>"'
            raise self._complain(at, "Unmatched end tag", complaint)
        length = self._offset - opened.offset
        if length > 0:
            entity = self._entity(opened)
            if entity:
                self._entities.append({"offset": opened.offset, "length": length} | entity)

    def _complain(self, at: int, what: str, more: str = "") -> Refusal:
        place = f"{what} at byte offset {len(self._html[:at].encode())}"
        return refusals.bad_entities(f"{place}, {more}" if more else place)

    def _entity(self, opened: _Open) -> Json:
        """Type and details of a finished tag; empty when it formats nothing."""
        if opened.tag == "a":
            return _link(opened.attributes.get("href") or "".join(self._pieces[opened.index :]))
        if opened.tag == "pre":
            return self._preformatted(opened)
        if opened.tag == "code":
            return self._code(opened)
        return _styled(opened.tag, opened.attributes)

    def _code(self, opened: _Open) -> Json:
        """A `code`; its language matters only inside `pre`."""
        language = opened.attributes.get("class", "").partition(_LANGUAGE_PREFIX)[2]
        inside_pre = bool(self._stack) and self._stack[-1].tag == "pre"
        return {"type": "code"} | ({"language": language} if language and inside_pre else {})

    def _preformatted(self, opened: _Open) -> Json:
        """A `pre`; the `code` filling it dissolves into it and leaves its language."""
        found: Json = {"type": "pre"}
        inner = self._entities[-1] if self._entities else {}
        if inner.get("type") == "code" and inner["offset"] == opened.offset:
            code = self._entities.pop()
            if code.get("language"):
                found["language"] = code["language"]
        return found


def _styled(tag: str, attributes: dict[str, str]) -> Json:
    match tag:
        case "span":
            return {"type": "spoiler"}
        case "blockquote":
            return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote"}
        case "tg-emoji":
            return {"type": "custom_emoji", "custom_emoji_id": attributes["emoji-id"]}
        case "tg-time":
            form = {"date_time_format": attributes["format"]} if attributes.get("format") else {}
            return {"type": "date_time", "unix_time": int(attributes["unix"])} | form
        case _:
            return {"type": _PLAIN_TAGS[tag]}


def _link(url: str) -> Json:
    url = url.strip()
    if not re.match(r"(?:https?|tg|ton|tonsite|mailto|tel):", url, re.IGNORECASE):
        url = f"http://{url}"
    if re.search(r"\s", url) or re.fullmatch(r"https?://[^.:/]*/?", url, re.IGNORECASE):
        return {}
    return {"type": "text_link", "url": url}


def parse_html(html: str) -> tuple[str, list[Entity]]:
    """Text and entities of `html`; offsets in UTF-16 units, entities in closing order.

    Raises Refusal (400, "can't parse entities: …") naming the byte where the HTML goes wrong.
    """
    if "<" not in html and "&" not in html:
        return html, []
    return _Parser(html).parse()
