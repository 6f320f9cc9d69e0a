"""Trades that were read once, and kept: the exchange tells of a month only."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import AccountId, MarketCode
from chatbot.domain.trade_sweeps import Coverage
from chatbot.domain.trades import Trade, TradePage

Mark = tuple[datetime, int]
"""When a trade was, and its number: where to go on."""


class KeptTrades(Protocol):
    async def keep(self, account: AccountId, trades: Sequence[Trade]) -> int:
        """In one transaction; what is kept already stays as it is, and of an account that is gone nothing is kept.

        Returns how many are new.
        """
        ...

    async def page(
        self, account: AccountId, *, market: MarketCode | None, since: datetime | None, number: int, size: int
    ) -> TradePage:
        """Newest first, pages counted from 1."""
        ...

    async def last(self, account: AccountId, markets: Collection[MarketCode]) -> Mapping[MarketCode, Trade]:
        """The newest that is kept of each of these markets, where there is one."""
        ...

    async def reach(self, account: AccountId) -> tuple[datetime, datetime] | None:
        """When the oldest and the newest that is kept were; None where there is none."""
        ...

    async def coverage(self, account: AccountId) -> Coverage | None:
        """None where nobody can say of any time that all its trades are kept."""
        ...

    async def cover(self, account: AccountId, coverage: Coverage, *, next_at: datetime) -> None:
        """All trades of that time are kept now; the account is due again at `next_at`."""
        ...

    async def put_off(self, account: AccountId, *, until: datetime) -> None:
        """The account is not due before then; what is known of its trades stays known."""
        ...

    async def due(self, venue: Venue, *, now: datetime) -> Account | None:
        """Whichever account of a venue has been due the longest, of those with a session that is accepted as far as
        anybody knows. One that was never read is due at once.
        """
        ...

    async def batch(
        self, account: AccountId, *, since: datetime | None, until: datetime, after: Mark | None, limit: int
    ) -> tuple[Trade, ...]:
        """Oldest first, from `since` until just before `until`, behind `after`."""
        ...
