"""`kill -9` between a tap and its final card: at most one order, nothing forgotten, the card ends right."""

from collections.abc import Callable

import pytest

from tests.harness import Message, Persona, Stack, eventually
from tests.harness.exchange import ORDERS


@pytest.fixture
def emil(leaping: Stack) -> Persona:
    return leaping.person("Emil", linked=True)


def _ended(stack: Stack, person: Persona, card: Message) -> Message:
    """Let time pass until the card has come to its end."""

    def is_over() -> bool:
        stack.leap(12)
        text = person.now(card).text
        return any(end in text for end in ("is filled", "Not placed", "Nothing was sent"))

    eventually(is_over, timeout=12, pause=0.1)
    _assert_nothing_is_open(person)
    return person.now(card)


def _assert_nothing_is_open(person: Persona) -> None:
    """What was begun before the crash may be answered again; so the answer is not just the next message."""
    person.say("/pending")
    person.wait_for("Nothing is uncertain")


def _just_tapped(stack: Stack, person: Persona, card: Message) -> None:
    person.tap("Confirm", card)


def _when_answered(stack: Stack, person: Persona, card: Message) -> None:
    person.tap("Confirm", card).toast()


def _while_the_order_hangs(stack: Stack, person: Persona, card: Message) -> None:
    stack.exchange.fault("silent", method="POST", seconds=60)
    mark = stack.exchange.mark
    person.tap("Confirm", card)
    stack.exchange.wait_for_request(ORDERS, method="POST", since=mark)


def _applied_but_not_answered(stack: Stack, person: Persona, card: Message) -> None:
    stack.exchange.fault("silent", method="POST", seconds=60, apply=True)
    person.tap("Confirm", card)
    eventually(lambda: stack.exchange.orders(person))


def _answered_while_edits_hang(stack: Stack, person: Persona, card: Message) -> None:
    stack.chat.fault("editMessageText", "delay", times=99, seconds=30, chat=person.id)
    person.tap("Confirm", card)
    eventually(lambda: stack.exchange.orders(person))
    stack.chat.clear_faults()


def _accepted(stack: Stack, person: Persona, card: Message) -> None:
    person.tap("Confirm", card)
    person.wait_for("was accepted", message=card)


MOMENTS: dict[str, tuple[Callable[[Stack, Persona, Message], None], set[int]]] = {
    "just tapped": (_just_tapped, {0, 1}),
    "the tap was answered": (_when_answered, {0, 1}),
    "the order hangs": (_while_the_order_hangs, {0}),
    "applied but not answered": (_applied_but_not_answered, {1}),
    "answered while edits hang": (_answered_while_edits_hang, {1}),
    "accepted, not read back": (_accepted, {1}),
}


@pytest.mark.parametrize(("until", "orders"), MOMENTS.values(), ids=MOMENTS.keys())
def test_killed_at_this_moment_the_order_is_neither_doubled_nor_forgotten(
    leaping: Stack, emil: Persona, until: Callable[[Stack, Persona, Message], None], orders: set[int]
) -> None:
    mark = leaping.exchange.mark
    card = emil.ask("/buy 0.01 BTC")
    until(leaping, emil, card)
    leaping.bot.restart()
    leaping.exchange.clear_faults()
    ended = _ended(leaping, emil, card)
    placed = leaping.exchange.orders(emil)
    assert len(placed) in orders and len(leaping.exchange.placed(since=mark)) <= 1
    assert ("is filled" in ended.text) == bool(placed)


def test_killed_twice_in_a_row_it_still_ends_right(leaping: Stack, emil: Persona) -> None:
    card = emil.ask("/buy 0.01 BTC")
    _applied_but_not_answered(leaping, emil, card)
    leaping.bot.restart(wait=False)
    leaping.bot.restart()
    leaping.exchange.clear_faults()
    assert "is filled" in _ended(leaping, emil, card).text
    assert len(leaping.exchange.orders(emil)) == 1


def test_killed_while_cancelling_the_orders_are_read_back(leaping: Stack, emil: Persona) -> None:
    placed = emil.ask(f"/buy 1 ETH @ {leaping.exchange.ticker('ETHUSDT')['bid'] * 9 // 10}")
    emil.tap("Confirm", placed)
    emil.wait_for("is open", message=placed)
    card = emil.ask("/cancel all")
    leaping.exchange.fault("silent", "/api/v1/cancel_order/", seconds=60, apply=True)
    mark = leaping.exchange.mark
    emil.tap("Confirm", card)
    leaping.exchange.wait_for_request("/api/v1/cancel_order/", since=mark)
    leaping.bot.restart()
    leaping.exchange.clear_faults()
    leaping.leap(5)
    emil.wait_for("✓", message=card)
    emil.wait_for("is cancelled", message=placed)
    assert len(leaping.exchange.requests("/api/v1/cancel_order/", since=mark)) == 1
    _assert_nothing_is_open(emil)


def test_a_stop_in_order_loses_nothing_under_way(leaping: Stack, emil: Persona) -> None:
    card = emil.ask("/buy 0.01 BTC")
    mark = leaping.exchange.mark
    leaping.exchange.fault("delay", method="POST", seconds=0.5)
    emil.tap("Confirm", card)
    leaping.exchange.wait_for_request(ORDERS, method="POST", since=mark)
    assert leaping.bot.stop(timeout=10) == 0
    leaping.bot.start()
    assert "is filled" in _ended(leaping, emil, card).text
    assert len(leaping.exchange.placed(since=mark)) == 1
