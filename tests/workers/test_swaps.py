import asyncio
from datetime import timedelta

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.ids import SwapId
from chatbot.domain.swaps import FollowedSwap
from chatbot.workers.swaps import SwapKeeper
from tests.fakes.execution import TaskSpawner
from tests.services.house import House
from tests.services.swapping import created, link_swaps

LONGEST_REST = timedelta(seconds=1)


class Looks:
    """Notes who is looked at, and ends a look when it is told to."""

    def __init__(self) -> None:
        self.at: list[SwapId] = []
        self.go_on = asyncio.Event()

    async def look(self, followed: FollowedSwap) -> None:
        self.at.append(followed.id)
        await self.go_on.wait()


@pytest.fixture
async def key(house: House) -> Account:
    return await link_swaps(house)


def keeper_of(house: House, looks: Looks) -> SwapKeeper:
    return SwapKeeper(
        store=house.storage.swaps,
        look=looks.look,
        clock=house.clock,
        spawn=TaskSpawner().spawn,
    )


async def test_a_few_at_once_are_looked_at_each_once_whoever_waits_longest_first(house: House, key: Account) -> None:
    made = []
    for _ in range(6):
        made.append(await created(house, key))
        house.clock.pass_(1)
    house.clock.pass_(60)
    looks = Looks()
    keeper = keeper_of(house, looks)
    for _ in range(3):
        await keeper.step()
        await asyncio.sleep(0)
    assert looks.at == [each.id for each in made[:4]]
    looks.go_on.set()
    await asyncio.wait_for(keeper.wake.wait(), 5)


async def test_the_rest_ends_when_the_next_one_is_due(house: House, key: Account) -> None:
    keeper = keeper_of(house, Looks())
    assert await keeper.step() == LONGEST_REST
    await created(house, key)
    assert await keeper.step() == LONGEST_REST  # due in 30 s
    house.clock.pass_(29.5)
    assert await keeper.step() == timedelta(seconds=0.5)
