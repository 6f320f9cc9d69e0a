"""Levels that no market can have are refused; percents are percents."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.alert_drafts import AlertKind, AlertRequest
from chatbot.domain.alert_fitting import distance, fit_rule
from chatbot.domain.alerts import Crossing, Gauge, Rule
from chatbot.domain.errors import InputError
from tests.fakes.values import BTC, ticker
from tests.handlers.views.alert_examples import FALL, an_alert

AT_60000 = ticker(last="60000")


def fit(kind: AlertKind, level: str, crossing: Crossing | None = None, **more: object) -> Rule:
    said = replace(AlertRequest(kind=kind, level=Decimal(level), crossing=crossing), **more)  # type: ignore[arg-type]
    return fit_rule(said, market=BTC, ticker=AT_60000)


def test_five_percent_is_five_percent() -> None:
    rule = fit(AlertKind.MOVE, "5", Crossing.UP)
    assert rule.gauge is Gauge.PRICE and rule.level == 63_000
    assert (rule.move, rule.anchor) == (Decimal(5), Decimal(60_000))
    assert fit(AlertKind.MOVE, "5", Crossing.DOWN).level == 57_000


def test_a_move_within_an_hour_is_read_from_the_extreme_of_that_hour() -> None:
    rule = fit(AlertKind.MOVE, "3", Crossing.DOWN, window=timedelta(hours=1))
    assert rule == Rule(gauge=Gauge.FALL, crossing=Crossing.UP, level=Decimal(3), window=timedelta(hours=1))


def test_what_was_not_said_is_what_is_usual() -> None:
    assert fit(AlertKind.PRICE, "70000").crossing is Crossing.EITHER
    assert fit(AlertKind.SPREAD, "0.5").crossing is Crossing.UP


@pytest.mark.parametrize(
    ("kind", "level", "said"),
    [
        (AlertKind.PRICE, "6000000.01", "more than 100 times"),
        (AlertKind.PRICE, "599.99", "less than a hundredth"),
        (AlertKind.PRICE, "60000.001", "at most 2 decimals"),
        (AlertKind.PRICE, "0", "above zero"),
        (AlertKind.MOVE, "1000.01", "at most 1,000%"),
        (AlertKind.MOVE, "0.001", "at most 2 decimals"),
        (AlertKind.MOVE, "100", "cannot fall"),
        (AlertKind.SPREAD, "101", "at most 100%"),
        (AlertKind.VOLUME, "0.000000001", "at most 8 decimals"),
    ],
)
def test_levels_that_cannot_be_meant_are_refused_with_a_sentence(kind: AlertKind, level: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        fit(kind, level, Crossing.DOWN)


def test_the_outermost_levels_are_taken() -> None:
    assert fit(AlertKind.PRICE, "6000000").level == 6_000_000 and fit(AlertKind.PRICE, "600").level == 600


@pytest.mark.parametrize(
    ("kind", "unit"), [(AlertKind.PRICE, "EUR"), (AlertKind.PRICE, "BTC"), (AlertKind.VOLUME, "USDT")]
)
def test_a_number_in_another_currency_is_refused(kind: AlertKind, unit: str) -> None:
    with pytest.raises(InputError, match=f"not understand “{unit}”"):
        fit(kind, "70000", unit=unit)


def test_the_distance_is_percent_of_the_price_of_now_or_points_of_a_percentage() -> None:
    assert distance(an_alert(), Decimal(64_000)) == 25
    assert distance(an_alert(rule=FALL), Decimal("0.5")) == Decimal("2.5")
    assert distance(an_alert(), None) is None
