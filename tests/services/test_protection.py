from datetime import timedelta
from decimal import Decimal

import pyotp
import pytest

from chatbot.domain.drafts import DIALOGUE_LIFETIME, LATE_CODE, CodeDraft, Dialogue, SetUpDraft
from chatbot.domain.errors import FactorLocked, FactorMissing, InputError, WrongCode
from chatbot.domain.factors import LOCKED_FOR, STEP
from chatbot.domain.ids import AccountId, PersonId, TicketId
from chatbot.domain.limits import LimitKind
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.protected import ConfirmSwap, ConfirmWithdrawal, Forget, Protected, RaiseLimit, Unlink
from chatbot.services.protection import TRIES, Challenge, Protection
from tests.services.house import ANNA, BORIS, CHAT, House

UNLINK = Unlink(account=AccountId(3))
FORGET = Forget()
WITHDRAWAL = ConfirmWithdrawal(ticket=TicketId("ticket-1"))
SWAP = ConfirmSwap(ticket=TicketId("ticket-2"))
RAISE = RaiseLimit(account=AccountId(3), kind=LimitKind.WITHDRAWALS, value=Decimal("0.10"), currency="XRP")


class Tickets:
    """Remembers whose second step failed."""

    def __init__(self, house: House) -> None:
        self.get = house.tickets.get
        self.failed: list[tuple[TicketId, PersonId]] = []

    async def fail_second_step(self, ticket: TicketId, *, person: PersonId) -> None:
        self.failed.append((ticket, person))


@pytest.fixture
def tickets(house: House) -> Tickets:
    tickets = Tickets(house)
    house.protection = Protection(
        factors=house.storage.factors,
        questions=house.questions,
        tickets=tickets,
        clock=house.clock,
        entropy=house.entropy,
    )
    return tickets


class Phone:
    """Anna's authenticator app."""

    def __init__(self, house: House, secret: str, recovery: tuple[str, ...] = ()) -> None:
        self._house, self._totp, self.recovery = house, pyotp.TOTP(secret), recovery

    @property
    def code(self) -> str:
        return self._totp.at(self._house.clock.now())

    @property
    def wrong(self) -> str:
        """Neither the code of now nor the one before."""
        near = {self._totp.at(self._house.clock.now() - timedelta(seconds=STEP)), self.code}
        return next(digits for digits in ("111111", "222222", "333333") if digits not in near)

    def wait(self) -> None:
        self._house.clock.pass_(STEP)


@pytest.fixture
async def phone(house: House) -> Phone:
    """Her factor is in force, and the next code is fresh."""
    made = await house.factors.begin(ANNA, bot="a_bot")
    first = Phone(house, made.secret.reveal())
    on = Phone(house, made.secret.reveal(), await house.factors.confirm(ANNA, first.code, chat=CHAT))
    on.wait()
    return on


async def ask(house: House, action: Protected) -> Challenge:
    challenge = await house.protection.ask(action, person=ANNA, chat=CHAT)
    assert challenge is not None
    return challenge


async def open_question(house: House) -> Dialogue | None:
    return await house.storage.dialogues.open_in(CHAT, person=ANNA, now=house.clock.now())


async def answer(house: House, text: str) -> Protected:
    dialogue = await open_question(house)
    assert dialogue is not None
    return await house.protection.answer(dialogue, text)


async def alarms(house: House) -> list[AlarmKind]:
    return [notice.kind for notice in await house.told() if isinstance(notice, Alarm)]


@pytest.mark.parametrize("action", [UNLINK, SWAP])
async def test_without_a_factor_what_asks_for_nothing_goes_on_at_once(house: House, action: Protected) -> None:
    assert await house.protection.ask(action, person=ANNA, chat=CHAT) is None
    assert await open_question(house) is None


@pytest.mark.parametrize("action", [FORGET, WITHDRAWAL])
async def test_without_a_factor_the_number_shown_must_be_typed(house: House, action: Protected) -> None:
    challenge = await ask(house, action)
    assert challenge.number is not None and challenge.number.isdigit() and len(challenge.number) == 4
    assert await answer(house, f" {challenge.number}\n") == action
    assert await open_question(house) is None


@pytest.mark.parametrize("action", [UNLINK, FORGET, RAISE, WITHDRAWAL, SWAP])
async def test_with_a_factor_everything_asks_for_its_code(house: House, phone: Phone, action: Protected) -> None:
    challenge = await ask(house, action)
    assert challenge.number is None
    assert await answer(house, phone.code) == action
    assert await open_question(house) is None


async def test_a_question_survives_a_restart_with_all_it_is_for(house: House, phone: Phone) -> None:
    await ask(house, RAISE)
    dialogue = await open_question(house.restarted())
    assert dialogue is not None and dialogue.draft == CodeDraft(action=RAISE, number=None, wrong=0)
    assert await answer(house.restarted(), phone.recovery[3].lower()) == RAISE


async def test_a_code_answers_one_question_only(house: House, phone: Phone) -> None:
    await ask(house, UNLINK)
    code = phone.code
    await answer(house, code)
    await ask(house, FORGET)
    with pytest.raises(InputError, match="used up"):
        await answer(house, code)
    phone.wait()
    assert await answer(house, phone.code) == FORGET


async def test_a_used_code_is_no_wrong_try_however_often_it_is_sent(house: House, phone: Phone) -> None:
    await ask(house, UNLINK)
    code = phone.code
    await answer(house, code)
    await ask(house, FORGET)
    for _ in range(2 * TRIES):
        with pytest.raises(InputError, match="used up"):
            await answer(house, code)
    assert await alarms(house) == [AlarmKind.FACTOR_ON]
    phone.wait()
    assert await answer(house, phone.code) == FORGET


async def test_while_a_code_is_asked_for_only_the_same_can_be_asked_for(house: House, phone: Phone) -> None:
    await ask(house, UNLINK)
    with pytest.raises(InputError, match="/stop"):
        await ask(house, FORGET)
    await ask(house, UNLINK)
    assert await answer(house, phone.code) == UNLINK


@pytest.mark.parametrize("how", ["dropped", "forgotten", "replaced", "three wrong", "declined"])
async def test_a_question_that_ends_unanswered_voids_the_codes_of_now_and_next(
    house: House, phone: Phone, tickets: Tickets, how: str
) -> None:
    challenge = await ask(house, WITHDRAWAL)
    match how:
        case "dropped":
            await house.questions.drop(challenge.dialogue.id, person=ANNA, chat=CHAT)
        case "forgotten":
            await house.questions.forget(person=ANNA, chat=CHAT)
        case "replaced":
            await house.questions.ask(SetUpDraft(), person=ANNA, chat=CHAT)
        case "three wrong":
            for _ in range(TRIES):
                with pytest.raises(WrongCode):
                    await answer(house, phone.wrong)
        case "declined":
            await house.protection.drop(WITHDRAWAL.ticket, person=ANNA, chat=CHAT)
    await ask(house, UNLINK)
    for _ in range(2):
        with pytest.raises(InputError, match="wait for the next code"):
            await answer(house, phone.code)
        phone.wait()
    assert await answer(house, phone.code) == UNLINK


@pytest.mark.parametrize(("late", "void"), [(timedelta(), True), (LATE_CODE, False)])
async def test_a_question_whose_time_is_over_voids_codes_for_two_minutes(
    house: House, phone: Phone, late: timedelta, void: bool
) -> None:
    await ask(house, UNLINK)
    house.clock.pass_((DIALOGUE_LIFETIME + late).total_seconds())
    await ask(house, FORGET)
    if void:
        with pytest.raises(InputError, match="wait for the next code"):
            await answer(house, phone.code)
    else:
        assert await answer(house, phone.code) == FORGET


async def test_voided_codes_stay_void_over_a_restart_and_recovery_codes_are_good(house: House, phone: Phone) -> None:
    await ask(house, UNLINK)
    await house.questions.forget(person=ANNA, chat=CHAT)
    again = house.restarted()
    await ask(again, FORGET)
    with pytest.raises(InputError, match="void"):
        await answer(again, phone.code)
    assert await answer(again, phone.recovery[0]) == FORGET


async def test_answering_one_question_after_the_other_needs_no_wait_beyond_the_next_code(
    house: House, phone: Phone
) -> None:
    for action in (UNLINK, FORGET, UNLINK):
        await ask(house, action)
        assert await answer(house, phone.code) == action
        phone.wait()


@pytest.mark.parametrize("action", [WITHDRAWAL, SWAP])
async def test_three_wrong_codes_close_the_question_and_the_ticket_and_alarm(
    house: House, phone: Phone, tickets: Tickets, action: ConfirmWithdrawal | ConfirmSwap
) -> None:
    await ask(house, action)
    for left in (2, 1, 0):
        assert not tickets.failed
        with pytest.raises(WrongCode) as caught:
            await answer(house, phone.wrong)
        assert caught.value.left == left
    assert await open_question(house) is None
    assert tickets.failed == [(action.ticket, ANNA)]
    assert await alarms(house) == [AlarmKind.FACTOR_ON, AlarmKind.WRONG_CODES]


async def test_three_wrong_numbers_close_the_question_and_the_ticket_and_alarm(house: House, tickets: Tickets) -> None:
    challenge = await ask(house, WITHDRAWAL)
    assert challenge.number is not None
    for text in ("yes", challenge.number[::-1] + "0", challenge.number[:3]):
        with pytest.raises(WrongCode):
            await answer(house, text)
    assert await open_question(house) is None
    assert tickets.failed == [(WITHDRAWAL.ticket, ANNA)]
    assert await alarms(house) == [AlarmKind.WRONG_CODES]


async def test_five_wrong_codes_lock_whatever_question_they_answer(
    house: House, phone: Phone, tickets: Tickets
) -> None:
    await ask(house, UNLINK)
    for _ in range(TRIES):
        with pytest.raises(WrongCode):
            await answer(house, phone.wrong)
    await ask(house, WITHDRAWAL)
    with pytest.raises(WrongCode) as caught:
        await answer(house, phone.wrong)
    assert caught.value.left == 1  # then it is locked, though the question has two
    locked_at = house.clock.now()
    with pytest.raises(FactorLocked) as locked:
        await answer(house, "ZZZZZ-ZZZZZ")
    assert locked.value.until == locked_at + LOCKED_FOR
    assert await open_question(house) is None and tickets.failed == [(WITHDRAWAL.ticket, ANNA)]
    with pytest.raises(FactorLocked):
        await house.protection.ask(UNLINK, person=ANNA, chat=CHAT)
    house.clock.pass_(LOCKED_FOR.total_seconds())
    await ask(house, UNLINK)
    assert await answer(house, phone.code) == UNLINK


async def test_where_a_factor_is_asked_of_everybody_nothing_protected_goes_without(house: House, phone: Phone) -> None:
    await house.factors.require(True, by=ANNA, chat=CHAT)
    for action in (UNLINK, FORGET, WITHDRAWAL, SWAP):
        with pytest.raises(FactorMissing):
            await house.protection.ask(action, person=BORIS, chat=CHAT)
    await house.factors.require(False, by=ANNA, chat=CHAT)
    assert await house.protection.ask(UNLINK, person=BORIS, chat=CHAT) is None


async def test_an_owner_without_a_factor_cannot_ask_it_of_everybody(house: House) -> None:
    with pytest.raises(FactorMissing):
        await house.factors.require(True, by=ANNA, chat=CHAT)
    assert not house.factors.required


async def test_a_number_is_worth_nothing_once_the_factor_is_on(house: House) -> None:
    challenge = await ask(house, FORGET)
    made = await house.factors.begin(ANNA, bot="a_bot")
    await house.factors.confirm(ANNA, Phone(house, made.secret.reveal()).code, chat=CHAT)
    with pytest.raises(InputError, match="begin again"):
        await answer(house, challenge.number or "")
    assert await open_question(house) is None


async def test_a_code_is_worth_nothing_once_the_factor_is_off(house: House, phone: Phone) -> None:
    await ask(house, FORGET)
    await house.factors.turn_off(ANNA, chat=CHAT)
    with pytest.raises(InputError, match="begin again"):
        await answer(house, phone.code)


async def test_somebody_elses_question_cannot_be_answered(house: House, phone: Phone) -> None:
    challenge = await ask(house, UNLINK)
    assert await house.storage.dialogues.get(challenge.dialogue.id, person=BORIS, now=house.clock.now()) is None
    assert await house.storage.dialogues.open_in(CHAT, person=BORIS, now=house.clock.now()) is None


@pytest.mark.parametrize(("text", "expected"), [("123 456", True), ("7K4QM-2XTB9", True), ("buy", False), ("1", False)])
async def test_only_texts_like_codes_of_people_with_a_factor_are_taken_for_codes(
    house: House, phone: Phone, text: str, expected: bool
) -> None:
    assert house.protection.expects(ANNA, text) is expected
    assert not house.protection.expects(BORIS, text)
