"""/portfolio as it is typed and tapped."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from chatbot.domain.accounts import Account
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.preferences import ValueCurrency
from tests.fakes.instant import trade
from tests.handlers.conversation import Conversation
from tests.services.house import CHAT, House


async def test_the_card_says_value_changes_and_what_is_counted(
    anna: Conversation, house: House, account: Account
) -> None:
    await anna.say("/portfolio")
    shown = anna.last.text
    assert shown.startswith("Portfolio  Main · paper-1 · PAPER\n70,050.00 USDT\n")
    assert "24 h: not known, my readings begin" in shown and "deposits, withdrawals and fees are none" in shown
    assert "Open orders: 0" in shown and "XYZ" not in shown


async def test_a_name_is_offered_as_a_button_once_it_was_used(
    anna: Conversation, house: House, account: Account
) -> None:
    await anna.say("/portfolio Long-term")
    assert anna.last.text.startswith("Portfolio  Long-term")
    await anna.say("/portfolio")
    await anna.tap("Long-term")
    assert anna.last.text.startswith("Portfolio  Long-term")
    await anna.tap("Main")
    assert anna.last.text.startswith("Portfolio  Main")


async def test_results_name_their_method_and_since_when_trades_are_known(
    anna: Conversation, house: House, account: Account
) -> None:
    await anna.say("/portfolio")
    await anna.tap("Results")
    assert "No trades are known yet" in anna.last.text
    fee = Amount(Decimal(1), "USDT")
    bought = trade(house.clock, 1, side=Side.BUY, amount=Decimal("0.5"), total=Decimal(20_000), fee=fee)
    sold = trade(house.clock, 2, ago=timedelta(minutes=9), amount=Decimal("0.1"), total=Decimal(5_000), fee=fee)
    await house.storage.trades.keep(account.id, [bought, sold])
    await anna.tap("Refresh")
    shown = anna.last.text
    assert "Realised in all: +998.80 USDT" in shown
    assert "BTC  realised +998.80 · entry 40,002 on average for 0.4 of 1 held" in shown
    assert "Average cost method, fees in" in shown and "From 2 trades I have read" in shown
    await anna.say("/portfolio")
    assert "Realised, by the 2 trades I know, average cost: +998.80 USDT" in anna.last.text


async def test_the_currency_is_chosen_in_settings(anna: Conversation, house: House, account: Account) -> None:
    await anna.say("/settings currency btc")
    assert house.restarted().preferences.of_chat(CHAT).currency is ValueCurrency.BTC
    await anna.say("/portfolio")
    assert "\n1.16652789 BTC\n" in anna.last.text
    await anna.say("/settings")
    await anna.tap("Currency")
    await anna.tap("EUR")
    assert house.preferences.of_chat(CHAT).currency is ValueCurrency.EUR
    await anna.say("/portfolio")
    assert "No market here prices EUR, so this is in USDT." in anna.last.text


async def test_without_a_picture_it_is_told_in_words(anna: Conversation, house: House, account: Account) -> None:
    house.drawer.broken = True
    await anna.say("/portfolio")
    await house.preferences.change(CHAT, lambda usual: replace(usual, currency=ValueCurrency.USDT))
    await anna.tap("Refresh")
    assert anna.last.text.startswith("Portfolio  Main")
