"""What a person wants done to money: frozen values with a stable tag. A stored intent must stay readable:
fields are only ever added, with a default."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from chatbot.domain.ids import AccountId, MarketCode, OrderNumber
from chatbot.domain.money import Amount
from chatbot.domain.orders import OrderType, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """One order. `volume` is in the base currency; `price` is None at the market."""

    tag: ClassVar[str] = "place_order"

    account: AccountId
    account_name: str
    market: MarketCode
    base: str
    counter: str
    side: Side
    type: OrderType
    volume: Decimal
    price: Decimal | None
    post_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrders:
    """Cancel exactly these orders, in this order: the list is frozen when the card is shown."""

    tag: ClassVar[str] = "cancel_orders"

    account: AccountId
    account_name: str
    orders: tuple[OrderNumber, ...]


Intent = PlaceOrder | CancelOrders

INTENTS: dict[str, type[Intent]] = {PlaceOrder.tag: PlaceOrder, CancelOrders.tag: CancelOrders}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """What the card of a `PlaceOrder` showed.

    `best` is the best price of the other side: the ask of a buyer, the bid of a seller. `expected_price` is the limit
    price, or what the book gave at the market on average; `total` is in the counter currency; `fee` is in the
    currency received; `before` and `after` are what is available of both currencies, base first. `distance` is the
    price's distance from the last price as a fraction, signed; `warnings` are sentences. `price_decimals` and
    `volume_decimals` are those of the counter and of the base currency.
    """

    tag: ClassVar[str] = "order_terms"

    last: Decimal
    best: Decimal
    expected_price: Decimal
    total: Decimal
    fee: Amount
    fee_ratio: Decimal
    maker: bool
    before: tuple[Amount, Amount]
    after: tuple[Amount, Amount]
    distance: Decimal
    warnings: tuple[str, ...]
    price_decimals: int
    volume_decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """An order named on a cancel card."""

    number: OrderNumber
    market: MarketCode
    base: str
    counter: str
    side: Side
    type: OrderType
    volume: Decimal
    remaining: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTerms:
    """What the card of a `CancelOrders` showed: the orders, in the intent's order."""

    tag: ClassVar[str] = "cancel_terms"

    orders: tuple[OrderLine, ...]


Terms = OrderTerms | CancelTerms

TERMS: dict[str, type[Terms]] = {OrderTerms.tag: OrderTerms, CancelTerms.tag: CancelTerms}
