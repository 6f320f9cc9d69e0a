from datetime import timedelta

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, KeyRejected, Refused, Unavailable
from chatbot.domain.ids import AccountId
from chatbot.domain.notices import Alarm, AlarmKind, KeyWorks
from tests.services.house import ANNA, House

DEAD = KeyRejected(status=401)


async def told(house: House) -> list[Alarm | KeyWorks]:
    """What was said of the key since it was linked."""
    notices = [notice for notice in await house.told() if isinstance(notice, Alarm | KeyWorks)]
    return [notice for notice in notices if isinstance(notice, KeyWorks) or notice.kind is not AlarmKind.LINKED]


async def kinds(house: House) -> list[str]:
    """The same, in a word each."""
    return [notice.kind.value if isinstance(notice, Alarm) else notice.tag for notice in await told(house)]


def reject(house: House, *calls: str, times: int = 1) -> None:
    for call in calls:
        house.exchange.fail(call, DEAD, times=times)


async def test_a_key_that_stopped_working_is_told_once_and_then_with_growing_pauses(
    house: House, account: Account
) -> None:
    for hours in (0, 0.5, 0.4, 0.2, 5, 2):
        house.clock.pass_(hours * 3_600)
        await house.key_health.rejected(account.id, 401)
    first, *more = await told(house)
    assert first == Alarm(kind=AlarmKind.KEY_REJECTED, at=first.at, account=account.label)
    assert len(more) == 2 and {each.at for each in more} == {first.at}


async def test_a_key_that_works_again_is_said_once(house: House, account: Account) -> None:
    await house.key_health.rejected(account.id, 401)
    await house.key_health.worked(account.id)
    await house.key_health.worked(account.id)
    assert await kinds(house) == ["key_rejected", "key_works"]
    assert (await told(house))[1] == KeyWorks(account=account.label, at=house.clock.now())


async def test_a_key_that_fails_anew_is_told_at_once(house: House, account: Account) -> None:
    for _ in range(2):
        await house.key_health.rejected(account.id, 401)
        await house.key_health.worked(account.id)
    assert await kinds(house) == ["key_rejected", "key_works"] * 2


async def test_what_was_told_is_not_told_again_after_a_restart(house: House, account: Account) -> None:
    await house.key_health.rejected(account.id, 401)
    loaded = await type(house.storage.key_health).load(house.storage.database, recorder=house.storage.recorder)
    assert loaded.trouble_of(account.id) == house.storage.key_health.trouble_of(account.id) is not None


async def test_an_account_that_is_gone_is_told_nothing(house: House, account: Account) -> None:
    await house.storage.accounts.remove(ANNA, account.id, now=house.clock.now())
    await house.key_health.rejected(account.id, 401)
    await house.key_health.rejected(AccountId(99), 403)
    assert await kinds(house) == []


@pytest.mark.parametrize(
    ("rejected", "said"),
    [
        ((), []),
        (("balances",), []),
        (("orders open",), []),
        (("balances", "orders open"), ["key_rejected"]),
    ],
    ids=lambda given: "+".join(given) or "nothing",
)
async def test_a_key_stopped_working_when_nothing_works_any_more(
    house: House, account: Account, rejected: tuple[str, ...], said: list[str]
) -> None:
    reject(house, *rejected)
    await house.key_health.probe(account)
    assert await kinds(house) == said


async def test_half_a_key_does_not_end_a_trouble(house: House, account: Account) -> None:
    """Else a key that lost one permission would be said to work, and not to work, again and again."""
    await house.key_health.rejected(account.id, 403)
    reject(house, "orders open")
    await house.key_health.probe(account)
    assert await kinds(house) == ["key_rejected"]
    await house.key_health.probe(account)
    assert await kinds(house) == ["key_rejected", "key_works"]


async def test_a_refusal_is_no_rejection_of_the_key(house: House, account: Account) -> None:
    for call in ("balances", "orders open"):
        house.exchange.fail(call, Refused(code=1101, reason="account_owner_different"))
    await house.key_health.probe(account)
    assert await kinds(house) == []


async def test_an_exchange_that_does_not_answer_says_nothing_of_a_key(house: House, account: Account) -> None:
    await house.key_health.rejected(account.id, 401)
    house.exchange.fail("balances", Unavailable(Cause.TIMEOUT))
    with pytest.raises(Unavailable):
        await house.key_health.probe(account)
    assert await kinds(house) == ["key_rejected"]


async def test_the_pause_ends_even_if_nobody_looks_for_long(house: House, account: Account) -> None:
    await house.key_health.rejected(account.id, 401)
    house.clock.at += timedelta(days=30)
    await house.key_health.rejected(account.id, 401)
    assert await kinds(house) == ["key_rejected"] * 2
