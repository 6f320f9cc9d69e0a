"""/pending, and withdrawals whose answer was lost: closed by their person alone."""

from typing import Any

import msgspec
import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, OutcomeUnknown
from chatbot.domain.ids import AccountId
from chatbot.domain.protected import CloseUncertain, ConfirmWithdrawal
from chatbot.domain.tickets import Ticket, TicketState
from handlers.actions import RepeatTicket, SettleByWord
from handlers.wire import read_update
from tests.handlers.conversation import Conversation
from tests.handlers.withdrawing import (
    GROUP,
    Phone,
    S,
    asked,
    latest,
    sent,
    state,
    tapped_by,
)
from tests.services.house import ANNA, BORIS, CHAT, House

# /pending, and no answer


async def uncertain(anna: Conversation, factor: Phone | None = None) -> Ticket:
    ticket = await asked(anna)
    anna.house.exchange.fail("withdraw", OutcomeUnknown(Cause.TIMEOUT), applied=True)
    await anna.say(factor.code if factor else ticket.number)
    assert await state(anna.house) is S.UNCERTAIN
    return await latest(anna.house)


@pytest.mark.usefixtures("account")
async def test_pending_reopens_the_cards_of_what_waits_and_what_is_uncertain(house: House, anna: Conversation) -> None:
    waiting = await asked(anna, "USDT 5 savings")
    await anna.say(waiting.number)
    await uncertain(anna)
    await anna.say("/pending")
    assert anna.last.text.startswith("1 waiting to be sent, 1 with an open outcome")
    await anna.tap("Withdraw 5 USDT")
    assert "Cancel really cancels" in anna.last.text
    assert (await house.read(waiting)).message == anna.last.id
    await anna.tap("Cancel this withdrawal")
    assert (await house.read(waiting)).state is S.DECLINED
    await anna.tap("Withdraw 0.05 BTC")
    assert "Outcome not known" in anna.last.text and {"It was sent", "It was not sent"} <= {
        key["text"] for key in anna.last.keys
    }


@pytest.mark.parametrize(("button", "state_after"), [("It was sent", S.DONE), ("It was not sent", S.REFUSED)])
@pytest.mark.usefixtures("account")
async def test_its_person_closes_it_with_the_second_factor(
    house: House,
    anna: Conversation,
    button: str,
    state_after: TicketState,
    factor: Phone | None,
) -> None:
    ticket = await uncertain(anna, factor)
    await anna.say("/withdraw BTC 0.01 savings")
    assert "no known outcome" in anna.last.text
    await anna.say("/pending")
    await anna.tap("Withdraw 0.05 BTC")
    await anna.tap(button)
    assert "Close the card: it was" in anna.last.text
    assert (await house.read(ticket)).state is S.UNCERTAIN
    shown = anna.last.text.split("Send this number: ")[-1].split()[0]
    await anna.say(factor.code if factor else shown)
    assert (await house.read(ticket)).state is state_after
    await anna.say("/withdraw BTC 0.01 savings")
    assert anna.last.text.startswith("Withdraw 0.01 BTC")


@pytest.mark.usefixtures("account")
async def test_nobody_elses_word_closes_it(house: House, anna: Conversation) -> None:
    ticket = await uncertain(anna)
    for person, chat in ((BORIS, BORIS), (BORIS, GROUP), (ANNA, GROUP)):
        word = SettleByWord(ticket=ticket.id, was_sent=False)
        await tapped_by(anna, word, person=person, chat=chat, message=1)
    challenge = await house.protection.ask(CloseUncertain(ticket=ticket.id, was_sent=False), person=BORIS, chat=CHAT)
    assert challenge is not None and challenge.number is not None
    boris = {"id": BORIS, "is_bot": False, "first_name": "Boris"}
    said = {"message_id": 5, "date": int(house.clock.now().timestamp()), "chat": {"id": CHAT, "type": "private"}}
    update: dict[str, Any] = {"update_id": 1, "message": said | {"from": boris, "text": challenge.number}}
    await anna.router.handle(read_update(msgspec.json.encode(update)))
    assert (await house.read(ticket)).state is S.UNCERTAIN


@pytest.mark.usefixtures("account")
async def test_nothing_can_be_closed_by_word_that_is_not_uncertain(house: House, anna: Conversation) -> None:
    ticket = await asked(anna)
    await anna.say(ticket.number)
    done = await latest(house)
    await anna.tap_forged(SettleByWord(ticket=ticket.id, was_sent=False))
    await anna.say(anna.last.text.split("Send this number: ")[-1].split()[0])
    assert await house.read(ticket) == done


@pytest.mark.usefixtures("account")
async def test_a_confirm_question_of_ones_own_making_for_anothers_card_sends_nothing(
    house: House, anna: Conversation
) -> None:
    """The gate's own word: even a right answer confirms only the answerer's own ticket."""
    ticket = await asked(anna)
    moved = await house.storage.tickets.update(ticket.id, lambda old: old)
    challenge = await house.protection.ask(ConfirmWithdrawal(ticket=moved.id), person=BORIS, chat=CHAT)
    assert challenge is not None
    assert await house.storage.tickets.confirm(ticket.id, person=BORIS, now=house.clock.now()) is None
    assert sent(house) == []


async def test_a_new_card_is_for_the_same_account_even_if_another_is_active_now(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/withdraw BTC 0.05 savings")
    ticket = await latest(house)
    other = await house.link()
    assert other.id != account.id
    await house.accounts.activate(ANNA, other.id)
    await anna.tap_forged(RepeatTicket(ticket=ticket.id))
    again = await latest(house)
    assert again.id != ticket.id and AccountId(again.account) == account.id
