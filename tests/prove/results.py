"""Realised results and average entries, as the product works them out: trades are kept in the database, page by page
as they were read, and come out of it batch by batch; markets and prices are looked up. Against a reference of fractions
that keeps every purchase by itself, and reads pairs and prices from plain tables.
"""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.bars import KEPT, MINUTE, Bar
from chatbot.domain.ids import AccountId, MarketCode, PersonId
from chatbot.domain.market import Market
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.results import DECIMALS, Ledger, NoResult, Result
from chatbot.domain.trades import Trade
from chatbot.services.bars import PriceHistory
from chatbot.services.markets import Markets
from chatbot.services.results import A_BATCH, Ledgers
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.trades import TRADES, StoredTrades
from tests.fakes.clock import FakeClock
from tests.fakes.exchange import FakeExchange
from tests.fakes.values import BTC
from tests.prove.inline_database import InlineDatabase
from tests.prove.proof import Proof, Run

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_SHORT, _LONG, _LONGEST = 14, 300, A_BATCH + 40
_ONE_IN_LONG, _ONE_IN_LONGEST = 150, 4_000
_NOTHING = Fraction(0)

_LISTED = {
    "BTCUSDT": ("BTC", "USDT"),
    "ETHUSDT": ("ETH", "USDT"),
    "EURUSDT": ("EUR", "USDT"),
    "BNBUSDT": ("BNB", "USDT"),
    "ETHBTC": ("ETH", "BTC"),
    "BTCEUR": ("BTC", "EUR"),
}
_PAIRS = {
    **_LISTED,
    "AAVEUSDT": ("AAVE", "USDT"),
    "AAVEBTC": ("AAVE", "BTC"),
    "USDTUSD": ("USDT", "USD"),  # and not USD/TUSD
    "WHAT": ("WHAT", ""),
}
"""Of every market that is traded on; those that are not listed are told by their codes."""
_PRICED = {base: MarketCode(code) for code, (base, counter) in _LISTED.items() if counter == "USDT"}


@dataclass(slots=True)
class Prices:
    """`chatbot.ports.bars.Bars`, as far as prices of moments need it; as they are looked for, they are made up, and one
    in ten is not there.
    """

    chance: random.Random
    known: dict[tuple[MarketCode, timedelta, datetime], Decimal | None] = field(default_factory=dict)

    async def of(
        self, venue: Venue, market: MarketCode, *, length: timedelta, since: datetime, until: datetime
    ) -> tuple[Bar, ...]:
        close = self.known.get((market, length, since)) if until - since == length else None
        if close is None:
            return ()
        other = close + 1
        return (Bar(start=since, open=other, high=other, low=close, close=close, volume=Decimal(1)),)

    def at(self, currency: str, at: datetime) -> Fraction | None:
        """By the shortest bar of a moment; None for a currency that has no market against the dollar."""
        if currency == "USDT":
            return Fraction(1)
        for length in KEPT if currency in _PRICED else ():
            start = datetime.fromtimestamp(at.timestamp() // length.total_seconds() * length.total_seconds(), UTC)
            close = self.known.setdefault((_PRICED[currency], length, start), self._made_up(length))
            if close is not None:
                return Fraction(close)
        return None

    def _made_up(self, length: timedelta) -> Decimal | None:
        there = self.chance.random() < (0.7 if length == MINUTE else 0.4)
        return Decimal(self.chance.randint(1, 10**10)).scaleb(-4) if there else None


@dataclass(slots=True)
class Lots:
    """Every purchase that is not gone yet: how much is left of it, and what a unit of it cost."""

    lots: list[tuple[Fraction, Fraction]] = field(default_factory=list)
    realised: Fraction | None = None
    without_cost: Fraction = _NOTHING

    @property
    def amount(self) -> Fraction:
        return sum((amount for amount, _ in self.lots), _NOTHING)

    @property
    def cost(self) -> Fraction:
        return sum((amount * unit for amount, unit in self.lots), _NOTHING)

    def buy(self, amount: Fraction, cost: Fraction) -> None:
        if amount > 0:
            self.lots.append((amount, cost / amount))
        else:
            self.realised = (self.realised or _NOTHING) - cost

    def sell(self, amount: Fraction, proceeds: Fraction | None) -> None:
        """The same part of every lot goes."""
        there = self.amount
        known = min(amount, there)
        self.without_cost += amount - known
        if not known:
            return
        left = 1 - known / there
        gone = self.cost * (known / there)
        self.lots = [(each * left, unit) for each, unit in self.lots if left]
        if proceeds is not None:
            self.realised = (self.realised or _NOTHING) + proceeds * known / amount - gone


def drawn(chance: random.Random, count: int) -> Iterator[Trade]:
    """Trades as they could be: sales of more than there is, whole positions sold, fees in any currency; at moments that
    several share, with numbers that do not say in which order.
    """
    numbers = chance.sample(range(10 * count), count)
    for number in numbers:
        code, (base, counter) = chance.choice(list(_PAIRS.items()))
        amount = Decimal(chance.choice((1, 10, chance.randint(1, 10**9)))).scaleb(-chance.randint(0, 8))
        price = Decimal(chance.randint(1, 10**9)).scaleb(-chance.randint(0, 8))
        fee_in = chance.choice((base, counter or base, counter or base, "USDT", "BNB"))
        yield Trade(
            number=number,
            transaction=str(number),
            market=MarketCode(code),
            side=chance.choice(list(Side)),
            is_maker=False,
            price=price,
            amount=amount,
            total=amount * price,
            fee=Amount(Decimal(chance.choice((0, 0, chance.randint(0, 10**6)))).scaleb(-8), fee_in),
            at=_BEGIN + timedelta(seconds=chance.randint(0, count * 40)),
        )


def reference(trades: list[Trade], prices: Prices) -> tuple[dict[str, Lots], int]:
    """The same by the words of the method, one flow after the other; and how many could not be valued."""
    pools: dict[str, Lots] = {"USDT": Lots(), "": Lots()}
    unvalued = 0
    for trade in sorted(trades, key=lambda trade: (trade.at, trade.number)):
        base, counter = _PAIRS[trade.market]
        flows = {base: Fraction(trade.amount), counter: -Fraction(trade.total)}
        if trade.side is Side.SELL:
            flows = {currency: -flow for currency, flow in flows.items()}
        fee_in, fee = trade.fee.currency, Fraction(trade.fee.value)
        apart = fee if fee_in not in flows else _NOTHING
        if fee_in in flows:
            flows[fee_in] -= fee
        worth, of_fee = prices.at(counter, trade.at), prices.at(fee_in, trade.at)
        is_sale = trade.side is Side.SELL  # a fee above what came in makes that less than nothing
        value = None if worth is None else (flows[counter] if is_sale else -flows[counter]) * worth
        unvalued += value is None or bool(apart and of_fee is None)
        extra = apart * of_fee if of_fee is not None else _NOTHING
        for currency, cost in ((base, extra), (counter, _NOTHING)):
            lots = pools.setdefault(currency, Lots())
            if (currency == base) is is_sale:
                lots.sell(-flows[currency], None if value is None else value - cost)
            elif value is not None:
                lots.buy(flows[currency], value + cost)
        if apart:
            pools.setdefault(fee_in, Lots()).sell(apart, None if of_fee is None else apart * of_fee)
    return {currency: lots for currency, lots in pools.items() if currency not in ("USDT", "")}, unvalued


def same(result: Result, lots: Lots) -> bool:
    """To the last digit that is given."""
    return (
        Fraction(result.amount) == lots.amount
        and Fraction(result.without_cost) == lots.without_cost
        and _is(result.realised, lots.realised)
        and _is(result.average, lots.cost / lots.amount if lots.amount else None)
    )


def _is(given: Decimal | None, exact: Fraction | None) -> bool:
    if given is None or exact is None:
        return given is None and exact is None
    return Fraction(given) == _rounded(exact)


def _rounded(value: Fraction) -> Fraction:
    return Fraction(round(value * 10**DECIMALS), 10**DECIMALS)


def in_all(pools: dict[str, Lots], unvalued: int) -> Fraction | NoResult:
    known = [_rounded(lots.realised) for lots in pools.values() if lots.realised is not None]
    if known:
        return sum(known, _NOTHING)
    if any(lots.without_cost for lots in pools.values()):
        return NoResult.NO_PURCHASE
    return NoResult.NO_PRICE if unvalued else _NOTHING


class Bench:
    """What the product works with: its own store of trades, and its own way from them to results."""

    def __init__(self) -> None:
        self.database = InlineDatabase()
        database: Any = self.database
        self.kept = StoredTrades(database)
        self.clock = FakeClock()
        self.clock.at = _BEGIN + timedelta(days=9)
        nothing: Any = None
        exchange: Any = FakeExchange(self.clock)
        exchange.listed = [_market(code, *pair) for code, pair in _LISTED.items()]
        self.markets = Markets(exchanges={Venue.PAPER: exchange}, accounts=nothing, favourites=nothing)

    async def open(self, chance: random.Random) -> Account:
        """An account, beside another one with trades of its own."""
        account, other = (_account(number) for number in (1, 2))
        rows = [{**asdict(each), "key_version": 1} for each in (account, other)]
        await self.database.write(lambda connection: connection.execute(ACCOUNTS.insert(), rows))
        await self.kept.keep(other.id, list(drawn(chance, _SHORT)))
        return account

    async def keep(self, account: Account, trades: list[Trade], chance: random.Random) -> None:
        """As pages that overlap, in whatever order; those of the case before are gone."""
        mine = TRADES.delete().where(TRADES.c.account == account.id)
        await self.database.write(lambda connection: connection.execute(mine))
        cut, more = chance.randint(0, len(trades)), chance.randint(0, 3)
        for page in (trades[:cut], trades[max(0, cut - more) :]):
            await self.kept.keep(account.id, page)

    async def ledger(self, account: Account, prices: Prices, *, a_batch: int) -> Ledger:
        store: Any = prices
        ledgers = Ledgers(
            kept=self.kept, markets=self.markets, bars=PriceHistory(store), clock=self.clock, a_batch=a_batch
        )
        return await ledgers.of(account)


def _account(number: int) -> Account:
    return Account(
        id=AccountId(number), person=PersonId(7), venue=Venue.PAPER, label=str(number), key_tail="", linked_at=_BEGIN
    )


def _market(code: str, base: str, counter: str) -> Market:
    return replace(BTC, code=MarketCode(code), base=base, counter=counter)


def _count(chance: random.Random) -> int:
    if not chance.randrange(_ONE_IN_LONGEST):
        return _LONGEST
    return chance.randint(_SHORT, _LONG) if not chance.randrange(_ONE_IN_LONG) else chance.randint(1, _SHORT)


async def _try(bench: Bench, account: Account, chance: random.Random) -> list[str]:
    """What is not as it should be."""
    count = _count(chance)
    trades, prices = list(drawn(chance, count)), Prices(chance)
    wanted, unvalued = reference(trades, prices)
    await bench.keep(account, trades, chance)
    ledger = await bench.ledger(
        account, prices, a_batch=A_BATCH if count > _LONG else chance.choice((2, 5, A_BATCH, A_BATCH))
    )
    results = {result.currency: result for result in ledger.results()}
    wrong = [
        f"{each}: {results.get(each)} is not {wanted.get(each)}"
        for each in results.keys() | wanted.keys()
        if not _fits(results.get(each), wanted.get(each, Lots()))
    ]
    if (ledger.trades, ledger.unvalued) != (count, unvalued):
        wrong.append(f"{ledger.unvalued} of {ledger.trades} without a value, not {unvalued} of {count}")
    total, exact = ledger.realised(), in_all(wanted, unvalued)
    if (total if isinstance(total, NoResult) else Fraction(total)) != exact:
        wrong.append(f"{total} in all is not {exact}")
    return wrong


def _fits(result: Result | None, lots: Lots) -> bool:
    return lots == Lots() if result is None else same(result, lots)


async def _prove(run: Run) -> None:
    bench = Bench()
    account = await bench.open(run.chance(run.first))
    for case, chance in run.cases():
        for wrong in await _try(bench, account, chance):
            run.fail(case, wrong)


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


PROOF = Proof(
    name="results",
    claim="realised results and average entries of stored trades are those of a plain reference, to the last digit",
    required=100_000,
    sample=120,
    prove=prove,
    shares=2,
)
