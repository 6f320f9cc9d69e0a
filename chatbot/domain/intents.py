"""What a person wants done to money: frozen values with a stable tag. A stored intent must stay readable:
fields are only ever added, with a default. Its `subject` names it without amounts, for the audit log."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, get_args

from chatbot.domain.ids import AccountId, MarketCode, OrderNumber
from chatbot.domain.money import Amount
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.swaps import Coin, NewSwap


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

    @property
    def subject(self) -> str:
        return f"{self.side} {self.base}/{self.counter}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrders:
    """Cancel exactly these orders, in this order: the list is frozen when the card is shown.

    `urgent` ones were asked for by a panic and pass where everything else is locked.
    """

    tag: ClassVar[str] = "cancel_orders"

    account: AccountId
    account_name: str
    orders: tuple[OrderNumber, ...]
    urgent: bool = False

    @property
    def subject(self) -> str:
        return f"cancel {len(self.orders)} order{'s' if len(self.orders) > 1 else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Send `amount` of a currency to an address that is saved at the exchange under `alias` (api: A7)."""

    tag: ClassVar[str] = "withdraw"

    account: AccountId
    currency: str
    amount: Decimal
    alias: str

    @property
    def subject(self) -> str:
        return f"withdraw {self.currency} to {self.alias}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSwap:
    """One order at n.exchange. Nothing moves by it: coins move when its person sends the deposit."""

    tag: ClassVar[str] = "create_swap"

    account: AccountId
    new: NewSwap
    deposit: Coin
    withdraw: Coin

    @property
    def subject(self) -> str:
        return f"swap {self.deposit.code} to {self.withdraw.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPayout:
    """Where the result of a swap goes that was made without an address: set once, before it is processed (api: 3.6)."""

    tag: ClassVar[str] = "set_payout"

    account: AccountId
    reference: str
    withdraw: Coin
    address: str
    extra_id: str = ""

    @property
    def subject(self) -> str:
        return f"payout address of swap {self.reference}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Convert:
    """Turn one currency into another through Instant Trade (api: I2). The `…_text` are the quote's own strings, which
    are sent back unchanged.
    """

    tag: ClassVar[str] = "convert"

    account: AccountId
    sell: str
    buy: str
    sell_text: str
    buy_text: str
    price_text: str

    @property
    def sold(self) -> Amount:
        return Amount(Decimal(self.sell_text), self.sell)

    @property
    def bought(self) -> Amount:
        return Amount(Decimal(self.buy_text), self.buy)

    @property
    def subject(self) -> str:
        return f"convert {self.sell} to {self.buy}"


Intent = PlaceOrder | CancelOrders | Withdraw | CreateSwap | SetPayout | Convert

INTENTS: dict[str, type[Intent]] = {kind.tag: kind for kind in get_args(Intent)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """What the card of a `PlaceOrder` showed.

    `best` is the best price of the other side: the ask of a buyer, the bid of a seller. `expected_price` is the limit
    price, or what the book gave at the market on average; `total` is in the counter currency; `fee` is in the
    currency received; `before` and `after` are what is available of both currencies, base first. `distance` is the
    price's distance from the last price as a fraction, signed; `warnings` are sentences. `price_decimals` and
    `volume_decimals` are those of the counter and of the base currency. `value` is what the order is worth in the
    currency limits are given in, None where no market tells; `left` what that day's limit leaves before this order.
    `onward` is the currency that a second order is to make of what this one brings, if one is to follow.
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
    value: Decimal | None = None
    left: Amount | None = None
    onward: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawTerms:
    """What the card of a `Withdraw` showed.

    `before` and `after` are what is available of the currency; `uses` counts earlier withdrawals to the alias. A
    withdrawal confirmed before `held_until` waits for it; `hold` is the wait that the use of an unknown alias begins.
    `value` is what it is worth in the currency limits are given in, None where no market tells; `left` what the day's
    limit leaves before this withdrawal.
    """

    tag: ClassVar[str] = "withdraw_terms"

    before: Amount
    after: Amount
    uses: int
    hold: timedelta
    held_until: datetime | None
    value: Decimal | None
    left: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapTerms:
    """What the card of a `CreateSwap` showed.

    `deposit` and `withdraw` are the amounts in the coins' symbols; the one that was not named is what the rate gives,
    after the fee. `price` is in deposit units per withdraw unit; `fee` is taken from what is received. The offer holds
    until `rate_until`; `least` and `most` are its limits for the amount that was named, None where there is none.
    `warnings` are sentences. `value` is what the deposit is worth in the currency limits are given in, None where
    nothing tells; `left` what the day's limit leaves before this swap.
    """

    tag: ClassVar[str] = "swap_terms"

    deposit: Amount
    withdraw: Amount
    price: Decimal
    fee: Amount
    rate_until: datetime
    least: Amount | None
    most: Amount | None
    warnings: tuple[str, ...]
    value: Decimal | None
    left: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutTerms:
    """What the card of a `SetPayout` showed: what is to be received there, and warnings, which are sentences."""

    tag: ClassVar[str] = "payout_terms"

    withdraw: Amount
    warnings: tuple[str, ...]


class MiddleSource(StrEnum):
    """What a quote was held against: the middle of the order book, or where it tells nothing, of the ticker."""

    BOOK = "book"
    TICKER = "ticker"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertTerms:
    """What the card of a `Convert` showed besides the quote's own strings.

    The price is for one unit of `base`. `least` and `most` are the limits of the amount sold; `before` is what was
    available of it. `difference` is how much worse than the middle the quote is, as a fraction, and `cost` the same in
    money; None where there is nothing to compare with. `wanted` is what was to be got, if that was said; `said` what
    was to be given, if that had more decimals than are taken. `refreshed` counts how often the card got itself a new
    quote; `previous` is a price that was shown before. `market` is the one with an order book, if there is one. `value`
    is what it is worth in the currency limits are given in, None where nothing tells; `left` what that day's limit
    leaves before it.
    """

    tag: ClassVar[str] = "convert_terms"

    base: str
    market: MarketCode | None
    least: Decimal
    most: Decimal
    before: Amount
    quoted_at: datetime
    compared: MiddleSource | None
    difference: Decimal | None
    cost: Amount | None
    wanted: Decimal | None
    value: Decimal | None
    left: Amount
    refreshed: int = 0
    previous: Decimal | None = None
    said: Decimal | None = None


Terms = OrderTerms | CancelTerms | WithdrawTerms | SwapTerms | PayoutTerms | ConvertTerms

TERMS: dict[str, type[Terms]] = {kind.tag: kind for kind in get_args(Terms)}
