"""How private requests are signed (the API reference's sections on API keys and on Instant Trade): pure functions."""

import hmac
import re
from datetime import UTC, datetime
from enum import StrEnum

from chatbot.domain.errors import InputError
from chatbot.domain.secrets import Credentials, Session

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f]")


class TimestampUnit(StrEnum):
    """In which unit the time of a request is told. The vendor's samples disagree; seconds is what most clients send."""

    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


def timestamp(now: datetime, *, unit: TimestampUnit) -> str:
    """`1779206986.391392`, or `1779206986391`."""
    since = now - _EPOCH
    seconds = since.days * 86_400 + since.seconds
    if unit is TimestampUnit.MILLISECONDS:
        return f"{seconds}{since.microseconds // 1000:03}"
    return f"{seconds}.{since.microseconds:06}"


def signature(credentials: Credentials, *, at: str, body: bytes) -> str:
    """HMAC-SHA256 with the secret key over key, username, passphrase, timestamp and body, in upper-case hex.

    `body` is exactly what is sent, or `{}` where no body is sent.
    """
    who = credentials.api_key.reveal() + credentials.username.reveal() + credentials.passphrase.reveal()
    message = (who + at).encode() + body
    return hmac.digest(credentials.secret_key.reveal().encode(), message, "sha256").hex().upper()


def signed_headers(credentials: Credentials, *, at: str, body: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of a private request. Raises `InputError` for credentials no header can carry."""
    fields = {
        b"ACCESS-USER": credentials.username.reveal(),
        b"ACCESS-PASSPHRASE": credentials.passphrase.reveal(),
        b"ACCESS-TIMESTAMP": at,
        b"ACCESS-SIGN": signature(credentials, at=at, body=body or b"{}"),
        b"ACCESS-KEY": credentials.api_key.reveal(),
    }
    if any(_UNSENDABLE.search(text) for text in fields.values()):
        raise InputError("This key holds a line break or a control character. Please link the account again.")
    return [(name, text.encode()) for name, text in fields.items()]


def session_signature(session: Session, *, at: str, body: bytes) -> str:
    """HMAC-SHA256 with the token over user name, timestamp and body, in upper-case hex (api: 6.3)."""
    message = (session.username.reveal() + at).encode() + body
    return hmac.digest(session.token.reveal().encode(), message, "sha256").hex().upper()


def session_headers(session: Session, *, at: str, body: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of a request that a session stands behind (api: 6.2); the token itself is not among them.

    `at` is in milliseconds. Raises `InputError` for a user name no header can carry.
    """
    username = session.username.reveal()
    if _UNSENDABLE.search(username):
        raise InputError("This user name holds a line break or a control character. Please send /link instant again.")
    return [
        (b"access-user", username.encode()),
        (b"access-timestamp", at.encode()),
        (b"access-sign", session_signature(session, at=at, body=body).encode()),
    ]
