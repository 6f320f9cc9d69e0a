"""Addresses, memos and transaction ids as people paste them, and what can be read in them.

Nothing is guessed: whoever takes a reading holds its address against the network's checksums, and shows it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from chatbot.domain.errors import InputError

_ENDS = 6
"""Characters of each end of an address that are shown where there is no room for more."""
_LONGEST_WORD = 24
"""Characters of the longest word of a memo that is taken for one unasked: longer ones may be an address."""
_SHORTEST_TRANSACTION = 32
_LONGEST_TRANSACTION = 128

_FILLER = re.compile(
    r"(?:(?:please|send|to|at|my|the|own|wallet|address|is|its|it's|it|here|use)\b\s*[:=]?\s+)+(?=\S)"
    r"|(?:my\s+)?address\s*[:=]\s*(?=\S)",
    re.IGNORECASE,
)
_REFUND = re.compile(r"(?:^|[\s,;])(?:with\s+)?refund(?:\s+address)?(?:\s+(?:to|is))?\s*[:=]?(?=\s|$)", re.IGNORECASE)
_AROUND = "<>()[]{}\"'“”„‘’«»`,;.!:"
_SCHEME = re.compile(r"[a-z][a-z0-9+-]*:(?://)?(?:transfer/)?(?=[A-Za-z0-9])", re.IGNORECASE)
_MEMO_KEYS = frozenset(("dt", "memo", "tag", "text", "comment", "memoid", "tx_payment_id"))
_BESIDE = _MEMO_KEYS | {"amount", "label", "message", "tx_amount", "recipient_name", "tx_description"}
"""What a payment link may carry beside its address without naming another receiver."""
_GROUP = re.compile(r"\s*([A-Za-z0-9_-]+)([.,;]?)(?=\s|$)")

_MEMO = r"(?:(?:destination|payment)\s*)?(?:memo|tag|comment|dt|payment\s*id)(?:\s+id)?"
_NAMED = re.compile(rf"(?:and\s+)?(?:with\s+)?(?:(?:the|my)\s+)?{_MEMO}(?:\s+is\b|\s*[:=]|(?=\s|$))\s*", re.IGNORECASE)
_THING = rf"(?:{_MEMO}|(?:refund\s+)?address|refund)"
_NONE = re.compile(
    r"no|none|nothing|nope|skip|n/?a|-|—"
    rf"|(?:no|without)\s+(?:an?\s+)?(?:need|{_THING})(?:\s+(?:is\s+)?(?:needed|required|necessary))?"
    r"|(?:none|it'?s\s+not|not)\s+(?:is\s+)?(?:needed|required|necessary)"
    rf"|(?:i\s+)?(?:don'?t|do\s+not)\s+(?:need|have|want)\s+(?:one|it|any|an?\s+{_THING})"
    rf"|(?:i\s+was\s+told|i\s+have|there\s+is|there's)\s+(?:none|no\s+{_THING})(?:\s+(?:is\s+)?needed)?",
    re.IGNORECASE,
)
_POLITE = re.compile(r"[\s,.!;]*(?:thanks|thank\s+you|please)?[\s,.!;]*$", re.IGNORECASE)
_TALK = re.compile(r"(?:no|none|not|don'?t|yes|ok|okay|thanks|thank|please|what|which|why|how)\b", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_ID_IN_URL = re.compile(rf"[A-Za-z0-9_-]{{{_SHORTEST_TRANSACTION},}}=*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What may be an address, and what stands behind it. `is_joined`: it was put together from several words."""

    address: str
    behind: str = ""
    is_joined: bool = False


def readings(text: str) -> tuple[Reading, ...]:
    """What the address in a text may be, the most literal first: its first word as it stands; that without the marks or
    the payment link around it; then its groups put together, as many of them as it may have.

    Words before it (`my address is …`) are left out. Raises `InputError` where nothing is left.
    """
    said = text.strip()
    if (filler := _FILLER.match(said)) is not None:
        said = said[filler.end() :]
    if not said:
        raise InputError("Please send the address.")
    first = said.split(maxsplit=1)[0]
    literal = Reading(address=first, behind=said[len(first) :].strip())
    unwrapped = _unwrapped(literal)
    return (literal, *((unwrapped,) if unwrapped is not None else ()), *_joined(said))


def split_refund(text: str) -> tuple[str, str | None]:
    """`ADDRESS 12345 refund ADDRESS`: what stands before that word and what behind it, None if it is not there."""
    found = _REFUND.search(text)
    if found is None or says_none(text):
        return text, None
    return text[: found.start()], text[found.end() :].strip() or None


def read_memo(text: str) -> str | None:
    """A memo as it was typed, without what it was called (`memo: 12345`); empty if it was said that there is none, None
    if nothing was said.
    """
    if says_none(text):
        return ""
    said = text.strip()
    if (named := _NAMED.match(said)) is not None:
        said = said[named.end() :]
    return "" if says_none(said) else said or None


def is_doubtful(memo: str) -> bool:
    """Whether what stands where a memo is expected may well be something else: words, or another address."""
    if _HASH.fullmatch(memo):
        return False
    words = memo.split()
    return len(words) > 1 or _TALK.match(memo) is not None or len(memo) > _LONGEST_WORD


def says_none(text: str) -> bool:
    """Whether somebody says that there is no such thing, in one of the ways people do."""
    said = _POLITE.sub("", text.strip().replace("’", "'"), count=1)
    return _NONE.fullmatch(said) is not None


def read_transaction(text: str) -> str:
    """A transaction's id as it is pasted, alone or in the address of an explorer's page; empty if there is to be none.

    Raises `InputError` for what cannot be one whole id.
    """
    said = text.strip()
    if says_none(said):
        return ""
    if _URL.fullmatch(said):
        found = set(_ID_IN_URL.findall(said))
        said = found.pop() if len(found) == 1 else ""
    if not said.isascii() or not said.isprintable() or len(said.split()) != 1 or len(said) > _LONGEST_TRANSACTION:
        raise InputError("A transaction id is one word, without spaces, 128 characters at most. Send it again, alone.")
    if len(said) < _SHORTEST_TRANSACTION:
        raise InputError(
            f"That is shorter than transaction ids are: they have {_SHORTEST_TRANSACTION} characters at least. "
            "Copy the whole of it from your wallet."
        )
    return said


def shortened(address: str) -> str:
    """Both ends of an address, where there is no room for all of it."""
    return address if len(address) <= 2 * _ENDS + 1 else f"{address[:_ENDS]}…{address[-_ENDS:]}"


def _unwrapped(literal: Reading) -> Reading | None:
    """Without brackets, full stops and payment link: `bitcoin:bc1…?amount=1`. A link's tag stands behind, as if typed.

    None if there is nothing of the kind, or if the link may name another receiver.
    """
    word = literal.address.strip(_AROUND)
    if (scheme := _SCHEME.match(word)) is not None:
        word = word[scheme.end() :]
    address, _, query = word.partition("?")
    said = [(key.lower(), value) for key, value in parse_qsl(query, keep_blank_values=True)]
    if not address or address == literal.address or any(key not in _BESIDE for key, _ in said):
        return None
    memos = [value for key, value in said if key in _MEMO_KEYS]
    return Reading(address=address, behind=" ".join((*memos, literal.behind)).strip())


def _joined(said: str) -> Iterator[Reading]:
    """The first groups put together, two and more of them. The same address whole, below them, is not their memo."""
    address, end = "", 0
    while (group := _GROUP.match(said, end)) is not None:
        is_first, end = not address, group.end()
        address += group[1]
        behind = said[end:].strip()
        if not is_first:
            yield Reading(address=address, behind=behind.removeprefix(address).strip(), is_joined=True)
        if group[2]:
            return
