"""Who signed a request: an HMAC over its raw body, with an API key and five headers or with a session and three."""

import hmac
import re
from collections.abc import Mapping
from datetime import timedelta

from chatbot.paper.accounts import Account, Accounts

CLOCK_TOLERANCE = timedelta(seconds=30)

_TIMESTAMP = re.compile(rb"[0-9]{9,14}(\.[0-9]{1,9})?")
_MILLISECONDS = re.compile(rb"[0-9]{13}")
_FIRST_MILLISECONDS = 100_000_000_000
"""Seconds reach this in the year 5138, milliseconds did in 1973: what is larger is milliseconds."""


def sign(*, secret_key: str, api_key: str, username: str, passphrase: str, timestamp: str, body: bytes) -> str:
    """The ACCESS-SIGN value: upper-case hexadecimal; a request without a body signs ``{}``."""
    message = f"{api_key}{username}{passphrase}{timestamp}".encode() + (body or b"{}")
    return hmac.digest(secret_key.encode(), message, "sha256").hex().upper()


def authenticate(headers: Mapping[bytes, bytes], body: bytes, *, accounts: Accounts, now: float) -> Account | None:
    """The account that signed this request, or None. ``headers`` are lower-case, ``now`` is Unix seconds."""
    account = accounts.by_key(_text(headers, b"access-key"))
    if account is None or not _is_recent(headers.get(b"access-timestamp", b""), now):
        return None
    expected = sign(
        secret_key=account.secret_key,
        api_key=account.api_key,
        username=account.username,
        passphrase=account.passphrase,
        timestamp=_text(headers, b"access-timestamp"),
        body=body,
    )
    # All three are compared, whatever the first one says, and each in constant time.
    matches = [
        hmac.compare_digest(headers.get(name, b""), value.encode())
        for name, value in (
            (b"access-user", account.username),
            (b"access-passphrase", account.passphrase),
            (b"access-sign", expected),
        )
    ]
    return account if all(matches) else None


def sign_with_token(*, token: str, username: str, timestamp: str, body: bytes) -> str:
    """The access-sign value of Instant Trade: upper-case hexadecimal."""
    message = f"{username}{timestamp}".encode() + body
    return hmac.digest(token.encode(), message, "sha256").hex().upper()


def authenticate_session(
    headers: Mapping[bytes, bytes], body: bytes, *, accounts: Accounts, now: float
) -> Account | None:
    """The account whose session signed this request, or None. An API key shown beside it is a mistake, and refused.

    The timestamp is in whole milliseconds, unlike those of API keys.
    """
    timestamp = headers.get(b"access-timestamp", b"")
    if b"access-key" in headers or not _MILLISECONDS.fullmatch(timestamp) or not _is_recent(timestamp, now):
        return None
    account = accounts.by_username(_text(headers, b"access-user"))
    token = None if account is None else accounts.sessions.token(account.number)
    if account is None or token is None:
        return None
    expected = sign_with_token(token=token, username=account.username, timestamp=timestamp.decode(), body=body)
    return account if hmac.compare_digest(headers.get(b"access-sign", b""), expected.encode()) else None


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


def _is_recent(timestamp: bytes, now: float) -> bool:
    """Accepts whole seconds, fractional seconds and milliseconds."""
    if not _TIMESTAMP.fullmatch(timestamp):
        return False
    whole = int(timestamp.partition(b".")[0])
    seconds = whole // 1000 if whole >= _FIRST_MILLISECONDS else whole
    return abs(seconds - int(now)) <= CLOCK_TOLERANCE.total_seconds()
