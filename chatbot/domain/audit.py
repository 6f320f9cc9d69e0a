"""What is written down for good: who did what, when, from which chat, with which result."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chatbot.domain.ids import ChatId, PersonId


class Deed(StrEnum):
    LET_IN = "let_in"
    TURNED_AWAY = "turned_away"
    INVITED = "invited"
    REMOVED = "removed"
    LINKED = "linked"
    LINK_FAILED = "link_failed"
    UNLINKED = "unlinked"
    CONTINUED = "continued"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    STOPPED = "stopped"
    EXPIRED = "expired"
    RELEASED = "released"
    SENT = "sent"
    SETTLED = "settled"
    FACTOR_ON = "factor_on"
    FACTOR_OFF = "factor_off"
    FACTOR_LOCKED = "factor_locked"
    CODES_RENEWED = "codes_renewed"
    RECOVERY_USED = "recovery_used"
    REQUIREMENT = "requirement"
    WRONG_CODE = "wrong_code"
    CODE_BURNT = "code_burnt"
    LOCKED = "locked"
    UNLOCK_ASKED = "unlock_asked"
    UNLOCKED = "unlocked"
    HALTED = "halted"
    RESUMED = "resumed"
    PANIC = "panic"
    LIMIT_LOWERED = "limit_lowered"
    LIMIT_RAISED = "limit_raised"
    LIMIT_KEPT = "limit_kept"
    ALIAS_ADDED = "alias_added"
    ALIAS_REMOVED = "alias_removed"
    KEY_REJECTED = "key_rejected"
    KEY_WORKS = "key_works"
    SESSION_LINKED = "session_linked"
    SESSION_UNLINKED = "session_unlinked"
    SESSION_REJECTED = "session_rejected"
    NOTICES_CHANGED = "notices_changed"
    SWAP_MARKED = "swap_marked"
    SWAP_UNMARKED = "swap_unmarked"
    EXPORTED = "exported"
    FILE_ASKED = "file_asked"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A deed to be written down. `account` is its label, `subject` what it was about (`BTC/USDT`, `XRP to savings`),
    `result` what came of it. No secrets and no amounts stand in them.

    `person` is who did it (None: the program), `about` another person whom it concerns.
    """

    deed: Deed
    person: PersonId | None
    about: PersonId | None = None
    chat: ChatId | None = None
    account: str = ""
    subject: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as it was written down: `seq` counts from 1 without a gap.

    Of a forgotten one only deed and moment are left. `covers` says of the entry of a forgetting how many those are.
    """

    seq: int
    at: datetime
    event: Event
    forgotten: bool = False
    covers: int | None = None


class Damage(StrEnum):
    """What was done to the log behind the program's back."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT = "cut"
    HEAD = "head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first place where the log does not hold together; `seq` is the number of the entry there."""

    damage: Damage
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What looking through the log found: how many entries fit from the first one on, and what broke the chain, if
    anything did.
    """

    whole: int
    broken: Break | None = None
