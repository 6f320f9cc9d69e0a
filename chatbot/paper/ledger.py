"""Who owns what, to the last digit.

Every amount lies in exactly one purse, so the purses of a currency always sum to what was deposited of it.
The house has unlimited credit: its purses may go below zero, nobody else's can. What was withdrawn lies in a purse
of its own: it has left, and is still counted.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from chatbot.paper.refusals import Refusal, Refused

HOUSE = 0
"""Account number of the house, which makes the market and collects the fees."""

OUTSIDE = -1
"""Account number of everything beyond the exchange: where withdrawals go."""

ZERO = Decimal(0)


@dataclass(slots=True)
class Purse:
    """One account's holding of one currency; ``held`` is bound by open orders and by withdrawals being processed."""

    total: Decimal = ZERO
    held: Decimal = ZERO

    @property
    def available(self) -> Decimal:
        return self.total - self.held


class Ledger:
    """Purses by account number and currency."""

    def __init__(self) -> None:
        self._purses: defaultdict[int, defaultdict[str, Purse]] = defaultdict(lambda: defaultdict(Purse))
        self.deposited: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)

    def purse(self, account: int, currency: str) -> Purse:
        return self._purses[account][currency]

    def total(self, currency: str) -> Decimal:
        """What all accounts together own of a currency, the house and what went outside included."""
        return sum((purses[currency].total for purses in self._purses.values()), ZERO)

    def set_balance(self, account: int, currency: str, total: Decimal) -> None:
        """Deposit the difference or take it away; ``total`` must cover what is held."""
        purse = self.purse(account, currency)
        assert total >= purse.held
        self.deposited[currency] += total - purse.total
        purse.total = total

    def hold(self, account: int, currency: str, amount: Decimal) -> None:
        purse = self.purse(account, currency)
        if amount > purse.available:
            raise Refused(Refusal.BALANCE_INSUFFICIENT)
        purse.held += amount

    def release(self, account: int, currency: str, amount: Decimal) -> None:
        self.purse(account, currency).held -= amount

    def move(self, currency: str, amount: Decimal, *, source: int, target: int) -> None:
        """Pay out of what is available; the caller released the hold that reserved it."""
        self.purse(source, currency).total -= amount
        self.purse(target, currency).total += amount
