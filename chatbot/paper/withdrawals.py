"""Withdrawals to saved addresses: held at once, carried out later by the exchange's own process."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from heapq import heappop, heappush

from chatbot.paper.clock import Clock
from chatbot.paper.ledger import OUTSIDE, Ledger
from chatbot.paper.refusals import Refusal, Refused

USUAL_ALIASES = {
    "USDT": ("savings", "cold"),
    "BTC": ("savings", "cold"),
    "ETH": ("savings", "cold"),
    "SOL": ("savings",),
    "XRP": ("savings", "cold"),
}
"""The addresses that every account has saved from its opening, by currency. Further ones are the control panel's."""

AMOUNT_STEP = Decimal("1E-8")
"""The finest amount that can leave. The exchange documents none."""

_FIRST_NUMBER = 7001


class State(StrEnum):
    PROCESSING = "processing"
    PROCESSED = "processed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalTerms:
    """What was asked for."""

    account: int
    currency: str
    amount: Decimal
    alias: str


@dataclass(slots=True, eq=False)
class Withdrawal:
    """A withdrawal and what became of it. ``requested_at`` is in Unix seconds."""

    number: int
    terms: WithdrawalTerms
    requested_at: float
    state: State = State.PROCESSING


class Withdrawals:
    """Every account's saved addresses and withdrawals.

    ``delay`` is how long one takes on average: from half to one and a half of it, as the seed has it. None leaves
    them all to commands.
    """

    def __init__(self, *, ledger: Ledger, clock: Clock, seed: int) -> None:
        self.delay: timedelta | None = timedelta(seconds=20)
        self._ledger = ledger
        self._clock = clock
        self._dice = random.Random(f"{seed}:withdrawals")  # noqa: S311 - repeatable, not secret
        self._aliases: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
        self._requested: dict[int, Withdrawal] = {}
        self._due: list[tuple[float, int]] = []  # moment, number

    def all(self) -> tuple[Withdrawal, ...]:
        """Everybody's, oldest first."""
        return tuple(self._requested.values())

    def aliases(self, account: int, currency: str) -> frozenset[str]:
        """The saved addresses of an account for one currency."""
        return frozenset(self._aliases[account, currency])

    def save_alias(self, account: int, currency: str, alias: str) -> None:
        """Save an address, as one does on the exchange's site."""
        self._aliases[account, currency].add(alias)

    def remove_alias(self, account: int, currency: str, alias: str) -> None:
        """Forget an address, if it was saved. What was asked for stays asked for."""
        self._aliases[account, currency].discard(alias)

    def request(self, terms: WithdrawalTerms) -> Withdrawal:
        """Hold the money and take the request. Raises ``Refused`` having changed nothing."""
        if terms.amount <= 0:
            raise Refused(Refusal.PARAMETER_INVALID)
        if terms.amount != terms.amount.quantize(AMOUNT_STEP):
            raise Refused(Refusal.AMOUNT_DECIMALS)
        if terms.alias not in self._aliases[terms.account, terms.currency]:
            raise Refused(Refusal.ADDRESS_NOT_FOUND)
        self._ledger.hold(terms.account, terms.currency, terms.amount)
        withdrawal = Withdrawal(_FIRST_NUMBER + len(self._requested), terms, self._clock.unix())
        self._requested[withdrawal.number] = withdrawal
        if self.delay is not None:
            wait = self.delay * self._dice.randint(50, 150) / 100
            heappush(self._due, (self._clock.monotonic() + wait.total_seconds(), withdrawal.number))
        return withdrawal

    def process(self, number: int) -> None:
        """Send it off: the amount leaves the account for good. Raises ``KeyError`` unless it is being processed."""
        terms = self._close(number, State.PROCESSED).terms
        self._ledger.move(terms.currency, terms.amount, source=terms.account, target=OUTSIDE)

    def reject(self, number: int) -> None:
        """Give the amount back. Raises ``KeyError`` unless it is being processed."""
        self._close(number, State.REJECTED)

    def catch_up(self) -> None:
        """Process those whose time has come, but for those that a command was quicker with."""
        while self._due and self._due[0][0] <= self._clock.monotonic():
            _, number = heappop(self._due)
            if self._requested[number].state is State.PROCESSING:
                self.process(number)

    def _close(self, number: int, state: State) -> Withdrawal:
        withdrawal = self._requested[number]
        if withdrawal.state is not State.PROCESSING:
            raise KeyError(number)
        withdrawal.state = state
        terms = withdrawal.terms
        self._ledger.release(terms.account, terms.currency, terms.amount)
        return withdrawal
