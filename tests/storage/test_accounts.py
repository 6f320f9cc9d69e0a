import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import NotLinked
from chatbot.domain.ids import AccountId, PersonId
from chatbot.domain.secrets import Secret
from chatbot.storage.accounts import ACCOUNT_SECRETS, ACCOUNTS
from chatbot.storage.faults import SealBroken
from chatbot.storage.keys import DATA_KEYS
from chatbot.storage.opening import Storage
from chatbot.storage.secrets import SECRETS
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, BORIS, NOW, credentials


async def linked(storage: Storage, *, person: PersonId = ANNA, venue: Venue = Venue.ANDX, mark: str = "") -> AccountId:
    account = await storage.accounts.add(person, venue=venue, credentials=credentials(mark), now=NOW)
    return account.id


async def test_added_account_is_active_and_opens(storage: Storage) -> None:
    account = await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)
    assert (account.person, account.venue, account.label, account.key_tail) == (ANNA, Venue.PAPER, "paper-1", "1234")
    assert account.linked_at == NOW
    assert await storage.accounts.get(account.id) == account
    assert await storage.accounts.of(ANNA) == (account,)
    assert await storage.accounts.active(ANNA) == account
    assert await storage.accounts.credentials(account.id) == credentials()


async def test_secrets_open_after_a_restart(reopen: Reopen) -> None:
    storage = await reopen()
    account = await linked(storage)
    await storage.aclose()
    storage = await reopen()
    assert await storage.accounts.credentials(account) == credentials()
    await storage.aclose()


async def test_label_takes_the_lowest_free_number_of_its_venue(storage: Storage) -> None:
    first, second = await linked(storage), await linked(storage)
    await linked(storage, venue=Venue.PAPER)
    await linked(storage, person=BORIS)
    await storage.accounts.remove(ANNA, first, now=NOW)
    third = await linked(storage)
    labels = {account.id: account.label for account in await storage.accounts.of(ANNA)}
    assert (labels[second], labels[third]) == ("andx-2", "andx-1")
    assert [account.label for account in await storage.accounts.of(BORIS)] == ["andx-1"]


async def test_only_ones_own_account_can_be_activated(storage: Storage) -> None:
    first, second, foreign = await linked(storage), await linked(storage), await linked(storage, person=BORIS)
    assert await storage.accounts.activate(ANNA, first)
    assert not await storage.accounts.activate(ANNA, foreign)
    assert not await storage.accounts.activate(ANNA, AccountId(999))
    active = await storage.accounts.active(ANNA)
    assert active is not None
    assert active.id == first != second


async def test_removing_the_active_account_activates_another(storage: Storage) -> None:
    first, second, third = await linked(storage), await linked(storage), await linked(storage)
    assert await storage.accounts.remove(ANNA, third, now=NOW)
    active = await storage.accounts.active(ANNA)
    assert active is not None
    assert active.id == second
    assert await storage.accounts.remove(ANNA, first, now=NOW)
    active = await storage.accounts.active(ANNA)
    assert active is not None
    assert active.id == second
    assert await storage.accounts.remove(ANNA, second, now=NOW)
    assert await storage.accounts.active(ANNA) is None


async def test_only_ones_own_account_can_be_removed(storage: Storage) -> None:
    account = await linked(storage)
    assert not await storage.accounts.remove(BORIS, account, now=NOW)
    assert await storage.accounts.credentials(account) == credentials()


async def test_removed_account_no_longer_opens(storage: Storage) -> None:
    account = await linked(storage)
    await storage.accounts.credentials(account)
    assert await storage.accounts.remove(ANNA, account, now=NOW)
    assert not await storage.accounts.remove(ANNA, account, now=NOW)
    assert await storage.accounts.get(account) is None
    with pytest.raises(NotLinked):
        await storage.accounts.credentials(account)


async def test_number_of_a_removed_account_is_never_given_out_again(storage: Storage) -> None:
    account = await linked(storage)
    await storage.accounts.remove(ANNA, account, now=NOW)
    assert await linked(storage) > account


async def test_data_key_goes_with_the_last_account(storage: Storage) -> None:
    async def keys() -> int:
        count = sa.select(sa.func.count()).select_from(DATA_KEYS)
        return await storage.database.read(lambda connection: connection.execute(count).scalar_one())

    first, second = await linked(storage), await linked(storage)
    assert await keys() == 1
    await storage.accounts.remove(ANNA, first, now=NOW)
    assert await keys() == 1
    await storage.accounts.remove(ANNA, second, now=NOW)
    assert await keys() == 0


async def test_data_key_outlives_the_last_account_if_a_named_secret_hangs_on_it(storage: Storage) -> None:
    account = await linked(storage)
    await put_totp(storage, ANNA)
    await storage.accounts.remove(ANNA, account, now=NOW)
    found = await storage.database.read(lambda connection: storage.keys.get_secret(connection, ANNA, "totp"))
    assert found == Secret("canary-totp")
    assert await storage.accounts.credentials(await linked(storage)) == credentials()


async def test_erasing_a_person_leaves_nothing_of_them_and_all_of_others(storage: Storage, database_file: Path) -> None:
    def contents() -> bytes:
        return b"".join(file.read_bytes() for file in database_file.parent.iterdir())

    accounts = [await linked(storage), await linked(storage, venue=Venue.PAPER)]
    other = await linked(storage, person=BORIS)
    for person in (ANNA, BORIS):
        await put_totp(storage, person)
    for account in accounts:
        await storage.accounts.credentials(account)
    sealed = await storage.database.read(lambda connection: sealed_bytes_of(connection, ANNA))
    assert len(sealed) == 1 + 1 + 8 and all(each in contents() for each in sealed)
    await storage.accounts.erase_all(ANNA)
    assert not any(each in contents() for each in sealed)
    assert await storage.accounts.of(ANNA) == () and await storage.accounts.active(ANNA) is None
    for account in accounts:
        with pytest.raises(NotLinked):
            await storage.accounts.credentials(account)
    assert await storage.accounts.credentials(other) == credentials()
    assert len(await storage.database.read(lambda connection: sealed_bytes_of(connection, BORIS))) == 1 + 1 + 4


async def put_totp(storage: Storage, person: PersonId) -> None:
    secret = Secret("canary-totp")
    await storage.database.write(lambda connection: storage.keys.put_secret(connection, person, "totp", secret))


def sealed_bytes_of(connection: sa.Connection, person: PersonId) -> list[bytes]:
    """Wrapped data keys, named secrets and accounts' secrets."""
    of_accounts = sa.select(ACCOUNT_SECRETS.c.sealed).join(ACCOUNTS).where(ACCOUNTS.c.person == person)
    named = sa.select(SECRETS.c.sealed).where(SECRETS.c.person == person)
    wrapped = sa.select(DATA_KEYS.c.wrapped).where(DATA_KEYS.c.person == person)
    return [row for query in (of_accounts, named, wrapped) for row in connection.execute(query).scalars()]


@pytest.mark.parametrize(("owner", "field"), [(ANNA, "username"), (BORIS, "passphrase")])
async def test_sealed_secret_of_another_field_or_person_does_not_open(
    storage: Storage, owner: PersonId, field: str
) -> None:
    mine, boris = await linked(storage), await linked(storage, person=BORIS)
    await put_in_place_of_passphrase(storage, mine, source=mine if owner == ANNA else boris, field=field)
    with pytest.raises(SealBroken):
        await storage.accounts.credentials(mine)


async def test_sealed_secret_of_ones_other_account_does_not_open(storage: Storage) -> None:
    mine, other = await linked(storage), await linked(storage)
    await put_in_place_of_passphrase(storage, mine, source=other, field="passphrase")
    with pytest.raises(SealBroken):
        await storage.accounts.credentials(mine)


async def put_in_place_of_passphrase(storage: Storage, account: AccountId, *, source: AccountId, field: str) -> None:
    table = ACCOUNT_SECRETS.c
    taken = sa.select(table.sealed).where(table.account == source, table.field == field).scalar_subquery()
    target = ACCOUNT_SECRETS.update().where(table.account == account, table.field == "passphrase")
    await storage.database.write(lambda connection: connection.execute(target.values(sealed=taken)))


async def test_no_secret_stands_in_any_file_in_clear(storage: Storage, database_file: Path) -> None:
    await linked(storage)
    contents = b"".join(file.read_bytes() for file in database_file.parent.iterdir())
    opened = credentials()
    for secret in (opened.username, opened.passphrase, opened.api_key, opened.secret_key):
        assert secret.reveal().encode() not in contents
    assert b"paper-1" in contents or b"andx-1" in contents


async def test_removed_account_leaves_no_sealed_bytes_in_any_file(storage: Storage, database_file: Path) -> None:
    def contents() -> bytes:
        return b"".join(file.read_bytes() for file in database_file.parent.iterdir())

    account = await linked(storage)
    query = sa.select(ACCOUNT_SECRETS.c.sealed)
    sealed = await storage.database.read(lambda connection: connection.execute(query).scalars().all())
    assert len(sealed) == 4
    assert all(each in contents() for each in sealed)
    await storage.accounts.remove(ANNA, account, now=NOW)
    assert not any(each in contents() for each in sealed)


async def test_concurrent_links_of_one_person_share_a_key_and_no_label(storage: Storage) -> None:
    accounts = await asyncio.gather(*(linked(storage, mark=f"-{n}") for n in range(10)))
    assert len({account.label for account in await storage.accounts.of(ANNA)}) == 10
    for n, account in enumerate(accounts):
        assert await storage.accounts.credentials(account) == credentials(f"-{n}")
