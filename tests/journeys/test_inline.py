"""Prices in a chat of other people, and plain words in one's own: through the whole product."""

from tests.harness import Persona, Stack
from tests.harness.stack import GROUP


def test_a_price_typed_behind_the_bots_name_is_sent_and_commands_nothing(stack: Stack) -> None:
    alice, chat = stack.owner, stack.chat
    before = chat.last_call
    asked = chat.post("inline", user=alice.id, chat=GROUP, query="btc eth")["query"]
    offered = chat.get(f"inline/{asked}", wait=10)
    assert [result["title"].split()[0] for result in offered["results"]] == ["Prices", "BTC/USDT", "ETH/USDT"]
    sent = chat.post("inline/choose", user=alice.id, chat=GROUP, query=asked, result="2")["message"]
    assert sent["text"].startswith("BTC/USDT") and sent["text"].endswith("PAPER")
    assert sent["via_bot"]["id"] == chat.bot_id and sent["from"]["id"] == alice.id

    # The same comes out of Telegram's memory, and what was sent through the bot is not heard as anybody's words.
    again = chat.post("inline", user=alice.id, chat=GROUP, query="btc eth")["query"]
    assert chat.get(f"inline/{again}")["answered"]
    assert "BTC/USDT" in alice.ask("/price BTC", chat=GROUP).text
    methods = [call["method"] for call in chat.calls(since=before) if call["method"] != "getUpdates"]
    assert methods.count("answerInlineQuery") == 1 and methods.count("sendMessage") == 1


def test_an_amount_becomes_an_order_by_two_taps(stack: Stack, dora: Persona) -> None:
    assert dora.ask("btc?").text.startswith("BTC/USDT")
    dora.ask("0.01 btc")
    dora.tap("Buy 0.01 BTC")
    card = dora.wait_for(lambda seen: "Confirm" in seen.buttons)
    assert card.text.startswith("Buy 0.01 BTC")
    dora.tap("Confirm", card)
    dora.wait_for("filled", message=card)
