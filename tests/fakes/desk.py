"""The practice venue's counter."""

from dataclasses import dataclass

from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.secrets import Credentials, Session
from tests.fakes.exchange import FakeExchange
from tests.fakes.instant import FakeInstantTrade


@dataclass
class FakeDesk:
    """Opens accounts at a fake exchange, and sessions, while it is open itself."""

    exchange: FakeExchange
    instant: FakeInstantTrade
    closed: bool = False

    async def open_account(self) -> Credentials:
        if self.closed:
            raise Unavailable(Cause.UNREACHABLE)
        return self.exchange.open_account(funds={"USDT": "10000"})

    async def open_session(self, credentials: Credentials) -> Session:
        if self.closed:
            raise Unavailable(Cause.UNREACHABLE)
        return self.instant.open_session(credentials.username.reveal())
