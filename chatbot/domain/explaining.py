"""A currency's total held against what is known to have moved it: executions explain it up to their fees.

The exchange reports no fees with its lists, nor which currency they are taken from. So an execution explains not an
amount but a span between two, and what nothing explains is known as closely as that. It is told only once it stood in
several readings, far enough apart for a list that was late to have caught up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from chatbot.domain.market import Market
from chatbot.domain.money import EXACT, ZERO, multiply, sum_exactly
from chatbot.domain.orders import Order, Side

SETTLES_IN = timedelta(seconds=15)
"""How long after an execution was seen its effects on a balance may still be on their way."""
SURE_AFTER = timedelta(minutes=6)
"""How long a balance must stand in the way that nothing explains: an execution that explains it may not be in the
exchange's lists yet.
"""
AGAIN_AFTER = timedelta(minutes=3)
"""How soon such a balance is read again. Different executions that are late look alike in two readings, not in three.
"""

_FEE_ALLOWANCE = Decimal("1.5")
"""What a fee may be, of the market's highest: a bound that is too close would tell of fees as of withdrawals."""
_ROUNDINGS = Decimal(10)
"""How many executions, each of which the exchange rounds, may hide in what was executed since the last look."""
_WITHDRAWAL_FEE = Decimal("0.02")
"""What a withdrawal may cost on top, of its amount …"""
_WITHDRAWAL_FEE_WORTH = Decimal(30)
"""… or, fixed as networks' fees are, in USDT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """An amount that is at least `low` and at most `high`; both have signs."""

    low: Decimal = ZERO
    high: Decimal = ZERO

    def __add__(self, other: "Between") -> "Between":
        return Between(low=EXACT.add(self.low, other.low), high=EXACT.add(self.high, other.high))

    def __neg__(self) -> "Between":
        return Between(low=-self.high, high=-self.low)

    def holds(self, amount: Decimal) -> bool:
        return self.low <= amount <= self.high

    def meet(self, other: "Between") -> "Between | None":
        """What both allow; None if that is nothing."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Between(low=low, high=high) if low <= high else None

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    @property
    def roundest(self) -> Decimal:
        """The amount with the fewest digits, as people move them; of several, the one next to the middle."""
        middle = multiply(EXACT.add(self.low, self.high), Decimal("0.5"))
        last = min(_exponent(self.low), _exponent(self.high)) - 1
        for exponent in range(max(self.low.adjusted(), self.high.adjusted()), last, -1):
            rounded = middle.quantize(Decimal(1).scaleb(exponent), rounding=ROUND_HALF_EVEN, context=EXACT)
            if rounded and self.holds(rounded):
                return Decimal(format(rounded, "f"))
        return self.low


_UNKNOWN = Between(low=Decimal(-(10**18)), high=Decimal(10**18))
"""Of what nobody can say how much it was."""


def cost_of(order: Order) -> Decimal | None:
    """What was paid or received for all of an order that is executed, in the counter currency and without fees; None
    where the exchange does not say at which price.
    """
    if order.executed and not order.average_price:
        return None
    return multiply(order.executed, order.average_price)


def explained_by(order: Order, *, part: Decimal, cost: Decimal | None, market: Market | None) -> Mapping[str, Between]:
    """By how much it moved both currencies that `part` of an order was executed for `cost`."""
    if market is None:
        return {order.base: _UNKNOWN, order.counter: _UNKNOWN}
    ratio = multiply(max(market.maker_fee, market.taker_fee, ZERO), _FEE_ALLOWANCE)
    base_unit, counter_unit = Decimal(1).scaleb(-market.base_decimals), Decimal(1).scaleb(-market.counter_decimals)
    sign = 1 if order.side is Side.BUY else -1
    # The average price is rounded, too, now and when the order was looked at before.
    rounding = multiply(counter_unit, EXACT.add(_ROUNDINGS, multiply(Decimal(2), order.executed)))
    base = _up_to_fees(sign * part, ratio=ratio, rounding=multiply(_ROUNDINGS, base_unit))
    counter = _UNKNOWN if cost is None else _up_to_fees(-sign * cost, ratio=ratio, rounding=rounding)
    return {order.base: base, order.counter: counter}


def _up_to_fees(amount: Decimal, *, ratio: Decimal, rounding: Decimal) -> Between:
    fees = multiply(abs(amount), ratio)
    return Between(low=sum_exactly((amount, -fees, -rounding)), high=EXACT.add(amount, rounding))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBalance:
    """A currency's total as it was last explained or told, and by how much executions that were seen since `moved` it,
    the last of them at `moved_at`. `loose` is how much of an execution that the lists showed only later may have hidden
    among the fees before that reading.

    `other` is by how much more it was off in all readings since `other_since`, which is not told yet.
    """

    total: Decimal = ZERO
    moved: Between = Between()
    moved_at: datetime | None = None
    loose: Decimal = ZERO
    other: Between | None = None
    other_since: datetime | None = None


def move(known: KnownBalance, by: Between, *, now: datetime) -> KnownBalance:
    """What is known once an execution was seen."""
    return replace(known, moved=known.moved + by, moved_at=now)


def compare(known: KnownBalance, total: Decimal, *, now: datetime) -> tuple[KnownBalance, Between | None]:
    """Hold a total against the known one: what is known from then on, and the change to be told that nothing explains.

    What fees may have done is no change.
    """
    difference = EXACT.subtract(total, known.total)
    unexplained = Between(low=difference, high=difference) + -known.moved
    width = EXACT.subtract(known.moved.high, known.moved.low)
    if unexplained.holds(ZERO):
        return KnownBalance(total=total, loose=width), None
    unexplained += Between(low=-known.loose, high=known.loose)
    if unexplained.holds(ZERO):  # as much may still hide
        return KnownBalance(total=total, loose=EXACT.add(width, known.loose)), None
    still = unexplained if known.other is None else unexplained.meet(known.other)
    if still is None or known.other_since is None:
        return replace(known, other=unexplained, other_since=now), None
    if now - known.other_since < SURE_AFTER:
        return replace(known, other=still), None
    return KnownBalance(total=total, loose=width), still


def may_be_a_fee(rest: Decimal, *, amount: Decimal, worth: Decimal | None) -> bool:
    """Whether what left an account together with a withdrawal of an amount may be what that cost; `worth` in USDT."""
    if not ZERO < rest <= amount:
        return False
    return rest <= multiply(amount, _WITHDRAWAL_FEE) or (worth is not None and worth <= _WITHDRAWAL_FEE_WORTH)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # neither infinite nor a NaN
    return exponent
