"""Whose turn it is, what it may cost, and who has to wait."""

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause, ChatbotError, KeyRejected, Unavailable
from chatbot.domain.ids import AccountId, PersonId
from chatbot.services.follow_ups import FollowUps, Looked
from chatbot.workers.account_watch import AccountWatch, Schedule
from tests.fakes.clock import START, FakeClock, FakeEntropy
from tests.fakes.exchange import FakeExchange

MINUTE = timedelta(minutes=1)


@dataclass
class Looks:
    """Counts looks. Accounts up to `fresh` have something going on; `failing` ones raise."""

    clock: FakeClock
    fresh: int = 0
    failing: dict[int, ChatbotError] = field(default_factory=dict)
    seen: list[tuple[float, int]] = field(default_factory=list)
    new: set[AccountId] = field(default_factory=set)

    async def look(self, account: Account) -> Looked:
        self.seen.append((self.clock.monotonic(), account.id))
        if account.id in self.failing:
            raise self.failing[account.id]
        return Looked(requests=1, pause=timedelta(seconds=10) if account.id <= self.fresh else 5 * MINUTE)

    def stirred(self, among: Container[AccountId]) -> frozenset[AccountId]:
        stirred, self.new = frozenset(self.new), set()
        return stirred

    def counts(self) -> Counter[int]:
        return Counter(account for _, account in self.seen)


@dataclass
class Keys:
    accounts: tuple[Account, ...]
    probed: list[int] = field(default_factory=list)

    async def everyone(self) -> tuple[Account, ...]:
        return self.accounts

    async def probe(self, account: Account) -> None:
        self.probed.append(account.id)


class Setting:
    def __init__(self, accounts: int, *, fresh: int = 0, out: Container[int] = ()) -> None:
        self.clock = FakeClock()
        self.exchange = FakeExchange(self.clock)
        self.looks = Looks(self.clock, fresh=fresh)
        here = [account(number) for number in range(1, accounts + 1)]
        elsewhere = replace(account(9_999), venue=Venue.ANDX)
        self.keys = Keys((*here, elsewhere))

        async def is_in(person: PersonId) -> bool:
            return person not in out

        self.watch = AccountWatch(
            venue=Venue.PAPER,
            exchange=self.exchange,
            follow_ups=cast(FollowUps, cast(Any, self.looks)),
            keys=self.keys,
            is_in=is_in,
            per_minute=60,
            clock=self.clock,
            entropy=FakeEntropy(),
        )

    async def run(self, length: timedelta) -> None:
        until = self.clock.at + length
        while self.clock.at < until:
            self.clock.at += await self.watch.step()


def account(number: int) -> Account:
    return Account(
        id=AccountId(number),
        person=PersonId(number),
        venue=Venue.PAPER,
        label="paper-1",
        key_tail="tail",
        linked_at=START,
    )


async def test_a_thousand_accounts_are_looked_at_in_turn_and_a_fresh_order_far_more_often() -> None:
    setting = Setting(1_000, fresh=2)
    await setting.run(timedelta(hours=6))
    counts = setting.looks.counts()
    assert len(counts) == 1_000
    idle = [count for number, count in counts.items() if number > 2]
    assert max(idle) - min(idle) <= 1
    assert min(counts[1], counts[2]) > 300 * max(idle)


async def test_the_watch_stays_within_its_share_however_many_wait() -> None:
    setting = Setting(1_000, fresh=1_000)
    await setting.run(timedelta(hours=1))
    assert len(setting.looks.seen) <= 60 * 60 / 4 + 1


async def test_people_go_first() -> None:
    setting = Setting(3)
    setting.exchange.wait = timedelta(seconds=7)
    assert await setting.watch.step() == timedelta(seconds=7)
    assert setting.looks.seen == []


async def test_an_order_that_was_just_placed_hastens_its_account() -> None:
    setting = Setting(3)
    await setting.run(MINUTE)
    assert setting.looks.counts() == {1: 1, 2: 1, 3: 1}
    setting.looks.new = {AccountId(2)}
    await setting.run(timedelta(seconds=20))
    assert setting.looks.counts()[2] == 2


async def test_nothing_is_asked_for_whoever_was_removed_or_is_at_another_venue() -> None:
    setting = Setting(3, out={2})
    await setting.run(timedelta(hours=1))
    assert setting.looks.counts().keys() == {1, 3}


async def test_a_key_that_is_rejected_is_tried_and_rests_without_others() -> None:
    setting = Setting(3)
    setting.looks.failing[2] = KeyRejected(status=401)
    await setting.run(timedelta(hours=3))
    counts = setting.looks.counts()
    assert counts[1] == counts[3] >= 30
    assert setting.keys.probed == [2] * counts[2] and counts[2] <= 12


@pytest.mark.parametrize("away", [Cause.UNREACHABLE, Cause.TIMEOUT, Cause.SERVER_FAULT])
async def test_an_exchange_that_is_away_is_asked_ever_more_rarely_and_then_at_once_for_all(away: Cause) -> None:
    setting = Setting(100)
    setting.looks.failing = dict.fromkeys(range(1, 101), Unavailable(away))
    await setting.run(timedelta(hours=1))
    assert len(setting.looks.seen) < 45
    setting.looks.failing.clear()
    setting.looks.seen.clear()
    await setting.run(timedelta(hours=2))
    assert len(setting.looks.counts()) == 100


async def test_a_list_that_cannot_be_read_delays_only_its_own_account() -> None:
    setting = Setting(3)
    setting.looks.failing[1] = Unavailable(Cause.UNREADABLE)
    await setting.run(timedelta(hours=1))
    assert setting.looks.counts()[2] == setting.looks.counts()[3] >= 11


def test_accounts_that_are_gone_have_no_turn() -> None:
    schedule = Schedule()
    schedule.keep([AccountId(1), AccountId(2)], now=START)
    schedule.keep([AccountId(2)], now=START)
    schedule.hasten(AccountId(1), START)
    assert [schedule.next(now=START), schedule.next(now=START - MINUTE)] == [2, None]
