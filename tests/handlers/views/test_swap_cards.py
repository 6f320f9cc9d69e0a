"""Cards of swaps' tickets: both sums to the last digit, where it goes, and what became of it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.errors import Cause, Obstacle
from chatbot.domain.money import Amount
from chatbot.domain.tickets import (
    Blocked,
    Disowned,
    LikeSwap,
    Lost,
    Moved,
    NotFound,
    Outcome,
    PaidElsewhere,
    PayoutSet,
    RefusedBy,
    Requested,
    SwapCreated,
    Ticket,
    TicketState,
    Unsent,
    WrongCodes,
)
from handlers.actions import ConfirmSwap, DeclineTicket, RepeatTicket, SettleByWord, ShowSwap
from handlers.views.notices import settled
from handlers.views.screen import Press, Screen
from handlers.views.tickets import card
from tests.fakes.swap_service import BTC, PAYOUT, USDT_TRON
from tests.handlers.views.markup import read
from tests.handlers.views.swap_examples import NOW, STELLAR, payout_ticket, swap_ticket
from tests.storage.examples import SET_PAYOUT, SWAP, SWAP_TERMS

S = TicketState
OLDER = LikeSwap(reference="ABCDEF", made_at=NOW - timedelta(minutes=10))


def said(ticket: Ticket) -> str:
    return read(str(card(ticket, now=NOW).text))


def actions(screen: Screen) -> list[type]:
    return [type(key.action) for row in screen.rows for key in row if isinstance(key, Press)]


def getting(amount: str) -> Ticket:
    """What is to be received was named."""
    new = replace(SWAP.new, deposit_amount=None, withdraw_amount=Decimal(amount))
    return swap_ticket(intent=replace(SWAP, new=new))


def test_both_sums_networks_rate_fee_limits_and_what_is_exact() -> None:
    words = said(swap_ticket())
    assert words.startswith("Swap 500.1 USDT on Ethereum to ≈ 0.009502 BTC\n")
    for each in (
        "Rate   1 BTC = 50,000 USDT",
        "Fee    0.0005 BTC, included",
        "Takes  50 USDT or more",
        "Paid out on Bitcoin to",
        "The rate holds until 12:01 UTC, 1 min from now.",
        "nexchange-1 · LIVE · 60 s left",
        "⚠️ nothing tells whether this address is right",
    ):
        assert each in words


def test_named_sum_to_receive_is_exact_and_the_one_to_send_is_the_estimate() -> None:
    words = said(getting("0.009502"))
    assert words.startswith("Swap ≈ 500.1 USDT on Ethereum to 0.009502 BTC\n")


def test_estimates_have_eight_digits_and_are_never_better_than_they_are() -> None:
    terms = replace(SWAP_TERMS, withdraw=Amount(Decimal("0.0095020134999"), "BTC"))
    assert said(swap_ticket(terms=terms)).startswith("Swap 500.1 USDT on Ethereum to ≈ 0.0095020134 BTC\n")
    dear = replace(SWAP_TERMS, deposit=Amount(Decimal("1500.12345678"), "USDT"))
    named = replace(SWAP.new, deposit_amount=None, withdraw_amount=Decimal("0.03"))
    words = said(swap_ticket(intent=replace(SWAP, new=named), terms=dear))
    assert words.startswith("Swap ≈ 1,500.1235 USDT on Ethereum to 0.03 BTC\n")


def test_same_coin_on_two_networks_is_told_apart() -> None:
    words = said(swap_ticket(intent=replace(SWAP, withdraw=USDT_TRON)))
    assert words.startswith("Swap 500.1 USDT on Ethereum to ≈ 0.009502 USDT on Tron\n")


def test_rate_is_told_for_one_of_the_dearer_coin() -> None:
    selling = replace(SWAP, deposit=BTC, withdraw=USDT_TRON)
    words = said(swap_ticket(intent=selling, terms=replace(SWAP_TERMS, price=Decimal("0.00001302"))))
    assert "Rate   1 BTC = 76,804.915 USDT\n" in words


def test_own_limit_is_shown_where_a_second_one_like_it_would_be_too_much() -> None:
    assert "left today" not in said(swap_ticket())
    assert "Limit" in said(swap_ticket(terms=replace(SWAP_TERMS, left=Amount(Decimal(900), "USDT"))))
    assert "Limit" in said(swap_ticket(terms=replace(SWAP_TERMS, value=None)))


@pytest.mark.parametrize(
    ("least", "most", "shown"),
    [
        (None, None, None),
        ("50", "5000", "Takes  50 to 5,000 USDT"),
        (None, "5000", "Takes  5,000 USDT at most"),
    ],
)
def test_limits_of_the_offer_are_shown_as_far_as_it_names_them(
    least: str | None, most: str | None, shown: str | None
) -> None:
    def limit(value: str | None) -> Amount | None:
        return None if value is None else Amount(Decimal(value), "USDT")

    words = said(swap_ticket(terms=replace(SWAP_TERMS, least=limit(least), most=limit(most))))
    assert "Takes" not in words if shown is None else shown in words


@pytest.mark.parametrize("make", [swap_ticket, payout_ticket])
def test_payout_address_is_shown_to_be_compared_and_to_be_copied(make: Any) -> None:
    shown = card(make(), now=NOW)
    assert "1A1z P1eP 5QGe fi2D MPTf TL5S Lmv7 Divf Na" in read(str(shown.text))
    assert "<b>1A1z</b> <b>P1</b>eP" in str(shown.text) and "<b>Divf</b> <b>Na</b>" in str(shown.text)
    assert f"<code>{PAYOUT}</code>" in str(shown.text)


def test_memo_is_shown_or_that_there_is_none() -> None:
    new = replace(SWAP.new, withdraw_extra_id="77")
    with_one = swap_ticket(intent=replace(SWAP, withdraw=STELLAR, new=new))
    assert "<b>with memo </b><code>77</code>" in str(card(with_one, now=NOW).text)
    assert "without a memo" in said(swap_ticket(intent=replace(SWAP, withdraw=STELLAR)))
    assert "memo" not in said(swap_ticket())


def test_refund_address_is_shown_or_that_there_is_none() -> None:
    assert "No refund address" in said(swap_ticket())
    new = replace(SWAP.new, refund_address="0xabcdef", refund_extra_id="9")
    refunded = "Refunds on Ethereum to\n0xab cdef\n0xabcdef\nwith memo 9\n"
    assert refunded in said(swap_ticket(intent=replace(SWAP, new=new)))


def test_it_says_what_confirm_does_and_that_nothing_moves_by_it() -> None:
    assert "Confirm makes the order. Coins move only when you pay it." in said(swap_ticket())
    assert "It can be set once" in said(payout_ticket())


@pytest.mark.parametrize("make", [swap_ticket, payout_ticket])
def test_confirm_and_cancel_stand_apart(make: Any) -> None:
    shown = card(make(), now=NOW)
    assert [len(row) for row in shown.rows] == [1, 1] and actions(shown) == [ConfirmSwap, DeclineTicket]


@pytest.mark.parametrize(
    ("state", "outcome", "words"),
    [
        (S.CLAIMED, None, "Creating the order…"),
        (S.DECLINED, None, "Cancelled by you. No order was created."),
        (S.EXPIRED, None, "Expired. No order was created."),
        (S.UNCERTAIN, Lost(cause=Cause.TIMEOUT), "I am looking for it in all the orders of your key"),
        (S.UNCERTAIN, Lost(cause=Cause.TIMEOUT, clean_reads=1), "a second one follows"),
        (S.UNCERTAIN, Lost(cause=Cause.TIMEOUT, like=OLDER), "one like it exists: ABCDEF, made 11:50"),
        (S.REFUSED, RefusedBy(code=400, reason="User's IP has risk."), "Refused by n.exchange: User's IP has risk."),
        (
            S.REFUSED,
            RefusedBy(code=None, reason="the account is no longer linked"),
            "Not sent: the account is no longer",
        ),
        (S.REFUSED, RefusedBy(code=401, reason="", key_rejected=True), "did not accept the key (401). No order was"),
        (S.REFUSED, Unsent(cause=Cause.UNREACHABLE), "could not be reached. No order was created."),
        (S.REFUSED, NotFound(reads=2), "No order was created. 2 complete looks"),
        (S.REFUSED, Moved(), "The offer was over before your tap. No order was created."),
        (S.REFUSED, Blocked(obstacle=Obstacle.LOCKED), "A lock closed it before your tap."),
        (S.REFUSED, WrongCodes(), "three wrong codes. No order was created."),
        (S.REFUSED, Disowned(), "you said that it was not sent"),
        (S.DONE, SwapCreated(reference="ABCDEF"), "Swap ABCDEF is created; its card is below."),
        (S.DONE, SwapCreated(reference="ABCDEF", among_others=True), "other orders just like it"),
        (S.DONE, SwapCreated(reference="ABCDEF", unpaid=True), "was created, never paid, and has ended"),
        (S.DONE, Requested(confirmed=True), "you said that it was sent"),
    ],
)
def test_every_outcome_is_told_and_nothing_is_claimed_that_is_not_so(
    state: TicketState, outcome: Outcome | None, words: str
) -> None:
    assert words in said(swap_ticket(state, outcome))


def test_what_came_to_nothing_can_be_had_again() -> None:
    assert actions(card(swap_ticket(S.EXPIRED), now=NOW)) == [RepeatTicket]
    assert RepeatTicket in actions(card(swap_ticket(S.REFUSED, RefusedBy(code=400, reason="x")), now=NOW))
    assert actions(card(swap_ticket(S.REFUSED, WrongCodes()), now=NOW)) == []
    assert actions(card(payout_ticket(S.EXPIRED), now=NOW)) == [ShowSwap]


def test_an_order_like_it_is_shown_and_asked_about() -> None:
    asked = card(swap_ticket(S.UNCERTAIN, Lost(cause=Cause.TIMEOUT, like=OLDER)), now=NOW)
    assert actions(asked) == [ShowSwap, SettleByWord, SettleByWord]


def test_an_address_that_was_set_elsewhere_is_not_called_a_refusal() -> None:
    words = said(payout_ticket(S.REFUSED, PaidElsewhere()))
    assert "The payout address was not set." in words and "another payout address" in words
    assert "Refused" not in words


def test_payout_address_that_is_set_says_that_it_stays() -> None:
    assert "It cannot be changed any more." in said(payout_ticket(S.DONE, PayoutSet()))
    assert "The payout address was not set." in said(payout_ticket(S.REFUSED, RefusedBy(code=400, reason="late")))


def test_reference_that_fits_no_button_gets_none() -> None:
    assert actions(card(swap_ticket(S.DONE, SwapCreated(reference="A" * 41)), now=NOW)) == []
    odd = payout_ticket(S.EXPIRED, intent=replace(SET_PAYOUT, reference="a b"))
    assert actions(card(odd, now=NOW)) == []


def test_countdown_never_goes_below_nothing() -> None:
    assert "0 s left" in read(str(card(swap_ticket(), now=NOW + timedelta(hours=1)).text))


@pytest.mark.parametrize(
    ("ticket", "words"),
    [
        (swap_ticket(S.DONE, SwapCreated(reference="ABCDEF")), "It was created: swap ABCDEF."),
        (swap_ticket(S.DONE, SwapCreated(reference="ABCDEF", among_others=True)), "other orders just like it"),
        (swap_ticket(S.REFUSED, NotFound(reads=2)), "No order was created"),
        (payout_ticket(S.DONE, PayoutSet()), "It is settled"),
    ],
)
def test_what_was_found_out_is_told(ticket: Ticket, words: str) -> None:
    told = read(str(settled(ticket).text))
    assert told.startswith("Settled: ") and words in told
