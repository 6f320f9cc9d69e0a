"""How much an account may move. What is spent is counted over the last 24 hours, wherever midnight falls."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AccountId, LimitChangeId, PersonId
from chatbot.domain.money import ZERO, sum_exactly

VALUED_IN = "USDT"
"""Orders and withdrawals in many currencies are held against one limit by their worth in this one."""
WINDOW = timedelta(hours=24)
"""How long what was spent counts."""
RAISE_DELAY = timedelta(hours=24)
"""How long a raised limit waits before it holds."""


class LimitKind(StrEnum):
    """`ORDER` and `WITHDRAWAL` are the largest single one, in `VALUED_IN`; `ORDERS` what all orders of a day may be
    worth together, `WITHDRAWALS` all withdrawals of a day, of every currency. A currency can have a limit of its own on
    the withdrawals of a day besides, in itself. `DISTANCE` is how far on the losing side of the last price an order's
    price may lie, as a fraction. `SWAP` and `SWAPS` are those of an account at a service that swaps, by what is sent.
    """

    ORDER = "order"
    ORDERS = "orders"
    WITHDRAWAL = "withdrawal"
    WITHDRAWALS = "withdrawals"
    DISTANCE = "distance"
    SWAP = "swap"
    SWAPS = "swaps"


_OF_SWAPS = (LimitKind.SWAP, LimitKind.SWAPS)


def kinds_at(venue: Venue) -> tuple[LimitKind, ...]:
    """Which limits hold for an account there."""
    return tuple(kind for kind in LimitKind if (kind in _OF_SWAPS) is venue.swaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What holds for an account right now. What `by_currency` names is held against both it and `withdrawals`, unless
    no market tells its worth: that has only its own limit, and without one does not leave.
    """

    order: Decimal = Decimal(25_000)
    orders: Decimal = Decimal(100_000)
    withdrawal: Decimal = Decimal(5_000)
    withdrawals: Decimal = Decimal(10_000)
    distance: Decimal = Decimal("0.20")
    swap: Decimal = Decimal(5_000)
    swaps: Decimal = Decimal(10_000)
    by_currency: Mapping[str, Decimal] = field(default_factory=dict)

    def of(self, kind: LimitKind, currency: str = "") -> Decimal | None:
        """One of them; None for a currency without a limit of its own."""
        if currency:
            return self.by_currency.get(currency)
        value: Decimal = getattr(self, kind.value)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitChange:
    """A limit's new value. A lowered one holds at once, a raised one from `effective_at` on.

    `currency` is set for a currency's own limit on withdrawals.
    """

    id: LimitChangeId
    account: AccountId
    kind: LimitKind
    currency: str
    value: Decimal
    asked_at: datetime
    effective_at: datetime
    by: PersonId


def limits_after(changes: Iterable[LimitChange]) -> Limits:
    """The limits that changes, in their order, make of the usual ones."""
    own: dict[str, Any] = {}
    by_currency: dict[str, Decimal] = {}
    for change in changes:
        if change.currency:
            by_currency[change.currency] = change.value
        else:
            own[change.kind.value] = change.value
    return Limits(**own, by_currency=by_currency)


class SpendKind(StrEnum):
    ORDER = "order"
    WITHDRAWAL = "withdrawal"
    SWAP = "swap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What a ticket takes out of the limits. `value` is in `VALUED_IN`; None where no market gives one.

    An order's `amount` is its total in the counter currency, a withdrawal's the amount that leaves, a swap's the one
    that is sent.
    """

    kind: SpendKind
    currency: str
    amount: Decimal
    value: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A spend that counts. `until` is when it no longer does; None while it is on its way or has no known outcome.

    `uncertain`: its outcome is not known.
    """

    spend: Spend
    until: datetime | None
    uncertain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What counts against an account's limits already: the worth of the last day's orders, of its withdrawals of all
    currencies, and of what is sent into its swaps; and how much of one currency was `withdrawn`.

    What is on its way or has no known outcome counts as spent. The `…_ease_at` are when the earliest of it stops
    counting, None if nothing does by the mere passing of time.
    """

    orders: Decimal = ZERO
    orders_ease_at: datetime | None = None
    withdrawals: Decimal = ZERO
    withdrawals_ease_at: datetime | None = None
    withdrawn: Decimal = ZERO
    withdrawn_ease_at: datetime | None = None
    swaps: Decimal = ZERO
    swaps_ease_at: datetime | None = None


def add_up(counted: Iterable[Counted], *, currency: str) -> Spent:
    """What all orders, all withdrawals and all swaps come to, and the withdrawals of one currency."""
    every = tuple(counted)
    orders = [each for each in every if each.spend.kind is SpendKind.ORDER]
    withdrawals = [each for each in every if each.spend.kind is SpendKind.WITHDRAWAL]
    withdrawn = [each for each in withdrawals if each.spend.currency == currency]
    swaps = [each for each in every if each.spend.kind is SpendKind.SWAP]
    return Spent(
        orders=_worth(orders),
        orders_ease_at=_earliest(orders),
        withdrawals=_worth(withdrawals),
        withdrawals_ease_at=_earliest(each for each in withdrawals if each.spend.value),
        withdrawn=sum_exactly(each.spend.amount for each in withdrawn),
        withdrawn_ease_at=_earliest(withdrawn),
        swaps=_worth(swaps),
        swaps_ease_at=_earliest(swaps),
    )


def is_withdrawal_of(currency: str, counted: Counted) -> bool:
    return counted.spend.kind is SpendKind.WITHDRAWAL and counted.spend.currency == currency


def _worth(counted: Iterable[Counted]) -> Decimal:
    return sum_exactly(each.spend.value or ZERO for each in counted)


def _earliest(counted: Iterable[Counted]) -> datetime | None:
    return min((each.until for each in counted if each.until is not None), default=None)
