"""The practice exchange's own desk, where accounts with play money, their sessions and keys for swaps are opened.

No part of ANDX's or n.exchange's API.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from chatbot.domain.errors import OutcomeUnknown, Unavailable
from chatbot.domain.secrets import Credentials, Secret, Session, SwapKey
from chatbot.exchange.http import Call, Channel, Unreadable
from chatbot.exchange.paths import filled
from chatbot.ports.exchange import Priority

T = TypeVar("T")


class _Opened(msgspec.Struct, frozen=True, kw_only=True):
    username: str
    passphrase: str
    api_key: str
    secret_key: str


class _OpenedSession(msgspec.Struct, frozen=True, kw_only=True):
    username: str
    token: str


class _OpenedKey(msgspec.Struct, frozen=True, kw_only=True):
    api_key: str


class PaperDesk:
    """`chatbot.ports.exchange.PracticeDesk` over HTTP."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def open_account(self) -> Credentials:
        return await _open(self._channel, name="open_practice_account", path="/paper/accounts", parse=_credentials)

    async def open_session(self, credentials: Credentials) -> Session:
        path = filled("/paper/accounts/{username}/session", username=credentials.username.reveal())
        return await _open(self._channel, name="open_practice_session", path=path, parse=_session)


class PaperSwapDesk:
    """`chatbot.ports.swaps.PracticeSwaps` over HTTP."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def open_key(self) -> SwapKey:
        return await _open(self._channel, name="open_practice_key", path="/paper/swap_keys", parse=_swap_key)


async def _open(channel: Channel, *, name: str, path: str, parse: Callable[[bytes], T]) -> T:
    """Nobody misses what was opened and not heard of. Raises `Unavailable`."""
    call = Call(name=name, method="POST", path=path, body=b"{}", parse=parse)
    try:
        return await channel.change(call, priority=Priority.PERSON, permit=lambda: None)
    except OutcomeUnknown as error:
        raise Unavailable(error.cause) from None


def _credentials(body: bytes) -> Credentials:
    opened = _read(body, _Opened)
    return Credentials(
        username=Secret(opened.username),
        passphrase=Secret(opened.passphrase),
        api_key=Secret(opened.api_key),
        secret_key=Secret(opened.secret_key),
    )


def _session(body: bytes) -> Session:
    opened = _read(body, _OpenedSession)
    return Session(username=Secret(opened.username), token=Secret(opened.token))


def _swap_key(body: bytes) -> SwapKey:
    return SwapKey(api_key=Secret(_read(body, _OpenedKey).api_key))


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable("not what was to be opened") from None
