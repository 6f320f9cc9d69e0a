"""Whether a text holds a secret, for the chat to be rid of it wherever it was pasted.

A browser session is two values, by the names `USER_NAME` and `TOKEN`; a key is one long word. What is no secret but
looks like one, such as an address, is only told by what was asked for.
"""

import re

_NAMED = re.compile(
    r"""
    \b USER_NAME \b \W* \w  # by the names that they have in the browser
    | \b TOKEN \b [^\w?]* (?= \S* [A-Za-z] ) \S{6,}
    | \b (?i: user_?name | token ) ["']? \s* [:=] \s* \S{6,}
    | ^ \s* /? (?i: (?:un)? link \s+ instant ) \s+ (?! (?i: trade ) \b ) \S+ (?: \s+ \S+ )? \s* $
    | ^ \s* (?i: instant ) \s+ \S+ \s+ (?= \S* [0-9] ) \S{8,} \s* $
    """,
    re.VERBOSE,
)
_LONG = re.compile(r"[A-Za-z0-9._~+/=-]{24,}")
_QUOTES = "\"'`“”‘’«»,;:()<>"


def holds_secret(text: str, *, addresses: bool) -> bool:
    """With `addresses`, long words are expected: addresses, transactions and the like are no secrets."""
    if _NAMED.search(text):
        return True
    return not addresses and any(_is_long(word.strip(_QUOTES)) for word in text.split())


def _is_long(word: str) -> bool:
    mixed = any(symbol.isdigit() for symbol in word) and any(symbol.isalpha() for symbol in word)
    return mixed and _LONG.fullmatch(word) is not None
