"""A person's own orders and fills in a market, as far as a chart shows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.domain.accounts import Venue
from chatbot.domain.charts import Mark, Span
from chatbot.domain.errors import ChatbotError, NotLinked
from chatbot.domain.follow_ups import OrderRecord
from chatbot.domain.ids import AccountId, MarketCode, PersonId
from chatbot.domain.orders import Order, OrderFilter
from chatbot.ports.clock import Clock
from chatbot.ports.follow_ups import FollowUps
from chatbot.services.orders import OrderList, Orders

_FRESH = timedelta(seconds=20)
"""For so long a person's orders are not read again: who taps through the spans would use up everybody's requests."""
_MOST_PAGES = 3
"""Of the open orders, and of the closed ones: each page is a request, and everybody shares those."""
_LONGEST = max(span.length for span in Span)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMarks:
    """`latest` is how many of the person's orders were read, the newest ones, where there are more; else None."""

    marks: tuple[Mark, ...] = ()
    latest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """The newest orders of a list; `goes_on` says that there are others."""

    orders: tuple[Order, ...]
    goes_on: bool

    def lacks(self, since: datetime) -> bool:
        """Whether orders placed since a moment may be missing. Lists begin with the newest."""
        return self.goes_on and all(order.placed_at >= since for order in self.orders)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    open: _Listed
    closed: _Listed
    record: OrderRecord | None
    at: datetime


class MarkReader:
    def __init__(self, *, orders: Orders, follow_ups: FollowUps, clock: Clock) -> None:
        self._orders = orders
        self._follow_ups = follow_ups
        self._clock = clock
        self._remembered: dict[tuple[PersonId, Venue, MarketCode], _Read] = {}

    async def of(self, person: PersonId, market: MarketCode, *, venue: Venue, since: datetime) -> OwnMarks | None:
        """A person's open orders, and the fills since a moment; None if they cannot be read now."""
        key, now = (person, venue, market), self._clock.now()
        self._remembered = {each: read for each, read in self._remembered.items() if now - read.at <= _FRESH}
        if key not in self._remembered:
            try:
                self._remembered[key] = await self._read(person, market)
            except NotLinked:
                return OwnMarks()
            except ChatbotError:
                return None
        return _marks(self._remembered[key], since=since)

    async def _read(self, person: PersonId, market: MarketCode) -> _Read:
        account, still_open = await self._newest(person, market, OrderFilter.OPEN)
        _, closed = await self._newest(person, market, OrderFilter.CLOSED, account=account)
        record = await self._follow_ups.of(account)
        return _Read(open=still_open, closed=closed, record=record, at=self._clock.now())

    async def _newest(
        self, person: PersonId, market: MarketCode, which: OrderFilter, *, account: AccountId | None = None
    ) -> tuple[AccountId, _Listed]:
        """A list from its beginning until it ends, matters no more, or is enough; and whose it is."""
        read = await self._orders.page(person, which=which, symbol=market, account=account)
        orders = [*read.page.orders]
        for number in range(2, _MOST_PAGES + 1):
            if not _matters_on(read):
                break
            read = await self._orders.page(person, which=which, symbol=market, page=number, account=read.account.id)
            orders += read.page.orders
        return read.account.id, _Listed(orders=tuple(orders), goes_on=read.page.has_next or read.page.cut_off)


def _matters_on(read: OrderList) -> bool:
    """Whether the next page may bring something that a chart shows."""
    too_old = any(read.at - order.placed_at > _LONGEST for order in read.page.orders)
    return bool(read.page.orders) and read.page.has_next and (read.which is OrderFilter.OPEN or not too_old)


def _marks(read: _Read, *, since: datetime) -> OwnMarks:
    orders = {order.number: order for order in (*read.open.orders, *read.closed.orders)}  # it may just have ended
    waiting = [Mark(side=order.side, price=order.price) for order in orders.values() if _waits(order)]
    fills = [_fill(order, read.record) for order in orders.values() if order.executed]
    cut = read.open.goes_on or read.closed.lacks(since)
    return OwnMarks(
        marks=(*waiting, *(mark for mark in fills if mark.at is not None and mark.at >= since)),
        latest=len(orders) if cut else None,
    )


def _waits(order: Order) -> bool:
    return not order.status.is_final and order.price > 0


def _fill(order: Order, record: OrderRecord | None) -> Mark:
    """What was executed of an order, where the last of it was. Lists do not say when: the bot noticed, or it was right
    when it was placed.
    """
    told = record.orders.get(order.number) if record is not None else None
    noticed = told.changed_at if told is not None and told.executed else None
    return Mark(
        side=order.side, price=order.average_price or order.price, at=order.updated_at or noticed or order.placed_at
    )
