"""A doubt about a swap lasts: whatever is read later, whoever reads it, with whichever key."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause, NotLinked, Unavailable
from chatbot.domain.ids import MessageId
from chatbot.domain.notices import SwapMoved
from chatbot.domain.swap_life import can_be_paid
from chatbot.domain.swaps import Coin, Currency, Doubt, FollowedSwap, Marking, SwapStatus
from chatbot.domain.tickets import NotFound, SwapCreated
from tests.fakes.swap_service import BTC, COINS, DEPOSIT_ADDRESSES, PAYOUT, USDC, USDT_ETH, swap
from tests.services.house import ANNA, CHAT, House
from tests.services.swapping import (
    SWAP_CARD,
    created,
    followed_by,
    link_swaps,
    look,
    orders,
    read,
    settle,
    swap_card,
    tap,
)
from tests.storage.test_swaps import followed

EVIL = "0x000000000000000000000000000000000000dEaD"
PICTURE = MessageId(801)
P = SwapStatus


@pytest.fixture
async def key(house: House) -> Account:
    return await link_swaps(house)


@pytest.fixture
async def mine(house: House, key: Account) -> FollowedSwap:
    return await created(house, key)


def pay(house: House, known: FollowedSwap) -> bool:
    return can_be_paid(known, now=house.clock.at)


async def relinked(house: House, key: Account) -> Account:
    """The same key of the service, unlinked and linked again."""
    secret = await house.storage.accounts.swap_key(key.id, of=ANNA)
    assert await house.accounts.unlink(ANNA, key.id)
    return await house.storage.accounts.add(ANNA, venue=key.venue, credentials=secret, now=house.clock.at)


async def made_elsewhere(house: House, key: Account, **changes: Any) -> str:
    order = swap(created_at=house.clock.at, **changes)
    house.swap_service.put(await house.storage.accounts.swap_key(key.id), order)
    return order.reference


async def show(house: House, reference: str) -> FollowedSwap:
    return await house.followed_swaps.show(reference, person=ANNA, chat=CHAT)


@pytest.mark.parametrize("status", [P.UNKNOWN, P.UNCONFIRMED_PAYMENT])
async def test_what_changed_in_another_status_is_not_payable_when_it_waits_again(
    house: House, mine: FollowedSwap, status: SwapStatus
) -> None:
    house.swap_service.advance(mine.swap.reference, status, deposit_address=EVIL)
    mine = await look(house, mine)
    house.swap_service.advance(mine.swap.reference, P.INITIAL)
    mine = await look(house, mine)
    assert Doubt.DEPOSIT_ADDRESS_CHANGED in mine.doubts and not pay(house, mine)


async def test_of_an_order_made_elsewhere_nothing_may_change_either(house: House, key: Account) -> None:
    shown = await show(house, await made_elsewhere(house, key))
    assert shown.doubts == () and pay(house, shown)
    house.swap_service.alter(
        shown.swap.reference,
        withdraw_amount=Decimal("0.0000001"),
        withdraw=Currency(code="LTC"),
        refund_address=EVIL,
    )
    shown = await look(house, shown)
    assert shown.doubts == (Doubt.WITHDRAW_COIN_CHANGED, Doubt.WITHDRAW_AMOUNT_FELL, Doubt.REFUND_CHANGED)


async def test_a_doubt_outlives_its_reason_and_a_card_that_comes_anew(house: House, mine: FollowedSwap) -> None:
    right = orders(house)[0]
    house.swap_service.alter(mine.swap.reference, withdraw_amount=Decimal("0.001"))
    doubts = (await look(house, mine)).doubts
    assert doubts == (Doubt.MUCH_WORSE, Doubt.WITHDRAW_AMOUNT_FELL)
    house.swap_service.put(await house.storage.accounts.swap_key(mine.account), right)
    house.clock.pass_(1)
    assert (await show(house, mine.swap.reference)).doubts == doubts


async def test_what_is_said_little_by_little_is_held_against_what_was_said_at_first(house: House, key: Account) -> None:
    shown = await show(house, await made_elsewhere(house, key))
    for amount in ("0.0093", "0.0091"):
        assert shown.doubts == ()
        house.swap_service.alter(shown.swap.reference, withdraw_amount=Decimal(amount))
        shown = await look(house, shown)
    house.swap_service.alter(shown.swap.reference, withdraw_amount=Decimal("0.0089"))
    assert (await look(house, shown)).doubts == (Doubt.WITHDRAW_AMOUNT_FELL,)


async def test_an_address_that_was_left_out_meanwhile_must_come_back_as_it_was(
    house: House, mine: FollowedSwap
) -> None:
    house.swap_service.advance(mine.swap.reference, P.UNKNOWN, deposit_address="")
    mine = await look(house, mine)
    assert mine.doubts == ()
    house.swap_service.advance(mine.swap.reference, P.INITIAL, deposit_address=EVIL)
    assert (await look(house, mine)).doubts == (Doubt.DEPOSIT_ADDRESS_CHANGED,)


async def test_nothing_is_followed_for_somebody_who_is_forgotten_while_it_is_read(
    house: House, key: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = await made_elsewhere(house, key)

    async def forgotten(**_: Any) -> tuple[Coin, ...]:
        assert await house.storage.forgetting.begin(ANNA)
        await house.storage.forgetting.erase(ANNA)
        return COINS

    monkeypatch.setattr(house.followed_swaps._coins[key.venue], "listed", forgotten)
    with pytest.raises(NotLinked):
        await show(house, reference)
    assert await house.storage.swaps.open_of(ANNA) == ()


async def test_a_card_that_comes_anew_is_held_against_what_was_asked_for(house: House, mine: FollowedSwap) -> None:
    house.swap_service.alter(mine.swap.reference, withdraw_amount=Decimal("0.001"))
    house.clock.pass_(1)
    shown = await show(house, mine.swap.reference)
    assert shown.doubts == (Doubt.MUCH_WORSE, Doubt.WITHDRAW_AMOUNT_FELL)


class TestRelinking:
    async def test_all_that_is_known_of_a_swap_is_taken_over(
        self, house: House, key: Account, mine: FollowedSwap
    ) -> None:
        house.swap_service.alter(mine.swap.reference, deposit_address=EVIL)
        await house.followed_swaps.mark(mine.id, person=ANNA, chat=CHAT, paid=True)
        await house.storage.swaps.attach(mine.id, picture=PICTURE)
        again = await relinked(house, key)
        house.clock.pass_(1)
        shown = await show(house, mine.swap.reference)
        assert (shown.id, shown.account, shown.account_label) == (mine.id, again.id, again.label)
        assert (shown.ticket, shown.marking) == (mine.ticket, Marking.MARKED)
        assert shown.doubts == (Doubt.DEPOSIT_ADDRESS_CHANGED,) and shown.next_look_at is not None
        assert house.swap_cards.retired == [SWAP_CARD, PICTURE]
        assert [each.id for each in await house.followed_swaps.open_of(ANNA)] == [mine.id]

    async def test_an_order_one_ticket_made_is_no_other_tickets(
        self, house: House, key: Account, mine: FollowedSwap
    ) -> None:
        again = await relinked(house, key)
        house.clock.pass_(60)
        house.swap_service.lose_answer("create", applied=False)
        ticket = await settle(house, await tap(house, await swap_card(house, again)))
        assert isinstance(ticket.outcome, NotFound) and len(orders(house)) == 1

    async def test_the_list_says_what_is_followed(self, house: House, key: Account, mine: FollowedSwap) -> None:
        await relinked(house, key)
        assert (await house.followed_swaps.page(ANNA, page=1)).followed == {mine.swap.reference}


class TestAtOnce:
    async def test_what_is_noted_while_a_card_comes_anew_is_not_lost(
        self, house: House, key: Account, mine: FollowedSwap, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        coins = house.followed_swaps._coins[key.venue]
        listed, reached, goes_on = coins.listed, asyncio.Event(), asyncio.Event()

        async def slow(**given: Any) -> tuple[Coin, ...]:
            reached.set()
            await goes_on.wait()
            return await listed(**given)

        monkeypatch.setattr(coins, "listed", slow)
        showing = asyncio.create_task(show(house, mine.swap.reference))
        await reached.wait()
        house.clock.pass_(2)
        thief = replace(mine.swap, deposit_address=EVIL)
        await house.swap_book.note(mine, thief, began=house.clock.at)
        goes_on.set()
        shown = await showing
        assert shown.swap == thief and shown.doubts == (Doubt.DEPOSIT_ADDRESS_CHANGED,)
        assert not pay(house, await read(house, shown))

    async def test_a_readers_doubt_is_kept_although_a_later_reading_came_first(
        self, house: House, mine: FollowedSwap
    ) -> None:
        early = house.clock.at
        house.clock.pass_(5)
        await house.swap_book.note(mine, mine.swap, began=house.clock.at)
        noted = await house.swap_book.note(mine, mine.swap, began=early, doubt=Doubt.OTHER_PAYOUT)
        assert noted.doubts == (Doubt.OTHER_PAYOUT,) and noted.seen_at == house.clock.at

    async def test_an_order_that_was_shown_before_its_ticket_knew_is_held_against_its_card(
        self, house: House, key: Account
    ) -> None:
        house.swap_service.lose_answer("create")
        ticket = await tap(house, await swap_card(house, key))
        (order,) = orders(house)
        house.swap_service.alter(order.reference, refund_address=EVIL)
        shown = await show(house, order.reference)
        await house.storage.swaps.attach(shown.id, message=SWAP_CARD)
        assert shown.doubts == ()
        mine = await house.swap_book.open(
            ticket, replace(order, withdraw_amount=Decimal(1)), seen_at=shown.seen_at - timedelta(seconds=1)
        )
        assert mine.id == shown.id and mine.swap == shown.swap and house.swap_cards.retired == [SWAP_CARD]
        house.swap_service.alter(order.reference, withdraw_address=EVIL)
        assert Doubt.PAYOUT in (await look(house, await followed_by(house, ticket))).doubts


class TestCoins:
    async def test_one_that_could_not_be_resolved_is_not_paid_and_is_resolved_at_the_next_look(
        self, house: House, key: Account
    ) -> None:
        reference = await made_elsewhere(house, key, deposit=Currency(code="USDT", network="ETH"))
        house.swap_service.fail("coins", Unavailable(Cause.SERVER_FAULT))
        shown = await show(house, reference)
        assert not shown.deposit.is_listed and not pay(house, shown)
        shown = await look(house, shown)
        assert (shown.deposit, shown.withdraw) == (USDT_ETH, BTC) and pay(house, shown)

    async def test_a_guess_does_not_take_the_place_of_a_known_one(self, house: House, mine: FollowedSwap) -> None:
        house.swap_service.fail("coins", Unavailable(Cause.SERVER_FAULT), times=2)
        house.clock.pass_(1)
        shown = await show(house, mine.swap.reference)
        assert (shown.deposit, shown.withdraw) == (USDC, BTC)
        assert (await look(house, shown)).deposit == USDC

    async def test_what_it_was_at_first_is_resolved_not_what_it_became(self, house: House, key: Account) -> None:
        reference = await made_elsewhere(house, key)
        house.swap_service.fail("coins", Unavailable(Cause.SERVER_FAULT))
        shown = await show(house, reference)
        house.swap_service.alter(reference, deposit=Currency(code="USDTERC"))
        shown = await look(house, shown)
        assert shown.deposit == USDC and shown.doubts == (Doubt.DEPOSIT_COIN_CHANGED,)


class TestWhereToSend:
    async def opened(self, house: House, address: str, *, is_live: bool = True, **changes: Any) -> FollowedSwap:
        order = swap(created_at=house.clock.at, deposit_address=address, **changes)
        new = followed(is_live=is_live, person=ANNA, chat=CHAT, swap=order, seen_at=house.clock.at)
        return await house.swap_book.take_over(new, listed=COINS)

    @pytest.mark.parametrize(
        "address",
        [
            PAYOUT[:-1] + "b",
            "TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7",
            "0x52908400098527886E0F7030069857D2E4169Ee7",
            "0x" + "0" * 40,
            "PRACTICE-ETH-1f3a",
        ],
    )
    async def test_where_money_is_real_it_must_be_an_address_of_the_coins_network(
        self, house: House, address: str
    ) -> None:
        opened = await self.opened(house, address)
        assert opened.doubts == (Doubt.NO_SUCH_ADDRESS,) and not pay(house, opened)

    @pytest.mark.parametrize("address", [DEPOSIT_ADDRESSES["ETH"], DEPOSIT_ADDRESSES["ETH"].lower()])
    async def test_a_right_or_a_likely_one_is_fine(self, house: House, address: str) -> None:
        assert (await self.opened(house, address)).doubts == ()

    async def test_practice_addresses_are_fine_for_play_money(self, house: House) -> None:
        opened = await self.opened(house, "PRACTICE-ETH-1f3a", is_live=False)
        assert opened.doubts == () and pay(house, opened)

    @pytest.mark.parametrize("is_live", [True, False])
    async def test_nobody_pays_a_coins_contract_or_an_address_of_the_order_itself(
        self, house: House, is_live: bool
    ) -> None:
        opened = await self.opened(house, USDT_ETH.contract.lower(), is_live=is_live)
        assert opened.doubts == (Doubt.CONTRACT_ADDRESS,)
        same = await self.opened(house, EVIL, is_live=is_live, reference="SAME", refund_address=EVIL.lower())
        assert same.doubts == (Doubt.OWN_ADDRESS,)


class TestAfterCancelling:
    @pytest.fixture
    async def over(self, house: House, mine: FollowedSwap) -> FollowedSwap:
        house.swap_service.advance(mine.swap.reference, P.CANCELED)
        return await look(house, mine)

    async def unpaid(self, house: House, over: FollowedSwap) -> bool:
        assert over.ticket is not None
        ticket = await house.storage.tickets.get(over.ticket)
        assert ticket is not None and isinstance(ticket.outcome, SwapCreated)
        return ticket.outcome.unpaid

    async def test_it_is_looked_at_twice_more_and_then_let_go(self, house: House, over: FollowedSwap) -> None:
        ended = house.clock.at
        looks = []
        while over.next_look_at is not None:
            looks.append(over.next_look_at - ended)
            over = await look(house, over)
        assert looks == [timedelta(hours=1), timedelta(hours=24)]
        assert over.ended_at == ended and await self.unpaid(house, over)

    @pytest.mark.parametrize(
        "late", [lambda order: replace(order, deposit_transaction="a1b2"), lambda order: replace(order, status=P.PAID)]
    )
    async def test_a_deposit_that_comes_late_counts_again_and_is_told(
        self, house: House, over: FollowedSwap, late: Callable[[Any], Any]
    ) -> None:
        assert await self.unpaid(house, over)
        changed = late(over.swap)
        status = changed.status
        house.swap_service.advance(over.swap.reference, status, deposit_transaction=changed.deposit_transaction)
        over = await look(house, over)
        assert not await self.unpaid(house, over)
        assert len([each for each in await house.told() if isinstance(each, SwapMoved)]) == 2
        assert (over.ended_at is None) is not status.is_final

    async def test_looks_that_fail_are_tried_again_and_given_up_in_the_end(
        self, house: House, over: FollowedSwap
    ) -> None:
        house.swap_service.fail("swap", Unavailable(Cause.SERVER_FAULT), times=999)
        ended = house.clock.at
        for _ in range(99):
            if over.next_look_at is None:
                break
            over = await look(house, over)
        assert over.next_look_at is None and timedelta(days=3) <= house.clock.at - ended < timedelta(days=4)


def test_each_order_is_known_by_its_reference_because_one_service_is_for_real_and_one_for_play_money() -> None:
    assert sorted(venue.is_live for venue in Venue if venue.swaps) == [False, True]
