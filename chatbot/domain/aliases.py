"""Withdrawal aliases: the names under which addresses are saved at the exchange (api: A7)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from chatbot.domain.errors import InputError
from chatbot.domain.ids import AccountId, AliasId, PersonId

LONGEST = 64
"""Characters of an alias."""

_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs")
"""Controls, direction marks and zero-width characters, what has no picture, and every space but the usual one."""
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Letters and marks that are drawn as nothing: fillers, variation selectors, the empty Braille pattern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """An alias of an account that was added or used. `uses` counts the withdrawals to it that were sent.

    A withdrawal to it is not sent before `held_until`.
    """

    id: AliasId
    account: AccountId
    currency: str
    name: str
    added_at: datetime
    by: PersonId
    held_until: datetime
    uses: int = 0


class AliasInUse(InputError):
    """A withdrawal to the alias waits or has no known outcome."""

    def __init__(self) -> None:
        super().__init__("A withdrawal to this alias is not finished. See /pending; cancel it or wait, then remove it.")


def read_alias(text: str) -> str:
    """An alias as it was typed, spaces around it cut off. The exchange compares it exactly.

    Raises `InputError` for one that holds characters nobody can see, because what is shown would not be what is sent.
    """
    name = text.strip()
    if not name:
        raise InputError("Which alias? It is the name under which you saved the address on ANDX's site.")
    if len(name) > LONGEST:
        raise InputError(f"An alias has at most {LONGEST} characters; this one has {len(name)}.")
    if any(_is_unseen(mark) for mark in name) or "  " in name:
        raise InputError("This alias holds characters that cannot be seen. Please type it instead of pasting it.")
    return name


def _is_unseen(mark: str) -> bool:
    return mark != " " and (unicodedata.category(mark) in _UNSEEN or _BLANK.match(mark) is not None)
