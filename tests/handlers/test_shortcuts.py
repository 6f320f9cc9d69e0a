"""Plain texts in the private chat: they do what a command does, never more, and never instead of an answer."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.drafts import AmountDraft
from chatbot.domain.people import Access
from chatbot.domain.preferences import NumberStyle
from chatbot.domain.shortcuts import ALONE, WITH_WORDS_BEHIND
from handlers.commands import Needs
from handlers.features import ROUTES
from handlers.routing import Routes
from handlers.views.door import STRANGER
from tests.handlers.conversation import Conversation
from tests.handlers.swapping import Desk
from tests.handlers.withdrawing import Phone
from tests.services.house import ANNA, CHAT, House

HINT = "I only understand commands"


async def test_a_symbol_with_a_question_mark_is_a_price(house: House, anna: Conversation) -> None:
    await anna.say("eth?")
    assert anna.last.text.startswith("ETH/USDT")
    await anna.say("btc, eth ?")
    assert anna.last.text.startswith("Prices\nBTC/USDT")


async def test_a_symbol_that_is_nearly_one_is_asked_back_and_small_talk_is_not_repeated(anna: Conversation) -> None:
    await anna.say("btx?")
    assert anna.last.text.startswith("There is no market BTX.") and "BTCUSDT" in [key["text"] for key in anna.last.keys]
    for words in ("hunter2?", "how are you?"):
        await anna.say(words)
        assert anna.last.text.startswith(HINT) and "hunter" not in anna.last.text.lower()


async def test_buy_and_sell_open_the_same_card_as_their_commands(
    house: House, anna: Conversation, account: Account
) -> None:
    for words in ("buy 0.01 btc", "Sell 0.02 BTC @ 90000"):
        await anna.say(words)
        without_slash = anna.last.text
        await anna.say(f"/{words.lower()}")
        assert anna.last.text == without_slash and "Confirm" in [key["text"] for key in anna.last.keys]
    assert house.exchange.changes == 0


async def test_what_can_be_misread_is_asked_back_as_ever(anna: Conversation, account: Account) -> None:
    await anna.say("buy 1,234 btc")
    assert [key["text"] for key in anna.last.keys][:2] == ["Use 1 thousand 234: 1234", "Use 1 point 234: 1.234"]
    await anna.say("/stop")
    await anna.say("1,234 btc")
    assert "can mean 1234 or 1.234" in anna.last.text


async def test_an_amount_is_asked_about_and_its_button_opens_the_card(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("0.02 btc")
    assert anna.last.text.startswith("What about 0.02 BTC?")
    assert [key["text"] for key in anna.last.keys] == ["Buy 0.02 BTC", "Sell 0.02 BTC", "Never mind"]
    await anna.tap("Sell 0.02 BTC")
    assert anna.last.text.startswith("Sell 0.02 BTC") and "Confirm" in [key["text"] for key in anna.last.keys]
    assert house.exchange.changes == 0


async def test_an_amount_of_one_to_become_another_is_compared_and_small_talk_is_not(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("0.1 btc to usdt")
    assert anna.last.text.startswith("Give 0.1 BTC, get USDT") and house.exchange.changes == 0
    await anna.say("5 apples to usdt")
    assert "apples" not in anna.last.text.lower()


async def test_a_question_mark_behind_a_command_still_opens_the_card(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("buy 0.01 btc?")
    assert anna.last.text.startswith("Buy 0.01 BTC") and "Confirm" in [key["text"] for key in anna.last.keys]
    assert house.exchange.changes == 0


async def test_an_amount_of_what_prices_are_in_can_be_spent(anna: Conversation, account: Account) -> None:
    await anna.say("500 usdt")
    await anna.tap("Spend 500 USDT")
    assert anna.last.text.startswith("Buy for 500 USDT\nTap a market")
    await anna.tap("BTC/USDT")
    await anna.tap("At the market")
    assert anna.last.text.startswith("Buy ") and "Confirm" in [key["text"] for key in anna.last.keys]


async def test_coins_of_instant_trade_are_known_where_a_session_is_linked(
    house: House, anna: Conversation, account: Account
) -> None:
    next(iter(house.exchange.holders.values())).totals["AAVE"] = Decimal(14)
    for words in ("100 aave", "aave?"):
        await anna.say(words)
        assert anna.last.text.startswith(HINT)
    await anna.say("/price AAVE")
    assert "/convert" not in anna.last.text
    await house.sessions.link(ANNA, house.instant.open_session())
    await anna.say("100 aave")
    assert [key["text"] for key in anna.last.keys] == ["Convert 100 AAVE", "Never mind"]
    await anna.say("/stop")
    for words in ("aave?", "/price AAVE", "/book AAVE"):
        await anna.say(words)
        assert anna.last.text.startswith("There is no market AAVE.") and "/convert" in anna.last.text
        assert anna.last.keys[-1]["text"] == "Convert AAVE"
    await anna.tap("Convert AAVE")
    assert anna.last.text.startswith("Convert AAVE\nWhat do you want for it?")
    await anna.say("/stop")
    await anna.say("hunter2?")
    assert anna.last.text.startswith(HINT)


async def test_an_amount_is_swapped_only_with_a_key_for_swaps(desk: Desk, anna: Conversation) -> None:
    await anna.say("500 usdc")
    assert [key["text"] for key in anna.last.keys] == ["Swap 500 USDC", "Never mind"]
    await anna.tap("Swap 500 USDC")
    assert "500 USDC" in anna.last.text and desk.service.sent == []


async def test_an_amount_is_read_in_the_style_its_writer_chose(house: House, anna: Conversation) -> None:
    await house.preferences.change(CHAT, lambda chosen: replace(chosen, numbers=NumberStyle.POINT))
    await anna.say("0,5 btc")
    found = await house.questions.open_in(CHAT, person=ANNA)
    assert found is not None and isinstance(found.draft, AmountDraft) and str(found.draft.amount) == "0.5"


async def test_words_answer_the_amounts_question_and_a_second_thought_replaces_it(
    anna: Conversation, account: Account
) -> None:
    await anna.say("0.02 btc")
    await anna.say("perhaps")
    assert anna.last.text == "Say buy or sell for 0.02 BTC, or tap one. /stop ends this."
    await anna.say("0.03 btc")
    assert anna.last.text.startswith("What about 0.03 BTC?")
    await anna.say("BUY")
    assert anna.last.text.startswith("Buy 0.03 BTC")


async def test_a_tap_on_a_question_that_is_over_does_nothing(anna: Conversation, account: Account) -> None:
    await anna.say("0.02 btc")
    await anna.say("/stop")
    await anna.tap("Buy 0.02 BTC")
    assert anna.chat.alerts == ["This question is over. Please write the amount again."]


@pytest.mark.parametrize("words", ["5 apples", "0 btc", "12 ab", "500"])
async def test_what_is_no_amount_of_anything_opens_no_question(house: House, anna: Conversation, words: str) -> None:
    await anna.say(words)
    assert await house.questions.open_in(CHAT, person=ANNA) is None


async def test_a_text_still_answers_the_question_that_is_open(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/buy BTC")
    await anna.say("0.02 btc")
    assert "market" in anna.last.text.lower() and "What about" not in anna.last.text


async def test_a_code_that_looks_like_a_shortcut_goes_where_codes_go(
    house: House, anna: Conversation, account: Account, phone: Phone
) -> None:
    said = await anna.say("5000000btc")  # ten letters and digits, as a recovery code has
    assert said in anna.chat.deleted and "What about" not in anna.last.text


async def test_a_right_code_is_used_up_first(house: House, anna: Conversation, account: Account, phone: Phone) -> None:
    said = await anna.say(phone.code)
    assert said in anna.chat.deleted


async def test_without_an_account_nothing_can_be_bought(house: House, anna: Conversation) -> None:
    await anna.say("buy 0.01 btc")
    assert anna.last.text.startswith("No account is linked.")


async def test_strangers_are_turned_away_whatever_they_write(house: House) -> None:
    anna = Conversation(house, owner=False, access=Access.INVITE)
    await anna.say("btc?")
    assert anna.last.text == STRANGER


def test_shortcuts_are_commands_that_no_right_but_an_account_is_needed_for() -> None:
    commands = Routes(ROUTES).commands
    for name in {*WITH_WORDS_BEHIND, *ALONE.values()}:
        assert commands[name].needs in (Needs.ACCESS, Needs.LINKED), name
        assert not (commands[name].secret or commands[name].urgent), name
