"""Text with entities, as every message carries it.

What people type gets its entities by looking (commands, links, mentions …); what the bot sends brings its own by
HTML or by list, and gets the same looking over afterwards.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from chatbot.demo import refusals, utf16
from chatbot.demo.html_text import parse_html
from chatbot.demo.values import Entity

MOST_CHARACTERS = 4096
MOST_IN_CAPTION = 1024

_BY_SIGN = r"""
      (?P<url>https?://[^\s<>"']*[^\s<>"'.,:;!?)\]}])
    | (?P<bot_command>(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))
    | (?P<mention>(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{2,31}\b)
    | (?P<hashtag>(?<![\w&/\#])\#(?=\w*[^\W\d])\w{1,256})
    | (?P<cashtag>(?<![\w$])(?-i:\$[A-Z]{1,8})\b)
"""
_BY_DOT = r"""
    | (?P<email>(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4})
    | (?P<domain>(?<![\w@.])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|io|me|one|dev|app|info|exchange)\b
        (?:/[^\s<>"']*[^\s<>"'.,:;!?)\]}])?)
"""
_FLAGS = re.VERBOSE | re.ASCII | re.IGNORECASE
_SIGNED = re.compile(_BY_SIGN, _FLAGS)
# Domains and addresses may begin anywhere, which makes looking slow: only where a dot stands before a letter.
_SIGNED_OR_DOTTED = re.compile(_BY_SIGN + _BY_DOT, _FLAGS)
_DOTTED = re.compile(r"\.[a-z]", re.IGNORECASE)
_LOOKED_UP = frozenset(_SIGNED_OR_DOTTED.groupindex)

# Nothing is found inside these.
_OPAQUE = frozenset({"code", "pre", "text_link", "text_mention", "date_time", "custom_emoji"})
# What an entity of a type must bring, beside its place; a language and a date's format are optional.
_NEEDS: Final[dict[str, tuple[str, type]]] = {
    "text_link": ("url", str),
    "custom_emoji": ("custom_emoji_id", str),
    "date_time": ("unix_time", int),
    "text_mention": ("user", dict),
}
_OPTIONS: Final = {"pre": "language", "date_time": "date_time_format"}
_STYLES = frozenset(
    {"bold", "italic", "underline", "strikethrough", "spoiler", "code", "blockquote", "expandable_blockquote"}
)
# With the same place, the outer one first.
_OUTER_FIRST = ("blockquote", "expandable_blockquote", "pre", "text_link", "bold", "italic")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True, slots=True)
class RichText:
    """Text and its entities in order of place, the outer before the inner."""

    text: str
    entities: tuple[Entity, ...]


def typed(text: str) -> RichText:
    """What a person types. Raises Refusal when there is nothing, or too much."""
    return _message_text(_finish(_clean(text), []))


def sent(text: str, *, parse_mode: str, entities: object) -> RichText:
    """What the bot sends: `text` by `parse_mode` ("" or "HTML"), else with the given list of entities.

    Raises Refusal in Telegram's words.
    """
    if not text:
        raise refusals.bad_request("message text is empty")
    return _message_text(_formatted(text, parse_mode=parse_mode, entities=entities))


def captioned(text: str, *, parse_mode: str, entities: object) -> RichText:
    """What the bot writes under a picture or a file, as `sent`; it may be nothing."""
    said = _formatted(text, parse_mode=parse_mode, entities=entities)
    if utf16.length(said.text) > MOST_IN_CAPTION:
        raise refusals.bad_request("message caption is too long")
    return said


def _formatted(text: str, *, parse_mode: str, entities: object) -> RichText:
    mode = parse_mode.lower()
    if mode == "html":
        plain, found = parse_html(_clean(text))
        return _finish(plain, found)
    if mode not in ("", "none"):
        raise refusals.bad_request("unsupported parse_mode")
    text = _clean(text)
    return _finish(text, [_checked(entity, text) for entity in _as_list(entities)])


def _message_text(said: RichText) -> RichText:
    # Telegram counts what remains after parsing.
    if not said.text:
        raise refusals.bad_request("text must be non-empty")
    if utf16.length(said.text) > MOST_CHARACTERS:
        raise refusals.bad_request("message is too long")
    return said


def _clean(text: str) -> str:
    """Line ends become newlines, other control characters blanks."""
    if _CONTROL.search(text) is None:
        return text
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _as_list(entities: object) -> list[Any]:
    return entities if isinstance(entities, list) else []


def _checked(entity: Any, text: str) -> Entity:
    """One entity as the bot describes it, cut to the text. Raises Refusal."""
    if not isinstance(entity, dict):
        raise _unreadable("expected an Object")
    kind = str(entity.get("type"))
    if kind not in _STYLES and kind not in _NEEDS and kind not in _OPTIONS and kind not in _LOOKED_UP:
        raise _unreadable("Unsupported type specified")
    start = max(0, int(_field(entity, "offset", int)))
    end = min(utf16.length(text), start + _field(entity, "length", int))
    checked = {"offset": start, "length": end - start, "type": kind}
    if kind in _NEEDS:
        name, form = _NEEDS[kind]
        checked[name] = _field(entity, name, form)
    if isinstance(entity.get(option := _OPTIONS.get(kind, "")), str):
        checked[option] = entity[option]
    return checked


def _field(entity: dict[str, Any], name: str, form: type) -> Any:
    value = entity.get(name)
    if not isinstance(value, form):
        raise _unreadable(f'Can\'t find field "{name}"')
    return value


def _unreadable(why: str) -> Exception:
    return refusals.bad_request(f"can't parse MessageEntity: {why}")


def _finish(text: str, entities: list[Entity]) -> RichText:
    """Trim, look for links and commands, sort."""
    trimmed = text.strip()
    given = [entity for entity in entities if entity["type"] not in _LOOKED_UP and entity["length"] > 0]
    if len(trimmed) != len(text):
        given = list(_moved(given, by=utf16.length(text) - utf16.length(text.lstrip()), within=trimmed))
    return RichText(text=trimmed, entities=tuple(sorted([*given, *_look(trimmed, given)], key=_place)))


def _moved(entities: Iterable[Entity], *, by: int, within: str) -> Iterable[Entity]:
    """The entities after `by` leading blanks went away, cut to what is left."""
    total = utf16.length(within)
    for entity in entities:
        start = max(0, entity["offset"] - by)
        end = min(total, entity["offset"] + entity["length"] - by)
        if end > start:
            yield {**entity, "offset": start, "length": end - start}


def _place(entity: Entity) -> tuple[int, int, int]:
    kind = entity["type"]
    rank = _OUTER_FIRST.index(kind) if kind in _OUTER_FIRST else len(_OUTER_FIRST)
    return entity["offset"], -entity["length"], rank


def _look(text: str, given: list[Entity]) -> Iterable[Entity]:
    pattern = _SIGNED_OR_DOTTED if _DOTTED.search(text) else _SIGNED
    unit = utf16.unit_of_index(text)
    opaque = [(e["offset"], e["offset"] + e["length"]) for e in given if e["type"] in _OPAQUE]
    for match in pattern.finditer(text):
        start, end = unit(match.start()), unit(match.end())
        if not any(start < last and first < end for first, last in opaque):
            kind = "url" if match.lastgroup == "domain" else match.lastgroup
            yield {"offset": start, "length": end - start, "type": kind}
