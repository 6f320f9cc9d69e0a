"""/link nexchange, its question and its buttons: the key's message is gone whatever comes of it."""

import pytest

from chatbot.domain.drafts import SwapKeyDraft
from chatbot.domain.errors import Cause, NotPermitted, Unavailable
from chatbot.domain.ids import PersonId
from chatbot.domain.notices import Alarm
from chatbot.domain.secrets import Secret, SwapKey
from tests.fakes.swap_service import swap
from tests.handlers.conversation import Conversation
from tests.services.house import ANNA, CHAT, House


@pytest.fixture
def anna(house: House) -> Conversation:
    house.swap_service.open("swap-key-9876")
    return Conversation(house)


async def test_a_key_in_one_message_is_linked_and_its_message_deleted(house: House, anna: Conversation) -> None:
    said = await anna.say("/link paper-swaps swap-key-9876")
    assert anna.chat.deleted == [said]
    assert anna.last.text.startswith("paper-swaps-1 is linked.\n✓ Order list\nKey ending in 9876 · PAPER, for swaps")
    assert not any("swap-key-9876" in shown.text for shown in anna.shown)
    alarms = [entry.notice for entry in await house.storage.outbox.due(now=house.clock.at, limit=9)]
    assert [notice.account for notice in alarms if isinstance(notice, Alarm)] == ["paper-swaps-1"]


async def test_asked_for_the_key_is_taken_from_the_next_message(house: House, anna: Conversation) -> None:
    await anna.say("/link paper-swaps")
    assert anna.last.text.startswith("Key of the practice n.exchange\n") and anna.chat.deleted == []
    said = await anna.say("swap-key-9876")
    assert anna.chat.deleted == [said] and anna.last.text.startswith("paper-swaps-1 is linked.")
    assert await house.questions.open_in(CHAT, person=ANNA) is None


@pytest.mark.parametrize("typed", ["/link paper-swaps nobody's-key", "/link paper-swaps two words"])
async def test_a_key_that_is_not_accepted_is_deleted_all_the_same(house: House, anna: Conversation, typed: str) -> None:
    said = await anna.say(typed)
    assert anna.chat.deleted == [said]
    assert await house.accounts.of(ANNA) == ((), None)
    said_back = "n.exchange did not accept this key. Nothing was stored.\nIts answer: 401"
    assert anna.last.text.startswith(said_back if "nobody" in typed else "A key of n.exchange is one word")


async def test_the_message_is_deleted_though_the_service_does_not_answer(house: House, anna: Conversation) -> None:
    house.swap_service.fail("swaps", Unavailable(Cause.TIMEOUT))
    said = await anna.say("/link paper-swaps swap-key-9876")
    assert anna.chat.deleted == [said] and await house.accounts.of(ANNA) == ((), None)


async def test_the_message_is_deleted_though_the_bot_knows_no_such_service(house: House, anna: Conversation) -> None:
    """Only the practice likeness is set up here."""
    said = await anna.say("/link nexchange swap-key-9876")
    assert anna.chat.deleted == [said] and await house.accounts.of(ANNA) == ((), None)
    assert "is not connected to n.exchange" in anna.last.text


async def test_a_key_that_may_not_list_its_orders_is_linked_with_a_warning(house: House, anna: Conversation) -> None:
    house.swap_service.fail("swaps", NotPermitted(code=403, reason="scope"))
    await anna.say("/link n.exchange swap-key-9876")
    await anna.say("/link paper-swaps swap-key-9876")
    assert "✕ Order list: the exchange answered 403 (scope)" in anna.last.text
    assert "I cannot look for it" in anna.last.text


async def test_practising_swaps_is_one_tap_and_accounts_show_what_is_for_what(house: House, anna: Conversation) -> None:
    main = await house.link()
    await anna.say("/accounts")
    await anna.tap("Practise swaps")
    await anna.say("/accounts")
    assert "paper-1 · PAPER · for trading · in use" in anna.last.text
    assert "paper-swaps-1 · PAPER · for swaps · in use" in anna.last.text
    labels = [key["text"] for key in anna.last.keys]
    assert labels == ["Unlink paper-1", "Unlink paper-swaps-1", "Link Instant Trade", "Link another"]
    assert await house.accounts.active(ANNA) == main


async def test_a_practice_key_of_ones_own_tap_raises_no_alarm_and_goes_on(house: House, anna: Conversation) -> None:
    await anna.say("/swap 500 USDC to BTC")
    await anna.tap("Practise with play money")
    assert "Where to?" in anna.last.text
    told = [entry.notice for entry in await house.storage.outbox.due(now=house.clock.at, limit=9)]
    assert not any(isinstance(notice, Alarm) for notice in told)


async def test_a_stray_word_keeps_the_question_for_a_key_and_the_swap_behind_it(
    house: House, anna: Conversation
) -> None:
    await anna.say("/swap 500 USDC to BTC")
    await anna.say("/link paper-swaps")
    await anna.say("what?")
    assert "did not accept this key" in anna.last.text and "credentials" not in anna.last.text
    await anna.say("swap-key-9876")
    assert anna.last.text.startswith("Swap 500 USDC on Ethereum to BTC")


async def test_a_question_for_a_key_of_a_service_that_is_gone_is_answered_kindly(
    house: House, anna: Conversation
) -> None:
    await house.questions.ask(SwapKeyDraft(), person=ANNA, chat=CHAT)
    said = await anna.say("swap-key-9876")
    assert anna.chat.deleted == [said] and "is not connected to n.exchange" in anna.last.text


async def test_unlinking_a_swap_key_says_what_becomes_of_its_swaps(house: House, anna: Conversation) -> None:
    await anna.say("/link paper-swaps swap-key-9876")
    house.swap_service.put(SwapKey(api_key=Secret("swap-key-9876")), swap(created_at=house.clock.at))
    await anna.say("/swap ABCDEF")
    await anna.say("/unlink")
    assert "One of its swaps is open:\nABCDEF, waiting for your deposit\n" in anna.last.text
    assert anna.last.text.startswith("Unlink paper-swaps-1?") and "Open swaps go on at n.exchange" in anna.last.text
    await anna.tap("Unlink")
    assert await house.accounts.of(PersonId(ANNA)) == ((), None)
