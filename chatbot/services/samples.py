"""Keeps what accounts hold over time, out of readings that are made anyway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.errors import Refused, Unavailable
from chatbot.domain.ids import ChatId, MarketCode
from chatbot.domain.market import Market, Ticker
from chatbot.domain.orders import Balances
from chatbot.domain.portfolio import LastPrice, Sample, is_due, sampled
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.preferences import PreferenceStore
from chatbot.ports.samples import Samples
from chatbot.services.last_prices import LastPrices

_PRICES = timedelta(minutes=10)
"""How old prices may be that balances are kept with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A sample, and what priced those of its currencies that no market prices."""

    sample: Sample
    last_prices: Mapping[str, LastPrice]


class Sampler:
    def __init__(
        self,
        *,
        store: Samples,
        exchanges: Mapping[Venue, Exchange],
        preferences: PreferenceStore,
        last_prices: LastPrices,
    ) -> None:
        self._store = store
        self._exchanges = exchanges
        self._preferences = preferences
        self._last_prices = last_prices

    async def saw(self, account: Account, balances: Balances) -> None:
        """An account's balances were read by whoever watches it. What no market prices counts by what is known; nobody
        is asked. Without prices they wait for the next reading.
        """
        exchange = self._exchanges[account.venue]
        try:
            markets = await exchange.markets(priority=Priority.ALERT)
            tickers = await exchange.tickers(priority=Priority.ALERT, within=_PRICES)
        except (Unavailable, Refused):
            return
        before = await self._store.latest(account.id, DEFAULT_ACCOUNT_NAME)
        sample = sampled(balances, markets=markets, tickers=tickers, before=before)
        if self._is_due(account, sample, before):
            known = await self._last_prices.known(account, sample.unpriced)
            await self._store.keep(account.id, DEFAULT_ACCOUNT_NAME, sample.completed(known))

    async def take(
        self,
        account: Account,
        name: str,
        balances: Balances,
        *,
        markets: Sequence[Market],
        tickers: Mapping[MarketCode, Ticker],
    ) -> Taken:
        """Balances with their prices for somebody who waits, which are kept if it is time for it."""
        before = await self._store.latest(account.id, name)
        bare = sampled(balances, markets=markets, tickers=tickers, before=before)
        last_prices = await self._last_prices.asked(account, bare.unpriced)
        sample = bare.completed(last_prices)
        if self._is_due(account, sample, before):
            await self._store.keep(account.id, name, sample)
        return Taken(sample=sample, last_prices=last_prices)

    def _is_due(self, account: Account, sample: Sample, before: Sample | None) -> bool:
        return is_due(sample, before=before, zone=self._preferences.of(ChatId(account.person)).zone)
