from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.market import Level
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.walks import at_price, take
from tests.fakes.values import BTC, levels

ASKS = levels(("60000", "0.5"), ("60100", "1"))
BIDS = levels(("59900", "0.5"), ("59800", "1"))


def test_buying_goes_level_by_level_and_pays_the_fee_in_what_it_gets() -> None:
    found = take(ASKS, market=BTC, side=Side.BUY, amount=Decimal(36_010))
    assert found.volume == Decimal("0.6") and found.spent == Amount(Decimal(36_010), "USDT") and found.complete
    assert found.fee == Amount(Decimal("0.0015"), "BTC") and found.received == Amount(Decimal("0.5985"), "BTC")


def test_selling_goes_level_by_level_and_pays_the_fee_in_what_it_gets() -> None:
    found = take(BIDS, market=BTC, side=Side.SELL, amount=Decimal("0.6"))
    assert found.total == Decimal(35_930) and found.spent == Amount(Decimal("0.6"), "BTC") and found.complete
    assert found.fee == Amount(Decimal("89.825"), "USDT") and found.received == Amount(Decimal("35840.17"), "USDT")


def test_what_an_order_cannot_name_is_neither_bought_nor_spent() -> None:
    coarse = replace(BTC, base_decimals=1)
    found = take(ASKS, market=coarse, side=Side.BUY, amount=Decimal(20_000))
    assert found.volume == Decimal("0.3") and found.spent.value == Decimal(18_000)
    assert found.received.value == Decimal("0.2")  # 0.29925 net
    assert take(BIDS, market=coarse, side=Side.SELL, amount=Decimal("0.19")).spent.value == Decimal("0.1")


@pytest.mark.parametrize(
    ("side", "amount", "spent"),
    [(Side.BUY, Decimal(90_101), Decimal(90_100)), (Side.SELL, Decimal("1.51"), Decimal("1.5"))],
)
def test_a_book_that_is_too_thin_says_so_and_gives_all_it_has(side: Side, amount: Decimal, spent: Decimal) -> None:
    there = ASKS if side is Side.BUY else BIDS
    found = take(there, market=BTC, side=side, amount=amount)
    assert not found.complete and found.volume == Decimal("1.5") and found.spent.value == spent
    assert take(there, market=BTC, side=side, amount=spent).complete


def test_an_empty_book_gives_nothing() -> None:
    found = take((), market=BTC, side=Side.BUY, amount=Decimal(100))
    assert (found.complete, found.volume, found.received.value) == (False, Decimal(0), Decimal(0))


def test_an_amount_at_one_price() -> None:
    assert at_price(Decimal(100), side=Side.BUY, price=Decimal(50)) == Decimal(2)
    assert at_price(Decimal(2), side=Side.SELL, price=Decimal(50)) == Decimal(100)


_BOOKS = st.lists(
    st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)).map(
        lambda level: Level(price=Decimal(level[0]).scaleb(-4), volume=Decimal(level[1]).scaleb(-6))
    ),
    max_size=6,
)


@given(_BOOKS, st.sampled_from(Side), st.integers(1, 10**14), st.integers(0, 8))
def test_never_more_is_spent_than_offered_and_one_more_step_would_be_too_much(
    there: list[Level], side: Side, offered: int, decimals: int
) -> None:
    there.sort(key=lambda level: level.price, reverse=side is Side.SELL)
    amount, step = Decimal(offered).scaleb(-6), Decimal(1).scaleb(-decimals)
    found = take(there, market=replace(BTC, base_decimals=decimals), side=side, amount=amount)
    more = found.volume + step
    assert found.spent.value <= amount
    assert _worth(there, found.volume) == Fraction(found.total)
    spent = more if side is Side.SELL else _worth(there, more)
    assert spent is None or spent > amount or more > sum(level.volume for level in there)


def _worth(there: list[Level], volume: Decimal) -> Fraction | None:
    """What a volume costs, each level cut out of it by fractions; None if the book holds less."""
    left, worth = Fraction(volume), Fraction(0)
    for level in there:
        part = min(left, Fraction(level.volume))
        left, worth = left - part, worth + part * Fraction(level.price)
    return None if left else worth
