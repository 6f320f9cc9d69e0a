"""What executions explain of a total's change, up to their fees, and what is left to be told."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.explaining import Between, KnownBalance, compare, cost_of, explained_by, may_be_a_fee, move
from chatbot.domain.market import Market
from chatbot.domain.orders import Order, Side
from tests.fakes.values import BTC
from tests.storage.examples import NOW, ORDER

MINUTE = timedelta(minutes=1)
WHOLE = replace(ORDER, executed=Decimal(1), average_price=Decimal(60_000))


def between(low: str, high: str) -> Between:
    return Between(low=Decimal(low), high=Decimal(high))


def after(order: Order, *, market: Market | None = BTC) -> dict[str, KnownBalance]:
    """What is known of 10 BTC and 1,000,000 USDT once all that an order executed was seen."""
    moves = explained_by(order, part=order.executed, cost=cost_of(order), market=market)
    totals = {"BTC": Decimal(10), "USDT": Decimal(1_000_000)}
    return {currency: move(KnownBalance(total=totals[currency]), by, now=NOW) for currency, by in moves.items()}


def unexplained(known: KnownBalance, total: Decimal) -> Between | None:
    """What is told of a total once it stood."""
    waiting, _ = compare(known, total, now=NOW)
    return compare(waiting, total, now=NOW + 6 * MINUTE)[1]


@pytest.mark.parametrize("ratio", ["0", "0.0015", "0.0025"])
@pytest.mark.parametrize(("side", "sign"), [(Side.BUY, 1), (Side.SELL, -1)])
def test_no_fee_is_a_change_whichever_currency_it_was_taken_from(side: Side, sign: int, ratio: str) -> None:
    known, fee = after(replace(WHOLE, side=side)), Decimal(ratio)
    for total in (10 + sign, 10 + sign - fee):
        settled, change = compare(known["BTC"], Decimal(total), now=NOW)
        assert (settled.total, settled.other, change) == (Decimal(total), None, None)
    for total in (1_000_000 - sign * 60_000, 1_000_000 - sign * 60_000 - 60_000 * fee):
        assert compare(known["USDT"], Decimal(total), now=NOW)[1] is None


@pytest.mark.parametrize("moved", [Decimal("0.5"), Decimal("-0.5"), Decimal("0.01"), Decimal("-0.01")])
def test_what_came_or_went_beside_an_execution_is_told_about_as_it_was(moved: Decimal) -> None:
    fee = Decimal("0.0025")
    change = unexplained(after(WHOLE)["BTC"], 11 - fee + moved)
    assert change is not None and change.holds(moved) and not change.is_exact
    assert (change.low > 0) is (moved > 0) and change.high - change.low < Decimal("0.004")


def test_of_what_it_may_have_been_the_roundest_amount_is_told() -> None:
    assert between("0.4988", "0.5013").roundest == Decimal("0.5")
    assert between("-101.3", "-98.2").roundest == Decimal(-100)
    assert between("7.34", "7.36").roundest == Decimal("7.35")
    assert between("12.345", "12.345").roundest == Decimal("12.345")
    assert between("0.0001", "0.0001").roundest == Decimal("0.0001")
    assert str(between("1E+3", "1E+3").roundest) == "1000"


def test_what_nobody_can_reckon_with_is_taken_as_it_is() -> None:
    no_price = after(replace(WHOLE, average_price=Decimal(0)))
    assert unexplained(no_price["USDT"], Decimal(3)) is None
    assert unexplained(no_price["BTC"], Decimal(3)) is not None
    for known in after(WHOLE, market=None).values():
        assert unexplained(known, Decimal(3)) is None


def test_a_change_is_told_once_it_stood_long_enough() -> None:
    known = KnownBalance(total=Decimal(1))
    known, change = compare(known, Decimal("1.5"), now=NOW)
    assert change is None
    known, change = compare(known, Decimal("1.5"), now=NOW + 5 * MINUTE)
    assert change is None
    known, change = compare(known, Decimal("1.5"), now=NOW + 6 * MINUTE)
    assert (known, change) == (KnownBalance(total=Decimal("1.5")), between("0.5", "0.5"))
    assert compare(known, Decimal("1.5"), now=NOW + 7 * MINUTE) == (known, None)


def test_a_change_that_goes_away_again_is_not_told() -> None:
    known, _ = compare(KnownBalance(total=Decimal(1)), Decimal("1.5"), now=NOW)
    assert compare(known, Decimal(1), now=NOW + 3 * MINUTE) == (KnownBalance(total=Decimal(1)), None)
    other, change = compare(known, Decimal("1.6"), now=NOW + 3 * MINUTE)
    assert (other.other_since, change) == (NOW + 3 * MINUTE, None)


def test_a_change_stands_although_something_is_executed_after_it() -> None:
    known, _ = compare(KnownBalance(total=Decimal(10)), Decimal("10.5"), now=NOW)
    for by in explained_by(WHOLE, part=Decimal(1), cost=None, market=BTC).values():
        if by.high < 10:  # that of the base
            known = move(known, by, now=NOW + MINUTE)
    _, change = compare(known, Decimal("11.4985"), now=NOW + 6 * MINUTE)
    assert change == between("0.5", "0.5")  # no fee was in the first reading


def test_an_execution_that_the_lists_showed_late_explains_what_was_off() -> None:
    known, change = compare(KnownBalance(total=Decimal(10)), Decimal("10.9985"), now=NOW)
    assert known.other is not None and change is None
    moves = explained_by(WHOLE, part=Decimal(1), cost=cost_of(WHOLE), market=BTC)
    known = move(known, moves["BTC"], now=NOW + MINUTE)
    settled, change = compare(known, Decimal("10.9985"), now=NOW + 9 * MINUTE)
    assert (settled.total, settled.other, change) == (Decimal("10.9985"), None, None)


def test_what_hid_among_fees_is_no_change_when_the_lists_show_it() -> None:
    small = replace(WHOLE, executed=Decimal("0.002"))
    known, _ = compare(after(WHOLE)["BTC"], Decimal("10.9995"), now=NOW)  # of which 0.002 is not listed yet
    by = explained_by(small, part=small.executed, cost=None, market=BTC)["BTC"]
    known, change = compare(move(known, by, now=NOW), Decimal("10.9995"), now=NOW + 9 * MINUTE)
    assert known.other is None and change is None
    known, _ = compare(known, Decimal("10.9995"), now=NOW + 19 * MINUTE)
    assert known == KnownBalance(total=Decimal("10.9995"))


@pytest.mark.parametrize(
    ("rest", "amount", "worth", "may"),
    [
        ("0.2", "100", "0.12", True),
        ("2", "100", None, True),
        ("2.01", "100", None, False),
        ("20", "100", "30", True),
        ("20", "100", "30.01", False),
        ("0.0005", "0.001", "30", True),
        ("0.0011", "0.001", "1", False),
        ("0", "100", "0", False),
    ],
)
def test_a_fee_is_small_or_cheap_and_never_more_than_the_amount(
    rest: str, amount: str, worth: str | None, may: bool
) -> None:
    said = None if worth is None else Decimal(worth)
    assert may_be_a_fee(Decimal(rest), amount=Decimal(amount), worth=said) is may


def test_a_cost_is_known_where_the_price_is() -> None:
    assert cost_of(WHOLE) == 60_000
    assert cost_of(ORDER) == 0
    assert cost_of(replace(WHOLE, average_price=Decimal(0))) is None
