"""What the services need from a venue.

How calls fail. Reads raise `Unavailable`, `Refused` or `KeyRejected`. Changing calls raise `NotSent` (no byte left),
`OutcomeUnknown` (something was sent, nothing usable came back), `Refused` or `KeyRejected`; they are never retried.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Protocol

from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.market import Market, OrderBook, Ticker
from chatbot.domain.orders import Balances, NewOrder, Order, OrderFilter, OrderPage
from chatbot.domain.secrets import Credentials, Session


class Priority(IntEnum):
    """Who goes first when the request budget is short; the lower number does."""

    CANCEL = 0
    MONEY = 1
    RECONCILE = 2
    PERSON = 3
    WATCHER = 4
    ALERT = 5


Permit = Callable[[], None]
"""Asked in the last moment before the first byte is sent, after any waiting for the request budget.

Raises `NotSent` if the thing may not be sent any more. It answers at once, changes nothing, and may be asked twice.
"""


class PublicData(Protocol):
    """What a venue tells everybody."""

    async def markets(self, *, priority: Priority) -> tuple[Market, ...]: ...

    async def market(self, code: MarketCode, *, priority: Priority) -> Market | None:
        """The rules of one market, also of one that the list leaves out; None where the exchange knows none. Always
        asked anew.
        """
        ...

    async def tickers(self, *, priority: Priority, within: timedelta | None = None) -> Mapping[MarketCode, Ticker]:
        """The tickers of all markets in one call; markets without one are missing.

        An answer younger than `within` will do; without it, one of the venue's usual freshness.
        """
        ...

    async def ticker(self, market: MarketCode, *, priority: Priority) -> Ticker | None:
        """The prices of one market; None where there are none. Always asked anew."""
        ...

    async def order_book(
        self, market: MarketCode, *, priority: Priority, within: timedelta | None = None
    ) -> OrderBook | None:
        """None where the exchange has no book for this market. `within` as for `tickers`."""
        ...

    def expected_wait(self, priority: Priority) -> timedelta:
        """How long a request of this priority would wait for the budget right now; zero if it would not."""
        ...


class AccountData(Protocol):
    """What a venue tells the holder of a key."""

    async def balances(self, credentials: Credentials, *, account_name: str, priority: Priority) -> Balances: ...

    async def orders(
        self,
        credentials: Credentials,
        *,
        account_name: str,
        which: OrderFilter,
        market: MarketCode | None,
        page: int,
        priority: Priority,
    ) -> OrderPage:
        """One page of 20 orders, counted from 1."""
        ...

    async def order(self, credentials: Credentials, *, number: OrderNumber, priority: Priority) -> Order: ...


class Trading(Protocol):
    """Calls that change something. Each is sent at most once, and only if its permit still holds."""

    async def place_order(self, credentials: Credentials, *, order: NewOrder, permit: Permit) -> OrderNumber: ...

    async def cancel_order(self, credentials: Credentials, *, number: OrderNumber, permit: Permit) -> None:
        """Ask for a cancellation. Success means accepted; read the order back to learn what became of it."""
        ...

    async def withdraw(
        self, credentials: Credentials, *, currency: str, amount: Decimal, alias: str, permit: Permit
    ) -> None:
        """Ask for a withdrawal to the address saved at the exchange under `alias`, a name the account's owner chose.

        Success means that the exchange took the request: it reports no id, no fee and no status, and has no way to
        look a withdrawal up. Raises `WithdrawAddressNotFound` where no such address is saved for the currency.
        """
        ...


class Exchange(PublicData, AccountData, Trading, Protocol):
    """A venue, whole."""


class PracticeDesk(Protocol):
    """Where the practice venue opens accounts with play money, and logs in."""

    async def open_account(self) -> Credentials:
        """Raises `Unavailable` when the practice venue does not answer."""
        ...

    async def open_session(self, credentials: Credentials) -> Session:
        """Log in with a browser; an earlier session of the account ends. Raises as `open_account`."""
        ...
