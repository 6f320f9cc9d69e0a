"""What trades brought, by the method of average cost.

Every currency but `VALUED_IN` has a pool: what known trades bought, and what that cost with its fees. What comes in
adds to both; what goes out takes its share of the cost along, and what it brought, less that share, is the result. A
trade against another currency is two of these, both at what the counter currency was worth at that moment. What goes
out without having come in has no cost anybody knows: it is counted apart and has no result.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import Enum, auto

from chatbot.domain.limits import VALUED_IN
from chatbot.domain.money import ZERO, sum_exactly
from chatbot.domain.orders import Side
from chatbot.domain.trade_totals import Pair
from chatbot.domain.trades import Trade

WIDE = Context(prec=120, rounding=ROUND_HALF_EVEN)
"""So wide that the quotients of a whole history are right far beyond `DECIMALS`."""
DECIMALS = 20
"""Of results and averages: more than any product of an amount and a price has."""
_LAST = Decimal(1).scaleb(-DECIMALS)
_WITHOUT_POOL = (VALUED_IN, "")
"""What results are in, and the other side of a market whose code does not tell it."""


class NoResult(Enum):
    """Why nobody can say what trades brought: of what was sold no purchase is known; it could not be valued, because no
    price of that moment was kept, or because the markets, which tell currencies apart, could not be read.
    """

    NO_PURCHASE = auto()
    NO_PRICE = auto()
    NO_MARKETS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Of one currency, in `VALUED_IN`: what was `realised` (None where nothing went out whose cost and proceeds are
    known); how much of what was bought is still there by the trades, and what a unit of it cost on `average` (None
    where nothing is). `without_cost` went out without having come in.
    """

    currency: str
    realised: Decimal | None
    amount: Decimal
    average: Decimal | None
    without_cost: Decimal


@dataclass(slots=True, kw_only=True)
class _Pool:
    amount: Decimal = ZERO
    cost: Decimal = ZERO
    realised: Decimal | None = None
    without_cost: Decimal = ZERO

    def enter(self, amount: Decimal, cost: Decimal) -> None:
        if amount <= 0:  # the fee took it all
            self._realise(WIDE.minus(cost))
            return
        self.amount = WIDE.add(self.amount, amount)
        self.cost = WIDE.add(self.cost, cost)

    def leave(self, amount: Decimal, proceeds: Decimal | None) -> None:
        """Without `proceeds`, which nobody knows, it takes its cost along, and there is no result."""
        covered = min(amount, self.amount)
        self.without_cost = WIDE.add(self.without_cost, WIDE.subtract(amount, covered))
        if covered <= 0:
            return
        cost = _share(self.cost, of=covered, in_all=self.amount)
        self.amount = WIDE.subtract(self.amount, covered)
        self.cost = WIDE.subtract(self.cost, cost)
        if proceeds is not None:
            brought = _share(proceeds, of=covered, in_all=amount)
            self._realise(WIDE.subtract(brought, cost))

    def result(self, currency: str) -> Result:
        average = WIDE.divide(self.cost, self.amount) if self.amount else None
        return Result(
            currency=currency,
            realised=None if self.realised is None else _rounded(self.realised),
            amount=self.amount,
            average=None if average is None else _rounded(average),
            without_cost=self.without_cost,
        )

    def _realise(self, result: Decimal) -> None:
        self.realised = WIDE.add(self.realised or ZERO, result)


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Trades are added oldest first. `unvalued` counts those against a currency, or with a fee in one, whose worth at
    that moment nobody knows: what they brought is in no result.
    """

    trades: int = 0
    unvalued: int = 0
    _pools: dict[str, _Pool] = field(default_factory=dict)

    def add(self, trade: Trade, pair: Pair, worths: Mapping[str, Decimal]) -> None:
        """`worths`: what a unit of other currencies was worth in `VALUED_IN` at that moment, as far as it is known."""
        self.trades += 1
        base, counter = (pair.base, trade.amount), (pair.counter, trade.total)
        incoming, outgoing = (base, counter) if trade.side is Side.BUY else (counter, base)
        (into, received), (out_of, paid) = incoming, outgoing
        apart = trade.fee.value
        if trade.fee.currency == into:
            received, apart = WIDE.subtract(received, trade.fee.value), ZERO
        elif trade.fee.currency == out_of:
            paid, apart = WIDE.add(paid, trade.fee.value), ZERO
        worth = _worth(received if into == pair.counter else paid, pair.counter, worths)
        fee = _worth(apart, trade.fee.currency, worths) if apart else ZERO
        self.unvalued += worth is None or fee is None
        self._move_in(into, received, worth, fee=(fee or ZERO) if into == pair.base else ZERO)
        self._move_out(out_of, paid, worth, fee=(fee or ZERO) if out_of == pair.base else ZERO)
        if apart:
            self._move_out(trade.fee.currency, apart, fee, fee=ZERO)

    def results(self) -> tuple[Result, ...]:
        """By currency."""
        return tuple(self._pools[currency].result(currency) for currency in sorted(self._pools))

    def realised(self) -> Decimal | NoResult:
        """In all. Where nothing was sold that is nothing."""
        results = self.results()
        known = [each.realised for each in results if each.realised is not None]
        if not known and any(each.without_cost for each in results):
            return NoResult.NO_PURCHASE
        return NoResult.NO_PRICE if self.unvalued and not known else sum_exactly(known)

    def _move_in(self, currency: str, amount: Decimal, worth: Decimal | None, *, fee: Decimal) -> None:
        if currency not in _WITHOUT_POOL and worth is not None:
            self._pool(currency).enter(amount, WIDE.add(worth, fee))

    def _move_out(self, currency: str, amount: Decimal, worth: Decimal | None, *, fee: Decimal) -> None:
        if currency not in _WITHOUT_POOL and amount > 0:
            self._pool(currency).leave(amount, None if worth is None else WIDE.subtract(worth, fee))

    def _pool(self, currency: str) -> _Pool:
        return self._pools.setdefault(currency, _Pool())


def _worth(amount: Decimal, currency: str, worths: Mapping[str, Decimal]) -> Decimal | None:
    if currency == VALUED_IN:
        return amount
    worth = worths.get(currency)
    return None if worth is None else WIDE.multiply(amount, worth)


def _share(value: Decimal, *, of: Decimal, in_all: Decimal) -> Decimal:
    """Multiplied first: the whole of it is exact."""
    return value if of == in_all else WIDE.divide(WIDE.multiply(value, of), in_all)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_LAST, context=WIDE)
