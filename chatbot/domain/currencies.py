"""Currency codes as people type them. They are ASCII and from the exchange's list; what only looks like one is told."""

import unicodedata
from collections.abc import Collection
from difflib import get_close_matches

from chatbot.domain.errors import InputError

USUAL_COUNTER = "USDT"
"""What nearly everything is traded against, and what Instant Trade prices its coins in (observed)."""
DOLLARS = (USUAL_COUNTER, "USD", "USDC", "DAI", "USDS", "TUSD", "USDP", "FDUSD", "PYUSD", "GUSD", "USDE", "RLUSD")
"""The dollar, and the coins that stand for one each, as long as no market says otherwise."""

_LONGEST_SHOWN = 20
_LOOK_ALIKES = str.maketrans(
    # Cyrillic, Greek, Armenian and Cherokee capitals beside the Latin ones they cannot be told from.
    "АВЕЅІЈКМНОРСТУХԚԜҮԌ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ" + "ՍՏՕԼՀ" + "ᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃ",
    "ABESIJKMHOPCTYXQWYG" + "ABEZHIKMNOPTYXCJ" + "USOLH" + "ABCDEHJKLMPRSTVWZ",
)


def read_currency(text: str, known: Collection[str]) -> str:
    """The code among those known that was typed, in capitals or not.

    Raises `InputError` for any other, and by name for one that is written with look-alike letters.
    """
    typed = text.strip()
    code = typed.upper()
    if typed.isascii() and code in known:
        return code
    shown = typed[:_LONGEST_SHOWN]
    meant = _skeleton(typed)
    if not typed.isascii() and meant in known:
        raise InputError(f"“{shown}” looks like {meant} but is written with other letters. Please type {meant}.")
    near = get_close_matches(meant, sorted(known), n=3)
    hint = f" Did you mean {' or '.join(near)}?" if near else " Write its code, like XRP."
    raise InputError(f"The exchange does not list a currency “{shown}”.{hint}")


def ascii_codes(codes: Collection[str]) -> frozenset[str]:
    """Those that can be currency codes: whatever else an exchange may list cannot be typed safely."""
    return frozenset(code for code in codes if code.isascii() and code.isalnum() and code == code.upper())


def _skeleton(text: str) -> str:
    """What a text looks like in ASCII capitals: wide and styled letters made plain, look-alikes replaced."""
    plain = unicodedata.normalize("NFKD", text)
    visible = "".join(mark for mark in plain if unicodedata.category(mark) not in ("Mn", "Cf", "Cc"))
    return visible.upper().translate(_LOOK_ALIKES)
