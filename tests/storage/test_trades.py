"""Trades are kept once and read in order; files under way are one per person and whole."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.exports import Export, ExportState, Gap
from chatbot.domain.ids import AccountId, ExportId, MarketCode, MessageId, OrderNumber
from chatbot.domain.intents import CancelTerms, Withdraw, WithdrawTerms
from chatbot.domain.money import Amount
from chatbot.domain.secrets import Secret, Session
from chatbot.domain.tickets import Requested, SwapCreated, TicketState
from chatbot.domain.trade_sweeps import Coverage
from chatbot.domain.trades import Trade
from chatbot.storage.opening import Storage
from tests.fakes.instant import trade
from tests.storage.examples import (
    ANNA,
    BORIS,
    CANCEL,
    NOW,
    ORDER,
    PAYOUT_TERMS,
    SET_PAYOUT,
    SWAP,
    SWAP_TERMS,
    ManualClock,
    an_export,
    credentials,
    ticket,
)
from tests.storage.test_swaps import followed

CLOCK = ManualClock()
LATER = NOW + timedelta(days=1)
ASKED = Event(deed=Deed.FILE_ASKED, person=ANNA)


@pytest.fixture
async def account(storage: Storage) -> Account:
    return await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)


def hours(*ago: int) -> list[timedelta]:
    return [timedelta(hours=each) for each in ago]


async def test_trades_are_kept_to_the_last_digit(storage: Storage, account: Account) -> None:
    made = trade(CLOCK, fee=replace(trade(CLOCK).fee, value=Decimal("0E-16")))
    await storage.trades.keep(account.id, [made])
    (kept,) = await storage.trades.batch(account.id, since=None, until=LATER, after=None, limit=9)
    assert kept == made and str(kept.price) == "77285.7142857142857"


async def test_a_trade_read_again_is_kept_once(storage: Storage, account: Account) -> None:
    one, other = trade(CLOCK, 1), trade(CLOCK, 2)
    await storage.trades.keep(account.id, [one, one])
    await storage.trades.keep(account.id, [other, replace(one, transaction="another")])
    kept = await storage.trades.batch(account.id, since=None, until=LATER, after=None, limit=9)
    assert kept == (one, other)


async def test_pages_are_newest_first_by_date_and_of_one_market_if_wanted(storage: Storage, account: Account) -> None:
    made = [trade(CLOCK, 9 - at, ago=ago) for at, ago in enumerate(hours(5, 3, 4, 1, 2))]
    await storage.trades.keep(account.id, [*made, trade(CLOCK, 99, market=MarketCode("ETHUSDT"))])
    wanted = {"market": MarketCode("BTCUSDT"), "since": None, "size": 3}
    first = await storage.trades.page(account.id, number=1, **wanted)  # type: ignore[arg-type]
    second = await storage.trades.page(account.id, number=2, **wanted)  # type: ignore[arg-type]
    assert first.has_next and not second.has_next
    shown = [*first.trades, *second.trades]
    assert shown == sorted(made, key=lambda each: each.at, reverse=True)
    day = await storage.trades.page(account.id, market=None, since=NOW - timedelta(hours=2), number=1, size=9)
    assert len(day.trades) == 3
    assert await storage.trades.reach(account.id) == (NOW - timedelta(hours=5), NOW - timedelta(hours=1))


async def test_batches_go_on_where_the_last_one_ended_also_within_a_moment(storage: Storage, account: Account) -> None:
    made = [trade(CLOCK, number, ago=timedelta(hours=number // 4)) for number in range(1, 20)]
    await storage.trades.keep(account.id, made)
    read: list[Trade] = []
    after = None
    while batch := await storage.trades.batch(account.id, since=None, until=LATER, after=after, limit=3):
        read += batch
        after = (batch[-1].at, batch[-1].number)
    assert read == sorted(made, key=lambda each: (each.at, each.number))


async def test_trades_go_with_their_account_and_none_are_kept_of_one_that_is_gone(
    storage: Storage, account: Account
) -> None:
    await storage.trades.keep(account.id, [trade(CLOCK)])
    await storage.accounts.remove(ANNA, account.id, now=NOW)
    await storage.trades.keep(account.id, [trade(CLOCK)])
    assert await storage.trades.reach(account.id) is None


async def test_accounts_with_a_session_are_due_the_longest_waiting_first(storage: Storage) -> None:
    added = [
        await storage.accounts.add(person, venue=venue, credentials=credentials(), now=NOW)
        for person, venue in ((ANNA, Venue.PAPER), (BORIS, Venue.PAPER), (BORIS, Venue.ANDX), (BORIS, Venue.PAPER))
    ]
    first, second, elsewhere, without = added
    session = Session(username=Secret("user"), token=Secret("token"))
    for account in (first, second, elsewhere):
        await storage.accounts.put_session(account, session, now=NOW)
    assert await storage.trades.due(Venue.PAPER, now=NOW) == first
    covered = Coverage(since=NOW - timedelta(days=30), until=NOW)
    await storage.trades.cover(first.id, covered, next_at=LATER)
    assert await storage.trades.due(Venue.PAPER, now=NOW) == second
    await storage.trades.put_off(second.id, until=LATER - timedelta(hours=1))
    assert await storage.trades.due(Venue.PAPER, now=NOW) is None
    assert await storage.trades.due(Venue.PAPER, now=LATER) == second
    await storage.accounts.reject_session(second, session, now=NOW)
    await storage.trades.put_off(first.id, until=NOW)
    assert await storage.trades.due(Venue.PAPER, now=LATER) == first
    assert await storage.trades.coverage(first.id) == covered
    assert await storage.trades.coverage(second.id) is None and await storage.trades.coverage(without.id) is None


async def test_nothing_is_noted_of_an_account_that_is_gone(storage: Storage, account: Account) -> None:
    await storage.accounts.remove(ANNA, account.id, now=NOW)
    await storage.trades.cover(account.id, Coverage(since=NOW, until=LATER), next_at=LATER)
    assert await storage.trades.keep(account.id, [trade(CLOCK)]) == 0
    assert await storage.trades.coverage(account.id) is None


async def begun(storage: Storage, account: Account, **changes: object) -> Export:
    export = await storage.exports.begin(an_export(ANNA, account, **changes), ASKED)
    assert export is not None
    return export


async def test_a_person_has_one_file_at_a_time(storage: Storage, account: Account) -> None:
    first = await begun(storage, account)
    assert await storage.exports.begin(an_export(ANNA, account), ASKED) is None
    assert await storage.exports.begin(an_export(BORIS, account), replace(ASKED, person=BORIS)) is not None
    assert await storage.exports.of(ANNA) == first
    assert await storage.exports.drop(first.id)
    second = await begun(storage, account)
    assert second.id > first.id


async def test_that_a_file_was_asked_for_is_written_down(storage: Storage, account: Account) -> None:
    await begun(storage, account)
    await storage.exports.begin(an_export(ANNA, account), ASKED)
    deeds = [entry.event.deed for entry in await storage.audit.page(of=ANNA, before=None, limit=9)]
    assert deeds.count(Deed.FILE_ASKED) == 1


async def test_what_was_read_is_stored_with_the_next_page(storage: Storage, account: Account) -> None:
    export = await begun(storage, account, gaps=(Gap.SHORT_HISTORY,))
    await storage.exports.attach(export.id, MessageId(9))
    turned = replace(export, page=2, read=1, state=ExportState.WRITING, next_at=None)
    assert await storage.exports.save(turned, trades=[trade(CLOCK)], orders=[ORDER, ORDER])
    assert await storage.exports.get(export.id) == replace(turned, message=MessageId(9))
    assert await storage.trades.reach(account.id) is not None
    assert await storage.exports.orders(turned, after=None, limit=9) == (ORDER,)


async def test_nothing_is_stored_for_a_file_that_was_given_up(storage: Storage, account: Account) -> None:
    export = await begun(storage, account)
    await storage.exports.drop(export.id)
    assert not await storage.exports.save(replace(export, page=2), trades=[trade(CLOCK)], orders=[ORDER])
    assert await storage.trades.reach(account.id) is None


async def test_an_order_read_twice_counts_as_it_was_last(storage: Storage, account: Account) -> None:
    export = await begun(storage, account)
    changed = replace(ORDER, executed=ORDER.volume)
    await storage.exports.save(export, orders=[ORDER])
    await storage.exports.save(export, orders=[changed, replace(ORDER, number=OrderNumber(1), placed_at=LATER)])
    assert await storage.exports.orders(export, after=None, limit=9) == (changed,)


async def test_only_what_is_under_way_can_be_given_up(storage: Storage, account: Account) -> None:
    export = await begun(storage, account)
    await storage.exports.save(replace(export, state=ExportState.READY))
    assert not await storage.exports.drop(export.id, only_under_way=True)
    assert await storage.exports.drop(export.id)


async def test_whoever_waits_longest_goes_on_first(storage: Storage, account: Account) -> None:
    late = await begun(storage, account, next_at=NOW)
    early = await storage.exports.begin(
        an_export(BORIS, account, next_at=NOW - timedelta(hours=1)), replace(ASKED, person=BORIS)
    )
    assert early is not None
    assert [each.id for each in await storage.exports.due(now=NOW, limit=9)] == [early.id, late.id]
    assert [each.id for each in await storage.exports.due(now=NOW - timedelta(minutes=1), limit=9)] == [early.id]


async def test_files_are_private_and_go_when_nobody_waits_for_them(storage: Storage) -> None:
    files = storage.export_files
    assert await files.present() == frozenset()
    for number in (ExportId(7), ExportId(71)):
        await files.begin(number, 1)
        assert await files.append(number, 1, b"abc") == 3
        assert await files.append(number, 1, b"de") == 5
    path = files.path(ExportId(7), 1)
    assert path.read_bytes() == b"abcde"
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    await files.begin(ExportId(7), 1)
    assert path.read_bytes() == b""
    await files.drop({ExportId(7)})
    assert await files.present() == {ExportId(71)}


async def test_the_last_trade_of_a_market_is_the_newest_of_that_account(storage: Storage, account: Account) -> None:
    other = await storage.accounts.add(BORIS, venue=Venue.PAPER, credentials=credentials(), now=NOW)
    aave, btc = MarketCode("AAVEUSDT"), MarketCode("BTCUSDT")
    old, new = (trade(CLOCK, number, ago=ago, market=aave) for number, ago in zip((9, 3), hours(5, 2), strict=True))
    bought, foreign = trade(CLOCK, 4, ago=timedelta(hours=9)), trade(CLOCK, 5, market=aave)
    await storage.trades.keep(account.id, [new, old, bought])
    await storage.trades.keep(other.id, [foreign])
    found = await storage.trades.last(account.id, (aave, btc, MarketCode("ETHUSDT")))
    assert found == {aave: new, btc: bought}


async def test_history_joins_what_was_sent_newest_first(storage: Storage) -> None:
    withdraw = Withdraw(account=AccountId(3), currency="XRP", amount=Decimal(1), alias="savings")
    xrp = Amount(Decimal(9), "XRP")
    terms = WithdrawTerms(before=xrp, after=xrp, uses=0, hold=timedelta(0), held_until=None, value=None, left=xrp)
    sent = {"state": TicketState.DONE, "outcome": Requested()}
    swap = {"intent": SWAP, "terms": SWAP_TERMS, "outcome": SwapCreated(reference="ABCDEF123456")}
    made = [
        ticket(claimed_at=NOW, **sent),
        ticket(claimed_at=NOW + timedelta(minutes=1), intent=withdraw, terms=terms, **sent),
        ticket(claimed_at=NOW + timedelta(minutes=2), **(sent | swap)),
    ]
    left_out = [
        ticket(),
        ticket(claimed_at=NOW, intent=CANCEL, terms=CancelTerms(orders=()), **sent),
        ticket(claimed_at=NOW, intent=SET_PAYOUT, terms=PAYOUT_TERMS, **sent),
        ticket(claimed_at=NOW, person=BORIS, **sent),
    ]
    for each in (*left_out, *made):
        await storage.tickets.add(each)
    await storage.swaps.follow(followed(ticket=made[2].id))
    found = await storage.history.newest(ANNA, skip=0, limit=9)
    assert [deal.ticket for deal in found] == made[::-1]
    assert [deal.swap is not None for deal in found] == [True, False, False]
    assert [deal.ticket for deal in await storage.history.newest(ANNA, skip=1, limit=1)] == [made[1]]
    first = await storage.history.batch(ANNA, since=None, until=NOW + timedelta(minutes=2), after=None, limit=1)
    then = await storage.history.batch(
        ANNA, since=NOW, until=NOW + timedelta(minutes=2), after=(first[0].at, first[0].ticket.id), limit=9
    )
    assert [deal.ticket for deal in (*first, *then)] == made[:2]
