"""Limits and aliases: what may leave the account, and that nobody gets around it by tapping fast."""

import pytest

from tests.harness import Message, Persona, Stack

DAY = 24 * 3600


@pytest.fixture
def dora(leaping: Stack) -> Persona:
    """Somebody who was told already that an account was linked."""
    dora = leaping.person("Dora", linked=True)
    leaping.leap(5)
    dora.wait_for("An account was linked to you here.")
    return dora


def _lines(message: Message) -> list[str]:
    return message.text.splitlines()


def test_a_lowered_limit_holds_at_once_and_refuses_the_card(leaping: Stack, dora: Persona) -> None:
    assert "Largest order: 100 USDT from now on." in dora.ask("/limits order 100").text
    assert "Largest order: 100 USDT" in dora.ask("/limits").text
    refused = dora.ask("/buy 1 ETH")
    assert "more than one order may be worth: at most 100 USDT" in refused.text and "/limits" in refused.text
    assert "Confirm" in dora.ask("/buy 50 USDT of ETH").buttons


def test_a_card_opened_before_a_limit_was_lowered_sends_nothing(leaping: Stack, dora: Persona) -> None:
    card = dora.ask("/buy 50 USDT of ETH")
    dora.ask("/limits order 10")
    mark = leaping.exchange.mark
    tap = dora.tap("Confirm", card)
    assert "more than one order may be worth" in tap.toast().text
    assert not leaping.exchange.placed(since=mark)


def test_what_was_ordered_counts_for_a_day(leaping: Stack, dora: Persona) -> None:
    dora.ask("/limits orders 120")
    card = dora.ask("/buy 100 USDT of ETH")
    dora.tap("Confirm", card)
    dora.wait_for(lambda seen: "accepted" in seen.text or "filled" in seen.text, message=card)
    refused = dora.ask("/buy 100 USDT of ETH")
    assert "beyond your limit for orders of 120 USDT a day" in refused.text and "More is free from" in refused.text
    leaping.leap(DAY)
    assert "Confirm" in dora.ask("/buy 100 USDT of ETH").buttons


def test_a_raised_limit_holds_after_a_day_and_is_told_twice(leaping: Stack, dora: Persona) -> None:
    raised = dora.ask("/limits order 50k")
    assert "Largest order: 50,000 USDT from" in raised.text and "Until then it stays 25,000 USDT." in raised.text
    leaping.leap(5)
    dora.wait_for(lambda message: message.id > raised.id and "50,000" in message.text)
    assert "Largest order: 25,000 USDT" in _lines(dora.ask("/limits"))
    leaping.leap(DAY)
    dora.wait_for("Your raised limit holds from now on.")
    assert "Largest order: 50,000 USDT" in _lines(dora.ask("/limits"))


def test_a_raise_is_dropped_by_a_tap_and_nothing_is_told_later(leaping: Stack, dora: Persona) -> None:
    raised = dora.ask("/limits orders 900k")
    dora.tap("Keep the old one", raised)
    dora.wait_for("The old limit stays.", message=raised)
    leaping.leap(DAY + 60)
    assert "Orders a day: 100,000 USDT" in _lines(dora.ask("/limits"))
    assert not any("holds from now on" in message.text for message in dora.replies())


def test_a_limit_is_changed_by_a_button_and_an_answer(leaping: Stack, dora: Persona) -> None:
    card = dora.ask("/limits")
    dora.tap("Withdrawals a day", card)
    asked = dora.wait_for("Write what may leave a day")
    assert "cannot be less than nothing" in dora.ask("-5").text
    done = dora.ask("XRP 0")
    assert done.id > asked.id and "Withdrawals a day of XRP: none at all from now on." in done.text
    assert "XRP: none at all" in dora.ask("/limits").text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/limits budget 5", "The limits are order, orders"),
        ("/limits order NaN", "given in USDT"),
        ("/limits withdrawals ХRР 5", "“ХRР” looks like XRP but is written with other letters"),
        ("/limits distance 500%", "at most 100%"),
        ("/alias add XRP sav\u200bings", "cannot be seen"),
        ("/alias", "There are none yet."),
    ],
)
def test_nonsense_is_answered_by_a_sentence(leaping: Stack, dora: Persona, said: str, told: str) -> None:
    assert told in dora.ask(said).text


def test_an_alias_is_added_with_its_hold_listed_and_removed(leaping: Stack, dora: Persona) -> None:
    added = dora.ask("/alias add XRP <My Savings>")
    assert "XRP alias <My Savings> is added." in added.text and "waits until then" in added.text
    assert "was there already" in dora.ask("/alias add xrp <My Savings>").text
    listed = dora.ask("/aliases")
    assert "<My Savings> · not used yet · held until" in listed.text
    dora.tap("Remove XRP", listed)
    dora.wait_for("Remove XRP alias <My Savings>?", message=listed)
    dora.tap("Remove", dora.now(listed))
    dora.wait_for("is removed here", message=listed)
    assert "There are none yet." in dora.ask("/aliases").text
