"""What was said of an order at first holds: whatever else is said of it later is doubted."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.swap_doubts import changes, completed, misleads
from chatbot.domain.swaps import Currency, Doubt, SwapStatus
from handlers.views.swap_doubts import SENTENCES
from tests.fakes.swap_service import BTC, DEPOSIT_ADDRESSES, USDC, USDT_ETH, swap
from tests.storage.test_swaps import followed

OTHER = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
HEX = DEPOSIT_ADDRESSES["ETH"]
KNOWN = followed(swap=swap())


@pytest.mark.parametrize("status", [SwapStatus.INITIAL, SwapStatus.UNKNOWN, SwapStatus.PAID, SwapStatus.COMPLETED])
@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        ({"deposit_address": OTHER}, Doubt.DEPOSIT_ADDRESS_CHANGED),
        ({"deposit_extra_id": "8"}, Doubt.DEPOSIT_MEMO_CHANGED),
        ({"deposit_amount": Decimal(501)}, Doubt.DEPOSIT_AMOUNT_CHANGED),
        ({"deposit": Currency(code="USDT")}, Doubt.DEPOSIT_COIN_CHANGED),
        ({"withdraw": Currency(code="LTC")}, Doubt.WITHDRAW_COIN_CHANGED),
        ({"withdraw_amount": Decimal("0.0090")}, Doubt.WITHDRAW_AMOUNT_FELL),
        ({"withdraw_address": OTHER}, Doubt.PAYOUT_CHANGED),
        ({"withdraw_address": ""}, Doubt.PAYOUT_CHANGED),
        ({"withdraw_extra_id": "8"}, Doubt.PAYOUT_CHANGED),
        ({"refund_address": OTHER}, Doubt.REFUND_CHANGED),
        ({"refund_extra_id": "8"}, Doubt.REFUND_CHANGED),
    ],
)
def test_what_changes_after_the_order_was_made_is_doubted_in_every_status(
    status: SwapStatus, said: dict[str, Any], doubt: Doubt
) -> None:
    assert changes(KNOWN, swap(status=status, **said)) == (doubt,)


def test_it_is_held_against_the_first_reading_not_against_the_last() -> None:
    known = followed(swap=swap(status=SwapStatus.UNKNOWN, deposit_address=OTHER), first=swap())
    assert changes(known, swap(deposit_address=OTHER)) == (Doubt.DEPOSIT_ADDRESS_CHANGED,)
    assert changes(known, swap()) == ()


@pytest.mark.parametrize(
    "said",
    [
        {"withdraw_amount": Decimal("0.0094")},
        {"withdraw_amount": Decimal("0.0200")},
        {"fixed_until": None},
        {"deposit_transaction": "a1", "withdraw_transaction": "b2"},
        {"deposit": Currency(code="USDC", network="ETH")},
        {"deposit": Currency(contract=USDC.contract.lower(), network="ETH")},
        {"deposit_amount": Decimal("500.0000004")},
        {"deposit_address": HEX.lower()},
    ],
)
def test_what_may_change_and_what_is_only_written_otherwise_is_not_doubted(said: dict[str, Any]) -> None:
    assert changes(KNOWN, swap(**said)) == ()


def test_an_address_may_be_left_out_once_it_was_paid_but_not_before() -> None:
    assert changes(KNOWN, swap(status=SwapStatus.PAID, deposit_address="")) == ()
    assert changes(KNOWN, swap(deposit_address="")) == (Doubt.DEPOSIT_ADDRESS_CHANGED,)


def test_of_a_coin_that_is_not_listed_nobody_can_tell_whether_it_changed() -> None:
    known = followed(swap=swap(), deposit=replace(USDC, is_listed=False), withdraw=replace(BTC, is_listed=False))
    assert changes(known, swap(deposit=Currency(code="USDT"), withdraw=Currency(code="LTC"))) == ()


def test_what_was_not_set_at_first_is_known_from_when_it_was() -> None:
    first = swap(
        deposit_address="",
        withdraw_address="",
        deposit_amount=Decimal(0),
        withdraw_amount=Decimal(0),
        refund_address="",
    )
    later = swap(refund_address=OTHER)
    assert completed(first, later) == swap()
    assert completed(swap(), swap(deposit_address=OTHER, withdraw_address=OTHER)) == swap()


def test_coins_that_come_back_or_stay_in_a_contract_are_not_sent() -> None:
    assert misleads(swap(), (USDC, BTC)) == ()
    assert misleads(swap(deposit_address=""), (USDC, BTC)) == ()
    assert misleads(swap(refund_address=HEX.lower()), ()) == (Doubt.OWN_ADDRESS,)
    assert misleads(swap(withdraw_address=HEX), ()) == (Doubt.OWN_ADDRESS,)
    assert misleads(swap(deposit_address=USDT_ETH.contract.lower()), (USDC, USDT_ETH)) == (Doubt.CONTRACT_ADDRESS,)


def test_every_doubt_has_words_of_its_own() -> None:
    assert set(SENTENCES) == set(Doubt) and len(set(SENTENCES.values())) == len(Doubt)
