"""Trades that were read once, and kept: the exchange tells of a month only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chatbot.domain.ids import AccountId, MarketCode
from chatbot.domain.trades import Trade, TradePage

Mark = tuple[datetime, int]
"""When a trade was, and its number: where to go on."""


class KeptTrades(Protocol):
    async def keep(self, account: AccountId, trades: Sequence[Trade]) -> None:
        """In one transaction; what is kept already stays as it is, and of an account that is gone nothing is kept."""
        ...

    async def page(
        self, account: AccountId, *, market: MarketCode | None, since: datetime | None, number: int, size: int
    ) -> TradePage:
        """Newest first, pages counted from 1."""
        ...

    async def reach(self, account: AccountId) -> tuple[datetime, datetime] | None:
        """When the oldest and the newest that is kept were; None where there is none."""
        ...

    async def batch(
        self, account: AccountId, *, since: datetime | None, until: datetime, after: Mark | None, limit: int
    ) -> tuple[Trade, ...]:
        """Oldest first, from `since` until just before `until`, behind `after`."""
        ...
