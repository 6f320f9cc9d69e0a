"""An order: what was asked for, which never changes, and what became of it."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from chatbot.paper.ledger import HOUSE, ZERO
from chatbot.paper.market import Market


class Side(StrEnum):
    BUY = "B"
    SELL = "S"

    @property
    def opposite(self) -> "Side":
        return Side.SELL if self is Side.BUY else Side.BUY


class Kind(StrEnum):
    LIMIT = "limit"
    MARKET = "market"


class State(StrEnum):
    NEW = "N"
    PARTIAL = "P"
    FILLED = "F"
    CANCELLED = "C"
    REJECTED = "R"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was asked for. ``volume`` is in the base currency, market buys included; a market order's price is 0.

    An ``instant`` order never rests in a book: the house takes it as a whole or rejects it.
    """

    account: int
    market: Market
    kind: Kind
    side: Side
    price: Decimal
    volume: Decimal
    client_id: int = 0
    post_only: bool = False
    instant: bool = False


@dataclass(slots=True, eq=False)
class Order:
    """An order and its progress; mutable because matching is the hot path. Times are Unix seconds."""

    number: int
    terms: Terms
    added_at: float
    updated_at: float
    remaining: Decimal = field(init=False)
    total: Decimal = ZERO
    """Counter currency exchanged so far."""
    fee: Decimal = ZERO
    """Fee so far, in the currency received."""
    state: State = State.NEW
    cancel_requested: bool = False

    def __post_init__(self) -> None:
        self.remaining = self.terms.volume

    @property
    def executed(self) -> Decimal:
        return self.terms.volume - self.remaining

    @property
    def is_open(self) -> bool:
        return self.state in (State.NEW, State.PARTIAL)

    @property
    def is_cancelable(self) -> bool:
        return self.is_open and not self.cancel_requested and not self.terms.instant

    @property
    def is_house(self) -> bool:
        return self.terms.account == HOUSE

    def accepts(self, price: Decimal) -> bool:
        """Whether this order would trade at ``price``."""
        terms = self.terms
        if terms.kind is Kind.MARKET:
            return True
        return price <= terms.price if terms.side is Side.BUY else price >= terms.price

    def execute(self, *, price: Decimal, volume: Decimal, at: float) -> None:
        self.remaining -= volume
        self.total += price * volume
        self.state = State.PARTIAL if self.remaining else State.FILLED
        self.updated_at = at

    def fill_at_once(self, *, total: Decimal, at: float) -> None:
        """Execute all of it for exactly this much counter currency."""
        self.remaining = ZERO
        self.total = total
        self.state = State.FILLED
        self.updated_at = at

    def close(self, state: State = State.CANCELLED, *, at: float) -> None:
        """Cancel or reject what remains."""
        self.state = state
        self.updated_at = at
