"""What a logged-in session can ask of ANDX: Instant Trade and the history of trades.

How calls fail: as in `chatbot.ports.exchange`, but a session that is not accepted (any more) raises `SessionExpired`,
never `KeyRejected`, and a price that moved since the quote raises `PriceMoved`: nothing was executed then.
"""

from decimal import Decimal
from typing import Protocol

from chatbot.domain.conversions import NewConversion, Quote
from chatbot.domain.ids import OrderNumber
from chatbot.domain.secrets import Session
from chatbot.domain.trades import TradePage, TradeSpan
from chatbot.ports.exchange import Permit, Priority


class InstantTrade(Protocol):
    async def quote(self, session: Session, *, sell: str, buy: str, amount: Decimal, priority: Priority) -> Quote:
        """What so much of `sell`, no more and no less, gives in `buy`; changes nothing."""
        ...

    async def convert(self, session: Session, *, new: NewConversion, permit: Permit) -> OrderNumber:
        """Sent at most once. What became of the order is read with the account's API key (api: A4)."""
        ...

    async def trades(
        self, session: Session, *, span: TradeSpan, page: int, account_name: str, priority: Priority
    ) -> TradePage: ...
