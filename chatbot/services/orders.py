"""A person's orders at the exchange: lists, one in full, and cards that cancel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.errors import InputError
from chatbot.domain.ids import AccountId, ChatId, MarketCode, OrderNumber, PersonId
from chatbot.domain.intents import CancelOrders, CancelTerms, OrderLine
from chatbot.domain.orders import Order, OrderFilter, OrderPage
from chatbot.domain.tickets import Ticket
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.services.accounts import Accounts
from chatbot.services.markets import Markets
from chatbot.services.tickets import Permits, Tickets

MOST_CANCELLED = 25
"""How many orders one card cancels: each is a request, and the exchange allows 60 a minute."""
_MOST_PAGES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """A page of orders of an account, read at a moment; `market` is None for all markets."""

    account: Account
    which: OrderFilter
    market: MarketCode | None
    page: OrderPage
    at: datetime


class Orders:
    """Reads orders with a person's own key, and opens the cards that cancel them."""

    def __init__(
        self,
        *,
        exchanges: Mapping[Venue, Exchange],
        accounts: Accounts,
        store: AccountStore,
        markets: Markets,
        tickets: Tickets,
        permits: Permits,
        clock: Clock,
    ) -> None:
        self._exchanges = exchanges
        self._accounts = accounts
        self._store = store
        self._markets = markets
        self._tickets = tickets
        self._permits = permits
        self._clock = clock

    async def page(
        self,
        person: PersonId,
        *,
        which: OrderFilter = OrderFilter.OPEN,
        symbol: str = "",
        page: int = 1,
        account: AccountId | None = None,
    ) -> OrderList:
        """One page of orders, of the active account if none is named. Raises `UnknownMarket`."""
        holder = await self._accounts.own(person, account)
        market = (await self._markets.find(symbol, venue=holder.venue)).code if symbol else None
        read = await self._read(holder, which=which, market=market, page=page)
        return OrderList(account=holder, which=which, market=market, page=read, at=self._clock.now())

    async def order(
        self, person: PersonId, number: OrderNumber, *, account: AccountId | None = None
    ) -> tuple[Account, Order]:
        """One order in full. Raises `OrderNotFound` if the exchange knows none of this number."""
        holder = await self._accounts.own(person, account)
        credentials = await self._store.credentials(holder.id)
        order = await self._exchanges[holder.venue].order(credentials, number=number, priority=Priority.PERSON)
        return holder, order

    async def cancel_one(
        self, person: PersonId, number: OrderNumber, *, chat: ChatId, account: AccountId | None = None
    ) -> Ticket:
        """A card that cancels one order. Raises `InputError` if it has ended already, `NotSent` while locked."""
        holder, order = await self.order(person, number, account=account)
        if order.status.is_final:
            raise InputError(f"Order #{number} is {order.status.value} already; there is nothing to cancel.")
        return await self._open(holder, (order,), person=person, chat=chat)

    async def cancel_open(
        self, person: PersonId, *, chat: ChatId, symbol: str = "", account: AccountId | None = None
    ) -> Ticket:
        """A card that cancels all open orders, or those of one market; the list is frozen on it."""
        holder = await self._accounts.own(person, account)
        market = (await self._markets.find(symbol, venue=holder.venue)).code if symbol else None
        orders = await self._all_open(holder, market)
        if not orders:
            where = f" in {market}" if market else ""
            raise InputError(f"There are no open orders{where}.")
        if len(orders) > MOST_CANCELLED:
            raise InputError(
                f"There are {len(orders)} open orders, and one card cancels at most {MOST_CANCELLED}. "
                "Cancel them market by market, like /cancel BTC."
            )
        return await self._open(holder, orders, person=person, chat=chat)

    async def _all_open(self, account: Account, market: MarketCode | None) -> tuple[Order, ...]:
        found: dict[OrderNumber, Order] = {}
        for page in range(1, _MOST_PAGES + 1):
            read = await self._read(account, which=OrderFilter.OPEN, market=market, page=page)
            found |= {order.number: order for order in read.orders}
            if not read.has_next or not read.orders:
                break
        return tuple(found.values())

    async def _read(self, account: Account, *, which: OrderFilter, market: MarketCode | None, page: int) -> OrderPage:
        credentials = await self._store.credentials(account.id)
        return await self._exchanges[account.venue].orders(
            credentials,
            account_name=DEFAULT_ACCOUNT_NAME,
            which=which,
            market=market,
            page=page,
            priority=Priority.PERSON,
        )

    async def _open(self, account: Account, orders: tuple[Order, ...], *, person: PersonId, chat: ChatId) -> Ticket:
        self._permits.permit(person)()
        intent = CancelOrders(
            account=account.id,
            account_name=DEFAULT_ACCOUNT_NAME,
            orders=tuple(order.number for order in orders),
        )
        terms = CancelTerms(orders=tuple(line_of(order) for order in orders))
        return await self._tickets.open(intent, terms, person=person, chat=chat, account=account)


def line_of(order: Order) -> OrderLine:
    return OrderLine(
        number=order.number,
        market=order.market,
        base=order.base,
        counter=order.counter,
        side=order.side,
        type=order.type,
        volume=order.volume,
        remaining=order.remaining,
        price=order.price,
    )
