"""Accounts that are followed: orders from the exchange's site, looks at them, and what waits to be told."""

from dataclasses import replace
from decimal import Decimal

from chatbot.domain.accounts import Account
from chatbot.domain.ids import ClientId, OrderNumber
from chatbot.domain.notices import OutboxEntry
from chatbot.domain.orders import Order, OrderStatus
from tests.services.house import House
from tests.storage.examples import ORDER


def on_the_site(house: House, number: int, *, executed: str = "0", status: OrderStatus = OrderStatus.NEW) -> Order:
    """An order of Anna's that nobody placed here, or how it stands now."""
    done = Decimal(executed)
    order = replace(
        ORDER,
        number=OrderNumber(number),
        client_id=ClientId(0),
        status=status,
        volume=Decimal(1),
        executed=done,
        remaining=1 - done,
        average_price=Decimal(50_000) if done else Decimal(0),
        placed_at=house.clock.at,
    )
    house.exchange.put(house.exchange.holders["key-1"].credentials, order)
    return order


async def entries(house: House) -> list[OutboxEntry]:
    """All that waits to be told, in the order in which it came up."""
    found = await house.storage.outbox.due(now=house.clock.at, limit=999)
    return sorted(found, key=lambda entry: entry.id)


async def look(house: House, account: Account, *, after: float = 20) -> None:
    house.clock.pass_(after)
    await house.follow_ups.look(account)
