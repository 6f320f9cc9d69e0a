"""The one gate that every ticket passes on its way to the exchange: when it is claimed, and when a held one is sent.

Nothing here knows where the facts come from. `check` either returns, or raises `Stopped` with the reason.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar, assert_never

from chatbot.domain.errors import Obstacle, Stopped
from chatbot.domain.intents import (
    CancelOrders,
    Convert,
    ConvertTerms,
    CreateSwap,
    Intent,
    OrderTerms,
    PayoutTerms,
    PlaceOrder,
    SetPayout,
    SwapTerms,
    Terms,
    Withdraw,
    WithdrawTerms,
)
from chatbot.domain.limits import VALUED_IN, Limits, Spent
from chatbot.domain.money import EXACT, ZERO, Amount, divide, multiply
from chatbot.domain.orders import Side

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that may stand in a ticket's way. `frozen`: an earlier withdrawal of the same currency has no known outcome.
    `payout_unsettled`: so has another payout address of the same swap.

    `factor_missing`: a second factor is asked of everybody here, and this person has none.
    """

    halted: bool = False
    locked: bool = False
    factor_missing: bool = False
    frozen: bool = False
    payout_unsettled: bool = False
    limits: Limits = field(default_factory=Limits)
    spent: Spent = field(default_factory=Spent)


def check(intent: Intent, terms: Terms, standing: Standing) -> None:
    """Raise `Stopped` if the ticket may not be sent."""
    _check_switches(standing, urgent=isinstance(intent, CancelOrders) and intent.urgent)
    match intent:
        case CancelOrders():
            pass
        case PlaceOrder():
            _check_order(intent, _own(terms, OrderTerms), standing)
        case Withdraw():
            _check_withdrawal(intent, _own(terms, WithdrawTerms), standing)
        case CreateSwap():
            _check_swap(intent, _own(terms, SwapTerms), standing)
        case SetPayout():
            _own(terms, PayoutTerms)
            if standing.payout_unsettled:
                raise Stopped(Obstacle.PAYOUT_UNSETTLED)
        case Convert():
            _check_conversion(intent, _own(terms, ConvertTerms), standing)
        case _:
            assert_never(intent)


def _own(terms: Terms, kind: type[T]) -> T:
    if not isinstance(terms, kind):
        raise TypeError("an intent met another intent's terms")
    return terms


def _check_switches(standing: Standing, *, urgent: bool = False) -> None:
    """A panic's cancellations pass: they only bring money back."""
    if urgent:
        return
    if standing.halted:
        raise Stopped(Obstacle.HALTED)
    if standing.locked:
        raise Stopped(Obstacle.LOCKED)
    if standing.factor_missing:
        raise Stopped(Obstacle.FACTOR_MISSING)


def _check_order(intent: PlaceOrder, terms: OrderTerms, standing: Standing) -> None:
    limits = standing.limits
    off = losing_distance(intent, terms)
    if off > limits.distance:
        raise Stopped(Obstacle.TOO_FAR, share=limits.distance)
    _check_worth(terms.value, intent.counter, standing)


def _check_conversion(intent: Convert, terms: ConvertTerms, standing: Standing) -> None:
    """It counts as an order."""
    if terms.difference is not None and terms.difference > standing.limits.distance:
        raise Stopped(Obstacle.TOO_FAR, share=standing.limits.distance)
    _check_worth(terms.value, intent.sell, standing)


def _check_worth(value: Decimal | None, currency: str, standing: Standing) -> None:
    """Raise `Stopped` for what is worth more than one order, or the orders of a day, may be."""
    limits = standing.limits
    _check_value(value, currency)
    if value is None:
        raise Stopped(Obstacle.NOT_VALUED, currency=currency)
    if value > limits.order:
        raise Stopped(Obstacle.ORDER_TOO_LARGE, limit=Amount(limits.order, VALUED_IN))
    left = orders_left(standing)
    if value > left.value:
        ease_at = standing.spent.orders_ease_at
        raise Stopped(Obstacle.ORDERS_USED_UP, limit=Amount(limits.orders, VALUED_IN), left=left, ease_at=ease_at)


def _check_value(value: Decimal | None, currency: str) -> None:
    """Nothing is worth less than nothing: such a one would hand out more of a limit than there is."""
    if value is not None and value < ZERO:
        raise Stopped(Obstacle.NOT_VALUED, currency=currency)


def _check_withdrawal(intent: Withdraw, terms: WithdrawTerms, standing: Standing) -> None:
    limits = standing.limits
    _check_value(terms.value, intent.currency)
    if standing.frozen:
        raise Stopped(Obstacle.FROZEN, currency=intent.currency)
    if not limits.withdrawal or (terms.value is not None and terms.value > limits.withdrawal):
        raise Stopped(Obstacle.WITHDRAWAL_TOO_LARGE, limit=Amount(limits.withdrawal, VALUED_IN))
    own = limits.by_currency.get(intent.currency)
    if terms.value is None and own is None:
        raise Stopped(Obstacle.NOT_VALUED, currency=intent.currency)
    left = withdrawals_left(standing)
    if not limits.withdrawals or (terms.value is not None and terms.value > left.value):
        limit, ease_at = Amount(limits.withdrawals, VALUED_IN), standing.spent.withdrawals_ease_at
        raise Stopped(Obstacle.WITHDRAWALS_USED_UP, limit=limit, left=left, ease_at=ease_at)
    own_left = own_withdrawals_left(intent.currency, standing)
    if own is not None and own_left is not None and intent.amount > own_left.value:
        limit, ease_at = Amount(own, intent.currency), standing.spent.withdrawn_ease_at
        raise Stopped(
            Obstacle.WITHDRAWALS_USED_UP, limit=limit, left=own_left, currency=intent.currency, ease_at=ease_at
        )


def _check_swap(intent: CreateSwap, terms: SwapTerms, standing: Standing) -> None:
    limits = standing.limits
    _check_value(terms.value, intent.deposit.symbol)
    if not limits.swap or (terms.value is not None and terms.value > limits.swap):
        raise Stopped(Obstacle.SWAP_TOO_LARGE, limit=Amount(limits.swap, VALUED_IN))
    if terms.value is None:
        raise Stopped(Obstacle.NOT_VALUED, currency=intent.deposit.symbol)
    left = swaps_left(standing)
    if not limits.swaps or terms.value > left.value:
        limit, ease_at = Amount(limits.swaps, VALUED_IN), standing.spent.swaps_ease_at
        raise Stopped(Obstacle.SWAPS_USED_UP, limit=limit, left=left, ease_at=ease_at)


def orders_left(standing: Standing) -> Amount:
    """What the account's orders may still be worth today, in `VALUED_IN`."""
    left = EXACT.subtract(standing.limits.orders, standing.spent.orders)
    return Amount(max(left, Decimal(0)), VALUED_IN)


def withdrawals_left(standing: Standing) -> Amount:
    """What the account's withdrawals, of all currencies together, may still be worth today, in `VALUED_IN`."""
    left = EXACT.subtract(standing.limits.withdrawals, standing.spent.withdrawals)
    return Amount(max(left, Decimal(0)), VALUED_IN)


def own_withdrawals_left(currency: str, standing: Standing) -> Amount | None:
    """What a currency's own limit leaves of it today; None if it has none. `standing` was read for that currency."""
    own = standing.limits.by_currency.get(currency)
    if own is None:
        return None
    return Amount(max(EXACT.subtract(own, standing.spent.withdrawn), Decimal(0)), currency)


def left_for(intent: Withdraw, value: Decimal | None, standing: Standing) -> Amount:
    """The smaller of what the day and what the currency's own limit leave, in its own unit.

    `value` is what the withdrawal is worth, by which the two are compared; None if nothing tells.
    """
    left, own = withdrawals_left(standing), own_withdrawals_left(intent.currency, standing)
    if own is None:
        return left
    if value is None or multiply(own.value, value) < multiply(left.value, intent.amount):
        return own
    return left


def most_withdrawable(intent: Withdraw, value: Decimal | None, standing: Standing) -> Decimal:
    """The largest amount of the currency that no limit stands in the way of; `value` is what the intent's is worth."""
    own = own_withdrawals_left(intent.currency, standing)
    caps = [] if own is None else [own.value]
    if value:
        worth = min(standing.limits.withdrawal, withdrawals_left(standing).value)
        caps.append(divide(multiply(intent.amount, worth), value))
    return min(caps, default=Decimal(0))


def swaps_left(standing: Standing) -> Amount:
    """What may still be sent into the account's swaps today, in `VALUED_IN`."""
    left = EXACT.subtract(standing.limits.swaps, standing.spent.swaps)
    return Amount(max(left, Decimal(0)), VALUED_IN)


def most_swappable(deposit: Decimal, value: Decimal | None, standing: Standing) -> Decimal:
    """The largest deposit that no limit stands in the way of; `value` is what `deposit` is worth. Zero where nothing
    tells.
    """
    if not value:
        return Decimal(0)
    worth = min(standing.limits.swap, swaps_left(standing).value)
    return divide(multiply(deposit, worth), value)


def losing_distance(intent: PlaceOrder, terms: OrderTerms) -> Decimal:
    """How far the price lies on the losing side of the last one, as a fraction: above it for a buyer, below for a
    seller. Zero on the other side, where an order waits for a better price and risks nothing.

    A market order's price is the average the book gives.
    """
    off = terms.distance if intent.side is Side.BUY else -terms.distance
    return max(off, Decimal(0))
