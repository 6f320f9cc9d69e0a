"""What happened to orders and balances since it was last told: what is news, and what is not.

Orders only go forward: more of them is executed, and once they ended they stay so. An older state, as a list that was
late shows it, is never news. A balance is different: it is compared with the one before, and only a difference that
stood in two readings, while no order moved that currency, is called unexplained.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from chatbot.domain.ids import OrderNumber
from chatbot.domain.money import EXACT, ZERO
from chatbot.domain.orders import Order, OrderStatus

ON_A_CARD = timedelta(seconds=60)
"""How long after its tap a card tells by itself what happens to an order; from then on a message does."""
LISTED_WITHIN = timedelta(minutes=5)
"""How late an order may come up in the exchange's lists, below others that were placed after it."""
SETTLES_IN = timedelta(minutes=1)
"""How long after an execution was seen its effects on a balance may still be on their way."""
SURE_AFTER = timedelta(minutes=3)
"""How long a balance must stand in the way that no order explains: an execution that explains it may not be in the
exchange's lists yet.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was last told of an order, by a message or on a card. `changed_at` is when there was something to tell, or
    when it was placed.
    """

    number: OrderNumber
    status: OrderStatus
    executed: Decimal
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """How far an account's orders were read. All numbers up to `seen` were in a complete reading, and nothing comes up
    below it any more. `orders` are those that are open and the last that ended; any other up to `floor` ended, or was
    there before the account was linked.
    """

    seen: OrderNumber
    floor: OrderNumber
    orders: Mapping[OrderNumber, Told]

    @property
    def open(self) -> tuple[OrderNumber, ...]:
        return tuple(sorted(number for number, told in self.orders.items() if not told.status.is_final))

    def is_over(self, number: OrderNumber) -> bool:
        """Whether nothing of an order is left to be told."""
        return number <= self.floor and number not in self.orders


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """`part` of an order was executed since it was last told (zero: nothing), or it `ended`, or both."""

    part: Decimal
    ended: bool


def news_of(told: Told | None, order: Order) -> News | None:
    """What is new about an order; None if nothing is worth a word."""
    part = max(EXACT.subtract(order.executed, told.executed if told else ZERO), ZERO)
    ended = order.status.is_final and not (told is not None and told.status.is_final)
    return News(part=part, ended=ended) if part or ended else None


def tell(told: Told | None, order: Order, *, now: datetime) -> Told:
    """What is told of an order once its news are."""
    if told is None:
        changed_at = order.placed_at if news_of(None, order) is None else now
        return Told(number=order.number, status=order.status, executed=order.executed, changed_at=changed_at)
    if news_of(told, order) is None:
        return told
    status = told.status if told.status.is_final else order.status
    return replace(told, status=status, executed=max(told.executed, order.executed), changed_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBalance:
    """A currency's total as it was last explained or told.

    `moved_at` is when an execution was last seen to move it. `other` is a different total that was read since
    `other_since`, and is not explained yet.
    """

    total: Decimal = ZERO
    moved_at: datetime | None = None
    other: Decimal | None = None
    other_since: datetime | None = None


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


def compare(known: KnownBalance, total: Decimal, *, now: datetime) -> tuple[KnownBalance, Decimal]:
    """Hold a total against the known one: what is known from then on, and the change that nothing explains, or zero.

    Where an execution moved the currency its fees are not known exactly, so the new total is taken as it is.
    """
    if known.moved_at is not None:
        settled = now - known.moved_at >= SETTLES_IN
        return KnownBalance(total=total, moved_at=None if settled else known.moved_at), ZERO
    if total == known.total:
        return KnownBalance(total=total), ZERO
    if known.other != total or known.other_since is None:
        return replace(known, other=total, other_since=now), ZERO
    if now - known.other_since < SURE_AFTER:
        return known, ZERO
    return KnownBalance(total=total), EXACT.subtract(total, known.total)
