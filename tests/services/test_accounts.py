import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.drafts import LinkDraft, Question
from chatbot.domain.errors import (
    Cause,
    InputError,
    KeyRejected,
    NoSwapKey,
    NotLinked,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from chatbot.domain.secrets import Credentials, Secret
from chatbot.services.accounts import MOST_ACCOUNTS, Accounts, Check, Unsettled, read_credentials, read_secret
from tests.fakes.values import credentials
from tests.services.house import ANNA, BORIS, CHAT, House

ORDERS = "orders open"


async def test_a_key_that_works_is_stored_and_active(house: House) -> None:
    opened = house.exchange.open_account(funds={"USDT": "5"})
    report = await house.accounts.link(ANNA, venue=Venue.PAPER, credentials=opened)
    assert report.account is not None and (report.account.label, report.account.key_tail) == ("paper-1", "ey-1")
    assert report.balances == report.orders == Check(works=True)
    assert await house.accounts.active(ANNA) == report.account
    assert await house.storage.accounts.credentials(report.account.id) == opened


async def test_a_key_that_works_for_nothing_is_not_stored(house: House) -> None:
    report = await house.accounts.link(ANNA, venue=Venue.PAPER, credentials=credentials("unknown"))
    rejected = Check(works=False, status=401, reason="invalid_signature")
    assert (report.account, report.balances, report.orders) == (None, rejected, rejected)
    assert await house.accounts.of(ANNA) == ((), None)


@pytest.mark.parametrize("error", [KeyRejected(status=403, reason="scope"), Refused(code=403, reason="scope")])
@pytest.mark.parametrize("call", ["balances", ORDERS])
async def test_a_key_that_works_for_one_thing_is_stored_and_the_other_named(
    house: House, call: str, error: Exception
) -> None:
    house.exchange.fail(call, error)
    opened = house.exchange.open_account(funds={})
    report = await house.accounts.link(ANNA, venue=Venue.PAPER, credentials=opened)
    assert report.account is not None
    failed = Check(works=False, status=403, reason="scope")
    assert (report.balances, report.orders) == (
        (failed, Check(works=True)) if call == "balances" else (Check(works=True), failed)
    )


@pytest.mark.parametrize("call", ["balances", ORDERS])
async def test_nothing_is_stored_if_the_exchange_could_not_be_asked(house: House, call: str) -> None:
    house.exchange.fail(call, Unavailable(Cause.TIMEOUT))
    opened = house.exchange.open_account(funds={})
    with pytest.raises(Unavailable):
        await house.accounts.link(ANNA, venue=Venue.PAPER, credentials=opened)
    assert await house.accounts.of(ANNA) == ((), None)


async def test_a_practice_account_is_one_step(house: House) -> None:
    house.desk.closed = True
    with pytest.raises(Unavailable):
        await house.accounts.link_practice(ANNA)
    assert await house.accounts.of(ANNA) == ((), None)
    house.desk.closed = False
    report = await house.accounts.link_practice(ANNA)
    assert report.account is not None and report.account.venue is Venue.PAPER
    assert await house.accounts.of(ANNA) == ((report.account,), report.account)


async def test_a_second_practice_account_is_refused_and_the_first_one_named(house: House) -> None:
    await house.accounts.link_practice(ANNA)
    opened = len(house.exchange.holders)
    with pytest.raises(InputError) as caught:
        await house.accounts.link_practice(ANNA)
    assert caught.value.sentence == "You have a practice account already: paper-1. See /accounts."
    assert len(house.exchange.holders) == opened and len((await house.accounts.of(ANNA))[0]) == 1
    assert (await house.accounts.link_practice(BORIS)).account is not None  # one for each person
    (first,), _ = await house.accounts.of(ANNA)
    assert await house.accounts.unlink(ANNA, first.id)
    assert (await house.accounts.link_practice(ANNA)).account is not None  # and another once it is gone


async def test_a_key_linked_again_is_the_same_account_and_becomes_active(house: House, account: Account) -> None:
    second = await house.link()
    assert await house.accounts.active(ANNA) == second
    known = await house.storage.accounts.credentials(account.id)
    report = await house.accounts.link(ANNA, venue=Venue.PAPER, credentials=known)
    assert report.account == account and await house.accounts.active(ANNA) == account
    assert len((await house.accounts.of(ANNA))[0]) == 2


async def test_the_key_of_one_person_can_be_linked_by_another(house: House, account: Account) -> None:
    known = await house.storage.accounts.credentials(account.id)
    report = await house.accounts.link(BORIS, venue=Venue.PAPER, credentials=known)
    assert report.account is not None and report.account.id != account.id and report.account.person == BORIS


async def test_without_a_practice_venue_that_is_said(house: House) -> None:
    accounts = Accounts(
        store=house.storage.accounts,
        tickets=house.storage.tickets,
        exchanges={Venue.ANDX: house.exchange},
        practice=None,
        swap_services={},
        practice_swaps=None,
        journal=house.storage.journal,
        clock=house.clock,
    )
    assert not accounts.has_practice
    with pytest.raises(InputError, match="no practice exchange"):
        await accounts.link_practice(ANNA)
    with pytest.raises(InputError, match="cannot be practised here"):
        await accounts.link_practice_swaps(ANNA)
    with pytest.raises(NoSwapKey) as caught:
        await accounts.swap_account(ANNA)
    assert not caught.value.practice


async def test_accounts_belong_to_their_person(house: House, account: Account) -> None:
    assert not await house.accounts.activate(BORIS, account.id)
    assert not await house.accounts.unlink(BORIS, account.id)
    with pytest.raises(NotLinked):
        await house.accounts.active(BORIS)
    assert await house.accounts.active(ANNA) == account


async def test_the_active_account_changes_and_another_follows_an_erased_one(house: House, account: Account) -> None:
    second = await house.link()
    assert await house.accounts.active(ANNA) == second
    assert await house.accounts.activate(ANNA, account.id)
    assert await house.accounts.active(ANNA) == account
    assert await house.accounts.unlink(ANNA, account.id)
    assert await house.accounts.active(ANNA) == second
    assert not await house.accounts.unlink(ANNA, account.id)


async def test_an_account_with_an_open_outcome_keeps_its_key(house: House, account: Account) -> None:
    house.exchange.fail("place_order", OutcomeUnknown(Cause.TIMEOUT), applied=True)
    card = await house.order_card(account)
    await house.tap(card)
    with pytest.raises(Unsettled):
        await house.accounts.unlink(ANNA, account.id)
    await house.look_when_due(card)
    assert await house.accounts.unlink(ANNA, account.id)


@pytest.mark.parametrize("typed", ["", "  ", "a\nb", "ключ", "a\x00b", "x" * 257, "a\u202eb"])
def test_what_cannot_stand_in_a_header_is_no_secret(typed: str) -> None:
    with pytest.raises(InputError) as caught:
        read_secret(typed, what="API key")
    assert "API key" in caught.value.sentence and (not typed.strip() or typed not in caught.value.sentence)


def test_four_values_in_one_line() -> None:
    read = read_credentials(["anna@example.org", "p", "k1234", "s"])
    assert (read.username, read.key_tail, read.secret_key) == (Secret("anna@example.org"), "1234", Secret("s"))
    for words in ([], ["a"], ["a", "b", "c"], ["a", "b", "c", "d", "e"]):
        with pytest.raises(InputError, match="Four values"):
            read_credentials(words)


# ---- one question after the other


async def answer(house: House, text: str) -> LinkDraft | Credentials:
    opened = await house.storage.dialogues.open_in(CHAT, person=ANNA, now=house.clock.at)
    assert opened is not None
    return await house.linking.answer(opened, text)


async def test_four_questions_make_a_key(house: House) -> None:
    first = await house.linking.begin(venue=Venue.PAPER, person=ANNA, chat=CHAT)
    asked, words = [first.asking], ["user", " pass ", "key", "secret"]
    for word in words[:3]:
        draft = await answer(house, word)
        assert isinstance(draft, LinkDraft)
        asked.append(draft.asking)
        house = house.restarted()  # what was said is kept, sealed
    assert asked == [Question.USERNAME, Question.PASSPHRASE, Question.API_KEY, Question.SECRET_KEY]
    assert await answer(house, words[3]) == Credentials(
        username=Secret("user"), passphrase=Secret("pass"), api_key=Secret("key"), secret_key=Secret("secret")
    )
    assert await house.storage.dialogues.open_in(CHAT, person=ANNA, now=house.clock.at) is None


async def test_a_value_that_cannot_be_is_asked_again(house: House) -> None:
    await house.linking.begin(venue=Venue.PAPER, person=ANNA, chat=CHAT)
    with pytest.raises(InputError, match="username"):
        await answer(house, "two\nlines")
    draft = await answer(house, "user")
    assert isinstance(draft, LinkDraft) and draft.asking is Question.PASSPHRASE


async def test_a_question_of_an_order_is_no_place_for_secrets(house: House, account: Account) -> None:
    await house.trading.say("BTC", side="buy", person=ANNA, chat=CHAT)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        await answer(house, "user")


async def test_nobody_links_more_accounts_than_fit(house: House) -> None:
    for _ in range(MOST_ACCOUNTS):
        await house.link()
    with pytest.raises(InputError, match="Unlink one"):
        await house.link()
    assert len(await house.storage.accounts.of(ANNA)) == MOST_ACCOUNTS
