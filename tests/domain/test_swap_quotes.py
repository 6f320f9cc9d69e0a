"""What an offer makes of an amount, against a plain reference, and what it takes."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chatbot.domain.swap_quotes import AmountUnfit, Quoted, quote, sizes
from chatbot.domain.swaps import Coin, Rate
from tests.fakes.clock import START
from tests.fakes.swap_service import BTC, USDC

OFFER = Rate(
    pair="BTCUSDC",
    deposit="USDC",
    withdraw="BTC",
    price=Decimal(45_000),
    withdrawal_fee=Decimal("0.0005"),
    rate_id="abc123",
    least_deposit=Decimal(50),
    most_deposit=Decimal(500_000),
    least_withdraw=Decimal("0.001"),
    most_withdraw=Decimal(10),
    expires_at=START + timedelta(minutes=5),
)

amounts = st.decimals(min_value="0.000001", max_value=10**12, places=6)
prices = st.decimals(min_value="0.0000000001", max_value=10**10, places=10)
fees = st.decimals(min_value=0, max_value=1000, places=8)
decimals = st.integers(0, 18)


def offer(price: Decimal, fee: Decimal) -> Rate:
    return replace(
        OFFER,
        price=price,
        withdrawal_fee=fee,
        least_deposit=None,
        most_deposit=None,
        least_withdraw=None,
        most_withdraw=None,
    )


def coin(decimals: int) -> Coin:
    return replace(BTC, decimals=decimals)


def quoted(amount: str, rate: Rate = OFFER, *, gets: bool = False) -> Quoted:
    return quote(Decimal(amount), rate, gets=gets, deposit=USDC, withdraw=BTC)


def unfit(amount: str, rate: Rate = OFFER, *, gets: bool = False) -> tuple[str, Decimal | None]:
    with pytest.raises(AmountUnfit) as caught:
        quoted(amount, rate, gets=gets)
    return caught.value.sentence, caught.value.fitting


def test_the_example_of_the_documentation() -> None:
    assert quoted("450") == Quoted(deposit=Decimal(450), withdraw=Decimal("0.0095"))
    assert quoted("0.0095", gets=True) == Quoted(deposit=Decimal(450), withdraw=Decimal("0.0095"))


@given(amounts, prices, fees, decimals)
def test_what_is_received_is_the_largest_amount_that_the_deposit_pays_for(
    amount: Decimal, price: Decimal, fee: Decimal, places: int
) -> None:
    exact = (Fraction(amount) / Fraction(price) - Fraction(fee)) * 10**places
    assume(exact >= 1)
    both = quote(amount, offer(price, fee), gets=False, deposit=USDC, withdraw=coin(places))
    assert both.deposit == amount
    assert Fraction(both.withdraw) * 10**places == floor(exact)


@given(amounts, prices, fees, decimals)
def test_what_is_sent_is_the_least_that_pays_for_the_amount_received(
    amount: Decimal, price: Decimal, fee: Decimal, places: int
) -> None:
    both = quote(amount, offer(price, fee), gets=True, deposit=coin(places), withdraw=USDC)
    exact = (Fraction(amount) + Fraction(fee)) * Fraction(price) * 10**places
    assert both.withdraw == amount
    assert Fraction(both.deposit) * 10**places == ceil(exact)


@given(amounts, prices, fees)
def test_sending_what_an_amount_costs_gets_at_least_that_amount(amount: Decimal, price: Decimal, fee: Decimal) -> None:
    rate = offer(price, fee)
    cost = quote(amount, rate, gets=True, deposit=coin(18), withdraw=USDC).deposit
    assert quote(cost, rate, gets=False, deposit=coin(18), withdraw=USDC).withdraw >= amount


def test_limits_hold_for_the_amount_that_is_named_and_the_nearest_that_fits_is_known() -> None:
    assert unfit("49.99") == ("The least here is 50 USDC, not 49.99 USDC.", Decimal(50))
    assert unfit("500000.01") == ("The most here is 500,000 USDC, not 500,000.01 USDC.", Decimal(500_000))
    assert unfit("0.0009", gets=True) == ("The least here is 0.001 BTC, not 0.0009 BTC.", Decimal("0.001"))
    assert unfit("10.1", gets=True) == ("The most here is 10 BTC, not 10.1 BTC.", Decimal(10))
    for amount, gets in (("50", False), ("500000", False), ("0.001", True), ("10", True)):
        assert quoted(amount, gets=gets)


def test_a_limit_with_more_decimals_than_the_coin_is_rounded_inwards() -> None:
    rate = replace(OFFER, least_deposit=Decimal("50.0000001"), most_deposit=Decimal("70.0000009"))
    assert unfit("50", rate)[1] == Decimal("50.000001")
    assert unfit("71", rate)[1] == Decimal("70.000000")


def test_an_amount_has_at_most_the_coins_decimals() -> None:
    assert unfit("100.1234567") == ("USDC has 6 decimals here, not more.", Decimal("100.123456"))
    assert unfit("0.000000001", gets=True) == ("BTC has 8 decimals here, not more.", None)
    assert quote(Decimal("1.00000000"), OFFER, gets=True, deposit=USDC, withdraw=replace(BTC, decimals=None))


def test_an_amount_that_the_fee_eats_is_not_taken() -> None:
    sentence, fitting = unfit("22", offer(Decimal(45_000), Decimal("0.0005")))
    assert sentence == "Nothing would be left of 22 USDC: the fee is 0.0005 BTC." and fitting is None


@pytest.mark.parametrize(
    ("least", "most", "offered"),
    [
        ("50", "500000", ["50", "100", "200", "500"]),
        ("0.00123", "10", ["0.00123", "0.002", "0.005", "0.01"]),
        ("50", "150", ["50", "100"]),
        ("1", None, ["1", "2", "5", "10"]),
        ("0.1234567", None, ["0.123457", "0.2", "0.5", "1"]),
        (None, "5", []),
        ("0", "5", []),
    ],
)
def test_the_least_and_round_amounts_above_it_are_offered(
    least: str | None, most: str | None, offered: list[str]
) -> None:
    low, high = (None if limit is None else Decimal(limit) for limit in (least, most))
    rate = replace(OFFER, least_deposit=low, most_deposit=high)
    assert [str(size) for size in sizes(rate, gets=False, coin=USDC, count=4)] == offered
