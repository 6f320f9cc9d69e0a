"""What goes with a request to n.exchange (api: section 2): pure functions."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chatbot.domain.errors import InputError
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.exchange.http import Headers

_SENDABLE = re.compile(r"[\x21-\x7e]+")


class AuthScheme(StrEnum):
    """The word before the key. The API's page calls it a bearer token and shows `ApiKey` in its examples (api: 9.1)."""

    API_KEY = "ApiKey"
    BEARER = "Bearer"


def authorization(key: SwapKey, *, scheme: AuthScheme) -> Headers:
    """The header of every request that a key stands behind. Raises `InputError` for a key no header can carry."""
    api_key = key.api_key.reveal()
    if not _SENDABLE.fullmatch(api_key):
        raise InputError("This key holds a space or a character that no key has. Please link it again.")
    return [(b"Authorization", f"{scheme} {api_key}".encode())]


def of_creation(*, at: datetime, zone: ZoneInfo, referral_token: Secret | None) -> Headers:
    """The headers that only the creation of an order has."""
    headers = [(b"X-User-Timezone", user_timezone(at, zone).encode())]
    if referral_token is not None:
        headers.append((b"x-referral-token", referral_token.reveal().encode()))
    return headers


def user_timezone(at: datetime, zone: ZoneInfo) -> str:
    """`GMT +04:00 (Asia/Dubai)`: the zone's offset at that moment, and its name."""
    offset = at.astimezone(zone).utcoffset() or timedelta(0)
    minutes = abs(offset) // timedelta(minutes=1)
    sign = "-" if offset < timedelta(0) else "+"
    return f"GMT {sign}{minutes // 60:02}:{minutes % 60:02} ({zone.key})"
