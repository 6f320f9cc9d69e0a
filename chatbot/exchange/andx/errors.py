"""What ANDX says when it says no."""

import msgspec
from httpx import codes

from chatbot.domain.errors import (
    AccountOwnerDifferent,
    InsufficientBalance,
    KeyRejected,
    OrderNotFound,
    PriceMoved,
    Refused,
    SessionExpired,
    UnknownMarket,
    WithdrawAddressNotFound,
)
from chatbot.exchange.decoding import clean
from chatbot.exchange.http import Statuses

_CLASSES: dict[int, type[Refused]] = {
    1101: AccountOwnerDifferent,  # account_owner_different, when creating an order
    1103: InsufficientBalance,  # seen by clients when creating an order; not in the vendor's page
    1201: OrderNotFound,  # order_not_found, when cancelling
    1210: PriceMoved,  # "Price has changed too much", seen by clients of Instant Trade; not in the vendor's page
    1319: WithdrawAddressNotFound,  # Withdraw address not found, when withdrawing
}


class _Explained(msgspec.Struct):
    reason: str = ""


class _Own(msgspec.Struct):
    """What all answers of the exchange itself have."""

    status: str


def refusal(code: int, *, reason: str) -> Refused:
    """The refusal a business code stands for. The published list is not complete: unknown codes are plain `Refused`."""
    return _CLASSES.get(code, Refused)(code=code, reason=clean(reason))


def reason_in(body: bytes) -> str:
    """The exchange's own word in the body of an HTTP error, which need not be JSON; empty if there is none."""
    try:
        return clean(msgspec.json.decode(body, type=_Explained).reason)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _key_rejected(status: int, body: bytes) -> KeyRejected | None:
    return KeyRejected(status=status, reason=reason_in(body)) if status in (401, 403) else None


def _session_expired(status: int, body: bytes) -> SessionExpired | None:
    """A 403 that is not the exchange's own word comes from something on the way, and says nothing about a session."""
    over = status == codes.UNAUTHORIZED or (status == codes.FORBIDDEN and _is_own(body))
    return SessionExpired() if over else None


def _is_own(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=_Own)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _no_such_market(status: int, _body: bytes) -> UnknownMarket | None:
    """The vendor's page does not say what an unknown code is answered with; Bitexen, of the same software, says 500."""
    return UnknownMarket(symbol="", nearest=()) if status == codes.INTERNAL_SERVER_ERROR else None


PUBLIC = Statuses()
OF_MARKET = Statuses(refusal=_no_such_market)
PRIVATE = Statuses(refusal=_key_rejected)
OF_SESSION = Statuses(refusal=_session_expired)
