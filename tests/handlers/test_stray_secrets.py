"""Secrets in the private chat where nothing asks for one: out of the chat at once, and never said back."""

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.people import Access
from tests.handlers.conversation import Conversation
from tests.handlers.swapping import Desk
from tests.handlers.withdrawing import Phone
from tests.services.house import ANNA, CHAT, House

TOKEN = "f3a9c27d41b84e0e9d5c6a7b8f901234"
ADDRESS = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"


@pytest.mark.parametrize(
    "words",
    [
        f"alice {TOKEN}",
        TOKEN,
        "link instant alice tok-en",
        f"instant alice {TOKEN}",
        "/unlink instant alice tok-en",
        f"/convert alice {TOKEN}",
        f"/trades {TOKEN}",
        f"/nosuch {TOKEN}",
        f"convert {TOKEN} to usdt",
        "USER_NAME alice\nTOKEN tok_demo",
    ],
)
async def test_a_session_at_the_wrong_moment_is_deleted_and_the_button_to_link_it_is_offered(
    house: House, anna: Conversation, account: Account, words: str
) -> None:
    said = await anna.say(words)
    assert anna.chat.deleted == [said]
    assert anna.last.text.startswith("That looked like a secret") and "I deleted your message" in anna.last.text
    assert not any(secret in shown.text for shown in anna.shown for secret in (TOKEN, "tok", "alice"))
    await anna.tap("Link Instant Trade")
    assert "1 of 2 · USER_NAME" in anna.last.text and house.instant.calls == []


async def test_an_open_question_does_not_say_it_back_and_stays_open(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/buy BTC")
    question = await house.questions.open_in(CHAT, person=ANNA)
    said = await anna.say(f"alice {TOKEN}")
    assert anna.chat.deleted == [said] and TOKEN not in anna.last.text
    assert await house.questions.open_in(CHAT, person=ANNA) == question


async def test_a_message_that_stays_is_warned_of(anna: Conversation, account: Account) -> None:
    anna.chat.keeps = True
    await anna.say(TOKEN)
    assert "I could not delete your message" in anna.last.text and TOKEN not in anna.last.text


async def test_without_an_account_there_is_no_button(anna: Conversation) -> None:
    said = await anna.say(TOKEN)
    assert anna.chat.deleted == [said] and anna.last.keys == [] and "/link instant" in anna.last.text


@pytest.mark.parametrize("words", [f"/swap 500 USDC to BTC {ADDRESS}", f"swap 500 usdc to btc {ADDRESS}"])
async def test_an_address_that_was_asked_for_stays(desk: Desk, anna: Conversation, words: str) -> None:
    await anna.say(words)
    await anna.say("/swap 500 USDC to BTC")
    await anna.say(ADDRESS)
    assert not any("looked like a secret" in shown.text for shown in anna.shown)
    said = await anna.say(f"USER_NAME alice TOKEN {TOKEN}")
    assert anna.chat.deleted[-1] == said and "looked like a secret" in anna.last.text


async def test_an_address_after_its_question_lapsed_stays(house: House, desk: Desk, anna: Conversation) -> None:
    await anna.say("/swap 500 USDC to BTC")
    house.clock.pass_(3600)
    await anna.say(ADDRESS)
    assert anna.chat.deleted == [] and anna.last.text.startswith("Nothing asks for this now.")


@pytest.mark.parametrize(
    "words",
    [
        (f'/alert BTC > 60000 note "{TOKEN}"',),
        *((f"/alert {TOKEN} > 5",), (f"/alert {TOKEN}",), (f"/alert BTC > {TOKEN}",), (f"/alert {TOKEN}%",)),
        *(("/alert BTC", TOKEN), ("/alert", TOKEN), ("/route 0.01 BTC to USDT", TOKEN)),
    ],
)
async def test_an_alert_and_a_comparison_take_what_looks_like_an_address_and_say_none_back_but_in_the_note(
    anna: Conversation, account: Account, words: tuple[str, ...]
) -> None:
    for said in words:
        await anna.say(said)
    assert anna.chat.deleted == []
    assert "note" in words[0] or not any(TOKEN[:12] in shown.text.lower() for shown in anna.shown)


async def test_what_may_be_a_key_as_well_as_a_transaction_stays_with_a_word_of_warning(anna: Conversation) -> None:
    await anna.say(2 * TOKEN)
    assert anna.chat.deleted == [] and "If it is a token or a key, delete it." in anna.last.text


async def test_a_code_goes_where_codes_go(anna: Conversation, account: Account, phone: Phone) -> None:
    await anna.say(phone.code)
    assert "Nothing asks for a code now." in anna.last.text


@pytest.mark.parametrize("words", [f"/link instant alice {TOKEN}", "/link a b c d", f"TOKEN {TOKEN}"])
async def test_a_message_that_was_changed_into_one_is_deleted_and_does_nothing_else(
    house: House, anna: Conversation, account: Account, words: str
) -> None:
    said = await anna.rewrite(words)
    assert anna.chat.deleted == [said] and anna.last.text.startswith("That looked like a secret")
    assert await house.sessions.states([account]) == {} and house.instant.calls == []


@pytest.mark.parametrize("words", ["/buy 0.01 BTC", ADDRESS, "good morning"])
async def test_any_other_changed_message_is_not_heard(anna: Conversation, account: Account, words: str) -> None:
    await anna.rewrite(words)
    assert anna.chat.deleted == [] and anna.shown == []


async def test_what_a_stranger_spills_is_deleted_as_well(house: House) -> None:
    anna = Conversation(house, owner=False, access=Access.INVITE)
    said = [await anna.say(f"alice {TOKEN}"), await anna.rewrite(f"TOKEN {TOKEN}")]
    assert anna.chat.deleted == said
