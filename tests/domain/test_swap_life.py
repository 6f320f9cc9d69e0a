from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.swap_life import (
    FRESH,
    Unpayable,
    can_be_paid,
    is_let_go,
    is_paid_after_all,
    is_unpaid,
    pause_after,
    was_never_paid,
    why_unpayable,
)
from chatbot.domain.swaps import Doubt, Marking, SwapStatus
from tests.fakes.clock import START
from tests.fakes.swap_service import PAYMENT_WINDOW, swap
from tests.storage.test_swaps import followed

S, MIN, H, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OPEN = [status for status in SwapStatus if not status.is_final]


def pause(status: SwapStatus, age: timedelta, *, marking: Marking = Marking.UNMARKED, **changes: Any) -> Any:
    standing = swap(status=status, status_name=status.value, **changes)
    return pause_after(followed(swap=standing, marking=marking), now=START + age)


@pytest.mark.parametrize("status", [SwapStatus.COMPLETED, SwapStatus.REFUNDED])
def test_looking_stops_where_a_swap_has_ended(status: SwapStatus) -> None:
    assert pause(status, H) is None


def test_a_cancelled_one_is_looked_at_twice_more_because_coins_may_come_late() -> None:
    over = swap(status=SwapStatus.CANCELED)
    assert pause_after(followed(swap=over), now=START) == H
    seen = followed(swap=over, ended_at=START)
    assert [pause_after(seen, now=START + age) for age in (0 * S, H, H + MIN, DAY, 2 * DAY)] == [
        H,
        23 * H,
        23 * H - MIN,
        None,
        None,
    ]


def test_looks_that_fail_after_the_end_are_given_up_and_others_never() -> None:
    over = followed(swap=swap(status=SwapStatus.CANCELED), ended_at=START)
    assert not is_let_go(over, now=START + 2 * DAY) and is_let_go(over, now=START + 4 * DAY)
    assert not is_let_go(followed(swap=swap()), now=START + 400 * DAY)


@pytest.mark.parametrize("status", OPEN)
@pytest.mark.parametrize("marking", Marking)
@pytest.mark.parametrize("age", [-MIN, 0 * S, 9 * MIN, 61 * MIN, 3 * H, 2 * DAY, 40 * DAY, 4_000 * DAY])
def test_looking_goes_on_for_ever_as_long_as_it_has_not(status: SwapStatus, marking: Marking, age: timedelta) -> None:
    assert 20 * S <= pause(status, age, marking=marking) <= H


@pytest.mark.parametrize("status", OPEN)
def test_the_older_a_swap_the_rarer_it_is_looked_at(status: SwapStatus) -> None:
    pauses = [pause(status, age) for age in (S, 30 * MIN, 2 * H, 12 * H, 3 * DAY, 30 * DAY)]
    assert pauses == sorted(pauses) and pauses[-1] == H


@pytest.mark.parametrize(
    ("age", "expected"), [(9 * MIN, 30 * S), (11 * MIN, MIN), (59 * MIN, MIN), (61 * MIN, 2 * MIN), (3 * H, 10 * MIN)]
)
def test_an_unpaid_one_is_looked_at_closely_at_first_and_rarely_after_its_deadline(
    age: timedelta, expected: timedelta
) -> None:
    assert pause(SwapStatus.INITIAL, age) == expected


@pytest.mark.parametrize("marking", [Marking.MARKED, Marking.UNSURE])
def test_once_somebody_says_that_it_was_paid_it_is_looked_at_briskly(marking: Marking) -> None:
    assert pause(SwapStatus.INITIAL, 30 * MIN, marking=marking) == 20 * S
    assert pause(SwapStatus.INITIAL, 30 * MIN, deposit_transaction="a1") == 20 * S


@pytest.mark.parametrize("status", [SwapStatus.UNCONFIRMED_PAYMENT, SwapStatus.PAID, SwapStatus.RELEASED])
def test_what_is_under_way_is_looked_at_briskly(status: SwapStatus) -> None:
    assert pause(status, 30 * MIN) == 20 * S


def test_what_people_have_to_mend_is_looked_at_slowly() -> None:
    assert pause(SwapStatus.PENDING_KYC, 30 * MIN) == 5 * MIN
    assert pause(SwapStatus.REFUND_FAILED, 30 * MIN) == 10 * MIN


def test_without_a_deadline_an_unpaid_one_is_looked_at_all_the_same() -> None:
    assert pause(SwapStatus.INITIAL, PAYMENT_WINDOW, payment_window=None, fixed_until=None) == MIN


def test_a_swap_was_never_paid_if_it_was_cancelled_while_it_waited() -> None:
    waiting = followed(swap=swap())
    over = followed(swap=swap(status=SwapStatus.CANCELED))
    assert was_never_paid(waiting, over) and is_unpaid(over)
    assert not was_never_paid(followed(swap=swap(status=SwapStatus.UNCONFIRMED_PAYMENT)), over)
    assert not was_never_paid(over, over)
    for paid in (
        followed(swap=swap(status=SwapStatus.CANCELED, deposit_transaction="a1")),
        followed(swap=swap(status=SwapStatus.CANCELED), marking=Marking.MARKED),
        followed(swap=swap(status=SwapStatus.REFUNDED)),
    ):
        assert not is_unpaid(paid) and not was_never_paid(waiting, paid)
        assert is_paid_after_all(over, paid) and not is_paid_after_all(paid, paid)
    assert not is_paid_after_all(over, over) and not is_paid_after_all(waiting, over)


def test_everything_that_speaks_against_paying_has_its_reason_and_the_gravest_counts() -> None:
    now, payable = START + MIN, followed(swap=swap(), next_look_at=START + MIN, seen_at=START)
    against: dict[Unpayable, dict[str, Any]] = {
        Unpayable.NOWHERE: {"swap": swap(withdraw_address="")},
        Unpayable.STALE: {"seen_at": now - FRESH - S},
        Unpayable.SENT: {"marking": Marking.UNSURE},
        Unpayable.UNFOLLOWED: {"next_look_at": None},
        Unpayable.LATE: {"swap": swap(payment_window=MIN)},
        Unpayable.UNCLEAR: {"deposit": replace(payable.deposit, is_listed=False)},
        Unpayable.DOUBTED: {"doubts": (Doubt.PAYOUT,)},
        Unpayable.PAST: {"swap": swap(status=SwapStatus.PAID)},
    }
    assert can_be_paid(payable, now=now) and against.keys() == set(Unpayable)
    worse = payable
    for reason, facts in against.items():
        assert why_unpayable(replace(payable, **facts), now=now) is reason
        worse = replace(worse, **facts)
        assert why_unpayable(worse, now=now) is reason


@pytest.mark.parametrize("age", [0 * S, 9 * MIN, 20 * H, 3 * DAY, 400 * DAY])
def test_what_can_be_paid_is_looked_at_before_its_reading_is_too_old(age: timedelta) -> None:
    assert pause(SwapStatus.INITIAL, age, payment_window=None, fixed_until=None) < FRESH
