"""Everybody's trades are read once a day, behind everybody else, and a restart is no reason to read them again."""

from datetime import timedelta
from itertools import pairwise

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause, ChatbotError, Refused, Unavailable
from chatbot.domain.ids import PersonId
from chatbot.domain.secrets import Session
from chatbot.workers import trades
from chatbot.workers.trades import FIRST_REST, TradeKeeper
from tests.fakes.instant import trade
from tests.services.house import House

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def keeper(house: House, *, without: PersonId | None = None) -> TradeKeeper:
    async def is_in(person: PersonId) -> bool:
        return person != without

    return TradeKeeper(
        venue=Venue.PAPER,
        exchange=house.exchange,
        trades=house.trades,
        store=house.storage.trades,
        is_in=is_in,
        per_minute=60,
        clock=house.clock,
    )


async def link(house: House, person: int, *, trades: int = 1) -> tuple[Account, Session]:
    """An account with a session and so many trades."""
    account = await house.link(PersonId(person))
    session = house.instant.open_session(f"user-{person}")
    await house.storage.accounts.put_session(account, session, now=house.clock.now())
    house.instant.put(session, *(trade(house.clock, number) for number in range(1, trades + 1)))
    return account, session


async def let_run(house: House, length: timedelta, worker: TradeKeeper | None = None) -> list[timedelta]:
    """When something was asked, from the beginning of the run on."""
    worker, began, asked = worker or keeper(house), house.clock.now(), []
    while house.clock.now() < began + length:
        before = len(house.instant.calls)
        rest = await worker.step()
        asked += [house.clock.now() - began] * (len(house.instant.calls) - before)
        house.clock.at += rest
    return asked


async def test_each_account_is_read_to_the_end_once_a_day_and_nobody_waits_for_it(house: House) -> None:
    first, _ = await link(house, 1, trades=45)
    await link(house, 2)
    asked = await let_run(house, FIRST_REST + timedelta(days=2) - HOUR)
    assert len(asked) == 3 + 1 + 1 + 1 and asked[0] == FIRST_REST, (
        "the second time, the first page says that all is known"
    )
    assert all(later - earlier >= timedelta(seconds=6) for earlier, later in pairwise(asked))
    assert DAY <= asked[4] - asked[0] < DAY + HOUR
    coverage = await house.storage.trades.coverage(first.id)
    assert coverage is not None and coverage.until > house.clock.now() - DAY


async def test_a_restart_does_not_read_again_what_was_read_today(house: House) -> None:
    await link(house, 1)
    assert len(await let_run(house, HOUR)) == 1
    assert await let_run(house, 20 * HOUR) == []
    assert len(await let_run(house, 5 * HOUR)) == 1


async def test_what_somebody_waited_for_counts_for_the_day(house: House) -> None:
    account, _ = await link(house, 1)
    await house.trades.catch_up(account)
    assert await let_run(house, 20 * HOUR) == []


async def test_others_go_first(house: House) -> None:
    await link(house, 1)
    worker = keeper(house)
    house.clock.at += FIRST_REST
    house.exchange.wait = timedelta(seconds=7)
    assert await worker.step() == timedelta(seconds=7) and house.instant.calls == []


async def test_nothing_is_asked_for_an_ended_session_or_whoever_was_removed(house: House) -> None:
    _, session = await link(house, 1)
    await link(house, 2)
    await link(house, 3)
    house.instant.expire(session)
    asked = await let_run(house, timedelta(days=2), keeper(house, without=PersonId(2)))
    assert len(asked) == 1 + 2, "once to find out about the first, and twice for the third"


async def test_an_exchange_that_is_away_is_asked_for_the_same_page_an_hour_later(house: House) -> None:
    account, _ = await link(house, 1, trades=25)
    worker = keeper(house)
    await let_run(house, FIRST_REST + timedelta(seconds=6), worker)
    house.instant.fail("trades", Unavailable(Cause.UNREACHABLE), times=2)
    assert len(await let_run(house, 3 * HOUR, worker)) == 3
    assert [page for _, page in house.instant.asked] == [1, 2]
    assert await house.storage.trades.coverage(account.id) is not None


@pytest.mark.parametrize("error", [Unavailable(Cause.UNREADABLE), Refused(code=1, reason="no")])
async def test_an_account_that_cannot_be_read_keeps_no_other_waiting(house: House, error: ChatbotError) -> None:
    failing, _ = await link(house, 1)
    other, _ = await link(house, 2)
    house.instant.fail("trades", error)
    await let_run(house, FIRST_REST + timedelta(minutes=1))
    assert await house.storage.trades.coverage(failing.id) is None
    assert await house.storage.trades.coverage(other.id) is not None
    assert len(await let_run(house, 2 * HOUR)) == 1


async def test_a_list_without_an_end_is_given_up_for_the_day(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trades, "MOST_PAGES", 3)
    account, _ = await link(house, 1, trades=200)
    assert len(await let_run(house, 12 * HOUR)) == 3
    assert await house.storage.trades.coverage(account.id) is None
