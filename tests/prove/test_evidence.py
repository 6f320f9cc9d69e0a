"""What the random histories found once, told step by step."""

import random
from datetime import timedelta

from chatbot.domain.orders import OrderFilter, OrderPage
from chatbot.domain.tickets import Placed
from tests.fakes.clock import FakeClock
from tests.prove.evidence import World, live


class Restless(World):
    """After every first page of open orders that is read, the oldest of them ends, as long as there are twenty."""

    async def orders(self, *arguments: object, **wanted: object) -> OrderPage:
        read = await super().orders(*arguments, **wanted)  # type: ignore[arg-type]
        self.clock.at += timedelta(seconds=0.1)
        still = [each for each in self.books if each.closes_at > self.now]
        if wanted["which"] is OrderFilter.OPEN and wanted["page"] == 1 and len(still) > 20:
            still[0].closes_at = self.now
        elif wanted["which"] is OrderFilter.CLOSED:
            self.add(closes_at=10**9, number=1)  # the next look meets two pages again
        return read


async def test_an_order_that_slips_from_page_to_page_is_not_called_missing() -> None:
    world = Restless(
        chance=random.Random(1),
        clock=FakeClock(),
        placed=True,
        applied_at=0.0,
        shows_at=0.0,
        closes=(10**9,),
        oldest_first=True,
        unrest=0.0,
        fails=0.0,
        latency=0.0,
    )
    world.populate(opened=20, closed=0)
    store = await live(world)
    assert isinstance(store.ticket.outcome, Placed)
