"""The door of Instant Trade: the same exchange and limit, but it knows its clients by their sessions here."""

from collections.abc import Mapping

from chatbot.paper.auth import authenticate_session
from chatbot.paper.doors import AndxDoor, Visitor, visitor

PREFIX = "/p/v1/order/"


class InstantDoor(AndxDoor):
    """What no session signed is nobody's; an API key opens nothing."""

    path = "/p/"

    def identify(self, headers: Mapping[bytes, bytes], body: bytes) -> Visitor:
        if b"access-sign" not in headers:
            return Visitor(signed=None)
        now = self.exchange.clock.unix()
        return visitor(authenticate_session(headers, body, accounts=self.exchange.accounts, now=now))
