from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.ids import AccountId, ChatId, MessageId, SwapId, TicketId
from chatbot.domain.notices import Away, SwapMoved
from chatbot.domain.places import Place
from chatbot.domain.swaps import Doubt, FollowedSwap, Marking, Swap, SwapStatus
from chatbot.domain.tickets import PaidElsewhere, PayoutSet, SwapCreated, TicketState
from chatbot.storage.opening import Storage
from tests.fakes import swap_service
from tests.fakes.swap_service import BTC, USDC
from tests.storage.examples import ANNA, BORIS, MAIN, NOW, PAYOUT_TERMS, SET_PAYOUT, SWAP, SWAP_TERMS, ticket

CHAT = ChatId(ANNA)
CARD, PICTURE = MessageId(700), MessageId(701)
OWNERS = ((ANNA, False), (ANNA, True), (BORIS, False))


def swap(**changes: Any) -> Swap:
    return swap_service.swap(created_at=NOW, fixed_until=None, **changes)


def followed(**changes: Any) -> FollowedSwap:
    values: dict[str, Any] = {
        "id": SwapId(0),
        "account": MAIN,
        "account_label": "paper-swaps-1",
        "is_live": False,
        "person": ANNA,
        "chat": CHAT,
        "message": CARD,
        "picture": None,
        "ticket": None,
        "swap": swap(),
        "deposit": USDC,
        "withdraw": BTC,
        "marking": Marking.UNMARKED,
        "doubts": (),
        "seen_at": NOW,
        "next_look_at": NOW + timedelta(seconds=30),
    }
    return FollowedSwap(**(values | changes))


def at(status: SwapStatus, **changes: Any) -> Swap:
    return swap(status=status, status_name=status.value, **changes)


async def told(storage: Storage) -> list[SwapMoved]:
    due = await storage.outbox.due(now=NOW + timedelta(days=1), limit=99)
    return [entry.notice for entry in sorted(due, key=lambda each: each.id) if isinstance(entry.notice, SwapMoved)]


async def move(storage: Storage, known: FollowedSwap, status: SwapStatus, **changes: Any) -> FollowedSwap:
    return await storage.swaps.update(
        known.id, lambda current: replace(current, swap=at(status, **changes)), now=NOW + timedelta(seconds=30)
    )


async def test_what_is_followed_comes_back_as_it_was(storage: Storage) -> None:
    said = swap(deposit_amount=Decimal(1))
    first = await storage.swaps.follow(
        followed(doubts=(Doubt.DEPOSIT_AMOUNT_CHANGED,), picture=PICTURE, first=said, ended_at=NOW)
    )
    assert first.id != 0
    assert await storage.swaps.get(first.id) == first
    assert await storage.swaps.find(ANNA, is_live=False, reference="ABCDEF") == first
    assert await storage.swaps.find(ANNA, is_live=True, reference="ABCDEF") is None
    assert await storage.swaps.find(BORIS, is_live=False, reference="ABCDEF") is None
    assert await storage.swaps.known(ANNA, ["ABCDEF", "GHIJKL"], is_live=False) == {"ABCDEF"}
    assert await storage.swaps.known(ANNA, ["ABCDEF"], is_live=True) == frozenset()
    assert await storage.swaps.known(BORIS, ["ABCDEF"], is_live=False) == frozenset()


async def test_a_changed_status_is_told_once_as_a_reply_to_its_card(storage: Storage) -> None:
    known = await storage.swaps.follow(followed())
    moved = await move(storage, known, SwapStatus.PAID)
    await move(storage, known, SwapStatus.PAID, deposit_transaction="a1b2")
    assert await told(storage) == [SwapMoved(followed=moved)]
    (entry,) = await storage.outbox.due(now=NOW + timedelta(days=1), limit=9)
    assert (entry.chat, entry.reply_to) == (CHAT, CARD)


async def test_statuses_the_service_gives_other_names_are_told_apart(storage: Storage) -> None:
    known = await storage.swaps.follow(followed())
    for name in ("ON HOLD", "IN REVIEW", "IN REVIEW"):
        new = replace(known.swap, status=SwapStatus.UNKNOWN, status_name=name)
        await storage.swaps.update(known.id, lambda current, new=new: replace(current, swap=new), now=NOW)  # type: ignore[misc]
    assert [each.followed.swap.status_name for each in await told(storage)] == ["ON HOLD", "IN REVIEW"]


async def test_only_what_is_worth_showing_makes_a_new_revision(storage: Storage) -> None:
    known = await storage.swaps.follow(followed())
    later = NOW + timedelta(minutes=1)

    async def changed(**facts: Any) -> int:
        return (await storage.swaps.update(known.id, lambda current: replace(current, **facts), now=NOW)).revision

    assert await changed(seen_at=later, next_look_at=later) == 1
    assert await changed(marking=Marking.MARKED) == 2
    assert await changed(doubts=(Doubt.PAYOUT,)) == 3
    assert await changed(first=swap(deposit_amount=Decimal(1)), ended_at=later) == 3
    assert await changed(next_look_at=None) == 4  # its key is gone, and the card says so
    assert await changed(next_look_at=None) == 4


async def test_a_swap_that_nobody_paid_gives_its_tickets_worth_back(storage: Storage) -> None:
    made = ticket(
        intent=SWAP, terms=SWAP_TERMS, state=TicketState.DONE, outcome=SwapCreated(reference="ABCDEF"), claimed_at=NOW
    )
    await storage.tickets.add(made)
    known = await storage.swaps.follow(followed(ticket=made.id))
    assert len(await storage.standings.counted(MAIN, now=NOW)) == 1
    await move(storage, known, SwapStatus.CANCELED)
    read = await storage.tickets.get(made.id)
    assert read is not None and read.outcome == SwapCreated(reference="ABCDEF", unpaid=True)
    assert await storage.standings.counted(MAIN, now=NOW) == ()


@pytest.mark.parametrize(
    ("before", "marking", "transaction"),
    [
        (SwapStatus.UNCONFIRMED_PAYMENT, Marking.UNMARKED, ""),
        (SwapStatus.INITIAL, Marking.MARKED, ""),
        (SwapStatus.INITIAL, Marking.UNSURE, ""),
        (SwapStatus.INITIAL, Marking.UNMARKED, "a1b2"),
    ],
)
async def test_a_cancelled_swap_that_may_have_been_paid_still_counts(
    storage: Storage, before: SwapStatus, marking: Marking, transaction: str
) -> None:
    made = ticket(intent=SWAP, terms=SWAP_TERMS, state=TicketState.DONE, outcome=SwapCreated(reference="ABCDEF"))
    await storage.tickets.add(made)
    known = await storage.swaps.follow(followed(ticket=made.id, swap=at(before), marking=marking))
    await move(storage, known, SwapStatus.CANCELED, deposit_transaction=transaction)
    read = await storage.tickets.get(made.id)
    assert read is not None and read.outcome == SwapCreated(reference="ABCDEF")


async def test_following_again_with_any_key_writes_over_what_is_known_and_tells_what_is_new(storage: Storage) -> None:
    known = await storage.swaps.follow(followed(picture=PICTURE, marking=Marking.MARKED))
    await storage.swaps.mark_shown(known.id, 1)

    def over(before: FollowedSwap) -> FollowedSwap:
        assert before == replace(known, shown=1)
        return replace(before, account=AccountId(99), message=None, swap=at(SwapStatus.PAID), shown=0)

    again = await storage.swaps.follow(followed(account=AccountId(99)), over=over)
    assert (again.id, again.account, again.message, again.shown) == (known.id, AccountId(99), None, 0)
    assert again.marking is Marking.MARKED and again.swap.status is SwapStatus.PAID
    assert await storage.swaps.unshown(limit=9) == (again,)
    assert [each.followed for each in await told(storage)] == [again]


async def test_one_order_is_followed_by_two_people_and_as_play_money_for_itself(storage: Storage) -> None:
    ids = {(await storage.swaps.follow(followed(person=person, is_live=live))).id for person, live in OWNERS}
    assert len(ids) == len(OWNERS)
    assert {(await storage.swaps.follow(followed(person=person, is_live=live))).id for person, live in OWNERS} == ids


async def test_a_swap_belongs_to_one_ticket_for_good(storage: Storage) -> None:
    known = await storage.swaps.follow(followed())  # found with /swap, before its ticket knew
    mine = await storage.swaps.follow(followed(), over=lambda before: replace(before, ticket=TicketId("mine")))
    assert mine.id == known.id and mine.ticket == "mine"

    def never(before: FollowedSwap) -> FollowedSwap:
        raise AssertionError(before)

    for other in ("mine", "another"):
        assert await storage.swaps.follow(followed(ticket=TicketId(other)), over=never) == mine
    assert await storage.swaps.of_ticket(TicketId("mine")) == mine
    taken = [await storage.swaps.taken(["ABCDEF"], is_live=False, but=TicketId(each)) for each in ("another", "mine")]
    assert taken == [{"ABCDEF"}, frozenset()]
    assert await storage.swaps.taken(["ABCDEF"], is_live=True, but=TicketId("another")) == frozenset()


async def test_what_is_due_comes_earliest_first_and_the_rest_later(storage: Storage) -> None:
    waits = [timedelta(seconds=seconds) for seconds in (40, 10, 90)]
    for number, wait in enumerate(waits):
        await storage.swaps.follow(followed(swap=swap(reference=f"REF{number}"), next_look_at=NOW + wait))
    await storage.swaps.follow(followed(swap=at(SwapStatus.COMPLETED, reference="DONE"), next_look_at=None))
    due = await storage.swaps.due(now=NOW + timedelta(seconds=60), limit=9)
    assert [each.swap.reference for each in due] == ["REF1", "REF0"]
    assert await storage.swaps.next_due() == NOW + waits[1]


async def test_messages_are_remembered_and_pictures_forgotten(storage: Storage) -> None:
    known = await storage.swaps.follow(followed(message=None))
    await storage.swaps.attach(known.id, message=CARD)
    await storage.swaps.attach(known.id, picture=PICTURE)
    read = await storage.swaps.get(known.id)
    assert read is not None and (read.message, read.picture, read.revision) == (CARD, PICTURE, 1)
    await storage.swaps.drop_picture(known.id)
    read = await storage.swaps.get(known.id)
    assert read is not None and (read.message, read.picture) == (CARD, None)


async def test_what_is_painted_is_shown_until_it_changes(storage: Storage) -> None:
    known = await storage.swaps.follow(followed(message=None))
    assert await storage.swaps.unshown(limit=9) == (known,)
    await storage.swaps.mark_shown(known.id, 1)
    assert await storage.swaps.unshown(limit=9) == ()
    moved = await move(storage, known, SwapStatus.PAID)
    assert [each.id for each in await storage.swaps.unshown(limit=9)] == [moved.id]


async def test_open_ones_are_a_persons_own_that_are_not_over(storage: Storage) -> None:
    await storage.swaps.follow(followed(swap=at(SwapStatus.REFUND_FAILED, reference="OPEN")))
    await storage.swaps.follow(followed(swap=at(SwapStatus.REFUNDED, reference="OVER")))
    await storage.swaps.follow(followed(swap=swap(reference="BORIS"), person=BORIS))
    assert [each.swap.reference for each in await storage.swaps.open_of(ANNA)] == ["OPEN"]


async def completed(storage: Storage, number: int, address: str, memo: str = "", **changes: Any) -> None:
    """A swap that somebody asked for with this address, and that is completed; the order says that it paid a thief."""
    new = replace(SWAP.new, withdraw_address=address, withdraw_extra_id=memo)
    made = ticket(intent=replace(SWAP, new=new), terms=SWAP_TERMS, state=TicketState.DONE)
    await storage.tickets.add(made)
    done = at(SwapStatus.COMPLETED, reference=f"R{number}", withdraw_address="bc1thief")
    await storage.swaps.follow(followed(**{"ticket": made.id, "swap": done} | changes))


async def used(storage: Storage, *, limit: int = 9, **where: Any) -> tuple[tuple[str, str], ...]:
    values: dict[str, Any] = {"person": ANNA, "is_live": False, "coin": "BTC"} | where
    return await storage.swaps.addresses_of(values.pop("person"), limit=limit, **values)


async def test_addresses_that_were_given_here_and_went_well_are_offered_latest_first(storage: Storage) -> None:
    for number, (address, memo) in enumerate((("bc1a", ""), ("bc1b", "7"), ("bc1a", ""))):
        await completed(storage, number, address, memo)
    assert await used(storage) == (("bc1a", ""), ("bc1b", "7"))
    assert await used(storage, limit=1) == (("bc1a", ""),)
    others: tuple[dict[str, Any], ...] = ({"person": BORIS}, {"coin": "LTC"}, {"is_live": True})
    for where in others:
        assert await used(storage, **where) == ()


async def test_no_address_is_offered_that_an_order_says_or_that_was_doubted(storage: Storage) -> None:
    await completed(storage, 1, "bc1a", doubts=(Doubt.PAYOUT,))
    await completed(storage, 2, "bc1b", swap=at(SwapStatus.REFUNDED, reference="R2"))
    await completed(storage, 3, "bc1c", ticket=None)
    await completed(storage, 4, "")
    assert await used(storage) == ()


async def test_an_address_that_was_set_afterwards_is_offered_if_it_was_taken(storage: Storage) -> None:
    await completed(storage, 1, "")
    for number, outcome in ((2, PayoutSet()), (3, PaidElsewhere())):
        intent = replace(SET_PAYOUT, reference="R1", address=f"bc1set{number}")
        state = TicketState.DONE if number == 2 else TicketState.REFUSED
        terms = PAYOUT_TERMS
        await storage.tickets.add(ticket(intent=intent, terms=terms, state=state, outcome=outcome, claimed_at=NOW))
    assert await used(storage) == (("bc1set2", SET_PAYOUT.extra_id),)


async def test_where_deposits_went_is_known_of_every_swap_of_a_person(storage: Storage) -> None:
    for number, address in enumerate(("bc1x", "", "bc1y", "bc1x")):
        await storage.swaps.follow(followed(swap=swap(reference=f"R{number}", deposit_address=address)))
    assert await storage.swaps.deposit_addresses_of(ANNA) == {"bc1x", "bc1y"}
    assert await storage.swaps.deposit_addresses_of(BORIS) == frozenset()


async def test_a_deposit_that_comes_to_light_after_the_end_is_told_and_counts_again(storage: Storage) -> None:
    made = ticket(
        intent=SWAP, terms=SWAP_TERMS, state=TicketState.DONE, outcome=SwapCreated(reference="ABCDEF"), claimed_at=NOW
    )
    await storage.tickets.add(made)
    known = await storage.swaps.follow(followed(ticket=made.id))
    await move(storage, known, SwapStatus.CANCELED)
    assert await storage.standings.counted(MAIN, now=NOW) == ()
    for _ in range(2):
        await move(storage, known, SwapStatus.CANCELED, deposit_transaction="a1b2")
    assert [each.followed.swap.deposit_transaction for each in await told(storage)] == ["", "a1b2"]
    read = await storage.tickets.get(made.id)
    assert read is not None and read.outcome == SwapCreated(reference="ABCDEF")
    assert len(await storage.standings.counted(MAIN, now=NOW)) == 1


async def test_what_happened_while_the_bot_was_away_says_so_and_is_counted(storage: Storage) -> None:
    back = NOW + timedelta(minutes=20)
    await storage.life.begin(now=NOW)
    known = await storage.swaps.follow(followed(seen_at=NOW))
    await storage.life.begin(now=back)
    at_once = back + timedelta(seconds=1)
    seen = await storage.swaps.update(
        known.id, lambda current: replace(current, swap=at(SwapStatus.PAID), seen_at=at_once), now=at_once
    )
    await storage.swaps.update(
        known.id, lambda current: replace(current, swap=at(SwapStatus.RELEASED)), now=at_once + timedelta(seconds=20)
    )
    assert [each.since for each in await told(storage)] == [NOW, None]
    missed = await storage.life.missed_at(Place(chat=CHAT))
    assert missed is not None and missed.swaps == 1
    first = await storage.outbox.due(now=back + timedelta(seconds=11), limit=9)
    assert Away() in [entry.notice for entry in first] and SwapMoved(followed=seen, since=NOW) not in [
        entry.notice for entry in first
    ]


async def test_nothing_is_left_of_a_person_who_was_forgotten(storage: Storage) -> None:
    known, other = (
        await storage.swaps.follow(followed()),
        await storage.swaps.follow(followed(person=BORIS, account=AccountId(9))),
    )
    assert await storage.forgetting.begin(ANNA)
    await storage.forgetting.erase(ANNA)
    assert await storage.swaps.get(known.id) is None and await storage.swaps.get(other.id) == other


async def test_an_unknown_one_cannot_be_changed(storage: Storage) -> None:
    with pytest.raises(KeyError):
        await storage.swaps.update(SwapId(77), lambda current: current, now=NOW)


async def test_those_that_wait_for_their_deposit_are_found_newest_first(storage: Storage) -> None:
    first = await storage.swaps.follow(followed(next_look_at=NOW + timedelta(days=9)))
    second = await storage.swaps.follow(followed(swap=swap(reference="OTHER")))
    await storage.swaps.follow(followed(swap=swap(reference="PAID", status=SwapStatus.PAID)))
    assert [each.id for each in await storage.swaps.waiting(limit=9)] == [second.id, first.id]
    assert [each.id for each in await storage.swaps.waiting(limit=1)] == [second.id]
