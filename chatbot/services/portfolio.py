"""What an account is worth, how that came about, and what its trades brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

import structlog

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account
from chatbot.domain.charts import Look, PortfolioPicture, Share, Span
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import AccountId, PersonId, SubAccountId
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.money import ZERO, Amount, multiply
from chatbot.domain.orders import OrderFilter
from chatbot.domain.portfolio import Change, LastPrice, Sample, change_since, value_of, worth_of
from chatbot.domain.preferences import Preferences, ValueCurrency
from chatbot.domain.results import NoResult, Result
from chatbot.ports.charts import Charts
from chatbot.ports.clock import Clock
from chatbot.ports.samples import Samples, SubAccount
from chatbot.ports.trades import KeptTrades
from chatbot.services.accounts import Accounts
from chatbot.services.balances import BalanceReader
from chatbot.services.markets import Markets
from chatbot.services.orders import Orders
from chatbot.services.results import Ledgers
from chatbot.services.samples import Sampler
from chatbot.services.trades import CaughtUp, Trades

log = structlog.get_logger(__name__)

SPANS: Final = (Span.DAY, Span.WEEK, Span.MONTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrders:
    """How many rest at the exchange; there may be `more` than are counted."""

    count: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """By so many `trades`, in `VALUED_IN`."""

    result: Decimal | NoResult
    trades: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """What one account holds, by `account_name` at the exchange. Values are in `currency`: the one that was `wanted`,
    or `VALUED_IN` where no market prices that. `shares` are of what has a price, most valuable first; `last_prices` are
    those of what is held that no market prices, likewise; `unpriced` is what nobody can value. `begin` is when the
    first sample was taken. `open_orders` is None where they could not be read, or are not of this account, `realised`
    where no trades of it are known, `caught_up` where they are not read, as of sub-accounts; `picture` where nothing
    can be drawn.
    """

    account: Account
    account_name: str
    currency: ValueCurrency
    wanted: ValueCurrency
    value: Decimal
    changes: Mapping[Span, Change | None]
    begin: datetime
    shares: tuple[Amount, ...]
    last_prices: tuple[tuple[Amount, LastPrice], ...]
    unpriced: tuple[Amount, ...]
    held: tuple[Amount, ...]
    open_orders: OpenOrders | None
    realised: Realised | None
    caught_up: CaughtUp | None
    others: tuple[SubAccount, ...]
    picture: bytes | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeResults:
    """By average cost, of `trades` that are known, from when to when; `caught_up` says what of that time is not.
    `realised` is that of all currencies. `unvalued` of the trades could not be valued. `holds` says what the account
    holds of each currency now.
    """

    account: Account
    realised: Decimal | NoResult
    results: tuple[Result, ...]
    trades: int
    unvalued: int
    reach: tuple[datetime, datetime] | None
    caught_up: CaughtUp
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
        ledgers: Ledgers,
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
        self._ledgers = ledgers
        self._samples = samples
        self._sampler = sampler
        self._drawer = drawer
        self._clock = clock

    async def of(self, person: PersonId, named: str, *, preferences: Preferences) -> Portfolio:
        """Of a linked account by its label, of a sub-account by the exchange's name, or of the active account.

        A sub-account that the exchange told of is remembered. Raises `NotLinked`, `InputError` for a name that the
        exchange does not know, and what reads raise.
        """
        account, name = await self._balances.choose(person, named)
        return await self._read(account, name, preferences)

    async def again(
        self, person: PersonId, account: AccountId, sub: SubAccountId | None, *, preferences: Preferences
    ) -> Portfolio:
        """Of one of the person's accounts, or of a remembered sub-account of it. Raises `NotLinked` if it is not."""
        holder = await self._accounts.own(person, account)
        return await self._read(holder, await self._balances.name_of(holder, sub), preferences)

    async def results(self, person: PersonId, account: AccountId) -> TradeResults:
        """What the trades of one of the person's accounts brought, as far as they are known; what is new is read first.

        Raises `NotLinked` and what reading balances and markets raises.
        """
        holder = await self._accounts.own(person, account)
        balances = await self._balances.read(holder)
        caught_up = await self._trades.catch_up(holder)
        ledger = await self._ledgers.of(holder)
        return TradeResults(
            account=holder,
            realised=ledger.realised(),
            results=ledger.results(),
            trades=ledger.trades,
            unvalued=ledger.unvalued,
            reach=await self._kept.reach(holder.id),
            caught_up=caught_up,
            holds={each.currency: each.total for each in balances.by_currency.values()},
            at=balances.at,
        )

    async def _read(self, account: Account, name: str, preferences: Preferences) -> Portfolio:
        balances = await self._balances.of_name(account, name)
        caught_up = await self._trades.catch_up(account) if name == DEFAULT_ACCOUNT_NAME else None
        markets = await self._markets.listed(account.venue)
        tickers = await self._markets.tickers(venue=account.venue)
        taken = await self._sampler.take(account, name, balances, markets=markets, tickers=tickers)
        sample = taken.sample
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
            last_prices=_by_last_prices(sample, taken.last_prices),
            unpriced=tuple(
                Amount(amount, each) for each, amount in sample.amounts.items() if each not in sample.prices
            ),
            held=tuple(Amount(each.held, each.currency) for each in balances.by_currency.values() if each.held > 0),
            open_orders=await self._open_orders(account) if name == DEFAULT_ACCOUNT_NAME else None,
            realised=await self._realised(account) if name == DEFAULT_ACCOUNT_NAME else None,
            caught_up=caught_up,
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
        """That the markets cannot be read fails no portfolio."""
        try:
            ledger = await self._ledgers.of(account)
        except ChatbotError as error:
            log.info("portfolio without results", account=account.id, kind=type(error).__name__)
            return Realised(result=NoResult.NO_MARKETS, trades=0)
        return Realised(result=ledger.realised(), trades=ledger.trades) if ledger.trades else None

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


def _shares(sample: Sample, currency: ValueCurrency) -> tuple[Amount, ...]:
    worths = {each: worth_of(sample, each, within=currency) for each in sample.amounts}
    priced = [Amount(worth, each) for each, worth in worths.items() if worth]
    return tuple(sorted(priced, key=lambda each: (-each.value, each.currency)))


def _by_last_prices(sample: Sample, prices: Mapping[str, LastPrice]) -> tuple[tuple[Amount, LastPrice], ...]:
    used = [(Amount(amount, each), prices[each]) for each, amount in sample.amounts.items() if each in prices]
    return tuple(sorted(used, key=lambda each: -multiply(each[0].value, each[1].price)))
