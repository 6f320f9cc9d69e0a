"""ANDX's endpoints: each a value that knows its method, its path and the type of its answer."""

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from chatbot.exchange.andx import wire
from chatbot.exchange.paths import filled

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Generic[T]):
    """One way to ask the exchange. `{names}` in the path are filled by `at`; every path ends with a slash."""

    name: str
    method: Literal["GET", "POST"] = "GET"
    path: str
    private: bool = False
    answer: type[T]
    read: wire.Reader[T] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "read", wire.Reader(self.answer))

    def at(self, **segments: str | int) -> str:
        """The path, percent-encoded. Raises `InputError` for a segment that would vanish from it."""
        return filled(self.path, **segments)


MARKETS = Endpoint(name="markets", path="/api/v1/market_info/", answer=wire.MarketsData)
MARKET = Endpoint(name="market", path="/api/v1/market_info/{market}/", answer=wire.MarketData)
TICKERS = Endpoint(name="tickers", path="/api/v1/ticker/", answer=wire.TickersData)
TICKER = Endpoint(name="ticker", path="/api/v1/ticker/{market}/", answer=wire.TickerData)
ORDER_BOOK = Endpoint(name="order_book", path="/api/v1/order_book/{market}/", answer=wire.BookData)
BALANCES = Endpoint(name="balances", path="/api/v1/balance/{account}/", private=True, answer=wire.BalancesData)
MARKET_ORDERS = Endpoint(
    name="market_orders",
    path="/api/v1/orders/{account}/{which}/{market}/{page}/",
    private=True,
    answer=wire.OrdersData,
)
ORDERS = Endpoint(name="orders", path="/api/v1/orders/{account}/{which}/{page}/", private=True, answer=wire.OrdersData)
ORDER = Endpoint(name="order", path="/api/v1/order_status/{number}/", private=True, answer=wire.OrderData)
PLACE_ORDER = Endpoint(name="place_order", method="POST", path="/api/v1/orders/", private=True, answer=wire.PlacedData)
CANCEL_ORDER = Endpoint(
    name="cancel_order", method="POST", path="/api/v1/cancel_order/{number}/", private=True, answer=wire.CancelData
)
WITHDRAW = Endpoint(
    name="withdraw", method="POST", path="/api/v1/withdrawal/request/", private=True, answer=wire.WithdrawalData
)
QUOTE = Endpoint(
    name="quote",
    method="POST",
    path="/p/v1/order/get_depth_limits_and_amounts/",
    private=True,
    answer=wire.QuoteData,
)
CONVERT = Endpoint(
    name="convert", method="POST", path="/p/v1/order/instant_order/", private=True, answer=wire.ConvertedData
)
TRADES = Endpoint(name="trades", method="POST", path="/p/v1/order/trade_history/", private=True, answer=wire.TradesData)
