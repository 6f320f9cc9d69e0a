"""Orders question by question, by buttons and by typing; nonsense loses nothing."""

from decimal import Decimal

import pytest

from tests.harness import Message, Persona, Stack

MARKETS = ("BTC", "ETH", "SOL", "XRP", "DOGE", "SHIB")
"""Of different decimals: 8, 8, 6, 4, 2 and 0; a fresh account holds all of them."""


def _choose(persona: Persona, button: str, asked: Message) -> Message:
    """Tap an offered answer; the same message with what comes next."""
    persona.tap(button, asked)
    return persona.wait_for(lambda _: True, message=asked)


def test_an_order_can_be_put_together_by_buttons_alone(stack: Stack, dora: Persona) -> None:
    asked = dora.ask("/buy")
    asked = _choose(dora, "ETH/USDT", asked)
    asked = _choose(dora, "25%", asked)
    asked = _choose(dora, "Limit price", asked)
    assert "Tap a price" in asked.text
    offered = next(label for label in asked.buttons if label.startswith("bid "))
    card = _choose(dora, offered, asked)
    assert card.buttons == ("Confirm", "Cancel")
    dora.tap("Confirm", card)
    dora.wait_for("is open", message=card)
    [order] = stack.exchange.orders(dora)
    assert Decimal(order["price"]) == Decimal(offered.removeprefix("bid ").replace(",", ""))


def test_an_order_can_be_put_together_by_typing(stack: Stack, dora: Persona) -> None:
    dora.ask("/sell")
    dora.ask("sol")
    dora.ask("2.5")
    asked = dora.ask("limit")
    assert "write one" in asked.text
    price = (stack.exchange.ticker("SOLUSDT")["ask"] * 2).quantize(Decimal("0.01"))
    card = dora.ask(str(price))
    assert "Sell 2.5 SOL at" in card.text and "Confirm" in card.buttons


@pytest.mark.parametrize("nonsense", ["??", "the moon", "12 BTC @", "-3", "1e5", "💸", "BTC ETH XRP", "x" * 900])
def test_nonsense_is_answered_and_the_question_stays_open(dora: Persona, nonsense: str) -> None:
    dora.ask("/buy ETH")
    complaint = dora.ask(nonsense)
    assert "Confirm" not in complaint.buttons
    asked = dora.ask("0.5")
    assert "Buy 0.5 ETH" in asked.text and "At the market" in asked.buttons


def test_a_wrong_market_is_asked_for_again_and_the_amount_is_kept(dora: Persona) -> None:
    dora.ask("/buy 0.5")
    again = dora.ask("ZZZZ")
    assert "There is no market ZZZZ" in again.text
    assert "Buy 0.5 ETH" in dora.ask("ETH").text


def test_a_price_that_is_none_is_asked_for_again(dora: Persona) -> None:
    dora.ask("/buy ETH")
    dora.ask("0.5")
    dora.ask("limit")
    assert "not a number" in dora.ask("cheap").text
    assert "more than zero" in dora.ask("0").text
    assert "Buy 0.5 ETH at 1,500" in dora.ask("1500").text


def test_never_mind_forgets_the_question(dora: Persona) -> None:
    asked = dora.ask("/buy ETH")
    dora.tap("Never mind", asked)
    dora.wait_for("Never mind. Nothing was changed.", message=asked)
    assert "only understand commands" in dora.ask("0.5").text


def test_a_choice_of_a_question_that_is_over_is_answered_kindly(dora: Persona) -> None:
    old = dora.ask("/buy ETH")
    dora.ask("/sell SOL")
    toast = dora.tap("25%", old).toast()
    assert toast.alert and "over" in toast.text


def test_a_question_survives_a_restart_of_the_bot(stack: Stack, dora: Persona) -> None:
    asked = dora.ask("/buy ETH")
    stack.bot.stop()
    stack.bot.start()
    assert "At the market" in _choose(dora, "50%", asked).buttons


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("base", MARKETS)
def test_the_offered_shares_never_bounce(leaping: Stack, side: str, base: str) -> None:
    """Whatever is offered of 25, 50, 75 % and Max becomes a card, at the market and with a limit; Max is accepted."""
    person = leaping.person("Emil", linked=True)
    for kind, near in (("At the market", ""), ("Limit price", "bid" if side == "buy" else "ask")):
        _refill(leaping, person, base)
        offered = person.ask(f"/{side} {base}").buttons[:-1]
        assert offered[-1].startswith("Max ") and len(offered) == (1 if base == "BTC" else 4), offered
        for share in (label.partition(" ")[0] for label in offered):  # the amounts follow the market
            asked = person.ask(f"/{side} {base}")
            asked = _choose(person, share, asked)
            asked = _choose(person, kind, asked)
            if near:
                asked = _choose(person, near, asked)
            assert asked.buttons == ("Confirm", *(() if near else ("Compare",)), "Cancel"), f"{share} {kind}: {asked}"
        person.tap("Confirm", asked)
        person.wait_for(lambda seen: "#" in seen.text, message=asked)
        leaping.leap(1)  # then the exchange is asked what became of it
        done = person.wait_for(lambda seen: "is filled" in seen.text or "is open" in seen.text, message=asked)
        assert "⚠️" not in done.text


def _refill(stack: Stack, person: Persona, base: str) -> None:
    """So much that the balance decides what the most is (for BTC: the market's maximum), and no book is emptied."""
    rich = "100000" if base == "BTC" else "8000.123"
    worth = Decimal(rich) / stack.exchange.ticker(f"{base}USDT")["last"]
    amounts: dict[str, Decimal | str] = {"USDT": rich, base: worth.quantize(Decimal("1E-8"))}
    stack.exchange.set_balances(person, **amounts)
