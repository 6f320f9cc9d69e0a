"""What to send, and where: the same to the last character on the card, in its copy buttons, and in the picture."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chatbot.domain.ids import TicketId
from chatbot.domain.swap_life import FRESH, can_be_paid
from chatbot.domain.swaps import Currency, Doubt, FollowedSwap, Marking, SwapStatus
from handlers.views.deposit import picture, scanned, waiting
from handlers.views.screen import Copy, Link, Picture, Screen
from handlers.views.swap_words import grouped
from tests.fakes.swap_service import BTC, DEPOSIT_ADDRESSES, LTC, USDT_TRON, XRP
from tests.handlers.views.markup import read
from tests.handlers.views.swap_examples import NOW, TO, UNTIL, followed, with_memo

LATE = (UNTIL, UNTIL + timedelta(days=1))
PAYABLE = {
    "token": followed(),
    "memo": with_memo(),
    "tag": followed(of={"deposit_address": DEPOSIT_ADDRESSES["XRP"], "deposit_extra_id": "4294967295"}, deposit=XRP),
    "bitcoin": followed(
        of={"deposit_address": DEPOSIT_ADDRESSES["BTC"], "deposit_amount": Decimal("0.01000000")}, deposit=BTC
    ),
    "litecoin": followed(of={"deposit_address": DEPOSIT_ADDRESSES["LTC"]}, deposit=LTC),
    "tron": followed(of={"deposit_address": DEPOSIT_ADDRESSES["TRON"]}, deposit=USDT_TRON),
    "practice": followed(of={"deposit_address": "PRACTICE-BTC-1f3a9c"}, deposit=BTC, is_live=False),
}
payable = pytest.mark.parametrize("swap", PAYABLE.values(), ids=PAYABLE)


def decoded(shown: Picture) -> str:
    """What a wallet's camera reads."""
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(shown.content)))
    return str(found.text)


def copies(screen: Screen) -> dict[str, str]:
    return {key.label: key.text for row in screen.rows for key in row if isinstance(key, Copy)}


def labels(screen: Screen) -> list[str]:
    return [key.label for row in screen.rows for key in row]


@payable
def test_address_amount_and_memo_are_the_orders_on_card_button_and_picture(swap: FollowedSwap) -> None:
    card, shown = waiting(swap, now=NOW), picture(swap, now=NOW)
    order, copied = swap.swap, copies(waiting(swap, now=NOW))
    assert copied["Copy address"] == order.deposit_address
    assert Decimal(copied["Copy amount"]) == order.deposit_amount and "," not in copied["Copy amount"]
    assert copied.get("Copy memo", copied.get("Copy destination tag", "")) == order.deposit_extra_id
    for words in (str(card.text), str(shown.caption)):
        assert f"<code>{order.deposit_address}</code>" in words
        assert f"<code>{copied['Copy amount']}</code>" in words
        assert not order.deposit_extra_id or f"<code>{order.deposit_extra_id}</code>" in words
    link = decoded(shown)
    assert link == scanned(swap) and order.deposit_address in link


@payable
def test_picture_never_says_another_amount_than_the_card(swap: FollowedSwap) -> None:
    link = decoded(picture(swap, now=NOW))
    if "amount=" in link:
        assert Decimal(link.split("amount=")[1].split("&")[0]) == swap.swap.deposit_amount
    if "uint256=" in link:
        assert Decimal(link.split("uint256=")[1].split("&")[0]) == swap.swap.deposit_amount * 10**6


@payable
def test_everything_shown_is_markup_that_telegram_takes(swap: FollowedSwap) -> None:
    assert read(str(waiting(swap, now=NOW).text)) and read(str(picture(swap, now=NOW).caption))


def test_exact_amount_comes_first_and_the_network_is_named_in_bold() -> None:
    card = waiting(followed(), now=NOW)
    assert card.text.plain.splitlines()[0] == "Send exactly 1,500.5 USDC on Ethereum"
    assert "Network: <b>Ethereum</b>" in str(card.text) and "Network <b>Ethereum</b>" in str(_caption(followed()))


def test_memo_stands_as_prominent_as_the_address_and_says_what_is_lost_without_it() -> None:
    card = waiting(with_memo(), now=NOW)
    assert "<b>With this memo:</b>\n<code>1077335</code>\n<b>Without it your coins can be lost.</b>" in str(card.text)
    assert labels(card)[:3] == ["Copy address", "Copy amount", "Copy memo"]
    assert "With memo 1077335" in _caption(with_memo()).plain


def test_where_a_network_has_memos_and_none_is_asked_for_it_says_so() -> None:
    shown = waiting(with_memo(""), now=NOW).text.plain
    assert "The order names no memo." in shown and "needed" not in shown
    assert "memo" not in waiting(followed(), now=NOW).text.plain + _caption(followed()).plain


def test_fees_of_wallets_and_exchanges_come_on_top() -> None:
    assert "your wallet's or exchange's fee comes on top" in waiting(followed(), now=NOW).text.plain


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(0), "13:00 UTC, 1 h left"),
        (timedelta(seconds=1), "13:00 UTC, 59 min left"),
        (timedelta(minutes=59, seconds=15), "13:00 UTC, 45 s left"),
    ],
)
def test_deadline_is_counted_down_and_no_time_is_promised(passed: timedelta, said: str) -> None:
    assert said in waiting(followed(), now=NOW + passed).text.plain


def test_longer_windows_show_hours_and_minutes() -> None:
    swap = followed(of={"payment_window": timedelta(minutes=140), "fixed_until": None})
    assert "2 h 20 min left" in waiting(swap, now=NOW).text.plain


def test_the_earlier_of_two_deadlines_counts() -> None:
    swap = followed(of={"fixed_until": NOW + timedelta(minutes=10)})
    assert "12:10 UTC, 10 min left" in waiting(swap, now=NOW).text.plain
    assert not can_be_paid(swap, now=NOW + timedelta(minutes=10))


def test_rate_that_is_not_fixed_is_called_an_estimate() -> None:
    assert "an estimate" in waiting(followed(of={"fixed_until": None}), now=NOW).text.plain
    assert "an estimate" not in waiting(followed(), now=NOW).text.plain


@pytest.mark.parametrize("now", LATE)
@pytest.mark.parametrize("marking", Marking)
def test_after_the_deadline_there_is_no_address_and_no_picture(now: Any, marking: Marking) -> None:
    swap = followed(marking=marking)
    card = waiting(swap, now=now)
    assert TO not in str(card.text) + str(card.rows) and not copies(card) and "QR" not in labels(card)
    assert "do not send anything" in card.text.plain.splitlines()[0]
    with pytest.raises(ValueError, match="nothing is to be paid"):
        picture(swap, now=now)


def test_an_order_that_is_not_what_was_asked_for_is_not_to_be_paid() -> None:
    swap = followed(doubts=(Doubt.PAYOUT,))
    card = waiting(swap, now=NOW)
    assert card.text.plain.startswith("🛑 Do not pay swap") and "• The payout address is not" in card.text.plain
    assert TO not in str(card.text) + str(card.rows) and not copies(card) and "QR" not in labels(card)
    assert not can_be_paid(swap, now=NOW)


@pytest.mark.parametrize(
    "order",
    [
        {"deposit_address": ""},
        {"deposit_address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf\u202eNa"},
        {"deposit_address": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN\u0430"},
        {"deposit_address": "1A1zP1eP5QGefi2DMPTfTL5 SLmv7DivfNa"},
        {"deposit_address": "1" * 257},
        {"deposit_extra_id": "12\n34"},
        {"deposit_amount": Decimal(0)},
    ],
)
def test_what_cannot_be_shown_exactly_is_not_to_be_paid(order: dict[str, Any]) -> None:
    swap = followed(of=order)
    card = waiting(swap, now=NOW)
    assert not can_be_paid(swap, now=NOW) and "Do not pay" in card.text.plain and not copies(card)


def test_digits_that_a_coin_does_not_have_are_cut_alike_everywhere() -> None:
    swap = followed(of={"deposit_amount": Decimal("1500.50000099")})
    assert copies(waiting(swap, now=NOW))["Copy amount"] == "1500.5"
    assert "Send exactly 1,500.5 USDC" in waiting(swap, now=NOW).text.plain
    assert "uint256=1500500000" in scanned(swap)


@pytest.mark.parametrize("marking", [Marking.MARKED, Marking.UNSURE])
def test_what_was_said_to_be_sent_is_not_to_be_sent_again(marking: Marking) -> None:
    swap = with_memo(marking=marking)
    card = waiting(swap, now=NOW)
    assert "Send exactly" not in card.text.plain and not copies(card) and "QR" not in labels(card)
    assert swap.swap.deposit_address not in str(card.text) and "1077335" in card.text.plain
    assert swap.swap.deposit_address in card.text.plain.replace(" ", "")  # for the record
    assert not can_be_paid(swap, now=NOW)
    with pytest.raises(ValueError, match="nothing is to be paid"):
        picture(swap, now=NOW)


def test_first_line_after_sending_says_that_it_was_sent() -> None:
    first, *_ = waiting(followed(marking=Marking.MARKED), now=NOW).text.plain.splitlines()
    assert first == "You said that 1,500.5 USDC were sent: do not send them again."
    assert copies(waiting(followed(marking=Marking.UNMARKED), now=NOW))


def test_transaction_that_the_order_names_is_a_reason_not_to_send_again() -> None:
    swap = followed(of={"deposit_transaction": "a1b2"})
    assert "The order names a transaction: a1b2. If it is yours" in waiting(swap, now=NOW).text.plain


def test_order_that_was_not_read_lately_is_to_be_refreshed_before_it_is_paid() -> None:
    swap, late = followed(), NOW + FRESH + timedelta(seconds=1)
    assert can_be_paid(swap, now=NOW + FRESH) and not can_be_paid(swap, now=late)
    card = waiting(swap, now=late)
    assert card.text.plain.startswith("⚠️ Refresh before you pay swap") and labels(card)[0] == "↻ Refresh"
    assert "I could not look since 12:00 UTC" in card.text.plain and TO not in str(card.text) + str(card.rows)


def test_without_its_key_there_is_nothing_to_pay_and_no_button_that_needs_it() -> None:
    card = waiting(followed(next_look_at=None), now=NOW)
    assert "not followed any more" in card.text.plain.splitlines()[0] and TO not in str(card.text)
    assert labels(card) == ["Help", "Open on n.exchange"]


@pytest.mark.parametrize("coin", ["deposit", "withdraw"])
def test_coin_that_is_only_guessed_is_not_paid_by(coin: str) -> None:
    swap = replace(followed(), **{coin: replace(BTC, is_listed=False)})
    assert not can_be_paid(swap, now=NOW) and waiting(swap, now=NOW).text.plain.startswith("🛑 Do not pay")


@pytest.mark.parametrize("marking", Marking)
def test_doubtful_order_never_claims_that_nothing_moved(marking: Marking) -> None:
    shown = waiting(followed(doubts=(Doubt.PAYOUT,), marking=marking), now=NOW).text.plain
    assert "Nothing has moved" not in shown and "Write to support@n.exchange" in shown
    assert ("transaction id" in shown) is (marking is not Marking.UNMARKED)


def test_whoever_said_that_it_was_sent_can_add_the_transaction_and_take_it_back() -> None:
    assert "✓ I have sent it" in labels(waiting(followed(), now=NOW))
    marked = labels(waiting(followed(marking=Marking.MARKED), now=NOW))
    assert "✓ I have sent it" not in marked
    assert {"Add the transaction id", "Take that back: not sent"} < set(marked)
    paid = followed(of={"deposit_transaction": "a1b2"}, marking=Marking.MARKED)
    assert "Change the transaction id" in labels(waiting(paid, now=NOW))
    assert "Transaction of your deposit: a1b2" in waiting(paid, now=NOW).text.plain
    unsure = waiting(followed(marking=Marking.UNSURE), now=NOW)
    assert {"✓ I have sent it", "Take that back: not sent"} < set(labels(unsure)) and "No answer" in unsure.text.plain


def test_payout_address_is_set_before_anything_is_paid() -> None:
    swap = followed(of={"withdraw_address": ""})
    card = waiting(swap, now=NOW)
    assert card.text.plain.startswith("⚠️ Set the payout address before you pay swap")
    assert labels(card)[0] == "Set the payout address" and TO not in str(card.text) + str(card.rows)
    assert not can_be_paid(swap, now=NOW)
    assert "Set the payout address" not in labels(waiting(followed(), now=NOW))


def test_web_page_is_linked_for_real_orders_only() -> None:
    def links(swap: FollowedSwap) -> list[str]:
        return [key.url for row in waiting(swap, now=NOW).rows for key in row if isinstance(key, Link)]

    assert links(followed()) == ["https://n.exchange/order/ABCDEF123456"]
    assert links(followed(is_live=False)) == []
    assert links(followed(of={"reference": "../evil"})) == []


def test_order_that_was_made_elsewhere_asks_to_compare_the_payout_address() -> None:
    assert "The order was not made here" in waiting(followed(), now=NOW).text.plain
    assert "not made here" not in waiting(followed(ticket=TicketId("x")), now=NOW).text.plain


def test_play_money_says_that_no_real_wallet_can_pay_it() -> None:
    assert "Play money" in waiting(PAYABLE["practice"], now=NOW).text.plain
    assert "Play money" not in waiting(followed(), now=NOW).text.plain


def test_nothing_but_an_unpaid_order_can_be_paid() -> None:
    for status in SwapStatus:
        assert can_be_paid(followed(status), now=NOW) is (status is SwapStatus.INITIAL)


def test_coin_of_an_unnamed_network_says_so() -> None:
    coin = followed().deposit
    bare = type(coin)(code="ODD", symbol="ODD", name="Odd", network="", contract="0x1")
    swap = followed(of={"deposit": Currency(code="ODD")}, deposit=bare)
    assert "a network the service does not name" in waiting(swap, now=NOW).text.plain


addresses = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=256)


@given(addresses)
def test_joining_the_groups_gives_the_address_whatever_it_is(address: str) -> None:
    markup = grouped(address)
    groups = read(str(markup)).split(" ")
    assert "".join(groups) == address and all(len(group) == 4 for group in groups[:-1])


@given(addresses)
def test_first_and_last_six_are_bold_and_nothing_else(address: str) -> None:
    in_bold = "".join(re.findall("<b>(.*?)</b>", str(grouped(address))))
    assert read(in_bold) == (address if len(address) <= 12 else address[:6] + address[-6:])


def _caption(swap: FollowedSwap) -> Any:
    return picture(swap, now=NOW).caption
