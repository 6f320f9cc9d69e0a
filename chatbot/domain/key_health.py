"""How often a person is told that a key does not work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.domain.ids import AccountId

PAUSES = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""After the first word, the second, …; the last one from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTrouble:
    """The exchange rejects an account's key. `told` counts what was said about it, `tell_again_at` is when to say it
    again, should it still be so.
    """

    account: AccountId
    rejected_since: datetime
    told: int
    tell_again_at: datetime


def after_rejection(account: AccountId, earlier: KeyTrouble | None, *, now: datetime) -> KeyTrouble | None:
    """The trouble to be told now; None if it is too early to tell it again."""
    if earlier is not None and now < earlier.tell_again_at:
        return None
    told = 0 if earlier is None else earlier.told
    return KeyTrouble(
        account=account,
        rejected_since=now if earlier is None else earlier.rejected_since,
        told=told + 1,
        tell_again_at=now + PAUSES[min(told, len(PAUSES) - 1)],
    )
