"""Orders as the exchange knows them, and balances."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from chatbot.domain.ids import ClientId, MarketCode, OrderNumber
from chatbot.domain.money import EXACT, ZERO, Amount, decimals_of, divide, multiply


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    LIMIT = "limit"
    MARKET = "market"


class OrderStatus(StrEnum):
    """An order's state. `UNKNOWN` is a letter the exchange never documented; it is never taken for final."""

    NEW = "new"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        return self in (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED)


class OrderFilter(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as the exchange reported it. Volumes are in the base currency, `total` in the counter currency.

    `fee` is present only where the exchange gave it (a single order's status), which names no currency: see `charged`.
    `total` is not documented to be of what was executed: see `executed_total`.
    """

    number: OrderNumber
    market: MarketCode
    base: str
    counter: str
    type: OrderType
    side: Side
    status: OrderStatus
    price: Decimal
    volume: Decimal
    executed: Decimal
    remaining: Decimal
    total: Decimal
    average_price: Decimal
    client_id: ClientId
    post_only: bool
    cancelable: bool
    placed_at: datetime
    updated_at: datetime | None = None
    fee: Decimal | None = None

    @property
    def executed_share(self) -> Decimal:
        """How much of it is executed, 0 to 1."""
        return divide(self.executed, self.volume) if self.volume else ZERO

    @property
    def executed_total(self) -> Decimal | None:
        """What was paid or received for what is executed, in the counter currency and without fees, to the last digit.

        None where the exchange's `total` is of something else, such as of the whole order: its average price tells,
        which is rounded and so no way to the amount itself.
        """
        if not self.executed:
            return ZERO
        apart = abs(EXACT.subtract(self.total, multiply(self.executed, self.average_price)))
        rounding = EXACT.add(_unit(self.total), multiply(self.executed, _unit(self.average_price)))
        return self.total if self.total and apart <= rounding else None

    @property
    def charged(self) -> Amount | None:
        """The fee, in the currency received: an order's status does not say, trades are charged so (api: I3)."""
        if self.fee is None:
            return None
        return Amount(self.fee, self.base if self.side is Side.BUY else self.counter)


def _unit(value: Decimal) -> Decimal:
    """What one step of its last digit is."""
    return Decimal(1).scaleb(-decimals_of(value))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What is sent to create an order. `volume` is in the base currency; `price` is None at the market.

    `total` is what a market buy may spend, in the counter currency: it is sent in the volume's place to an exchange
    that is set to count the volume of market buys so.
    """

    market: MarketCode
    side: Side
    type: OrderType
    volume: Decimal
    price: Decimal | None
    post_only: bool
    client_id: ClientId
    account_name: str
    total: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """One page of a list of orders; `number` counts from 1.

    `rows` is how many orders the exchange says the list has, if it says so. `cut_off` is an empty page that is not
    the last one by its own word: such a list was not read to its end.
    """

    orders: tuple[Order, ...]
    number: int
    has_next: bool
    pages: int | None
    rows: int | None = None
    cut_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What the API reports of one currency; `held` is the part bound in open orders or withdrawals."""

    currency: str
    total: Decimal
    available: Decimal

    @property
    def held(self) -> Decimal:
        return self.total - self.available


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """All balances of one account at one moment. A currency that is missing counts as zero."""

    by_currency: dict[str, Balance]
    at: datetime

    def of(self, currency: str) -> Balance:
        return self.by_currency.get(currency) or Balance(currency=currency, total=ZERO, available=ZERO)
