"""Orders as the exchange knows them, and balances."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from chatbot.domain.ids import ClientId, MarketCode, OrderNumber
from chatbot.domain.money import ZERO, divide


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

    `fee` is present only where the exchange gave it (a single order's status); its currency is not documented.
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
