"""How each API of this server receives its clients: whom it knows, how many it lets in, how it says no."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import orjson

from chatbot.paper import wire
from chatbot.paper.accounts import Account
from chatbot.paper.auth import authenticate
from chatbot.paper.exchange import Exchange
from chatbot.paper.faults import HTML, JSON, Answer, Fault, page
from chatbot.paper.limits import RateLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who sends a request. `signed` is None if no key was presented, `caller` what the endpoints are told of who holds
    it: None for nobody known, who has no `name` either.
    """

    signed: bool | None
    caller: object = None
    name: str | None = None


def visitor(account: Account | None) -> Visitor:
    """Whoever signed a request, or somebody whose signature is nobody's."""
    if account is None:
        return Visitor(signed=False)
    return Visitor(signed=True, caller=account, name=account.username)


class Door(Protocol):
    """The way into one API: everything below a path."""

    @property
    def path(self) -> str: ...

    @property
    def limit(self) -> RateLimit: ...

    def identify(self, headers: Mapping[bytes, bytes], body: bytes) -> Visitor: ...

    def throttled(self, *, seconds: float) -> Answer:
        """To a request above the limit; the next can pass in so many seconds."""
        ...

    def refusal(self, fault: Fault) -> Answer:
        """To a request that is refused on demand."""
        ...


class AndxDoor:
    """ANDX knows its clients by their signatures and refuses with HTTP 200."""

    path = "/api/"

    def __init__(self, exchange: Exchange, limit: RateLimit) -> None:
        self.limit = limit
        self.exchange = exchange

    def identify(self, headers: Mapping[bytes, bytes], body: bytes) -> Visitor:
        if b"access-key" not in headers:
            return Visitor(signed=None)
        return visitor(authenticate(headers, body, accounts=self.exchange.accounts, now=self.exchange.clock.unix()))

    def throttled(self, *, seconds: float) -> Answer:
        return Answer(status=429, body=page(429), headers=(HTML,))

    def refusal(self, fault: Fault) -> Answer:
        body = orjson.dumps(wire.error(fault.reason, fault.status_code))
        return Answer(status=200, body=body, headers=(JSON,))
