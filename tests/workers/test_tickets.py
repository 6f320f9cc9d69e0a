import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.ids import TicketId
from chatbot.domain.orders import OrderStatus
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.services.settling import Settling
from chatbot.workers.supervisor import Supervisor
from chatbot.workers.tickets import TicketKeeper
from tests.services.house import House, placed

LONGEST_REST = timedelta(milliseconds=250)


class SlowLooks:
    """Stands before the settling: notes looks, holds some up, lets some fail."""

    def __init__(self, settling: Settling) -> None:
        self.settling = settling
        self.looked: list[TicketId] = []
        self.slow: set[TicketId] = set()
        self.broken: set[TicketId] = set()
        self.go_on = asyncio.Event()

    async def expire(self) -> None:
        await self.settling.expire()

    async def look(self, ticket: Ticket) -> None:
        self.looked.append(ticket.id)
        if ticket.id in self.broken:
            raise RuntimeError
        if ticket.id in self.slow:
            await self.go_on.wait()
        await self.settling.look(ticket)


@pytest.fixture
async def supervisor(house: House) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(house.clock)
    yield supervisor
    await supervisor.end(within=timedelta(seconds=1))


@pytest.fixture
def looks(house: House) -> SlowLooks:
    return SlowLooks(house.settling)


@pytest.fixture
def keeper(house: House, looks: SlowLooks, supervisor: Supervisor) -> TicketKeeper:
    return TicketKeeper(
        store=house.storage.tickets,
        settling=looks,  # type: ignore[arg-type]
        clock=house.clock,
        spawn=supervisor.spawn,
    )


async def looked_at(house: House, looks: SlowLooks, count: int) -> None:
    """Let the database's thread answer until so many looks have begun, and ended if they are not slow."""
    async with asyncio.timeout(5):
        while len(looks.looked) < count:  # noqa: ASYNC110 - the database has a thread of its own
            await asyncio.sleep(0.001)
        for ticket in set(looks.looked) - looks.slow - looks.broken:
            while True:
                found = await house.storage.tickets.get(ticket)
                if found is None or found.next_look_at is None or found.next_look_at > house.clock.at:
                    break
                await asyncio.sleep(0.001)


async def test_what_is_due_is_looked_at_and_nothing_else(
    house: House, account: Account, keeper: TicketKeeper, looks: SlowLooks
) -> None:
    small = {"volume": Decimal("0.01")}
    due = await house.tap(await house.order_card(account, **small))
    house.clock.pass_(0.3)
    later = await house.tap(await house.order_card(account, **small))
    await keeper.step()
    await looked_at(house, looks, 1)
    assert looks.looked == [due.id] and later.next_look_at is not None


async def test_a_slow_look_does_not_hold_up_others_and_is_not_repeated_meanwhile(
    house: House, account: Account, keeper: TicketKeeper, looks: SlowLooks
) -> None:
    small = {"volume": Decimal("0.01")}
    slow, quick = [await house.tap(await house.order_card(account, **small)) for _ in range(2)]
    house.exchange.fill(placed(quick))
    looks.slow.add(slow.id)
    house.clock.pass_(1)
    for _ in range(3):
        await keeper.step()
        await looked_at(house, looks, 2)
    assert sorted(looks.looked) == sorted([slow.id, quick.id])
    read = await house.read(quick)
    assert read.order is not None and read.order.status is OrderStatus.FILLED
    looks.slow.clear()
    looks.go_on.set()
    await looked_at(house, looks, 2)
    house.clock.pass_(5)
    await keeper.step()
    await looked_at(house, looks, 3)
    assert looks.looked[2] == slow.id


async def test_no_more_than_so_many_looks_at_once(
    house: House, account: Account, keeper: TicketKeeper, looks: SlowLooks
) -> None:
    cards = [await house.order_card(account) for _ in range(20)]
    looks.slow |= {card.id for card in cards}
    house.clock.pass_(15)
    await keeper.step()
    await keeper.step()
    await looked_at(house, looks, 16)
    assert len(looks.looked) == len(set(looks.looked)) == 16


async def test_a_finished_look_wakes_the_keeper_and_a_failed_one_does_not(
    house: House, account: Account, keeper: TicketKeeper, looks: SlowLooks
) -> None:
    ticket = await house.tap(await house.order_card(account))
    looks.broken.add(ticket.id)
    house.clock.pass_(1)
    await keeper.step()
    await looked_at(house, looks, 1)
    await asyncio.sleep(0)
    assert not keeper.wake.is_set()
    looks.broken.clear()
    await keeper.step()
    await looked_at(house, looks, 2)
    await asyncio.wait_for(keeper.wake.wait(), 5)
    assert looks.looked == [ticket.id] * 2


async def test_cards_run_out_in_time(house: House, account: Account, keeper: TicketKeeper) -> None:
    card = await house.order_card(account)
    house.clock.pass_(60)
    await keeper.step()
    assert (await house.read(card)).state is TicketState.EXPIRED


async def test_the_rest_ends_when_the_next_ticket_is_due(house: House, account: Account, keeper: TicketKeeper) -> None:
    assert await keeper.step() == LONGEST_REST
    await house.tap(await house.order_card(account))
    assert await keeper.step() == LONGEST_REST  # due in 0.3 s
    house.clock.pass_(0.1)
    assert await keeper.step() == timedelta(seconds=0.2)
    house.clock.pass_(0.19)
    assert await keeper.step() == timedelta(milliseconds=50)
