"""Hostile words in every field that is shown: what Telegram is given is what the view meant, and never refused.

Every view of `hostile_views.py` is drawn with words from outside that mean harm, and read by the strict parser of the
local chat, as Telegram would. The same view is drawn with a harmless word: no entity, button or line may be there that
was not there then.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from typing import Any

from chatbot.demo import entities, keyboards, utf16
from chatbot.demo.refusals import Refusal
from handlers.show import sending
from handlers.views.screen import File, Shown
from tests.prove.hostile_views import QUOTED_BACK, VIEWS, Draw
from tests.prove.hostile_words import hostile
from tests.prove.proof import Proof, Run

_DRAWS: tuple[tuple[str, int, Draw], ...] = tuple(
    (module.__name__.rpartition(".")[2], at, draw) for module, draws in VIEWS.items() for at, draw in enumerate(draws)
)
_LONGEST_LABEL = 64  # characters that a phone shows of a button
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_ALLOWED = re.compile(
    "[\n\u200c\u200d\u2060\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]"
)
_FOUND = frozenset({"url", "email", "mention", "bot_command", "hashtag", "cashtag"})
"""What Telegram finds by itself in words that stand in the open."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def prove(run: Run) -> None:
    for case, chance in run.cases():
        name, at, draw = _DRAWS[case % len(_DRAWS)]
        words: list[str] = []

        def word(chance: Any = chance, words: list[str] = words) -> str:
            words.append(hostile(chance))
            return words[-1]

        try:
            shown, harmless = draw(word), draw(lambda: "ordinary")
            if shown is not None and harmless is not None:
                _check(shown, harmless, finds_links=draw not in QUOTED_BACK)
        except Exception as fault:
            said = fault.description if isinstance(fault, Refusal) else repr(fault)
            run.fail(case, f"view {at} of {name} with {[each[:60] for each in words[:12]]!r}: {said[:300]}")
        run.remark(f"drawn by {name}")


class Wrong(Exception):
    """Something shown that must not be."""


def _check(shown: Shown, harmless: Shown, *, finds_links: bool) -> None:
    said, meant = _read(shown), _read(harmless)
    foreign = _kinds(said) - _kinds(meant)
    if not finds_links:
        foreign = Counter({kind: times for kind, times in foreign.items() if kind[0] not in _FOUND})
    if foreign:
        raise Wrong(f"foreign entities {dict(foreign)} in {said.text[:200]!r}")
    hidden = [mark for mark in _ALLOWED.sub("", said.text) if unicodedata.category(mark) in _HIDDEN]
    if hidden:
        raise Wrong(f"hidden characters {hidden[:5]!r} in {said.text[:200]!r}")
    _check_keys(shown, harmless)
    if isinstance(shown, File):
        _check_table(shown)


def _read(shown: Shown) -> entities.RichText:
    """What Telegram makes of it. Raises `Refusal` for what it would refuse."""
    fields = sending(shown).fields
    if "reply_markup" in fields:
        keyboards.checked(fields["reply_markup"], private=True)
    if "text" in fields:
        return entities.sent(fields["text"], parse_mode="HTML", entities=None)
    return entities.captioned(fields.get("caption", ""), parse_mode="HTML", entities=None)


def _kinds(said: entities.RichText) -> Counter[tuple[str, str]]:
    """Entities with where they lead; of what Telegram finds by itself, the words."""
    index = utf16.index_of_unit(said.text)
    found: Counter[tuple[str, str]] = Counter()
    for entity in said.entities:
        words = said.text[index(entity["offset"]) : index(entity["offset"] + entity["length"])]
        leads = entity.get("url", words if entity["type"] in _FOUND else "")
        found[entity["type"], leads] += 1
    return found


def _check_keys(shown: Shown, harmless: Shown) -> None:
    if [len(row) for row in shown.rows] != [len(row) for row in harmless.rows]:
        raise Wrong("the buttons are others")
    for key in (key for row in shown.rows for key in row):
        if not key.label.strip() or "\n" in key.label or len(key.label) > _LONGEST_LABEL:
            raise Wrong(f"a button is labelled {key.label[:80]!r}")
        if any(unicodedata.category(mark) in _HIDDEN for mark in _ALLOWED.sub("", key.label)):
            raise Wrong(f"a button hides something: {key.label!r}")


def _check_table(shown: File) -> None:
    assert isinstance(shown.content, bytes)
    rows = list(csv.reader(io.StringIO(shown.content.decode("utf-8-sig"), newline="")))
    if len({len(row) for row in rows}) != 1 or len(rows) != 2:
        raise Wrong(f"the table has rows of {[len(row) for row in rows]}")
    formulas = [cell for cell in rows[1] if cell.startswith(_FORMULA)]
    if formulas:
        raise Wrong(f"formulas in the table: {formulas!r}")


PROOF = Proof(
    name="hostile",
    claim="hostile words in every field that is shown: 0 broken messages, 0 foreign entities, nothing hidden",
    required=100_000,
    sample=2_000,
    prove=prove,
    shares=2,
)
