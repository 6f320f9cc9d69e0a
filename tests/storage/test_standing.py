from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.gate import Standing
from chatbot.domain.ids import AccountId, PersonId
from chatbot.domain.intents import Intent, Terms, Withdraw, WithdrawTerms
from chatbot.domain.limits import WINDOW, LimitKind, Limits, Spent
from chatbot.domain.money import Amount
from chatbot.domain.tickets import SwapCreated, Ticket, TicketState
from chatbot.ports.limits import NewLimit
from chatbot.storage.opening import Storage
from chatbot.storage.standing import COUNTED, Standings
from chatbot.storage.ticket_table import TICKETS, values_of
from tests.storage.examples import (
    ANNA,
    ANNAS_CHAT,
    BORIS,
    BUY,
    BUY_TERMS,
    CANCEL,
    CANCEL_TERMS,
    NOW,
    PAYOUT_TERMS,
    SET_PAYOUT,
    SWAP,
    SWAP_TERMS,
    credentials,
)
from tests.storage.examples import ticket as stored

AGO = timedelta(hours=23, minutes=59)
COUNTED_HOWEVER_OLD = (TicketState.HELD, TicketState.CLAIMED, TicketState.UNCERTAIN)


class Stopping:
    """What is stopped and who has a second factor, as a test wants it."""

    def __init__(
        self, *, locked: Iterable[PersonId] = (), halted: bool = False, required: bool = False, on: Iterable[int] = ()
    ) -> None:
        self.locked, self.is_halted, self.required, self.on = set(locked), halted, required, set(on)

    def is_locked(self, person: PersonId, now: object) -> bool:
        return person in self.locked

    def has(self, person: PersonId) -> bool:
        return person in self.on


@pytest.fixture
async def account(storage: Storage) -> Account:
    return await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)


def standings(storage: Storage, stopping: Stopping | None = None) -> Standings:
    stopping = stopping or Stopping()
    return Standings(storage.database, limits=storage.limits, switches=stopping, factors=stopping)


def order(account: Account, value: str | None = "600", state: TicketState = TicketState.DONE, **more: Any) -> Ticket:
    terms = replace(BUY_TERMS, value=None if value is None else Decimal(value))
    return _ticket(account, BUY, terms, state, **more)


def withdrawal(
    account: Account,
    amount: str = "100",
    value: str | None = "50",
    state: TicketState = TicketState.DONE,
    currency: str = "XRP",
    **more: Any,
) -> Ticket:
    intent = Withdraw(account=account.id, currency=currency, amount=Decimal(amount), alias="savings")
    nothing = Amount(Decimal(0), currency)
    terms = WithdrawTerms(
        before=nothing,
        after=nothing,
        uses=0,
        hold=timedelta(0),
        held_until=None,
        value=None if value is None else Decimal(value),
        left=nothing,
    )
    return _ticket(account, intent, terms, state, **more)


def swap(account: Account, value: str = "500", state: TicketState = TicketState.DONE, **more: Any) -> Ticket:
    sent = Decimal(value)
    terms = replace(SWAP_TERMS, deposit=Amount(sent, "USDT"), value=sent)
    return _ticket(account, SWAP, terms, state, **more)


def _ticket(account: Account, intent: Intent, terms: Terms, state: TicketState, **more: Any) -> Ticket:
    claimed = {"claimed_at": NOW} if state in (TicketState.CLAIMED, TicketState.UNCERTAIN, TicketState.DONE) else {}
    return stored(account=account.id, intent=intent, terms=terms, state=state, **(claimed | more))


async def put(storage: Storage, *tickets: Ticket) -> None:
    await storage.database.write(
        lambda connection: connection.execute(TICKETS.insert(), [values_of(ticket) for ticket in tickets])
    )


async def spent(storage: Storage, account: Account, currency: str = "XRP", after: timedelta = AGO) -> Spent:
    return (await standings(storage).of(account.id, ANNA, currency=currency, now=NOW + after)).spent


@pytest.mark.parametrize("state", list(TicketState))
async def test_what_may_have_moved_or_is_on_its_way_counts_and_nothing_else(
    storage: Storage, account: Account, state: TicketState
) -> None:
    await put(storage, order(account, state=state), withdrawal(account, state=state))
    counts = state in COUNTED_HOWEVER_OLD or state is TicketState.DONE
    found = await spent(storage, account)
    assert sums(found) == ([600, 100, 50] if counts else [0, 0, 0])


@pytest.mark.parametrize("state", [TicketState.DONE, *COUNTED_HOWEVER_OLD])
async def test_only_what_is_done_stops_counting_after_a_day(
    storage: Storage, account: Account, state: TicketState
) -> None:
    await put(storage, order(account, state=state), withdrawal(account, state=state))
    just_before = await spent(storage, account, after=WINDOW - timedelta(microseconds=1))
    assert sums(just_before) == [600, 100, 50]
    later = await spent(storage, account, after=WINDOW)
    assert sums(later) == ([600, 100, 50] if state in COUNTED_HOWEVER_OLD else [0, 0, 0])


@pytest.mark.parametrize("state", list(TicketState))
async def test_a_swap_counts_for_a_day_unless_it_ended_unpaid_and_for_swaps_alone(
    storage: Storage, account: Account, state: TicketState
) -> None:
    unpaid = SwapCreated(reference="ABCDEF", unpaid=True)
    await put(storage, swap(account, state=state), swap(account, "7", state=state, outcome=unpaid))
    found, later = await spent(storage, account), await spent(storage, account, after=WINDOW)
    assert sums(found) == [0, 0, 0]
    assert found.swaps == (500 if state in (*COUNTED_HOWEVER_OLD, TicketState.DONE) else 0)
    assert later.swaps == (500 if state in COUNTED_HOWEVER_OLD else 0)
    assert found.swaps_ease_at == (NOW + WINDOW if state is TicketState.DONE else None)


async def test_an_uncertain_swap_freezes_nothing(storage: Storage, account: Account) -> None:
    await put(storage, swap(account, state=TicketState.UNCERTAIN))
    assert not (await read(storage, swap(account))).frozen
    assert not (await read(storage, withdrawal(account, currency="USDT"))).frozen


async def test_worth_adds_up_over_everything_and_amounts_by_currency(storage: Storage, account: Account) -> None:
    await put(
        storage,
        order(account, "0.1"),
        order(account, "0.2"),
        order(account, None),
        withdrawal(account, "100", "50"),
        withdrawal(account, "1", None),
        withdrawal(account, "2", "4000", currency="ETH"),
    )
    found = await spent(storage, account)
    assert sums(found) == [Decimal("0.3"), 101, 4050]
    assert (await spent(storage, account, "ETH")).withdrawn == 2
    assert (await spent(storage, account, "BTC")).withdrawn == 0


async def test_it_is_said_when_the_earliest_of_it_stops_counting(storage: Storage, account: Account) -> None:
    earlier = NOW - timedelta(hours=2)
    await put(
        storage,
        order(account, claimed_at=earlier),
        order(account),
        order(account, state=TicketState.UNCERTAIN, claimed_at=earlier - WINDOW),
        withdrawal(account, state=TicketState.HELD),
    )
    found = await spent(storage, account, after=timedelta(0))
    assert (found.orders_ease_at, found.withdrawn_ease_at) == (earlier + WINDOW, None)


async def test_other_accounts_do_not_count_and_neither_does_the_ticket_itself(
    storage: Storage, account: Account
) -> None:
    other = replace(account, id=AccountId(account.id + 1))
    own = order(account, state=TicketState.CLAIMED)
    await put(storage, own, order(other), withdrawal(other))
    standing = await read(storage, own)
    assert standing.spent == Spent()
    assert (await read(storage, order(account))).spent.orders == 600


async def test_an_uncertain_withdrawal_freezes_its_currency_and_account_only(
    storage: Storage, account: Account
) -> None:
    await put(
        storage,
        withdrawal(account, state=TicketState.UNCERTAIN),
        withdrawal(account, state=TicketState.CLAIMED, currency="ETH"),
        order(account, state=TicketState.UNCERTAIN),
    )
    other = replace(account, id=AccountId(account.id + 1))
    assert (await read(storage, withdrawal(account))).frozen
    assert not (await read(storage, withdrawal(account, currency="ETH"))).frozen
    assert not (await read(storage, withdrawal(account, currency="USDT"))).frozen
    assert not (await read(storage, withdrawal(other))).frozen


async def test_it_holds_the_limits_of_that_moment(storage: Storage, account: Account) -> None:
    new = NewLimit(account=account, kind=LimitKind.ORDER, value=Decimal(7))
    await storage.limits.set(new, person=ANNA, chat=ANNAS_CHAT, now=NOW)
    assert (await read(storage, order(account))).limits == Limits(order=Decimal(7))


@pytest.mark.parametrize("intended", ["order", "withdrawal", "cancel", "swap", "payout"])
async def test_locks_and_second_factors_are_asked_for_every_kind_of_ticket(
    storage: Storage, account: Account, intended: str
) -> None:
    card = {
        "order": order(account),
        "withdrawal": withdrawal(account),
        "cancel": stored(account=account.id, intent=CANCEL, terms=CANCEL_TERMS),
        "swap": swap(account),
        "payout": stored(account=account.id, intent=SET_PAYOUT, terms=PAYOUT_TERMS),
    }[intended]
    assert switched(await read(storage, card, Stopping(locked=[BORIS], on=[ANNA], required=True))) == set()
    assert switched(await read(storage, card, Stopping(locked=[ANNA]))) == {"locked"}
    assert switched(await read(storage, card, Stopping(halted=True))) == {"halted"}
    assert switched(await read(storage, card, Stopping(required=True, on=[BORIS]))) == {"factor_missing"}


async def test_a_claim_reads_what_counts_by_the_index_that_bounds_it(storage: Storage) -> None:
    """A whole history does not make a claim slower: both halves are found by account, state and time."""
    sql = COUNTED.sql
    nulls = tuple([None] * sql.count("?"))
    plan = await storage.database.read(
        lambda connection: connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", nulls).all()
    )
    searches = [row[3] for row in plan if "tickets" in row[3]]
    assert searches == [
        "SEARCH tickets USING INDEX ix_tickets_spent (account=? AND state=?)",
        "SEARCH tickets USING INDEX ix_tickets_spent (account=? AND state=? AND claimed_at>?)",
    ]


async def read(storage: Storage, card: Ticket, stopping: Stopping | None = None) -> Standing:
    def work(connection: sa.Connection) -> Standing:
        return standings(storage, stopping).read(connection, card, NOW)

    return await storage.database.read(work)


def sums(spent: Spent) -> list[object]:
    return [spent.orders, spent.withdrawn, spent.withdrawals]


def switched(standing: Standing) -> set[str]:
    return {name for name in ("halted", "locked", "factor_missing") if getattr(standing, name)}
