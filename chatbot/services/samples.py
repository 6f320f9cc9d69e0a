"""Keeps what accounts hold over time, out of readings that are made anyway: nothing is asked for it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.errors import Refused, Unavailable
from chatbot.domain.ids import ChatId, MarketCode
from chatbot.domain.market import Market, Ticker
from chatbot.domain.orders import Balances
from chatbot.domain.portfolio import Sample, is_due, sampled
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.preferences import PreferenceStore
from chatbot.ports.samples import Samples

_PRICES = timedelta(minutes=10)
"""How old prices may be that balances are kept with."""


class Sampler:
    def __init__(self, *, store: Samples, exchanges: Mapping[Venue, Exchange], preferences: PreferenceStore) -> None:
        self._store = store
        self._exchanges = exchanges
        self._preferences = preferences

    async def saw(self, account: Account, balances: Balances) -> None:
        """An account's balances were read by whoever watches it. Without prices they wait for the next reading."""
        exchange = self._exchanges[account.venue]
        try:
            markets = await exchange.markets(priority=Priority.ALERT)
            tickers = await exchange.tickers(priority=Priority.ALERT, within=_PRICES)
        except (Unavailable, Refused):
            return
        await self.take(account, DEFAULT_ACCOUNT_NAME, balances, markets=markets, tickers=tickers)

    async def take(
        self,
        account: Account,
        name: str,
        balances: Balances,
        *,
        markets: Sequence[Market],
        tickers: Mapping[MarketCode, Ticker],
    ) -> Sample:
        """Balances with their prices, which are kept if it is time for it."""
        before = await self._store.latest(account.id, name)
        sample = sampled(balances, markets=markets, tickers=tickers, before=before)
        if is_due(sample, before=before, zone=self._preferences.of(ChatId(account.person)).zone):
            await self._store.keep(account.id, name, sample)
        return sample
