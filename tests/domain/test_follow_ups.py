from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from chatbot.domain.absences import Absence, after_start
from chatbot.domain.follow_ups import News, OrderRecord, Told, as_found, news_of, pause_after, tell
from chatbot.domain.ids import OrderNumber
from chatbot.domain.money import multiply
from chatbot.domain.orders import Order, OrderStatus
from tests.storage.examples import NOW, ORDER

MINUTE = timedelta(minutes=1)
OPEN = replace(ORDER, status=OrderStatus.NEW, volume=Decimal(1), executed=Decimal(0), remaining=Decimal(1))


def at(executed: str, status: OrderStatus = OrderStatus.PARTIALLY_FILLED) -> Order:
    done = Decimal(executed)
    return replace(OPEN, status=status, executed=done, remaining=1 - done, average_price=Decimal(100))


def news(part: str, *, ended: bool) -> News:
    return News(part=Decimal(part), cost=multiply(Decimal(part), Decimal(100)), ended=ended)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, OPEN, None),
        (None, at("0.4"), news("0.4", ended=False)),
        (OPEN, OPEN, None),
        (OPEN, at("0.4"), news("0.4", ended=False)),
        (at("0.4"), at("1", OrderStatus.FILLED), news("0.6", ended=True)),
        (at("0.4"), at("0.4", OrderStatus.CANCELLED), news("0", ended=True)),
        (OPEN, at("0", OrderStatus.REJECTED), news("0", ended=True)),
        (OPEN, at("0", OrderStatus.UNKNOWN), None),
        (at("0.4"), OPEN, None),
        (at("1", OrderStatus.FILLED), at("0.4"), None),
        (at("0.4", OrderStatus.CANCELLED), at("0.5", OrderStatus.CANCELLED), news("0.1", ended=False)),
    ],
)
def test_news_are_what_was_executed_since_and_an_end(before: Order | None, after: Order, expected: News | None) -> None:
    told = None if before is None else tell(None, before, now=NOW)
    assert news_of(told, after) == expected
    assert news_of(tell(told, after, now=NOW), after) is None


def test_what_was_told_never_goes_back() -> None:
    told = tell(None, at("1", OrderStatus.FILLED), now=NOW)
    assert tell(told, at("0.4"), now=NOW + MINUTE) == told


def record(*told: Told) -> OrderRecord:
    return OrderRecord(seen=OrderNumber(9), floor=OrderNumber(5), orders={each.number: each for each in told})


def test_only_what_is_not_remembered_up_to_the_floor_is_over() -> None:
    old = as_found(replace(OPEN, number=OrderNumber(3)))
    known = record(old)
    assert [number for number in range(1, 8) if known.is_over(OrderNumber(number))] == [1, 2, 4, 5]
    assert known.open == (3,)


def test_an_account_is_looked_at_more_rarely_the_longer_nothing_happens() -> None:
    old = as_found(replace(OPEN, number=OrderNumber(3)))
    ages = [timedelta(seconds=seconds) for seconds in (0, 59, 60, 600, 3600, 86_400, 10**6)]
    pauses = [pause_after(record(old), now=NOW + age) for age in ages]
    assert pauses[0] == timedelta(seconds=10) and pauses[-1] == timedelta(minutes=5)
    assert all(later >= earlier for earlier, later in pairwise(pauses))
    ended = replace(old, status=OrderStatus.FILLED)
    assert pause_after(record(ended), now=NOW) == MINUTE
    assert pause_after(record(ended), now=NOW + 10 * MINUTE) == pause_after(record(), now=NOW) == 5 * MINUTE


# ---- absences


def test_a_short_time_away_is_none() -> None:
    assert after_start(None, alive_at=NOW, now=NOW + timedelta(seconds=119)) is None
    assert after_start(None, alive_at=NOW, now=NOW + 2 * MINUTE) == Absence(since=NOW, until=NOW + 2 * MINUTE)


def test_several_starts_within_minutes_end_one_absence() -> None:
    first = after_start(None, alive_at=NOW, now=NOW + 5 * MINUTE)
    again = after_start(first, alive_at=NOW + 6 * MINUTE, now=NOW + 9 * MINUTE)
    assert again == Absence(since=NOW, until=NOW + 9 * MINUTE)
    assert after_start(again, alive_at=NOW + 9 * MINUTE, now=NOW + 10 * MINUTE) == again
    much_later = NOW + 90 * MINUTE
    assert after_start(again, alive_at=much_later, now=much_later + MINUTE) is None
    assert after_start(again, alive_at=much_later, now=much_later + 3 * MINUTE) == Absence(
        since=much_later, until=much_later + 3 * MINUTE
    )
