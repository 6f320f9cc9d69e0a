from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.audit import Deed
from chatbot.domain.limits import RAISE_DELAY, LimitKind, Limits
from chatbot.domain.notices import Alarm, AlarmKind, LimitHolds, Notice
from chatbot.ports.limits import ChangedLimit, NewLimit
from chatbot.storage.limits import LIMIT_CHANGES
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, NOW, credentials

HOUR = timedelta(hours=1)
THEN = NOW + RAISE_DELAY


@pytest.fixture
async def account(storage: Storage) -> Account:
    return await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)


def wish(account: Account, value: int | str, kind: LimitKind = LimitKind.ORDER, **more: Any) -> NewLimit:
    return NewLimit(account=account, kind=kind, value=Decimal(value), **more)


async def ask(storage: Storage, new: NewLimit, after: timedelta = timedelta(0)) -> ChangedLimit:
    return await storage.limits.set(new, person=ANNA, chat=ANNAS_CHAT, now=NOW + after)


async def holding(storage: Storage, account: Account, after: timedelta) -> Limits:
    limits, _ = await storage.limits.of(account.id, now=NOW + after)
    assert limits == await storage.database.read(
        lambda connection: storage.limits.read(connection, account.id, NOW + after)
    )
    return limits


async def told(storage: Storage, after: timedelta) -> list[Notice]:
    """What is said of limits."""
    notices = [entry.notice for entry in await storage.outbox.due(now=NOW + after, limit=99)]
    return [notice for notice in notices if not isinstance(notice, Alarm) or notice.kind is AlarmKind.LIMIT_RAISE]


async def deeds(storage: Storage) -> list[Deed]:
    entries = await storage.audit.page(of=None, before=None, limit=99)
    return [entry.event.deed for entry in entries if entry.event.deed is not Deed.LINKED]


async def test_without_a_change_the_usual_limits_hold(storage: Storage, account: Account) -> None:
    assert await holding(storage, account, HOUR) == Limits()


async def test_a_lower_limit_holds_at_once(storage: Storage, account: Account) -> None:
    changed = await storage.limits.lower(wish(account, 100), person=ANNA, chat=ANNAS_CHAT, now=NOW)
    assert changed is not None and changed.before == 25_000 and changed.change.effective_at == NOW
    assert (await holding(storage, account, timedelta(0))).order == 100
    assert await told(storage, RAISE_DELAY) == []


async def test_an_equal_limit_is_a_lowering(storage: Storage, account: Account) -> None:
    assert (await ask(storage, wish(account, 25_000))).change.effective_at == NOW


async def test_lowering_refuses_to_raise(storage: Storage, account: Account) -> None:
    new = wish(account, "25000.01")
    assert await storage.limits.lower(new, person=ANNA, chat=ANNAS_CHAT, now=NOW) is None
    assert await storage.limits.of(account.id, now=THEN) == (Limits(), ())


async def test_a_raise_holds_after_its_delay_and_not_a_moment_before(storage: Storage, account: Account) -> None:
    changed = await ask(storage, wish(account, 50_000))
    assert changed.change.effective_at == THEN
    assert (await holding(storage, account, RAISE_DELAY - timedelta(microseconds=1))).order == 25_000
    assert (await holding(storage, account, RAISE_DELAY)).order == 50_000


async def test_a_raise_is_told_at_once_and_again_when_it_holds(storage: Storage, account: Account) -> None:
    changed = await ask(storage, wish(account, 50_000))
    alarm = Alarm(
        kind=AlarmKind.LIMIT_RAISE,
        at=NOW,
        account=account.label,
        subject="largest order: 50,000 USDT",
        due=THEN,
    )
    assert await told(storage, timedelta(0)) == [alarm]
    assert set(await told(storage, RAISE_DELAY)) == {alarm, LimitHolds(change=changed.change.id)}


async def test_lowering_drops_a_raise_of_the_same_limit_that_waits_and_no_other(
    storage: Storage, account: Account
) -> None:
    raised = await ask(storage, wish(account, 50_000))
    await ask(storage, wish(account, 900_000, LimitKind.ORDERS))
    lowered = await ask(storage, wish(account, 10), HOUR)
    assert lowered.dropped == raised.change
    limits = await holding(storage, account, 2 * RAISE_DELAY)
    assert limits == Limits(order=Decimal(10), orders=Decimal(900_000))


async def test_a_second_raise_replaces_the_first_and_waits_its_own_time(storage: Storage, account: Account) -> None:
    await ask(storage, wish(account, 90_000))
    second = await ask(storage, wish(account, 30_000), HOUR)
    assert second.change.effective_at == THEN + HOUR
    assert (await holding(storage, account, RAISE_DELAY)).order == 25_000
    assert (await holding(storage, account, RAISE_DELAY + HOUR)).order == 30_000
    assert (await storage.limits.of(account.id, now=NOW + HOUR))[1] == (second.change,)


async def test_a_raise_that_was_dropped_has_nothing_to_say_later(storage: Storage, account: Account) -> None:
    raised = await ask(storage, wish(account, 50_000))
    kept = await storage.limits.keep(raised.change.id, person=ANNA, chat=ANNAS_CHAT, now=NOW + HOUR)
    assert kept == raised.change
    assert await storage.limits.still_holds(raised.change.id, now=THEN) is None
    assert (await holding(storage, account, RAISE_DELAY)).order == 25_000


async def test_a_raise_that_holds_is_told_unless_it_was_replaced_since(storage: Storage, account: Account) -> None:
    raised = await ask(storage, wish(account, 50_000))
    assert await storage.limits.still_holds(raised.change.id, now=NOW) is None
    assert await storage.limits.still_holds(raised.change.id, now=THEN) == (raised.change, account.label)
    await ask(storage, wish(account, 7), RAISE_DELAY + HOUR)
    assert await storage.limits.still_holds(raised.change.id, now=THEN + 2 * HOUR) is None


async def test_only_the_owner_keeps_the_old_limit_and_only_while_it_waits(storage: Storage, account: Account) -> None:
    raised = (await ask(storage, wish(account, 50_000))).change.id
    assert await storage.limits.keep(raised, person=BORIS, chat=ANNAS_CHAT, now=NOW + HOUR) is None
    assert await storage.limits.keep(raised, person=ANNA, chat=ANNAS_CHAT, now=THEN) is None
    assert (await holding(storage, account, RAISE_DELAY)).order == 50_000


async def test_a_currencys_first_own_limit_is_a_raise_only_where_nothing_could_leave_before(
    storage: Storage, account: Account
) -> None:
    narrowed = wish(account, 500, LimitKind.WITHDRAWALS, currency="XRP")
    assert (await ask(storage, narrowed)).change.effective_at == NOW
    more = wish(account, 501, LimitKind.WITHDRAWALS, currency="XRP")
    assert (await ask(storage, more, HOUR)).change.effective_at == THEN + HOUR
    makes_possible = wish(account, 1, LimitKind.WITHDRAWALS, currency="ADA", is_valued=False)
    assert (await ask(storage, makes_possible)).change.effective_at == THEN
    nothing = wish(account, 0, LimitKind.WITHDRAWALS, currency="ODD", is_valued=False)
    assert (await ask(storage, nothing)).change.effective_at == NOW
    assert (await holding(storage, account, 2 * HOUR)).by_currency == {"XRP": Decimal(500), "ODD": Decimal(0)}
    assert (await holding(storage, account, 2 * HOUR)).withdrawals == Limits().withdrawals


async def test_of_a_limit_only_what_holds_and_what_waits_is_kept(storage: Storage, account: Account) -> None:
    await ask(storage, wish(account, 5, LimitKind.ORDERS))
    for hours in range(0, 200, 30):  # each raise holds before the next is asked for
        await ask(storage, wish(account, 30_000 + hours), timedelta(hours=hours))
        await ask(storage, wish(account, 20_000), timedelta(hours=hours + 1))
        await ask(storage, wish(account, 30_000 + hours), timedelta(hours=hours + 2))
    count = sa.select(sa.func.count()).select_from(LIMIT_CHANGES)
    assert await storage.database.read(lambda connection: connection.execute(count).scalar_one()) == 3
    limits, (waiting,) = await storage.limits.of(account.id, now=NOW + timedelta(hours=182))
    assert [limits.order, limits.orders, waiting.value] == [20_000, 5, 30_180]


async def test_limits_are_the_accounts_own_and_go_with_it(storage: Storage, account: Account) -> None:
    other = await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials("2"), now=NOW)
    raised = await ask(storage, wish(account, 50_000))
    await ask(storage, wish(account, 3, LimitKind.ORDERS))
    assert await holding(storage, other, RAISE_DELAY) == Limits()
    await storage.accounts.remove(ANNA, account.id, now=NOW)
    assert await storage.limits.still_holds(raised.change.id, now=THEN) is None


async def test_changes_survive_a_restart_to_the_last_digit(reopen: Reopen) -> None:
    storage = await reopen()
    account = await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)
    await ask(storage, wish(account, "0.00000001", LimitKind.WITHDRAWALS, currency="BTC"))
    await storage.aclose()
    storage = await reopen()
    assert (await holding(storage, account, timedelta(0))).by_currency == {"BTC": Decimal("0.00000001")}
    await storage.aclose()


async def test_every_change_is_written_down(storage: Storage, account: Account) -> None:
    raised = await ask(storage, wish(account, 50_000))
    await storage.limits.keep(raised.change.id, person=ANNA, chat=ANNAS_CHAT, now=NOW)
    await ask(storage, wish(account, 1))
    assert sorted(await deeds(storage)) == [Deed.LIMIT_KEPT, Deed.LIMIT_LOWERED, Deed.LIMIT_RAISED]
