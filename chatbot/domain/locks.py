"""What stops money from moving: a person's lock, and the program's halt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.domain.ids import ChatId, MessageId, PersonId

UNLOCK_WAIT = timedelta(minutes=10)
"""How long an unlock takes that no second factor vouches for: time to notice it and to lock again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A person stopped everything of their own. `message` is the command that did it: what was said before it does not
    unlock. `opens_at` is when the lock opens by itself, if that was asked for.
    """

    person: PersonId
    since: datetime
    chat: ChatId
    message: MessageId
    opens_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.opens_at is None or now < self.opens_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """An owner stopped everything of everybody."""

    since: datetime
    by: PersonId
