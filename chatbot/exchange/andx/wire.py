"""ANDX's answers as they are on the wire, field by field, and how they are read.

Unknown fields are ignored. Fields the vendor's page leaves in doubt, or that clients have seen missing or null, have a
default; a field that is evidence of what became of money has none.
"""

from typing import Annotated, Any, Generic, TypeVar

import msgspec

from chatbot.exchange.andx.errors import refusal
from chatbot.exchange.decoding import Number, WrittenNumber, decode, decoder
from chatbot.exchange.http import Unreadable

T = TypeVar("T")

Positive = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
Decimals = Annotated[int, msgspec.Meta(ge=0, le=30)]


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all answers."""


class Success(Wire, Generic[T], frozen=True, tag_field="status", tag="success"):
    """`data` can be null where a market is unknown."""

    data: T | None


class Failure(Wire, frozen=True, tag_field="status", tag="error"):
    """A business error. Without its code it is not one the exchange documents."""

    status_code: int
    reason: str = ""


class MarketInfo(Wire, frozen=True):
    market_code: str
    base_currency: str
    counter_currency: str
    minimum_order_amount: Number
    maximum_order_amount: Number
    base_currency_decimal: Decimals
    counter_currency_decimal: Decimals
    presentation_decimal: Decimals
    maker_fee_ratio: Number
    taker_fee_ratio: Number
    min_multiplier: Number
    max_multiplier: Number
    resell_market: bool = False
    base_currency_name: str = ""
    counter_currency_name: str = ""
    url_symbol: str = ""
    list_date: Number | None = None
    risk_group: int | None = None
    trigger_order: dict[str, bool] | None = None


class MarketsData(Wire, frozen=True):
    """P1: an array. Each is read by itself, so that one odd market does not hide the others."""

    markets: list[msgspec.Raw]


class MarketData(Wire, frozen=True):
    """P2: the same name, but one object."""

    markets: MarketInfo | None


class TickerMarket(Wire, frozen=True):
    market_code: str
    base_currency_code: str
    counter_currency_code: str


class TickerInfo(Wire, frozen=True):
    market: TickerMarket
    bid: Number
    ask: Number
    last_price: Number
    last_size: Number
    volume_24h: Number
    change_24h: Number
    low_24h: Number
    high_24h: Number
    avg_24h: Number
    timestamp: Number


class TickersData(Wire, frozen=True):
    """P3: by market code, each read by itself. A market without prices may be null."""

    ticker: dict[str, msgspec.Raw]


class TickerData(Wire, frozen=True):
    """P4: null for an unknown market."""

    ticker: TickerInfo | None


class BookLevel(Wire, frozen=True):
    orders_total_amount: Number
    orders_price: Number


class BookTrade(Wire, frozen=True):
    amount: Number
    price: Number
    time: Number
    type: str = ""


class BookData(Wire, frozen=True):
    """P5. `timestamp` is when the exchange last rebuilt the book, up to half a minute ago."""

    market_code: str
    buyers: list[BookLevel]
    sellers: list[BookLevel]
    timestamp: Number
    last_transactions: list[BookTrade] | None = None
    ticker: TickerInfo | None = None


class BalanceInfo(Wire, frozen=True):
    currency_code: str
    balance: Number
    available_balance: Number


class BalancesData(Wire, frozen=True):
    """A1: by currency; one that is missing counts as zero."""

    balances: dict[str, BalanceInfo]


class OrderInfo(Wire, frozen=True):
    """An order in A2, A3 and A4; the last two fields come with A4 only."""

    order_number: Positive
    market_code: str
    base_currency: str
    counter_currency: str
    order_type: str
    buy_sell: str
    status: str
    volume: Number
    volume_executed: Number
    volume_remaining: Number
    add_date: str
    price: Number | None = None
    total: Number | None = None
    avg_price: Number | None = None
    account_number: int | None = None
    channel_code: str | None = None
    client_id: int | None = None
    post_only: bool | None = None
    cancelable: bool | None = None
    update_date: str | None = None
    fee_amount: Number | None = None


class OrdersData(Wire, frozen=True):
    """A2, A3. All or nothing: a list read in part is no evidence that an order is not in it."""

    orders: list[OrderInfo]
    has_next: bool
    page_number: int | None = None
    total_page_count: int | None = None
    total_row_count: int | None = None


class OrderData(Wire, frozen=True):
    """A4."""

    order: OrderInfo


class PlacedData(Wire, frozen=True):
    """A5."""

    order_number: Positive


class CancelData(Wire, frozen=True):
    """A6: says that the request was submitted, not that the order is gone."""

    message: str


class WithdrawalData(Wire, frozen=True):
    """A7: says that the request is being processed, and nothing by which to find it again."""

    message: str


class NewOrderBody(Wire, frozen=True):
    """A5. Numbers are texts; the price of a market order is `0`."""

    order_type: str
    market_code: str
    volume: str
    buy_sell: str
    price: str
    client_id: int
    post_only: bool
    account_name: str


class WithdrawalBody(Wire, frozen=True):
    """A7. The amount is a text; the alias stands for a saved address. The account is the key's: it has no field."""

    currency_code: str
    amount: str
    alias: str


class QuoteData(Wire, frozen=True):
    """I1. What is sent back with an order is kept as it was written."""

    sell_currency_code: str
    buy_currency_code: str
    sell_currency_amount: WrittenNumber
    buy_currency_amount: WrittenNumber
    visible_price: WrittenNumber
    sell_currency_min_depth_order_amount: Number
    sell_currency_max_depth_order_amount: Number
    buy_currency_min_depth_order_amount: Number
    buy_currency_max_depth_order_amount: Number
    timestamp: Number


class ConvertedData(Wire, frozen=True):
    """I2."""

    order_number: Positive


class TradeInfo(Wire, frozen=True):
    """A row of I3. `maker_taker` is a label only."""

    trade_number: Positive
    transaction_number: str
    market_code: str
    buy_sell: str
    price: Number
    amount: Number
    total_price: Number
    fee: Number
    fee_currency_code: str
    add_date: str
    maker_taker: str = ""


class TradesData(Wire, frozen=True):
    """I3. All or nothing, as for orders. Its `page_number` is not read: the page's own example answers 2 to page 1."""

    trades: list[TradeInfo]
    has_next: bool


class QuoteBody(Wire, frozen=True):
    """I1. The amount is a text, in the currency sold."""

    buy_currency_code: str
    sell_currency_code: str
    sell_currency_amount: str


class ConvertBody(Wire, frozen=True):
    """I2, whose amounts are called otherwise than those of I1. Numbers are texts, those of the quote. Without an
    `account_number` it is the session's own account that converts.
    """

    buy_currency_code: str
    sell_currency_code: str
    sell_amount: str
    buy_amount: str
    visible_price: str
    depth_order: bool = True
    with_bonus: bool = False
    with_stake: bool = False


class TradesFilter(Wire, frozen=True):
    date_range: str
    page_number: int
    account_name: str


class TradesBody(Wire, frozen=True):
    """I3."""

    filter_options: TradesFilter


class Reader(Generic[T]):
    """Reads the body of a 200: a success's data, or the refusal it is."""

    def __init__(self, data: type[T]) -> None:
        envelope: Any = Success[data] | Failure  # type: ignore[valid-type]  # known at run time only
        self._decoder: msgspec.json.Decoder[Success[T] | Failure] = decoder(envelope)

    def __call__(self, body: bytes) -> T:
        """Raises `Unreadable`, also for null, or `Refused`."""
        data = self.or_none(body)
        if data is None:
            raise Unreadable("no data")
        return data

    def or_none(self, body: bytes) -> T | None:
        """The same, where null means that there is no such market."""
        envelope = decode(self._decoder, body)
        if isinstance(envelope, Failure):
            raise refusal(envelope.status_code, reason=envelope.reason)
        return envelope.data


def market_info(raw: msgspec.Raw) -> MarketInfo:
    """Raises `Unreadable`."""
    return decode(_MARKET, raw)


def ticker_info(raw: msgspec.Raw) -> TickerInfo | None:
    """Raises `Unreadable`."""
    return decode(_TICKER, raw)


_MARKET: msgspec.json.Decoder[MarketInfo] = decoder(MarketInfo)
_TICKER: msgspec.json.Decoder[TickerInfo | None] = decoder(TickerInfo | None)
