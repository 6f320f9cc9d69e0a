"""What happened to orders and balances, out of the outbox as it stands, into words."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import cast

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import ClientId, OrderNumber
from chatbot.domain.orders import OrderStatus
from chatbot.services.desk import Services
from chatbot.services.follow_ups import FollowUps
from handlers.announcer import Announcer, Push
from handlers.follow_ups import TELLINGS
from handlers.views.screen import Screen
from tests.services.house import ANNA, House
from tests.storage.examples import ORDER


@pytest.fixture
def announcer(house: House) -> Announcer:
    services = SimpleNamespace(
        preferences=house.preferences, people=house.people(ANNA), tickets=house.tickets, life=house.storage.life
    )
    return Announcer(TELLINGS, services=cast(Services, services), clock=house.clock)


async def told(house: House, announcer: Announcer) -> list[tuple[str, bool]]:
    """Every message that goes out now, and whether it comes without a sound."""
    said: list[tuple[str, bool]] = []
    while due := await house.storage.outbox.due(now=house.clock.at, limit=20, turns=1):
        push = await announcer.announce(due)
        assert isinstance(push, Push)
        if isinstance(push.shown, Screen):
            said.append((push.shown.text.plain, push.silent))
        await house.storage.outbox.sent(*(entry.id for entry in push.entries))
    return said


async def test_after_downtime_the_summary_comes_first_without_a_sound_and_then_all_fills_in_one_message(
    house: House, account: Account, announcer: Announcer
) -> None:
    filled = replace(
        ORDER, client_id=ClientId(0), status=OrderStatus.FILLED, executed=ORDER.volume, remaining=Decimal(0)
    )
    key = house.exchange.holders["key-1"].credentials
    await house.follow_ups.look(account)
    await house.storage.life.begin(now=house.clock.at)
    earlier = await house.storage.outbox.due(now=house.clock.at, limit=99)
    await house.storage.outbox.sent(*(entry.id for entry in earlier))
    for number in (90_001, 90_002):
        house.exchange.put(key, replace(filled, number=OrderNumber(number)))
    house.clock.pass_(timedelta(minutes=12).total_seconds())
    await house.storage.life.begin(now=house.clock.at)
    back = FollowUps(
        store=house.storage.follow_ups,
        accounts=house.storage.accounts,
        exchanges={Venue.PAPER: house.exchange},
        cards=house.cards,
        clock=house.clock,
        was_away=True,
    )
    await back.look(account)
    assert await told(house, announcer) == []  # first it is found out how much there was
    house.clock.pass_(11)
    assert await told(house, announcer) == [("Back after 12 min: 2 fills meanwhile.", True)]
    house.clock.pass_(5)
    [(fills, silent)] = await told(house, announcer)
    assert "Order #90001 is filled." in fills and "Order #90002 is filled." in fills and not silent
    assert await told(house, announcer) == []
