from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.swap_life import is_unpaid, pause_after, was_never_paid
from chatbot.domain.swaps import Marking, SwapStatus
from tests.fakes.clock import START
from tests.fakes.swap_service import PAYMENT_WINDOW, swap
from tests.storage.test_swaps import followed

S, MIN, H, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OPEN = [status for status in SwapStatus if not status.is_final]


def pause(status: SwapStatus, age: timedelta, *, marking: Marking = Marking.UNMARKED, **changes: Any) -> Any:
    standing = swap(status=status, status_name=status.value, **changes)
    return pause_after(followed(swap=standing, marking=marking), now=START + age)


@pytest.mark.parametrize("status", [SwapStatus.COMPLETED, SwapStatus.CANCELED, SwapStatus.REFUNDED])
def test_looking_stops_where_a_swap_has_ended(status: SwapStatus) -> None:
    assert pause(status, H) is None


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
