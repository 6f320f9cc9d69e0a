"""The history of trades: its pages against a plain reference, its numbers, and how it agrees with the ledger."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.paper.executions import PAGE_SIZE, Execution, Executions, Fact, page
from chatbot.paper.instant.quotes import Pair
from chatbot.paper.ledger import ZERO
from chatbot.paper.orders import Side
from tests.paper.setting import BTCUSDT, Hands, at_market, limit, still_exchange, taking

CODES = ("BTC", "USDT")


def fact(at: int) -> Fact:
    return Fact(
        market=BTCUSDT,
        side=Side.BUY,
        is_maker=False,
        price=Decimal(1),
        amount=Decimal(1),
        total=Decimal(1),
        fee=ZERO,
        fee_currency="BTC",
        at=at,
    )


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.lists(st.integers(0, 30), max_size=70), st.lists(st.integers(0, 30), max_size=70), st.integers(0, 31))
def test_pages_tell_every_trade_once_and_the_newest_first(live: list[int], past: list[int], since: int) -> None:
    executions = Executions()
    for at in sorted(live):
        executions.record(7, executions.next_transaction(), fact(at))
    executions.add_past(7, [fact(at) for at in past])
    told: list[Execution] = []
    number, has_next = 1, True
    while has_next:
        rows, has_next = page(executions.of(7), number=number, since=since)
        assert len(rows) == PAGE_SIZE or not has_next
        told += rows
        number += 1
    assert [each.at for each in told] == sorted((at for at in live + past if at >= since), reverse=True)
    assert len({each.number for each in told}) == len({each.transaction for each in told}) == len(told)
    assert page(executions.of(7), number=number, since=since) == ([], False)


def test_numbers_do_not_follow_time() -> None:
    executions = Executions()
    executions.add_past(7, [fact(at) for at in range(100)])
    numbers = [each.number for each in executions.of(7)]
    assert len(set(numbers)) == 100
    assert numbers != sorted(numbers)


def test_what_was_there_is_kept_as_it_was() -> None:
    executions = Executions()
    executions.add_past(7, [fact(1)])
    before = executions.snapshot()
    executions.add_past(7, [fact(0)])
    assert [each.at for each in before[7]] == [1]
    assert [each.at for each in executions.of(7)] == [0, 1]


def test_the_history_explains_every_change_of_the_balances() -> None:
    exchange = still_exchange(Hands())
    people = exchange.ready
    before = {(who.number, code): exchange.ledger.purse(who.number, code).total for who in people for code in CODES}
    exchange.place(limit(people[0], Side.SELL, "0.01", "76500.00"))
    exchange.place(limit(people[1], Side.BUY, "0.004", "76500.00"))
    exchange.place(at_market(people[1], Side.BUY, "0.01"))
    exchange.place(at_market(people[0], Side.SELL, "0.02"))
    exchange.instant.behaviour.wait = timedelta(0)
    for side, sold in ((Side.SELL, "0.012"), (Side.BUY, "700")):
        offer = exchange.instant.quote(Pair(market=BTCUSDT, side=side), Decimal(sold))
        exchange.instant.convert(taking(people[0], offer))
    change: defaultdict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for who in people:
        for each in exchange.executions.of(who.number):
            sign = 1 if each.fact.side is Side.BUY else -1
            change[who.number, "BTC"] += sign * each.fact.amount
            change[who.number, "USDT"] -= sign * each.fact.total
            change[who.number, each.fact.fee_currency] -= each.fact.fee
    for (number, code), total in before.items():
        assert exchange.ledger.purse(number, code).total == total + change[number, code]


def test_both_sides_of_a_trade_share_its_transaction() -> None:
    exchange = still_exchange(Hands())
    maker, taker = exchange.ready
    exchange.place(limit(maker, Side.SELL, "0.01", "76500.00"))
    exchange.place(limit(taker, Side.BUY, "0.01", "76500.00"))
    (made,), (taken,) = (exchange.executions.of(who.number) for who in (maker, taker))
    assert made.transaction == taken.transaction
    assert made.number != taken.number
    assert (made.fact.is_maker, taken.fact.is_maker) == (True, False)
