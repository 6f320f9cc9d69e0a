"""Everything that can go wrong, sorted by who can act.

    ChatbotError
     ├─ InputError        the person retypes
     ├─ AccessError       the person links an account, mends a key, or is let in
     │   ├─ NotLinked
     │   ├─ NoSwapKey
     │   ├─ NoSession
     │   ├─ SessionExpired
     │   ├─ NotAllowed
     │   ├─ KeyRejected
     │   ├─ FactorMissing
     │   ├─ FactorLocked
     │   └─ WrongCode
     ├─ Refused           the exchange said no
     ├─ TicketError       the card cannot be used (any more)
     ├─ Stopped           a limit, a lock or the like stands in the way
     ├─ RightsUnknown     Telegram did not say who is an admin; nothing was changed
     ├─ Unavailable       nothing was changed; wait and tap again
     │   ├─ NotSent
     │   └─ NotDrawn
     └─ OutcomeUnknown    something was sent and no answer came; we find out

Facts are attributes; the sentences for people are in `handlers/views/errors.py`, looked up along a class's ancestors.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.domain.ids import AccountId
    from chatbot.domain.money import Amount


class ChatbotError(Exception):
    """The root: anything this program knows how to speak about. `service` is the name of the service that an error came
    from, where it is not the exchange.
    """

    service = ""


class InputError(ChatbotError):
    """What was typed cannot be used. The message is one sentence for the person: what to do next."""

    @property
    def sentence(self) -> str:
        return str(self)


class AccessError(ChatbotError):
    """The person may not do this, or not yet."""


class NotLinked(AccessError):
    """The person has no exchange account linked."""


class NoSwapKey(AccessError):
    """The person has no key of n.exchange linked. `practice`: there is a place here to try swaps without one; `live`:
    one of n.exchange itself can be linked here.
    """

    def __init__(self, *, practice: bool, live: bool = True) -> None:
        super().__init__("no swap key linked")
        self.practice = practice
        self.live = live


class NoSession(AccessError):
    """The account has no browser session linked, which Instant Trade and trade history need.

    `account` is set where one for it is to be offered; `practises`: one of the practice exchange can be had at once.
    """

    def __init__(self, *, account: "AccountId | None" = None, practises: bool = False) -> None:
        super().__init__("no session linked")
        self.account = account
        self.practises = practises


class SessionExpired(AccessError):
    """ANDX answered 401 or 403 to a request signed with a session: it rotated, and a fresh one must be given."""


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


class FactorMissing(AccessError):
    """This asks for a second factor, and the person has none."""


class FactorLocked(AccessError):
    """Too many wrong codes in a row: none is looked at `until` then."""

    def __init__(self, until: datetime) -> None:
        super().__init__("second factor locked")
        self.until = until


class WrongCode(AccessError):
    """What was typed is not what was asked for. `left` more tries are there; with none, the question is closed."""

    def __init__(self, *, left: int) -> None:
        super().__init__(f"wrong code, {left} left")
        self.left = left


class Refused(ChatbotError):
    """A documented business error. `code` is the exchange's `status_code`, `reason` its own words."""

    def __init__(self, *, code: int | None, reason: str) -> None:
        super().__init__(f"refused with {code}")
        self.code = code
        self.reason = reason


class PriceMoved(Refused):
    """1210: the price changed too much since the quote; nothing was executed."""


class AccountOwnerDifferent(Refused):
    """1101: the account does not belong to this key."""


class InsufficientBalance(Refused):
    """1103: not enough available balance."""


class OrderNotFound(Refused):
    """1201: no such order, or it can no longer be cancelled."""


class WithdrawAddressNotFound(Refused):
    """1319: no address is saved at the exchange under this alias for this currency."""


class SwapNotFound(Refused):
    """404: n.exchange knows no such order, or not with this key."""


class NotPermitted(Refused):
    """403: the key works, but may not do this (api/nexchange: section 2)."""


class UnknownCoin(InputError):
    """No coin of n.exchange answers to what was typed. `nearest` holds codes that come close, best first."""

    def __init__(self, *, typed: str, nearest: tuple[str, ...]) -> None:
        super().__init__(f"n.exchange has no coin {typed}.")
        self.typed = typed
        self.nearest = nearest


class AmbiguousNumber(InputError):
    """`typed` can be read as any of `meanings`, each written so that it cannot be misread."""

    def __init__(self, *, typed: str, meanings: tuple[str, ...]) -> None:
        super().__init__(f"“{typed}” can mean {' or '.join(meanings)}. Please write it one of these two ways.")
        self.typed = typed
        self.meanings = meanings


class UnknownMarket(InputError):
    """No market answers to what was typed. `nearest` holds codes that come close, best first; `converts`: the person
    has Instant Trade linked, which knows coins that have no market.
    """

    converts = False

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
    RENEWED = "renewed"  # its card shows another quote by now
    SENT = "sent"  # too late to be cancelled
    CLOSED = "closed"  # ended, and nothing was sent


class TicketError(ChatbotError):
    """A card could not be used. `problem` says why; nothing was sent."""

    def __init__(self, problem: TicketProblem) -> None:
        super().__init__(f"ticket {problem}")
        self.problem = problem


class Obstacle(StrEnum):
    """What stands in the way of a ticket."""

    HALTED = "halted"  # the owner stopped everything
    LOCKED = "locked"  # the person stopped their own accounts
    REMOVED = "removed"  # the person's access was taken away
    FACTOR_MISSING = "factor_missing"  # a second factor is asked of everybody, and this person has none
    ORDER_TOO_LARGE = "order_too_large"
    ORDERS_USED_UP = "orders_used_up"
    TOO_FAR = "too_far"  # the price is too far on the losing side of the last one
    WITHDRAWAL_TOO_LARGE = "withdrawal_too_large"
    WITHDRAWALS_USED_UP = "withdrawals_used_up"
    NOT_VALUED = "not_valued"  # no market tells what it is worth, so no limit can be checked
    PRICE_UNCLEAR = "price_unclear"  # a market would tell, but its prices do not agree now
    SWAP_TOO_LARGE = "swap_too_large"
    SWAPS_USED_UP = "swaps_used_up"
    FROZEN = "frozen"  # an earlier withdrawal of the currency has no known outcome
    PAYOUT_UNSETTLED = "payout_unsettled"  # another payout address of the swap was confirmed, and is not settled yet
    FORGED = "forged"  # what was held is not what this program wrote down


class Stopped(ChatbotError):
    """A limit, a lock or the like stands in the way; nothing was sent.

    `limit` and `left` are the limit and what the day leaves of it, `share` a limit that is a fraction, `currency` the
    one it is about, `ease_at` when the day leaves more of the limit.
    """

    def __init__(
        self,
        obstacle: Obstacle,
        *,
        limit: "Amount | None" = None,
        left: "Amount | None" = None,
        share: Decimal | None = None,
        currency: str = "",
        ease_at: datetime | None = None,
    ) -> None:
        super().__init__(f"stopped: {obstacle}")
        self.obstacle = obstacle
        self.limit = limit
        self.left = left
        self.share = share
        self.currency = currency
        self.ease_at = ease_at


class RightsUnknown(ChatbotError):
    """Who may do what in a chat could not be asked of Telegram, so nobody may. Nothing was changed."""


class Cause(StrEnum):
    """What was the matter with a call to an exchange."""

    UNREACHABLE = "unreachable"  # name lookup or connection failed: no byte left
    FAULT = "fault"  # something of ours failed before sending: no byte left
    BUDGET = "budget"  # our own limiter: no byte left
    STOPPED = "stopped"  # locked or halted before it was sent: no byte left
    SHUTDOWN = "shutdown"  # this program ended
    TIMEOUT = "timeout"
    BROKEN = "broken"  # the connection broke after bytes had left
    RATE_LIMITED = "rate_limited"  # 429
    REDIRECT = "redirect"  # 3xx
    FORBIDDEN = "forbidden"  # 403 without a word the exchange documents: perhaps from something on the way
    SERVER_FAULT = "server_fault"  # 408, 5xx and other undocumented statuses
    UNREADABLE = "unreadable"  # an answer that is not what the exchange documents


class Unavailable(ChatbotError):
    """A read could not be had, or a change was not sent. Nothing changed anywhere."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"unavailable: {cause}")
        self.cause = cause


class NotSent(Unavailable):
    """A changing call of which no byte reached the exchange; a new attempt is a new tap."""


class NotDrawn(Unavailable):
    """A picture could not be drawn now."""

    def __init__(self) -> None:
        super().__init__(Cause.FAULT)


class OutcomeUnknown(ChatbotError):
    """A changing call was sent and its outcome is not known. It is never sent again; somebody asks."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"outcome unknown: {cause}")
        self.cause = cause
