"""Reading the exchange's lists of orders, so that what was not read is not taken for what is not there."""

from dataclasses import dataclass
from itertools import pairwise

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME
from chatbot.domain.errors import Cause, Refused, Unavailable
from chatbot.domain.ids import OrderNumber
from chatbot.domain.orders import Order, OrderFilter, OrderPage
from chatbot.domain.secrets import Credentials
from chatbot.ports.exchange import AccountData, Priority

_MOST_PAGES = 200
_MOST_READINGS = 6
"""How often a list that keeps changing is read before it is left for later."""

Found = dict[OrderNumber, Order]


@dataclass(frozen=True, slots=True)
class _Reading:
    orders: Found
    pages: int


class OrderLists:
    """The orders of one account, read with its key by a watcher. `requests` counts what that cost.

    Everything raises what reads raise, and `Unavailable` where a list could not be read as far as it was asked for.
    """

    def __init__(self, exchange: AccountData, credentials: Credentials) -> None:
        self._exchange = exchange
        self._credentials = credentials
        self.requests = 0

    async def since(self, number: OrderNumber) -> Found:
        """All orders with numbers above this one, and some below it."""
        return await self._agreed(OrderFilter.ALL, beyond=number)

    async def open(self) -> Found:
        """All open orders."""
        return await self._agreed(OrderFilter.OPEN, beyond=None)

    async def newest(self) -> Found:
        """The first page of all orders, which has the newest one; of a list in another order, all of it."""
        return (await self._read(OrderFilter.ALL, beyond=None, one_will_do=True)).orders

    async def one(self, number: OrderNumber) -> Order | None:
        """One order; None if the exchange does not know it."""
        self.requests += 1
        try:
            return await self._exchange.order(self._credentials, number=number, priority=Priority.WATCHER)
        except Refused:
            return None

    async def _agreed(self, which: OrderFilter, *, beyond: OrderNumber | None) -> Found:
        """Of a list of several pages, what two readings agree on.

        Between two pages orders come and go, and move others over the border to a page that was read already. So it
        counts as read only once another reading shows again all that the one before did.
        """
        before = await self._read(which, beyond=beyond)
        for _ in range(_MOST_READINGS):
            if before.pages == 1:
                return before.orders
            again = await self._read(which, beyond=beyond)
            wanted = {number for number in before.orders if beyond is None or number > beyond}
            if wanted <= again.orders.keys():
                return again.orders
            before = again
        raise Unavailable(Cause.UNREADABLE)

    async def _read(self, which: OrderFilter, *, beyond: OrderNumber | None, one_will_do: bool = False) -> _Reading:
        """Page after page, to the end; or, in a list that shows the newest first, until it shows `beyond`."""
        found: Found = {}
        lowest: OrderNumber | None = None
        falling = True
        for number in range(1, _MOST_PAGES + 1):
            page = await self._page(which, number)
            numbers = [order.number for order in page.orders]
            falling = falling and _falls(numbers, below=lowest)
            lowest = min(numbers, default=lowest)
            found |= {order.number: order for order in page.orders}
            if not page.has_next:
                _check_whole(page, found)
                return _Reading(found, number)
            far_enough = beyond is not None and lowest is not None and lowest <= beyond
            if falling and (one_will_do or far_enough):
                return _Reading(found, number)
        raise Unavailable(Cause.UNREADABLE)

    async def _page(self, which: OrderFilter, number: int) -> OrderPage:
        self.requests += 1
        return await self._exchange.orders(
            self._credentials,
            account_name=DEFAULT_ACCOUNT_NAME,
            which=which,
            market=None,
            page=number,
            priority=Priority.WATCHER,
        )


def _falls(numbers: list[OrderNumber], *, below: OrderNumber | None) -> bool:
    """Whether a page goes on downwards. Its first orders may have been the last ones of the page before."""
    downwards = all(earlier > later for earlier, later in pairwise(numbers))
    return downwards and (below is None or not numbers or numbers[-1] <= below)


def _check_whole(last: OrderPage, found: Found) -> None:
    if last.cut_off or (last.rows is not None and len(found) < last.rows):
        raise Unavailable(Cause.UNREADABLE)
