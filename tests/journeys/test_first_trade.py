"""From the first message to a filled order, as a newcomer goes through it."""

from decimal import Decimal

from tests.harness import Message, Persona, Stack


def _cell(card: Message, name: str) -> str:
    """What stands behind a name in the card's table."""
    return next(line.removeprefix(name).strip() for line in card.text.splitlines() if line.startswith(f"{name} "))


def _number(shown: str) -> Decimal:
    """The number in `≈ 1,234.50 USDT`."""
    return Decimal(shown.removeprefix("≈").split()[0].replace(",", ""))


def test_a_newcomer_gets_from_start_to_a_filled_order(stack: Stack) -> None:
    nora = stack.person("Nora")
    mark = stack.exchange.mark
    hello = nora.ask("/start")
    assert "Practise with play money" in hello.buttons
    nora.tap("Practise with play money")
    nora.wait_for("is linked")
    card = nora.ask("/buy 0.01 BTC")
    assert card.buttons == ("Confirm", "Compare", "Cancel")
    toast = nora.tap("Confirm", card).toast()
    assert toast.text == "Sending…" and not toast.alert
    filled = nora.wait_for("is filled", message=card)
    number = stack.exchange.orders()[-1]["order_number"]
    assert f"#{number}" in filled.text and "Average" in filled.text and not filled.buttons
    assert len(stack.exchange.placed(since=mark)) == 1


def test_the_card_says_exactly_what_will_happen(stack: Stack, dora: Persona) -> None:
    ticker = stack.exchange.ticker("BCHUSDT")  # nobody else trades here, so these are the prices the bot knows
    price = (ticker["bid"] * Decimal("0.9")).quantize(Decimal("0.01"))
    card = dora.ask(f"/buy 1 BCH @ {price}")
    assert card.text.startswith("Buy 1 BCH at")
    assert _cell(card, "Market") == "BCH/USDT"
    assert _cell(card, "Type") == "limit"
    assert _cell(card, "Volume") == "1 BCH"
    assert _number(_cell(card, "Price")) == price and _cell(card, "Price").endswith(" USDT")
    assert _number(_cell(card, "Total")) == price and _cell(card, "Total").endswith(" USDT")
    assert _number(_cell(card, "Fee")) == Decimal("0.0015") and "0.15% as maker" in card.text
    assert _number(_cell(card, "Last")) == ticker["last"] and "% below" in card.text
    assert _number(_cell(card, "After")) == Decimal("0.9985")
    assert f"≈ {100_000 - price:,}".rstrip("0") in card.text
    assert "paper-1 · PAPER" in card.text and "left" in card.text


def test_the_filled_card_says_what_the_exchange_says(stack: Stack, dora: Persona) -> None:
    card = dora.ask("/sell 2 ETH")
    dora.tap("Confirm", card)
    filled = dora.wait_for("is filled", message=card)
    [order] = stack.exchange.orders(dora)
    assert (order["status"], order["buy_sell"], Decimal(order["volume"])) == ("F", "S", Decimal(2))
    average = Decimal(order["avg_price"])
    assert f"Average {average.normalize():,f} USDT" in filled.text
    assert "2 of 2 ETH" in filled.text and "100%" in filled.text


def test_after_the_tap_the_keyboard_goes_before_the_exchange_answers(stack: Stack, dora: Persona) -> None:
    card = dora.ask("/buy 0.01 BTC")
    stack.exchange.fault("delay", method="POST", seconds=1)
    dora.tap("Confirm", card)
    sending = dora.wait_for("Sending…", message=card)
    assert not sending.buttons and not stack.exchange.orders(dora)
    dora.wait_for("is filled", message=card)
    assert len(stack.exchange.orders(dora)) == 1


def test_cancelling_the_card_sends_nothing(stack: Stack, dora: Persona) -> None:
    card = dora.ask("/buy 0.01 BTC")
    assert dora.tap("Cancel", card).toast().text == "Nothing was sent."
    assert not dora.wait_for("Cancelled by you", message=card).buttons
    assert not stack.exchange.orders(dora)


def test_a_market_order_whose_price_ran_away_gets_a_new_card_instead(leaping: Stack) -> None:
    person = leaping.person("Emil", linked=True)
    card = person.ask("/buy 3 LTC")
    leaping.exchange.price("LTCUSDT", leaping.exchange.ticker("LTCUSDT")["ask"] * Decimal("1.05"))
    leaping.leap(11)  # the price the bot knows is now too old to hold a tap against
    person.tap("Confirm", card)
    person.wait_for("Nothing was sent", message=card)
    new = person.wait_for(lambda message: message.id > card.id and "Confirm" in message.buttons)
    assert not leaping.exchange.orders(person)
    person.tap("Confirm", new)
    person.wait_for("is filled", message=new)
    assert len(leaping.exchange.orders(person)) == 1
