"""Converting, in the real program against the practice exchange."""

from tests.harness import Persona, Stack


def test_a_coin_without_a_book_is_converted_and_a_price_that_moved_executes_nothing(
    stack: Stack, dora: Persona
) -> None:
    asked = dora.ask("/link instant")
    dora.tap("Practise Instant Trade", asked)
    dora.wait_for(lambda seen: seen.id > asked.id and "Instant Trade" in seen.text)

    card = dora.ask("/convert 100 USDT to AAVE")
    assert "− 100 USDT" in card.text and "nothing to compare" in card.text
    dora.tap("Confirm", card)
    dora.wait_for("is done", message=card)

    card = dora.ask("/convert to get 50 USDT from BTC")
    assert "You asked for 50" in card.text and "middle" in card.text
    stack.exchange.instant(moved="5")
    dora.tap("Confirm", card)
    dora.wait_for("Nothing was converted", message=card)
    anew = dora.wait_for(lambda seen: seen.id > card.id and "than before" in seen.text)
    dora.tap("Cancel", anew)
    dora.wait_for("Nothing was sent", message=anew)
    assert len(stack.exchange.orders(dora)) == 1
