"""Orders as people write them, refusals with the right number, warnings."""

from decimal import Decimal

import pytest

from tests.harness import Message, Persona, Stack

CENT = Decimal("0.01")


def _confirm(persona: Persona, card: Message, shown: str) -> Message:
    persona.tap("Confirm", card)
    return persona.wait_for(shown, message=card)


def _below(stack: Stack, market: str, share: str = "0.9", *, step: str = "0.01") -> Decimal:
    """A price that waits below the market."""
    return (stack.exchange.ticker(market)["bid"] * Decimal(share)).quantize(Decimal(step))


@pytest.mark.parametrize("form", ["/buy 0.02 ETH @ {price}", "/buy 0.02 ETH at {price}", "/buy ETHUSDT 0.02 {price}"])
def test_limit_orders_rest_at_their_price_however_they_are_written(stack: Stack, dora: Persona, form: str) -> None:
    price = _below(stack, "ETHUSDT")
    card = dora.ask(form.format(price=price))
    assert "limit" in card.text and "maker" in card.text
    opened = _confirm(dora, card, "is open")
    assert "Cancel order" in opened.buttons
    [order] = stack.exchange.orders(dora)
    assert (order["order_type"], order["status"], Decimal(order["price"])) == ("limit", "N", price)
    assert Decimal(order["volume"]) == Decimal("0.02") and not order["post_only"]


def test_post_only_reaches_the_exchange(stack: Stack, dora: Persona) -> None:
    card = dora.ask(f"/buy 0.02 ETH @ {_below(stack, 'ETHUSDT')} post")
    assert "limit, post-only" in card.text
    _confirm(dora, card, "is open")
    assert [order["post_only"] for order in stack.exchange.orders(dora)] == [True]


def test_an_amount_of_the_counter_currency_is_spent_and_not_exceeded(stack: Stack, dora: Persona) -> None:
    card = dora.ask("/buy 100 USDT of BTC")
    _confirm(dora, card, "is filled")
    [order] = stack.exchange.orders(dora)
    assert Decimal("99.9") < Decimal(order["total"]) <= 100


def test_dollars_are_the_counter_currency(stack: Stack, dora: Persona) -> None:
    _confirm(dora, dora.ask("/buy $50 ETH"), "is filled")
    [order] = stack.exchange.orders(dora)
    assert Decimal("49.9") < Decimal(order["total"]) <= 50


def test_a_share_of_what_one_has_is_sold(stack: Stack, dora: Persona) -> None:
    stack.exchange.set_balances(dora, ETH="2")
    card = dora.ask("/sell 25% ETH")
    assert "Sell 0.5 ETH" in card.text
    _confirm(dora, card, "is filled")
    assert [Decimal(order["volume"]) for order in stack.exchange.orders(dora)] == [Decimal("0.5")]


def test_all_of_it_goes_with_a_limit(stack: Stack, dora: Persona) -> None:
    price = (stack.exchange.ticker("ETHUSDT")["ask"] * Decimal("1.05")).quantize(CENT)
    _confirm(dora, dora.ask(f"/sell all ETH @ {price}"), "is open")
    [order] = stack.exchange.orders(dora)
    assert (Decimal(order["volume"]), Decimal(order["price"])) == (Decimal(10), price)


def test_what_was_not_understood_is_named(dora: Persona) -> None:
    said = dora.ask("/buy 0.01 BTC tomorrow")
    assert "“buy 0.01 BTC”" in said.text and "“tomorrow”" in said.text


@pytest.mark.parametrize("amount", ["-1", "1e3", "NaN", "0", "1_000", "１", "60,000", "0.01.2"])
def test_numbers_that_could_be_misread_never_become_a_card(dora: Persona, amount: str) -> None:
    said = dora.ask(f"/buy {amount} BTC")
    assert "Confirm" not in said.buttons


def test_an_unknown_market_offers_the_nearest_as_buttons(dora: Persona) -> None:
    asked = dora.ask("/buy 0.02 ETC")
    assert "There is no market ETC." in asked.text
    dora.tap("ETH/USDT", asked)
    dora.wait_for("Buy 0.02 ETH", message=asked)


# Refusals: the right number stands on a button, and the button leads to a card


def _corrected(persona: Persona, refusal: Message) -> Message:
    """Tap the number that would be right; the card that comes instead."""
    label = next(label for label in refusal.buttons if label.startswith("Use "))
    persona.tap(label, refusal)
    return persona.wait_for(lambda message: "Confirm" in message.buttons, message=refusal)


def test_too_little_is_refused_with_the_smallest_amount_as_a_button(stack: Stack, dora: Persona) -> None:
    refusal = dora.ask("/buy 0.00001 BTC")
    assert "orders start at 5 USDT" in refusal.text
    _confirm(dora, _corrected(dora, refusal), "is filled")
    [order] = stack.exchange.orders(dora)
    assert Decimal(5) <= Decimal(order["avg_price"]) * Decimal(order["volume"]) < Decimal("5.2")


def test_too_much_for_the_market_is_refused_with_the_largest_amount_as_a_button(stack: Stack, dora: Persona) -> None:
    price = _below(stack, "BTCUSDT")
    refusal = dora.ask(f"/buy 0.9 BTC @ {price}")
    assert "orders end at 10,000 USDT" in refusal.text
    _confirm(dora, _corrected(dora, refusal), "is open")
    [order] = stack.exchange.orders(dora)
    assert Decimal(9_999) < Decimal(order["price"]) * Decimal(order["volume"]) <= 10_000


def test_too_many_decimals_of_a_volume_are_refused_with_the_cut_number(stack: Stack, dora: Persona) -> None:
    refusal = dora.ask("/buy 12.345678 XRP")
    assert "at most 4 decimals" in refusal.text and "12.3456" in refusal.text
    _confirm(dora, _corrected(dora, refusal), "is filled")
    assert [Decimal(order["volume"]) for order in stack.exchange.orders(dora)] == [Decimal("12.3456")]


def test_too_many_decimals_of_a_price_are_refused_with_the_cut_number(stack: Stack, dora: Persona) -> None:
    price = _below(stack, "ETHUSDT")
    refusal = dora.ask(f"/buy 0.02 ETH @ {price}7")
    assert "prices have at most 2 decimals" in refusal.text
    _confirm(dora, _corrected(dora, refusal), "is open")
    assert [Decimal(order["price"]) for order in stack.exchange.orders(dora)] == [price]


def test_more_than_one_has_is_refused_with_the_most_that_fits(stack: Stack, dora: Persona) -> None:
    stack.exchange.set_balances(dora, USDT="50")
    refusal = dora.ask("/buy 0.1 ETH")
    assert "50 USDT available" in refusal.text
    _confirm(dora, _corrected(dora, refusal), "is filled")
    [order] = stack.exchange.orders(dora)
    assert Decimal(45) < Decimal(order["total"]) <= 50


def test_selling_more_than_one_has_is_refused_with_what_one_has(stack: Stack, dora: Persona) -> None:
    stack.exchange.set_balances(dora, SOL="3")
    refusal = dora.ask("/sell 4 SOL")
    assert "3 SOL available" in refusal.text
    _confirm(dora, _corrected(dora, refusal), "is filled")
    assert [Decimal(order["volume"]) for order in stack.exchange.orders(dora)] == [3]


def test_without_enough_for_the_smallest_order_no_button_is_offered(stack: Stack, dora: Persona) -> None:
    stack.exchange.set_balances(dora, USDT="1")
    refusal = dora.ask("/buy 0.1 ETH")
    assert "too little for this market" in refusal.text and not any("Use" in label for label in refusal.buttons)


# Warnings


def test_a_price_outside_the_multipliers_is_warned_of_and_its_refusal_told(stack: Stack, dora: Persona) -> None:
    card = dora.ask(f"/buy 0.02 ETH @ {_below(stack, 'ETHUSDT', '0.3')}")
    assert "⚠️ The exchange may refuse a price outside" in card.text
    refused = _confirm(dora, card, "Refused by the exchange")
    assert "price_out_of_range" in refused.text and not stack.exchange.orders(dora)


def test_a_fat_finger_is_warned_of(stack: Stack, dora: Persona) -> None:
    price = (stack.exchange.ticker("ETHUSDT")["ask"] * Decimal("1.15")).quantize(CENT)
    card = dora.ask(f"/buy 0.02 ETH @ {price}")
    assert "above the last price. Is it meant?" in card.text and "taker" in card.text


def test_post_only_that_would_trade_is_warned_of_and_its_refusal_told(stack: Stack, dora: Persona) -> None:
    price = (stack.exchange.ticker("ETHUSDT")["ask"] * Decimal("1.01")).quantize(CENT)
    card = dora.ask(f"/buy 0.02 ETH @ {price} post")
    assert "Post-only at this price would trade at once" in card.text
    _confirm(dora, card, "Refused by the exchange")
    assert not stack.exchange.orders(dora)
