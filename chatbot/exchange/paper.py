"""The practice exchange's own desk, where accounts with play money are opened. No part of ANDX's API."""

import msgspec

from chatbot.domain.errors import Cause, OutcomeUnknown, Unavailable
from chatbot.domain.secrets import Credentials, Secret
from chatbot.exchange.http import Call, Channel, Unreadable
from chatbot.ports.exchange import Priority


class _Opened(msgspec.Struct, frozen=True, kw_only=True):
    username: str
    passphrase: str
    api_key: str
    secret_key: str


class PaperDesk:
    """`chatbot.ports.exchange.PracticeDesk` over HTTP."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def open_account(self) -> Credentials:
        call = Call(name="open_practice_account", method="POST", path="/paper/accounts", body=b"{}", parse=_credentials)
        try:
            return await self._channel.change(call, priority=Priority.PERSON, permit=lambda: None)
        except OutcomeUnknown as error:
            raise Unavailable(error.cause) from None


def _credentials(body: bytes) -> Credentials:
    try:
        opened = msgspec.json.decode(body, type=_Opened)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unreadable(Cause.UNREADABLE) from None
    return Credentials(
        username=Secret(opened.username),
        passphrase=Secret(opened.passphrase),
        api_key=Secret(opened.api_key),
        secret_key=Secret(opened.secret_key),
    )
