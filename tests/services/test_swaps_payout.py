"""The payout address of a swap that was made without one: asked for, checked, put on a card. Once."""

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import InputError, NoSwapKey, Obstacle, Stopped, SwapNotFound
from chatbot.domain.ids import SwapId
from chatbot.domain.intents import PayoutTerms, SetPayout
from chatbot.domain.money import Amount
from chatbot.domain.swaps import FollowedSwap, SwapStatus
from chatbot.domain.tickets import Ticket
from tests.fakes.swap_service import BTC, PAYOUT, XRP
from tests.services.asking_swaps import TRON_ADDRESS, XRP_ADDRESS, answer_payout, asked_payout, follow, payout
from tests.services.house import ANNA, BORIS, CARD, CHAT, House
from tests.services.swapping import claim, payout_card


@pytest.fixture
async def account(house: House) -> Account:
    report = await house.accounts.link_practice_swaps(ANNA)
    assert report.account is not None
    return report.account


@pytest.fixture
async def left_open(house: House, account: Account) -> FollowedSwap:
    """0.0095 BTC that go nowhere yet."""
    return await follow(house, account, withdraw_address="")


async def test_the_address_is_asked_for_and_put_on_a_card(house: House, left_open: FollowedSwap) -> None:
    question = await house.swaps.ask_payout(left_open.id, person=ANNA, chat=CHAT)
    assert question.followed.swap == left_open.swap and question.problem == ""
    wrong = asked_payout(await answer_payout(house, PAYOUT[:-1] + "b"))
    assert "checksum" in wrong.problem and wrong.draft.address is None
    elsewhere = asked_payout(await answer_payout(house, TRON_ADDRESS))
    assert elsewhere.problem == "This is not an address on Bitcoin. It looks like an address of Tron."
    ticket = await answer_payout(house, PAYOUT)
    assert isinstance(ticket, Ticket)
    assert ticket.intent == SetPayout(
        account=left_open.account, reference=left_open.swap.reference, withdraw=BTC, address=PAYOUT
    )
    assert ticket.terms == PayoutTerms(withdraw=Amount(left_open.swap.withdraw_amount, "BTC"), warnings=())
    assert await house.questions.open_in(CHAT, person=ANNA) is None
    assert not house.swap_service.changes


async def test_a_needed_memo_is_asked_for(house: House, account: Account) -> None:
    swap = await follow(house, account, coin=XRP, withdraw_address="")
    await house.swaps.ask_payout(swap.id, person=ANNA, chat=CHAT)
    memo = asked_payout(await answer_payout(house, XRP_ADDRESS))
    assert (memo.draft.address, memo.problem) == (XRP_ADDRESS, "")
    assert "destination tag" in asked_payout(await answer_payout(house, "not a tag")).problem
    intent, terms = payout(await answer_payout(house, "0104729"))
    assert (intent.address, intent.extra_id, terms.warnings) == (XRP_ADDRESS, "104729", ())
    await house.swaps.ask_payout(swap.id, person=ANNA, chat=CHAT)
    await answer_payout(house, XRP_ADDRESS)
    intent, terms = payout(await answer_payout(house, "none"))
    assert intent.extra_id == "" and "no destination tag" in terms.warnings[0]
    await house.swaps.ask_payout(swap.id, person=ANNA, chat=CHAT)
    assert payout(await answer_payout(house, f"{XRP_ADDRESS} 7"))[0].extra_id == "7"


@pytest.mark.parametrize(
    ("withdraw_address", "status", "sentence"),
    [
        (PAYOUT, SwapStatus.INITIAL, "can be set only once"),
        ("", SwapStatus.PRE_RELEASE, "too late"),
        ("", SwapStatus.CANCELED, "too late"),
    ],
)
async def test_once_and_before_processing_or_not_at_all(
    house: House, left_open: FollowedSwap, withdraw_address: str, status: SwapStatus, sentence: str
) -> None:
    await house.swaps.ask_payout(left_open.id, person=ANNA, chat=CHAT)
    reference = left_open.swap.reference
    house.swap_service.advance(reference, status, withdraw_address=withdraw_address)
    with pytest.raises(InputError, match=sentence):
        await answer_payout(house, PAYOUT)
    with pytest.raises(InputError, match=sentence):
        await house.swaps.ask_payout(left_open.id, person=ANNA, chat=CHAT)


async def test_while_a_confirmed_one_is_not_settled_no_other_is_asked_for(
    house: House, account: Account, left_open: FollowedSwap
) -> None:
    await house.swaps.ask_payout(left_open.id, person=ANNA, chat=CHAT)
    await claim(house, await payout_card(house, account, left_open.swap.reference))
    with pytest.raises(Stopped) as caught:
        await answer_payout(house, PAYOUT)
    assert caught.value.obstacle is Obstacle.PAYOUT_UNSETTLED
    with pytest.raises(Stopped):
        await house.swaps.ask_payout(left_open.id, person=ANNA, chat=CHAT)


async def test_the_address_the_swap_is_paid_at_is_refused(house: House, account: Account) -> None:
    swap = await follow(house, account, withdraw_address="", deposit_address=PAYOUT)
    await house.swaps.ask_payout(swap.id, person=ANNA, chat=CHAT)
    assert "belongs to n.exchange" in asked_payout(await answer_payout(house, PAYOUT)).problem


async def test_only_the_persons_own_swap_that_is_still_there(
    house: House, account: Account, left_open: FollowedSwap
) -> None:
    for swap, person in ((left_open.id, BORIS), (SwapId(404), ANNA)):
        with pytest.raises(InputError, match="not looked after"):
            await house.swaps.ask_payout(swap, person=person, chat=CHAT)
    house.swap_service.fail("swap", SwapNotFound(code=404, reason="Not found"))
    with pytest.raises(SwapNotFound):
        await house.swaps.ask_payout(left_open.id, person=ANNA, chat=CHAT)
    await house.storage.accounts.remove(ANNA, account.id, now=house.clock.at)
    with pytest.raises(NoSwapKey):
        await house.swaps.ask_payout(left_open.id, person=ANNA, chat=CHAT)


async def test_locked_no_card_opens(house: House, left_open: FollowedSwap) -> None:
    await house.swaps.ask_payout(left_open.id, person=ANNA, chat=CHAT)
    await house.locks.lock(ANNA, chat=CHAT, message=CARD)
    with pytest.raises(Stopped) as caught:
        await answer_payout(house, PAYOUT)
    assert caught.value.obstacle is Obstacle.LOCKED
