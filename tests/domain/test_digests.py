from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.accounts import Venue
from chatbot.domain.digests import LATE, TOO_LATE, Digest, movers, turn
from chatbot.domain.ids import ChatId, DigestId, MarketCode
from chatbot.domain.market import Market, Ticker
from chatbot.domain.places import Place
from tests.fakes.values import BTC, ticker

BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 1, 15, 8, tzinfo=UTC)
DIGEST = Digest(
    id=DigestId(1),
    place=Place(chat=ChatId(-7)),
    venue=Venue.ANDX,
    markets=(),
    at=time(9),
    next_at=NINE,
    set_by=None,
)


def test_in_time_it_is_told_without_a_word_about_it() -> None:
    taken = turn(DIGEST, BERLIN, now=NINE + timedelta(seconds=30))
    assert taken.notice is not None and not taken.notice.late and taken.notice.at == NINE
    assert taken.next_at == NINE + timedelta(days=1)


@pytest.mark.parametrize(
    ("after", "told", "late"),
    [(LATE, True, True), (TOO_LATE - timedelta(seconds=1), True, True), (TOO_LATE, False, False)],
)
def test_after_an_absence_it_is_told_late_or_left_out(after: timedelta, told: bool, late: bool) -> None:
    taken = turn(DIGEST, BERLIN, now=NINE + after)
    assert (taken.notice is not None) is told
    assert taken.notice is None or taken.notice.late is late
    assert taken.next_at == NINE + timedelta(days=1)


def test_of_many_missed_days_only_the_last_is_told() -> None:
    taken = turn(DIGEST, BERLIN, now=NINE + timedelta(days=5, hours=1))
    assert taken.notice is not None and taken.notice.at == NINE + timedelta(days=5)
    assert taken.next_at == NINE + timedelta(days=6)


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Nuuk")),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.lists(st.integers(min_value=1, max_value=600), min_size=150, max_size=250),
)
def test_looked_at_often_enough_every_local_day_is_told_exactly_once(name: str, at: time, minutes: list[int]) -> None:
    """Looks lie less than eleven hours apart, across both changes of the clock; only a gap over three hours skips."""
    zone, now = ZoneInfo(name), datetime(2026, 3, 1, tzinfo=UTC)
    digest = replace(DIGEST, at=at, next_at=now)
    told: list[datetime] = []
    for pause in minutes:
        now += timedelta(minutes=pause)
        if digest.next_at <= now:
            taken = turn(digest, zone, now=now)
            assert taken.next_at > now
            if taken.notice is not None:
                told.append(taken.notice.at)
            digest = replace(digest, next_at=taken.next_at)
    days = [moment.astimezone(zone).date() for moment in told[1:]]
    assert len(set(told)) == len(told)
    assert len(set(days)) >= len(days) - 1  # what is leapt over at midnight's end counts for the day before


def quote(base: str, change: str, volume: str = "1000") -> tuple[Market, Ticker]:
    market = replace(BTC, code=MarketCode(f"{base}USDT"), base=base)
    return market, replace(ticker(), market=market.code, change=Decimal(change), volume=Decimal(volume))


def test_movers_are_the_three_furthest_each_way_of_those_traded() -> None:
    quotes = [
        quote(base, change) for base, change in zip("ABCDEFG", ("5", "1", "-2", "9", "7", "-8", "0"), strict=True)
    ]
    quotes.append(quote("H", "99", volume="0.01"))
    up, down = movers(quotes)
    assert [market.base for market, _ in up] == ["D", "E", "A"]
    assert [market.base for market, _ in down] == ["F", "C"]
