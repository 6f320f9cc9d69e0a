"""Swaps that are followed: every status in words people understand, and nothing invented."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import AccountId, PersonId
from chatbot.domain.notices import SwapMoved
from chatbot.domain.swaps import Currency, Doubt, Marking, SwapPage, SwapStatus
from chatbot.services.swap_following import SwapList
from handlers.actions import ShowSwap, ShowSwaps
from handlers.views.screen import Press, Screen
from handlers.views.swap_help import answers
from handlers.views.swap_words import STATUS
from handlers.views.swaps import card, moved, swaps
from tests.fakes.swap_service import BTC, PAYOUT, USDC
from tests.handlers.views.markup import read
from tests.handlers.views.swap_examples import NOW, a_swap, followed

S = SwapStatus
KEY = Account(
    id=AccountId(3), person=PersonId(7_001), venue=Venue.NEXCHANGE, label="nexchange-1", key_tail="4f2a", linked_at=NOW
)
AFTER_THE_FIRST = [status for status in SwapStatus if status is not S.INITIAL]


def said(screen: Screen) -> str:
    return read(str(screen.text))


def labels(screen: Screen) -> list[str]:
    return [key.label for row in screen.rows for key in row]


@pytest.mark.parametrize("status", SwapStatus)
def test_every_status_has_a_name_for_people_and_the_technical_one_small(status: SwapStatus) -> None:
    shown = card(followed(status), now=NOW)
    assert STATUS[status] in said(shown) and f"<i>{status}</i>" in str(shown.text)


@pytest.mark.parametrize("status", AFTER_THE_FIRST)
def test_once_it_goes_on_there_is_nothing_left_to_pay(status: SwapStatus) -> None:
    shown = card(followed(status), now=NOW)
    order = followed().swap
    assert order.deposit_address not in str(shown.text) + str(shown.rows) and "QR" not in labels(shown)


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        (S.INITIAL, "●○○○○○"),
        (S.UNCONFIRMED_PAYMENT, "●●○○○○"),
        (S.PENDING_KYC, "●●⏸○○○"),
        (S.PAID, "●●●○○○"),
        (S.PRE_RELEASE, "●●●●○○"),
        (S.RELEASED, "●●●●●○"),
        (S.COMPLETED, "●●●●●●"),
    ],
)
def test_line_of_progress(status: SwapStatus, progress: str) -> None:
    assert f"{progress} · {status}" in said(card(followed(status), now=NOW))


def test_status_that_is_not_in_the_table_is_shown_in_the_services_own_word() -> None:
    shown = card(followed(S.UNKNOWN, of={"status_name": "ON <b>HOLD"}), now=NOW)
    assert "in a status I do not know" in said(shown) and "ON <b>HOLD" in said(shown)


@pytest.mark.parametrize("status", [S.PENDING_KYC, S.REFUND_FAILED, S.CANCELED])
def test_what_needs_the_person_says_what_to_do_and_whom_to_ask(status: SwapStatus) -> None:
    assert said(card(followed(status), now=NOW)).count("Write to support@n.exchange") == 1
    played = said(card(followed(status, is_live=False), now=NOW))
    assert "support@" not in played and "play money, so nobody has to be asked" in played


@pytest.mark.parametrize("status", SwapStatus)
def test_what_comes_back_is_an_estimate_or_has_its_deadline_until_it_came(status: SwapStatus) -> None:
    shown = said(card(followed(status), now=NOW))
    loose = said(card(followed(status, of={"fixed_until": None}), now=NOW))
    goes_on = status not in (S.COMPLETED, S.CANCELED, S.INITIATED_REFUND, S.REFUND_FAILED, S.REFUNDED)
    assert ("0.02951 BTC, rate fixed until 13:00 UTC" in shown) is goes_on
    assert ("≈ 0.02951 BTC, an estimate" in loose) is goes_on


SAID_TO_BE_SENT: list[dict[str, Any]] = [
    {"marking": Marking.MARKED},
    {"marking": Marking.UNSURE},
    {"of": {"deposit_transaction": "a1b2"}},
]


@pytest.mark.parametrize("sent", SAID_TO_BE_SENT)
def test_order_that_expired_though_it_was_said_to_be_paid_sends_people_to_support(sent: dict[str, Any]) -> None:
    swap = followed(S.CANCELED, **sent)
    shown, told = said(card(swap, now=NOW)), said(moved([SwapMoved(followed=swap)], now=NOW))
    assert "nothing was taken" not in shown and "Write to support@n.exchange" in shown
    assert "said to be sent all the same" in told and "Write to support@n.exchange" in told


def test_refund_is_told_without_an_amount_that_nobody_knows() -> None:
    swap = followed(S.REFUNDED, of={"refund_address": PAYOUT})
    told = said(moved([SwapMoved(followed=swap)], now=NOW))
    assert "Your USDC were sent back to 1A1zP1…DivfNa, as the order says." in told and "1,500" not in told
    assert "Ordered: 1,500.5 USDC → 0.02951 BTC" in said(card(swap, now=NOW))


def test_refunds_say_where_to_or_that_nobody_said() -> None:
    assert "names no refund address. Write to" in said(card(followed(S.INITIATED_REFUND), now=NOW))
    known = followed(S.REFUNDED, of={"refund_address": "0xback", "refund_extra_id": "7"})
    assert "Refunds go to 0xback with memo 7" in said(card(known, now=NOW))
    assert PAYOUT not in said(card(known, now=NOW))


def test_transactions_can_be_copied() -> None:
    order = {"deposit_transaction": "a1b2", "withdraw_transaction": "c3d4"}
    shown = str(card(followed(S.COMPLETED, of=order), now=NOW).text)
    assert "<code>a1b2</code>" in shown and "<code>c3d4</code>" in shown


@pytest.mark.parametrize("status", SwapStatus)
def test_swap_whose_key_is_gone_says_that_nobody_looks(status: SwapStatus) -> None:
    shown = card(followed(status, next_look_at=None), now=NOW)
    assert ("not followed any more" in said(shown).splitlines()[0]) is not status.is_final
    assert not {"↻ Refresh", "QR", "✓ I have sent it", "Copy address"} & set(labels(shown))


def test_doubts_about_a_swap_under_way_stay_on_its_card() -> None:
    assert "⚠️ The memo to send with changed" in said(
        card(followed(S.PAID, doubts=(Doubt.DEPOSIT_MEMO_CHANGED,)), now=NOW)
    )


def test_final_ones_are_short_and_offer_a_new_one() -> None:
    for status in (S.COMPLETED, S.CANCELED, S.REFUNDED):
        shown = card(followed(status), now=NOW)
        assert len(said(shown).splitlines()) <= 7 and labels(shown) == ["Open on n.exchange", "New swap"]


def test_push_of_a_completed_swap_names_what_arrived() -> None:
    words = said(moved([SwapMoved(followed=followed(S.COMPLETED))], now=NOW))
    assert "🔔 Swap ABCDEF123456: completed." in words and "0.02951 BTC arrived at 1A1zP1…DivfNa." in words


@pytest.mark.parametrize("status", AFTER_THE_FIRST)
def test_pushes_are_short_and_say_no_address_in_full(status: SwapStatus) -> None:
    words = said(moved([SwapMoved(followed=followed(status))], now=NOW))
    assert STATUS[status] in words and len(words.splitlines()) == 3 and PAYOUT not in words


def test_several_changes_of_one_swap_become_one_with_the_latest() -> None:
    other = followed(S.PAID, of={"reference": "OTHER"})
    news = [SwapMoved(followed=each) for each in (followed(S.UNCONFIRMED_PAYMENT), other, followed(S.PAID))]
    words = said(moved(news, now=NOW))
    assert words.count("🔔") == 2 and "deposit seen" not in words


def test_what_happened_while_the_bot_was_away_is_said_to_have() -> None:
    words = said(moved([SwapMoved(followed=followed(S.PAID), since=NOW)], now=NOW + timedelta(minutes=9)))
    assert "It happened while I was away, after 12:00 UTC." in words


def listed(count: int = 2, *, number: int = 1, has_next: bool = False) -> SwapList:
    orders = tuple(replace(a_swap(S.PAID), reference=f"REF{at}") for at in range(count))
    return SwapList(
        account=KEY,
        page=SwapPage(swaps=orders, number=number, count=1_234, has_next=has_next),
        followed=frozenset({"REF0"}),
        coins={Currency(code="USDC"): USDC, Currency(code="BTC"): BTC},
    )


def test_list_shows_each_order_behind_a_button_and_marks_those_followed() -> None:
    shown = swaps(listed(), now=NOW)
    assert "REF0 👁  1,500.5 USDC → 0.02951 BTC" in said(shown) and "REF1  1,500.5" in said(shown)
    assert "1,234 in all" in said(shown) and "nexchange-1 · LIVE" in said(shown)
    opened = [key.action for row in shown.rows for key in row if isinstance(key, Press)][:2]
    assert opened == [ShowSwap(reference="REF0"), ShowSwap(reference="REF1")]


def test_list_turns_its_pages() -> None:
    middle = swaps(listed(number=2, has_next=True), now=NOW)
    turns = [key.action for row in middle.rows for key in row if isinstance(key, Press)]
    assert [each.page for each in turns if isinstance(each, ShowSwaps)] == [1, 2, 3]
    assert "‹ Prev" not in labels(swaps(listed(), now=NOW))
    assert "page 2 of 155" in said(middle) and "page" not in said(swaps(listed(), now=NOW))


@pytest.mark.parametrize(("count", "words"), [(1, "1 order I cannot read."), (3, "3 orders I cannot read.")])
def test_orders_that_cannot_be_read_are_counted(count: int, words: str) -> None:
    listing = listed(0)
    shown = said(swaps(replace(listing, page=replace(listing.page, unreadable=count)), now=NOW))
    assert words in shown and "There are none yet" not in shown


def test_empty_list_says_how_to_begin() -> None:
    assert "/swap makes one" in said(swaps(listed(0), now=NOW))
    assert "nothing on this page" in said(swaps(listed(0, number=9), now=NOW))


def test_reference_that_fits_no_button_is_shown_all_the_same() -> None:
    odd = replace(listed(1), page=SwapPage(swaps=(a_swap(reference="a:b" * 30),), number=1, count=1, has_next=False))
    assert labels(swaps(odd, now=NOW)) == ["↻ Refresh", "New swap"]


def test_digits_that_a_coin_does_not_have_are_not_shown() -> None:
    swap = followed(S.COMPLETED, of={"withdraw_amount": Decimal("0.029510009999")})
    assert "0.02951 BTC" in said(card(swap, now=NOW)) and "0.0295100" not in said(card(swap, now=NOW))


def test_help_answers_what_people_ask_and_says_what_is_not_documented() -> None:
    words = read(str(answers().text))
    for each in ("too late", "less, more", "Another coin", "Memo", "KYC", "Refunds", "support@n.exchange"):
        assert each in words
    assert words.lower().count("not documented") >= 3
