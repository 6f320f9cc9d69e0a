"""What is offered with the questions of a swap, and what typed answers mean."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.drafts import PayoutDraft, SwapDraft, SwapQuestion, SwapRequest
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.ids import SwapId
from chatbot.domain.swap_questions import (
    answered,
    ask_address,
    ask_coin,
    ask_extra_id,
    ask_meaning,
    ask_refund,
    ask_side,
    offer_amount,
    payout_answered,
    turned,
    without_coin,
)
from chatbot.domain.swap_text import EitherAmount, parse_swap
from tests.fakes.swap_service import BTC, PAYOUT, USDC, USDT_TRON, XRP

SETTLED = SwapRequest(deposit=USDC, withdraw=BTC, amount=Decimal(500), address=PAYOUT, refund_address="0xabc")
Q = SwapQuestion


def after(request: SwapRequest, asking: SwapQuestion | None, text: str) -> SwapRequest:
    return answered(SwapDraft(request=request, asking=asking), text)


@pytest.mark.parametrize(
    ("asking", "text", "request_"),
    [
        (Q.DEPOSIT, "usdc", SwapRequest(deposit_text="USDC")),
        (Q.DEPOSIT, "500 usdc", SwapRequest(deposit_text="USDC", amount=Decimal(500))),
        (Q.DEPOSIT, "usdt tron", SwapRequest(deposit_text="USDT@tron")),
        (Q.DEPOSIT, "500 usdc to btc", SwapRequest(deposit_text="USDC", withdraw_text="BTC", amount=Decimal(500))),
        (Q.DEPOSIT, "get 0.01 btc", SwapRequest(withdraw_text="BTC", amount=Decimal("0.01"), gets=True)),
        (Q.WITHDRAW, "send 500 usdc", SwapRequest(deposit_text="USDC", amount=Decimal(500))),
        (Q.WITHDRAW, "btc", SwapRequest(withdraw_text="BTC")),
        (Q.WITHDRAW, "to btc", SwapRequest(withdraw_text="BTC")),
        (Q.WITHDRAW, "0.01 btc", SwapRequest(withdraw_text="BTC", amount=Decimal("0.01"), gets=True)),
        (Q.WITHDRAW, f"btc {PAYOUT}", SwapRequest(withdraw_text="BTC", receiver_text=PAYOUT)),
        (Q.WITHDRAW, "usdc to btc", SwapRequest(deposit_text="USDC", withdraw_text="BTC")),
    ],
)
def test_a_coin_as_an_answer(asking: SwapQuestion, text: str, request_: SwapRequest) -> None:
    assert after(SwapRequest(), asking, text) == request_


@pytest.mark.parametrize("text", ["tron", "on Tron", "(TRC20)", "trc-20"])
def test_of_a_coin_on_several_networks_the_network_alone_is_an_answer(text: str) -> None:
    request = after(SwapRequest(withdraw_text="USDT", amount=Decimal(5)), Q.WITHDRAW, text)
    assert request.withdraw_text is not None and request.withdraw_text.startswith("USDT@")
    assert request.amount == Decimal(5)


def test_another_coin_drops_the_address_of_the_one_before() -> None:
    other = after(SETTLED, Q.WITHDRAW, "eth")
    assert (other.withdraw, other.withdraw_text, other.address) == (None, "ETH", None)
    assert (other.deposit, other.amount, other.refund_address) == (USDC, Decimal(500), "0xabc")
    assert after(SETTLED, Q.DEPOSIT, "eth").refund_address is None


@pytest.mark.parametrize("asking", [Q.DEPOSIT, Q.WITHDRAW])
@pytest.mark.parametrize("text", ["500", "???"])
def test_what_names_no_coin_is_asked_for_again(asking: SwapQuestion, text: str) -> None:
    with pytest.raises(InputError):
        after(SwapRequest(), asking, text)


@pytest.mark.parametrize(
    ("gets", "text", "amount", "gets_after"),
    [
        (False, "20", "20", False),
        (True, "20", "20", True),
        (False, "get 20", "20", True),
        (True, "20 usdc", "20", False),
        (False, "0.1 BTC", "0.1", True),
    ],
)
def test_an_amount_as_an_answer(gets: bool, text: str, amount: str, gets_after: bool) -> None:
    request = after(replace(SETTLED, amount=None, gets=gets), Q.AMOUNT, text)
    assert (request.amount, request.gets) == (Decimal(amount), gets_after)


def test_between_two_networks_of_one_coin_the_amount_stays_on_its_side() -> None:
    request = replace(SETTLED, deposit=USDT_TRON, withdraw=replace(USDT_TRON, code="USDTERC", network="ETH"))
    assert after(request, Q.AMOUNT, "20 usdt").gets is False
    assert after(request, Q.AMOUNT, "get 20 usdt").gets is True


def test_addresses_and_memos_as_answers() -> None:
    assert after(SETTLED, Q.ADDRESS, "rABC 7") == replace(SETTLED, address=None, receiver_text="rABC 7")
    both = after(SETTLED, Q.ADDRESS, "rABC 7 refund 0xdef")
    assert (both.receiver_text, both.refund_text) == ("rABC 7", "0xdef")
    assert after(SETTLED, Q.EXTRA_ID, "a memo").receiver_text == f"{PAYOUT} a memo"
    assert after(SETTLED, Q.REFUND, "skip").refund_address == ""
    assert after(SETTLED, Q.REFUND, "0xdef").refund_text == "0xdef"
    assert after(SETTLED, Q.REFUND_EXTRA_ID, "7").refund_text == "0xabc 7"


def test_the_answer_to_a_correction_is_an_amount_or_the_whole_swap() -> None:
    assert after(SETTLED, None, "20").amount == Decimal(20) and after(SETTLED, None, "20").withdraw == BTC
    assert after(SETTLED, None, "20 xrp to btc") == parse_swap("20 xrp to btc")


def test_both_readings_of_an_amount_are_offered() -> None:
    text = "1,500 usdc to btc"
    with pytest.raises(AmbiguousNumber) as caught:
        parse_swap(text)
    draft = ask_meaning(parse_swap, text, caught.value)
    assert [choice.request.amount for choice in draft.choices] == [Decimal(1500), Decimal("1.500")]
    assert [choice.label for choice in draft.choices] == ["Send 1,500 USDC", "Send 1.5 USDC"]
    assert draft.request.amount is None and draft.request.withdraw_text == "BTC"


def test_a_number_behind_both_coins_is_asked_for_its_coin() -> None:
    with pytest.raises(EitherAmount) as caught:
        parse_swap("usdt@tron->btc 500")
    sent, got = ask_side(caught.value).choices
    assert (sent.label, sent.request.amount, sent.request.gets) == ("Send 500 USDT", Decimal(500), False)
    assert (got.label, got.request.amount, got.request.gets) == ("Get 500 BTC", Decimal(500), True)


def test_coins_are_offered_with_networks_and_codes_where_they_are_alike() -> None:
    bridged = replace(USDC, code="USDCE", contract="0xother")
    draft = ask_coin(SwapRequest(), Q.DEPOSIT, (BTC, USDT_TRON, USDC, bridged))
    assert [choice.label for choice in draft.choices] == [
        "BTC",
        "USDT on Tron",
        "USDC on Ethereum (USDC)",
        "USDC on Ethereum (USDCE)",
    ]
    assert [choice.request.deposit_network_named for choice in draft.choices] == [False, True, False, False]


def test_addresses_are_offered_short_and_chosen_whole() -> None:
    (again,) = ask_address(SETTLED, ((PAYOUT, "7"),)).choices
    assert again.label == "1A1zP1…DivfNa · 7" and (again.request.address, again.request.extra_id) == (PAYOUT, "7")
    refund, skip = ask_refund(SETTLED, (("short", ""),)).choices
    assert refund.label == "short" and skip.request.refund_address == ""
    memo = ask_extra_id(SETTLED, Q.REFUND, "0xabc")
    assert memo.asking is Q.REFUND_EXTRA_ID and memo.choices[0].request.refund_extra_id == ""


def test_an_amount_that_fits_nothing_is_just_asked_again() -> None:
    assert offer_amount(SETTLED, None, USDC, gets=False).choices == ()
    assert offer_amount(SETTLED, Decimal(0), USDC, gets=False).choices == ()
    (fitting,) = offer_amount(replace(SETTLED, gets=True), Decimal(50), USDC, gets=False).choices
    assert (fitting.label, fitting.request.amount, fitting.request.gets) == ("Use 50 USDC", Decimal(50), False)


def test_turning_twice_drops_only_what_went_with_the_direction() -> None:
    request = replace(SETTLED, deposit=None, deposit_text="USDT@tron", withdraw=XRP, withdraw_network_named=True)
    back = turned(turned(request))
    assert back == SwapRequest(deposit_text="USDT@tron", withdraw=XRP, withdraw_network_named=True)
    assert without_coin(request, Q.WITHDRAW).withdraw is None and without_coin(request, Q.DEPOSIT).deposit_text is None


def test_the_answers_for_a_payout() -> None:
    assert payout_answered(PayoutDraft(swap=SwapId(1)), "rABC 7") == "rABC 7"
    assert payout_answered(PayoutDraft(swap=SwapId(1), address="rABC"), "none") == "rABC none"
