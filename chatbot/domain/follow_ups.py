"""What happened to orders since it was last told: what is news, and what is not.

Orders only go forward: more of them is executed, and once they ended they stay so. An older state, as a list that was
late shows it, is never news.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from chatbot.domain.explaining import cost_of
from chatbot.domain.ids import OrderNumber
from chatbot.domain.money import EXACT, ZERO
from chatbot.domain.orders import Order, OrderStatus

ON_A_CARD = timedelta(seconds=60)
"""How long after its tap a card tells by itself what happens to an order; from then on a message does."""
LISTED_WITHIN = timedelta(minutes=5)
"""How late an order may come up in the exchange's lists, below others that were placed after it."""
LISTED_AT_LAST = timedelta(hours=1)
"""How late it may be to be found all the same, though not by every look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was last told of an order, by a message or on a card. `cost` is that of what was `executed`, as `cost_of`
    has it. `changed_at` is when there was something to tell, or when it was placed.
    """

    number: OrderNumber
    status: OrderStatus
    executed: Decimal
    cost: Decimal | None
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """How far an account's orders were read. All numbers up to `seen` were in a complete reading, and hardly anything
    comes up below it any more. `orders` are those that are open and the last that ended; any other up to `floor` ended,
    or was there before the account was linked.
    """

    seen: OrderNumber
    floor: OrderNumber
    orders: Mapping[OrderNumber, Told]

    @property
    def open(self) -> tuple[OrderNumber, ...]:
        return tuple(sorted(number for number, told in self.orders.items() if not told.status.is_final))

    def until(self, moment: datetime) -> OrderNumber:
        """A number up to which all orders were placed by then."""
        return max([self.floor, *(number for number, told in self.orders.items() if told.changed_at <= moment)])

    def is_over(self, number: OrderNumber) -> bool:
        """Whether nothing of an order is left to be told."""
        return number <= self.floor and number not in self.orders


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """`part` of an order was executed since it was last told (zero: nothing), or it `ended`, or both. `cost` is that
    of the part in the counter currency, without fees; None where the exchange did not say.
    """

    part: Decimal
    cost: Decimal | None
    ended: bool


def news_of(told: Told | None, order: Order) -> News | None:
    """What is new about an order; None if nothing is worth a word."""
    part = max(EXACT.subtract(order.executed, told.executed if told else ZERO), ZERO)
    ended = order.status.is_final and not (told is not None and told.status.is_final)
    return News(part=part, cost=_cost_since(told, order) if part else ZERO, ended=ended) if part or ended else None


def _cost_since(told: Told | None, order: Order) -> Decimal | None:
    before, after = ZERO if told is None else told.cost, cost_of(order)
    return None if before is None or after is None else EXACT.subtract(after, before)


def tell(told: Told | None, order: Order, *, now: datetime) -> Told:
    """What is told of an order once its news are."""
    news = news_of(told, order)
    if told is None:
        found = as_found(order)
        return found if news is None else replace(found, changed_at=now)
    if news is None:
        return told
    status = told.status if told.status.is_final else order.status
    after = replace(told, status=status, changed_at=now)
    return replace(after, executed=order.executed, cost=cost_of(order)) if news.part else after


def as_found(order: Order) -> Told:
    """An order that there is nothing to tell of as it is."""
    return Told(
        number=order.number,
        status=order.status,
        executed=order.executed,
        cost=cost_of(order),
        changed_at=order.placed_at,
    )


_ACTIVE = timedelta(minutes=10)
_BY_AGE = (
    (timedelta(minutes=1), timedelta(seconds=10)),
    (_ACTIVE, timedelta(seconds=20)),
    (timedelta(hours=1), timedelta(minutes=1)),
    (timedelta(days=1), timedelta(minutes=2)),
)
_STILL = timedelta(minutes=5)
FRESH = timedelta(seconds=20)
"""Who is looked at again so soon has something going on."""


def pause_after(record: OrderRecord, *, now: datetime) -> timedelta:
    """How soon an account's orders are worth the next look: by how long ago something happened to an open one."""
    open_since = [record.orders[number].changed_at for number in record.open]
    if open_since:
        return next((pause for limit, pause in _BY_AGE if now - max(open_since) < limit), _STILL)
    lately = any(now - told.changed_at < _ACTIVE for told in record.orders.values())
    return timedelta(minutes=1) if lately else _STILL
