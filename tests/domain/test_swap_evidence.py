"""Which order is the one that was asked for, and whether it should be paid."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.ids import AccountId
from chatbot.domain.intents import CreateSwap, SwapTerms
from chatbot.domain.money import Amount
from chatbot.domain.swap_doubts import doubts_about
from chatbot.domain.swap_evidence import SKEW, is_alike, is_made_since, is_set
from chatbot.domain.swaps import Currency, Doubt, Swap
from tests.fakes.clock import START
from tests.fakes.swap_service import BTC, PAYOUT, USDC, USDT_ETH, XRP, new_swap, swap

OTHER = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
HEX = "0x52908400098527886E0F7030069857D2E4169EE7"


def intent(**changes: Any) -> CreateSwap:
    return CreateSwap(account=AccountId(1), new=new_swap(**changes), deposit=USDC, withdraw=BTC)


TERMS = SwapTerms(
    deposit=Amount(Decimal(500), "USDC"),
    withdraw=Amount(Decimal("0.0095"), "BTC"),
    price=Decimal(50_000),
    fee=Amount(Decimal("0.0005"), "BTC"),
    rate_until=START + timedelta(minutes=1),
    least=None,
    most=None,
    warnings=(),
    value=Decimal(500),
    left=Amount(Decimal(10_000), "USDT"),
)


def is_it(order: Swap, asked: CreateSwap | None = None) -> bool:
    return is_alike(order, asked or intent()) and is_made_since(order, START)


def doubts(order: Swap, asked: CreateSwap | None = None) -> tuple[Doubt, ...]:
    return doubts_about(order, asked or intent(), TERMS)


def test_what_was_asked_for_is_found_and_not_doubted() -> None:
    assert is_it(swap()) and doubts(swap()) == ()


@pytest.mark.parametrize(
    "currency",
    [
        Currency(code="USDC"),
        Currency(code="usdc"),
        Currency(code="USDC", network="ETH"),
        Currency(contract=USDC.contract, network="ETH"),
        Currency(contract=USDC.contract.lower(), network="ETH"),
    ],
)
def test_a_currency_is_known_in_each_of_its_forms(currency: Currency) -> None:
    assert is_it(swap(deposit=currency)) and doubts(swap(deposit=currency)) == ()


@pytest.mark.parametrize(
    "currency",
    [
        Currency(code="USDT"),
        Currency(code="USDC", network="TRON"),
        Currency(contract=USDC.contract, network="BASE"),
        Currency(contract=USDT_ETH.contract, network="ETH"),
        Currency(network="ETH"),
        Currency(),
    ],
)
def test_another_currency_is_neither_found_nor_paid(currency: Currency) -> None:
    assert not is_it(swap(deposit=currency))
    assert doubts(swap(deposit=currency)) == (Doubt.DEPOSIT_COIN,)


def test_a_symbol_that_does_not_name_its_network_is_found_but_doubted() -> None:
    asked = replace(intent(), deposit=USDT_ETH, new=new_swap(deposit=Currency(code="USDTERC")))
    bare = swap(deposit=Currency(code="USDT"))
    assert is_it(bare, asked) and doubts(bare, asked) == (Doubt.DEPOSIT_COIN,)


def test_a_networks_own_coin_is_one_without_a_contract() -> None:
    assert is_it(swap(withdraw=Currency(network="BTC"))) and doubts(swap(withdraw=Currency(network="BTC"))) == ()
    assert not is_it(swap(withdraw=Currency(network="LTC")))


def test_two_codes_of_one_network_are_one() -> None:
    on_polygon = replace(USDC, code="USDCPOL", network="POL")
    asked = replace(intent(), deposit=on_polygon)
    assert doubts(swap(deposit=Currency(code="USDC", network="MATIC")), asked) == ()


@pytest.mark.parametrize("said", ["500", "500.00", "500.0000004"])
def test_the_named_amount_may_carry_more_decimals_than_the_coin(said: str) -> None:
    assert is_it(swap(deposit_amount=Decimal(said))) and doubts(swap(deposit_amount=Decimal(said))) == ()


@pytest.mark.parametrize("said", ["499.999999", "500.000001", "50", "0"])
def test_another_amount_than_the_named_one_is_neither_found_nor_paid(said: str) -> None:
    order = swap(deposit_amount=Decimal(said))
    assert not is_it(order) and doubts(order) == (Doubt.DEPOSIT_AMOUNT,)


def test_the_amount_to_receive_counts_where_that_was_named() -> None:
    asked = intent(deposit_amount=None, withdraw_amount=Decimal("0.0095"))
    assert is_it(swap(deposit_amount=Decimal(510)), asked)
    assert doubts(swap(deposit_amount=Decimal(510)), asked) == ()
    assert not is_it(swap(withdraw_amount=Decimal("0.0094")), asked)
    assert doubts(swap(withdraw_amount=Decimal("0.0094")), asked) == (Doubt.WITHDRAW_AMOUNT,)


def test_a_much_worse_other_amount_is_doubted_and_a_better_one_is_not() -> None:
    worse = (Doubt.MUCH_WORSE,)
    assert doubts(swap(withdraw_amount=Decimal("0.0090"))) == worse
    assert doubts(swap(withdraw_amount=Decimal("0.0091"))) == ()
    assert doubts(swap(withdraw_amount=Decimal("0.0200"))) == ()
    asked = intent(deposit_amount=None, withdraw_amount=Decimal("0.0095"))
    assert doubts(swap(deposit_amount=Decimal("525.01")), asked) == worse
    assert doubts(swap(deposit_amount=Decimal(400)), asked) == ()


@pytest.mark.parametrize("address", [OTHER, "", PAYOUT.lower()])
def test_another_payout_address_is_neither_found_nor_paid(address: str) -> None:
    order = swap(withdraw_address=address)
    assert not is_it(order)
    assert doubts(order) == (Doubt.PAYOUT,)


def test_only_addresses_in_hex_are_the_same_in_any_case() -> None:
    asked = intent(withdraw_address=HEX)
    order = swap(withdraw_address=HEX.lower())
    assert is_it(order, asked) and doubts(order, asked) == ()


def test_a_memo_the_service_left_out_is_found_but_doubted() -> None:
    asked = intent(withdraw_extra_id="777")
    assert is_it(swap(), asked) and doubts(swap(), asked) != ()
    assert not is_it(swap(withdraw_extra_id="778"), asked)
    assert doubts(swap(withdraw_extra_id="777"), asked) == ()


def test_a_refund_address_the_service_left_out_is_found_but_doubted() -> None:
    asked = intent(refund_address=HEX, refund_extra_id="1")
    assert is_it(swap(), asked) and doubts(swap(), asked) == (Doubt.REFUND,)
    assert not is_it(swap(refund_address=OTHER), asked)
    assert doubts(swap(refund_address=HEX, refund_extra_id="1"), asked) == ()


def test_another_memo_of_the_refund_is_another_order() -> None:
    asked = intent(refund_address=HEX, refund_extra_id="1")
    assert is_it(swap(refund_address=HEX, refund_extra_id="1"), asked) and is_it(swap(refund_address=HEX), asked)
    assert not is_it(swap(refund_address=HEX, refund_extra_id="2"), asked)


def test_a_respelt_address_is_the_one() -> None:
    written = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
    asked = intent(withdraw_address=written.upper(), refund_address=HEX)
    order = swap(withdraw_address=written, refund_address=HEX.lower())
    assert is_it(order, asked) and doubts(order, asked) == ()
    assert is_set(order, address=written.upper(), extra_id="")


def test_an_order_from_long_before_the_tap_is_not_the_one() -> None:
    assert is_it(swap(created_at=START - SKEW)) and is_it(swap(created_at=START + timedelta(days=1)))
    assert not is_it(swap(created_at=START - SKEW - timedelta(seconds=1)))


def test_a_payout_address_is_set_with_its_memo_or_not_at_all() -> None:
    order = swap(withdraw=Currency(code=XRP.code), withdraw_extra_id="7")
    assert is_set(order, address=PAYOUT, extra_id="7")
    assert not is_set(order, address=PAYOUT, extra_id="") and not is_set(order, address=OTHER, extra_id="7")
    assert not is_set(swap(withdraw_address=""), address="", extra_id="")
