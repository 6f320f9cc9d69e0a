"""A swap service that takes one swap along a random way, and remembers all it answered."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from chatbot.domain.errors import Cause, KeyRejected, OutcomeUnknown, Refused, SwapNotFound, Unavailable
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swaps import Currency, Swap, SwapStatus
from chatbot.ports.exchange import Permit, Priority
from tests.fakes.clock import START, FakeClock

S = SwapStatus

NEXT: dict[SwapStatus, tuple[SwapStatus, ...]] = {
    S.INITIAL: (S.UNCONFIRMED_PAYMENT, S.UNCONFIRMED_PAYMENT, S.CANCELED),
    S.UNCONFIRMED_PAYMENT: (S.PAID, S.PENDING_KYC),
    S.PENDING_KYC: (S.PAID, S.INITIATED_REFUND),
    S.PAID: (S.PRE_RELEASE,),
    S.PRE_RELEASE: (S.RELEASED,),
    S.RELEASED: (S.COMPLETED,),
    S.INITIATED_REFUND: (S.REFUNDED, S.REFUND_FAILED),
    S.REFUND_FAILED: (S.INITIATED_REFUND,),
    S.CANCELED: (S.PAID,),
}
"""The flows of the API's section 4, and what may come after its end."""
STAYS = (3, 10, 20, 30, 45, 60, 90)
LONG_STAYS = (600, 600, 600, 5_000, 5_000, 100_000)
"""Seconds a status lasts, about; some long. The longest are rare: a day is a thousand looks."""
_FAILURES: tuple[Callable[[], Exception], ...] = (
    lambda: Unavailable(Cause.SERVER_FAULT),
    lambda: Unavailable(Cause.TIMEOUT),
    lambda: KeyRejected(status=401, reason=""),
    lambda: SwapNotFound(code=404, reason="Not found"),
    lambda: Refused(code=400, reason="no"),
    ZeroDivisionError,
)
ALTERED: dict[str, object] = {
    "deposit": Currency(code="USDTERC"),
    "withdraw": Currency(code="LTC"),
    "deposit_amount": Decimal(501),
    "withdraw_amount": Decimal("0.009"),
    "deposit_address": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "deposit_extra_id": "7",
    "withdraw_address": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "withdraw_extra_id": "7",
    "refund_address": "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
}
"""What must not change, and what it may change to."""


@dataclass
class Service:
    """Where the swap is. Each status lasts until a moment; `answers` are all that arrived, with their times."""

    clock: FakeClock
    chance: random.Random
    stages: list[tuple[datetime, Swap]]
    fails: float
    answers: list[tuple[datetime, Swap]] = field(default_factory=list)

    @property
    def standing(self) -> Swap:
        return next((swap for until, swap in self.stages if self.clock.at < until), self.stages[-1][1])

    async def swap(self, _: SwapKey, *, reference: str, priority: Priority) -> Swap:
        if self.chance.random() < self.fails:
            raise self.chance.choice(_FAILURES)()
        if self.chance.random() < self.fails / 5:
            return replace(self.standing, reference="ANOTHER", status=S.COMPLETED, status_name="COMPLETED")
        return self._answer()

    async def mark(self, _: SwapKey, *, reference: str, paid: bool, transaction: str, permit: Permit) -> Swap:
        permit()
        if self.chance.random() < 2 * self.fails:
            raise self.chance.choice((OutcomeUnknown(Cause.BROKEN), Refused(code=400, reason="no")))
        return self._answer()

    def _answer(self) -> Swap:
        self.answers.append((self.clock.at, self.standing))
        return self.standing


def essence(swap: Swap) -> tuple[object, ...]:
    """What of an order must never change."""
    return tuple(getattr(swap, name) for name in ALTERED)


def stages(first: Swap, chance: random.Random) -> Iterator[tuple[datetime, Swap]]:
    """A way through the table, each status with the moment it ends at."""
    at, standing, before = START, first, first
    while not standing.status.is_final or _comes_back(standing, chance):
        at += timedelta(seconds=chance.choice(LONG_STAYS if chance.random() < 0.005 else STAYS))
        yield at, standing
        for odd in _odd(standing, before, chance):
            at += timedelta(seconds=chance.choice(STAYS))
            yield at, odd
        before, standing = standing, _next(standing, chance)
    yield at + timedelta(days=9_999), standing


def _comes_back(standing: Swap, chance: random.Random) -> bool:
    """Sometimes a deposit comes when it was no longer waited for."""
    return standing.status is S.CANCELED and chance.random() < 0.1


def _odd(standing: Swap, before: Swap, chance: random.Random) -> Iterator[Swap]:
    """What should not be: a status without a name, an older one, or something else that changes for a while."""
    if chance.random() < 0.03:
        yield replace(standing, status=S.UNKNOWN, status_name=chance.choice(("ON HOLD", "IN REVIEW")))
    if chance.random() < 0.02:
        yield before
    if chance.random() < 0.03:
        name = chance.choice([*ALTERED])
        yield replace(standing, **{name: ALTERED[name]})  # type: ignore[arg-type]


def _next(standing: Swap, chance: random.Random) -> Swap:
    status = chance.choice(NEXT[standing.status])
    paid = "a1b2c3" if status in (S.UNCONFIRMED_PAYMENT, S.PAID) else standing.deposit_transaction
    return replace(standing, status=status, status_name=status.value, deposit_transaction=paid)
