"""Linking keys of n.exchange, and that they change nothing for the accounts at exchanges."""

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.drafts import SwapKeyDraft
from chatbot.domain.errors import (
    Cause,
    InputError,
    KeyRejected,
    NoSwapKey,
    NotLinked,
    NotPermitted,
    Refused,
    Unavailable,
)
from chatbot.domain.ids import AccountId
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.services.accounts import MOST_ACCOUNTS, Accounts, Check, Unsettled, read_swap_key
from tests.fakes.swap_service import FakeSwapService
from tests.services.house import ANNA, BORIS, CHAT, House
from tests.services.swapping import settle, swap_card, tap

SWAPS = Venue.PAPER_SWAPS


def with_real_swaps(house: House) -> tuple[Accounts, FakeSwapService]:
    """The same accounts where n.exchange itself is known, too."""
    real = FakeSwapService(house.clock)
    accounts = Accounts(
        store=house.storage.accounts,
        tickets=house.storage.tickets,
        exchanges={Venue.ANDX: house.exchange, Venue.PAPER: house.exchange},
        practice=None,
        swap_services={Venue.NEXCHANGE: real, SWAPS: house.swap_service},
        practice_swaps=house.swap_service,
        journal=house.storage.journal,
        clock=house.clock,
    )
    return accounts, real


async def swap_key(house: House, key: str = "swap-key-9876") -> Account:
    report = await house.accounts.link_swap_key(ANNA, venue=SWAPS, key=house.swap_service.open(key))
    assert report.account is not None
    return report.account


async def test_a_key_that_lists_its_orders_is_stored(house: House) -> None:
    account = await swap_key(house)
    assert (account.label, account.key_tail, account.venue) == ("paper-swaps-1", "9876", SWAPS)
    assert await house.storage.accounts.swap_key(account.id, of=ANNA) == read_swap_key("swap-key-9876")
    assert house.swap_service.calls == ["swaps"]


async def test_a_key_the_service_does_not_know_is_not_stored(house: House) -> None:
    unknown = SwapKey(api_key=Secret("nobody's"))
    report = await house.accounts.link_swap_key(ANNA, venue=SWAPS, key=unknown)
    assert report.account is None and report.orders.status == 401
    assert await house.accounts.of(ANNA) == ((), None)


async def test_a_key_that_may_not_list_but_reads_rates_is_stored_and_that_is_said(house: House) -> None:
    house.swap_service.fail("swaps", NotPermitted(code=403, reason="scope"))
    report = await house.accounts.link_swap_key(ANNA, venue=SWAPS, key=house.swap_service.open("k-1234"))
    assert report.account is not None
    assert report.orders == Check(works=False, status=403, reason="scope")


@pytest.mark.parametrize("call", ["pairs", "rate"])
@pytest.mark.parametrize("error", [KeyRejected(status=401, reason="no"), NotPermitted(code=403, reason="no")])
async def test_a_key_that_may_do_nothing_is_not_stored(house: House, call: str, error: Exception) -> None:
    house.swap_service.fail("swaps", NotPermitted(code=403, reason="scope"))
    house.swap_service.fail(call, error)
    report = await house.accounts.link_swap_key(ANNA, venue=SWAPS, key=house.swap_service.open("k-1234"))
    assert report.account is None and await house.accounts.of(ANNA) == ((), None)


async def test_any_other_refusal_stores_nothing(house: House) -> None:
    house.swap_service.fail("swaps", Refused(code=400, reason="User's IP has risk."))
    report = await house.accounts.link_swap_key(ANNA, venue=SWAPS, key=house.swap_service.open("k-1234"))
    assert report.account is None and report.orders.reason == "User's IP has risk."


@pytest.mark.parametrize("call", ["swaps", "pairs", "rate"])
async def test_nothing_is_stored_if_the_service_could_not_be_asked(house: House, call: str) -> None:
    if call != "swaps":
        house.swap_service.fail("swaps", NotPermitted(code=403, reason="scope"))
    house.swap_service.fail(call, Unavailable(Cause.TIMEOUT))
    with pytest.raises(Unavailable):
        await house.accounts.link_swap_key(ANNA, venue=SWAPS, key=house.swap_service.open("k-1234"))
    assert await house.accounts.of(ANNA) == ((), None)


async def test_a_key_linked_again_is_the_same_account(house: House) -> None:
    first = await swap_key(house)
    assert await swap_key(house) == first
    assert (await swap_key(house, "another-9876")).label == "paper-swaps-2"  # the same end is not the same key


async def test_a_practice_key_is_one_step_and_there_is_one(house: House) -> None:
    report = await house.accounts.link_practice_swaps(ANNA)
    assert report.account is not None and report.account.label == "paper-swaps-1"
    with pytest.raises(InputError, match="paper-swaps-1"):
        await house.accounts.link_practice_swaps(ANNA)
    assert (await house.accounts.link_practice_swaps(BORIS)).account is not None


async def test_keys_count_among_the_accounts_a_person_may_link(house: House) -> None:
    for number in range(MOST_ACCOUNTS):
        await swap_key(house, f"key-{number}")
    with pytest.raises(InputError, match="Unlink one"):
        await swap_key(house, "one-more")


# ---- which key a person swaps with


async def test_without_a_key_the_way_to_one_is_said(house: House, account: Account) -> None:
    with pytest.raises(NoSwapKey) as caught:
        await house.accounts.swap_account(ANNA)
    assert caught.value.practice


async def test_the_newest_key_that_is_as_live_as_the_active_account_is_used(house: House, account: Account) -> None:
    accounts, real = with_real_swaps(house)
    practice = await swap_key(house)
    report = await accounts.link_swap_key(ANNA, venue=Venue.NEXCHANGE, key=real.open("real-1"))
    assert report.account is not None and report.account.label == "nexchange-1"
    assert await accounts.swap_account(ANNA) == practice  # the active account holds play money
    newer = await swap_key(house, "newer")
    assert await accounts.swap_account(ANNA) == newer
    await house.accounts.unlink(ANNA, account.id)
    assert await accounts.swap_account(ANNA) == newer  # no active account: the newest of all
    for each in (practice, newer):
        await house.accounts.unlink(ANNA, each.id)
    assert await accounts.swap_account(ANNA) == report.account


async def test_a_key_whose_service_is_not_set_up_is_not_used(house: House) -> None:
    accounts, real = with_real_swaps(house)
    await accounts.link_swap_key(ANNA, venue=Venue.NEXCHANGE, key=real.open("real-1"))
    with pytest.raises(NoSwapKey):
        await house.accounts.swap_account(ANNA)


async def test_swap_accounts_are_found_by_their_person_only(house: House, account: Account) -> None:
    swaps = await swap_key(house)
    assert await house.accounts.own_swap(ANNA, swaps.id) == swaps
    for person, number in ((BORIS, swaps.id), (ANNA, account.id), (ANNA, AccountId(999))):
        with pytest.raises(NoSwapKey):
            await house.accounts.own_swap(person, number)


# ---- what it leaves alone


async def test_linking_and_unlinking_leaves_the_active_account_as_it_is(house: House, account: Account) -> None:
    swaps = await swap_key(house)
    assert await house.accounts.active(ANNA) == account
    assert not await house.accounts.activate(ANNA, swaps.id)
    assert await house.accounts.unlink(ANNA, swaps.id)
    assert await house.accounts.active(ANNA) == account


async def test_a_person_with_only_a_swap_key_has_no_account_to_trade_with(house: House) -> None:
    swaps = await swap_key(house)
    for asking in (
        house.accounts.active(ANNA),
        house.accounts.own(ANNA, swaps.id),
        house.balances.holdings(ANNA),
        house.balances.holdings_of(ANNA, swaps.id),
    ):
        with pytest.raises(NotLinked):
            await asking
    assert house.exchange.calls == []


async def test_a_balance_of_a_swap_key_is_explained(house: House, account: Account) -> None:
    await swap_key(house)
    with pytest.raises(InputError, match="is a key for swaps"):
        await house.balances.holdings(ANNA, named="paper-swaps-1")


async def test_the_watch_over_keys_passes_swap_keys_by(house: House, account: Account) -> None:
    await swap_key(house)
    assert await house.key_health.everyone() == (account,)


async def test_a_swap_key_with_an_open_outcome_is_kept(house: House) -> None:
    swaps = await swap_key(house)
    house.swap_service.lose_answer("create")
    card = await tap(house, await swap_card(house, swaps))
    with pytest.raises(Unsettled):
        await house.accounts.unlink(ANNA, swaps.id)
    await settle(house, card)
    assert await house.accounts.unlink(ANNA, swaps.id)


# ---- the question for a key


async def test_one_question_takes_the_key_and_waits_until_it_is_found_good(house: House) -> None:
    await house.linking.begin_swap_key(venue=Venue.NEXCHANGE, person=ANNA, chat=CHAT)
    opened = await house.questions.open_in(CHAT, person=ANNA)
    assert opened is not None and opened.draft == SwapKeyDraft(venue=Venue.NEXCHANGE)
    with pytest.raises(InputError, match="API key"):
        house.linking.answer_swap_key(opened, "two\nlines")
    assert await house.questions.open_in(CHAT, person=ANNA) == opened
    assert house.linking.answer_swap_key(opened, " a-key ") == (Venue.NEXCHANGE, read_swap_key("a-key"))
    assert await house.questions.open_in(CHAT, person=ANNA) == opened
