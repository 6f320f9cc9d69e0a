"""Calls to the Bot API where speed counts: a few microseconds each, where the library's full objects cost a hundred.

What went wrong is said in the library's error classes.
"""

from typing import Any

import msgspec
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError

from handlers.transport import Transport, Upload

_TIMEOUT = 15.0  # seconds for a call as a whole
_UPLOAD_TIMEOUT = 60.0  # the same with a file, which may be large on a slow line


class _Parameters(msgspec.Struct, frozen=True):
    migrate_to_chat_id: int | None = None


class _Answer(msgspec.Struct, frozen=True):
    """https://core.telegram.org/bots/api#making-requests"""

    ok: bool
    result: msgspec.Raw = msgspec.Raw()
    description: str = ""
    parameters: _Parameters = _Parameters()


class _Sent(msgspec.Struct, frozen=True):
    message_id: int


_answer = msgspec.json.Decoder(_Answer)
_sent = msgspec.json.Decoder(_Sent)


class BotApi:
    """`url` is the bot's address, token included, such as `https://api.telegram.org/bot123:abc`."""

    def __init__(self, *, transport: Transport, url: str) -> None:
        self._transport = transport
        self._url = url

    async def call(self, method: str, *, upload: Upload | None = None, **fields: Any) -> bytes:
        """The `result` of a call as JSON; fields that are None are left out. Raises `TelegramError`s."""
        given = {name: value for name, value in fields.items() if value is not None}
        timeout = _TIMEOUT if upload is None else _UPLOAD_TIMEOUT
        status, body = await self._transport.call(f"{self._url}/{method}", given, timeout=timeout, upload=upload)
        try:
            answer = _answer.decode(body)
        except msgspec.DecodeError:
            raise NetworkError(f"an answer that is not the Bot API's, with status {status}") from None
        if not answer.ok:
            raise _error(status, answer)
        return bytes(answer.result)

    async def send(self, method: str, *, upload: Upload | None = None, **fields: Any) -> int:
        """As `call`, for methods that answer with a message: its id."""
        result = await self.call(method, upload=upload, **fields)
        try:
            return _sent.decode(result).message_id
        except msgspec.DecodeError:
            raise NetworkError("an answer that is not a message") from None


def _error(status: int, answer: _Answer) -> TelegramError:
    if answer.parameters.migrate_to_chat_id is not None:
        return ChatMigrated(answer.parameters.migrate_to_chat_id)
    kinds: dict[int, type[TelegramError]] = {400: BadRequest, 401: InvalidToken, 403: Forbidden, 404: InvalidToken}
    return kinds.get(status, NetworkError)(answer.description)
