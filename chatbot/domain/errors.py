"""Everything that can go wrong, sorted by who can act.

    ChatbotError
     ├─ InputError        the person retypes
     ├─ AccessError       the person links an account, mends a key, or is let in
     │   ├─ NotLinked
     │   ├─ NotAllowed
     │   └─ KeyRejected
     ├─ Refused           the exchange said no
     ├─ TicketError       the card cannot be used (any more)
     ├─ Unavailable       nothing was changed; wait and tap again
     │   └─ NotSent
     └─ OutcomeUnknown    something was sent and no answer came; we find out

Facts are attributes; the sentences for people are in `handlers/views/errors.py`, looked up along a class's ancestors.
"""

from enum import StrEnum


class ChatbotError(Exception):
    """The root: anything this program knows how to speak about."""


class InputError(ChatbotError):
    """What was typed cannot be used. The message is one sentence for the person: what to do next."""

    @property
    def sentence(self) -> str:
        return str(self)


class AccessError(ChatbotError):
    """The person may not do this, or not yet."""


class NotLinked(AccessError):
    """The person has no exchange account linked."""


class NotAllowed(AccessError):
    """The person was not let in, or the thing is the owner's."""


class KeyRejected(AccessError):
    """The exchange answered 401 or 403 to a signed request.

    `status` is the HTTP status; `reason` is the exchange's own short word, if it gave one.
    """

    def __init__(self, *, status: int, reason: str = "") -> None:
        super().__init__(f"key rejected with {status}")
        self.status = status
        self.reason = reason


class Refused(ChatbotError):
    """A documented business error. `code` is the exchange's `status_code`, `reason` its own words."""

    def __init__(self, *, code: int | None, reason: str) -> None:
        super().__init__(f"refused with {code}")
        self.code = code
        self.reason = reason


class AccountOwnerDifferent(Refused):
    """1101: the account does not belong to this key."""


class InsufficientBalance(Refused):
    """1103: not enough available balance."""


class OrderNotFound(Refused):
    """1201: no such order, or it can no longer be cancelled."""


class AmbiguousNumber(InputError):
    """`typed` can be read as any of `meanings`, each written so that it cannot be misread."""

    def __init__(self, *, typed: str, meanings: tuple[str, ...]) -> None:
        super().__init__(f"“{typed}” can mean {' or '.join(meanings)}. Please write it one of these two ways.")
        self.typed = typed
        self.meanings = meanings


class UnknownMarket(InputError):
    """No market answers to what was typed. `nearest` holds codes that come close, best first."""

    def __init__(self, *, symbol: str, nearest: tuple[str, ...]) -> None:
        super().__init__(f"There is no market {symbol}.")
        self.symbol = symbol
        self.nearest = nearest


class TicketProblem(StrEnum):
    """Why a tap on a card changed nothing."""

    UNKNOWN = "unknown"
    NOT_YOURS = "not_yours"
    ALREADY_TAKEN = "already_taken"
    DECLINED = "declined"
    EXPIRED = "expired"


class TicketError(ChatbotError):
    """A card could not be used. `problem` says why; nothing was sent."""

    def __init__(self, problem: TicketProblem) -> None:
        super().__init__(f"ticket {problem}")
        self.problem = problem


class Cause(StrEnum):
    """What was the matter with a call to an exchange."""

    UNREACHABLE = "unreachable"  # name lookup or connection failed: no byte left
    FAULT = "fault"  # something of ours failed before sending: no byte left
    BUDGET = "budget"  # our own limiter: no byte left
    SHUTDOWN = "shutdown"  # this program ended
    TIMEOUT = "timeout"
    BROKEN = "broken"  # the connection broke after bytes had left
    RATE_LIMITED = "rate_limited"  # 429
    REDIRECT = "redirect"  # 3xx
    SERVER_FAULT = "server_fault"  # 408, 5xx and other undocumented statuses
    UNREADABLE = "unreadable"  # an answer that is not what the exchange documents


class Unavailable(ChatbotError):
    """A read could not be had, or a change was not sent. Nothing changed anywhere."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"unavailable: {cause}")
        self.cause = cause


class NotSent(Unavailable):
    """A changing call of which no byte reached the exchange; a new attempt is a new tap."""


class OutcomeUnknown(ChatbotError):
    """A changing call was sent and its outcome is not known. It is never sent again; somebody asks."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"outcome unknown: {cause}")
        self.cause = cause
