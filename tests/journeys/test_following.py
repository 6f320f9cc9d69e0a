"""What becomes of an order, and cancelling: the cards keep saying what the exchange says."""

from decimal import Decimal

import pytest

from tests.harness import Message, Persona, Stack, eventually
from tests.harness.exchange import CANCEL, ORDER_STATUS

CENT = Decimal("0.01")


@pytest.fixture
def dora(leaping: Stack) -> Persona:
    return leaping.person("Dora", linked=True)


def _confirm(stack: Stack, persona: Persona, card: Message, shown: str) -> Message:
    """Tap, and let the second pass after which the exchange is asked what became of it."""
    persona.tap("Confirm", card)
    persona.wait_for(lambda seen: "accepted" in seen.text or shown in seen.text, message=card)
    stack.leap(1)
    return persona.wait_for(shown, message=card)


def _rest(stack: Stack, persona: Persona, market: str = "ETH", share: str = "0.9") -> Message:
    """Place a limit order that waits; its card."""
    price = (stack.exchange.ticker(f"{market}USDT")["bid"] * Decimal(share)).quantize(CENT)
    card = persona.ask(f"/buy 0.5 {market} @ {price}")
    return _confirm(stack, persona, card, "is open")


def _numbers(stack: Stack, persona: Persona) -> list[int]:
    return [order["order_number"] for order in stack.exchange.orders(persona)]


def test_a_partial_fill_is_shown_with_its_share_and_average_and_then_the_rest(leaping: Stack, dora: Persona) -> None:
    best = leaping.exchange.book("SOLUSDT")["sellers"][0]
    price, there = Decimal(best["orders_price"]), Decimal(best["orders_total_amount"])
    wanted = (there * 2).quantize(Decimal("0.001"))
    card = dora.ask(f"/buy {wanted} SOL @ {price}")
    partly = _confirm(leaping, dora, card, "is partly filled")
    [order] = leaping.exchange.orders(dora)
    assert order["status"] == "P" and "▰" in partly.text and "▱" in partly.text
    assert "Average" in partly.text and "Cancel order" in partly.buttons
    leaping.exchange.price("SOLUSDT", price * Decimal("0.99"))
    filled = dora.wait_for("is filled", message=card)
    assert "100%" in filled.text and not filled.buttons


def test_a_resting_order_that_fills_long_after_the_tap_is_told_by_a_message(leaping: Stack, dora: Persona) -> None:
    card = _rest(leaping, dora)
    leaping.leap(90)
    leaping.exchange.price("ETHUSDT", leaping.exchange.ticker("ETHUSDT")["bid"] * Decimal("0.8"))
    leaping.leap(20)
    dora.wait_for("is filled", message=card)
    leaping.leap(6)
    told = dora.wait_for(lambda message: message.id > card.id and "is filled" in message.text)
    assert told.reply_to == card.id


def test_refresh_reads_an_old_order_at_once(leaping: Stack, dora: Persona) -> None:
    card = _rest(leaping, dora)
    [order] = leaping.exchange.orders(dora)
    path = f"{ORDER_STATUS}{order['order_number']}/"
    mark = leaping.exchange.mark
    leaping.leap(7200)  # orders this old are looked at seldom by themselves
    leaping.exchange.wait_for_request(path, since=mark)
    mark = leaping.exchange.mark

    def asked_anew() -> bool:
        """A tap while the answer to the look before is still being written down is served by that one."""
        dora.tap("Refresh", card)
        return bool(leaping.exchange.requests(path, since=mark))

    eventually(asked_anew, pause=0.5)


def test_an_order_is_cancelled_from_its_own_card(leaping: Stack, dora: Persona) -> None:
    placed = _rest(leaping, dora)
    dora.tap("Cancel order", placed)
    card = dora.wait_for(lambda message: "Confirm" in message.buttons)
    [number] = _numbers(leaping, dora)
    assert f"Cancel order #{number}?" in card.text and "Keep" in card.buttons
    dora.tap("Confirm", card)
    dora.wait_for(f"✓ #{number} ETH/USDT: cancelled", message=card)
    dora.wait_for("is cancelled", message=placed)
    assert [order["status"] for order in leaping.exchange.orders(dora)] == ["C"]


def test_until_the_exchange_has_cancelled_the_card_does_not_say_so(leaping: Stack, dora: Persona) -> None:
    leaping.exchange.cancel_delay(20)
    _rest(leaping, dora)
    card = dora.ask("/cancel all")
    dora.tap("Confirm", card)
    dora.wait_for("cancel requested, waiting for the exchange", message=card)
    leaping.leap(10)
    assert "✓" not in dora.now(card).text
    assert [order["status"] for order in leaping.exchange.orders(dora)] == ["N"]
    leaping.leap(11)
    dora.wait_for("✓", message=card)
    assert [order["status"] for order in leaping.exchange.orders(dora)] == ["C"]


def test_a_cancel_that_never_takes_effect_is_told_as_still_open(leaping: Stack, dora: Persona) -> None:
    leaping.exchange.cancel_delay(3600)
    _rest(leaping, dora)
    card = dora.ask("/cancel all")
    dora.tap("Confirm", card)
    dora.wait_for("cancel requested", message=card)

    def is_told() -> bool:
        leaping.leap(20)
        return "is still open" in dora.now(card).text

    eventually(is_told, pause=0.1)


def test_all_orders_of_one_market_are_cancelled_and_no_other(leaping: Stack, dora: Persona) -> None:
    for market in ("ETH", "ETH", "BCH"):
        _rest(leaping, dora, market)
    card = dora.ask("/cancel ETH")
    assert "Cancel 2 orders?" in card.text
    dora.tap("Confirm", card)
    dora.wait_for(lambda message: message.text.count("✓") == 2, message=card)
    states = {(order["market_code"], order["status"]) for order in leaping.exchange.orders(dora)}
    assert states == {("ETHUSDT", "C"), ("BCHUSDT", "N")}


def test_the_card_that_cancels_all_freezes_its_list(leaping: Stack, dora: Persona) -> None:
    _rest(leaping, dora)
    _rest(leaping, dora, "BCH")
    card = dora.ask("/cancel all")
    _rest(leaping, dora, "SOL")
    dora.tap("Confirm", card)
    done = dora.wait_for(lambda message: message.text.count("✓") == 2, message=card)
    assert "SOL" not in done.text
    assert [order["status"] for order in leaping.exchange.orders(dora)] == ["C", "C", "N"]


def test_keep_cancels_nothing(leaping: Stack, dora: Persona) -> None:
    _rest(leaping, dora)
    mark = leaping.exchange.mark
    card = dora.ask("/cancel all")
    dora.tap("Keep", card)
    dora.wait_for("Kept. Nothing was sent.", message=card)
    assert not leaping.exchange.requests(CANCEL, since=mark)


def test_an_order_that_fills_before_the_cancel_arrives_is_told_as_filled(leaping: Stack, dora: Persona) -> None:
    leaping.exchange.cancel_delay(30)
    placed = _rest(leaping, dora)
    [number] = _numbers(leaping, dora)
    card = dora.ask(f"/cancel {number}")
    dora.tap("Confirm", card)
    dora.wait_for("cancel requested", message=card)
    leaping.exchange.price("ETHUSDT", leaping.exchange.ticker("ETHUSDT")["bid"] * Decimal("0.85"))
    dora.wait_for("was filled before it could be cancelled", message=card)
    dora.wait_for("is filled", message=placed)


def test_an_order_that_ended_before_the_tap_is_told_as_it_ended(leaping: Stack, dora: Persona) -> None:
    _rest(leaping, dora)
    [number] = _numbers(leaping, dora)
    card = dora.ask(f"/cancel {number}")
    leaping.exchange.price("ETHUSDT", leaping.exchange.ticker("ETHUSDT")["bid"] * Decimal("0.85"))
    dora.tap("Confirm", card)
    told = dora.wait_for(lambda message: "filled" in message.text or "refused" in message.text, message=card)
    assert "was filled before it could be cancelled" in told.text


def test_a_cancel_whose_answer_is_lost_is_read_back_and_not_repeated(leaping: Stack, dora: Persona) -> None:
    _rest(leaping, dora)
    [number] = _numbers(leaping, dora)
    mark = leaping.exchange.mark
    leaping.exchange.fault("drop_answer", CANCEL)
    card = dora.ask(f"/cancel {number}")
    dora.tap("Confirm", card)
    dora.wait_for(f"✓ #{number}", message=card)
    assert len(leaping.exchange.requests(CANCEL, since=mark)) == 1


def test_lists_show_what_is_open_and_what_is_closed(leaping: Stack, dora: Persona) -> None:
    _rest(leaping, dora)
    card = dora.ask("/sell 1 ETH")
    _confirm(leaping, dora, card, "is filled")
    opened, closed = _numbers(leaping, dora)
    listed = dora.ask("/orders")
    assert f"✕ #{opened}" in listed.buttons and f"#{closed}" not in listed.text
    assert f"#{closed}" in dora.ask("/orders closed").text
    both = dora.ask("/orders all ETH").text
    assert f"#{opened}" in both and f"#{closed}" in both
    assert "filled" in dora.ask(f"/order {closed}").text
    assert "is filled already" in dora.ask(f"/cancel {closed}").text
    assert "knows no such order" in dora.ask("/order 1").text
