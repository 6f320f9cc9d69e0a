"""Somebody in a second session of Anna's Telegram is after her one-time code: the one she types for a withdrawal."""

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.drafts import CodeDraft, Draft, LinkDraft, Question, SetUpDraft, WithdrawalDraft, WithdrawalRequest
from chatbot.domain.factors import STEP
from chatbot.domain.protected import Unlock
from chatbot.storage.audit import AUDIT
from handlers.actions import TurnOffFactor
from tests.handlers.conversation import Conversation
from tests.handlers.withdrawing import Phone, asked, sent, turned_on
from tests.services.house import ANNA, CARD, CHAT, House


@pytest.fixture
async def house(house: House) -> House:
    """Where “savings” was added so long ago that nothing waits."""
    await house.know(await house.link(), "BTC", "savings")
    return house


@pytest.fixture
def anna(house: House) -> Conversation:
    """Both sessions: Telegram does not tell them apart."""
    return Conversation(house)


@pytest.fixture
async def phone(house: House) -> Phone:
    return await turned_on(house)


async def deeds(house: House) -> list[str]:
    rows = await house.storage.database.read(lambda connection: connection.execute(AUDIT.select()).all())
    return [row.deed for row in rows]


async def is_good_for_turning_off(house: House, anna: Conversation, code: str) -> bool:
    await anna.tap_forged(TurnOffFactor())
    await anna.say(code)
    return not house.factors.has(ANNA)


async def test_the_question_cannot_be_swapped_while_she_reads_her_app(
    house: House, anna: Conversation, phone: Phone
) -> None:
    await asked(anna)
    code = phone.code
    await anna.tap_forged(TurnOffFactor())
    assert "asked for something else already" in anna.last.text
    await anna.say(code)
    assert house.factors.has(ANNA) and len(sent(house)) == 1


async def test_a_code_that_comes_after_stop_is_used_up(house: House, anna: Conversation, phone: Phone) -> None:
    await asked(anna)
    code = phone.code
    await anna.say("/stop")
    typed = await anna.say(code)
    assert typed in anna.chat.deleted and "used up" in anna.last.text
    assert "code_burnt" in await deeds(house)
    assert not await is_good_for_turning_off(house, anna, code)


@pytest.mark.parametrize("how", ["/stop", "Cancel", "/withdraw BTC 0.01"])
async def test_ending_the_question_before_she_answers_makes_her_code_no_answer_to_the_next(
    house: House, anna: Conversation, phone: Phone, how: str
) -> None:
    await asked(anna)
    code = phone.code
    await (anna.say(how) if how.startswith("/") else anna.tap(how))
    await anna.tap_forged(TurnOffFactor())
    assert "Turn off your second factor?" in anna.last.text
    typed = await anna.say(code)
    assert typed in anna.chat.deleted and "wait for the next code" in anna.last.text
    await anna.say(phone.code)
    assert house.factors.has(ANNA)
    await anna.say(phone.code)
    assert not house.factors.has(ANNA)


@pytest.mark.parametrize(
    "other",
    [
        WithdrawalDraft(request=WithdrawalRequest(currency="BTC"), asking=Question.QUANTITY),
        WithdrawalDraft(request=WithdrawalRequest(currency="BTC"), asking=Question.ALIAS),
        LinkDraft(venue=Venue.PAPER, asking=Question.USERNAME),
        SetUpDraft(),
        CodeDraft(action=Unlock(), number="4711"),
    ],
)
@pytest.mark.parametrize("kind", ["one-time code", "recovery code"])
async def test_a_code_is_not_taken_for_the_answer_to_a_question_that_asks_for_none(
    house: House, anna: Conversation, phone: Phone, other: Draft, kind: str
) -> None:
    await asked(anna)
    code = phone.code if kind == "one-time code" else phone.recovery[0]
    await house.questions.ask(other, person=ANNA, chat=CHAT)
    typed = await anna.say(code)
    assert typed in anna.chat.deleted and "used up now" in anna.last.text
    still = await house.questions.open_in(CHAT, person=ANNA)
    assert still is not None and still.draft == other
    await anna.say("/stop")
    house.clock.pass_(-STEP)  # generous to the thief
    assert not await is_good_for_turning_off(house, anna, code)


async def test_six_digits_that_are_no_code_answer_what_was_asked_and_stay(
    house: House, anna: Conversation, phone: Phone
) -> None:
    await anna.say("/withdraw BTC 0.01")
    await anna.say(phone.wrong)
    assert "Nothing asks for a code" not in anna.last.text and not anna.chat.deleted
    factor = await house.factors.get(ANNA)
    assert factor is not None and factor.failures == 0


async def test_a_code_after_its_card_expired_is_no_wrong_try_and_is_used_up(
    house: House, anna: Conversation, phone: Phone
) -> None:
    ticket = await asked(anna)
    house.clock.at = ticket.expires_at
    for typed in (phone.wrong, phone.wrong, phone.wrong):
        await anna.say(typed)
    factor = await house.factors.get(ANNA)
    assert factor is not None and factor.failures == 0 and sent(house) == []
    code = phone.code
    await anna.say(code)
    assert "used up now" in anna.last.text
    assert not await is_good_for_turning_off(house, anna, code)


async def test_a_refused_first_step_voids_nothing(house: House, anna: Conversation, phone: Phone) -> None:
    await anna.say("/withdraw BTC 0.05 savings")
    await house.locks.lock(ANNA, chat=CHAT, message=CARD)
    await anna.tap("Continue")
    await anna.tap_forged(TurnOffFactor())
    await anna.say(phone.code)
    assert not house.factors.has(ANNA)
