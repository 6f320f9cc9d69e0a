from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.errors import Obstacle, Stopped
from chatbot.domain.gate import (
    Standing,
    check,
    left_for,
    losing_distance,
    most_swappable,
    orders_left,
    own_withdrawals_left,
    swaps_left,
    withdrawals_left,
)
from chatbot.domain.intents import (
    INTENTS,
    CancelOrders,
    CreateSwap,
    Intent,
    OrderTerms,
    PlaceOrder,
    SwapTerms,
    Terms,
    Withdraw,
    WithdrawTerms,
)
from chatbot.domain.limits import Counted, Limits, Spend, SpendKind, Spent, add_up
from chatbot.domain.money import Amount
from chatbot.domain.orders import OrderType, Side
from tests.storage.examples import (
    BUY,
    BUY_TERMS,
    CANCEL,
    CANCEL_TERMS,
    CONVERT,
    CONVERT_TERMS,
    MAIN,
    NOW,
    PAYOUT_TERMS,
    SET_PAYOUT,
    SWAP,
    SWAP_TERMS,
)

money = st.decimals(min_value=0, max_value=10**9, places=8, allow_nan=False, allow_infinity=False)
above_zero = st.decimals(min_value="0.00000001", max_value=10**9, places=8)


def order(value: Any = "600", distance: str = "0", side: Side = Side.BUY) -> tuple[PlaceOrder, OrderTerms]:
    worth = None if value is None else Decimal(value)
    return replace(BUY, side=side), replace(BUY_TERMS, value=worth, distance=Decimal(distance))


def withdrawal(amount: Any = "100", value: Any = "50", currency: str = "XRP") -> tuple[Withdraw, WithdrawTerms]:
    nothing = Amount(Decimal(0), currency)
    worth = None if value is None else Decimal(value)
    terms = WithdrawTerms(
        before=nothing, after=nothing, uses=0, hold=timedelta(0), held_until=None, value=worth, left=nothing
    )
    return Withdraw(account=MAIN, currency=currency, amount=Decimal(amount), alias="savings"), terms


def swap(value: Any = "500.10", deposit: str = "500.10") -> tuple[CreateSwap, SwapTerms]:
    worth = None if value is None else Decimal(value)
    return SWAP, replace(SWAP_TERMS, value=worth, deposit=Amount(Decimal(deposit), "USDT"))


EXAMPLES: dict[str, tuple[Intent, Terms]] = {
    "place_order": order(),
    "cancel_orders": (CANCEL, CANCEL_TERMS),
    "withdraw": withdrawal(),
    "create_swap": swap(),
    "set_payout": (SET_PAYOUT, PAYOUT_TERMS),
    "convert": (CONVERT, CONVERT_TERMS),
}


def test_a_conversion_counts_as_an_order_and_may_not_be_far_worse_than_the_middle() -> None:
    large = stopped((CONVERT, CONVERT_TERMS), limits=Limits(order=Decimal(4)))
    assert large.obstacle is Obstacle.ORDER_TOO_LARGE
    unvalued = stopped((CONVERT, replace(CONVERT_TERMS, value=None)))
    assert (unvalued.obstacle, unvalued.currency) == (Obstacle.NOT_VALUED, "BTC")
    assert stopped((CONVERT, replace(CONVERT_TERMS, difference=Decimal("0.21")))).obstacle is Obstacle.TOO_FAR
    assert passes((CONVERT, replace(CONVERT_TERMS, difference=None)))


def stopped(card: tuple[Intent, Terms], **standing: Any) -> Stopped:
    with pytest.raises(Stopped) as caught:
        check(*card, Standing(**standing))
    return caught.value


def passes(card: tuple[Intent, Terms], **standing: Any) -> bool:
    check(*card, Standing(**standing))
    return True


def test_every_kind_of_intent_is_tried_here() -> None:
    assert EXAMPLES.keys() == INTENTS.keys()


@pytest.mark.parametrize("tag", EXAMPLES)
@pytest.mark.parametrize(
    ("switch", "obstacle"),
    [("halted", Obstacle.HALTED), ("locked", Obstacle.LOCKED), ("factor_missing", Obstacle.FACTOR_MISSING)],
)
def test_a_halt_a_lock_and_a_missing_factor_stop_every_kind(tag: str, switch: str, obstacle: Obstacle) -> None:
    assert passes(EXAMPLES[tag])
    assert stopped(EXAMPLES[tag], **{switch: True}).obstacle is obstacle


def test_only_the_cancellations_of_a_panic_pass_a_lock() -> None:
    urgent: CancelOrders = replace(CANCEL, urgent=True)
    assert passes((urgent, CANCEL_TERMS), halted=True, locked=True, factor_missing=True)


@pytest.mark.parametrize("tag", EXAMPLES)
def test_terms_of_another_intent_never_pass(tag: str) -> None:
    intent, terms = EXAMPLES[tag]
    for _, others in EXAMPLES.values():
        if type(others) is not type(terms) and not isinstance(intent, CancelOrders):
            with pytest.raises(TypeError, match="another intent's terms"):
                check(intent, others, Standing())


@given(value=money, limit=money)
def test_an_order_passes_up_to_the_largest_and_no_further(value: Decimal, limit: Decimal) -> None:
    standing = {"limits": Limits(order=limit, orders=Decimal(10) ** 10)}
    if value <= limit:
        assert passes(order(value), **standing)
    else:
        error = stopped(order(value), **standing)
        assert (error.obstacle, error.limit) == (Obstacle.ORDER_TOO_LARGE, Amount(limit, "USDT"))


@given(value=money, used=money, limit=money)
def test_orders_never_come_to_more_than_the_day_allows(value: Decimal, used: Decimal, limit: Decimal) -> None:
    limits, spent = Limits(order=Decimal(10) ** 10, orders=limit), Spent(orders=used, orders_ease_at=NOW)
    if value <= max(limit - used, Decimal(0)):
        assert passes(order(value), limits=limits, spent=spent)
    else:
        error = stopped(order(value), limits=limits, spent=spent)
        assert (error.obstacle, error.ease_at) == (Obstacle.ORDERS_USED_UP, NOW)
        assert error.left == orders_left(Standing(limits=limits, spent=spent))


def test_an_order_nobody_can_value_does_not_pass() -> None:
    error = stopped(order(None))
    assert (error.obstacle, error.currency) == (Obstacle.NOT_VALUED, "USDT")


@pytest.mark.parametrize(
    ("side", "distance", "passing"),
    [
        (Side.BUY, "0.2", True),
        (Side.BUY, "0.2001", False),
        (Side.BUY, "-0.9", True),
        (Side.SELL, "-0.2", True),
        (Side.SELL, "-0.2001", False),
        (Side.SELL, "9", True),
    ],
)
@pytest.mark.parametrize("kind", list(OrderType))
def test_only_a_price_on_the_losing_side_can_be_too_far(
    side: Side, distance: str, passing: bool, kind: OrderType
) -> None:
    intent, terms = order(distance=distance, side=side)
    card = (replace(intent, type=kind), terms)
    if passing:
        assert passes(card)
    else:
        error = stopped(card)
        assert (error.obstacle, error.share) == (Obstacle.TOO_FAR, Decimal("0.20"))


@given(distance=st.decimals(min_value=-1, max_value=1, places=6))
def test_what_is_too_far_for_a_buyer_is_near_for_a_seller(distance: Decimal) -> None:
    intent, terms = order(distance=str(distance))
    away = [losing_distance(replace(intent, side=side), terms) for side in Side]
    assert min(away) == 0 and max(away) == abs(distance)


@given(value=above_zero, used=money, limit=money)
def test_withdrawals_never_come_to_more_than_the_day_allows(value: Decimal, used: Decimal, limit: Decimal) -> None:
    limits, spent = Limits(withdrawal=Decimal(10) ** 10, withdrawals=limit), Spent(withdrawals=used)
    if value <= max(limit - used, Decimal(0)):
        assert passes(withdrawal(value=value), limits=limits, spent=spent)
    else:
        error = stopped(withdrawal(value=value), limits=limits, spent=spent)
        assert (error.obstacle, error.limit) == (Obstacle.WITHDRAWALS_USED_UP, Amount(limit, "USDT"))


@given(amount=above_zero, used=money, limit=money)
def test_a_currencys_own_limit_counts_in_the_currency(amount: Decimal, used: Decimal, limit: Decimal) -> None:
    limits = Limits(by_currency={"XRP": limit})
    spent = Spent(withdrawn=used)
    left = own_withdrawals_left("XRP", Standing(limits=limits, spent=spent))
    assert left is not None
    assert left == Amount(max(limit - used, Decimal(0)), "XRP")
    if amount <= left.value:
        assert passes(withdrawal(amount, None), limits=limits, spent=spent)
    else:
        assert stopped(withdrawal(amount, None), limits=limits, spent=spent).left == left


@given(amount=above_zero, value=above_zero, used=money, own=money, limit=money)
def test_a_currencys_own_limit_only_narrows_the_days(
    amount: Decimal, value: Decimal, used: Decimal, own: Decimal, limit: Decimal
) -> None:
    """It passes where both let it, and the card's "left" is the one that is reached first."""
    limits = Limits(withdrawal=Decimal(10) ** 10, withdrawals=limit, by_currency={"XRP": own})
    standing = Standing(limits=limits, spent=Spent(withdrawals=used))
    card = withdrawal(amount, value)
    left = left_for(card[0], value, standing)
    fits = (value if left.currency == "USDT" else amount) <= left.value and limit > 0
    assert fits == (amount <= own and limit > 0 and value <= withdrawals_left(standing).value)
    if fits:
        assert passes(card, limits=limits, spent=standing.spent)
    else:
        assert stopped(card, limits=limits, spent=standing.spent).obstacle is Obstacle.WITHDRAWALS_USED_UP


def test_a_currencys_own_limit_does_not_lift_the_largest_withdrawal() -> None:
    limits = Limits(withdrawal=Decimal(49), by_currency={"XRP": Decimal(10**6)})
    assert stopped(withdrawal(value="50"), limits=limits).obstacle is Obstacle.WITHDRAWAL_TOO_LARGE


@pytest.mark.parametrize("value", ["50", "0", None])
@pytest.mark.parametrize("own", [{}, {"XRP": Decimal(10**6)}])
def test_none_at_all_lets_nothing_pass_however_it_is_valued(value: str | None, own: dict[str, Decimal]) -> None:
    limits = Limits(withdrawal=Decimal(0), by_currency=own)
    assert stopped(withdrawal(value=value), limits=limits).obstacle is Obstacle.WITHDRAWAL_TOO_LARGE
    closed = Limits(withdrawals=Decimal(0), by_currency={"XRP": Decimal(10**6)})
    assert stopped(withdrawal(value=value), limits=closed).obstacle is Obstacle.WITHDRAWALS_USED_UP


def test_a_withdrawal_nobody_can_value_needs_a_limit_in_its_own_currency() -> None:
    assert stopped(withdrawal(value=None)).obstacle is Obstacle.NOT_VALUED
    assert passes(withdrawal("100", None), limits=Limits(by_currency={"XRP": Decimal(100)}))


def test_a_frozen_currency_stops_withdrawals_and_not_orders() -> None:
    assert stopped(withdrawal(), frozen=True).obstacle is Obstacle.FROZEN
    assert passes(order(), frozen=True)


@given(st.lists(st.tuples(st.sampled_from(list(SpendKind)), st.sampled_from(("XRP", "BTC")), money, money)))
def test_what_adds_up_is_what_was_spent_of_each_kind_and_currency(
    spends: list[tuple[SpendKind, str, Decimal, Decimal]],
) -> None:
    counted = [
        Counted(spend=Spend(kind=kind, currency=currency, amount=amount, value=value), until=None)
        for kind, currency, amount, value in spends
    ]
    spent = add_up(counted, currency="XRP")
    assert spent.orders == sum((each[3] for each in spends if each[0] is SpendKind.ORDER), Decimal(0))
    left_account = [each for each in spends if each[:2] == (SpendKind.WITHDRAWAL, "XRP")]
    assert spent.withdrawn == sum((each[2] for each in left_account), Decimal(0))
    worth = [each[3] for each in spends if each[0] is SpendKind.WITHDRAWAL]
    assert spent.withdrawals == sum(worth, Decimal(0))
    assert spent.swaps == sum((each[3] for each in spends if each[0] is SpendKind.SWAP), Decimal(0))


@given(value=above_zero, limit=money)
def test_a_swap_passes_up_to_the_largest_and_no_further(value: Decimal, limit: Decimal) -> None:
    standing = {"limits": Limits(swap=limit, swaps=Decimal(10) ** 10)}
    if value <= limit:
        assert passes(swap(value), **standing)
    else:
        error = stopped(swap(value), **standing)
        assert (error.obstacle, error.limit) == (Obstacle.SWAP_TOO_LARGE, Amount(limit, "USDT"))


@given(value=above_zero, used=money, limit=money)
def test_swaps_never_come_to_more_than_the_day_allows(value: Decimal, used: Decimal, limit: Decimal) -> None:
    limits, spent = Limits(swap=Decimal(10) ** 10, swaps=limit), Spent(swaps=used, swaps_ease_at=NOW)
    if value <= max(limit - used, Decimal(0)):
        assert passes(swap(value), limits=limits, spent=spent)
    else:
        error = stopped(swap(value), limits=limits, spent=spent)
        assert (error.obstacle, error.ease_at) == (Obstacle.SWAPS_USED_UP, NOW)
        assert error.left == swaps_left(Standing(limits=limits, spent=spent))


@given(deposit=above_zero, value=above_zero, used=money, single=money, day=money)
def test_the_largest_swap_that_is_offered_passes_and_a_larger_one_does_not(
    deposit: Decimal, value: Decimal, used: Decimal, single: Decimal, day: Decimal
) -> None:
    standing = Standing(limits=Limits(swap=single, swaps=day), spent=Spent(swaps=used))
    most = most_swappable(deposit, value, standing)
    worth = most * value / deposit
    room = max(min(single, day - used), Decimal(0))
    assert abs(worth - room) <= max(room, Decimal(1)) * Decimal("1e-20")


def test_a_swap_nobody_can_value_does_not_pass_and_none_at_all_is_none() -> None:
    error = stopped(swap(None))
    assert (error.obstacle, error.currency) == (Obstacle.NOT_VALUED, "USDT")
    assert most_swappable(Decimal(5), None, Standing()) == 0
    assert stopped(swap(None), limits=Limits(swap=Decimal(0))).obstacle is Obstacle.SWAP_TOO_LARGE
    assert stopped(swap("0"), limits=Limits(swaps=Decimal(0))).obstacle is Obstacle.SWAPS_USED_UP


def test_neither_orders_nor_withdrawals_use_up_what_is_for_swaps() -> None:
    spent = Spent(orders=Decimal(10**9), withdrawals=Decimal(10**9), withdrawn=Decimal(10**9))
    assert passes(swap(), spent=spent, frozen=True)
    assert passes(order(), spent=Spent(swaps=Decimal(10**9))) and passes(
        withdrawal(), spent=Spent(swaps=Decimal(10**9))
    )


@pytest.mark.parametrize("tag", ["place_order", "withdraw", "create_swap", "convert"])
def test_what_is_worth_less_than_nothing_does_not_pass(tag: str) -> None:
    intent, terms = EXAMPLES[tag]
    with pytest.raises(Stopped) as stopped:
        check(intent, replace(cast(OrderTerms, terms), value=Decimal(-1)), Standing())  # each of them has one
    assert stopped.value.obstacle is Obstacle.NOT_VALUED
