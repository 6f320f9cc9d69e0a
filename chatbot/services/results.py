"""What an account's known trades brought: the ledger of all that is kept of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import MarketCode
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.market import Market
from chatbot.domain.results import Ledger
from chatbot.domain.trade_totals import pair_of
from chatbot.domain.trades import Trade
from chatbot.ports.clock import Clock
from chatbot.ports.trades import KeptTrades, Mark
from chatbot.services.bars import PriceHistory
from chatbot.services.markets import Markets

A_BATCH: Final = 500
"""How many trades are added up before others have their turn."""


class Ledgers:
    """Of the trades that are kept, by the prices that were kept of their moments."""

    def __init__(
        self, *, kept: KeptTrades, markets: Markets, bars: PriceHistory, clock: Clock, a_batch: int = A_BATCH
    ) -> None:
        self._kept = kept
        self._markets = markets
        self._bars = bars
        self._clock = clock
        self._a_batch = a_batch

    async def of(self, account: Account) -> Ledger:
        """All known trades, oldest first. Raises what reading the markets raises: they tell the currencies apart."""
        worths = _Worths(account.venue, await self._markets.listed(account.venue), self._bars)
        ledger, after, until = Ledger(), None, self._clock.now()
        while True:
            batch = await self._kept.batch(account.id, since=None, until=until, after=after, limit=self._a_batch)
            pairs = {code: pair_of(code, worths.markets) for code in {trade.market for trade in batch}}
            for trade in batch:
                pair = pairs[trade.market]
                ledger.add(trade, pair, await worths.of(trade, pair.counter))
            if len(batch) < self._a_batch:
                return ledger
            after = _mark(batch[-1])


class _Worths:
    """What currencies were worth at moments, each looked up once."""

    def __init__(self, venue: Venue, markets: Sequence[Market], bars: PriceHistory) -> None:
        self.markets = markets
        self._venue = venue
        self._bars = bars
        self._codes: dict[str, MarketCode] = {each.base: each.code for each in markets if each.counter == VALUED_IN}
        self._known: dict[tuple[str, datetime], Decimal | None] = {}

    async def of(self, trade: Trade, counter: str) -> Mapping[str, Decimal]:
        """Of the counter currency, and of that of the fee, at the moment of a trade."""
        wanted = {counter, trade.fee.currency} & self._codes.keys()
        worths = {each: await self._price(each, trade.at) for each in wanted}
        return {currency: price for currency, price in worths.items() if price is not None}

    async def _price(self, currency: str, at: datetime) -> Decimal | None:
        key = (currency, at.replace(second=0, microsecond=0))
        if key not in self._known:
            self._known[key] = await self._bars.price_at(self._codes[currency], venue=self._venue, at=at)
        return self._known[key]


def _mark(trade: Trade) -> Mark:
    return (trade.at, trade.number)
