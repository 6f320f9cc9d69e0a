from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from chatbot.domain.bars import FINER, KEPT, MINUTE, QUARTER, Bar, folded, shown_in, start_of
from chatbot.domain.charts import Span

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def bar(minute: int, price: str, *, high: str = "", low: str = "", close: str = "") -> Bar:
    return Bar(
        start=NOON + minute * MINUTE,
        open=Decimal(price),
        high=Decimal(high or price),
        low=Decimal(low or price),
        close=Decimal(close or price),
        volume=Decimal(minute),
    )


def test_bars_together_open_with_the_first_close_with_the_last_and_reach_over_all() -> None:
    together = folded([bar(1, "10", high="12"), bar(3, "9", low="7.5"), bar(4, "11", close="10.5")], length=QUARTER)
    assert together == (
        Bar(
            start=NOON,
            open=Decimal(10),
            high=Decimal(12),
            low=Decimal("7.5"),
            close=Decimal("10.5"),
            volume=Decimal(4),
        ),
    )


def test_a_gap_stays_a_gap() -> None:
    assert [each.start for each in folded([bar(0, "1"), bar(46, "1")], length=QUARTER)] == [NOON, NOON + 3 * QUARTER]


def test_bars_begin_at_whole_lengths() -> None:
    assert start_of(NOON + timedelta(minutes=29, seconds=59), length=QUARTER) == NOON + QUARTER
    assert start_of(NOON + QUARTER, length=QUARTER) == NOON + QUARTER


@pytest.mark.parametrize("span", Span)
def test_every_span_is_shown_in_candles_that_can_be_told_apart(span: Span) -> None:
    shown, kept = shown_in(span.length)
    assert 50 <= span.length / shown <= 100
    assert shown % kept == timedelta(0)
    assert KEPT[kept] >= span.length


def test_what_longer_bars_are_made_of_is_kept_until_they_are_made() -> None:
    assert all(KEPT[finer] > 3 * length for length, finer in FINER.items())
    assert all(length % finer == timedelta(0) for length, finer in FINER.items())
