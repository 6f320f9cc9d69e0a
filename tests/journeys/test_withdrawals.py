"""Withdrawals through the real programs: two gestures, holds, cancelling, locks, and answers that never come."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.harness import Message, Persona, Stack, eventually
from tests.harness.exchange import WITHDRAWAL
from tests.journeys.test_second_factor import Phone

DAY = 24 * 3600


@pytest.fixture(scope="module")
def _prompt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack.running(tmp_path_factory.mktemp("prompt"), leaping=True, settings={"ALIAS_HOLD_MINUTES": "0"}) as stack:
        yield stack


@pytest.fixture
def prompt(_prompt: Stack) -> Stack:
    """Where nothing is held: the operator shortened the wait to nothing."""
    _prompt.exchange.reset()
    return _prompt


@pytest.fixture
def wanda(prompt: Stack) -> Persona:
    return prompt.person("Wanda", linked=True)


def number_on(card: Message) -> str:
    found = re.search(r"write this number here: (\d+)", card.text)
    assert found, card.text
    return found[1]


def continued(person: Persona, words: str) -> Message:
    """The card with its second step asked for."""
    card = person.ask(f"/withdraw {words}")
    assert "Continue" in card.buttons, card.text
    person.tap("Continue", card)
    return person.wait_for("To confirm", message=card)


def confirmed(person: Persona, words: str) -> Message:
    card = continued(person, words)
    person.say(number_on(card))
    return card


def amounts(stack: Stack, person: Persona) -> list[tuple[str, Decimal, str]]:
    return [(each["currency"], Decimal(each["amount"]), each["alias"]) for each in stack.exchange.withdrawals(person)]


def gone(person: Persona, said: Message) -> None:
    eventually(lambda: said.id in person.chat.deleted(person.id))


def test_without_a_second_factor_a_number_is_typed(prompt: Stack, wanda: Persona) -> None:
    mark = prompt.exchange.mark
    card = wanda.ask("/withdraw XRP 100.25 savings")
    assert "100.25 XRP" in card.text and "first use" in card.text and "PAPER" in card.text
    assert "no fee, no number and no status" in card.text
    wanda.tap("Continue", card)
    asking = wanda.wait_for("To confirm", message=card)
    assert not prompt.exchange.asked_to_withdraw(since=mark)
    typed = wanda.say(number_on(asking))
    told = wanda.wait_for("ANDX took the request", message=card)
    assert "can no longer be cancelled" in told.text and not told.buttons
    gone(wanda, typed)
    assert amounts(prompt, wanda) == [("XRP", Decimal("100.25"), "savings")]
    assert len(prompt.exchange.asked_to_withdraw(since=mark)) == 1
    (alarm, *_) = eventually(lambda: [seen for seen in wanda.replies() if "was confirmed" in seen.text])
    assert "Withdraw 100.25 XRP to “savings” was confirmed and sent." in alarm.text


def test_with_a_second_factor_its_code_is_typed_and_deleted(prompt: Stack, wanda: Persona) -> None:
    phone = Phone(prompt, wanda)
    prompt.leap(30)
    card = continued(wanda, "XRP 10 savings")
    assert "six digits" in card.text
    typed = wanda.say(phone.now)
    wanda.wait_for("ANDX took the request", message=card)
    gone(wanda, typed)
    assert len(amounts(prompt, wanda)) == 1


def test_guided_by_taps_and_words(prompt: Stack, wanda: Persona) -> None:
    question = wanda.ask("/withdraw")
    wanda.tap("XRP", question)
    wanda.wait_for("Tap a share", message=question)
    wanda.say("25%")
    wanda.wait_for("Where to?")
    card = wanda.ask("savings")
    assert "Continue" in card.buttons and card.text.startswith("Withdraw ")
    wanda.tap("Cancel", card)
    wanda.wait_for("Cancelled by you. Nothing was sent.", message=card)
    assert not amounts(prompt, wanda)


def test_three_wrong_answers_close_it_and_raise_the_alarm(prompt: Stack, wanda: Persona) -> None:
    mark = prompt.exchange.mark
    card = continued(wanda, "XRP 10 savings")
    number = number_on(card)
    for words in ("2 tries left", "1 try left", "the question is closed"):
        gone(wanda, wanda.say("12"))
        wanda.wait_for(words)
    eventually(lambda: "three wrong answers" in wanda.now(card).text)
    eventually(lambda: any("Wrong codes were typed" in seen.text for seen in wanda.replies()))
    wanda.say(number)
    wanda.wait_for(lambda seen: "Withdraw" not in seen.text)
    assert not prompt.exchange.asked_to_withdraw(since=mark)


def test_an_address_that_is_not_saved_is_refused_with_what_to_do(prompt: Stack, wanda: Persona) -> None:
    card = confirmed(wanda, "XRP 10 nowhere")
    told = wanda.wait_for("(1319)", message=card)
    assert "Save the address on ANDX's site" in told.text and told.buttons == ("New card",)
    prompt.exchange.save_alias(wanda, "XRP", "nowhere")
    wanda.tap("New card", told)
    again = wanda.wait_for(lambda seen: "Continue" in seen.buttons)
    wanda.tap("Continue", again)
    wanda.say(number_on(wanda.wait_for("To confirm", message=again)))
    wanda.wait_for("ANDX took the request", message=again)


@pytest.mark.parametrize("word", ["It was sent", "It was not sent"])
def test_a_lost_answer_freezes_its_currency_until_its_person_closes_it(
    prompt: Stack, wanda: Persona, word: str
) -> None:
    mark = prompt.exchange.mark
    prompt.exchange.fault("drop_answer", WITHDRAWAL, method="POST")
    card = confirmed(wanda, "XRP 10 savings")
    wanda.wait_for("Outcome not known", message=card)
    prompt.leap(5)
    assert "not sent again" in wanda.wait_for("available", message=card).text
    assert "no known outcome" in wanda.ask("/withdraw XRP 10 savings").text
    phone = Phone(prompt, wanda)
    prompt.leap(30)
    wanda.ask("/pending")
    wanda.tap("Withdraw 10 XRP")
    opened = wanda.wait_for("Outcome not known")
    wanda.tap(word, opened)
    wanda.wait_for("Close the card: it was")
    gone(wanda, wanda.say(phone.now))
    wanda.wait_for("you said that it was", message=opened)
    prompt.leap(30)
    card = continued(wanda, "XRP 5 savings")
    wanda.say(phone.now)
    wanda.wait_for("ANDX took the request", message=card)
    assert [amount for _, amount, _ in amounts(prompt, wanda)] == [10, 5]
    assert len(prompt.exchange.asked_to_withdraw(since=mark)) == 2


# Held for a day


def held(person: Persona, words: str) -> Message:
    card = confirmed(person, words)
    waiting = person.wait_for("Confirmed, and waiting", message=card)
    assert waiting.buttons == ("✕ Cancel this withdrawal",)
    return waiting


def test_cancel_really_cancels_what_is_held(leaping: Stack) -> None:
    hanna = leaping.person("Hanna", linked=True)
    mark = leaping.exchange.mark
    card = held(hanna, "XRP 10 savings")
    leaping.leap(DAY - 600)
    hanna.tap("Cancel this withdrawal", card)
    hanna.wait_for("Cancelled by you. Nothing was sent.", message=card)
    leaping.leap(1200)
    assert "Nothing is uncertain" in hanna.ask("/pending").text
    assert not leaping.exchange.asked_to_withdraw(since=mark)


def test_a_hold_that_runs_out_across_a_restart_sends_once(leaping: Stack) -> None:
    hanna = leaping.person("Hanna", linked=True)
    mark = leaping.exchange.mark
    card = held(hanna, "XRP 10 savings")
    leaping.bot.kill()
    leaping.leap(DAY - 60)
    leaping.bot.start()
    assert "1 waiting to be sent" in hanna.ask("/pending").text
    assert not leaping.exchange.asked_to_withdraw(since=mark)
    leaping.leap(90)
    hanna.wait_for("ANDX took the request", message=card)
    leaping.bot.restart()
    leaping.leap(600)
    assert "Nothing is uncertain" in hanna.ask("/pending").text
    assert len(leaping.exchange.asked_to_withdraw(since=mark)) == len(amounts(leaping, hanna)) == 1


def test_a_lock_during_the_hold_stops_it(leaping: Stack) -> None:
    hanna = leaping.person("Hanna", linked=True)
    mark = leaping.exchange.mark
    card = held(hanna, "XRP 10 savings")
    hanna.say("/lock")
    stopped = hanna.wait_for("Your accounts were locked", message=card)
    assert not stopped.buttons
    leaping.leap(DAY + 60)
    assert "Nothing is uncertain" in hanna.ask("/pending").text
    assert not leaping.exchange.asked_to_withdraw(since=mark)
