from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.aliases import Alias, AliasInUse
from chatbot.domain.errors import NotLinked
from chatbot.domain.ids import AccountId
from chatbot.domain.tickets import TicketState
from chatbot.storage.aliases import StoredAliases
from chatbot.storage.opening import Storage
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, NOW, credentials
from tests.storage.test_standing import put, withdrawal

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
UNFINISHED = (TicketState.HELD, TicketState.CLAIMED, TicketState.UNCERTAIN)


@pytest.fixture
async def account(storage: Storage) -> Account:
    return await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)


async def add(storage: Storage, account: Account, name: str = "savings", **more: Any) -> tuple[Alias, bool]:
    said: dict[str, Any] = {"currency": "XRP", "person": ANNA, "chat": ANNAS_CHAT, "now": NOW, **more}
    return await storage.aliases.add(account, name=name, **said)


async def hold(aliases: StoredAliases, storage: Storage, account: AccountId, **more: Any) -> Any:
    said: dict[str, Any] = {"currency": "XRP", "alias": "savings", "person": ANNA, "now": NOW, **more}
    return await storage.database.write(lambda connection: aliases.hold(connection, account=account, **said))


async def remove(storage: Storage, alias: Alias, **more: Any) -> Alias | None:
    return await storage.aliases.remove(alias.id, **{"person": ANNA, "chat": ANNAS_CHAT, "now": NOW, **more})


async def test_adding_an_alias_starts_its_hold(storage: Storage, account: Account) -> None:
    alias, is_new = await add(storage, account)
    assert is_new and (alias.held_until, alias.uses) == (NOW + DAY, 0)
    assert await hold(storage.aliases, storage, account.id, now=NOW + HOUR) == NOW + DAY
    assert await hold(storage.aliases, storage, account.id, now=NOW + DAY) is None


async def test_adding_it_again_changes_nothing(storage: Storage, account: Account) -> None:
    alias, _ = await add(storage, account)
    assert await add(storage, account, now=NOW + HOUR) == (alias, False)


async def test_a_first_use_adds_it_and_starts_the_hold(storage: Storage, account: Account) -> None:
    assert await hold(storage.aliases, storage, account.id, now=NOW + HOUR) == NOW + HOUR + DAY
    assert await hold(storage.aliases, storage, account.id, now=NOW + 2 * HOUR) == NOW + HOUR + DAY
    (alias,) = await storage.aliases.of((account.id,))
    assert (alias.name, alias.by, alias.added_at) == ("savings", ANNA, NOW + HOUR)


async def test_without_a_hold_nothing_waits(storage: Storage, account: Account) -> None:
    aliases = StoredAliases(storage.database, storage.recorder, switches=storage.locks, hold=timedelta(0))
    assert await hold(aliases, storage, account.id) is None
    assert len(await aliases.of((account.id,))) == 1


async def test_a_first_use_that_comes_to_nothing_leaves_nothing(storage: Storage, account: Account) -> None:
    def work(connection: sa.Connection) -> None:
        storage.aliases.hold(connection, account=account.id, currency="XRP", alias="savings", person=ANNA, now=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await storage.database.write(work)
    assert await storage.aliases.of((account.id,)) == ()


async def test_an_account_that_is_gone_holds_nothing(storage: Storage, account: Account) -> None:
    await storage.accounts.remove(ANNA, account.id, now=NOW)
    with pytest.raises(NotLinked):
        await hold(storage.aliases, storage, account.id)


@pytest.mark.parametrize("different", [{"name": "Savings"}, {"currency": "BTC"}])
async def test_spelling_and_currency_make_another_alias(
    storage: Storage, account: Account, different: dict[str, str]
) -> None:
    await add(storage, account)
    _, is_new = await add(storage, account, **different, now=NOW + HOUR)
    assert is_new and len(await storage.aliases.of((account.id,))) == 2


async def test_aliases_are_the_accounts_own(storage: Storage, account: Account) -> None:
    other = await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials("2"), now=NOW)
    await add(storage, account)
    assert await storage.aliases.of((other.id,)) == ()
    assert await hold(storage.aliases, storage, other.id, now=NOW + DAY) == NOW + 2 * DAY
    assert len(await storage.aliases.of((account.id, other.id))) == 2


async def test_once_removed_and_added_again_the_hold_begins_anew(storage: Storage, account: Account) -> None:
    alias, _ = await add(storage, account)
    assert await remove(storage, alias) == alias
    again, is_new = await add(storage, account, now=NOW + 2 * DAY)
    assert is_new and again.id != alias.id and again.held_until == NOW + 3 * DAY


async def test_only_its_owner_removes_it_and_only_once(storage: Storage, account: Account) -> None:
    alias, _ = await add(storage, account)
    assert await remove(storage, alias, person=BORIS) is None
    assert await remove(storage, alias) == alias
    assert await remove(storage, alias) is None


@pytest.mark.parametrize("state", list(TicketState))
async def test_it_stays_while_a_withdrawal_to_it_is_not_finished(
    storage: Storage, account: Account, state: TicketState
) -> None:
    alias, _ = await add(storage, account)
    other, _ = await add(storage, account, "cold")
    await put(storage, withdrawal(account, state=state))
    assert await remove(storage, other) == other
    if state in UNFINISHED:
        with pytest.raises(AliasInUse):
            await remove(storage, alias)
    else:
        assert await remove(storage, alias) is not None


async def test_uses_are_the_withdrawals_that_were_sent(storage: Storage, account: Account) -> None:
    await add(storage, account)
    await add(storage, account, currency="BTC")
    await put(storage, *(withdrawal(account, state=state) for state in TicketState))
    found = {alias.currency: alias.uses for alias in await storage.aliases.of((account.id,))}
    assert found == {"XRP": 3, "BTC": 0}  # claimed, done and uncertain
    alias = await storage.aliases.find(account.id, currency="XRP", name="savings")
    assert alias is not None and alias.uses == 3
    assert await storage.aliases.find(account.id, currency="XRP", name="SAVINGS") is None


async def test_everything_about_aliases_is_written_down(storage: Storage, account: Account) -> None:
    alias, _ = await add(storage, account)
    await remove(storage, alias)
    await hold(storage.aliases, storage, account.id)
    entries = await storage.audit.page(of=None, before=None, limit=9)
    assert [(entry.event.deed.value, entry.event.subject, entry.event.result) for entry in reversed(entries[:3])] == [
        ("alias_added", "XRP to savings", ""),
        ("alias_removed", "XRP to savings", ""),
        ("alias_added", "XRP to savings", "first use"),
    ]
