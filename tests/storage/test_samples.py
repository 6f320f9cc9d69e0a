"""Samples are kept to the last digit, thinned out with time, and go with their account."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import AccountId
from chatbot.domain.portfolio import KEPT, Position, Sample
from chatbot.storage.opening import Storage
from chatbot.storage.samples import MOST_NAMES
from tests.storage.examples import ANNA, NOW, credentials

DAY = timedelta(days=1)
HELD = Sample(
    at=NOW,
    positions=(
        Position(currency="BTC", amount=Decimal("0.00000001"), price=Decimal("60000.5")),
        Position(currency="XYZ", amount=Decimal(3), price=None),
    ),
)


@pytest.fixture
async def account(storage: Storage) -> Account:
    return await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)


async def test_a_sample_comes_back_as_it_was(storage: Storage, account: Account) -> None:
    await storage.samples.keep(account.id, "Main", HELD)
    assert await storage.samples.latest(account.id, "Main") == HELD
    assert await storage.samples.latest(account.id, "Second") is None


async def test_a_line_begins_with_the_last_sample_before_it(storage: Storage, account: Account) -> None:
    line = [replace(HELD, at=NOW + hours * timedelta(hours=1)) for hours in range(4)]
    for each in line:
        await storage.samples.keep(account.id, "Main", each)
    assert await storage.samples.since(account.id, "Main", NOW + timedelta(minutes=90)) == tuple(line[1:])
    assert await storage.samples.since(account.id, "Main", NOW - DAY) == tuple(line)


async def test_of_old_days_the_last_sample_stays_and_in_the_end_none(storage: Storage, account: Account) -> None:
    begin = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    for hours in (1, 2, 7, 30):
        await storage.samples.keep(account.id, "Main", replace(HELD, at=begin + timedelta(hours=hours)))
    await storage.samples.keep(account.id, "Main", replace(HELD, at=begin + 40 * DAY))
    left = await storage.samples.since(account.id, "Main", begin)
    assert [(each.at - begin) // timedelta(hours=1) for each in left] == [7, 30, 960]
    await storage.samples.keep(account.id, "Main", replace(HELD, at=begin + KEPT + 2 * DAY))
    left = await storage.samples.since(account.id, "Main", begin)
    assert [each.at for each in left] == [begin + 40 * DAY, begin + KEPT + 2 * DAY]


async def test_only_the_last_names_are_remembered(storage: Storage, account: Account) -> None:
    for number in range(MOST_NAMES + 2):
        await storage.samples.remember(account.id, f"sub-{number}", now=NOW + number * DAY)
    await storage.samples.remember(account.id, "sub-2", now=NOW + 20 * DAY)
    await storage.samples.remember(account.id, "another", now=NOW + 21 * DAY)
    names = [each.name for each in await storage.samples.remembered(account.id)]
    assert names == ["another", "sub-2", "sub-4", "sub-5", "sub-6", "sub-7"]


async def test_they_go_with_their_account_and_none_comes_after(storage: Storage, account: Account) -> None:
    await storage.samples.keep(account.id, "Main", HELD)
    await storage.samples.remember(account.id, "Second", now=NOW)
    await storage.accounts.remove(ANNA, account.id, now=NOW)
    for gone in (account.id, AccountId(99)):
        await storage.samples.keep(gone, "Main", HELD)
        await storage.samples.remember(gone, "Second", now=NOW)
        assert await storage.samples.latest(gone, "Main") is None and await storage.samples.remembered(gone) == ()
