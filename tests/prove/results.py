"""Realised results and average entries, against a reference of fractions that keeps every purchase by itself."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from chatbot.domain.ids import MarketCode
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.results import DECIMALS, Ledger, Result
from chatbot.domain.trade_totals import Pair
from chatbot.domain.trades import Trade
from tests.prove.proof import Proof, Run

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_COINS = ("BTC", "ETH", "DOGE", "EUR")
_LONGEST = 14
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A trade, and what was known of other currencies' worth then."""

    trade: Trade
    pair: Pair
    worths: dict[str, Decimal]


@dataclass(slots=True)
class Lots:
    """Every purchase that is not gone yet: how much is left of it, and what a unit of it cost."""

    lots: list[tuple[Fraction, Fraction]] = field(default_factory=list)
    realised: Fraction = _NOTHING
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
            self.realised -= cost

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
            self.realised += proceeds * known / amount - gone


def drawn(chance: random.Random) -> Iterator[Case]:
    """A history as it could be: sales of more than there is, whole positions sold, fees in any currency."""
    for number in range(chance.randint(1, _LONGEST)):
        base = chance.choice(_COINS)
        counter = chance.choice([each for each in ("USDT", "USDT", *_COINS) if each != base])
        amount = Decimal(chance.choice((1, 10, chance.randint(1, 10**9)))).scaleb(-chance.randint(0, 8))
        price = Decimal(chance.randint(1, 10**9)).scaleb(-chance.randint(0, 8))
        fee = Amount(
            Decimal(chance.choice((0, 0, chance.randint(0, 10**6)))).scaleb(-8),
            chance.choice((base, counter, counter, "USDT", "BNB")),
        )
        trade = Trade(
            number=number,
            transaction=str(number),
            market=MarketCode(base + counter),
            side=chance.choice(list(Side)),
            is_maker=False,
            price=price,
            amount=amount,
            total=amount * price,
            fee=fee,
            at=_NOW + timedelta(hours=number),
        )
        worths = {
            each: Decimal(chance.randint(1, 10**10)).scaleb(-4) for each in (*_COINS, "BNB") if chance.random() < 0.9
        }
        yield Case(trade=trade, pair=Pair(base=base, counter=counter), worths=worths)


def reference(cases: list[Case]) -> dict[str, Lots]:
    """The same by the words of the method, one flow after the other."""
    pools: dict[str, Lots] = {}
    for case in cases:
        trade, base, counter = case.trade, case.pair.base, case.pair.counter
        worth = {"USDT": Fraction(1)} | {each: Fraction(value) for each, value in case.worths.items()}
        flows = {base: Fraction(trade.amount), counter: -Fraction(trade.total)}
        if trade.side is Side.SELL:
            flows = {currency: -flow for currency, flow in flows.items()}
        fee_in = trade.fee.currency
        fee = Fraction(trade.fee.value)
        apart = fee if fee_in not in flows else _NOTHING
        if fee_in in flows:
            flows[fee_in] -= fee
        value = abs(flows[counter]) * worth[counter] if counter in worth else None
        if trade.side is Side.SELL and value is not None:
            value = flows[counter] * worth[counter]  # a fee above what came in makes it less than nothing
        extra = apart * worth[fee_in] if apart and fee_in in worth else _NOTHING
        for currency, cost in ((base, extra), (counter, _NOTHING)):
            if currency == "USDT":
                continue
            lots = pools.setdefault(currency, Lots())
            bought = (currency == base) == (trade.side is Side.BUY)
            if bought and value is not None:
                lots.buy(flows[currency], value + cost)
            if not bought:
                lots.sell(-flows[currency], None if value is None else value - cost)
        if apart and fee_in != "USDT":
            pools.setdefault(fee_in, Lots()).sell(apart, apart * worth[fee_in] if fee_in in worth else None)
    return pools


def same(result: Result, lots: Lots) -> bool:
    """To the last digit that is given."""
    average = lots.cost / lots.amount if lots.amount else None
    return (
        Fraction(result.amount) == lots.amount
        and Fraction(result.without_cost) == lots.without_cost
        and Fraction(result.realised) == _rounded(lots.realised)
        and (result.average is None) == (average is None)
        and (average is None or result.average is None or Fraction(result.average) == _rounded(average))
    )


def _rounded(value: Fraction) -> Fraction:
    return Fraction(round(value * 10**DECIMALS), 10**DECIMALS)


def prove(run: Run) -> None:
    for case, chance in run.cases():
        trades = list(drawn(chance))
        ledger = Ledger()
        for each in trades:
            ledger.add(each.trade, each.pair, each.worths)
        wanted = reference(trades)
        results = {result.currency: result for result in ledger.results()}
        for currency in results.keys() | wanted.keys():
            result, lots = results.get(currency), wanted.get(currency, Lots())
            if lots != Lots() if result is None else not same(result, lots):
                run.fail(case, f"{currency}: {result} is not {lots}")


PROOF = Proof(
    name="results",
    claim="realised results and average entries are those of a plain reference, to the last digit",
    required=100_000,
    sample=300,
    prove=prove,
    shares=2,
)
