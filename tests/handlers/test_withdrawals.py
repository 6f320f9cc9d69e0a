"""Withdrawals in a chat: what is tapped and typed, by whom and where, and what comes of it."""

from decimal import Decimal

import pytest

from chatbot.domain.audit import Deed
from chatbot.domain.ids import TicketId
from chatbot.domain.notices import AlarmKind
from chatbot.domain.tickets import WrongCodes
from handlers.actions import ConfirmTicket, ContinueTicket, DeclineTicket, RefreshTicket
from tests.handlers.conversation import Conversation
from tests.handlers.withdrawing import (
    GROUP,
    Phone,
    S,
    alarms,
    asked,
    latest,
    number,
    sent,
    state,
    tapped_by,
)
from tests.services.house import ANNA, BORIS, CHAT, House

# The way it is meant to go


@pytest.mark.usefixtures("account")
async def test_number_typed_sends_it_once_and_the_number_does_not_stay(house: House, anna: Conversation) -> None:
    await asked(anna)
    assert sent(house) == []
    typed = await anna.say(number(anna))
    assert sent(house) == [("BTC", Decimal("0.05"), "savings")] and await state(house) is S.DONE
    assert typed in anna.chat.deleted
    await anna.say(number(anna))
    assert len(sent(house)) == 1


@pytest.mark.usefixtures("account")
async def test_code_typed_sends_it_and_is_deleted(house: House, anna: Conversation, phone: Phone) -> None:
    ticket = await asked(anna)
    assert ticket.number == "" and "six digits" in anna.last.text
    typed = await anna.say(phone.code)
    assert len(sent(house)) == 1 and typed in anna.chat.deleted


@pytest.mark.usefixtures("account")
async def test_guided_to_the_end_by_taps(house: House, anna: Conversation) -> None:
    await anna.say("/withdraw")
    await anna.tap("USDT 10,000")
    await anna.tap("25%")
    await anna.say("savings")
    assert anna.last.text.startswith("Withdraw 2,500 USDT to “savings”") and "first use" in anna.last.text
    await anna.tap("Continue")
    await anna.say(number(anna))
    assert await state(house) is S.HELD and sent(house) == []


async def test_without_an_account_it_says_how_to_get_one(anna: Conversation) -> None:
    await anna.say("/withdraw BTC 1 savings")
    assert anna.last.text == "link first"


@pytest.mark.usefixtures("account")
async def test_what_cannot_be_understood_is_told_and_leaves_the_question_open(house: House, anna: Conversation) -> None:
    await anna.say("/withdraw BTC")
    await anna.say("a lot")
    assert "Withdraw" not in anna.last.text
    await anna.say("0.05")
    await anna.say("savings")
    assert anna.last.text.startswith("Withdraw 0.05 BTC to “savings”")


# Taps that must not do anything


@pytest.mark.usefixtures("account")
async def test_forged_confirm_never_sends_a_withdrawal(house: House, anna: Conversation) -> None:
    ticket = await asked(anna)
    for shown in list(anna.shown):
        await tapped_by(anna, ConfirmTicket(ticket=ticket.id), person=ANNA, chat=ANNA, message=shown.id)
    await anna.say(number(anna))
    await tapped_by(anna, ConfirmTicket(ticket=ticket.id), person=ANNA, chat=ANNA, message=anna.last.id)
    assert len(sent(house)) == 1


@pytest.mark.usefixtures("account")
async def test_forged_confirm_on_a_fresh_card_leaves_it_as_it_was(house: House, anna: Conversation) -> None:
    await anna.say("/withdraw BTC 0.05 savings")
    ticket = await latest(house)
    await tapped_by(anna, ConfirmTicket(ticket=ticket.id), person=ANNA, chat=ANNA, message=anna.last.id)
    assert await latest(house) == ticket and sent(house) == []
    assert anna.chat.alerts


@pytest.mark.usefixtures("account")
async def test_continue_twice_asks_once_and_the_answer_still_counts(
    house: House, anna: Conversation, factor: Phone | None
) -> None:
    await anna.say("/withdraw BTC 0.05 savings")
    card, ticket = anna.last, await latest(house)
    for _ in range(3):
        await tapped_by(anna, ContinueTicket(ticket=ticket.id), person=ANNA, chat=ANNA, message=card.id)
    assert len(anna.chat.alerts) == 2
    await anna.say(factor.code if factor else number(anna))
    assert len(sent(house)) == 1


@pytest.mark.usefixtures("account")
async def test_continue_by_another_person_or_in_a_group_changes_nothing(house: House, anna: Conversation) -> None:
    await anna.say("/withdraw BTC 0.05 savings")
    card, ticket = anna.last, await latest(house)
    for action in (ContinueTicket(ticket=ticket.id), DeclineTicket(ticket=ticket.id)):
        for person, chat in ((BORIS, BORIS), (BORIS, GROUP), (ANNA, GROUP), (BORIS, ANNA)):
            await tapped_by(anna, action, person=person, chat=chat, message=card.id)
            assert await latest(house) == ticket
            assert await house.questions.open_in(CHAT, person=ANNA) is None


@pytest.mark.usefixtures("account")
async def test_continue_from_another_message_changes_nothing(house: House, anna: Conversation) -> None:
    await anna.say("/withdraw BTC 0.05 savings")
    ticket = await latest(house)
    await anna.tap_forged(ContinueTicket(ticket=ticket.id))
    assert await latest(house) == ticket and await house.questions.open_in(CHAT, person=ANNA) is None


async def test_continue_of_a_card_nobody_knows_is_answered_and_asks_nothing(house: House, anna: Conversation) -> None:
    await anna.tap_forged(ContinueTicket(ticket=TicketId("nobody-knows-this-card")))
    assert anna.chat.alerts and await house.questions.open_in(CHAT, person=ANNA) is None


@pytest.mark.usefixtures("account")
async def test_anothers_number_is_no_answer(house: House, anna: Conversation) -> None:
    first = await asked(anna)
    typed = number(anna)
    second = await asked(anna, "BTC 0.01 savings")
    assert first.number == typed != second.number
    await anna.say(typed)
    assert "not right" in anna.last.text and sent(house) == []
    await anna.say(second.number)
    assert sent(house) == [("BTC", Decimal("0.01"), "savings")]


@pytest.mark.usefixtures("account")
async def test_a_number_after_the_cards_time_sends_nothing(house: House, anna: Conversation) -> None:
    await asked(anna)
    typed = number(anna)
    house.clock.pass_(91)
    await anna.say(typed)
    assert "expired" in anna.last.text and sent(house) == []


@pytest.mark.usefixtures("account")
async def test_a_number_with_an_account_that_was_locked_meanwhile_sends_nothing(
    house: House, anna: Conversation
) -> None:
    await asked(anna)
    typed = number(anna)
    await anna.say("/lock")
    await anna.say(typed)
    assert sent(house) == [] and await state(house) is S.REFUSED


# Wrong answers


@pytest.mark.usefixtures("account")
async def test_three_wrong_answers_close_it_and_ring(house: House, anna: Conversation, factor: Phone | None) -> None:
    ticket = await asked(anna)
    for left in ("2 tries left", "1 try left", "the question is closed"):
        typed = await anna.say(factor.wrong if factor else "nonsense")
        assert left in anna.last.text and typed in anna.chat.deleted
    assert (await house.read(ticket)).outcome == WrongCodes()
    assert AlarmKind.WRONG_CODES in await alarms(house)
    await anna.say(factor.code if factor else ticket.number)
    assert sent(house) == [] and await state(house) is S.REFUSED
    entries = await house.storage.audit.page(of=ANNA, before=None, limit=50)
    assert (Deed.STOPPED, "wrong codes") in [(entry.event.deed, entry.event.result) for entry in entries]


@pytest.mark.usefixtures("account")
async def test_one_wrong_answer_leaves_the_right_one_its_worth(house: House, anna: Conversation) -> None:
    ticket = await asked(anna)
    await anna.say("1")
    await anna.say(ticket.number)
    assert len(sent(house)) == 1


# Cancelling


@pytest.mark.usefixtures("account")
async def test_cancel_before_the_second_step_ends_its_question_too(house: House, anna: Conversation) -> None:
    ticket = await asked(anna)
    await anna.tap("Cancel")
    assert await state(house) is S.DECLINED and await house.questions.open_in(CHAT, person=ANNA) is None
    await anna.say(ticket.number)
    assert sent(house) == [] and "not right" not in anna.last.text


@pytest.mark.usefixtures("account")
async def test_cancelling_an_old_card_leaves_a_newer_cards_question_open(house: House, anna: Conversation) -> None:
    old = await asked(anna)
    new = await asked(anna, "BTC 0.01 savings")
    await anna.tap_forged(DeclineTicket(ticket=old.id))
    await anna.say(new.number)
    assert sent(house) == [("BTC", Decimal("0.01"), "savings")]


@pytest.mark.usefixtures("account")
async def test_cancel_while_it_waits_really_cancels(house: House, anna: Conversation) -> None:
    ticket = await asked(anna, "USDT 5 savings")
    await anna.say(ticket.number)
    held = await latest(house)
    assert held.state is S.HELD and held.send_at is not None
    await anna.tap_forged(DeclineTicket(ticket=ticket.id))
    assert await state(house) is S.DECLINED
    house.clock.at = held.send_at
    await house.settling.look(held)
    assert sent(house) == []


@pytest.mark.usefixtures("account")
async def test_cancel_after_it_was_sent_says_so(house: House, anna: Conversation) -> None:
    ticket = await asked(anna)
    await anna.say(ticket.number)
    await anna.tap_forged(DeclineTicket(ticket=ticket.id))
    assert "sent already" in anna.chat.alerts[-1] and await state(house) is S.DONE


@pytest.mark.usefixtures("account")
async def test_refreshing_what_waits_does_not_hurry_it(house: House, anna: Conversation) -> None:
    ticket = await asked(anna, "USDT 5 savings")
    await anna.say(ticket.number)
    for _ in range(5):
        await anna.tap_forged(RefreshTicket(ticket=ticket.id))
        await house.look(ticket)
    assert await state(house) is S.HELD and sent(house) == []
