"""/portfolio as it is typed and tapped."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import AccountOwnerDifferent, Cause, SessionExpired, Unavailable
from chatbot.domain.ids import MarketCode
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
    assert "\n24 h, 7 d, 30 d: not known yet, my readings begin 12:00 UTC\n" in shown and "Changes are" not in shown
    assert "Open orders: 0" in shown and "XYZ" not in shown
    house.clock.pass_(86_400)
    await anna.say("/portfolio")
    assert "7 d, 30 d: not known yet" in anna.last.text
    assert "Changes are by prices alone: what you pay in or out, and fees, do not move them." in anna.last.text


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
    assert "Realised +998.80 USDT (average cost method, 2 trades)" in anna.last.text


async def test_trades_become_known_by_themselves_once_a_session_is_linked(
    anna: Conversation, house: House, account: Account
) -> None:
    await anna.say("/portfolio")
    assert "takes a browser session: /link instant" in anna.last.text
    session = house.instant.open_session()
    await house.storage.accounts.put_session(account, session, now=house.clock.now())
    house.instant.put(session, trade(house.clock, 1, side=Side.BUY), trade(house.clock, 2, ago=timedelta(minutes=9)))
    await anna.say("/portfolio")
    assert "(average cost method, 2 trades)" in anna.last.text and "/link instant" not in anna.last.text
    await anna.tap("Results")
    month_ago = house.clock.now() - timedelta(days=30)
    assert f"11:00 UTC to 11:51 UTC, all since {month_ago:%-d %b %H:%M} UTC; what was never read" in anna.last.text


@pytest.mark.parametrize("is_over", [True, False])
async def test_trades_that_cannot_be_read_now_fail_no_card(
    anna: Conversation, house: House, account: Account, is_over: bool
) -> None:
    session = house.instant.open_session()
    await house.storage.accounts.put_session(account, session, now=house.clock.now())
    house.instant.fail("trades", SessionExpired() if is_over else Unavailable(Cause.TIMEOUT), times=9)
    hint = "The browser session ended" if is_over else "could not be read just now"
    await anna.say("/portfolio")
    assert hint in anna.last.text and "70,050.00 USDT" in anna.last.text
    await house.storage.trades.keep(account.id, [trade(house.clock, side=Side.BUY)])
    await anna.say("/portfolio")
    assert "(average cost method, 1 trade)" in anna.last.text
    assert ("newer trades are missing" if is_over else "Not all trades could be read") in anna.last.text
    await anna.tap("Results")
    assert "perhaps not all of that time" in anna.last.text
    assert ("I read no more: /link instant" if is_over else "I go on in the background") in anna.last.text


async def test_what_was_sold_without_a_known_purchase_has_no_result_and_not_one_of_zero(
    anna: Conversation, house: House, account: Account
) -> None:
    await house.storage.trades.keep(account.id, [trade(house.clock, 1), trade(house.clock, 2)])
    await anna.say("/portfolio")
    assert "Realised: not known yet, no purchase of what was sold is known." in anna.last.text
    await anna.tap("Results")
    assert "Realised: not known yet, no purchase of what was sold is known." in anna.last.text
    assert "BTC  nothing realised · 0.00014 sold without a known purchase" in anna.last.text
    assert "0.00 USDT" not in anna.last.text


async def test_what_has_no_order_book_says_what_it_counts_by(
    anna: Conversation, house: House, account: Account
) -> None:
    (holder,) = house.exchange.holders.values()
    holder.totals |= {"AAVE": Decimal("14.15"), "XYZ": Decimal(3)}
    bought = trade(house.clock, side=Side.BUY, market=MarketCode("AAVEUSDT"), price=Decimal("112.9"))
    await house.storage.trades.keep(account.id, [bought])
    await anna.say("/portfolio")
    assert "Without an order book: 14.15 AAVE at 112.9 by your trade of 11:00 UTC\n" in anna.last.text
    assert "No price of these is known, so they are not in the value: 3 XYZ" in anna.last.text


@pytest.mark.parametrize("command", ["/balance", "/portfolio"])
async def test_a_name_the_exchange_does_not_know_is_answered_with_how_one_is_written(
    anna: Conversation, house: House, account: Account, command: str
) -> None:
    await anna.say("/balance Long-term")
    house.exchange.fail("balances", AccountOwnerDifferent(code=1101, reason="account_owner_different"))
    await anna.say(f"{command} Nobody")
    assert "knows no account “Nobody” of paper-1" in anna.last.text
    assert "just as ANDX shows it" in anna.last.text and "Known to me: Main, Long-term, paper-1." in anna.last.text
    await anna.say(f"{command} long-TERM")
    assert anna.last.text.split("\n")[0].split("  ")[1].startswith("Long-term")


async def test_a_refreshed_balance_is_still_that_of_the_sub_account(
    anna: Conversation, house: House, account: Account
) -> None:
    await anna.say("/balance Long-term")
    await anna.tap("Refresh")
    assert anna.last.text.startswith("Balance  Long-term")


async def test_results_of_main_only_is_said_on_a_sub_accounts_card(
    anna: Conversation, house: House, account: Account
) -> None:
    await anna.say("/portfolio Savings")
    assert "Results and orders are read of Main only." in anna.last.text


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
