"""Creating an order at n.exchange, and setting a payout address: once, and found again."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, KeyRejected, NotPermitted, Obstacle, Refused, Stopped, TicketError, Unavailable
from chatbot.domain.notices import SwapMoved, TicketSettled
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swaps import Doubt, Swap, SwapPage, SwapStatus
from chatbot.domain.tickets import (
    Disowned,
    LikeSwap,
    Lost,
    Moved,
    NotFound,
    PaidElsewhere,
    PayoutSet,
    RefusedBy,
    Requested,
    SwapCreated,
    Ticket,
    TicketState,
)
from chatbot.ports.exchange import Priority
from tests.fakes.swap_service import PAYOUT, FakeSwapService, new_swap, swap
from tests.services.house import ANNA, CARD, CHAT, House
from tests.services.swapping import (
    claim,
    created,
    followed_by,
    link_swaps,
    orders,
    payout_card,
    settle,
    swap_card,
    tap,
)

S = TicketState
OTHER = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"


@pytest.fixture
async def key(house: House) -> Account:
    return await link_swaps(house)


async def lost(house: House, key: Account, *, applied: bool = True) -> Ticket:
    """A confirmed swap whose answer was lost, after it took effect or before."""
    house.swap_service.lose_answer("create", applied=applied)
    ticket = await tap(house, await swap_card(house, key))
    assert ticket.state is S.UNCERTAIN
    return ticket


async def test_a_confirmed_card_creates_one_order_of_just_what_it_says_and_follows_it(
    house: House, key: Account
) -> None:
    ticket = await tap(house, await swap_card(house, key))
    assert house.swap_service.sent == [new_swap()]
    assert (ticket.state, ticket.outcome) == (S.DONE, SwapCreated(reference="SWAP0001"))
    followed = await followed_by(house, ticket)
    assert (followed.swap, followed.doubts, followed.message) == (orders(house)[0], (), None)
    assert (followed.person, followed.chat, followed.account, followed.is_live) == (ANNA, CHAT, key.id, False)
    assert followed.next_look_at == house.clock.at + timedelta(seconds=30)
    assert house.swap_cards.repainted == [followed.id]
    assert (await house.look_when_due(ticket)).next_look_at is None


async def test_an_offer_that_is_over_is_not_sent(house: House, key: Account) -> None:
    card = await swap_card(house, key)
    house.clock.pass_(60)
    ticket = await tap(house, card)
    assert (ticket.state, ticket.outcome) == (S.REFUSED, Moved()) and house.swap_service.sent == []


async def test_a_button_for_other_cards_cannot_confirm_it(house: House, key: Account) -> None:
    card = await swap_card(house, key)
    with pytest.raises(TicketError):
        await house.tickets.claim(card.id, person=ANNA, chat=CHAT, message=CARD)
    assert house.swap_service.sent == []


@pytest.mark.parametrize(
    "error",
    [
        Refused(code=400, reason="Pair BTCUSDC is temporarily unavailable."),
        NotPermitted(code=403, reason=""),
        KeyRejected(status=401, reason=""),
    ],
)
async def test_a_refusal_closes_the_card_with_the_services_reason(house: House, key: Account, error: Exception) -> None:
    house.swap_service.fail("create", error)
    ticket = await tap(house, await swap_card(house, key))
    assert ticket.state is S.REFUSED and isinstance(ticket.outcome, RefusedBy) and orders(house) == []


async def test_an_order_that_is_not_what_was_asked_for_is_followed_with_its_doubts(
    house: House, key: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = house.swap_service._make
    monkeypatch.setattr(
        house.swap_service, "_make", lambda new: replace(make(new), withdraw_address=OTHER, deposit_amount=Decimal(5))
    )
    ticket = await tap(house, await swap_card(house, key))
    assert ticket.state is S.DONE
    assert len((await followed_by(house, ticket)).doubts) == 2


async def test_a_lost_answer_is_found_by_what_was_asked_and_never_sent_again(house: House, key: Account) -> None:
    ticket = await lost(house, key)
    ticket = await settle(house, ticket)
    assert (ticket.state, ticket.outcome) == (S.DONE, SwapCreated(reference="SWAP0001"))
    assert len(house.swap_service.sent) == 1
    assert (await followed_by(house, ticket)).swap.reference == "SWAP0001"
    assert await house.told() == [TicketSettled(ticket=ticket.id)]


async def test_what_never_arrived_is_said_to_be_not_created_after_two_complete_readings(
    house: House, key: Account
) -> None:
    began = house.clock.at
    ticket = await settle(house, await lost(house, key, applied=False))
    assert (ticket.state, ticket.outcome) == (S.REFUSED, NotFound(reads=2))
    assert house.clock.at - began >= timedelta(seconds=40) and len(house.swap_service.sent) == 1
    assert house.swap_service.calls.count("swaps") >= 2


async def test_an_order_that_turns_up_late_is_followed_after_all(house: House, key: Account) -> None:
    ticket = await settle(house, await lost(house, key, applied=False))
    assert ticket.outcome == NotFound(reads=2)
    house.swap_service.put(
        await house.storage.accounts.swap_key(key.id), swap(reference="LATE", created_at=ticket.created_at)
    )
    ticket = await house.look_when_due(ticket)
    assert (ticket.state, ticket.outcome) == (S.DONE, SwapCreated(reference="LATE"))
    assert (await followed_by(house, ticket)).swap.reference == "LATE"


async def test_late_looks_have_an_end(house: House, key: Account) -> None:
    ticket = await settle(house, await lost(house, key, applied=False))
    for _ in range(3):
        ticket = await house.look_when_due(ticket)
    assert ticket.next_look_at is None and ticket.outcome == NotFound(reads=2, late_looks=3)


async def test_failed_readings_are_no_evidence(house: House, key: Account) -> None:
    ticket = await lost(house, key, applied=False)
    house.swap_service.fail("swaps", Unavailable(Cause.SERVER_FAULT), times=30)
    for _ in range(30):
        ticket = await house.look_when_due(ticket)
        assert isinstance(ticket.outcome, Lost) and ticket.outcome.clean_reads == 0
    assert (await settle(house, ticket)).outcome == NotFound(reads=2)


async def test_a_key_that_may_not_list_its_orders_leaves_it_to_the_persons_word_in_the_end(
    house: House, key: Account
) -> None:
    ticket = await lost(house, key)
    house.swap_service.fail("swaps", NotPermitted(code=403, reason=""), times=1_000)
    for _ in range(200):
        ticket = await house.look_when_due(ticket)
        if isinstance(ticket.outcome, Lost) and ticket.outcome.by_word:
            break
    assert ticket.state is S.UNCERTAIN
    closed = await house.tickets.settle_by_word(ticket.id, person=ANNA, was_sent=True)
    assert closed.state is S.DONE


async def test_a_list_that_hides_an_order_between_its_pages_proves_nothing(
    house: House, key: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order comes while page 2 is on its way: it pushes ours from page 2 to page 1, which was read."""
    secret = await house.storage.accounts.swap_key(key.id)
    ticket = await lost(house, key)
    for number in range(150):
        stranger = swap(reference=f"X{number}", withdraw_address=OTHER, created_at=house.clock.at)
        house.swap_service.put(secret, stranger)
    listed = orders(house)[::-1]
    listed.remove(orders(house)[0])

    async def shifting(_: SwapKey, *, page: int, size: int, priority: Priority) -> SwapPage:
        shown = tuple(listed[(page - 1) * size : page * size])
        return SwapPage(swaps=shown, number=page, count=151, has_next=page * size < 151)

    with monkeypatch.context() as patch:
        patch.setattr(house.swap_service, "swaps", shifting)
        for _ in range(12):
            ticket = await house.look_when_due(ticket)
        assert ticket.state is S.UNCERTAIN and isinstance(ticket.outcome, Lost) and ticket.outcome.clean_reads == 0
    assert (await settle(house, ticket)).outcome == SwapCreated(reference="SWAP0001")


async def test_orders_that_others_made_or_that_differ_are_not_taken_for_it(house: House, key: Account) -> None:
    earlier = await created(house, key)
    secret = await house.storage.accounts.swap_key(key.id)
    ticket = await lost(house, key, applied=False)
    now = house.clock.at
    differing: list[dict[str, Any]] = [
        {"withdraw_address": OTHER},
        {"deposit_amount": Decimal(501)},
        {"withdraw_extra_id": "7"},
    ]
    for number, changes in enumerate(differing):
        house.swap_service.put(secret, swap(**{"reference": f"NO{number}", "created_at": now, **changes}))
    ticket = await settle(house, ticket)
    assert ticket.outcome == NotFound(reads=2) and earlier.swap.reference == "SWAP0001"


class TestAnOlderOrderLikeIt:
    """The service's clock may be wrong by more than any clock should be."""

    @pytest.fixture
    async def asked(self, house: House, key: Account) -> Ticket:
        """The order was made, and says that it was six minutes before its tap."""
        ticket = await lost(house, key)
        house.swap_service.alter("SWAP0001", created_at=house.clock.at - timedelta(minutes=6))
        for _ in range(20):
            ticket = await house.look_when_due(ticket)
        return ticket

    async def test_it_is_never_said_not_to_be_created_but_asked_about(self, house: House, asked: Ticket) -> None:
        made_at = orders(house)[0].created_at
        assert asked.state is S.UNCERTAIN and isinstance(asked.outcome, Lost)
        assert asked.outcome.like == LikeSwap(reference="SWAP0001", made_at=made_at) and asked.outcome.clean_reads == 2
        assert (await house.look_when_due(asked)).revision == asked.revision

    @pytest.mark.parametrize("looked_at", [True, False])
    async def test_by_its_persons_word_it_is_followed(self, house: House, asked: Ticket, looked_at: bool) -> None:
        if looked_at:
            await house.followed_swaps.show("SWAP0001", person=ANNA, chat=CHAT)
        await house.tickets.settle_by_word(asked.id, person=ANNA, was_sent=True)
        ticket = await house.look_when_due(asked)
        assert (ticket.state, ticket.outcome) == (S.DONE, SwapCreated(reference="SWAP0001"))
        assert ticket.next_look_at is None
        followed = await followed_by(house, ticket)
        assert followed.swap.reference == "SWAP0001" and followed.doubts == ()

    async def test_an_order_that_another_ticket_got_meanwhile_is_not_followed_twice(
        self, house: House, key: Account, asked: Ticket
    ) -> None:
        other = await tap(house, await swap_card(house, key))
        followed = await followed_by(house, other)
        await house.tickets.settle_by_word(asked.id, person=ANNA, was_sent=True)
        house.swap_service._holder_of("SWAP0001").orders["SWAP0001"] = followed.swap
        assert (await house.look_when_due(asked)).outcome == Requested(confirmed=True)

    async def test_by_its_persons_word_it_is_another(self, house: House, asked: Ticket) -> None:
        ticket = await house.tickets.settle_by_word(asked.id, person=ANNA, was_sent=False)
        assert (ticket.state, ticket.outcome) == (S.REFUSED, Disowned())

    async def test_its_own_settles_it_when_that_shows_up(self, house: House, key: Account, asked: Ticket) -> None:
        secret = await house.storage.accounts.swap_key(key.id)
        house.swap_service.put(secret, swap(reference="OWN", created_at=asked.created_at))
        assert (await settle(house, asked)).outcome == SwapCreated(reference="OWN")

    async def test_one_that_another_ticket_made_is_not_asked_about(self, house: House, key: Account) -> None:
        await created(house, key)
        house.swap_service.alter("SWAP0001", created_at=house.clock.at - timedelta(minutes=6))
        assert (await settle(house, await lost(house, key, applied=False))).outcome == NotFound(reads=2)

    async def test_one_that_shows_up_late_is_its_own(self, house: House, key: Account) -> None:
        ticket = await settle(house, await lost(house, key, applied=False))
        secret = await house.storage.accounts.swap_key(key.id)
        house.swap_service.put(secret, swap(reference="LATE", created_at=ticket.created_at - timedelta(minutes=6)))
        assert (await house.look_when_due(ticket)).outcome == SwapCreated(reference="LATE")


async def test_of_several_equal_orders_the_nearest_is_taken_and_the_others_are_mentioned(
    house: House, key: Account
) -> None:
    ticket = await lost(house, key)
    secret = await house.storage.accounts.swap_key(key.id)
    for number in range(150):
        other = timedelta(minutes=number % 4 + 1)
        address = PAYOUT if number == 0 else OTHER
        house.swap_service.put(
            secret, swap(reference=f"X{number}", withdraw_address=address, created_at=house.clock.at + other)
        )
    ticket = await settle(house, ticket)
    assert ticket.outcome == SwapCreated(reference="SWAP0001", among_others=True)


async def test_an_order_with_its_address_respelt_is_found_and_not_doubted(house: House, key: Account) -> None:
    written = "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ"
    house.swap_service.lose_answer("create")
    ticket = await tap(house, await swap_card(house, key, withdraw_address=written))
    house.swap_service.alter("SWAP0001", withdraw_address=written.lower())
    ticket = await settle(house, ticket)
    assert ticket.outcome == SwapCreated(reference="SWAP0001") and (await followed_by(house, ticket)).doubts == ()


async def test_two_lost_answers_of_equal_swaps_find_an_order_each(house: House, key: Account) -> None:
    first = await lost(house, key)
    house.clock.pass_(20)
    second = await lost(house, key)
    found = [await settle(house, each) for each in (second, first)]
    assert [each.outcome for each in found] == [
        SwapCreated(reference="SWAP0002", among_others=True),
        SwapCreated(reference="SWAP0001"),
    ]


async def test_a_swap_found_cancelled_and_unpaid_takes_nothing_from_the_limits(house: House, key: Account) -> None:
    ticket = await lost(house, key)
    house.swap_service.advance("SWAP0001", SwapStatus.CANCELED)
    assert (await settle(house, ticket)).outcome == SwapCreated(reference="SWAP0001", unpaid=True)


@pytest.mark.parametrize("step", ["follow", "update"])
async def test_what_cannot_be_written_down_is_found_again(
    house: House, key: Account, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The order exists, and the disk fails before it is followed, or before its ticket says so."""
    store = house.storage.swaps if step == "follow" else house.storage.tickets
    claimed = await claim(house, await swap_card(house, key))

    async def failing(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(store, step, failing)
        if step == "follow":
            assert (await house.tickets.execute(claimed)).state is S.UNCERTAIN
        else:
            with pytest.raises(sqlite3.OperationalError):
                await house.tickets.execute(claimed)
    again = house.restarted()
    await again.settling.recover()
    ticket = await settle(again, claimed)
    assert ticket.outcome == SwapCreated(reference="SWAP0001") and len(orders(house)) == 1
    assert (await followed_by(again, ticket)).swap.reference == "SWAP0001"


async def test_a_swap_somebody_looked_at_meanwhile_becomes_the_tickets(house: House, key: Account) -> None:
    ticket = await lost(house, key)
    shown = await house.followed_swaps.show("SWAP0001", person=ANNA, chat=CHAT)
    assert shown.ticket is None
    ticket = await settle(house, ticket)
    assert ticket.state is S.DONE and (await followed_by(house, ticket)).id == shown.id


class TestPayout:
    """Where the result goes, of an order that was made without."""

    @pytest.fixture
    async def open_one(self, house: House, key: Account) -> str:
        secret = await house.storage.accounts.swap_key(key.id)
        house.swap_service.put(secret, swap(reference="OPEN", withdraw_address="", created_at=house.clock.at))
        await house.followed_swaps.show("OPEN", person=ANNA, chat=CHAT)
        return "OPEN"

    async def standing(self, house: House, key: Account) -> Swap:
        found = await house.storage.swaps.find(ANNA, is_live=False, reference="OPEN")
        assert found is not None
        return found.swap

    async def test_it_is_set_once_and_shown(self, house: House, key: Account, open_one: str) -> None:
        card = await payout_card(house, key, open_one)
        ticket = await tap(house, card)
        assert (ticket.state, ticket.outcome) == (S.DONE, PayoutSet())
        assert len(house.swap_service.payouts) == 1
        assert (await self.standing(house, key)).withdraw_address == new_swap().withdraw_address

    @pytest.mark.parametrize("applied", [True, False])
    async def test_a_lost_answer_is_read_in_the_order(
        self, house: House, key: Account, open_one: str, applied: bool
    ) -> None:
        house.swap_service.lose_answer("set_payout", applied=applied)
        ticket = await tap(house, await payout_card(house, key, open_one))
        assert ticket.state is S.UNCERTAIN
        ticket = await settle(house, ticket)
        assert ticket.outcome == (PayoutSet() if applied else NotFound(reads=2))
        assert len(house.swap_service.payouts) == 1
        assert (await house.told())[-1] == TicketSettled(ticket=ticket.id)

    async def test_another_address_that_was_set_elsewhere_is_told(
        self, house: House, key: Account, open_one: str
    ) -> None:
        house.swap_service.lose_answer("set_payout", applied=False)
        ticket = await tap(house, await payout_card(house, key, open_one))
        house.swap_service.alter(open_one, withdraw_address=OTHER)
        ticket = await settle(house, ticket)
        assert (ticket.state, ticket.outcome) == (S.REFUSED, PaidElsewhere())
        found = await house.storage.swaps.find(ANNA, is_live=False, reference=open_one)
        assert found is not None and found.doubts == (Doubt.OTHER_PAYOUT,)

    async def test_an_answer_with_another_address_is_doubted(
        self, house: House, key: Account, open_one: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service: FakeSwapService = house.swap_service
        monkeypatch.setattr(service, "_set_payout", lambda *_: service.alter(open_one, withdraw_address=OTHER))
        ticket = await tap(house, await payout_card(house, key, open_one))
        assert (ticket.state, ticket.outcome) == (S.REFUSED, PaidElsewhere())
        found = await house.storage.swaps.find(ANNA, is_live=False, reference=open_one)
        assert found is not None and found.doubts == (Doubt.OTHER_PAYOUT,)
        assert not [each for each in await house.told() if isinstance(each, SwapMoved)]

    async def test_an_answer_without_an_address_does_not_say_that_it_is_set(
        self, house: House, key: Account, open_one: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(house.swap_service, "_set_payout", lambda *_: None)
            ticket = await tap(house, await payout_card(house, key, open_one))
        assert (ticket.state, ticket.outcome) == (S.UNCERTAIN, Lost(cause=Cause.UNREADABLE))
        assert (await settle(house, ticket)).outcome == NotFound(reads=2)

    async def test_while_one_is_not_settled_no_other_is_claimed(
        self, house: House, key: Account, open_one: str
    ) -> None:
        """Two cards are open; the answer to the first is lost."""
        first = await payout_card(house, key, open_one)
        second = await payout_card(house, key, open_one, address=OTHER)
        elsewhere = await payout_card(house, key, "ANOTHER")
        house.swap_service.lose_answer("set_payout", applied=False)
        assert (await tap(house, first)).state is S.UNCERTAIN
        with pytest.raises(Stopped) as stopped:
            await tap(house, second)
        assert stopped.value.obstacle is Obstacle.PAYOUT_UNSETTLED and len(house.swap_service.payouts) == 1
        await claim(house, elsewhere)
        assert (await settle(house, first)).outcome == NotFound(reads=2)
        assert (await tap(house, second)).outcome == PayoutSet()

    async def test_what_another_card_set_later_is_no_doubt_and_no_news(
        self, house: House, key: Account, open_one: str
    ) -> None:
        """The first was closed as not set; its late looks find the address of the second."""
        house.swap_service.lose_answer("set_payout", applied=False)
        first = await settle(house, await tap(house, await payout_card(house, key, open_one)))
        assert (await tap(house, await payout_card(house, key, open_one, address=OTHER))).outcome == PayoutSet()
        told = await house.told()
        first = await house.look_when_due(first)
        assert (first.outcome, first.next_look_at) == (NotFound(reads=2), None) and await house.told() == told
        found = await house.storage.swaps.find(ANNA, is_live=False, reference=open_one)
        assert found is not None and found.doubts == ()
