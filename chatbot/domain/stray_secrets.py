"""Whether a text holds a secret, for the chat to be rid of it wherever it was pasted.

A browser session is two values, by the names `USER_NAME` and `TOKEN`; a key is one long word. Addresses and numbers of
transactions look alike: of a well-known form they are no secrets in a plain text, else only where they were asked for.
"""

import re

_NAMED = re.compile(
    r"""
    \b USER_NAME \b \W* \w  # by the names that they have in the browser
    | \b TOKEN \b [^\w?]* (?= [^\s/]* [A-Za-z] ) (?= [^\s/]* [0-9_] ) [^\s/]{12,}  # there may be a coin of that name
    | (?<! [?&\w-] ) (?i: user_?name | token ) ["']? \s* [:=] \s* \S{6,}  # and not as a part of a link
    | ^ \s* /? (?i: (?:un)? link \s+ instant ) \s+ (?! (?i: trade ) \b ) \S+ (?: \s+ \S+ )? \s* $
    | ^ \s* (?i: instant ) \s+ \S+ \s+
      (?! [0-9.,]+ [A-Za-z]{0,6} \s* $ ) (?= \S* [0-9] ) (?= \S* [A-Za-z] ) \S{8,} \s* $  # and no amount
    """,
    re.VERBOSE,
)
_LONG = re.compile(r"[A-Za-z0-9._~+/=%|:!-]{24,}")
_HARMLESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.*|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)")
"""Links, and times as programs write them."""
_PUBLIC = re.compile(
    r"""
    (?: [a-z]+ : )?  # as payment links begin
    (?:
        0x [0-9a-fA-F]{40}
        | (?: 0x )? [0-9a-fA-F]{64}  # a transaction, or an address on Sui
        | [a-z]{2,11} 1 [02-9ac-hj-np-z]{38,}  # bech32: Bitcoin, Litecoin, Cardano, Cosmos
        | [qp] [02-9ac-hj-np-z]{41}  # Bitcoin Cash
        | G [A-Z2-7]{55}  # Stellar, whose secret keys begin with S
        | [EU]Q [A-Za-z0-9_-]{46}  # TON
        # base58, without the lengths that secret keys have: 51 and 52 on Bitcoin, 87 and 88 on Solana
        | (?= .* [A-Z] ) (?= .* [a-z] ) (?: [13ADLMTXrt] [1-9A-HJ-NP-Za-km-z]{24,34} | [1-9A-HJ-NP-Za-km-z]{43,48} )
    )
    """,
    re.VERBOSE,
)
_QUOTES = "\"'`“”‘’«»,;:()<>"
_LONG_FROM = 24
_LONGEST_SAID_BACK = 40


def holds_secret(text: str, *, addresses: bool) -> bool:
    """With `addresses`, long words are expected: addresses, transactions and the like are no secrets. A command that
    expects none might look for one as a name, and say it back.
    """
    if _NAMED.search(text):
        return True
    is_plain = not text.startswith("/")
    long = [word for word in _words(text) if _is_long(word)]
    return not addresses and not all(is_plain and _PUBLIC.fullmatch(word) for word in long)


def may_hold_secret(text: str) -> bool:
    """Whether there is a word that could be one, though it may as well be an address or a transaction."""
    return any(_is_long(word) for word in _words(text))


def said_back(text: str) -> str:
    """Words of somebody's, quoted for a sentence about them; a word that could be a secret is not repeated."""
    if any(len(word) >= _LONG_FROM and _is_mixed(word) for word in text.split()):
        return "the long word"
    return f"“{text[:_LONGEST_SAID_BACK]}”"


def _words(text: str) -> list[str]:
    return [word.strip(_QUOTES) for word in text.split()]


def _is_long(word: str) -> bool:
    return _is_mixed(word) and _LONG.fullmatch(word) is not None and _HARMLESS.fullmatch(word) is None


def _is_mixed(word: str) -> bool:
    return any(symbol.isdigit() for symbol in word) and any(symbol.isalpha() for symbol in word)
