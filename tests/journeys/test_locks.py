"""Stopping everything: a person's lock, a panic, the owner's halt."""

import re
import time
from decimal import Decimal

import pytest

from tests.harness import Message, Persona, Stack, eventually
from tests.harness.exchange import BALANCE, ORDERS
from tests.harness.persona import NotSeen

CENT = Decimal("0.01")


@pytest.fixture
def erna(leaping: Stack) -> Persona:
    return leaping.person("Erna", linked=True)


def _resting(stack: Stack, persona: Persona) -> int:
    """The number of an order that waits at the exchange."""
    before = {order["order_number"] for order in stack.exchange.orders(persona)}
    price = (stack.exchange.ticker("ETHUSDT")["bid"] * Decimal("0.9")).quantize(CENT)
    persona.tap("Confirm", persona.ask(f"/buy 0.1 ETH @ {price}"))

    def new() -> list[int]:
        return [
            order["order_number"] for order in stack.exchange.orders(persona) if order["order_number"] not in before
        ]

    return eventually(new)[0]


def _lock(persona: Persona) -> Message:
    persona.say("/lock")
    return persona.wait_for("Locked. Nothing of yours is sent from now on")


def _is_locked(persona: Persona) -> None:
    """Something unasked may be said in between."""
    persona.say("/start")
    persona.wait_for("Locked since")


def _type_number(persona: Persona, question: Message) -> None:
    """Answer a question that shows a number to be typed."""
    found = re.search(r"\b\d{4}\b", question.text)
    assert found, question.text
    persona.say(found[0])


def test_a_lock_closes_waiting_cards_stops_new_ones_and_survives_a_restart(leaping: Stack, erna: Persona) -> None:
    card = erna.ask("/buy 0.001 BTC")
    mark = leaping.exchange.mark
    assert "A card that waited was closed." in _lock(erna).text
    erna.wait_for(lambda seen: "Confirm" not in seen.buttons, message=card)
    leaping.bot.restart()
    _is_locked(erna)
    assert "/unlock" in erna.ask("/buy 0.001 BTC").text
    assert leaping.exchange.requests(ORDERS, method="POST", since=mark) == []


def test_a_lock_does_not_wait_behind_a_slow_command(leaping: Stack, erna: Persona) -> None:
    leaping.exchange.fault("delay", BALANCE, times=None, seconds=4)
    erna.say("/balance")
    began = time.monotonic()
    _lock(erna)
    assert time.monotonic() - began < 1


def test_a_panic_cancels_everything_of_every_account_with_the_result_per_order(leaping: Stack, erna: Persona) -> None:
    first = erna.account
    numbers = [_resting(leaping, erna)]
    leaping.link(erna)
    numbers += [_resting(leaping, erna), _resting(leaping, erna)]
    erna.say("/panic")
    over = erna.wait_for("Every open order was asked to be cancelled.")
    assert "1 cancellation sent" in over.text and "2 cancellations sent" in over.text
    leaping.leap(2)
    for number in numbers:
        erna.wait_for(lambda seen, number=number: f"✓ #{number}" in seen.text)  # type: ignore[misc]
    states = {order["status"] for owner in (first, erna.account) for order in leaping.exchange.orders(owner)}
    assert states == {"C"}
    assert "Locked since" in erna.ask("/accounts").text


def test_a_panic_names_what_it_cannot_read_and_cancels_the_rest(leaping: Stack, erna: Persona) -> None:
    number = _resting(leaping, erna)
    leaping.exchange.fault("status", ORDERS, times=None, method="GET", status=401)  # others read this list, too
    erna.say("/panic")
    over = erna.wait_for("Not everything could be cancelled.")
    leaping.exchange.clear_faults()
    assert "did not accept the key (401)" in over.text
    erna.say("/panic")
    erna.wait_for("Every open order was asked to be cancelled.")
    leaping.leap(2)
    erna.wait_for(f"✓ #{number}")


def test_without_a_second_factor_it_unlocks_ten_minutes_after_asking(leaping: Stack, erna: Persona) -> None:
    _lock(erna)
    assert "It unlocks at" in erna.ask("/unlock").text
    erna.wait_for("An unlock was asked for, without a second factor.")
    leaping.leap(590)
    assert "until it opens" in erna.ask("/start").text
    leaping.leap(15)
    erna.wait_for("Your accounts are unlocked.")
    mark = leaping.exchange.mark
    erna.tap("Confirm", erna.ask("/buy 0.001 BTC"))
    leaping.exchange.wait_for_request(ORDERS, method="POST", since=mark)


def test_a_lock_during_the_wait_keeps_it_locked(leaping: Stack, erna: Persona) -> None:
    _lock(erna)
    erna.ask("/unlock")
    _lock(erna)
    leaping.leap(700)
    _is_locked(erna)
    assert not any("are unlocked" in message.text for message in erna.replies())


def test_a_lock_that_came_while_the_bot_was_away_holds_all_the_same(leaping: Stack, erna: Persona) -> None:
    leaping.bot.stop()
    erna.say("/lock")
    leaping.leap(200)
    leaping.bot.start()
    erna.wait_for("Locked. Nothing of yours is sent from now on")


def test_only_the_owner_halts_and_resumes_and_a_halt_stops_everybody(leaping: Stack, erna: Persona) -> None:
    assert "owner" in erna.ask("/halt").text.lower()
    card = erna.ask("/buy 0.001 BTC")
    number = _resting(leaping, erna)
    mark = leaping.exchange.mark
    try:
        assert "Halted." in leaping.owner.ask("/halt").text
        assert "owner" in erna.tap("Confirm", card).toast().text.lower()
        assert "owner" in erna.ask("/resume").text.lower()
        assert "Halted by the owner" in erna.ask("/start").text
        assert leaping.exchange.requests(ORDERS, method="POST", since=mark) == []
        erna.say("/panic")
        erna.wait_for("Every open order was asked to be cancelled.")
        leaping.leap(2)
        erna.wait_for(f"✓ #{number}")
    finally:
        owner = leaping.owner
        _type_number(owner, owner.ask("/resume"))
        owner.wait_for("Resumed.")
    other = leaping.person("Emma", linked=True)
    mark = leaping.exchange.mark
    other.tap("Confirm", other.ask("/buy 0.001 BTC"))
    leaping.exchange.wait_for_request(ORDERS, method="POST", since=mark)


def test_a_kind_of_notice_that_is_off_does_not_come(leaping: Stack, erna: Persona) -> None:
    settings = erna.ask("/notify")
    assert "Alarms: always on" in settings.text
    for label in ("Order filled or ended → silent", "Order filled or ended → off"):
        erna.tap(label, settings)
        settings = erna.wait_for(lambda seen, label=label: label not in seen.buttons, message=settings)  # type: ignore[misc]
    number = _resting(leaping, erna)
    leaping.leap(90)
    leaping.exchange.price("ETHUSDT", leaping.exchange.ticker("ETHUSDT")["bid"] * Decimal("0.8"))
    leaping.leap(20)
    erna.wait_for("is filled")
    leaping.leap(6)
    with pytest.raises(NotSeen):
        erna.wait_for(f"Order #{number} is filled.", timeout=1)
