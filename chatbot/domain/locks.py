"""What stops money from moving: a person's lock, and the program's halt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.domain.ids import ChatId, MessageId, PersonId

UNLOCK_WAIT = timedelta(minutes=10)
"""How long an unlock takes that no second factor vouches for: time to notice it and to lock again."""

FACTOR_PROVEN = timedelta(hours=24)
"""How long before a lock a second factor must have been on to open it at once: time to notice that somebody else turned
it on.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A person stopped everything of their own at `since`, and again with `message`, which is the latest command that
    did it: what was said before it does not unlock. `opens_at` is when the lock opens by itself, if that was asked for.
    """

    person: PersonId
    since: datetime
    chat: ChatId
    message: MessageId
    opens_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.opens_at is None or now < self.opens_at

    def trusts(self, factor_since: datetime | None) -> bool:
        """Whether a second factor that is on since then opens it at once."""
        return factor_since is not None and factor_since <= self.since - FACTOR_PROVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """An owner stopped everything of everybody."""

    since: datetime
    by: PersonId
