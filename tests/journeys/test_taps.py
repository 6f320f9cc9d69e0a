"""Whoever taps, however often, whenever: one ticket is one order at most, and every tap gets a sentence."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from handlers.views.door import OTHER_BUTTONS
from tests.harness import Persona, Stack
from tests.harness.stack import GROUP


def _was_in_vain(toast: str) -> bool:
    """The card may show the first tap already when the second one arrives, and have other buttons then."""
    return "Nothing was sent twice" in toast or toast == OTHER_BUTTONS


def test_second_tap_does_not_execute_twice(stack: Stack, dora: Persona) -> None:
    mark = stack.exchange.mark
    card = dora.ask("/buy 0.01 BTC")
    data = card.data("Confirm")  # both taps leave the phone before it hears of the first
    first, second = dora.forge(data, card), dora.forge(data, card)
    assert first.toast().text == "Sending…"
    assert _was_in_vain(second.toast().text)
    dora.wait_for("is filled", message=card)
    assert len(stack.exchange.orders(dora)) == len(stack.exchange.placed(since=mark)) == 1


def test_twenty_taps_at_once_by_several_people_make_one_order(stack: Stack, dora: Persona) -> None:
    mark = stack.exchange.mark
    card = dora.ask("/buy 0.01 BTC")
    data = card.data("Confirm")
    others = [stack.person(f"Other{number}") for number in range(5)]
    theirs = [person.ask("/help") for person in others]

    def tap(number: int) -> str:
        if number % 2:
            return stack.chat.tap(dora.id, card, data=data).toast().text
        at = number // 2 % 5
        return stack.chat.tap(others[at].id, theirs[at], data=data).toast().text

    with ThreadPoolExecutor(20) as pool:
        toasts = list(pool.map(tap, range(20)))
    dora.wait_for("is filled", message=card)
    assert toasts.count("Sending…") == 1 and all(toasts)
    assert all(toast == OTHER_BUTTONS for toast in toasts[::2])
    assert len(stack.exchange.orders(dora)) == len(stack.exchange.placed(since=mark)) == 1


def test_a_tap_after_expiry_sends_nothing(leaping: Stack) -> None:
    person = leaping.person("Emil", linked=True)
    card = person.ask("/buy 0.01 BTC")
    data = card.data("Confirm")
    leaping.leap(61)
    toast = leaping.chat.tap(person.id, card, data=data).toast().text
    assert "expired" in toast or toast == OTHER_BUTTONS
    expired = person.wait_for("Expired. Nothing was sent.", message=card)
    assert expired.buttons == ("New card",) and not leaping.exchange.orders(person)
    person.tap("New card", expired)
    new = person.wait_for(lambda message: message.id > card.id and "Confirm" in message.buttons)
    person.tap("Confirm", new)
    person.wait_for("is filled", message=new)
    assert len(leaping.exchange.orders(person)) == 1


def test_the_seconds_on_a_card_count_down(leaping: Stack) -> None:
    person = leaping.person("Emil", linked=True)
    card = person.ask("/buy 0.01 BTC")
    leaping.leap(31)
    person.wait_for(lambda message: any(f" {left} s left" in message.text for left in range(15, 31)), message=card)


def test_a_tap_after_a_restart_of_the_bot_still_makes_exactly_one_order(stack: Stack, dora: Persona) -> None:
    mark = stack.exchange.mark
    card = dora.ask("/buy 0.01 BTC")
    stack.bot.stop()
    stack.bot.start()
    assert dora.tap("Confirm", card).toast().text == "Sending…"
    dora.wait_for("is filled", message=card)
    assert stack.chat.tap(dora.id, card, data=card.data("Confirm")).toast().text == OTHER_BUTTONS
    assert len(stack.exchange.placed(since=mark)) == 1


def test_a_tap_while_the_bot_is_down_is_carried_out_when_it_is_back(stack: Stack, dora: Persona) -> None:
    card = dora.ask("/buy 0.01 BTC")
    stack.bot.stop()
    tap = dora.tap("Confirm", card)
    stack.bot.start()
    assert tap.toast().text == "Sending…"
    dora.wait_for("is filled", message=card)
    assert len(stack.exchange.orders(dora)) == 1


@pytest.mark.parametrize(
    "data", ["tk:", "tk:nonsense", "tk:" + "A" * 22, "x", "tk:1:2", "oa:NOPE", "💸", "tk:../../etc"]
)
def test_forged_data_changes_nothing_and_gets_a_sentence(stack: Stack, dora: Persona, data: str) -> None:
    mark = stack.exchange.mark
    card = dora.ask("/buy 0.01 BTC")
    toast = dora.forge(data, card).toast()
    assert toast.text or dora.wait_for(lambda message: message.id > card.id)
    assert "Confirm" in dora.now(card).buttons and not stack.exchange.placed(since=mark)


def test_a_confirm_forged_onto_another_message_or_chat_does_nothing(stack: Stack, dora: Persona) -> None:
    card = dora.ask("/buy 0.01 BTC")
    elsewhere = dora.ask("/help")
    assert dora.forge(card.data("Confirm"), elsewhere).toast().text
    bob = stack.persona(1002, "Bob")
    said = bob.ask("/price BTC", chat=GROUP)
    assert bob.forge(card.data("Confirm"), said).toast().alert
    assert not stack.exchange.orders(dora)


def test_two_cards_at_once_are_two_orders(stack: Stack, dora: Persona) -> None:
    first, second = dora.ask("/buy 0.01 BTC"), dora.ask("/buy 0.02 BTC")
    dora.tap("Confirm", second)
    dora.wait_for("is filled", message=second)
    dora.tap("Confirm", first)
    dora.wait_for("is filled", message=first)
    assert sorted(order["volume"][:4] for order in stack.exchange.orders(dora)) == ["0.01", "0.02"]


def test_a_second_card_for_money_that_is_gone_is_not_sent(stack: Stack, dora: Persona) -> None:
    stack.exchange.set_balances(dora, USDT="1000")
    first, second = dora.ask("/buy 0.01 BTC"), dora.ask("/buy 0.01 BTC")
    dora.tap("Confirm", first)
    dora.wait_for("is filled", message=first)
    dora.tap("Confirm", second)
    dora.wait_for("Price or balance moved", message=second)
    assert len(stack.exchange.orders(dora)) == 1
