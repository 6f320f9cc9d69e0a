import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.accounts import Venue
from chatbot.domain.alerts import Alert, AlertStatus, Crossing, Gauge, Position, Rule
from chatbot.domain.ids import AlertId, MarketCode
from chatbot.domain.ticks import Tick
from chatbot.services.alert_index import AlertIndex, Ladder, Spot, order_key
from chatbot.services.alert_windows import Range
from tests.domain.test_alert_rules import alert
from tests.fakes.clock import START as NOW
from tests.fakes.values import ticker

BTC = MarketCode("BTCUSDT")
amounts = st.decimals("1e-18", "1e18", allow_nan=False, allow_infinity=False)


@given(amounts, amounts)
def test_keys_are_in_the_order_of_values(one: Decimal, other: Decimal) -> None:
    assert one >= other or order_key(one) <= order_key(other)
    short = Decimal(f"{one:.14E}")
    assert -(2**63) <= order_key(short) < 2**63
    assert (order_key(short) < order_key(Decimal(f"{other:.14E}"))) == (short < Decimal(f"{other:.14E}"))


def test_a_ladder_is_a_sorted_set() -> None:
    chance, ladder, plain = random.Random(5), Ladder(), set()
    for _ in range(20_000):
        pair = (chance.randrange(40) * 10**15, chance.randrange(1, 300))
        if chance.random() < 0.7:
            ladder.add(*pair)
            plain.add(pair)
        else:
            ladder.remove(*pair)
            plain.discard(pair)
    assert len(plain) > 4_000
    assert list(ladder.up_to(2**62)) == sorted(plain)
    for key in (0, 7 * 10**15, 7 * 10**15 + 1, 2**62):
        assert list(ladder.up_to(key)) == [pair for pair in sorted(plain) if pair[0] <= key]
        assert sorted(ladder.down_to(key)) == [pair for pair in sorted(plain) if pair[0] >= key]
    for pair in plain:
        ladder.remove(*pair)
    assert not ladder


def tick(last: str) -> Tick:
    return Tick(venue=Venue.PAPER, at=NOW, tickers={BTC: ticker(last=last)})


def unseen(market: MarketCode, window: timedelta) -> Range | None:
    return None


def risen(market: MarketCode, window: timedelta) -> Range | None:
    """A rise of 5 % to 1000."""
    return Range(Decimal("952.38"), 0, Decimal(1000), 0)


def reached(index: AlertIndex, last: str) -> list[AlertId]:
    return [mark.alert for mark in index.reached(tick(last), unseen)]


def level(price: int, *, number: int, rising: bool = True) -> Alert:
    crossing, position = (Crossing.UP, Position.BELOW) if rising else (Crossing.DOWN, Position.ABOVE)
    rule = Rule(gauge=Gauge.PRICE, crossing=crossing, level=Decimal(price))
    return replace(alert(), id=AlertId(number), rule=rule, position=position)


def test_only_what_a_price_comes_to_is_found() -> None:
    index = AlertIndex()
    for number in range(1, 11):
        index.follow(None, level(100 + number, number=number))
        index.follow(None, level(100 - number, number=-number, rising=False))
    assert reached(index, "100.5") == []
    assert reached(index, "103") == [1, 2, 3]
    assert sorted(reached(index, "98")) == [-2, -1]


def test_a_mark_that_is_no_longer_true_goes_once_it_is_come_upon() -> None:
    index, armed = AlertIndex(), alert(id=AlertId(1))
    index.follow(None, armed)
    index.settle(index.reached(tick("1000"), unseen), [])  # its row is gone
    assert reached(index, "1000") == []


def test_windows_are_known_as_long_as_somebody_watches_or_will() -> None:
    hour = timedelta(hours=1)
    rule = Rule(gauge=Gauge.RISE, crossing=Crossing.UP, level=Decimal(3), window=hour)
    resting = alert(rule=rule, status=AlertStatus.RESTING, rests_until=NOW)
    watching = alert(rule=rule)
    index = AlertIndex()
    index.follow(None, resting)
    assert index.windows() == {BTC: hour}
    assert [mark.spot for mark in index.reached(tick("1000"), risen)] == [None]
    index.follow(resting, watching)
    assert [mark.spot for mark in index.reached(tick("1000"), risen)] == [Spot(BTC, Gauge.RISE, hour)]
    index.follow(watching, replace(watching, status=AlertStatus.ENDED))
    assert index.windows() == {} and index.reached(tick("1000"), risen) == []
