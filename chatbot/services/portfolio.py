"""What an account is worth, how that came about, and what its trades brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

import structlog

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account
from chatbot.domain.charts import Look, PortfolioPicture, Share, Span
from chatbot.domain.errors import ChatbotError, NotLinked
from chatbot.domain.ids import AccountId, PersonId, SubAccountId
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.money import ZERO, Amount, sum_exactly
from chatbot.domain.orders import OrderFilter
from chatbot.domain.portfolio import Change, Sample, change_since, value_of, worth_of
from chatbot.domain.preferences import Preferences, ValueCurrency
from chatbot.domain.results import Ledger, Result
from chatbot.domain.trades import Trade
from chatbot.ports.charts import Charts
from chatbot.ports.clock import Clock
from chatbot.ports.samples import Samples, SubAccount
from chatbot.ports.trades import KeptTrades, Mark
from chatbot.services.accounts import Accounts
from chatbot.services.balances import BalanceReader
from chatbot.services.bars import PriceHistory
from chatbot.services.markets import Markets
from chatbot.services.orders import Orders
from chatbot.services.samples import Sampler
from chatbot.services.trades import Trades

log = structlog.get_logger(__name__)

SPANS: Final = (Span.DAY, Span.WEEK, Span.MONTH)
_A_BATCH: Final = 500
"""How many trades are added up before others have their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrders:
    """How many rest at the exchange; there may be `more` than are counted."""

    count: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """By so many `trades`, in `VALUED_IN`."""

    result: Decimal
    trades: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """What one account holds, by `account_name` at the exchange. Values are in `currency`: the one that was `wanted`,
    or `VALUED_IN` where no market prices that. `shares` are of what has a price, most valuable first; `unpriced` what
    nobody can value. `begin` is when the first sample was taken. `open_orders` is None where they could not be read,
    or are not of this account, `realised` where no trades of it are known; `picture` where nothing can be drawn.
    """

    account: Account
    account_name: str
    currency: ValueCurrency
    wanted: ValueCurrency
    value: Decimal
    changes: Mapping[Span, Change | None]
    begin: datetime
    shares: tuple[Amount, ...]
    unpriced: tuple[Amount, ...]
    held: tuple[Amount, ...]
    open_orders: OpenOrders | None
    realised: Realised | None
    others: tuple[SubAccount, ...]
    picture: bytes | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeResults:
    """By average cost, of `trades` that are known, from when to when. `unvalued` of them could not be valued.
    `holds` says what the account holds of each currency now.
    """

    account: Account
    results: tuple[Result, ...]
    trades: int
    unvalued: int
    reach: tuple[datetime, datetime] | None
    holds: Mapping[str, Decimal]
    at: datetime


class PortfolioDesk:
    def __init__(
        self,
        *,
        balances: BalanceReader,
        accounts: Accounts,
        markets: Markets,
        orders: Orders,
        trades: Trades,
        kept: KeptTrades,
        history: PriceHistory,
        samples: Samples,
        sampler: Sampler,
        drawer: Charts,
        clock: Clock,
    ) -> None:
        self._balances = balances
        self._accounts = accounts
        self._markets = markets
        self._orders = orders
        self._trades = trades
        self._kept = kept
        self._history = history
        self._samples = samples
        self._sampler = sampler
        self._drawer = drawer
        self._clock = clock

    async def of(self, person: PersonId, named: str, *, preferences: Preferences) -> Portfolio:
        """Of a linked account by its label, of a sub-account by the exchange's name, or of the active account.

        A sub-account that the exchange told of is remembered. Raises `NotLinked` and what reads raise.
        """
        account, name = await self._balances.choose(person, named)
        return await self._read(account, name, preferences)

    async def again(
        self, person: PersonId, account: AccountId, sub: SubAccountId | None, *, preferences: Preferences
    ) -> Portfolio:
        """Of one of the person's accounts, or of a remembered sub-account of it. Raises `NotLinked` if it is not."""
        holder = await self._accounts.own(person, account)
        if sub is None:
            return await self._read(holder, DEFAULT_ACCOUNT_NAME, preferences)
        for remembered in await self._samples.remembered(holder.id):
            if remembered.id == sub:
                return await self._read(holder, remembered.name, preferences)
        raise NotLinked

    async def results(self, person: PersonId, account: AccountId) -> TradeResults:
        """What the known trades of one of the person's accounts brought. Raises `NotLinked` and what reads raise."""
        holder = await self._accounts.own(person, account)
        balances = await self._balances.read(holder)
        ledger = await self._ledger(holder)
        return TradeResults(
            account=holder,
            results=ledger.results(),
            trades=ledger.trades,
            unvalued=ledger.unvalued,
            reach=await self._kept.reach(holder.id),
            holds={each.currency: each.total for each in balances.by_currency.values()},
            at=balances.at,
        )

    async def _read(self, account: Account, name: str, preferences: Preferences) -> Portfolio:
        balances = await self._balances.read(account, account_name=name)
        markets = await self._markets.listed(account.venue)
        tickers = await self._markets.tickers(venue=account.venue)
        sample = await self._sampler.take(account, name, balances, markets=markets, tickers=tickers)
        if name != DEFAULT_ACCOUNT_NAME:
            await self._samples.remember(account.id, name, now=self._clock.now())
        value = value_of(sample, within=preferences.currency)
        currency = ValueCurrency(VALUED_IN) if value is None else preferences.currency
        samples = await self._line(account, name, sample)
        read = Portfolio(
            account=account,
            account_name=name,
            currency=currency,
            wanted=preferences.currency,
            value=value_of(sample, within=currency) or ZERO,
            changes={span: change_since(samples, sample.at - span.length, within=currency) for span in SPANS},
            begin=samples[0].at,
            shares=_shares(sample, currency),
            unpriced=tuple(
                Amount(amount, each) for each, amount in sample.amounts.items() if each not in sample.prices
            ),
            held=tuple(Amount(each.held, each.currency) for each in balances.by_currency.values() if each.held > 0),
            open_orders=await self._open_orders(account) if name == DEFAULT_ACCOUNT_NAME else None,
            realised=await self._realised(account) if name == DEFAULT_ACCOUNT_NAME else None,
            others=await self._samples.remembered(account.id),
            picture=None,
            at=balances.at,
        )
        return replace(read, picture=await self._draw(read, samples, preferences))

    async def _line(self, account: Account, name: str, sample: Sample) -> tuple[Sample, ...]:
        """The samples of the longest span, and this one."""
        kept = await self._samples.since(account.id, name, sample.at - Span.MONTH.length)
        return (*(each for each in kept if each.at < sample.at), sample)

    async def _open_orders(self, account: Account) -> OpenOrders | None:
        """A courtesy: the key may not be allowed to read them."""
        try:
            listed = await self._orders.page(account.person, which=OrderFilter.OPEN, account=account.id)
        except ChatbotError as error:
            log.info("portfolio without orders", account=account.id, kind=type(error).__name__)
            return None
        return OpenOrders(count=len(listed.page.orders), more=listed.page.has_next)

    async def _realised(self, account: Account) -> Realised | None:
        ledger = await self._ledger(account)
        if not ledger.trades:
            return None
        return Realised(result=sum_exactly(each.realised for each in ledger.results()), trades=ledger.trades)

    async def _draw(self, read: Portfolio, samples: Sequence[Sample], preferences: Preferences) -> bytes | None:
        """None where there is nothing to see, or it cannot be drawn now."""
        if not read.shares:
            return None
        day, venue = read.changes[Span.DAY], read.account.venue
        values = ((sample.at, value_of(sample, within=read.currency)) for sample in samples)
        picture = PortfolioPicture(
            title=read.account_name,
            currency=read.currency,
            line=tuple((at, value) for at, value in values if value is not None),
            shares=tuple(Share(name=each.currency, worth=each.value) for each in read.shares),
            percent=day.percent if day is not None and day.is_about(Span.DAY.length, until=read.at) else None,
            look=Look(
                theme=preferences.theme,
                numbers=preferences.numbers,
                zone=preferences.zone,
                badge="" if venue.is_live else venue.badge,
            ),
        )
        try:
            return await self._drawer.portfolio(picture)
        except ChatbotError as error:
            log.info("portfolio without a picture", account=read.account.id, reason=str(error))
            return None

    async def _ledger(self, account: Account) -> Ledger:
        """All known trades, oldest first; those of one batch are added up at once."""
        ledger, after, until = Ledger(), None, self._clock.now()
        prices: dict[tuple[str, datetime], Decimal | None] = {}
        while True:
            batch = await self._kept.batch(account.id, since=None, until=until, after=after, limit=_A_BATCH)
            pairs = await self._trades.pairs(account.venue, {trade.market for trade in batch})
            for trade in batch:
                pair = pairs[trade.market]
                ledger.add(trade, pair, await self._worths(account, trade, pair.counter, prices))
            if len(batch) < _A_BATCH:
                return ledger
            after = _mark(batch[-1])

    async def _worths(
        self, account: Account, trade: Trade, counter: str, prices: dict[tuple[str, datetime], Decimal | None]
    ) -> Mapping[str, Decimal]:
        """Of the counter currency, and of that of the fee, at the moment of a trade, by the prices that were kept."""
        worths: dict[str, Decimal] = {}
        for currency in {counter, trade.fee.currency} - {VALUED_IN, ""}:
            key = (currency, trade.at.replace(second=0, microsecond=0))
            if key not in prices:
                prices[key] = await self._price(account, currency, trade.at)
            price = prices[key]
            if price is not None:
                worths[currency] = price
        return worths

    async def _price(self, account: Account, currency: str, at: datetime) -> Decimal | None:
        try:
            markets = await self._markets.listed(account.venue)
        except ChatbotError:
            return None
        market = next((each for each in markets if (each.base, each.counter) == (currency, VALUED_IN)), None)
        return None if market is None else await self._history.price_at(market.code, venue=account.venue, at=at)


def _mark(trade: Trade) -> Mark:
    return (trade.at, trade.number)


def _shares(sample: Sample, currency: ValueCurrency) -> tuple[Amount, ...]:
    worths = {each: worth_of(sample, each, within=currency) for each in sample.amounts}
    priced = [Amount(worth, each) for each, worth in worths.items() if worth]
    return tuple(sorted(priced, key=lambda each: (-each.value, each.currency)))
