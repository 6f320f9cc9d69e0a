"""One question for everything protected, and what happens to what is typed at it."""

from datetime import timedelta

import pyotp
import pytest

from chatbot.domain import protected
from chatbot.domain.drafts import CodeDraft, Dialogue
from chatbot.domain.factors import SETUP_LIFETIME, STEP
from chatbot.domain.ids import DialogueId, PersonId
from chatbot.domain.people import Person, Role
from chatbot.domain.protected import PROTECTED, Protected
from chatbot.services.protection import Challenge
from handlers.actions import Invite, RemovePerson, RequireFactor, Unlink
from handlers.commands import Protected as ProtectedRoute
from handlers.features import ROUTES
from handlers.shown_secrets import Sweeper
from handlers.views import protection as views
from tests.fakes.clock import START
from tests.handlers.conversation import Conversation
from tests.services.house import ANNA, BORIS, CHAT, House
from tests.storage.test_drafts import ACTIONS as EVERY_ACTION

CAROL = PersonId(7_003)


class Phone:
    def __init__(self, house: House, secret: str, recovery: tuple[str, ...]) -> None:
        self._house, self._totp, self.recovery = house, pyotp.TOTP(secret), recovery

    @property
    def code(self) -> str:
        """A code that was not used yet: every look at it waits for the next."""
        self._house.clock.pass_(STEP)
        return self._totp.at(self._house.clock.now())

    @property
    def wrong(self) -> str:
        now = self._house.clock.now()
        near = {self._totp.at(now), self._totp.at(now - timedelta(seconds=STEP))}
        return next(digits for digits in ("111111", "222222", "333333") if digits not in near)


@pytest.fixture
async def phone(house: House) -> Phone:
    made = await house.factors.begin(ANNA, bot="a_bot")
    secret = made.secret.reveal()
    return Phone(house, secret, await house.factors.confirm(ANNA, pyotp.TOTP(secret).at(START), chat=CHAT))


# Every protected action has its route


def test_every_protected_action_has_one_route() -> None:
    routed = [route.action for route in ROUTES if isinstance(route, ProtectedRoute)]
    assert len(routed) == len(set(routed))
    assert set(routed) == set(PROTECTED.values())


def test_every_protected_action_can_be_named_in_its_question() -> None:
    assert {type(action) for action in EVERY_ACTION} == set(PROTECTED.values())
    asked = [views.question(_challenge(action)).text.plain.splitlines()[0] for action in EVERY_ACTION]
    assert len(set(asked)) == len(asked) and all(said.endswith("?") for said in asked)
    assert all(kind.tag == tag for tag, kind in PROTECTED.items())


def _challenge(action: Protected) -> Challenge:
    draft = CodeDraft(action=action, number=None)
    dialogue = Dialogue(id=DialogueId("d"), person=ANNA, chat=CHAT, message=None, draft=draft, expires_at=START)
    return Challenge(dialogue=dialogue, action=action, number=None)


# Asking


async def test_without_a_factor_things_are_done_as_they_always_were(house: House, anna: Conversation) -> None:
    account = await house.link()
    await anna.say("/unlink")
    await anna.tap("Unlink")
    assert "The key is erased" in anna.last.text and len(anna.shown) == 1
    assert await house.storage.accounts.get(account.id) is None


async def test_unlinking_asks_for_a_code_and_leaves_neither_code_nor_question(
    house: House, anna: Conversation, phone: Phone
) -> None:
    account = await house.link()
    await anna.say("/unlink")
    await anna.tap("Unlink")
    question = anna.last
    assert "Unlink this account?" in question.text and "six digits" in question.text
    assert await house.storage.accounts.get(account.id) is not None
    typed = await anna.say(phone.code)
    assert anna.chat.deleted == [typed, question.id]
    assert "The key is erased" in anna.last.text
    assert await house.storage.accounts.get(account.id) is None


async def test_a_recovery_code_does_as_well(house: House, anna: Conversation, phone: Phone) -> None:
    account = await house.link()
    await anna.tap_forged(Unlink(account=account.id))
    await anna.say(phone.recovery[0].lower())
    assert await house.storage.accounts.get(account.id) is None


async def test_wrong_codes_say_how_many_tries_are_left_and_the_third_closes(
    house: House, anna: Conversation, phone: Phone
) -> None:
    account = await house.link()
    await anna.tap_forged(Unlink(account=account.id))
    question = anna.last
    for said in ("2 tries left", "1 try left", "the question is closed"):
        typed = await anna.say(phone.wrong)
        assert typed in anna.chat.deleted and said in anna.last.text
    assert question.id in anna.chat.deleted
    typed = await anna.say(phone.code)
    assert "Nothing asks for a code now" in anna.last.text and typed in anna.chat.deleted
    assert await house.storage.accounts.get(account.id) is not None


async def test_a_locked_factor_says_until_when_and_asks_nothing(house: House, anna: Conversation, phone: Phone) -> None:
    account = await house.link()
    for _ in range(2):
        await anna.tap_forged(Unlink(account=account.id))
        for _ in range(3):
            await anna.say(phone.wrong)
    assert "No code is accepted until 21 Nov 12:00 UTC" in anna.shown[-2].text
    await anna.tap_forged(Unlink(account=account.id))
    assert "locked" in anna.last.text and await house.storage.accounts.get(account.id) is not None


async def test_a_cancelled_question_takes_no_code(house: House, anna: Conversation, phone: Phone) -> None:
    account = await house.link()
    await anna.tap_forged(Unlink(account=account.id))
    await anna.tap("Cancel")
    typed = await anna.say(phone.code)
    assert typed in anna.chat.deleted
    assert await house.storage.accounts.get(account.id) is not None


async def test_a_code_that_cannot_be_deleted_is_warned_of(house: House, anna: Conversation, phone: Phone) -> None:
    account = await house.link()
    await anna.tap_forged(Unlink(account=account.id))
    anna.chat.keeps = True
    typed = await anna.say(phone.code)
    warnings = [shown for shown in anna.shown if "could not delete your message" in shown.text]
    assert [shown.fields["reply_parameters"]["message_id"] for shown in warnings] == [typed]


async def test_a_code_that_waited_too_long_is_deleted_and_does_nothing(
    house: House, anna: Conversation, phone: Phone
) -> None:
    account = await house.link()
    await anna.tap_forged(Unlink(account=account.id))
    typed = await anna.say(phone.code, age=300)
    assert typed in anna.chat.deleted and "I was away" in anna.last.text
    assert await house.storage.accounts.get(account.id) is not None


# Codes nobody asked for


async def test_a_code_out_of_the_blue_is_deleted(anna: Conversation, phone: Phone) -> None:
    for typed in (phone.code, f"{phone.code[:3]} 456", phone.recovery[5]):
        assert await anna.say(typed) in anna.chat.deleted
        assert "I deleted it" in anna.last.text
    anna.chat.keeps = True
    await anna.say(phone.code)
    assert "do that yourself" in anna.last.text


async def test_other_words_and_people_without_a_factor_keep_their_messages(house: House, anna: Conversation) -> None:
    await anna.say("123456")
    assert not anna.chat.deleted


async def test_plain_words_are_not_deleted(anna: Conversation, phone: Phone) -> None:
    await anna.say("good morning")
    assert not anna.chat.deleted


# Owners


async def let_in(house: House, *people: PersonId) -> None:
    for person in people:
        await house.storage.people.add(Person(id=person, name="B", role=Role.MEMBER, joined_at=START))


async def test_inviting_asks_for_a_code(house: House, anna: Conversation, phone: Phone) -> None:
    await anna.say("/invite")
    assert "Invite somebody?" in anna.last.text and "t.me" not in anna.last.text
    await anna.say(phone.code)
    assert "t.me/a_bot?start=inv_" in anna.last.text
    await anna.tap_forged(Invite())
    assert "Invite somebody?" in anna.last.text


async def test_a_card_that_lives_on_stays_when_the_question_goes(anna: Conversation, phone: Phone) -> None:
    await anna.say("/people")
    listed = anna.last
    await anna.tap("Invite somebody")
    question = anna.last
    await anna.say(phone.code)
    assert listed.text.startswith("People") and listed.id in anna.chat.messages
    assert question.id in anna.chat.deleted and question.id != listed.id


async def test_removing_somebody_asks_for_a_code_and_removes_that_one(
    house: House, anna: Conversation, phone: Phone
) -> None:
    await let_in(house, BORIS, CAROL)
    await anna.tap_forged(RemovePerson(person=BORIS))
    assert len(await house.storage.people.everybody()) == 2
    await anna.say(phone.code)
    assert [person.id for person in await house.storage.people.everybody()] == [CAROL]


async def test_who_is_no_owner_any_more_when_the_code_comes_can_do_nothing_of_an_owners(
    house: House, anna: Conversation, phone: Phone
) -> None:
    await let_in(house, BORIS)
    actions: tuple[Protected, ...] = (protected.Invite(), protected.RemovePerson(person=BORIS))
    for action in (*actions, protected.RequireFactor(required=True)):
        await house.protection.ask(action, person=ANNA, chat=CHAT)
        later = Conversation(house, owner=False)
        await later.say(phone.code)
        assert "not for you" in later.last.text
    assert [person.id for person in await house.storage.people.everybody()] == [BORIS]
    assert not house.factors.required


# /2fa


async def test_turning_it_on_shows_each_secret_once_and_takes_it_away(house: House, anna: Conversation) -> None:
    await anna.say("/2fa")
    await anna.tap("Turn it on")
    picture = anna.last
    assert picture.method == "sendPhoto" and picture.fields["protect_content"] is True
    assert picture.fields["upload"].content.startswith(b"\x89PNG\r\n\x1a\n")
    secret = next(key["copy_text"]["text"] for key in picture.keys if "copy_text" in key)
    assert secret in picture.text.replace(" ", "")
    wrong = await anna.say("000000")
    assert picture.id in anna.chat.messages and wrong in anna.chat.deleted
    typed = await anna.say(pyotp.TOTP(secret).at(house.clock.now()))
    assert {picture.id, typed} <= set(anna.chat.deleted)
    assert "is on" in anna.last.text and anna.last.fields["protect_content"] is True
    codes = [word for word in anna.last.text.split() if len(word) == 11 and word[5] == "-"]
    assert len(codes) == 8
    shown = anna.last.id
    await anna.tap("I have them")
    assert shown in anna.chat.deleted
    assert not any(secret in message.text or codes[0] in message.text for message in anna.shown)
    await anna.say("/2fa")
    assert "Second factor: on" in anna.last.text and "8 of 8" in anna.last.text


async def test_beginning_anew_takes_the_old_picture_away(anna: Conversation) -> None:
    await anna.say("/2fa")
    await anna.tap("Turn it on")
    first = anna.last
    await anna.say("/2fa")
    await anna.tap("Turn it on")
    assert first.id in anna.chat.deleted


@pytest.mark.parametrize("how", ["Cancel", "/stop"])
async def test_an_ended_set_up_leaves_nothing(house: House, anna: Conversation, how: str) -> None:
    await anna.say("/2fa")
    await anna.tap("Turn it on")
    picture, secret = anna.last, next(key["copy_text"]["text"] for key in anna.last.keys if "copy_text" in key)
    await (anna.say(how) if how.startswith("/") else anna.tap(how))
    assert picture.id in anna.chat.deleted
    await anna.say(pyotp.TOTP(secret).at(house.clock.now()))
    assert not house.factors.has(ANNA)


@pytest.mark.parametrize("kept_for", [timedelta(), timedelta(hours=1)])
async def test_a_set_up_nobody_finishes_is_swept_away_also_when_telegram_would_not_at_first(
    house: House, anna: Conversation, kept_for: timedelta
) -> None:
    sweeper = Sweeper(
        shown=house.storage.shown_secrets, factors=house.storage.factors, sender=anna.sender, clock=house.clock
    )
    await anna.say("/2fa")
    await anna.tap("Turn it on")
    picture = anna.last.id
    await sweeper.step()
    assert picture in anna.chat.messages
    house.clock.pass_(SETUP_LIFETIME.total_seconds())
    anna.chat.keeps = bool(kept_for)
    await sweeper.step()
    assert (picture in anna.chat.messages) is bool(kept_for)
    anna.chat.keeps = False
    house.clock.pass_(kept_for.total_seconds())
    await sweeper.step()
    assert picture in anna.chat.deleted
    assert await house.storage.shown_secrets.of(ANNA) == ()


async def test_what_telegram_never_deletes_is_given_up_after_two_days(house: House, anna: Conversation) -> None:
    sweeper = Sweeper(
        shown=house.storage.shown_secrets, factors=house.storage.factors, sender=anna.sender, clock=house.clock
    )
    await anna.say("/2fa")
    await anna.tap("Turn it on")
    anna.chat.keeps = True
    house.clock.pass_(timedelta(hours=46).total_seconds())
    await sweeper.step()
    assert len(await house.storage.shown_secrets.of(ANNA)) == 1
    house.clock.pass_(timedelta(hours=2).total_seconds())
    await sweeper.step()
    assert await house.storage.shown_secrets.of(ANNA) == ()


async def test_turning_it_off_asks_for_a_code(house: House, anna: Conversation, phone: Phone) -> None:
    await anna.say("/2fa")
    await anna.tap("Turn it off")
    assert house.factors.has(ANNA)
    await anna.say(phone.code)
    assert not house.factors.has(ANNA) and "is off" in anna.last.text


async def test_new_recovery_codes_ask_for_a_code_and_are_shown_once(
    house: House, anna: Conversation, phone: Phone
) -> None:
    await anna.say("/2fa")
    await anna.tap("New recovery codes")
    await anna.say(phone.code)
    assert "The old ones work no more" in anna.last.text and anna.last.fields["protect_content"] is True
    assert len(await house.storage.shown_secrets.of(ANNA)) == 1


async def test_an_owner_asks_it_of_everybody_and_takes_that_back(
    house: House, anna: Conversation, phone: Phone
) -> None:
    for label, required in (("Ask it of everybody", True), ("No longer ask it", False)):
        await anna.say("/2fa")
        await anna.tap(label)
        await anna.say(phone.code)
        assert house.factors.required is required


async def test_an_owner_without_one_is_told_to_turn_it_on_first(house: House, anna: Conversation) -> None:
    await anna.tap_forged(RequireFactor(required=True))
    assert "/2fa turns it on" in anna.last.text and not house.factors.required


async def test_a_member_is_offered_nothing_of_an_owners(house: House, phone: Phone) -> None:
    member = Conversation(house, owner=False)
    await member.say("/2fa")
    assert not any("everybody" in key["text"] for key in member.last.keys)
    await member.tap_forged(RequireFactor(required=True))
    assert not house.factors.required and member.chat.alerts


async def test_where_it_is_asked_of_everybody_what_is_protected_says_so(
    house: House, anna: Conversation, phone: Phone
) -> None:
    account = await house.link(BORIS)
    await house.factors.require(True, by=ANNA, chat=CHAT)
    await house.factors.turn_off(ANNA, chat=CHAT)
    await anna.tap_forged(Unlink(account=account.id))
    assert "/2fa turns it on" in anna.last.text
    await anna.say("/2fa")
    assert "asked of everybody here" in anna.last.text
