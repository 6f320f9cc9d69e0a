"""The second factor, from the QR picture to the day the phone is gone."""

import time
from collections.abc import Iterator

import pyotp
import pytest

from tests.harness import Message, Persona, Stack, eventually

STEP = 30


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own, because what its owner asks of everybody holds for everybody."""
    with Stack.running(tmp_path_factory.mktemp("guarded"), leaping=True) as stack:
        yield stack


class Phone:
    """The authenticator app of somebody who turned their second factor on; its clock goes with the stack's."""

    def __init__(self, stack: Stack, person: Persona) -> None:
        self._stack = stack
        person.tap("Turn it on", _status(person))
        self.picture = person.wait_for("Scan this")
        self.secret = self.picture.copied("secret")
        self._totp = pyotp.TOTP(self.secret)
        self.first = person.say(self.now)
        self.codes = person.wait_for("Your second factor is on")
        self.recovery = [word for word in self.codes.text.split() if len(word) == 11 and word[5] == "-"]

    @property
    def now(self) -> str:
        return self._totp.at(int(time.time() + self._stack.chat.ahead))

    @property
    def fresh(self) -> str:
        """A code that cannot have been used yet."""
        self._stack.leap(STEP)
        return self.now

    @property
    def wrong(self) -> str:
        at = int(time.time() + self._stack.chat.ahead)
        near = {self._totp.at(at + STEP * away) for away in (-1, 0, 1)}
        return next(digits for digits in ("111111", "222222", "333333", "444444") if digits not in near)


def _status(person: Persona) -> Message:
    person.say("/2fa")
    return person.wait_for("Second factor: ")


def _tap_unlink(person: Persona) -> None:
    person.say("/unlink")
    person.tap("Unlink", person.wait_for("Unlink paper-"))


def _asked_to_unlink(person: Persona) -> Message:
    _tap_unlink(person)
    return person.wait_for("Unlink this account?")


def _restart(stack: Stack) -> None:
    stack.bot.stop()
    stack.bot.start()


def _is_linked(person: Persona) -> bool:
    person.say("/accounts")
    return "paper-1" in person.wait_for("account").text


def test_turning_it_on_leaves_neither_secret_nor_code_in_the_chat(guarded: Stack) -> None:
    person = guarded.person("Ada")
    assert "Second factor: off" in _status(person).text
    phone = Phone(guarded, person)
    assert phone.picture.photo is not None and phone.picture.protected and phone.codes.protected
    assert phone.picture.photo.width == phone.picture.photo.height and (phone.picture.photo.width or 0) >= 300
    assert len(phone.recovery) == 8
    person.tap("I have them", phone.codes)
    said = _status(person)
    assert "Second factor: on" in said.text and "8 of 8" in said.text
    assert {phone.picture.id, phone.first.id, phone.codes.id} <= set(guarded.chat.deleted(person.id))
    standing = repr(person.messages())
    assert not any(secret in standing for secret in (phone.secret, *phone.recovery))


def test_what_was_shown_goes_by_itself_and_an_unfinished_set_up_with_it(guarded: Stack) -> None:
    person = guarded.person("Ben")
    person.tap("Turn it on", _status(person))
    picture = person.wait_for("Scan this")
    guarded.leap(16 * 60)
    guarded.leap(30)
    eventually(lambda: picture.id in guarded.chat.deleted(person.id))
    assert "off" in _status(person).text


def test_unlinking_takes_a_code_once_and_wrong_ones_close_the_question(guarded: Stack) -> None:
    person = guarded.person("Cleo", linked=True)
    phone = Phone(guarded, person)
    question = _asked_to_unlink(person)
    typed = []
    for said in ("2 tries left", "1 try left", "the question is closed"):
        typed.append(person.say(phone.wrong).id)
        person.wait_for(said)
    typed.append(person.say(phone.fresh).id)
    person.wait_for("Nothing asks for a code now")
    assert {question.id, *typed} <= set(guarded.chat.deleted(person.id))
    assert _is_linked(person)
    question = _asked_to_unlink(person)
    typed = [person.say(phone.fresh).id]
    person.wait_for("The key is erased")
    assert {question.id, *typed} <= set(guarded.chat.deleted(person.id))
    assert "No account is linked" in person.ask("/accounts").text


def test_a_recovery_code_works_once_also_across_restarts(guarded: Stack) -> None:
    person = guarded.person("Dana", linked=True)
    phone = Phone(guarded, person)
    _asked_to_unlink(person)
    person.say(phone.recovery[0].lower())
    person.wait_for("The key is erased")
    guarded.link(person)
    _restart(guarded)
    _asked_to_unlink(person)
    person.say(phone.recovery[0])
    person.wait_for("2 tries left")
    _restart(guarded)  # the question waits through it
    person.say(phone.recovery[1])
    person.wait_for("The key is erased")
    assert "6 of 8" in _status(person).text


def test_five_wrong_codes_lock_for_a_day_and_no_longer(guarded: Stack) -> None:
    person = guarded.person("Egon", linked=True)
    phone = Phone(guarded, person)
    _asked_to_unlink(person)
    for _ in range(3):
        person.say(phone.wrong)
        person.wait_for(lambda seen: "left" in seen.text or "closed" in seen.text)
    _asked_to_unlink(person)
    person.say(phone.wrong)
    person.wait_for("1 try left")
    person.say(phone.wrong)
    person.wait_for("is locked")
    _tap_unlink(person)
    person.wait_for("No code is accepted until")
    assert "Locked until" in _status(person).text
    guarded.leap(24 * 60 * 60)
    _asked_to_unlink(person)
    person.say(phone.fresh)
    person.wait_for("The key is erased")


def test_the_owner_asks_it_of_everybody(guarded: Stack) -> None:
    owner, person = guarded.owner, guarded.person("Finn", linked=True)
    owner.tap("Turn it on", _status(owner))
    owner.tap("Cancel", owner.wait_for("Scan this"))
    owner.wait_for("stays off")
    phone = Phone(guarded, owner)
    owner.tap("Ask it of everybody", _status(owner))
    owner.wait_for("Change what is asked")
    owner.say(phone.fresh)
    owner.wait_for("asked of everybody from now on")
    _tap_unlink(person)
    person.wait_for("/2fa turns it on")
    assert _is_linked(person)
    theirs = Phone(guarded, person)
    _asked_to_unlink(person)
    person.say(theirs.fresh)
    person.wait_for("The key is erased")
    assert "Invite somebody?" in owner.ask("/invite").text
    owner.say(phone.fresh)
    owner.wait_for("https://t.me/")
    owner.tap("No longer ask it of everybody", _status(owner))
    owner.wait_for("Change what is asked")
    owner.say(phone.fresh)
    owner.wait_for("no longer asked of everybody")
