"""How closely a swap is followed, and what its end means."""

from datetime import datetime, timedelta

from chatbot.domain.swaps import FollowedSwap, Marking, SwapStatus

_S, _MIN, _H, _DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

BRISK = 20 * _S
"""While something is expected any moment."""
KEY_TROUBLE = 10 * _MIN
"""While its key is not accepted, or the service does not know the order."""

_Pauses = tuple[tuple[timedelta, timedelta], ...]
"""(age up to which, pause between looks), youngest first; the last pause goes on for ever."""

_UNDER_WAY: _Pauses = ((2 * _H, BRISK), (_DAY, 2 * _MIN), (7 * _DAY, 10 * _MIN), (timedelta.max, _H))
_SLOW: _Pauses = ((7 * _DAY, 5 * _MIN), (timedelta.max, _H))
_REFUND_FAILED: _Pauses = ((7 * _DAY, 10 * _MIN), (timedelta.max, _H))
_UNPAID: _Pauses = ((10 * _MIN, 30 * _S), (_DAY, _MIN), (timedelta.max, 10 * _MIN))
_OVERDUE: _Pauses = ((_H, 2 * _MIN), (_DAY, 10 * _MIN), (timedelta.max, _H))
"""By the time since the deadline: the 2019 server cancelled 45 minutes after it (api: 9.8)."""


def pause_after(followed: FollowedSwap, *, now: datetime) -> timedelta | None:
    """How soon to look at a swap again; None once it has ended."""
    swap, age = followed.swap, now - followed.swap.created_at
    match swap.status:
        case status if status.is_final:
            return None
        case SwapStatus.INITIAL:
            return _while_unpaid(followed, now=now)
        case SwapStatus.PENDING_KYC:
            return _pause(_SLOW, age)
        case SwapStatus.REFUND_FAILED:
            return _pause(_REFUND_FAILED, age)
        case _:
            return _pause(_UNDER_WAY, age)


def was_never_paid(before: FollowedSwap, after: FollowedSwap) -> bool:
    """Whether a swap has just ended for which nothing was ever sent."""
    return before.swap.status is SwapStatus.INITIAL and is_unpaid(after)


def is_unpaid(followed: FollowedSwap) -> bool:
    """Whether a swap ended without a deposit: neither the service nor its person says that there was one."""
    ended = followed.swap.status is SwapStatus.CANCELED
    return ended and followed.marking is Marking.UNMARKED and not followed.swap.deposit_transaction


def _while_unpaid(followed: FollowedSwap, *, now: datetime) -> timedelta:
    swap = followed.swap
    if followed.marking is not Marking.UNMARKED or swap.deposit_transaction:
        return _pause(_UNDER_WAY, now - swap.created_at)
    until = swap.pay_until
    if until is not None and now >= until:
        return _pause(_OVERDUE, now - until)
    return _pause(_UNPAID, now - swap.created_at)


def _pause(pauses: _Pauses, age: timedelta) -> timedelta:
    return next(pause for limit, pause in pauses if age < limit)
