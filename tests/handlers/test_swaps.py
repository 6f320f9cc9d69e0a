"""Swaps in a chat: what is said and tapped, by whom and where, and what comes of it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.drafts import TransactionDraft
from chatbot.domain.errors import NotPermitted
from chatbot.domain.ids import TicketId
from chatbot.domain.swaps import Currency, Marking, SwapStatus
from handlers.actions import ConfirmSwap, ConfirmTicket, MarkSwapPaid, ShowSwapPicture, UnmarkSwap
from tests.fakes.swap_service import DEPOSIT_ADDRESSES, PAYOUT, swap
from tests.handlers.conversation import Conversation
from tests.handlers.swapping import Desk
from tests.handlers.withdrawing import GROUP, Phone, S, latest, state, tapped_by
from tests.services.asking_swaps import XRP_ADDRESS
from tests.services.house import ANNA, BORIS, CHAT

CARD = "Swap 500 USDC on Ethereum to ≈ 0.0095 BTC"
TRANSACTION = "a1b2c3d4" * 8

# The way it is meant to go


async def test_line_address_and_tap_create_exactly_what_the_card_showed(desk: Desk, anna: Conversation) -> None:
    await desk.asked()
    assert CARD in anna.last.text and desk.service.sent == []
    await desk.confirm()
    [sent] = desk.service.sent
    assert (sent.deposit_amount, sent.withdraw_amount, sent.withdraw_address) == (Decimal(500), None, PAYOUT)
    await desk.paint()
    assert desk.card.text.startswith("Send exactly 500 USDC on Ethereum") and len(desk.pictures) == 1


async def test_guided_to_the_end_by_taps_and_one_address(desk: Desk, anna: Conversation) -> None:
    await anna.say("/swap")
    await anna.tap("USDC on Ethereum")
    await anna.tap("BTC")
    await anna.say("250")
    await anna.say(PAYOUT)
    await anna.tap("Skip")
    await desk.confirm()
    assert desk.service.sent[0].deposit_amount == 250 and await state(desk.house) is S.DONE


async def test_coin_on_several_networks_is_asked_back(desk: Desk, anna: Conversation) -> None:
    await anna.say("/swap 500 USDT to BTC")
    assert "On which network?" in anna.last.text
    await anna.tap("USDT on Tron")
    assert "500 USDT on Tron to BTC" in anna.last.text


async def test_direction_is_turned_and_sum_and_address_are_asked_anew(desk: Desk, anna: Conversation) -> None:
    await anna.say("/swap 500 USDC to BTC")
    await anna.tap("The other way round")
    assert anna.last.text.startswith("Swap BTC to USDC on Ethereum") and "How much?" in anna.last.text


async def test_wrong_character_in_the_address_is_refused_before_any_card(desk: Desk, anna: Conversation) -> None:
    await anna.say(f"/swap 500 USDC to BTC {PAYOUT[:-1]}b")
    assert "checksum" in anna.last.text and all("Confirm" not in key["text"] for key in anna.last.keys)


async def test_without_a_key_it_offers_what_there_is_here_to_practise(anna: Conversation) -> None:
    await anna.say("/swap 500 USDC to BTC")
    assert "No key of n.exchange" in anna.last.text
    assert [key["text"] for key in anna.last.keys] == ["Practise with play money"]
    await anna.tap("Practise with play money")
    assert anna.last.text.startswith("Swap 500 USDC on Ethereum to BTC") and "Where to?" in anna.last.text


async def test_what_was_refused_can_be_tried_again(desk: Desk, anna: Conversation) -> None:
    await desk.asked()
    desk.service.refuse("create", "User's IP has risk.")
    await desk.confirm()
    assert await state(desk.house) is S.REFUSED
    ticket = await latest(desk.house)
    await desk.repeat(ticket)
    assert CARD in anna.last.text and (await latest(desk.house)).id != ticket.id


# Taps that must not do anything


async def test_second_tap_creates_no_second_order(desk: Desk, anna: Conversation) -> None:
    await desk.asked()
    await desk.confirm()
    await anna.tap("Confirm")
    assert len(desk.service.sent) == 1 and "Nothing was sent twice" in anna.chat.alerts[-1]


async def test_plain_confirm_cannot_go_around_the_second_factor(
    desk: Desk, anna: Conversation, factor: Phone | None
) -> None:
    await desk.asked()
    ticket, card = await latest(desk.house), anna.last.id
    await tapped_by(anna, ConfirmTicket(ticket=ticket.id), person=ANNA, chat=ANNA, message=card)
    assert desk.service.sent == [] and await state(desk.house) is S.PENDING


async def test_confirm_from_elsewhere_or_by_others_changes_nothing(
    desk: Desk, anna: Conversation, factor: Phone | None
) -> None:
    await desk.asked()
    ticket, card = await latest(desk.house), anna.last.id
    action = ConfirmSwap(ticket=ticket.id)
    for person, chat, message in (
        (BORIS, BORIS, card),
        (BORIS, GROUP, card),
        (ANNA, GROUP, card),
        (BORIS, ANNA, card),
        (ANNA, ANNA, card - 1),
    ):
        await tapped_by(anna, action, person=person, chat=chat, message=message)
    await anna.tap_forged(ConfirmSwap(ticket=TicketId("nobody-knows-this-card")))
    assert await state(desk.house) is S.PENDING and desk.service.sent == []
    assert await desk.house.questions.open_in(CHAT, person=ANNA) is None


async def test_late_tap_creates_nothing(desk: Desk, anna: Conversation, factor: Phone | None) -> None:
    await desk.asked()
    desk.house.clock.pass_(91)
    await anna.tap("Confirm")
    assert desk.service.sent == [] and "expired" in anna.chat.alerts[-1]


# With a second factor


async def test_code_is_asked_for_and_creates_it_once(desk: Desk, anna: Conversation, phone: Phone) -> None:
    await desk.asked()
    await anna.tap("Confirm")
    assert desk.service.sent == [] and "six digits" in anna.last.text and CARD in anna.last.text
    typed = await desk.typed(phone.code)
    assert len(desk.service.sent) == 1 and typed in anna.chat.deleted and await state(desk.house) is S.DONE


async def test_wrong_codes_close_the_card(desk: Desk, anna: Conversation, phone: Phone) -> None:
    await desk.asked()
    await anna.tap("Confirm")
    for _ in range(3):
        await anna.say(phone.wrong)
    assert desk.service.sent == [] and await state(desk.house) is S.REFUSED


async def test_cancelling_the_card_ends_the_question_for_its_code(desk: Desk, anna: Conversation, phone: Phone) -> None:
    await desk.asked()
    await anna.tap("Confirm")
    card = next(shown for shown in anna.shown if any(key["text"] == "Confirm" for key in shown.keys))
    await anna._tap(card.id, card.data("Cancel"))
    await anna.say(phone.code)
    assert desk.service.sent == [] and await state(desk.house) is S.DECLINED


# One that there is


async def test_reference_shows_an_order_made_elsewhere_and_follows_it(desk: Desk, anna: Conversation) -> None:
    desk.service.put(desk.key, swap(reference="ABCDEF", created_at=desk.house.clock.now()))
    await anna.say("/swap ABCDEF")
    await desk.paint()
    assert "Swap ABCDEF" in desk.card.text and len(desk.pictures) == 1
    assert await desk.house.questions.open_in(CHAT, person=ANNA) is None


@pytest.mark.parametrize(
    ("reference", "typed"),
    [
        ("123456", "123456"),
        ("500K", "500K"),
        ("W6HS7A3L", "#w6hs7a3l"),
        ("a" * 64, "a" * 64),
        ("AbC_d-9", "AbC_d-9"),
    ],
)
async def test_every_reference_is_found_as_it_may_be_typed(
    desk: Desk, anna: Conversation, reference: str, typed: str
) -> None:
    desk.service.put(desk.key, swap(reference=reference, created_at=desk.house.clock.now()))
    await anna.say(f"/swap {typed}")
    assert (await desk.followed()).swap.reference == reference
    assert await desk.house.questions.open_in(CHAT, person=ANNA) is None


async def test_followed_swap_is_found_whatever_the_case_of_its_letters(desk: Desk, anna: Conversation) -> None:
    desk.service.put(desk.key, swap(reference="AbCdEf", created_at=desk.house.clock.now()))
    await anna.say("/swap AbCdEf")
    await anna.say("/swap abcdef")
    assert await desk.house.questions.open_in(CHAT, person=ANNA) is None


async def test_what_is_no_reference_leaves_coins_to_go_on_with(desk: Desk, anna: Conversation) -> None:
    await anna.say("/swap QQQQZZZZ")
    assert "Nor is it the reference" in anna.last.text
    assert {"BTC", "USDT on Tron"} <= {key["text"] for key in anna.last.keys}


async def test_help_is_a_word_too(desk: Desk, anna: Conversation) -> None:
    await anna.say("/swap help")
    assert anna.last.text.startswith("Swaps at n.") and await desk.house.questions.open_in(CHAT, person=ANNA) is None


async def test_memo_of_a_payout_may_be_none_at_a_tap(desk: Desk, anna: Conversation) -> None:
    order = swap(withdraw=Currency(code="XRP"), withdraw_address="", created_at=desk.house.clock.now())
    desk.service.put(desk.key, order)
    await anna.say("/swap ABCDEF")
    await desk.paint()
    await anna.tap("Set the payout address")
    await anna.say(XRP_ADDRESS)
    await anna.tap("I was told none is needed")
    await desk.confirm()
    assert desk.service.payouts == [("ABCDEF", XRP_ADDRESS, "")]


async def test_no_transaction_is_an_answer(desk: Desk, anna: Conversation) -> None:
    await desk.created()
    await anna.tap("I have sent it")
    await desk.paint()
    await anna.tap("Add the transaction id")
    await anna.say("abc")
    assert "shorter than transaction ids are" in anna.last.text
    await anna.say("none")
    assert len(desk.service.marks) == 1 and await desk.house.questions.open_in(CHAT, person=ANNA) is None


async def test_coin_wins_over_a_reference_of_the_same_spelling(desk: Desk, anna: Conversation) -> None:
    desk.service.put(desk.key, swap(reference="LTC"))
    await anna.say("/swap LTC")
    assert anna.last.text.startswith("Swap LTC")
    assert await desk.house.storage.swaps.open_of(ANNA) == ()


async def test_word_that_is_neither_is_told_to_be_neither(desk: Desk, anna: Conversation) -> None:
    await anna.say("/swap NOSUCH")
    assert "n.exchange has no coin NOSUCH. Nor is it the reference" in anna.last.text


async def test_card_shown_again_takes_the_place_of_the_one_before(desk: Desk, anna: Conversation) -> None:
    made = await desk.created()
    first, picture = desk.card.id, desk.pictures[0].id
    await anna.say(f"/swap {made.swap.reference}")
    await desk.paint()
    assert desk.card.id > first and {first, picture} <= set(anna.chat.deleted) and len(desk.pictures) == 1


async def test_list_opens_each_order(desk: Desk, anna: Conversation) -> None:
    for number in range(10):
        desk.service.put(desk.key, swap(reference=f"REF{number}", status=SwapStatus.PAID, status_name="PAID"))
    await anna.say("/swaps")
    assert "Swaps · 10 in all · page 1" in anna.last.text and "REF9" in anna.last.text
    await anna.tap("Next")
    assert "REF0" in anna.last.text
    await anna.tap("REF0")
    await desk.paint()
    assert "Swap REF0: deposit confirmed" in desk.cards[-1].text


async def test_key_that_may_not_list_says_so(desk: Desk, anna: Conversation) -> None:
    desk.service.fail("swaps", NotPermitted(code=403, reason=""))
    await anna.say("/swaps")
    assert "This key may not do that at n.exchange." in anna.last.text


# On its card


async def test_sent_is_said_with_a_transaction_and_taken_back(desk: Desk, anna: Conversation) -> None:
    made = await desk.created()
    await anna.tap("I have sent it")
    await desk.paint()
    assert desk.card.text.startswith("You said that 500 USDC were sent: do not send them again.")
    assert desk.pictures == []
    await anna.tap("Add the transaction id")
    await anna.say(f" {TRANSACTION} ")
    await desk.paint()
    await anna.tap("Take that back")
    await desk.paint()
    assert desk.card.text.startswith("Send exactly 500 USDC") and len(desk.pictures) == 1
    reference = made.swap.reference
    assert desk.service.marks == [(reference, True, ""), (reference, True, TRANSACTION), (reference, False, "")]
    assert (await desk.followed()).marking is Marking.UNMARKED


@pytest.mark.parametrize("typed", ["a" * 129, "a\nb", "приве́т"])
async def test_what_is_no_transaction_id_is_asked_for_again(desk: Desk, anna: Conversation, typed: str) -> None:
    made = await desk.created()
    await anna.tap("I have sent it")
    await desk.paint()
    await anna.tap("Add the transaction id")
    await anna.say(typed)
    assert "A transaction id is one word" in anna.last.text
    open_question = await desk.house.questions.open_in(CHAT, person=ANNA)
    assert open_question is not None and open_question.draft == TransactionDraft(swap=made.id)


async def test_mark_without_an_answer_says_that_it_is_not_known(desk: Desk, anna: Conversation) -> None:
    await desk.created()
    desk.service.lose_answer("mark")
    await anna.tap("I have sent it")
    await desk.paint()
    assert "not known" in anna.chat.alerts[-1] and "No answer came to your last word" in desk.card.text


async def test_transaction_without_an_answer_is_not_called_noted(desk: Desk, anna: Conversation) -> None:
    await desk.created()
    await anna.tap("I have sent it")
    await desk.paint()
    await anna.tap("Add the transaction id")
    desk.service.lose_answer("mark")
    await anna.say(TRANSACTION)
    assert anna.last.text.startswith("No answer came") and len(desk.service.marks) == 2


async def test_payout_address_left_open_is_set_by_its_own_card(desk: Desk, anna: Conversation) -> None:
    desk.service.put(desk.key, swap(withdraw_address="", created_at=desk.house.clock.now()))
    await anna.say("/swap ABCDEF")
    await desk.paint()
    await anna.tap("Set the payout address")
    await anna.say(PAYOUT)
    assert anna.last.text.startswith("Payout address of swap ABCDEF") and desk.service.payouts == []
    await desk.confirm()
    assert desk.service.payouts == [("ABCDEF", PAYOUT, "")] and await state(desk.house) is S.DONE


async def test_buttons_of_anothers_swap_do_nothing(desk: Desk, anna: Conversation) -> None:
    made = await desk.created()
    for action in (MarkSwapPaid(swap=made.id), UnmarkSwap(swap=made.id), ShowSwapPicture(swap=made.id)):
        await tapped_by(anna, action, person=BORIS, chat=BORIS, message=1)
    assert desk.service.marks == [] and (await desk.followed()).picture == desk.pictures[0].id


async def test_picture_is_sent_anew_as_long_as_it_can_be_paid(desk: Desk, anna: Conversation) -> None:
    await desk.created()
    first = desk.pictures[0].id
    await anna.tap("QR")
    await desk.paint()
    assert desk.pictures[0].id > first and len(desk.pictures) == 1 and first in anna.chat.deleted
    desk.house.clock.pass_(timedelta(hours=1).total_seconds())
    await anna.tap("QR")
    assert anna.chat.alerts[-1] == "It is not to be paid now; its card says why."


async def test_address_of_the_order_is_on_the_card_whatever_was_shown_before(desk: Desk) -> None:
    made = await desk.created()
    assert made.swap.deposit_address == DEPOSIT_ADDRESSES["ETH"] and made.swap.deposit_address in desk.card.text


async def test_help_is_at_hand(desk: Desk, anna: Conversation) -> None:
    await desk.created()
    await anna.tap("Help")
    assert "support@n.exchange" in anna.last.text
