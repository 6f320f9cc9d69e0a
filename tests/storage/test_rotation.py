from collections.abc import AsyncIterator
from pathlib import Path
from unittest.mock import patch

import pytest
import sqlalchemy as sa

from chatbot.domain.ids import PersonId
from chatbot.domain.secrets import Secret
from chatbot.storage import rotation
from chatbot.storage.faults import MasterKeyWrong
from chatbot.storage.keys import DATA_KEYS, PROGRAM_KEYS, current_master
from chatbot.storage.master_key import KeyFile, KeyVariable
from tests.storage.examples import ANNA, BORIS, credentials
from tests.storage.keeping import Keeping

PEOPLE = 25
BATCH = 10


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "_BATCH", BATCH)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chatbot.db"


@pytest.fixture
def source(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "master.key")


@pytest.fixture
async def keeping(file: Path, source: KeyFile) -> AsyncIterator[Keeping]:
    async with Keeping.opened(file, source) as opened:
        for person in range(1, PEOPLE + 1):
            await opened.link(person, f"-{person}")
        yield opened


async def opens_all(keeping: Keeping) -> bool:
    for person in range(1, PEOPLE + 1):
        account = await keeping.accounts.active(PersonId(person))
        assert account is not None
        assert await keeping.accounts.credentials(account.id) == credentials(f"-{person}")
    return True


async def test_without_a_new_key_nothing_is_done(keeping: Keeping, source: KeyFile) -> None:
    before = source.path.read_bytes()
    with patch.object(keeping.database, "write", wraps=keeping.database.write) as write:
        assert not await keeping.rotation.advance()
        written = write.call_count
        for _ in range(3):
            assert not await keeping.rotation.advance()
        assert write.call_count == written
    assert source.path.read_bytes() == before


async def test_rotation_takes_everything_along_and_the_old_key_out(keeping: Keeping, source: KeyFile) -> None:
    (old,) = keeping.vault.keyring.fingerprints
    source.add_newest()
    assert await keeping.finish() == 1 + 3  # the program's keys, then three batches of data keys
    (new,) = keeping.vault.keyring.fingerprints
    assert new != old and len(source.read()) == 1
    assert await keeping.rotation.count() == {new: PEOPLE + 2}
    assert await opens_all(keeping)


async def test_nothing_wrapped_by_the_old_key_stays_in_any_file(keeping: Keeping, source: KeyFile, file: Path) -> None:
    def wrapped(connection: sa.Connection) -> list[bytes]:
        tables = (DATA_KEYS, PROGRAM_KEYS)
        return [key for table in tables for key in connection.execute(sa.select(table.c.wrapped)).scalars()]

    def contents() -> bytes:
        return b"".join(each.read_bytes() for each in file.parent.iterdir())

    old = await keeping.database.read(wrapped)
    old_master = source.read()[0].hex().encode()
    assert old_master in contents() and all(key in contents() for key in old)
    source.add_newest()
    await keeping.finish()
    assert old_master not in contents() and not any(key in contents() for key in old)


async def test_secrets_open_before_during_and_after_held_or_read(keeping: Keeping, file: Path, source: KeyFile) -> None:
    assert await opens_all(keeping)  # from here on they are held in memory
    source.add_newest()
    while await keeping.rotation.advance():
        assert await opens_all(keeping)
        async with Keeping.opened(file, source) as other:
            assert await opens_all(other)
    assert await opens_all(keeping)


async def test_what_seals_stays_the_same_whatever_wraps_it(keeping: Keeping, file: Path, source: KeyFile) -> None:
    audit_key = keeping.vault.audit_key
    source.add_newest()
    await keeping.finish()
    async with Keeping.opened(file, source) as again:
        assert again.vault.audit_key == audit_key == keeping.vault.audit_key


async def test_ended_anywhere_it_goes_on_in_another_process(keeping: Keeping, file: Path, source: KeyFile) -> None:
    source.add_newest()
    for _ in range(10):
        async with Keeping.opened(file, source) as run:
            assert await opens_all(run)
            if not await run.rotation.advance():
                break
    assert len(source.read()) == 1
    assert len(await keeping.rotation.count()) == 1
    assert await opens_all(keeping)


async def test_writer_that_has_not_looked_wraps_with_the_new_key_once_the_rotation_has_begun(
    keeping: Keeping, file: Path, source: KeyFile
) -> None:
    (old,) = keeping.vault.keyring.fingerprints
    source.add_newest()
    async with Keeping.opened(file, source) as rotating:
        new = rotating.vault.keyring.newest.fingerprint
        await keeping.link(101)
        assert (await rotating.rotation.count())[old] == PEOPLE + 3
        await rotating.rotation.advance()
        assert await rotating.database.read(current_master) == new
        assert keeping.vault.keyring.fingerprints == (old,)
        account = await keeping.link(102)
        await rotating.finish()
        late = await keeping.link(103)
        assert await rotating.rotation.count() == {new: PEOPLE + 5}
        for each in (account, late):
            assert await rotating.accounts.credentials(each) == credentials()


async def test_old_key_stays_in_the_file_until_all_is_on_the_disk(keeping: Keeping, source: KeyFile) -> None:
    source.add_newest()
    while await keeping.rotation.advance():
        assert len(source.read()) == 2
    assert len(source.read()) == 1


async def test_failed_batch_changes_nothing_and_the_old_key_stays(keeping: Keeping, source: KeyFile) -> None:
    def strange(connection: sa.Connection) -> None:
        connection.execute(DATA_KEYS.update().where(DATA_KEYS.c.person == 3).values(master="0123456789abcdef"))

    await keeping.database.write(strange)
    source.add_newest()
    assert await keeping.rotation.advance()
    before = await keeping.rotation.count()
    for _ in range(2):
        with pytest.raises(MasterKeyWrong):
            await keeping.rotation.advance()
    assert await keeping.rotation.count() == before
    assert len(source.read()) == 2


async def test_second_rotation_follows_the_first(keeping: Keeping, source: KeyFile) -> None:
    seen = {*keeping.vault.keyring.fingerprints}
    for _ in range(3):
        assert source.add_newest()
        await keeping.finish()
        seen |= {*keeping.vault.keyring.fingerprints}
    assert len(seen) == 4
    assert await opens_all(keeping)


async def test_keys_of_the_operators_are_rewrapped_and_left_for_them_to_take_out(file: Path) -> None:
    old, new = "a" * 64, "b" * 64
    async with Keeping.opened(file, KeyVariable(Secret(old))) as first:
        await first.link(ANNA)
    async with Keeping.opened(file, KeyVariable(Secret(f"{new},{old}"))) as both:
        assert await both.finish() == 2
        assert not await both.rotation.advance()
        assert await both.rotation.count() == {both.vault.keyring.newest.fingerprint: 3}
    async with Keeping.opened(file, KeyVariable(Secret(new))) as last:
        account = await last.accounts.active(ANNA)
        assert account is not None
        assert await last.accounts.credentials(account.id) == credentials()
        await last.link(BORIS)


async def test_named_secrets_open_after_a_rotation(keeping: Keeping, source: KeyFile) -> None:
    secret = Secret("canary")
    await keeping.database.write(lambda connection: keeping.keys.put_secret(connection, ANNA, "totp", secret))
    source.add_newest()
    await keeping.finish()
    assert await keeping.database.read(lambda connection: keeping.keys.get_secret(connection, ANNA, "totp")) == secret
