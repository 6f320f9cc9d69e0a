"""One amount on every way there is, at the real practice exchange; the way that was chosen is gone to its end."""

from tests.harness import Persona, Stack


def test_the_ways_are_compared_and_a_tap_on_one_leads_to_a_filled_order(stack: Stack, dora: Persona) -> None:
    asked = dora.ask("/link instant")
    dora.tap("Practise Instant Trade", asked)
    dora.wait_for(lambda seen: seen.id > asked.id and "Instant Trade is on" in seen.text)
    dora.say(f"/link paper-swaps {stack.exchange.swaps.open_key()}")
    dora.wait_for("paper-swaps-1 is linked")
    mark = stack.exchange.mark

    found = dora.ask("/route 200 usdt to eth")
    assert found.text.startswith("Give 200 USDT, get ETH\nMiddle price ")
    assert all(f"{way}: 0.0" in found.text for way in ("Order book", "Instant Trade", "n.\u2060exchange")), found.text
    assert found.text.count(" the middle price") == 3 and stack.exchange.placed(since=mark) == []

    dora.tap(next(label for label in found.buttons if label.endswith("Buy ETH")), found)
    card = dora.wait_for(lambda seen: "Confirm" in seen.buttons, message=found)
    assert card.buttons == ("Confirm", "Compare", "Cancel")
    dora.tap("Confirm", card)
    dora.wait_for("is filled", message=card)
    assert len(stack.exchange.placed(since=mark)) == 1
