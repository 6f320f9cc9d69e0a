"""Keys of n.exchange stand in the same vault as all others, and never become the active account."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import NotLinked
from chatbot.domain.ids import PersonId
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.storage.accounts import ACCOUNT_SECRETS
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, BORIS, NOW, credentials
from tests.storage.keeping import Keeping

KEY = SwapKey(api_key=Secret("canary-swap-key-9876"))


async def linked(storage: Storage, *, person: PersonId = ANNA, venue: Venue = Venue.NEXCHANGE) -> Account:
    return await storage.accounts.add(person, venue=venue, credentials=KEY, now=NOW)


async def exchange_account(storage: Storage) -> Account:
    return await storage.accounts.add(ANNA, venue=Venue.ANDX, credentials=credentials(), now=NOW)


async def test_swap_key_is_kept_and_opens_also_after_a_restart(reopen: Reopen) -> None:
    storage = await reopen()
    account = await linked(storage)
    assert (account.label, account.key_tail) == ("nexchange-1", "9876")
    assert (await linked(storage, venue=Venue.PAPER_SWAPS)).label == "paper-swaps-1"
    await storage.aclose()
    storage = await reopen()
    assert await storage.accounts.swap_key(account.id, of=ANNA) == KEY
    await storage.aclose()


async def test_swap_key_is_never_active(storage: Storage) -> None:
    alone = await linked(storage)
    assert await storage.accounts.active(ANNA) is None
    assert not await storage.accounts.activate(ANNA, alone.id)
    main = await exchange_account(storage)
    await linked(storage)
    assert not await storage.accounts.activate(ANNA, alone.id)
    assert await storage.accounts.active(ANNA) == main


async def test_another_exchange_account_follows_a_removed_one_not_a_newer_swap_key(storage: Storage) -> None:
    first, second = await exchange_account(storage), await exchange_account(storage)
    swaps = await linked(storage)
    await storage.accounts.remove(ANNA, second.id, now=NOW)
    assert await storage.accounts.active(ANNA) == first
    await storage.accounts.remove(ANNA, first.id, now=NOW)
    assert await storage.accounts.active(ANNA) is None
    assert await storage.accounts.swap_key(swaps.id) == KEY  # what it is sealed with stays
    await storage.accounts.remove(ANNA, swaps.id, now=NOW)
    assert await storage.accounts.of(ANNA) == ()


async def test_removing_a_swap_key_leaves_the_active_account_alone(storage: Storage) -> None:
    swaps, main = await linked(storage), await exchange_account(storage)
    await storage.accounts.remove(ANNA, swaps.id, now=NOW)
    assert await storage.accounts.active(ANNA) == main
    with pytest.raises(NotLinked):
        await storage.accounts.swap_key(swaps.id)


async def test_one_kind_of_secret_is_not_opened_as_the_other(storage: Storage) -> None:
    swaps, main = await linked(storage), await exchange_account(storage)
    with pytest.raises(NotLinked):
        await storage.accounts.credentials(swaps.id)
    with pytest.raises(NotLinked):
        await storage.accounts.swap_key(main.id)


async def test_swap_key_opens_for_its_own_person_only(storage: Storage) -> None:
    account = await linked(storage)
    with pytest.raises(NotLinked):
        await storage.accounts.swap_key(account.id, of=BORIS)


async def test_swap_key_stands_in_no_file_in_clear_and_leaves_nothing_behind(
    storage: Storage, database_file: Path
) -> None:
    def contents() -> bytes:
        return b"".join(file.read_bytes() for file in database_file.parent.iterdir())

    account = await linked(storage)
    assert KEY.api_key.reveal().encode() not in contents() and b"nexchange-1" in contents()
    stored = sa.select(ACCOUNT_SECRETS.c.sealed).where(ACCOUNT_SECRETS.c.account == account.id)
    (sealed,) = await storage.database.read(lambda connection: connection.execute(stored).scalars().all())
    assert sealed in contents()
    await storage.accounts.erase_all(ANNA)
    assert sealed not in contents()


async def test_swap_key_opens_after_a_rotation(tmp_path: Path) -> None:
    source = KeyFile(tmp_path / "master.key")
    async with Keeping.opened(tmp_path / "chatbot.db", source) as keeping:
        account = await keeping.accounts.add(ANNA, venue=Venue.NEXCHANGE, credentials=KEY, now=NOW)
        source.add_newest()
        await keeping.finish()
        assert await keeping.accounts.swap_key(account.id) == KEY  # held in memory under the former key
        assert await keeping.accounts_anew().swap_key(account.id) == KEY
