"""Cards that a tap confirms, with a code where there is a second factor: those of swaps."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, InputError, NotSent, Obstacle, Stopped, TicketError, TicketProblem, WrongCode
from chatbot.domain.ids import MessageId
from chatbot.domain.intents import CreateSwap, Intent, PlaceOrder, SetPayout, Terms
from chatbot.domain.money import Amount
from chatbot.domain.notices import Alarm, AlarmKind, Notice
from chatbot.domain.policies import POLICIES
from chatbot.domain.protected import ConfirmSwap
from chatbot.domain.swaps import SwapStatus
from chatbot.domain.tickets import Blocked, SwapCreated, Ticket, TicketState, Unsent, WrongCodes
from chatbot.services.limits import LimitSet
from chatbot.services.protection import TRIES
from tests.services import swapping
from tests.services.house import ANNA, BORIS, CARD, CHAT, House
from tests.services.test_protection import Phone, phone  # noqa: F401 - a fixture
from tests.storage.examples import BUY, BUY_TERMS, PAYOUT_TERMS, SET_PAYOUT, SWAP, SWAP_TERMS

CARDS: dict[type[Intent], tuple[Intent, Terms]] = {
    CreateSwap: (SWAP, SWAP_TERMS),
    SetPayout: (SET_PAYOUT, PAYOUT_TERMS),
    PlaceOrder: (BUY, BUY_TERMS),
}
OF_SWAPS = pytest.mark.parametrize("kind", [CreateSwap, SetPayout])


async def shown(house: House, account: Account, kind: type[Intent], *, lasts: timedelta | None = None) -> Ticket:
    end = None if lasts is None else house.clock.now() + lasts
    intent, terms = CARDS[kind]
    card = await house.tickets.open(intent, terms, person=ANNA, chat=CHAT, account=account, expires_at=end)
    await house.tickets.attach(card.id, CARD)
    return card


async def claim(house: House, card: Ticket, *, with_factor: bool = True) -> Ticket:
    return await house.tickets.claim(card.id, person=ANNA, chat=CHAT, message=CARD, with_factor=with_factor)


async def typed(house: House, text: str) -> object:
    question = await house.questions.open_in(CHAT, person=ANNA)
    assert question is not None
    return await house.protection.answer(question, text)


@OF_SWAPS
async def test_a_card_of_a_swap_cannot_be_confirmed_like_an_order(
    house: House, account: Account, kind: type[Intent]
) -> None:
    card = await shown(house, account, kind)
    with pytest.raises(TicketError) as caught:
        await claim(house, card, with_factor=False)
    assert caught.value.problem is TicketProblem.UNKNOWN
    assert (await house.read(card)).state is TicketState.PENDING
    assert (await claim(house, card)).state is TicketState.CLAIMED


async def test_an_order_cannot_be_confirmed_like_a_swap(house: House, account: Account) -> None:
    card = await shown(house, account, PlaceOrder)
    with pytest.raises(TicketError):
        await claim(house, card)
    assert (await house.read(card)).state is TicketState.PENDING and not house.exchange.sent


async def test_a_card_ends_with_what_it_offers_and_never_later_than_its_kind(house: House, account: Account) -> None:
    lifetime = POLICIES[CreateSwap].lifetime
    for lasts in (timedelta(seconds=20), lifetime + timedelta(seconds=1)):
        card = await shown(house, account, CreateSwap, lasts=lasts)
        assert card.expires_at == house.clock.now() + min(lasts, lifetime)


@OF_SWAPS
async def test_a_lock_closes_cards_of_swaps_and_keeps_new_ones_from_being_sent(
    house: House, account: Account, kind: type[Intent]
) -> None:
    card = await shown(house, account, kind)
    await house.locks.lock(ANNA, chat=CHAT, message=MessageId(1), panic=True)
    closed = await house.read(card)
    assert (closed.state, closed.outcome) == (TicketState.REFUSED, Blocked(obstacle=Obstacle.LOCKED))
    later = await shown(house, account, kind)
    with pytest.raises(Stopped) as stopped:
        await claim(house, later)
    assert stopped.value.obstacle is Obstacle.LOCKED
    assert (await house.read(later)).state is TicketState.PENDING


@OF_SWAPS
@pytest.mark.parametrize("everybody", [False, True], ids=["locked", "halted"])
async def test_a_swap_that_waits_for_its_turn_when_it_is_stopped_is_not_sent(
    house: House, kind: type[Intent], everybody: bool
) -> None:
    key = await swapping.link_swaps(house)
    made = await swapping.created(house, key, withdraw_address="")
    card = await (
        swapping.swap_card(house, key) if kind is CreateSwap else swapping.payout_card(house, key, made.swap.reference)
    )
    sent = house.swap_service.changes
    house.swap_service.budget_free.clear()
    sending = asyncio.ensure_future(swapping.tap(house, card))
    while (await house.read(card)).state is not TicketState.CLAIMED:
        pass  # reading lets the tap go on
    await (house.locks.halt(BORIS, chat=CHAT) if everybody else house.locks.lock(ANNA, chat=CHAT, message=CARD))
    house.swap_service.budget_free.set()
    done = await sending
    assert house.swap_service.changes == sent
    assert (done.state, done.outcome) == (TicketState.REFUSED, Unsent(cause=Cause.STOPPED))


async def test_a_lock_keeps_a_swap_from_being_marked_as_paid(house: House) -> None:
    made = await swapping.created(house, await swapping.link_swaps(house))
    await house.locks.lock(ANNA, chat=CHAT, message=MessageId(1))
    with pytest.raises(NotSent):
        await house.followed_swaps.mark(made.id, person=ANNA, chat=CHAT, paid=True)
    assert house.swap_service.marks == []


async def test_swaps_count_against_the_limits_of_their_own_key_until_they_ended_unpaid(house: House) -> None:
    key = await swapping.link_swaps(house)
    first, second = await swapping.swap_card(house, key), await swapping.swap_card(house, key)
    assert isinstance(await house.limits.say("swaps 900", person=ANNA, chat=CHAT), LimitSet)
    made = await swapping.tap(house, first)
    with pytest.raises(Stopped) as stopped:
        await swapping.claim(house, second)
    assert stopped.value.obstacle is Obstacle.SWAPS_USED_UP
    assert stopped.value.left == Amount(Decimal(400), "USDT")
    assert isinstance(made.outcome, SwapCreated)
    house.swap_service.advance(made.outcome.reference, SwapStatus.CANCELED)
    await house.followed_swaps.refresh((await swapping.followed_by(house, made)).id, person=ANNA)
    assert (await swapping.claim(house, second)).state is TicketState.CLAIMED


async def test_an_alarm_rings_when_a_payout_address_was_sent_and_not_when_a_swap_was_made(house: House) -> None:
    key = await swapping.link_swaps(house)
    made = await swapping.created(house, key, withdraw_address="")
    assert alarms(await house.told()) == []
    await swapping.tap(house, await swapping.payout_card(house, key, made.swap.reference))
    assert alarms(await house.told()) == [AlarmKind.PAYOUT]


def alarms(told: list[Notice]) -> list[AlarmKind]:
    return [notice.kind for notice in told if isinstance(notice, Alarm)]


async def test_the_question_for_a_swaps_code_names_it_and_ends_with_its_card(
    house: House,
    account: Account,
    phone: Phone,  # noqa: F811
) -> None:
    card = await shown(house, account, CreateSwap, lasts=timedelta(seconds=20))
    challenge = await house.protection.ask(ConfirmSwap(ticket=card.id), person=ANNA, chat=CHAT)
    assert challenge is not None and challenge.ticket == await house.read(card)
    assert challenge.dialogue.expires_at == card.expires_at
    house.clock.pass_(20)
    assert await house.questions.open_in(CHAT, person=ANNA) is None


async def test_a_swap_that_is_declined_ends_the_question_for_its_code(
    house: House,
    account: Account,
    phone: Phone,  # noqa: F811
) -> None:
    card, other = await shown(house, account, CreateSwap), await shown(house, account, CreateSwap)
    await house.protection.ask(ConfirmSwap(ticket=card.id), person=ANNA, chat=CHAT)
    await house.protection.drop(other.id, person=ANNA, chat=CHAT)
    assert await house.questions.open_in(CHAT, person=ANNA) is not None
    await house.protection.drop(card.id, person=ANNA, chat=CHAT)
    assert await house.questions.open_in(CHAT, person=ANNA) is None
    await house.protection.ask(ConfirmSwap(ticket=other.id), person=ANNA, chat=CHAT)
    with pytest.raises(InputError, match="void"):
        await typed(house, phone.code)


async def test_three_wrong_codes_close_a_swaps_card_for_good(
    house: House,
    account: Account,
    phone: Phone,  # noqa: F811
) -> None:
    card = await shown(house, account, CreateSwap)
    await house.protection.ask(ConfirmSwap(ticket=card.id), person=ANNA, chat=CHAT)
    for _ in range(TRIES):
        with pytest.raises(WrongCode):
            await typed(house, phone.wrong)
    closed = await house.read(card)
    assert (closed.state, closed.outcome) == (TicketState.REFUSED, WrongCodes())
    with pytest.raises(TicketError) as caught:
        await claim(house, card)
    assert caught.value.problem is TicketProblem.CLOSED


async def test_wrong_codes_close_only_a_persons_own_card_that_waits_for_one(house: House, account: Account) -> None:
    swap, order = await shown(house, account, CreateSwap), await shown(house, account, PlaceOrder)
    await house.tickets.fail_second_step(swap.id, person=BORIS)
    await house.tickets.fail_second_step(order.id, person=ANNA)
    assert {(await house.read(each)).state for each in (swap, order)} == {TicketState.PENDING}
