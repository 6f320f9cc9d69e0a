"""Who owns which coins, to the last digit: addresses outside, and the service between them."""

from collections import defaultdict
from decimal import Decimal

SERVICE = "service"
"""The service's own holdings, with unlimited credit."""

ELSEWHERE = "elsewhere"
"""Wallets nobody knows, which pay when the control panel says that a deposit came. Unlimited credit too."""


class Funds:
    """Every amount lies with one holder, so the holders of a coin together own what was minted of it."""

    def __init__(self) -> None:
        self.minted: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._owned: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))

    def balance(self, holder: str, coin: str) -> Decimal:
        return self._owned[coin][written(holder)]

    def total(self, coin: str) -> Decimal:
        """What all holders together own of a coin."""
        return sum(self._owned[coin].values(), Decimal(0))

    def mint(self, holder: str, coin: str, amount: Decimal) -> None:
        """New coins from the faucet."""
        self.minted[coin] += amount
        self._owned[coin][written(holder)] += amount

    def move(self, coin: str, amount: Decimal, *, source: str, target: str) -> None:
        """The caller has looked whether `source` owns that much."""
        self._owned[coin][written(source)] -= amount
        self._owned[coin][written(target)] += amount


def written(holder: str) -> str:
    """An address in one of its ways of writing: capitals in hexadecimal are a checksum and no difference."""
    return holder.lower() if holder.startswith("0x") else holder
