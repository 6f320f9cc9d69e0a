"""Browser sessions: tried before they are stored, used for what they are for, and asked for anew once they ended."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.audit import Deed
from chatbot.domain.conversions import Quote
from chatbot.domain.drafts import SessionDraft
from chatbot.domain.errors import (
    AccountOwnerDifferent,
    Cause,
    InputError,
    NoSession,
    NotLinked,
    SessionExpired,
    Unavailable,
)
from chatbot.domain.notices import SessionRejected
from chatbot.domain.secrets import Secret, Session
from chatbot.ports.exchange import Priority
from chatbot.services.accounts import Check
from chatbot.services.sessions import read_session, read_token, read_username
from tests.services.house import ANNA, BORIS, CHAT, House
from tests.services.swapping import link_swaps


@pytest.fixture
async def linked(house: House, account: Account) -> Account:
    """An account with a session."""
    await house.sessions.link(ANNA, house.instant.open_session())
    return account


async def quote(house: House, account: Account) -> Quote:
    return await house.sessions.ask(
        account,
        lambda instant, session: instant.quote(
            session, sell="BTC", buy="USDT", amount=Decimal("0.01"), priority=Priority.PERSON
        ),
    )


async def requests(house: House) -> list[SessionRejected]:
    return [notice for notice in await house.told() if isinstance(notice, SessionRejected)]


async def test_a_session_is_tried_with_a_read_and_stored_with_the_active_account(
    house: House, account: Account
) -> None:
    session = house.instant.open_session()
    report = await house.sessions.link(ANNA, session)
    assert (report.account, report.history) == (account, Check(works=True))
    assert house.instant.calls == ["trades"] and house.instant.sent == []
    assert await house.storage.accounts.session(account.id, of=ANNA) == session


async def test_the_keys_user_written_in_other_letters_is_the_same_and_signs_as_the_browser_has_it(
    house: House, account: Account
) -> None:
    session = house.instant.open_session("User-1")
    assert (await house.sessions.link(ANNA, session)).state is not None
    assert await house.storage.accounts.session(account.id, of=ANNA) == session


@pytest.mark.parametrize("username", ["somebody-else", "user-11"])
async def test_a_session_of_another_user_than_the_keys_is_refused_and_nothing_stored(
    house: House, account: Account, username: str
) -> None:
    with pytest.raises(InputError) as refused:
        await house.sessions.link(ANNA, house.instant.open_session(username))
    assert "this USER_NAME is not the user name of the API key of paper-1" in refused.value.sentence
    assert house.instant.calls == [] and await house.sessions.states([account]) == {}
    failed, *_ = await house.storage.audit.page(of=ANNA, before=None, limit=9)
    assert (failed.event.deed, failed.event.result) == (Deed.LINK_FAILED, "of another user")


async def test_a_session_that_is_not_accepted_is_not_stored(house: House, account: Account) -> None:
    unknown = Session(username=Secret("user-1"), token=Secret("old"))
    report = await house.sessions.link(ANNA, unknown)
    assert report.state is None and not report.history.works
    house.instant.fail("trades", AccountOwnerDifferent(code=1101, reason="account_owner_different"))
    report = await house.sessions.link(ANNA, house.instant.open_session())
    assert report.state is None and report.history == Check(works=False, status=1101, reason="account_owner_different")
    with pytest.raises(NoSession):
        await quote(house, account)
    failed, *_ = await house.storage.audit.page(of=ANNA, before=None, limit=9)
    assert (failed.event.deed, failed.event.subject) == (Deed.LINK_FAILED, "instant")


async def test_nothing_is_stored_while_the_exchange_does_not_answer(house: House, account: Account) -> None:
    house.instant.fail("trades", Unavailable(Cause.TIMEOUT))
    with pytest.raises(Unavailable):
        await house.sessions.link(ANNA, house.instant.open_session())
    assert await house.sessions.states([account]) == {}


async def test_a_session_needs_an_account_of_ones_own_at_an_exchange(house: House) -> None:
    session = house.instant.open_session()
    with pytest.raises(NotLinked):
        await house.sessions.link(ANNA, session)
    account, swaps = await house.link(), await link_swaps(house)
    for person, number in ((BORIS, account.id), (ANNA, swaps.id)):
        with pytest.raises(NotLinked):
            await house.sessions.link(person, session, account=number)
    with pytest.raises(NoSession):
        await quote(house, swaps)
    assert house.instant.calls == []


async def test_off_until_linked_and_off_again(house: House, account: Account) -> None:
    with pytest.raises(NoSession):
        await quote(house, account)
    await house.sessions.link(ANNA, house.instant.open_session())
    assert (await quote(house, account)).sell == "BTC"
    assert await house.sessions.unlink(ANNA) == account
    with pytest.raises(NoSession):
        await quote(house, account)
    with pytest.raises(NoSession):
        await house.sessions.unlink(ANNA, account.id)


async def test_nobody_else_can_unlink_it(house: House, linked: Account) -> None:
    with pytest.raises(NotLinked):
        await house.sessions.unlink(BORIS, linked.id)
    assert set(await house.sessions.states([linked])) == {linked.id}


async def test_a_session_that_ended_asks_for_a_fresh_one_once_and_all_else_goes_on(
    house: House, linked: Account
) -> None:
    house.instant.expire(await house.storage.accounts.session(linked.id))
    assert not await house.sessions.has_ended(linked.id)
    for _ in range(3):
        with pytest.raises(SessionExpired):
            await quote(house, linked)
    assert house.instant.calls.count("quote") == 1  # what is known is not asked again
    assert await requests(house) == [SessionRejected(account=linked.id, label=linked.label, at=house.clock.at)]
    assert await house.sessions.has_ended(linked.id)
    card = await house.order_card(linked)
    assert (await house.tap(card)).outcome is not None
    await house.sessions.link(ANNA, house.instant.open_session())
    assert (await quote(house, linked)).sell == "BTC" and not await house.sessions.has_ended(linked.id)


async def test_many_calls_that_fail_at_once_ask_once(house: House, linked: Account) -> None:
    house.instant.expire(await house.storage.accounts.session(linked.id))
    found = await asyncio.gather(*(quote(house, linked) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(each, SessionExpired) for each in found)
    assert len(await requests(house)) == 1


async def test_other_errors_say_nothing_about_the_session(house: House, linked: Account) -> None:
    house.instant.fail("quote", Unavailable(Cause.TIMEOUT))
    with pytest.raises(Unavailable):
        await quote(house, linked)
    assert (await quote(house, linked)).sell == "BTC" and await requests(house) == []


async def test_a_practice_account_gets_its_session_at_the_desk(house: House, account: Account) -> None:
    report = await house.sessions.link_practice(ANNA, account.id)
    assert report.state is not None
    assert (await quote(house, account)).buy == "USDT"
    house.instant.expire(await house.storage.accounts.session(account.id))
    house.desk.closed = True
    with pytest.raises(Unavailable):
        await house.sessions.link_practice(ANNA, account.id)


async def test_a_live_account_gets_none_at_the_desk(house: House) -> None:
    keys = house.exchange.open_account(funds={})
    live = await house.storage.accounts.add(ANNA, venue=Venue.ANDX, credentials=keys, now=house.clock.at)
    with pytest.raises((InputError, NotLinked)):
        await house.sessions.link_practice(ANNA, live.id)


async def test_both_values_are_asked_for_one_by_one(house: House, account: Account) -> None:
    await house.linking.begin_session(account.id, person=ANNA, chat=CHAT)
    opened = await house.questions.open_in(CHAT, person=ANNA)
    assert opened is not None and opened.draft == SessionDraft(account=account.id)
    assert await house.linking.answer_session(opened, " anna@example.com ") == (account.id, None)
    opened = await house.questions.open_in(CHAT, person=ANNA)
    assert opened is not None
    with pytest.raises(InputError):
        await house.linking.answer_session(opened, "a token in words")
    wanted = Session(username=Secret("anna@example.com"), token=Secret("tok-1"))
    assert await house.linking.answer_session(opened, "tok-1") == (account.id, wanted)
    assert await house.questions.open_in(CHAT, person=ANNA) is None


async def test_both_values_at_once_answer_the_first_question(house: House, account: Account) -> None:
    await house.linking.begin_session(account.id, person=ANNA, chat=CHAT)
    opened = await house.questions.open_in(CHAT, person=ANNA)
    assert opened is not None
    wanted = Session(username=Secret("anna"), token=Secret("tok-1"))
    assert await house.linking.answer_session(opened, "anna\n tok-1") == (account.id, wanted)


async def test_a_question_about_a_session_waits_as_long_as_any(house: House, account: Account) -> None:
    await house.linking.begin_session(account.id, person=ANNA, chat=CHAT)
    house.clock.pass_(timedelta(minutes=16).total_seconds())
    assert await house.questions.open_in(CHAT, person=ANNA) is None


@pytest.mark.parametrize("words", [[], ["anna1"], ["anna1", "tok1", "xq9"], ["anna1", "t\u00f6k"], ["x" * 257, "tok1"]])
def test_what_cannot_be_a_session_is_not_taken(words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_session(words)
    assert not any(word in caught.value.sentence for word in words)


def test_a_token_may_be_as_long_as_a_message() -> None:
    assert read_token("t" * 4096) == Secret("t" * 4096)
    with pytest.raises(InputError):
        read_token("t" * 4097)
    with pytest.raises(InputError):
        read_username("two words")
