"""How closely a swap is followed, when its deposit may be sent, and what its end means."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from chatbot.domain.money import round_down
from chatbot.domain.swaps import FollowedSwap, Marking, SwapStatus

_S, _MIN, _H, _DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

BRISK = 20 * _S
"""While something is expected any moment."""
KEY_TROUBLE = 10 * _MIN
"""While its key is not accepted, or the service does not know the order."""
FRESH = 5 * _MIN
"""How long what was read of an order is good enough to pay by. One that can be paid is looked at more often."""
LONGEST_SHOWN = 256
"""Characters of an address or a memo that can be shown whole, and copied at a tap."""

_Pauses = tuple[tuple[timedelta, timedelta], ...]
"""(age up to which, pause between looks), youngest first; the last pause goes on for ever."""

_UNDER_WAY: _Pauses = ((2 * _H, BRISK), (_DAY, 2 * _MIN), (7 * _DAY, 10 * _MIN), (timedelta.max, _H))
_SLOW: _Pauses = ((7 * _DAY, 5 * _MIN), (timedelta.max, _H))
_REFUND_FAILED: _Pauses = ((7 * _DAY, 10 * _MIN), (timedelta.max, _H))
_UNPAID: _Pauses = ((10 * _MIN, 30 * _S), (_DAY, _MIN), (timedelta.max, 4 * _MIN))
_OVERDUE: _Pauses = ((_H, 2 * _MIN), (_DAY, 10 * _MIN), (timedelta.max, _H))
"""By the time since the deadline: the 2019 server cancelled 45 minutes after it (api: 9.8)."""

_LAST_LOOKS = (_H, _DAY)
"""After it was seen that it was cancelled: what becomes of coins that come late is not documented (api: 9.8)."""
_GIVEN_UP = 3 * _DAY

BEFORE_PROCESSING = (SwapStatus.INITIAL, SwapStatus.UNCONFIRMED_PAYMENT, SwapStatus.PENDING_KYC, SwapStatus.PAID)
"""As long as a payout address can be set (api: 3.6)."""
_ADDRESS = re.compile("[!-~]+")
_MEMO = re.compile("[!-~]+(?: [!-~]+)*")
"""Printable ASCII: what looks like something else, or hides, is nothing to send coins by."""


class Unpayable(StrEnum):
    """Why the deposit of a swap must not be sent, or not now. Of several reasons, the first that stands here counts."""

    PAST = "past"  # the service waits for no deposit any more
    DOUBTED = "doubted"  # it is not what was asked for
    UNCLEAR = "unclear"  # coin, amount, address or memo cannot be shown exactly
    LATE = "late"
    UNFOLLOWED = "unfollowed"  # its key is gone, so nobody would see what becomes of it
    SENT = "sent"  # its person said that it was sent, or perhaps did
    STALE = "stale"  # it was not read lately
    NOWHERE = "nowhere"  # no payout address is set yet


def can_be_paid(followed: FollowedSwap, *, now: datetime) -> bool:
    """Whether the deposit may be sent now: to this address, with this memo and amount, and not a second time."""
    return why_unpayable(followed, now=now) is None


def why_unpayable(followed: FollowedSwap, *, now: datetime) -> Unpayable | None:
    """The one rule that every card, picture and button goes by; None if the deposit may be sent."""
    swap = followed.swap
    reasons = {
        Unpayable.PAST: swap.status is not SwapStatus.INITIAL,
        Unpayable.DOUBTED: bool(followed.doubts),
        Unpayable.UNCLEAR: not _is_clear(followed),
        Unpayable.LATE: swap.pay_until is not None and now >= swap.pay_until,
        Unpayable.UNFOLLOWED: followed.next_look_at is None,
        Unpayable.SENT: followed.marking is not Marking.UNMARKED,
        Unpayable.STALE: now - followed.seen_at > FRESH,
        Unpayable.NOWHERE: not swap.withdraw_address,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def may_set_payout(followed: FollowedSwap) -> bool:
    """It is set once."""
    return not followed.swap.withdraw_address and followed.swap.status in BEFORE_PROCESSING


def to_send(followed: FollowedSwap) -> Decimal:
    """The deposit to the last digit the coin has: the order may name more of them (api: 3.4, observed)."""
    amount, decimals = followed.swap.deposit_amount, followed.deposit.decimals
    return amount if decimals is None else round_down(amount, decimals=decimals)


def _is_clear(followed: FollowedSwap) -> bool:
    """Whether what to send, and where, is surely known and is read as it is written."""
    swap = followed.swap
    address, memo = swap.deposit_address, swap.deposit_extra_id
    return (
        followed.deposit.is_listed
        and followed.withdraw.is_listed
        and len(address) <= LONGEST_SHOWN
        and _ADDRESS.fullmatch(address) is not None
        and len(memo) <= LONGEST_SHOWN
        and (not memo or _MEMO.fullmatch(memo) is not None)
        and to_send(followed) > 0
    )


def pause_after(followed: FollowedSwap, *, now: datetime) -> timedelta | None:
    """How soon to look at a swap again; None once it has ended, and nothing is expected any more."""
    swap, age = followed.swap, now - followed.swap.created_at
    match swap.status:
        case SwapStatus.CANCELED:
            since = now - (followed.ended_at or now)
            return next((look - since for look in _LAST_LOOKS if since < look), None)
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


def is_let_go(followed: FollowedSwap, *, now: datetime) -> bool:
    """Whether looks at a swap that has ended have failed for so long that they are given up."""
    ended_at = followed.ended_at
    return followed.swap.status.is_final and (ended_at is None or now - ended_at >= _GIVEN_UP)


def was_never_paid(before: FollowedSwap, after: FollowedSwap) -> bool:
    """Whether a swap has just ended for which nothing was ever sent."""
    return before.swap.status is SwapStatus.INITIAL and is_unpaid(after)


def is_paid_after_all(before: FollowedSwap, after: FollowedSwap) -> bool:
    """Whether a deposit has just come to light for a swap that had ended without one."""
    return is_unpaid(before) and not is_unpaid(after)


def is_unpaid(followed: FollowedSwap) -> bool:
    """Whether a swap ended without a deposit: neither the service nor its person says that there was one."""
    return followed.swap.status is SwapStatus.CANCELED and not may_have_been_sent(followed)


def may_have_been_sent(followed: FollowedSwap) -> bool:
    """Whether anybody says of a swap, whose deposit the service does not see, that it was sent."""
    return followed.marking is not Marking.UNMARKED or bool(followed.swap.deposit_transaction)


def _while_unpaid(followed: FollowedSwap, *, now: datetime) -> timedelta:
    swap = followed.swap
    if may_have_been_sent(followed):
        return _pause(_UNDER_WAY, now - swap.created_at)
    until = swap.pay_until
    if until is not None and now >= until:
        return _pause(_OVERDUE, now - until)
    return _pause(_UNPAID, now - swap.created_at)


def _pause(pauses: _Pauses, age: timedelta) -> timedelta:
    return next(pause for limit, pause in pauses if age < limit)
