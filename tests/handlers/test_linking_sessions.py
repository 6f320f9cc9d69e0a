"""/link instant, its questions and its buttons: a message with a secret is gone whatever comes of it."""

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.notices import SessionRejected
from chatbot.domain.places import Place
from chatbot.domain.preferences import Preferences
from handlers.actions import BeginSession, DropSession, LinkPracticeSession
from handlers.commands import Hearing
from handlers.sessions import TELLINGS
from handlers.views.screen import Press, Screen
from tests.handlers.conversation import Conversation
from tests.services.converting import lost
from tests.services.house import ANNA, CHAT, House

TOKEN = "token-canary-9876"


@pytest.fixture
async def anna(house: House, account: Account) -> Conversation:
    house.instant.open_session("user-1", TOKEN)
    return Conversation(house)


async def test_both_values_in_one_message_are_linked_and_the_message_deleted(
    house: House, anna: Conversation, account: Account
) -> None:
    said = await anna.say(f"/link instant user-1 {TOKEN}")
    assert anna.chat.deleted == [said]
    assert anna.last.text.startswith("Instant Trade is on for paper-1.\n✓ Trades of the day\nSession ending in 9876")
    assert not any(TOKEN in shown.text for shown in anna.shown)
    assert (await house.storage.accounts.session(account.id)).token.reveal() == TOKEN


async def test_asked_for_they_are_taken_from_the_next_two_messages(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/link INSTANT")
    assert "1 of 2 · USER_NAME" in anna.last.text and anna.chat.deleted == []
    first = await anna.say("user-1")
    assert anna.last.text.startswith("2 of 2 · TOKEN")
    second = await anna.say(TOKEN)
    assert anna.chat.deleted == [first, second] and anna.last.text.startswith("Instant Trade is on")
    assert await house.questions.open_in(CHAT, person=ANNA) is None


@pytest.mark.parametrize("typed", ["/link instant user-1 old-token", "/link instant user-1", "/link instant a b c"])
async def test_what_is_not_accepted_is_deleted_all_the_same(
    house: House, anna: Conversation, account: Account, typed: str
) -> None:
    said = await anna.say(typed)
    assert anna.chat.deleted == [said] and await house.sessions.states([account]) == {}
    assert anna.last.text.startswith(("The exchange did not accept this session.", "Two values are needed"))


async def test_the_message_is_deleted_though_the_exchange_does_not_answer(house: House, anna: Conversation) -> None:
    house.instant.fail("trades", Unavailable(Cause.TIMEOUT))
    said = await anna.say(f"/link instant user-1 {TOKEN}")
    assert anna.chat.deleted == [said] and "Nothing was changed" in anna.last.text


async def test_a_message_that_stays_is_warned_of(house: House, anna: Conversation) -> None:
    anna.chat.keeps = True
    await anna.say(f"/link instant user-1 {TOKEN}")
    assert any("I could not delete your message" in shown.text for shown in anna.shown)


async def test_without_an_account_there_is_nothing_to_link_it_to(house: House) -> None:
    boris = Conversation(house)
    said = await boris.say("/link instant user-1 token")
    assert boris.chat.deleted == [said] and house.instant.calls == []


async def test_practising_is_one_tap(house: House, anna: Conversation, account: Account) -> None:
    await anna.say("/link instant")
    await anna.tap("Practise Instant Trade")
    assert anna.last.text.startswith("Instant Trade is on for paper-1.")
    assert await house.questions.open_in(CHAT, person=ANNA) is None


async def test_a_used_practice_button_replaces_no_session_that_works(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say("/link instant")
    await anna.tap("Practise Instant Trade")
    linked, told = await house.storage.accounts.session(account.id), len(await house.told())
    await anna.tap("Practise Instant Trade")
    assert anna.last.text.startswith("Instant Trade is on for paper-1 already. Nothing was changed.")
    assert await house.storage.accounts.session(account.id) == linked and len(await house.told()) == told
    house.instant.expire(linked)
    await anna.tap("Practise Instant Trade")
    assert anna.last.text.startswith("Instant Trade is on for paper-1.\n")
    assert await house.storage.accounts.session(account.id) != linked


async def test_what_a_session_can_do_is_explained_before_anybody_goes_live(anna: Conversation) -> None:
    await anna.say("/link instant")
    for words in ("They are a whole login", "USER_NAME and TOKEN", "They end with that browser session"):
        assert words in anna.last.text, words
    assert "<blockquote expandable>" in anna.last.fields["text"]


async def test_accounts_show_how_it_stands_and_switch_it(house: House, anna: Conversation, account: Account) -> None:
    await anna.say("/accounts")
    await anna.tap("Link Instant Trade")
    assert "1 of 2 · USER_NAME" in anna.last.text
    await anna.say(f"user-1 {TOKEN}")
    await anna.say("/accounts")
    assert "Instant Trade: session ending in 9876, " in anna.last.text
    await _reject(house, account)
    await anna.say("/accounts")
    assert "Instant Trade: its session ended" in anna.last.text
    assert [key["text"] for key in anna.last.keys][1:3] == ["Fresh session", "Unlink Instant Trade"]
    await anna.tap("Unlink Instant Trade")
    assert anna.last.text.startswith("Instant Trade is off for paper-1.")
    assert await house.sessions.states([account]) == {}


async def test_unlinking_is_one_command(house: House, anna: Conversation, account: Account) -> None:
    await anna.say("/unlink instant")
    assert anna.last.text.startswith("This needs a browser session of ANDX, and none is linked.")
    await anna.say(f"/link instant user-1 {TOKEN}")
    await anna.say("/unlink instant")
    assert anna.last.text.startswith("Instant Trade is off for paper-1.")
    assert (await house.accounts.of(ANNA))[1] == account


@pytest.mark.parametrize("action", [BeginSession, LinkPracticeSession, DropSession])
async def test_a_button_of_an_account_that_is_gone_is_answered_kindly(
    house: House, anna: Conversation, account: Account, action: type
) -> None:
    await house.accounts.unlink(ANNA, account.id)
    await anna.tap_forged(action(account=account.id))
    assert "link" in anna.last.text.lower() and house.instant.calls == []


async def test_the_request_for_a_fresh_one_has_its_button_and_falls_silent_once_it_came(
    house: House, anna: Conversation, account: Account
) -> None:
    await anna.say(f"/link instant user-1 {TOKEN}")
    await _reject(house, account)
    [notice] = [each for each in await house.told() if isinstance(each, SessionRejected)]
    [telling] = TELLINGS
    hearing = Hearing(
        place=Place(chat=CHAT),
        preferences=Preferences(),
        services=anna.router._services,
        now=house.clock.now(),
    )
    screen = await telling.say(hearing, [notice])
    assert isinstance(screen, Screen) and screen.text.plain.startswith(
        "ANDX does not accept your browser session any more."
    )
    assert "everything else goes on" in screen.text.plain
    (row,) = screen.rows
    assert row == (Press("Paste a fresh one", BeginSession(account=account.id)),)
    assert "to find out whether it was done" not in screen.text.plain
    await house.sessions.unlink(ANNA)
    await anna.say(f"/link instant user-1 {TOKEN}")
    await lost(house)
    await _reject(house, account)
    screen = await telling.say(hearing, [notice])
    assert isinstance(screen, Screen)
    assert "Convert 0.01 BTC to USDT: I need it to find out whether it was done." in screen.text.plain
    house.instant.open_session("user-1", "token-fresh")
    await anna.say("/link instant user-1 token-fresh")
    assert await telling.say(hearing, [notice]) is None


async def _reject(house: House, account: Account) -> None:
    session = await house.storage.accounts.session(account.id)
    await house.storage.accounts.reject_session(account, session, now=house.clock.now())
