from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_rules import (
    Watched,
    anchored,
    begun,
    fitted,
    paused,
    read,
    side,
    snoozed,
    step,
    take,
    triggers,
    watched,
)
from chatbot.domain.alerts import Alert, AlertStatus, Crossing, Gauge, Position, Rule
from chatbot.domain.ids import AlertId, ChatId, MarketCode, PersonId
from chatbot.domain.places import Place
from tests.fakes.clock import START as NOW
from tests.fakes.values import ticker

HOUR = timedelta(hours=1)
UP, DOWN, EITHER = Crossing.UP, Crossing.DOWN, Crossing.EITHER
BELOW, ABOVE, BETWEEN = Position.BELOW, Position.ABOVE, Position.BETWEEN


def rule(crossing: Crossing = UP, level: str = "1000", **more: Any) -> Rule:
    return Rule(**{"gauge": Gauge.PRICE, "crossing": crossing, "level": Decimal(level), **more})


def alert(*, crossing: Crossing = UP, **more: Any) -> Alert:
    values: dict[str, Any] = {
        "id": AlertId(1),
        "venue": Venue.PAPER,
        "market": MarketCode("BTCUSDT"),
        "base": "BTC",
        "counter": "USDT",
        "rule": rule(crossing),
        "place": Place(chat=ChatId(7)),
        "set_by": PersonId(7),
        "cooldown": None,
        "until": None,
        "note": "",
        "picture": False,
        "status": AlertStatus.WATCHING,
        "position": BELOW,
        "rests_until": None,
        "created_at": NOW,
        "fired_at": None,
        "hits": 0,
    }
    return Alert(**(values | more))


def walked(alert: Alert, *readings: str, every: timedelta = timedelta(seconds=5)) -> tuple[Watched, list[int]]:
    """Where an alert stands after these readings, and which of them it told."""
    now, told = watched(alert), []
    for number, reading in enumerate(readings):
        turn = take(now, Decimal(reading), now=NOW + number * every)
        now = turn.after
        told += [number] * turn.fires
    return now, told


@pytest.mark.parametrize(
    ("crossing", "before", "reading", "fires"),
    [
        (UP, BELOW, "999.99", False),
        (UP, BELOW, "1000", True),
        (UP, BELOW, "5000", True),
        (UP, ABOVE, "1000", False),
        (UP, BETWEEN, "1000", False),
        (DOWN, ABOVE, "1000.01", False),
        (DOWN, ABOVE, "1000", True),
        (DOWN, ABOVE, "1", True),
        (DOWN, BELOW, "1000", False),
        (EITHER, BELOW, "1000", True),
        (EITHER, ABOVE, "1000", True),
        (EITHER, BETWEEN, "1000", False),
    ],
)
def test_a_level_is_crossed_from_the_other_side(
    crossing: Crossing, before: Position, reading: str, fires: bool
) -> None:
    assert step(rule(crossing), before, Decimal(reading))[1] is fires


def test_what_is_there_already_needs_the_other_side_first() -> None:
    there = begun(alert(), Decimal(1200), now=NOW)
    assert walked(there, "1300", "1000", "1100")[1] == []
    assert walked(there, "1300", "900", "1100")[1] == [2]


def test_an_alert_set_right_below_its_level_is_armed() -> None:
    assert walked(begun(alert(), Decimal("999.99"), now=NOW), "1000")[1] == [0]


def test_set_on_the_very_level_it_has_to_leave_it_first() -> None:
    on_it = begun(alert(crossing=EITHER), Decimal(1000), now=NOW)
    assert on_it.position is BETWEEN
    assert walked(on_it, "1000", "1000.5", "1000")[1] == []
    assert walked(on_it, "1000", "1001", "1000")[1] == [2]


def test_a_price_that_trembles_around_the_level_is_told_once() -> None:
    restless = alert(cooldown=timedelta(0))
    assert walked(restless, "1000", "999.5", "1000", "999.01", "1000.2")[1] == [0]
    assert walked(restless, "1000", "999", "1000")[1] == [0, 2]


def test_a_jump_across_the_band_arms_for_the_way_back() -> None:
    both_ways = alert(crossing=EITHER, cooldown=timedelta(0))
    assert walked(both_ways, "1100", "900", "1100")[1] == [0, 1, 2]


def test_one_that_fires_once_ends() -> None:
    after, told = walked(alert(), "1000", "900", "1000")
    assert (after.status, after.hits, after.fired_at, told) == (AlertStatus.ENDED, 1, NOW, [0])


def test_a_cooldown_ends_with_the_side_the_reading_is_on_then() -> None:
    hourly = alert(cooldown=HOUR)
    assert walked(hourly, "1000", "900", "1100", "1200", "1300", every=HOUR / 2)[1] == [0]
    assert walked(hourly, "1000", "1100", "999.99", "1000", every=HOUR / 2)[1] == [0, 3]


def test_what_is_crossed_between_the_end_of_a_rest_and_the_next_reading_is_told() -> None:
    resting = watched(alert(status=AlertStatus.RESTING, rests_until=NOW, cooldown=HOUR))
    turn = take(resting, Decimal(1000), now=NOW + HOUR, rested=Decimal("999.99"))
    assert turn.fires and (turn.after.status, turn.after.hits) == (AlertStatus.RESTING, 1)
    assert not take(resting, Decimal(1000), now=NOW + HOUR, rested=Decimal(1001)).fires
    assert not take(resting, Decimal(1000), now=NOW + HOUR).fires


def test_where_it_stood_when_its_rest_ended_counts_also_if_nothing_can_be_read_then() -> None:
    resting = watched(alert(status=AlertStatus.RESTING, rests_until=NOW))
    woken = take(resting, None, now=NOW, rested=Decimal("999.99")).after
    assert (woken.status, woken.position) == (AlertStatus.WATCHING, BELOW)


def test_a_rest_does_not_end_without_a_reading() -> None:
    resting = watched(snoozed(alert(), until=NOW, now=NOW))
    assert take(resting, None, now=NOW + HOUR).after == resting


def test_a_move_is_anchored_anew_at_the_price_that_fired() -> None:
    repeating = begun(alert(rule=rule(move=Decimal(5)), cooldown=timedelta(0)), Decimal(100), now=NOW)
    assert repeating.rule.level == 105
    after, told = walked(repeating, "104.99", "106", "111", "111.3")
    assert told == [1, 3]
    assert (after.rule.anchor, after.rule.level) == (Decimal("111.3"), Decimal("116.865"))


def test_a_move_whose_next_level_was_passed_in_its_rest_begins_anew_there() -> None:
    hourly = begun(alert(rule=rule(move=Decimal(5)), cooldown=HOUR), Decimal(100), now=NOW)
    after, told = walked(hourly, "105", "120", "125.99", "126", every=HOUR)
    assert told == [0, 3] and after.rule.anchor == 126


@pytest.mark.parametrize(
    ("move", "price", "level"),
    [("5", "76519.57", "80345.549"), ("-3", "76519.57", "74223.982"), ("0.5", "1", "1.005"), ("5", "0.00000602", None)],
)
def test_a_move_is_never_less_than_it_says(move: str, price: str, level: str | None) -> None:
    moved = anchored(rule(move=Decimal(move)), Decimal(price)).level
    assert level is None or moved == Decimal(level)
    assert abs(moved - Decimal(price)) >= abs(Decimal(price) * Decimal(move) / 100)


def test_it_ends_by_itself_and_does_not_fire_then() -> None:
    turn = take(watched(alert(until=NOW)), Decimal(1000), now=NOW)
    assert (turn.fires, turn.after.status) == (False, AlertStatus.ENDED)
    assert take(watched(paused(alert(until=NOW))), None, now=NOW).after.status is AlertStatus.ENDED


def test_what_begins_anew_after_its_end_has_none_any_more() -> None:
    ran_out = alert(until=NOW, status=AlertStatus.ENDED)
    assert begun(ran_out, Decimal(900), now=NOW).until is None
    assert snoozed(ran_out, until=NOW + HOUR, now=NOW).until is None
    assert begun(alert(until=NOW + HOUR), Decimal(900), now=NOW).until == NOW + HOUR


def test_without_a_reading_it_rests_until_there_is_one() -> None:
    unread = begun(alert(), None, now=NOW)
    assert (unread.status, unread.rests_until) == (AlertStatus.RESTING, None)
    assert walked(unread, "999.99", "1000")[1] == [1]


@pytest.mark.parametrize("status", [AlertStatus.PAUSED, AlertStatus.ENDED])
def test_what_is_paused_or_over_does_not_fire(status: AlertStatus) -> None:
    assert walked(alert(status=status), "1000")[1] == []


def test_what_a_closed_chat_would_have_been_told_is_over() -> None:
    turn = take(watched(alert()), Decimal(1200), now=NOW, muted=True)
    assert not turn.fires and (turn.after.status, turn.after.hits) == (AlertStatus.WATCHING, 0)
    assert not take(turn.after, Decimal(1200), now=NOW).fires


@pytest.mark.parametrize(
    ("gauge", "more", "reading"),
    [
        (Gauge.PRICE, {"last": Decimal("60050")}, "60050"),
        (Gauge.PRICE, {"last": Decimal(0)}, None),
        (Gauge.VOLUME, {"volume": Decimal("12.5")}, "12.5"),
        (Gauge.VOLUME, {"last": Decimal(0)}, None),
        (Gauge.SPREAD, {"bid": Decimal(99), "ask": Decimal(101)}, "2"),
        (Gauge.SPREAD, {"bid": Decimal(100), "ask": Decimal(100)}, "0"),
        (Gauge.SPREAD, {"bid": Decimal(101), "ask": Decimal(99)}, None),
        (Gauge.SPREAD, {"bid": Decimal(0), "ask": Decimal(99)}, None),
        (Gauge.RISE, {"last": Decimal(100)}, "25"),
        (Gauge.FALL, {"last": Decimal(100)}, "20"),
    ],
)
def test_gauges_read_what_they_say_and_no_nonsense(gauge: Gauge, more: dict[str, Any], reading: str | None) -> None:
    said = read(gauge, replace(ticker(), **more), lowest=Decimal(80), highest=Decimal(125))
    assert said == (None if reading is None else Decimal(reading))


def test_a_percentage_is_not_reached_by_rounding() -> None:
    almost = read(Gauge.RISE, replace(ticker(), last=Decimal("102.999999999999")), lowest=Decimal(100))
    assert almost is not None and almost < 3


def test_a_level_keeps_fifteen_digits() -> None:
    assert fitted(rule(level="1.2345678901234567")).level == Decimal("1.23456789012346")


prices = st.integers(1, 2_000).map(lambda cents: Decimal(cents) / 10)


@given(crossing=st.sampled_from(Crossing), position=st.sampled_from(Position), reading=prices)
def test_nothing_that_matters_happens_before_a_trigger(
    crossing: Crossing, position: Position, reading: Decimal
) -> None:
    """What the engine's index relies on: between triggers a step neither fires nor arms."""
    at = rule(crossing, "100")
    reached = [
        trigger
        for trigger in triggers(at, position)
        if (reading >= trigger.level if trigger.rising else reading <= trigger.level)
    ]
    after, fires = step(at, position, reading)
    if not reached:
        assert not fires and triggers(at, after) == triggers(at, position)
    else:
        assert fires or triggers(at, after) != triggers(at, position)


@given(level=prices, reading=prices)
def test_the_side_is_that_of_the_reading(level: Decimal, reading: Decimal) -> None:
    expected = BETWEEN if reading == level else BELOW if reading < level else ABOVE
    assert side(rule(level=str(level)), reading) is expected
