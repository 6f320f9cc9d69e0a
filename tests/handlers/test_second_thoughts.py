"""A text that commands something, or asks for a price, while something else is asked: no answer is made of it."""

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.alert_drafts import AlertQuestion
from chatbot.domain.drafts import OrderDraft, PayoutDraft, SwapDraft, SwapQuestion, TransactionDraft
from chatbot.domain.ids import SwapId
from tests.handlers.conversation import Conversation
from tests.handlers.swapping import Desk
from tests.services.house import ANNA, CHAT, House

ORDER = "buy 0.01 btc"
COIN, LEVEL, SIZE, ALIAS = "/withdraw", "/alert BTC", "/sell BTC", "/withdraw BTC 0.05"
LINKS = ("/link", "/link instant")


async def is_asked(house: House) -> bool:
    return await house.questions.open_in(CHAT, person=ANNA) is not None


@pytest.mark.parametrize("asking", [COIN, LEVEL, SIZE, ALIAS, "/alert", "/buy", *LINKS])
async def test_a_spoken_order_replaces_a_question(
    house: House, anna: Conversation, account: Account, asking: str
) -> None:
    await anna.say(asking)
    assert await is_asked(house)
    said = await anna.say(ORDER)
    assert anna.last.text.startswith("Buy 0.01 BTC") and not await is_asked(house)
    assert "Confirm" in [key["text"] for key in anna.last.keys]
    assert (said in anna.chat.deleted) is (asking in LINKS)


@pytest.mark.parametrize("asking", [COIN, LEVEL, SIZE, ALIAS, "/alert", "/buy", *LINKS])
async def test_a_look_at_a_price_leaves_a_question_open(
    house: House, anna: Conversation, account: Account, asking: str
) -> None:
    await anna.say(asking)
    before = await house.questions.open_in(CHAT, person=ANNA)
    await anna.say("btc?")
    assert anna.last.text.startswith("BTC/USDT")
    assert before is not None and await house.questions.open_in(CHAT, person=ANNA) == before


@pytest.mark.parametrize("asking", ["0.02 btc", "/convert"])
async def test_it_does_so_where_amounts_replace_one(
    house: House, anna: Conversation, account: Account, asking: str
) -> None:
    await house.sessions.link(ANNA, house.instant.open_session())
    await anna.say(asking)
    assert await is_asked(house)
    await anna.say("btc?")
    assert anna.last.text.startswith("BTC/USDT") and await is_asked(house)


@pytest.mark.parametrize("words", ["buy 0.01 btc", "get 0.01 btc"])
async def test_what_is_to_be_got_is_never_sent(desk: Desk, anna: Conversation, account: Account, words: str) -> None:
    await anna.say("/swap")
    await anna.say(words)
    found = await desk.house.questions.open_in(CHAT, person=ANNA)
    if words.startswith("buy"):
        assert anna.last.text.startswith("Buy 0.01 BTC") and found is None
    else:
        assert found is not None and isinstance(found.draft, SwapDraft)
        assert (found.draft.asking, found.draft.request.deposit) == (SwapQuestion.DEPOSIT, None)


@pytest.mark.parametrize("draft", [None, PayoutDraft(swap=SwapId(1)), TransactionDraft(swap=SwapId(1))])
async def test_a_spoken_order_is_no_address(
    desk: Desk, anna: Conversation, account: Account, draft: PayoutDraft | TransactionDraft | None
) -> None:
    if draft is None:
        await anna.say("/swap 500 USDC to BTC")
    else:
        await desk.house.questions.ask(draft, person=ANNA, chat=CHAT)
    await anna.say(ORDER)
    assert anna.last.text.startswith("Buy 0.01 BTC") and not await is_asked(desk.house)


async def test_words_of_swaps_answer_a_swaps_question(desk: Desk, anna: Conversation) -> None:
    await anna.say("/swap USDC to BTC")
    await anna.say("swap 500 usdc")
    found = await desk.house.questions.open_in(CHAT, person=ANNA)
    assert found is not None and isinstance(found.draft, SwapDraft)
    assert found.draft.request.withdraw is not None and str(found.draft.request.amount) == "500"


@pytest.mark.parametrize("words", ["buy 0.02", "buy all", "all", "25%", "0.02 btc"])
async def test_an_answer_may_say_the_orders_side_once_more(
    house: House, anna: Conversation, account: Account, words: str
) -> None:
    await anna.say("/buy BTC")
    await anna.say(words)
    found = await house.questions.open_in(CHAT, person=ANNA)
    assert found is not None and isinstance(found.draft, OrderDraft)
    assert found.draft.request.symbol is not None and found.draft.request.quantity is not None


async def test_a_lone_word_that_a_question_asks_for_is_its_answer(
    house: House, anna: Conversation, account: Account
) -> None:
    await house.know(account, "BTC", "sell 1")
    for alias in ("history", "sell 1", "Swap wallet"):
        await anna.say(ALIAS)
        await anna.say(alias)
        assert f"“{alias}”" in anna.last.text and anna.last.text.startswith("Withdraw 0.05 BTC")


async def test_a_passphrase_may_look_like_anything(house: House, anna: Conversation) -> None:
    await anna.say("/link")
    await anna.say("anna")
    said = await anna.say(ORDER)
    assert said in anna.chat.deleted and "3 of 4" in anna.last.text


async def test_a_note_may_look_like_anything(house: House, anna: Conversation) -> None:
    await anna.say("/alert BTC > 80000")
    [alert] = await house.storage.alerts.in_chat(CHAT, ended_after=house.clock.now())
    await house.alerts.edit(alert, AlertQuestion.NOTE, person=ANNA, chat=CHAT)
    await anna.say("sell all btc")
    [noted] = await house.storage.alerts.in_chat(CHAT, ended_after=house.clock.now())
    assert noted.note == "sell all btc"
