"""Which trades of an account are known without a gap, and reading the exchange's list until they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chatbot.domain.accounts import Account
from chatbot.domain.trade_text import LENGTHS
from chatbot.domain.trades import TradePage, TradeSpan

_OVERLAP: Final = timedelta(hours=1)
"""How much of what is known is read again: a trade may be listed late, and the exchange's clock is not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All trades that were made from `since` to `until` are kept; of what was before, perhaps some."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """An account's trades being read, all that the exchange tells of; `page` is next. `known` is what was known when it
    began.

    The list is newest first (api: I3). Trades made meanwhile push others to later pages: some are read twice, none is
    missed, and the new ones are for the next sweep. Numbers of trades say nothing about their order, dates do.
    """

    account: Account
    known: Coverage | None
    begun_at: datetime
    page: int = 1

    def is_over(self, read: TradePage, *, new: int) -> bool:
        """Whether there is nothing behind this page that is not known; so many of its trades were `new`.

        A page of known trades alone does not say so: a single page of them may have been read before.
        """
        if not read.has_next or not read.trades:
            return True
        if self.known is None or new:
            return False
        return min(trade.at for trade in read.trades) < self.known.until - _OVERLAP

    def coverage(self, *, now: datetime) -> Coverage:
        """What is known when it is over. What was known before is added where there is no gap between the two."""
        reach = now - LENGTHS[TradeSpan.MONTH]
        since = reach if self.known is None or self.known.until < reach else self.known.since
        return Coverage(since=since, until=self.begun_at)
