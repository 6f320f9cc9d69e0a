"""Text with entities → HTML that a page can show as it is: everything escaped, only known tags, only harmless links."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from chatbot.demo import utf16
from chatbot.demo.values import Entity

_SIMPLE: Final = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ('<span class="spoiler">', "</span>"),
    "code": ("<code>", "</code>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ('<blockquote class="expandable">', "</blockquote>"),
    "hashtag": ('<a class="hashtag">', "</a>"),
    "cashtag": ('<a class="cashtag">', "</a>"),
}
_ACTED_ON: Final = {
    "bot_command": '<a class="command" data-command="{}">',
    "mention": '<a class="mention" data-mention="{}">',
}
_HARMLESS = re.compile(r"(?:https?|tg|mailto):", re.IGNORECASE)


def to_html(text: str, entities: Sequence[Entity]) -> str:
    """`entities` sorted by place, outer first. One that crosses the end of another is cut there."""
    index = utf16.index_of_unit(text)
    pieces: list[str] = []
    open_until: list[tuple[int, str]] = []
    at = 0

    def write_until(end: int) -> None:
        nonlocal at
        while open_until and open_until[-1][0] <= end:
            closes_at, tag = open_until.pop()
            pieces.append(escape(text[at:closes_at], quote=False) + tag)
            at = closes_at
        pieces.append(escape(text[at:end], quote=False))
        at = end

    for entity in entities:
        start, end = index(entity["offset"]), index(entity["offset"] + entity["length"])
        write_until(start)
        limit = open_until[-1][0] if open_until else len(text)
        opening, closing = _tags(entity, text[start:end])
        pieces.append(opening)
        open_until.append((min(end, limit), closing))
    write_until(len(text))
    return "".join(pieces)


def _tags(entity: Entity, content: str) -> tuple[str, str]:
    kind = entity["type"]
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if kind == "pre":
        return _preformatted(entity.get("language"))
    if kind == "date_time":
        return _time(entity)
    if kind in ("text_link", "url", "email"):
        return _link(_target(entity, content))
    if kind in _ACTED_ON:
        return _ACTED_ON[kind].format(escape(content)), "</a>"
    return "", ""


def _target(entity: Entity, content: str) -> str:
    if entity["type"] == "text_link":
        return str(entity["url"])
    if entity["type"] == "email":
        return f"mailto:{content}"
    return content if _HARMLESS.match(content) else f"https://{content}"


def _preformatted(language: str | None) -> tuple[str, str]:
    if not language:
        return "<pre>", "</pre>"
    return f'<pre><code class="language-{escape(language)}">', "</code></pre>"


def _link(url: str) -> tuple[str, str]:
    if not _HARMLESS.match(url):
        return "", ""
    return f'<a class="link" href="{escape(url)}" target="_blank" rel="noopener noreferrer">', "</a>"


def _time(entity: Entity) -> tuple[str, str]:
    unix = int(entity["unix_time"])
    form = escape(str(entity.get("date_time_format", "")))
    try:
        moment = datetime.fromtimestamp(unix, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return "", ""
    return f'<time datetime="{moment}" data-unix="{unix}" data-format="{form}">', "</time>"
