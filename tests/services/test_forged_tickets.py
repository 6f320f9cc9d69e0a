"""Rows of tickets that somebody wrote into the database behind the program's back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Account
from chatbot.domain.audit import Deed
from chatbot.domain.errors import NotLinked, Obstacle
from chatbot.domain.ids import ChatId, ClientId, MessageId, PersonId, TicketId
from chatbot.domain.intents import Withdraw
from chatbot.domain.tickets import Blocked, RefusedBy, Ticket, TicketState
from chatbot.storage.ticket_table import TICKETS, find, rewrite, values_of
from tests.services.house import ANNA, BORIS, CARD, House
from tests.services.withdrawing import held, requested

Change = Callable[[Ticket], Ticket]


async def insert(house: House, forged: Ticket) -> None:
    await house.storage.database.write(lambda connection: connection.execute(TICKETS.insert(), values_of(forged)))


@pytest.mark.parametrize("person", [ANNA, BORIS])
async def test_a_held_withdrawal_that_was_written_straight_into_the_table_is_not_sent(
    house: House, account: Account, person: PersonId
) -> None:
    real, now = await house.withdrawal_card("BTC 0.05 cold"), house.clock.now()
    forged = replace(
        real,
        id=TicketId("forged"),
        client_id=ClientId(1),
        person=person,
        chat=ChatId(person),
        state=TicketState.HELD,
        send_at=now,
        next_look_at=now,
    )
    await insert(house, forged)
    closed = await house.look(forged)
    assert (closed.state, closed.outcome) == (TicketState.REFUSED, Blocked(obstacle=Obstacle.FORGED))
    assert requested(house.exchange) == []
    (entry, *_) = await house.storage.audit.page(of=person, before=None, limit=1)
    assert (entry.event.deed, entry.event.result) == (Deed.STOPPED, "forged")


def _said(**changes: object) -> Change:
    def change(ticket: Ticket) -> Ticket:
        assert isinstance(ticket.intent, Withdraw)
        return replace(ticket, intent=replace(ticket.intent, **changes))  # type: ignore[arg-type]

    return change


@pytest.mark.parametrize(
    "change",
    [
        _said(alias="evil"),
        _said(amount=Decimal("0.02")),
        _said(currency="USDT"),
        lambda ticket: replace(ticket, send_at=ticket.send_at - timedelta(hours=23)),
        lambda ticket: replace(ticket, person=BORIS),
    ],
)
async def test_what_a_held_one_sends_where_and_when_cannot_be_changed_in_the_table(
    house: House, account: Account, change: Change
) -> None:
    real = await held(house, "BTC 0.01 cold")
    forged = change(real)
    assert forged.send_at is not None

    def write(connection: sa.Connection) -> None:
        found = find(connection, real.id)
        assert found is not None
        rewrite(connection, found, replace(forged, next_look_at=forged.send_at))

    await house.storage.database.write(write)
    house.clock.at = forged.send_at
    assert (await house.look(real)).outcome == Blocked(obstacle=Obstacle.FORGED)
    assert requested(house.exchange) == []


async def test_the_seal_of_another_held_one_does_not_fit(house: House, account: Account) -> None:
    one, other = await held(house, "BTC 0.01 cold"), await held(house, "USDT 5 cold")
    assert one.send_at is not None
    seal = sa.select(TICKETS.c.seal).where(TICKETS.c.id == other.id).scalar_subquery()
    moved = TICKETS.update().where(TICKETS.c.id == one.id).values(seal=seal)
    await house.storage.database.write(lambda connection: connection.execute(moved))
    house.clock.at = one.send_at
    assert (await house.look(one)).outcome == Blocked(obstacle=Obstacle.FORGED)


async def test_nothing_is_signed_with_the_key_of_somebody_else(house: House, account: Account) -> None:
    card = await house.order_card(account)
    forged = replace(card, id=TicketId("forged"), client_id=ClientId(1), person=BORIS, chat=ChatId(BORIS), message=CARD)
    await insert(house, forged)
    claimed = await house.tickets.claim(forged.id, person=BORIS, chat=forged.chat, message=MessageId(CARD))
    refused = await house.tickets.execute(claimed)
    assert refused.state is TicketState.REFUSED and isinstance(refused.outcome, RefusedBy)
    assert house.exchange.changes == 0
    with pytest.raises(NotLinked):
        await house.storage.accounts.credentials(account.id, of=BORIS)
