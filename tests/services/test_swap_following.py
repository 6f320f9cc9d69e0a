"""Swaps after they were made: looked at, told once, listed, shown, marked."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.audit import Deed
from chatbot.domain.errors import (
    Cause,
    InputError,
    KeyRejected,
    NoSwapKey,
    NotSent,
    OutcomeUnknown,
    Refused,
    SwapNotFound,
    Unavailable,
)
from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.notices import Alarm, AlarmKind, KeyWorks, SwapMoved
from chatbot.domain.swaps import Currency, FollowedSwap, Marking, SwapStatus
from chatbot.domain.tickets import SwapCreated
from chatbot.services.swap_following import PAGE_SIZE
from tests.fakes.swap_service import BTC, USDC, swap
from tests.services.house import ANNA, BORIS, CHAT, House
from tests.services.swapping import SWAP_CARD, created, link_swaps, look, orders, read

PICTURE = MessageId(801)
OTHER = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
P = SwapStatus
TEN = timedelta(minutes=10)


@pytest.fixture
async def key(house: House) -> Account:
    return await link_swaps(house)


@pytest.fixture
async def mine(house: House, key: Account) -> FollowedSwap:
    return await created(house, key)


async def moves(house: House) -> list[str]:
    return [each.followed.swap.status_name for each in await house.told() if isinstance(each, SwapMoved)]


async def test_every_change_that_is_seen_is_told_once_and_none_that_is_not(house: House, mine: FollowedSwap) -> None:
    for status in (P.UNCONFIRMED_PAYMENT, P.RELEASED, P.COMPLETED):
        house.swap_service.advance(mine.swap.reference, status)
        mine = await look(house, mine)
        assert mine.swap.status is status
        if not status.is_final:
            mine = await look(house, mine)
    assert await moves(house) == ["UNCONFIRMED PAYMENT", "RELEASED", "COMPLETED"]
    assert mine.next_look_at is None


async def test_an_older_status_after_a_newer_one_is_shown_as_the_service_says(house: House, mine: FollowedSwap) -> None:
    for status in (P.PAID, P.UNCONFIRMED_PAYMENT, P.PAID):
        house.swap_service.advance(mine.swap.reference, status)
        mine = await look(house, mine)
    assert await moves(house) == ["PAID", "UNCONFIRMED PAYMENT", "PAID"]


async def test_a_reading_that_began_earlier_does_not_overwrite_a_later_one(house: House, mine: FollowedSwap) -> None:
    old = house.clock.at
    house.clock.pass_(5)
    paid = house.swap_service.advance(mine.swap.reference, P.PAID)
    await house.swap_book.note(mine, paid, began=house.clock.at)
    await house.swap_book.note(mine, mine.swap, began=old)
    assert (await read(house, mine)).swap.status is P.PAID
    assert await moves(house) == ["PAID"]


async def test_a_failed_reading_is_no_evidence_and_is_repeated_ever_later(house: House, mine: FollowedSwap) -> None:
    house.swap_service.fail("swap", Unavailable(Cause.SERVER_FAULT), times=8)
    pauses = []
    for _ in range(8):
        mine = await look(house, mine)
        assert mine.next_look_at is not None
        pauses.append(mine.next_look_at - house.clock.at)
    assert pauses == sorted(pauses) and pauses[0] < timedelta(minutes=1) and pauses[-1] == TEN
    assert mine.swap.status is P.INITIAL and mine.revision == 1
    mine = await look(house, mine)
    assert mine.next_look_at is not None and mine.next_look_at - house.clock.at < TEN


async def test_an_order_the_service_does_not_find_any_more_is_not_cancelled(house: House, mine: FollowedSwap) -> None:
    house.swap_service.fail("swap", SwapNotFound(code=404, reason="Not found"))
    mine = await look(house, mine)
    assert (mine.swap.status, mine.next_look_at) == (P.INITIAL, house.clock.at + TEN)
    assert await moves(house) == []


async def test_a_rejected_key_is_told_and_the_swap_goes_on_slowly(house: House, mine: FollowedSwap) -> None:
    house.swap_service.fail("swap", KeyRejected(status=401, reason=""))
    mine = await look(house, mine)
    assert mine.next_look_at == house.clock.at + TEN
    (alarm,) = await house.told()
    assert isinstance(alarm, Alarm) and alarm.kind is AlarmKind.KEY_REJECTED
    await look(house, mine)
    assert isinstance((await house.told())[-1], KeyWorks)


async def test_another_orders_answer_is_not_taken_for_it(
    house: House, mine: FollowedSwap, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(*_: object, **__: object) -> object:
        return swap(reference="OTHER", status=P.COMPLETED)

    monkeypatch.setattr(house.swap_service, "swap", wrong)
    assert (await look(house, mine)).swap.status is P.INITIAL


async def test_a_swap_whose_key_is_gone_is_not_followed_any_more_and_its_card_says_so(
    house: House, mine: FollowedSwap
) -> None:
    assert await house.accounts.unlink(ANNA, mine.account)
    house.swap_cards.repainted.clear()
    mine = await look(house, mine)
    assert mine.next_look_at is None and mine.revision == 2 and not mine.swap.status.is_final
    assert house.swap_cards.repainted == [mine.id]


async def test_for_somebody_without_access_nothing_is_read(house: House, mine: FollowedSwap) -> None:
    house.swap_service.calls.clear()
    mine = await look(house.restarted(let_in=()), mine)
    assert house.swap_service.calls == [] and mine.next_look_at == house.clock.at + timedelta(hours=1)


async def test_after_a_restart_it_goes_on_where_it_was(house: House, mine: FollowedSwap) -> None:
    again = house.restarted()
    house.swap_service.advance(mine.swap.reference, P.PAID)
    assert (await look(again, mine)).swap.status is P.PAID


@pytest.mark.parametrize(
    "changes", [{"deposit_address": OTHER}, {"deposit_extra_id": "7"}, {"deposit_amount": Decimal(600)}]
)
async def test_what_must_not_change_any_more_becomes_a_doubt_that_stays(
    house: House, mine: FollowedSwap, changes: dict[str, object]
) -> None:
    before = orders(house)[0]
    house.swap_service.alter(mine.swap.reference, **changes)
    mine = await look(house, mine)
    assert mine.doubts and mine.revision == 2
    house.swap_service.put(await house.storage.accounts.swap_key(mine.account), before)
    assert (await look(house, mine)).doubts


async def test_nobody_paid_and_it_was_cancelled_so_the_limits_have_it_back(house: House, mine: FollowedSwap) -> None:
    house.swap_service.advance(mine.swap.reference, P.CANCELED)
    await look(house, mine)
    assert mine.ticket is not None
    ticket = await house.storage.tickets.get(mine.ticket)
    assert ticket is not None and ticket.outcome == SwapCreated(reference=mine.swap.reference, unpaid=True)


class TestShowing:
    async def test_an_order_made_elsewhere_is_followed_from_then_on(self, house: House, key: Account) -> None:
        secret = await house.storage.accounts.swap_key(key.id)
        house.swap_service.put(secret, swap(reference="ELSE", status=P.PAID, created_at=house.clock.at))
        shown = await house.followed_swaps.show("ELSE", person=ANNA, chat=CHAT)
        assert (shown.ticket, shown.deposit, shown.withdraw, shown.message) == (None, USDC, BTC, None)
        house.swap_service.advance("ELSE", P.COMPLETED)
        await look(house, shown)
        assert await moves(house) == ["COMPLETED"]

    async def test_a_card_that_comes_anew_takes_the_place_of_the_old_one(
        self, house: House, mine: FollowedSwap
    ) -> None:
        await house.storage.swaps.attach(mine.id, picture=PICTURE)
        shown = await house.followed_swaps.show(mine.swap.reference, person=ANNA, chat=CHAT)
        assert (shown.id, shown.message, shown.picture, shown.ticket) == (mine.id, None, None, mine.ticket)
        assert house.swap_cards.retired == [SWAP_CARD, PICTURE]

    async def test_one_that_is_over_is_shown_and_not_looked_at(self, house: House, key: Account) -> None:
        secret = await house.storage.accounts.swap_key(key.id)
        house.swap_service.put(secret, swap(reference="OVER", status=P.COMPLETED))
        assert (await house.followed_swaps.show("OVER", person=ANNA, chat=CHAT)).next_look_at is None

    async def test_what_no_key_knows_is_not_found(self, house: House, key: Account) -> None:
        with pytest.raises(SwapNotFound):
            await house.followed_swaps.show("NOBODY", person=ANNA, chat=CHAT)
        with pytest.raises(NoSwapKey):
            await house.followed_swaps.show("NOBODY", person=BORIS, chat=ChatId(BORIS))

    async def test_every_key_of_a_person_is_asked(self, house: House, mine: FollowedSwap) -> None:
        other = house.swap_service.open("another-key-0001")
        await house.accounts.link_swap_key(ANNA, venue=(await house.accounts.swap_account(ANNA)).venue, key=other)
        assert (await house.accounts.swap_account(ANNA)).id != mine.account
        shown = await house.followed_swaps.show(mine.swap.reference, person=ANNA, chat=CHAT)
        assert (shown.id, shown.account) == (mine.id, mine.account)

    async def test_a_key_that_does_not_work_keeps_no_other_from_being_asked(
        self, house: House, mine: FollowedSwap
    ) -> None:
        gone = house.swap_service.open("another-key-0001")
        await house.accounts.link_swap_key(ANNA, venue=(await house.accounts.swap_account(ANNA)).venue, key=gone)
        del house.swap_service.holders["another-key-0001"]
        assert (await house.followed_swaps.show(mine.swap.reference, person=ANNA, chat=CHAT)).id == mine.id
        with pytest.raises(KeyRejected):
            await house.followed_swaps.show("NOBODY", person=ANNA, chat=CHAT)

    async def test_a_page_lists_all_orders_of_the_key_and_says_which_are_followed(
        self, house: House, mine: FollowedSwap
    ) -> None:
        secret = await house.storage.accounts.swap_key(mine.account)
        for number in range(PAGE_SIZE):
            house.swap_service.put(secret, swap(reference=f"ELSE{number}"))
        first = await house.followed_swaps.page(ANNA, page=1)
        second = await house.followed_swaps.page(ANNA, page=2)
        assert (len(first.page.swaps), first.page.has_next, first.followed) == (PAGE_SIZE, True, frozenset())
        assert second.followed == {mine.swap.reference} and not second.page.has_next
        assert second.coins[Currency(code="USDC")] == USDC

    async def test_nobody_gets_at_anothers(self, house: House, mine: FollowedSwap) -> None:
        assert await house.followed_swaps.get(mine.id, person=BORIS) is None
        assert await house.followed_swaps.open_of(BORIS) == ()
        for asking in (
            house.followed_swaps.refresh(mine.id, person=BORIS),
            house.followed_swaps.want_picture(mine.id, person=BORIS),
            house.followed_swaps.mark(mine.id, person=BORIS, chat=ChatId(BORIS), paid=True),
        ):
            with pytest.raises(InputError):
                await asking
        assert house.swap_service.marks == []

    async def test_refreshing_reads_at_once(self, house: House, mine: FollowedSwap) -> None:
        house.clock.pass_(1)
        house.swap_service.advance(mine.swap.reference, P.PAID)
        assert (await house.followed_swaps.refresh(mine.id, person=ANNA)).swap.status is P.PAID
        assert mine.id in house.swap_cards.repainted

    async def test_a_wanted_picture_takes_the_place_of_the_old_one(self, house: House, mine: FollowedSwap) -> None:
        await house.storage.swaps.attach(mine.id, picture=PICTURE)
        await house.followed_swaps.want_picture(mine.id, person=ANNA)
        assert (await read(house, mine)).picture is None and house.swap_cards.retired == [PICTURE]


class TestMarking:
    async def mark(self, house: House, mine: FollowedSwap, *, paid: bool = True, transaction: str = "") -> FollowedSwap:
        return await house.followed_swaps.mark(mine.id, person=ANNA, chat=CHAT, paid=paid, transaction=transaction)

    async def log(self, house: House) -> list[tuple[Deed, str, str]]:
        entries = await house.storage.audit.page(of=ANNA, before=None, limit=99)
        marks = [each.event for each in entries if each.event.deed in (Deed.SWAP_MARKED, Deed.SWAP_UNMARKED)]
        return [(each.deed, each.subject, each.result) for each in reversed(marks)]

    async def test_it_is_sent_once_written_down_and_can_be_taken_back(self, house: House, mine: FollowedSwap) -> None:
        reference = mine.swap.reference
        marked = await self.mark(house, mine, transaction="a1b2")
        assert (marked.marking, marked.swap.deposit_transaction) == (Marking.MARKED, "a1b2")
        assert marked.next_look_at == house.clock.at + timedelta(seconds=20)
        await self.mark(house, mine)
        assert house.swap_service.marks == [(reference, True, "a1b2")]
        assert (await self.mark(house, mine, paid=False)).marking is Marking.UNMARKED
        assert house.swap_service.marks[1:] == [(reference, False, "")]
        subject = f"swap {reference}"
        assert await self.log(house) == [(Deed.SWAP_MARKED, subject, ""), (Deed.SWAP_UNMARKED, subject, "")]

    async def test_a_lost_answer_leaves_it_unsure_and_nothing_sends_it_again(
        self, house: House, mine: FollowedSwap
    ) -> None:
        house.swap_service.lose_answer("mark")
        assert (await self.mark(house, mine)).marking is Marking.UNSURE
        for _ in range(3):
            mine = await look(house, mine)
        assert len(house.swap_service.marks) == 1 and mine.marking is Marking.UNSURE
        assert (await self.log(house))[0][2] == "outcome unknown"
        assert (await self.mark(house, mine)).marking is Marking.MARKED  # its person said so again

    async def test_killed_while_it_was_sent_it_is_unsure(
        self, house: House, mine: FollowedSwap, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def killed(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(house.swap_service, "mark", killed)
        with pytest.raises(KeyboardInterrupt):
            await self.mark(house, mine)
        assert (await read(house, mine)).marking is Marking.UNSURE

    @pytest.mark.parametrize(
        "error", [Refused(code=400, reason="no"), KeyRejected(status=401, reason=""), NotSent(Cause.BUDGET)]
    )
    async def test_what_was_not_done_is_not_marked(self, house: House, mine: FollowedSwap, error: Exception) -> None:
        house.swap_service.fail("mark", error)
        with pytest.raises(type(error)):
            await self.mark(house, mine)
        assert (await read(house, mine)).marking is Marking.UNMARKED
        assert [each[2] for each in await self.log(house)] == ([] if isinstance(error, NotSent) else ["refused"])

    async def test_somebody_who_locked_sends_nothing(self, house: House, mine: FollowedSwap) -> None:
        await house.locks.lock(ANNA, chat=CHAT, message=MessageId(1))
        with pytest.raises(NotSent):
            await self.mark(house, mine)
        assert house.swap_service.marks == [] and (await read(house, mine)).marking is Marking.UNMARKED

    async def test_a_second_tap_meanwhile_changes_nothing(
        self, house: House, mine: FollowedSwap, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mark = house.swap_service.mark

        async def tapped_again(*given: object, **said: object) -> object:
            await self.mark(house, mine)
            return await mark(*given, **said)  # type: ignore[arg-type]

        monkeypatch.setattr(house.swap_service, "mark", tapped_again)
        await self.mark(house, mine)
        assert len(house.swap_service.marks) == 1

    async def test_one_that_has_ended_is_not_marked(self, house: House, mine: FollowedSwap) -> None:
        house.swap_service.advance(mine.swap.reference, P.COMPLETED)
        await look(house, mine)
        with pytest.raises(InputError):
            await self.mark(house, mine)

    async def test_a_marked_one_that_is_cancelled_still_counts(self, house: House, mine: FollowedSwap) -> None:
        await self.mark(house, mine)
        house.swap_service.advance(mine.swap.reference, P.CANCELED)
        await look(house, mine)
        assert mine.ticket is not None
        ticket = await house.storage.tickets.get(mine.ticket)
        assert ticket is not None and ticket.outcome == SwapCreated(reference=mine.swap.reference)


async def test_an_unexpected_fault_does_not_end_the_following(
    house: House, mine: FollowedSwap, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.swap_service.fail("swap", ZeroDivisionError())
    before = replace(mine)
    mine = await look(house, mine)
    assert mine.next_look_at is not None and mine.next_look_at > house.clock.at and before.swap == mine.swap


async def test_a_person_who_was_forgotten_meanwhile_is_no_fault(house: House, mine: FollowedSwap) -> None:
    house.swap_service.fail("swap", OutcomeUnknown(Cause.BROKEN))
    assert await house.storage.forgetting.begin(ANNA)
    await house.storage.forgetting.erase(ANNA)
    await house.followed_swaps.look(mine)
    assert await house.storage.swaps.get(mine.id) is None
