from datetime import timedelta
from itertools import pairwise

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import KeyRejected
from chatbot.domain.ids import AccountId, PersonId
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.workers.keys_alive import EVERY, KeysAlive
from tests.services.house import House


@pytest.fixture
def tried(house: House, monkeypatch: pytest.MonkeyPatch) -> list[tuple[AccountId, timedelta]]:
    """Which accounts were tried, and how long after the start."""
    probe, began = house.key_health.probe, house.clock.now()
    noted: list[tuple[AccountId, timedelta]] = []

    async def watched(account: Account) -> None:
        noted.append((account.id, house.clock.now() - began))
        await probe(account)

    monkeypatch.setattr(house.key_health, "probe", watched)
    return noted


async def let_run(house: House, length: timedelta) -> None:
    keys = KeysAlive(health=house.key_health, clock=house.clock, entropy=house.entropy)
    end = house.clock.now() + length
    while house.clock.now() < end:
        house.clock.at += await keys.step()


async def test_every_account_is_tried_every_six_hours_spread_over_them(
    house: House, tried: list[tuple[AccountId, timedelta]]
) -> None:
    accounts = [await house.link(PersonId(number)) for number in range(1, 4)]
    await let_run(house, timedelta(hours=13))
    by_account = {account.id: [at for tried_id, at in tried if tried_id == account.id] for account in accounts}
    for moments in by_account.values():
        assert [later - earlier for earlier, later in pairwise(moments)] == [EVERY] * (len(moments) - 1)
        assert len(moments) >= 2
    gaps = [later - earlier for (_, earlier), (_, later) in pairwise(tried)]
    assert set(gaps) == {EVERY / 3}


async def test_right_after_a_start_nothing_is_read(house: House, tried: list[tuple[AccountId, timedelta]]) -> None:
    await house.link()
    await let_run(house, timedelta(minutes=14))
    assert tried == []


async def test_a_dead_key_is_noticed_without_anybody_using_it(house: House, account: Account) -> None:
    for call in ("balances", "orders open"):
        house.exchange.fail(call, KeyRejected(status=401))
    await let_run(house, timedelta(hours=1))
    kinds = [notice.kind for notice in await house.told() if isinstance(notice, Alarm)]
    assert kinds == [AlarmKind.KEY_REJECTED]


async def test_without_accounts_it_just_waits(house: House) -> None:
    await let_run(house, timedelta(hours=2))
    assert house.exchange.calls == []
