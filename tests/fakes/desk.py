"""The practice venue's counter."""

from dataclasses import dataclass

from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.secrets import Credentials
from tests.fakes.exchange import FakeExchange


@dataclass
class FakeDesk:
    """Opens accounts at a fake exchange, while it is open itself."""

    exchange: FakeExchange
    closed: bool = False

    async def open_account(self) -> Credentials:
        if self.closed:
            raise Unavailable(Cause.UNREACHABLE)
        return self.exchange.open_account(funds={"USDT": "10000"})
