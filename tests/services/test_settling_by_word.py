"""Orders nobody can look up any more: their person's word closes them, and nothing else does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import TicketError
from chatbot.domain.ids import ClientId
from chatbot.domain.tickets import Disowned, Requested, Ticket, TicketState, may_be_settled_by_word
from tests.services.house import ANNA, House
from tests.services.losing import lost, lost_order

pytestmark = pytest.mark.usefixtures("nothing_is_sent_by_looking")


async def look_for(house: House, ticket: Ticket, time: timedelta) -> Ticket:
    """Look whenever it is due, for so long."""
    end = house.clock.at + time
    looked = await house.look_when_due(ticket)
    while looked.next_look_at is not None and looked.next_look_at <= end:
        looked = await house.look_when_due(ticket)
    return looked


async def unreadable(house: House, account: Account) -> Ticket:
    """A lost order whose key was deleted at the exchange an hour ago."""
    ticket = await lost_order(house, account, applied=True)
    house.exchange.holders.clear()
    return await look_for(house, ticket, timedelta(minutes=63))


@pytest.mark.parametrize(
    ("was_sent", "end"),
    [(True, (TicketState.DONE, Requested(confirmed=True))), (False, (TicketState.REFUSED, Disowned()))],
)
async def test_an_order_whose_key_is_gone_is_closed_by_its_persons_word(
    house: House, account: Account, was_sent: bool, end: tuple[TicketState, object]
) -> None:
    ticket = await unreadable(house, account)
    assert ticket.state is TicketState.UNCERTAIN and may_be_settled_by_word(ticket)
    assert await house.storage.forgetting.begin(ANNA) is False
    closed = await house.tickets.settle_by_word(ticket.id, person=ANNA, was_sent=was_sent)
    assert (closed.state, closed.outcome) == end and closed.next_look_at is None
    await house.accounts.unlink(ANNA, account.id)
    assert await house.storage.forgetting.begin(ANNA)


async def test_its_card_is_drawn_anew_once_the_word_is_asked_for(house: House, account: Account) -> None:
    ticket = await unreadable(house, account)
    since = lost(ticket).unreadable_since
    assert since is not None
    before = replace(ticket, outcome=replace(lost(ticket), by_word=False))
    assert not may_be_settled_by_word(before)
    later = await look_for(house, ticket, timedelta(minutes=10))
    assert later.revision == ticket.revision == 5  # claimed, lost, unreadable, an hour over


async def test_an_hour_of_failed_looks_counts_only_without_one_that_succeeds(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    holders = dict(house.exchange.holders)
    house.exchange.holders.clear()
    looked = await look_for(house, ticket, timedelta(minutes=55))
    assert lost(looked).unreadable_since is not None and not may_be_settled_by_word(looked)
    with pytest.raises(TicketError):
        await house.tickets.settle_by_word(ticket.id, person=ANNA, was_sent=True)
    house.exchange.holders.update(holders)
    assert lost(await house.look_when_due(ticket)).unreadable_since is None
    house.exchange.holders.clear()
    assert not may_be_settled_by_word(await look_for(house, ticket, timedelta(minutes=30)))


async def test_an_order_at_a_venue_that_is_gone_from_the_settings_is_left_to_the_word(
    house: House, account: Account
) -> None:
    ticket = await lost_order(house, account, applied=True)
    house.exchange.fail("orders open", KeyError("venue"), times=999)
    assert may_be_settled_by_word(await look_for(house, ticket, timedelta(minutes=63)))


async def test_a_look_alike_without_a_mark_is_left_to_the_word(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=True)
    for holder in house.exchange.holders.values():
        holder.orders = {number: replace(order, client_id=ClientId(0)) for number, order in holder.orders.items()}
    assert may_be_settled_by_word(await house.look_when_due(ticket))
    closed = await house.tickets.settle_by_word(ticket.id, person=ANNA, was_sent=True)
    assert closed.state is TicketState.DONE and closed.next_look_at is None
