"""What was traded and what is left: on the screen, as a picture, as a card, and as a file."""

import csv
import io
from decimal import Decimal

from tests.harness import Persona, Stack


def test_a_trade_is_shown_opened_and_comes_as_a_file(stack: Stack, dora: Persona) -> None:
    asked = dora.ask("/link instant")
    dora.tap("Practise Instant Trade", asked)
    dora.wait_for(lambda seen: seen.id > asked.id and "Instant Trade" in seen.text)
    card = dora.ask("/buy 100 USDT of BTC")
    dora.tap("Confirm", card)
    dora.wait_for("is filled", message=card)
    [order] = stack.exchange.orders(dora)

    shown = dora.ask("/trades day").text
    assert "bought" in shown and "taker" in shown and "paper-1 · PAPER" in shown

    portfolio = dora.ask("/portfolio")
    assert portfolio.photo and "(average cost method, " in portfolio.text and "my readings begin" in portfolio.text
    assert "just as ANDX shows it" in dora.ask("/portfolio Nobody").text
    assert "Nobody" not in str(dora.ask("/portfolio").rows), "what the exchange refuses is not offered"

    assert "2,500" in dora.ask("/balance Savings").text
    savings = dora.ask("/portfolio savings")
    assert savings.photo and savings.text.startswith("Portfolio  Savings"), "its name worked before"
    assert "Savings" in str(dora.ask("/portfolio").rows)

    history = dora.ask("/history")
    assert "BTC at the market" in history.text and "filled" in history.text
    dora.tap("1", history)
    dora.wait_for(lambda seen: seen.id > history.id and f"#{order['order_number']}" in seen.text)

    dora.say("/export trades")
    message = dora.wait_for(lambda seen: seen.document is not None)
    assert "trade" in message.text
    rows = list(csv.DictReader(io.StringIO(dora.chat.content(message).decode("utf-8-sig"), newline="")))
    assert {row["Type"] for row in rows} == {"buy"} and {row["Base Currency"] for row in rows} == {"BTC"}
    assert sum(Decimal(row["Base Amount"]) for row in rows) == Decimal(order["volume_executed"])
    dora.wait_for("Your file is below")
