import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause
from chatbot.domain.ids import AccountId, MarketCode, MessageId, OrderNumber, TicketId
from chatbot.domain.intents import Intent, Terms
from chatbot.domain.notices import TicketSettled
from chatbot.domain.tickets import Lost, Placed, Ticket, TicketState
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import (
    ANNA,
    ANNAS_CHAT,
    BORIS,
    BUY,
    BUY_TERMS,
    CANCEL,
    CANCEL_TERMS,
    GROUP,
    MAIN,
    NOW,
    ORDER,
    PAYOUT_TERMS,
    SET_PAYOUT,
    SWAP,
    SWAP_TERMS,
    credentials,
    ticket,
)

SOON = timedelta(seconds=1)


async def stored(storage: Storage, **changes: Any) -> Ticket:
    new = ticket(**changes)
    await storage.tickets.add(new)
    return new


def tap(of: Ticket, **changes: Any) -> dict[str, Any]:
    return {"person": of.person, "chat": of.chat, "message": of.message, "now": NOW} | changes


async def claimed(storage: Storage, **changes: Any) -> Ticket:
    new = await stored(storage, **changes)
    taken = await storage.tickets.claim(new.id, **tap(new, now=new.created_at))
    assert taken is not None
    return taken


async def test_ticket_comes_back_as_it_was(storage: Storage) -> None:
    full = ticket(
        outcome=Lost(cause=Cause.TIMEOUT, clean_reads=1, last_clean_read=NOW),
        order=ORDER,
        state=TicketState.UNCERTAIN,
        claimed_at=NOW,
        closed_at=NOW,
        next_look_at=NOW,
    )
    bare = ticket(message=None, intent=CANCEL, terms=CANCEL_TERMS)
    for each in (full, bare):
        await storage.tickets.add(each)
        assert await storage.tickets.get(each.id) == each
    assert await storage.tickets.get(TicketId("no such")) is None


async def test_claim_is_granted_once_and_changes_state_and_revision(storage: Storage) -> None:
    shown = await stored(storage)
    first = await storage.tickets.claim(shown.id, **tap(shown))
    assert first == replace(shown, state=TicketState.CLAIMED, claimed_at=NOW, revision=2)
    assert await storage.tickets.get(shown.id) == first
    assert await storage.tickets.claim(shown.id, **tap(shown)) is None
    assert await storage.tickets.get(shown.id) == first


@pytest.mark.parametrize("with_factor", [False, True])
@pytest.mark.parametrize(
    ("intent", "terms", "goes_with_factor"),
    [(BUY, BUY_TERMS, False), (SWAP, SWAP_TERMS, True), (SET_PAYOUT, PAYOUT_TERMS, True)],
    ids=["order", "swap", "payout"],
)
async def test_what_goes_with_a_factor_is_claimed_in_no_other_way_and_nothing_else_in_this_one(
    storage: Storage, intent: Intent, terms: Terms, goes_with_factor: bool, with_factor: bool
) -> None:
    shown = await stored(storage, intent=intent, terms=terms)
    taken = await storage.tickets.claim(shown.id, **tap(shown, with_factor=with_factor))
    assert (taken is not None) is (with_factor is goes_with_factor)
    if taken is None:
        assert await storage.tickets.get(shown.id) == shown
        assert await storage.tickets.claim(shown.id, **tap(shown, with_factor=goes_with_factor)) is not None


async def test_of_100_concurrent_claims_exactly_one_wins(storage: Storage) -> None:
    shown = await stored(storage)
    results = await asyncio.gather(*(storage.tickets.claim(shown.id, **tap(shown)) for _ in range(100)))
    assert sum(result is not None for result in results) == 1


async def test_claim_and_decline_at_once_have_one_winner(storage: Storage) -> None:
    for _ in range(10):
        shown = await stored(storage)
        claim = storage.tickets.claim(shown.id, **tap(shown))
        decline = storage.tickets.decline(shown.id, person=ANNA, chat=ANNAS_CHAT, now=NOW)
        results = await asyncio.gather(decline, claim)
        assert sum(result is not None for result in results) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": BORIS},
        {"chat": GROUP},
        {"message": MessageId(1)},
        {"now": NOW + timedelta(seconds=60)},
        {"now": NOW + timedelta(days=1)},
    ],
    ids=["another person", "another chat", "another message", "just expired", "long expired"],
)
async def test_claim_under_a_wrong_condition_changes_nothing(storage: Storage, wrong: dict[str, Any]) -> None:
    shown = await stored(storage)
    assert await storage.tickets.claim(shown.id, **tap(shown, **wrong)) is None
    assert await storage.tickets.get(shown.id) == shown


async def test_claim_a_microsecond_before_expiry_is_granted(storage: Storage) -> None:
    shown = await stored(storage)
    last_moment = shown.expires_at - timedelta(microseconds=1)
    assert await storage.tickets.claim(shown.id, **tap(shown, now=last_moment)) is not None


@pytest.mark.parametrize("state", [state for state in TicketState if state is not TicketState.PENDING])
async def test_only_a_pending_ticket_can_be_taken(storage: Storage, state: TicketState) -> None:
    shown = await stored(storage, state=state)
    assert await storage.tickets.claim(shown.id, **tap(shown)) is None
    if not state.is_waiting:
        assert await storage.tickets.decline(shown.id, person=ANNA, chat=ANNAS_CHAT, now=NOW) is None
    assert await storage.tickets.get(shown.id) == shown


async def test_tap_that_comes_before_the_card_was_attached_tells_the_message(storage: Storage) -> None:
    fresh = await stored(storage, message=None, shown=0)
    taken = await storage.tickets.claim(fresh.id, **tap(fresh, message=MessageId(9)))
    assert taken is not None
    assert taken.message == MessageId(9)
    await storage.tickets.attach(fresh.id, MessageId(9))
    assert await storage.tickets.get(fresh.id) == replace(taken, shown=1)


async def test_decline_closes_a_card_on_any_message(storage: Storage) -> None:
    fresh = await stored(storage, message=None)
    declined = await storage.tickets.decline(fresh.id, person=ANNA, chat=ANNAS_CHAT, now=NOW)
    assert declined == replace(fresh, state=TicketState.DECLINED, closed_at=NOW, revision=2)
    assert await storage.tickets.get(fresh.id) == declined


@pytest.mark.parametrize("wrong", [{"person": BORIS}, {"chat": GROUP}, {"now": NOW + timedelta(seconds=60)}])
async def test_decline_under_a_wrong_condition_changes_nothing(storage: Storage, wrong: dict[str, Any]) -> None:
    shown = await stored(storage)
    right: dict[str, Any] = {"person": ANNA, "chat": ANNAS_CHAT, "now": NOW}
    assert await storage.tickets.decline(shown.id, **(right | wrong)) is None
    assert await storage.tickets.get(shown.id) == shown


async def test_client_id_is_never_used_twice(storage: Storage) -> None:
    first = await stored(storage)
    with pytest.raises(sa.exc.IntegrityError):
        await storage.tickets.add(ticket(client_id=first.client_id))


async def test_update_grows_the_revision_and_keeps_what_was_shown(storage: Storage) -> None:
    sent = await claimed(storage)
    outcome = Placed(number=OrderNumber(5))
    done = await storage.tickets.update(sent.id, lambda old: replace(old, state=TicketState.DONE, outcome=outcome))
    assert done == replace(sent, state=TicketState.DONE, outcome=outcome, revision=sent.revision + 1)
    assert await storage.tickets.get(sent.id) == done


async def test_update_of_the_next_look_alone_is_not_worth_showing(storage: Storage) -> None:
    sent = await claimed(storage)
    later = await storage.tickets.update(sent.id, lambda old: replace(old, next_look_at=NOW))
    assert later == replace(sent, next_look_at=NOW)


async def test_update_puts_its_notice_out_in_reply_to_the_card(storage: Storage) -> None:
    sent = await claimed(storage)
    notice = TicketSettled(ticket=sent.id)
    await storage.tickets.update(sent.id, lambda old: replace(old, closed_at=NOW), notice=notice)
    (entry,) = await storage.outbox.due(now=NOW, limit=10)
    assert (entry.chat, entry.reply_to, entry.notice) == (sent.chat, sent.message, notice)


async def test_failed_update_changes_nothing_and_says_nothing(storage: Storage) -> None:
    sent = await claimed(storage)
    other = await stored(storage)
    stolen = lambda old: replace(old, client_id=other.client_id)  # noqa: E731
    with pytest.raises(sa.exc.IntegrityError):
        await storage.tickets.update(sent.id, stolen, notice=TicketSettled(ticket=sent.id))
    assert await storage.tickets.get(sent.id) == sent
    assert await storage.outbox.due(now=NOW, limit=10) == ()


async def test_update_of_an_unknown_ticket_is_a_key_error(storage: Storage) -> None:
    with pytest.raises(KeyError):
        await storage.tickets.update(TicketId("no such"), lambda old: old)


async def test_concurrent_updates_lose_none(storage: Storage) -> None:
    sent = await claimed(storage, outcome=None)

    def count_read(old: Ticket) -> Ticket:
        reads = old.outcome.clean_reads if isinstance(old.outcome, Lost) else 0
        return replace(old, outcome=Lost(cause=Cause.TIMEOUT, clean_reads=reads + 1))

    await asyncio.gather(*(storage.tickets.update(sent.id, count_read) for _ in range(50)))
    final = await storage.tickets.get(sent.id)
    assert final is not None
    assert final.outcome == Lost(cause=Cause.TIMEOUT, clean_reads=50)
    assert final.revision == sent.revision + 50


async def test_unshown_are_cards_that_were_sent_and_are_behind(storage: Storage) -> None:
    await stored(storage)
    await stored(storage, message=None, revision=3, shown=0)
    behind = await claimed(storage)
    also_behind = await claimed(storage)
    assert await storage.tickets.unshown(limit=10) == (behind, also_behind)
    assert await storage.tickets.unshown(limit=1) == (behind,)
    await storage.tickets.mark_shown(behind.id, behind.revision)
    assert await storage.tickets.unshown(limit=10) == (also_behind,)


async def test_late_word_of_an_older_painting_does_not_undo_a_newer_one(storage: Storage) -> None:
    card = await claimed(storage)
    await storage.tickets.mark_shown(card.id, 2)
    await storage.tickets.mark_shown(card.id, 1)
    assert await storage.tickets.unshown(limit=10) == ()


async def test_expire_takes_all_that_are_over_and_only_those(storage: Storage) -> None:
    over, running, taken = (
        await stored(storage),
        await stored(storage, expires_at=NOW + 2 * SOON),
        await claimed(storage),
    )
    late = await stored(storage, expires_at=NOW + SOON)
    assert set(await storage.tickets.expire(now=NOW + SOON)) == {late.id}
    assert await storage.tickets.expire(now=NOW + SOON) == ()
    expired = await storage.tickets.get(late.id)
    assert expired == replace(late, state=TicketState.EXPIRED, closed_at=NOW + SOON, revision=2)
    for untouched in (over, running, taken):
        assert await storage.tickets.get(untouched.id) == untouched


async def test_recover_makes_every_claimed_ticket_uncertain_and_due(storage: Storage) -> None:
    sent, waiting = await claimed(storage), await stored(storage)
    assert await storage.tickets.recover(now=NOW + SOON) == (sent.id,)
    assert await storage.tickets.recover(now=NOW + SOON) == ()
    (due,) = await storage.tickets.due(now=NOW + SOON, limit=10)
    assert due == replace(
        sent,
        state=TicketState.UNCERTAIN,
        outcome=Lost(cause=Cause.SHUTDOWN),
        next_look_at=NOW + SOON,
        revision=sent.revision + 1,
    )
    assert await storage.tickets.get(waiting.id) == waiting


async def test_due_come_earliest_first_and_never_early(storage: Storage) -> None:
    later = await claimed(storage, next_look_at=NOW + 2 * SOON)
    sooner = await claimed(storage, next_look_at=NOW + SOON)
    await claimed(storage)
    assert await storage.tickets.next_due() == NOW + SOON
    assert await storage.tickets.due(now=NOW, limit=10) == ()
    assert await storage.tickets.due(now=NOW + SOON, limit=10) == (sooner,)
    assert await storage.tickets.due(now=NOW + 2 * SOON, limit=10) == (sooner, later)
    assert await storage.tickets.due(now=NOW + 2 * SOON, limit=1) == (sooner,)


async def test_next_due_is_none_when_nothing_is(storage: Storage) -> None:
    await claimed(storage)
    assert await storage.tickets.next_due() is None


async def test_pending_and_unsettled_are_told_apart_by_state_and_person(storage: Storage) -> None:
    waiting = await stored(storage)
    sent = await claimed(storage)
    lost = await stored(storage, state=TicketState.UNCERTAIN)
    await stored(storage, state=TicketState.UNCERTAIN, person=BORIS)
    await stored(storage, state=TicketState.DONE)
    assert await storage.tickets.pending() == (waiting,)
    assert await storage.tickets.unsettled_of(ANNA) == (sent, lost)


async def test_recent_markets_are_those_of_claimed_orders_latest_first(storage: Storage) -> None:
    for market in ("BTCUSDT", "ETHUSDT", "BTCUSDT", "LTCUSDT"):
        await claimed(storage, intent=replace(BUY, market=MarketCode(market)))
    await claimed(storage, intent=CANCEL, terms=CANCEL_TERMS)
    await stored(storage, intent=replace(BUY, market=MarketCode("XRPUSDT")))
    await claimed(storage, intent=replace(BUY, market=MarketCode("ADAUSDT")), person=BORIS)
    assert await storage.tickets.recent_markets(ANNA, limit=10) == ("LTCUSDT", "BTCUSDT", "ETHUSDT")
    assert await storage.tickets.recent_markets(ANNA, limit=1) == ("LTCUSDT",)


async def test_claimed_since_means_another_ticket_of_that_account_afterwards(storage: Storage) -> None:
    sent = await claimed(storage)
    assert sent.claimed_at is not None
    before = sent.claimed_at - SOON
    other = TicketId("other")
    assert await storage.tickets.claimed_since(MAIN, since=before, but=other)
    assert not await storage.tickets.claimed_since(MAIN, since=before, but=sent.id)
    assert not await storage.tickets.claimed_since(MAIN, since=sent.claimed_at, but=other)
    assert not await storage.tickets.claimed_since(AccountId(99), since=before, but=other)


async def test_ticket_outlives_its_account(storage: Storage) -> None:
    account = await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)
    kept = await stored(storage, account=account.id, state=TicketState.DONE)
    await storage.accounts.remove(ANNA, account.id, now=NOW)
    assert await storage.tickets.get(kept.id) == kept


CLAIM_AND_SAY_SO = """
import asyncio, sys
from pathlib import Path
from chatbot.domain.ids import ChatId, MessageId, PersonId, TicketId
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import open_storage
from tests.storage.examples import ANNA, ANNAS_CHAT, NOW, ManualClock

async def main(database, key, ticket, message):
    storage = await open_storage(url=f"sqlite:///{database}", master_key=KeyFile(Path(key)), clock=ManualClock())
    await storage.tickets.claim(ticket, person=ANNA, chat=ANNAS_CHAT, message=int(message), now=NOW)
    print("claimed", flush=True)
    await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_claim_survives_the_death_of_the_process_right_after_it(
    reopen: Reopen, database_file: Path, key_file: Path
) -> None:
    storage = await reopen()
    shown = await stored(storage)
    await storage.aclose()
    arguments = ("-c", CLAIM_AND_SAY_SO, str(database_file), str(key_file), shown.id, str(shown.message))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"claimed\n"
    process.kill()
    await process.communicate()
    storage = await reopen()
    found = await storage.tickets.get(shown.id)
    await storage.aclose()
    assert found == replace(shown, state=TicketState.CLAIMED, claimed_at=NOW, revision=2)
