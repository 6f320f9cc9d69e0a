from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.ids import AccountId, ChatId, MessageId, PersonId, SwapId, TicketId
from chatbot.domain.notices import Away, SwapMoved
from chatbot.domain.places import Place
from chatbot.domain.swaps import FollowedSwap, Marking, Swap, SwapStatus
from chatbot.domain.tickets import SwapCreated, TicketState
from chatbot.storage.opening import Storage
from tests.fakes import swap_service
from tests.fakes.swap_service import BTC, USDC
from tests.storage.examples import ANNA, BORIS, MAIN, NOW, SWAP, SWAP_TERMS, ticket

CHAT = ChatId(ANNA)
CARD, PICTURE = MessageId(700), MessageId(701)


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
    first = await storage.swaps.follow(followed(doubts=("The amount is not the one named.",), picture=PICTURE))
    assert first.id != 0
    assert await storage.swaps.get(first.id) == first
    assert await storage.swaps.find(MAIN, first.swap.reference) == first
    assert await storage.swaps.find(AccountId(99), first.swap.reference) is None
    assert await storage.swaps.known(MAIN, ["ABCDEF", "GHIJKL"]) == {"ABCDEF"}


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
    assert await changed(doubts=("x",)) == 3
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


async def test_following_again_moves_the_card_and_tells_what_is_new(storage: Storage) -> None:
    known = await storage.swaps.follow(followed(picture=PICTURE, marking=Marking.MARKED))
    await storage.swaps.mark_shown(known.id, 1)
    again = await storage.swaps.follow(followed(message=None, swap=at(SwapStatus.PAID), seen_at=NOW))
    assert (again.id, again.message, again.picture, again.shown) == (known.id, None, None, 0)
    assert again.marking is Marking.MARKED and again.swap.status is SwapStatus.PAID
    assert await storage.swaps.unshown(limit=9) == (again,)
    assert [each.followed for each in await told(storage)] == [again]


async def test_following_again_by_an_older_reading_keeps_the_newer_one(storage: Storage) -> None:
    await storage.swaps.follow(followed(swap=at(SwapStatus.PAID), seen_at=NOW))
    again = await storage.swaps.follow(followed(message=None, seen_at=NOW - timedelta(seconds=1)))
    assert again.swap.status is SwapStatus.PAID and again.message is None
    assert await told(storage) == []


async def test_a_swap_belongs_to_one_ticket_for_good(storage: Storage) -> None:
    known = await storage.swaps.follow(followed())  # found with /swap, before its ticket knew
    mine = await storage.swaps.follow(followed(ticket=TicketId("mine"), message=None))
    assert mine.id == known.id and mine.ticket == "mine"
    for other in ("mine", "another"):
        assert await storage.swaps.follow(followed(ticket=TicketId(other), message=MessageId(9))) == mine
    assert await storage.swaps.of_ticket(TicketId("mine")) == mine
    assert await storage.swaps.taken(MAIN, ["ABCDEF"], but=TicketId("another")) == {"ABCDEF"}
    assert await storage.swaps.taken(MAIN, ["ABCDEF"], but=TicketId("mine")) == frozenset()


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


async def test_addresses_that_went_well_are_offered_latest_first_each_once(storage: Storage) -> None:
    used = [("bc1a", ""), ("bc1b", "7"), ("bc1a", ""), ("", "")]
    for number, (address, memo) in enumerate(used):
        done = at(SwapStatus.COMPLETED, reference=f"R{number}", withdraw_address=address, withdraw_extra_id=memo)
        await storage.swaps.follow(followed(swap=done))
    await storage.swaps.follow(followed(swap=swap(reference="OPEN", withdraw_address="bc1c")))
    assert await storage.swaps.addresses_of(ANNA, coin="BTC", limit=9) == (("bc1a", ""), ("bc1b", "7"))
    assert await storage.swaps.addresses_of(ANNA, coin="BTC", limit=1) == (("bc1a", ""),)
    assert await storage.swaps.addresses_of(PersonId(5), coin="BTC", limit=9) == ()


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
