"""What was executed for whom: the history that the trade list is read from."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from operator import attrgetter

from chatbot.paper.market import Market
from chatbot.paper.orders import Side

PAGE_SIZE = 20

_FIRST_TRADE = 12_345_664
_FIRST_TRANSACTION = 10_000_001
_SHUFFLE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One side of a trade, as its owner sees it. ``total`` and ``price`` are in the counter currency, ``amount`` in the
    base currency, ``at`` in Unix seconds."""

    market: Market
    side: Side
    is_maker: bool
    price: Decimal
    amount: Decimal
    total: Decimal
    fee: Decimal
    fee_currency: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A fact with its number, and the transaction that both sides of the trade share."""

    number: int
    transaction: str
    fact: Fact

    @property
    def at(self) -> float:
        return self.fact.at


_moment = attrgetter("at")

Past = Sequence[Execution]
"""An account's executions by date, the oldest first."""


class Executions:
    """Everybody's, by account number. Numbers are unique and do not follow time, as at the exchange."""

    def __init__(self) -> None:
        self._past: defaultdict[int, list[Execution]] = defaultdict(list)
        self._counted = 0
        self._transactions = 0

    def of(self, account: int) -> Past:
        return self._past[account]

    def next_transaction(self) -> str:
        """A pair of numbers, one of each side."""
        first = _FIRST_TRANSACTION + 2 * self._transactions
        self._transactions += 1
        return f"{first}_{first + 1}"

    def record(self, account: int, transaction: str, fact: Fact) -> None:
        insort(self._past[account], self._numbered(transaction, fact), key=_moment)

    def add_past(self, account: int, facts: Iterable[Fact]) -> None:
        """Many at once, of whatever dates, each a transaction of its own."""
        past = self._past[account]
        past.extend(self._numbered(self.next_transaction(), fact) for fact in facts)
        past.sort(key=_moment)

    def snapshot(self) -> dict[int, Past]:
        """What there is now, by account; what comes later does not show."""
        return {account: tuple(past) for account, past in self._past.items()}

    def _numbered(self, transaction: str, fact: Fact) -> Execution:
        number = _FIRST_TRADE + (self._counted ^ _SHUFFLE)
        self._counted += 1
        return Execution(number=number, transaction=transaction, fact=fact)


def page(past: Past, *, number: int, since: float) -> tuple[Past, bool]:
    """One page from ``since`` (Unix seconds) on, the newest first, and whether another follows. Pages count from 1."""
    oldest = bisect_left(past, since, key=_moment)
    end = max(oldest, len(past) - (number - 1) * PAGE_SIZE)
    start = max(oldest, end - PAGE_SIZE)
    return past[start:end][::-1], start > oldest


SPANS = {"DAY": timedelta(days=1), "WEEK": timedelta(days=7), "MONTH": timedelta(days=30)}
"""How far back the history can be asked for."""
