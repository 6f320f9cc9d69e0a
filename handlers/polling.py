"""Long polling. https://core.telegram.org/bots/api#getupdates"""

from collections.abc import Sequence
from typing import Any, Protocol

import structlog
from telegram.error import TelegramError

from handlers.transport import Flooded, Transport
from handlers.wire import ALLOWED_UPDATES, Unreadable, read_batch

log = structlog.get_logger(__name__)

_HOLD = 25  # seconds Telegram may hold a poll while nothing happens
_GRACE = 10.0  # seconds more before the connection is taken for dead
_LIMIT = 100
_RIVAL_PAUSE = 5.0  # seconds, when another program polls with the same token


class PollFault(Exception):
    """A poll failed; the next may not. `retry_after` seconds are to pass first, if Telegram said so."""

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class TokenRefused(Exception):
    """Telegram does not know the bot's token: nothing will work until it is mended."""

    def __init__(self) -> None:
        super().__init__("Telegram does not accept TELEGRAM_BOT_TOKEN. Copy it again from @BotFather.")


class Updates(Protocol):
    """Where updates come from."""

    async def fetch(self) -> Sequence[tuple[int, bytes]]:
        """The next updates, each with its number, in order; none after a while. Raises `PollFault`, `TokenRefused`."""
        ...

    def stored(self, updates: Sequence[tuple[int, bytes]]) -> None:
        """These are safe: the next fetch confirms them."""
        ...


class Poller:
    """Fetches through connections of its own, so that a stalled poll stalls nothing else.

    `url` is the bot's address, token included, such as `https://api.telegram.org/bot123:abc`.
    """

    def __init__(self, *, transport: Transport, url: str) -> None:
        self._transport = transport
        self._url = f"{url}/getUpdates"
        self._offset: int | None = None

    async def fetch(self) -> Sequence[tuple[int, bytes]]:
        fields: dict[str, Any] = {"timeout": _HOLD, "limit": _LIMIT, "allowed_updates": ALLOWED_UPDATES}
        if self._offset is not None:
            fields["offset"] = self._offset
        try:
            status, body = await self._transport.call(self._url, fields, timeout=_HOLD + _GRACE)
        except Flooded as flood:
            raise PollFault("too many requests", retry_after=flood.retry_after) from None
        except TelegramError as fault:
            await self._transport.renew()
            raise PollFault(fault.message) from None
        updates = _read(status, body)
        # Once Telegram has seen the offset, the updates below it are gone; sending it on would hide updates after
        # their numbers started over, which they do after a quiet week.
        self._offset = None
        return updates

    def stored(self, updates: Sequence[tuple[int, bytes]]) -> None:
        self._offset = updates[-1][0] + 1


def _read(status: int, body: bytes) -> Sequence[tuple[int, bytes]]:
    if status in (401, 404):
        raise TokenRefused
    if status == 409:
        raise PollFault("another program receives this bot's updates, or a webhook is set", retry_after=_RIVAL_PAUSE)
    if status != 200:
        raise PollFault(f"status {status}")
    try:
        return read_batch(body)
    except Unreadable as fault:
        raise PollFault(str(fault)) from None
