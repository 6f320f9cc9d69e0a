"""Looking through the audit log for what was done to it behind the program's back.

Rows are read as they lie in the database, a page at a time, because what was tampered with need not even be readable.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa

from chatbot.domain.audit import Break, Damage, Finding
from chatbot.storage.audit_chain import BROKEN, PERSONAL, START, Chain

_PAGE: Final = 500
_LOWEST: Final = -(2**63)  # of the numbers a row can be given by somebody else
_PROOFS = ("blind", "digest", "chain", "covers", "forgotten_by", "mark")
# Without the types of the columns, which would refuse values that are not ours.
_AUDIT = sa.table("audit", *map(sa.column, ("seq", "at", "deed", *PERSONAL, *_PROOFS)))
_HEAD = sa.table("audit_head", *map(sa.column, ("count", "chain", "seal")))

_Raw = Any  # a row with the values as they lie there


def verify(connection: sa.Connection, chain: Chain) -> Finding:
    """Look through all rows, in bounded memory. Everything must be read from one snapshot."""
    walk = _Walk(chain)
    try:
        for row in _rows(connection, start=_LOWEST):
            damage = walk.judge(row) or walk.step(row)
            if damage is not None:
                return walk.found(_named(connection, chain, row, damage))
    except _Unreadable:
        return walk.found(Damage.CHANGED)
    damage = _at_the_end(connection, chain, walk)
    return Finding(whole=walk.count) if damage is None else walk.found(damage)


class _Unreadable(Exception):
    """A row holds what cannot even be read, such as text that is none."""


class _Walk:
    """How far the log was found to fit."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self.count = 0
        self.last = START
        self._named: Counter[int] = Counter()  # rows that name a forgetting still to come

    def judge(self, row: _Raw) -> Damage | None:
        """What is wrong with a row by its number, its own proof or its link."""
        seq = self.count + 1
        if row.seq != seq:
            return Damage.INSERTED if row.seq < seq else Damage.REMOVED
        if not self._chain.proves(row, seq):
            return Damage.CHANGED
        if row.chain == self._link(row, self.last):
            return None
        return Damage.CUT if row.chain == self._link(row, BROKEN) else Damage.CHANGED

    def step(self, row: _Raw) -> Damage | None:
        """Go on to a row that was judged; what is wrong with how many rows name its forgetting."""
        covered = self._named.pop(row.seq, 0)
        if covered != (row.covers or 0):
            return Damage.CHANGED
        if row.forgotten_by is not None:
            self._named[row.forgotten_by] += 1
        self.count, self.last = row.seq, row.chain
        return None

    def found(self, damage: Damage) -> Finding:
        return Finding(whole=self.count, broken=Break(damage=damage, seq=self.count + 1))

    def _link(self, row: _Raw, previous: bytes) -> bytes:
        return self._chain.link(previous, row.seq, row.at, row.deed, covers=row.covers, digest=row.digest)


def _named(connection: sa.Connection, chain: Chain, row: _Raw, damage: Damage) -> Damage:
    """What was done, where a row is not the one with its number: it may be another one, or no one's."""
    if damage is not Damage.CHANGED or chain.proves(row, row.seq):
        return damage
    try:
        right = _right_number(connection, chain, row)
        rightful = _holder(connection, chain, row.seq)
    except _Unreadable:
        return damage
    if rightful == row.seq + 1 and right != rightful:
        return Damage.INSERTED
    if right is None:
        return Damage.CHANGED
    return Damage.REMOVED if rightful is None else Damage.REORDERED


def _right_number(connection: sa.Connection, chain: Chain, row: _Raw) -> int | None:
    """The number under which a row proves itself. Some more than there are, in case many were removed."""
    highest = connection.execute(sa.select(sa.func.max(_AUDIT.c.seq))).scalar_one()
    return next((seq for seq in range(1, highest + 1 + _PAGE) if chain.proves(row, seq)), None)


def _holder(connection: sa.Connection, chain: Chain, seq: int) -> int | None:
    """The number of the row that proves itself under this one."""
    return next((row.seq for row in _rows(connection, start=seq) if chain.proves(row, seq)), None)


def _at_the_end(connection: sa.Connection, chain: Chain, walk: _Walk) -> Damage | None:
    try:
        heads = connection.execute(sa.select(_HEAD)).mappings().all()
    except sa.exc.OperationalError:
        return Damage.HEAD
    if len(heads) != 1:
        return Damage.HEAD
    head = heads[0]
    if head["seal"] != chain.seal(head["count"], head["chain"]) or head["count"] < walk.count:
        return Damage.HEAD
    if head["count"] > walk.count:
        return Damage.CUT
    return None if head["chain"] == walk.last else Damage.HEAD


def _rows(connection: sa.Connection, *, start: int) -> Iterator[_Raw]:
    size = _PAGE
    while True:
        query = sa.select(_AUDIT).where(_AUDIT.c.seq >= start).order_by(_AUDIT.c.seq).limit(size)
        try:
            page = connection.execute(query).all()
        except sa.exc.OperationalError:
            if size == 1:
                raise _Unreadable from None
            size = 1  # so that all before the unreadable one are looked at
            continue
        yield from page
        if len(page) < size:
            return
        start = page[-1].seq + 1
