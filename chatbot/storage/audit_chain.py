"""How the audit log holds together: its rows are chained, so that a changed or missing one shows.

    row n:  digest = HMAC(blind, n, what is personal in it)      chain = HMAC(chain of row n - 1, n, the rest, digest)
    head:   count, last chain, HMAC over both; there from the moment the key is made, so that no log is no empty log

All with a key that is not in the database: whoever can write the database alone cannot make a chain that fits. A
restored copy of the whole log, head and all, is an older state of the truth and fits; nothing inside can tell.

Forgetting somebody erases what is personal and the blind. What is left is a digest that gives nothing away any more,
and a keyed mark, which only the program can make, that names the row by which the forgetting was written down.
"""

import hmac
from collections.abc import Sequence
from typing import Any, Final

import msgspec

PERSONAL: Final = ("person", "about", "chat", "account", "subject", "result")
"""The columns that are erased when somebody is forgotten."""

START: Final = bytes(32)
"""What the first row is chained to."""
BROKEN: Final = b""
"""What a row is chained to where the head is not ours, or gone: it fits nothing, so that the break stays to be seen."""


class Chain:
    """The keyed hashes. Rows and values are given as they are stored: moments in microseconds, words as text."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digest(self, seq: Any, personal: Sequence[Any], *, blind: bytes) -> bytes:
        return self._hash(b"personal", blind, [seq, *personal])

    def link(self, previous: bytes, seq: Any, at: Any, deed: Any, *, covers: Any, digest: bytes) -> bytes:
        return self._hash(b"link", previous, digest, [seq, at, deed, covers])

    def mark(self, seq: Any, digest: bytes, *, forgotten_by: Any) -> bytes:
        return self._hash(b"mark", digest, [seq, forgotten_by])

    def proves(self, row: Any, seq: int) -> bool:
        """Whether a row shows by itself that it has this number and nobody else changed it, or blanked it."""
        personal = [getattr(row, name) for name in PERSONAL]
        if row.forgotten_by is None:
            return row.mark is None and row.digest == self.digest(seq, personal, blind=row.blind)
        empty = row.blind is None and personal == [None] * len(PERSONAL)
        later = isinstance(row.forgotten_by, int) and row.forgotten_by > seq
        return empty and later and row.mark == self.mark(seq, row.digest, forgotten_by=row.forgotten_by)

    def seal(self, count: Any, chain: bytes) -> bytes:
        return self._hash(b"head", chain, [count])

    def _hash(self, purpose: bytes, *parts: bytes | list[Any]) -> bytes:
        """MessagePack of them all: no two lists of values look alike in it, not even by another type."""
        return hmac.digest(self._key, msgspec.msgpack.encode([purpose, *parts]), "sha256")
